"""Whoever can merely write to Kafka can't make a decision: forged, poisoned and newer records."""
import concurrent.futures
import time
import uuid

import pytest

from harness.kafka import header
from harness.release import bind, evaluation_id, gate_body, ingest, policy_text
from harness.waiting import wait_for

pytestmark = pytest.mark.sanitized

POLICY = [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]
INTERNAL = {
    "releasepassport.gate-requests": "evaluator",
    "releasepassport.evidence-queries": "connector-worker",
    "releasepassport.evidence-facts": "evaluator",
    "releasepassport.verdicts": "signer",
}
REFUSED = ("dead", "can't be believed", "authentication", "poison", "unpack", "a recorded fact is left out")


def headers_of(message):
    return dict(message.headers())


@pytest.mark.parametrize("topic", INTERNAL)
@pytest.mark.parametrize("what", ["no code", "a wrong code"])
def test_a_record_without_a_right_code_is_dead_lettered(stack, kafka, topic, what):
    headers = {"ce_id": str(uuid.uuid4()).encode(), "ce_time": b"2026-05-17T10:12:00Z", "ce_specversion": b"1.0",
               "ce_type": b"x", "ce_source": b"/x"}
    if what == "a wrong code":
        headers["rp_mac"] = bytes(32)
    with stack.tolerating(*REFUSED), kafka.tail("releasepassport.dead-letters") as letters:
        kafka.produce(topic, b"\x08\x01", b"default/forged/production", headers)
        letter = letters.until(lambda m: header(m, "rp_dead_topic") == topic and
                               header(m, "ce_id") == headers["ce_id"].decode())
    assert letter.value() == b"\x08\x01" and letter.key() == b"default/forged/production"
    assert header(letter, "rp_dead_reason")


@pytest.mark.parametrize("topic", [*INTERNAL, "releasepassport.passports", "releasepassport.evaluation-failures"])
def test_poison_goes_and_the_partition_goes_on(stack, kafka, topic):
    bind(stack, "poison", policy_text("poison", POLICY))
    with stack.tolerating(*REFUSED), kafka.tail("releasepassport.dead-letters") as letters:
        for partition in kafka.partitions(topic):
            kafka.produce(topic, b"\xff\xff\xff\xff", b"default/poison/production", partition=partition)
        for _ in kafka.partitions(topic):
            letters.until(lambda m: header(m, "rp_dead_topic") == topic)
        assert stack.api().evaluate(gate_body("poison")).status_code == 200


def test_a_forged_passport_is_not_recorded(stack, kafka):
    """A real passport under another evaluation's name, and one whose envelope was changed."""
    bind(stack, "forged", policy_text("forged", POLICY))
    body = gate_body("forged")
    ingest(stack, body)
    with kafka.tail("releasepassport.passports") as passports:
        stack.api().evaluate(body)
        real = passports.next()
    changed = real.value().replace(b"payload", b"paylaod")
    assert changed != real.value()
    with stack.tolerating(*REFUSED), kafka.tail("releasepassport.dead-letters") as letters:
        kafka.produce(real.topic(), changed, real.key(), headers_of(real))
        letter = letters.until(lambda m: header(m, "rp_dead_topic") == real.topic())
    assert letter.value() == changed


def test_a_forged_decision_is_worth_nothing(stack, kafka):
    """An announced decision answers no call unless its passport verifies."""
    bind(stack, "no-signature", policy_text("no-signature", POLICY))
    body, key = gate_body("no-signature"), str(uuid.uuid4())
    with kafka.tail("releasepassport.decisions") as decisions:
        assert stack.api().evaluate(body, key=key).json()["decision"] == "BLOCK"
        real = decisions.next()
    # The signed payload stays, but the answer around it says ALLOW: what is answered is made of the payload alone.
    forged = real.value().replace(b'"decision":"BLOCK"', b'"decision":"ALLOW"')
    kafka.produce(real.topic(), forged, real.key(), headers_of(real))
    assert stack.api().evaluate(body, key=key).json()["decision"] == "BLOCK"


def test_a_forged_decision_answers_no_waiting_call(stack, kafka):
    """While the call waits, an event comes that no key of ours signed: the call goes on waiting for the true one."""
    bind(stack, "waiting", policy_text("waiting", POLICY), deadline="30s")
    body, key = gate_body("waiting"), str(uuid.uuid4())
    identity = evaluation_id("default", "waiting", "production", key)
    with kafka.tail("releasepassport.decisions") as decisions:
        assert stack.api().evaluate(gate_body("waiting")).status_code == 200
        other = decisions.next()
    with stack.tolerating("a decision event is ignored", "request failed"), \
            concurrent.futures.ThreadPoolExecutor(1) as pool:
        stack.kill("evaluator")
        try:
            waiting = pool.submit(stack.api().evaluate, body | {"wait": "20s"}, key=key)
            wait_for(lambda: stack.metric("api-gateway", "rp_gate_waiting") == 1, 10, "the call to wait")
            headers = headers_of(other) | {"ce_id": f"decision/{identity}".encode()}
            kafka.produce(other.topic(), other.value(), other.key(), headers)
            time.sleep(0.5)
            assert not waiting.done()
        finally:
            stack.start("evaluator")
        answer = waiting.result(30)
    assert answer.status_code == 200 and answer.json()["evaluationId"] == identity


def test_a_changed_fact_in_the_database_is_not_believed(stack, prometheus):
    evidence = '  - name: errorRate\n    connector: prometheus\n    query: error_rate{service="${service}"}\n    maxAge: 5m\n'
    prometheus.expose('error_rate{service="sealed"}', 0.5)
    bind(stack, "sealed", policy_text("sealed", [("healthy", "errorRate.value < 0.1", "BLOCK")], evidence),
         connectors=["prometheus"])
    assert stack.api().evaluate(gate_body("sealed")).json()["decision"] == "BLOCK"
    where = "WHERE service = 'sealed'"
    wait_for(lambda: stack.database.query(f"SELECT FROM releasepassport.latest_fact {where}"), 10, "the fact to be kept")
    stack.database.execute(f"UPDATE releasepassport.latest_fact SET body = decode(replace(encode(body, 'hex'),"
                           f" encode('0.5', 'hex'), encode('0.0', 'hex')), 'hex') {where}")
    with stack.tolerating("a recorded fact is left out"):
        answer = stack.api().evaluate(gate_body("sealed")).json()
    assert answer["decision"] == "BLOCK"
    assert stack.metric("evaluator", "rp_sealed_facts_refused_total") >= 1

