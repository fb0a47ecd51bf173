"""Kafka and PostgreSQL away and back: never a decision meanwhile, and the next gate works without a restart of anything."""
import contextlib
import time
import uuid

import pytest

from harness.api import expect_problem
from harness.kafka import header
from harness.release import bind, gate_body, ingest, policy_text
from harness.waiting import wait_for

pytestmark = pytest.mark.sanitized

POLICY = [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]
AWAY = ("Kafka is away", "no connection to PostgreSQL", "PostgreSQL is away", "request failed", "not acknowledged",
        "could not be", "ends without a decision", "a transaction could not be made", "the loop stalled")


def gate(stack, service, **more):
    return stack.api().evaluate(gate_body(service), **more)


def until_decided(stack, service, seconds=30):
    """The next gate that is answered; those before it say that something is away, and nothing else."""
    end = time.monotonic() + seconds
    while (answer := gate(stack, service)).status_code != 200:
        expect_problem(answer, 503)
        assert answer.headers["Retry-After"]
        assert time.monotonic() < end, "no decision after the outage"
        time.sleep(0.2)
    return answer.json()


@contextlib.contextmanager
def kafka_away(kafka):
    port = int(kafka.brokers.rsplit(":", 1)[1])
    kafka.stop()
    try:
        yield
    finally:
        kafka.start(port)


def test_kafka_away_and_back(stack, kafka):
    bind(stack, "kafka-away", policy_text("kafka-away", POLICY))
    assert gate(stack, "kafka-away").status_code == 200
    with stack.tolerating(*AWAY):
        with kafka_away(kafka):
            wait_for(lambda: not stack.is_ready("api-gateway"), 20, "the gateway to notice")
            answer = gate(stack, "kafka-away")
            expect_problem(answer, 503, "unavailable")
            assert answer.headers["Retry-After"]
            done = stack.cli("gate", "--service", "kafka-away", "--environment", "production", "--source-sha", "0" * 40,
                             "--timeout", "2s", status=4)
            assert "Kafka" in done.stderr
        assert until_decided(stack, "kafka-away")["decision"] == "BLOCK"
        for name in stack.processes:
            stack.wait_ready(name)


def test_postgresql_away_and_back(stack, postgres):
    bind(stack, "pg-away", policy_text("pg-away", POLICY))
    with stack.tolerating(*AWAY):
        postgres.stop()
        try:
            wait_for(lambda: not stack.is_ready("api-gateway"), 20, "the gateway to notice")
            answer = gate(stack, "pg-away")
            expect_problem(answer, 503, "unavailable")
            assert answer.headers["Retry-After"]
        finally:
            postgres.start()
        assert until_decided(stack, "pg-away")["decision"] == "BLOCK"
        for name in stack.processes:
            stack.wait_ready(name)


def test_what_was_answered_survives_a_crash_of_postgresql(stack, postgres):
    bind(stack, "pg-crash", policy_text("pg-crash", POLICY))
    key, body = str(uuid.uuid4()), gate_body("pg-crash")
    answer = stack.api().evaluate(body, key=key)
    assert answer.status_code == 200
    with stack.tolerating(*AWAY):
        postgres.crash()
        postgres.start()
        until_decided(stack, "pg-crash")
    again = stack.api().evaluate(body, key=key)
    assert again.status_code == 200 and again.content == answer.content


@pytest.mark.parametrize("name", ["evaluator", "signer", "audit-writer"])
def test_a_killed_service_loses_nothing(stack, name):
    """The call waits while the service is away, and is answered once it is back."""
    service = f"killed-{name}"
    bind(stack, service, policy_text(service, POLICY), deadline="30s")
    key, body = str(uuid.uuid4()), gate_body(service, wait="0s")
    with stack.tolerating(*AWAY):
        stack.kill(name)
        answer = stack.api().evaluate(body, key=key)
        assert answer.status_code == 202
        stack.start(name)
        wait_for(lambda: stack.api().evaluate(body, key=key).status_code == 200, 30, "the decision")
    final = stack.api().evaluate(body, key=key).json()
    rows = stack.database.query("SELECT count(*) FROM releasepassport.passport WHERE evaluation_id = %s",
                                final["evaluationId"])
    assert rows == [(1,)]


def test_our_own_outage_is_a_failure_and_no_decision(stack, kafka):
    """Nobody answers the evaluator's question: 503, no passport, and the same key may run again."""
    evidence = "  - name: errorRate\n    connector: prometheus\n    query: vector(0)\n    maxAge: 5s\n"
    bind(stack, "cut-short", policy_text("cut-short", [("healthy", "errorRate.value < 1", "HOLD")], evidence),
         connectors=["prometheus"], deadline="2s")
    body, key = gate_body("cut-short"), str(uuid.uuid4())
    with stack.tolerating(*AWAY):
        stack.kill("connector-worker")
        try:
            with kafka.tail("releasepassport.evaluation-failures") as failures:
                answer = stack.api().evaluate(body, key=key)
                expect_problem(answer, 503, "evaluation-failed")
                failures.next()
        finally:
            stack.start("connector-worker")
        assert stack.database.query("SELECT count(*) FROM releasepassport.passport WHERE service = 'cut-short'") == [(0,)]
        wait_for(lambda: stack.database.query(
            "SELECT FROM releasepassport.audit_event WHERE kind = 'evaluation.failed' AND body::text IS NOT NULL"), 10,
            "the failure to be audited")
        answer = stack.api().evaluate(body, key=key)
    assert answer.status_code == 200 and answer.json()["decision"] in ("ALLOW", "HOLD"), answer.text


def test_a_decision_is_announced_when_kafka_is_back(stack, kafka):
    """Recorded but not announced: the sweep makes good for it, byte for byte."""
    bind(stack, "announce", policy_text("announce", POLICY))
    body = gate_body("announce")
    ingest(stack, body)
    answer = stack.api().evaluate(body).json()
    wait_for(lambda: stack.database.query("SELECT FROM releasepassport.announcement WHERE passport_id = %s AND"
                                          " announced_at IS NOT NULL", answer["passportId"]), 10, "the mark")
    stack.database.execute("UPDATE releasepassport.announcement SET announced_at = NULL WHERE passport_id = %s",
                           answer["passportId"])
    identity = f"decision/{answer['evaluationId']}"
    with kafka.tail("releasepassport.decisions", from_start=True) as decisions:
        first = decisions.until(lambda m: header(m, "ce_id") == identity)
        second = decisions.until(lambda m: header(m, "ce_id") == identity)
    assert first.value() == second.value() and first.key() == second.key()
    assert sorted(first.headers(), key=str) == sorted(
        [h for h in second.headers() if h[0] != "traceparent"] + [h for h in first.headers() if h[0] == "traceparent"], key=str)
