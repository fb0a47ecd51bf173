"""A real Apache Kafka, private to the test run (tools/kafka), and reading and writing its topics."""
import os
import pathlib
import signal
import subprocess
import time
import uuid

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from harness.places import tool
from harness.waiting import wait_for

READ_TIMEOUT_S = 20
QUIET = {"log_level": 0}  # librdkafka writes to stderr what the tests ask for by themselves


class Kafka:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder

    def start(self, port: int | None = None) -> None:
        """On a free port, or on this one: clients that knew it before find it again."""
        place = [] if port is None else ["--port", str(port)]
        subprocess.run([tool("kafka"), "start", self.folder, *place], check=True, timeout=300)

    def stop(self) -> None:
        subprocess.run([tool("kafka"), "stop", self.folder], check=True, timeout=60)

    def kill(self) -> None:
        os.kill(int((self.folder / "pid").read_text()), signal.SIGKILL)

    def freeze(self) -> None:
        os.kill(int((self.folder / "pid").read_text()), signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(int((self.folder / "pid").read_text()), signal.SIGCONT)

    @property
    def brokers(self) -> str:
        return (self.folder / "bootstrap").read_text().strip()

    def admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.brokers} | QUIET)

    def partitions(self, topic: str) -> list[int]:
        described = self.admin().list_topics(topic, timeout=READ_TIMEOUT_S).topics[topic]
        if described.error is not None:
            raise KafkaException(described.error)
        return sorted(described.partitions)

    def tail(self, topic: str, from_start: bool = False) -> "Tail":
        return Tail(self, topic, from_start)

    def produce(self, topic: str, value: bytes, key: bytes = b"", headers: dict[str, bytes] | None = None,
                partition: int | None = None) -> None:
        """One record as any writer could write it, acknowledged before this returns."""
        failures: list[KafkaError] = []
        producer = Producer({"bootstrap.servers": self.brokers, "linger.ms": 0} | QUIET)
        place = {} if partition is None else {"partition": partition}
        producer.produce(topic, value=value, key=key, headers=list((headers or {}).items()),
                         on_delivery=lambda error, _: error and failures.append(error), **place)
        assert producer.flush(READ_TIMEOUT_S) == 0, f"{topic} did not acknowledge"
        assert not failures, failures


class Tail:
    """Every partition of a topic from its end (or start): what comes after, in the order of arrival."""

    def __init__(self, kafka: Kafka, topic: str, from_start: bool):
        self.topic = topic
        self._consumer = Consumer({
            "bootstrap.servers": kafka.brokers,
            "group.id": f"test-{uuid.uuid4()}",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 50,
        } | QUIET)
        self._consumer.assign([TopicPartition(topic, partition, self._position(topic, partition, from_start))
                               for partition in kafka.partitions(topic)])

    def _position(self, topic: str, partition: int, from_start: bool) -> int:
        if from_start:
            return OFFSET_BEGINNING
        return wait_for(lambda: self._end(topic, partition), READ_TIMEOUT_S, f"the end of {topic}/{partition}")[0]

    def _end(self, topic: str, partition: int) -> tuple[int] | None:
        """None as long as a topic that was just made has no leader yet."""
        try:
            marks = self._consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=READ_TIMEOUT_S)
            return (marks[1],)
        except KafkaException as failure:
            if failure.args[0].retriable() or failure.args[0].code() == KafkaError.NOT_LEADER_FOR_PARTITION:
                return None
            raise

    def __enter__(self) -> "Tail":
        return self

    def __exit__(self, *_) -> None:
        self._consumer.close()

    def next(self, seconds: float = READ_TIMEOUT_S) -> Message:
        message = self._poll(seconds)
        assert message is not None, f"no record on {self.topic} within {seconds} s"
        return message

    def until(self, condition, seconds: float = READ_TIMEOUT_S) -> Message:
        """The first record that meets the condition; others are passed over."""
        end = time.monotonic() + seconds
        while True:
            message = self._poll(end - time.monotonic())
            assert message is not None, f"no such record on {self.topic} within {seconds} s"
            if condition(message):
                return message

    def all(self, quiet_seconds: float = 1.0) -> list[Message]:
        """What comes until nothing has come for a while."""
        messages = []
        while (message := self._poll(quiet_seconds)) is not None:
            messages.append(message)
        return messages

    def _poll(self, seconds: float) -> Message | None:
        message = self._consumer.poll(max(seconds, 0))
        if message is not None and message.error():
            raise KafkaException(message.error())
        return message


def header(message: Message, name: str) -> str | None:
    for found, value in message.headers() or []:
        if found == name:
            return value.decode()
    return None
