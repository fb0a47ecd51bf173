"""The main job: evidence in, a decision out, a signed passport, the same decision on Kafka and in PostgreSQL."""
import base64
import json
import time
import uuid

import pytest

from harness.kafka import header
from harness.release import bind, evaluation_id, fresh_digest, gate_body, ingest, policy_text
from harness.waiting import wait_for

pytestmark = pytest.mark.sanitized

OBSERVED = """\
  - name: errorRate
    connector: prometheus
    query: error_rate{service="${service}"}
    maxAge: 30s
"""


def decide(stack, body, status=200, **more):
    answer = stack.api().evaluate(body, **more)
    assert answer.status_code == status, answer.text
    return answer.json()


def statement_of(envelope):
    return json.loads(base64.b64decode(envelope["payload"], validate=True))


def test_a_release_with_its_evidence_is_allowed(stack):
    bind(stack, "four-hops", policy_text("four-hops", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    body = gate_body("four-hops")
    ingest(stack, body)
    answer = decide(stack, body)
    assert answer["decision"] == "ALLOW" and answer["confidence"] == 100 and answer["reasons"] == []
    assert answer["enforced"] is False and answer["mode"] == "enforce"


def test_evidence_is_fetched_from_prometheus(stack, prometheus):
    prometheus.expose('error_rate{service="six-hops"}', 0.02)
    bind(stack, "six-hops", policy_text("six-hops", [("healthy", "errorRate.value < 0.01", "HOLD")], OBSERVED),
         connectors=["prometheus"])
    body = gate_body("six-hops")
    ingest(stack, body)
    answer = decide(stack, body)
    assert answer["decision"] == "HOLD" and answer["enforced"] is True
    assert [reason["rule"] for reason in answer["reasons"]] == ["healthy"]
    assert answer["reasons"][0]["status"] == "unsatisfied"


def test_a_fact_that_is_fresh_is_not_asked_again(stack, prometheus):
    prometheus.expose('error_rate{service="fresh"}', 0.001)
    bind(stack, "fresh", policy_text("fresh", [("healthy", "errorRate.value < 0.01", "HOLD")], OBSERVED),
         connectors=["prometheus"])
    assert decide(stack, gate_body("fresh"))["decision"] == "ALLOW"
    wait_for_latest_fact(stack, "fresh")
    asked = stack.metric("connector-worker", 'rp_bus_consumed_total{topic="releasepassport.evidence-queries"}')
    assert decide(stack, gate_body("fresh"))["decision"] == "ALLOW"
    assert stack.metric("connector-worker", 'rp_bus_consumed_total{topic="releasepassport.evidence-queries"}') == asked


def wait_for_latest_fact(stack, service):
    wait_for(lambda: stack.database.query("SELECT FROM releasepassport.latest_fact WHERE service = %s", service), 10,
             "the fact to be kept")


@pytest.mark.parametrize("otherwise, exit_status", [
    ("ALLOW_WITH_CANARY", 0), ("REQUIRE_APPROVAL", 10), ("HOLD", 11), ("BLOCK", 12), ("ROLLBACK_RECOMMENDED", 13),
])
def test_each_decision(stack, otherwise, exit_status):
    service = "decision-" + otherwise.lower().replace("_", "-")
    bind(stack, service, policy_text(service, [("smoke-passed", 'smoke.status == "passed"', otherwise)],
                                     canary=otherwise == "ALLOW_WITH_CANARY"))
    body = gate_body(service)
    ingest(stack, body, status="failed")
    answer = decide(stack, body)
    assert answer["decision"] == otherwise
    assert (answer["canary"] is not None) == (otherwise == "ALLOW_WITH_CANARY")
    done = stack.cli("gate", "--service", service, "--environment", "production", "--artifact",
                     body["artifact"]["digest"], "--source-sha", body["release"]["sourceSha"], status=None)
    assert done.returncode == exit_status, done.stdout + done.stderr


def test_without_evidence_nothing_is_allowed(stack):
    bind(stack, "no-evidence", policy_text("no-evidence", [("smoke-passed", 'smoke.status == "passed"', "REQUIRE_APPROVAL")]))
    answer = decide(stack, gate_body("no-evidence"))
    assert answer["decision"] == "HOLD" and answer["confidence"] == 0
    assert answer["reasons"][0]["status"] == "missing"


def test_evidence_of_another_release_does_not_count(stack):
    bind(stack, "other-release", policy_text("other-release", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    body = gate_body("other-release")
    ingest(stack, body)
    other = gate_body("other-release")
    assert decide(stack, other)["decision"] == "BLOCK"
    same_commit = body | {"artifact": {"digest": fresh_digest()}}
    assert decide(stack, same_commit)["decision"] == "BLOCK"


def test_a_claim_never_satisfies_what_asks_for_more(stack):
    bind(stack, "claims", policy_text("claims", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    answer = decide(stack, gate_body("claims", evidence=[{"type": "smoke", "status": "passed"}]))
    assert answer["decision"] == "BLOCK"
    assert answer["reasons"][0]["status"] == "class"


def test_a_silent_source_is_held_and_not_an_outage(stack, prometheus):
    bind(stack, "silent", policy_text("silent", [("healthy", "errorRate.value < 0.01", "HOLD")], OBSERVED),
         connectors=["prometheus"])
    prometheus.stop()
    try:
        with stack.tolerating("connector"):
            answer = decide(stack, gate_body("silent"))
    finally:
        prometheus.start()
    assert answer["decision"] == "HOLD" and answer["reasons"][0]["status"] in ("error", "timeout")


def test_the_stricter_mode_applies(stack):
    bind(stack, "modes", policy_text("modes", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]), mode="advisory")
    assert decide(stack, gate_body("modes", mode="shadow"))["mode"] == "advisory"
    stricter = decide(stack, gate_body("modes", mode="enforce"))
    assert stricter["mode"] == "enforce" and stricter["enforced"] is True
    assert decide(stack, gate_body("modes"))["enforced"] is False


# One evaluation, one decision

def test_the_same_question_gets_the_same_answer(stack):
    bind(stack, "repeat", policy_text("repeat", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    body, key = gate_body("repeat"), str(uuid.uuid4())
    first = stack.api().evaluate(body, key=key)
    second = stack.api().evaluate(body | {"wait": "5s"}, key=key)
    assert first.status_code == second.status_code == 200
    assert first.content == second.content


def test_another_question_under_the_same_key_is_refused(stack):
    bind(stack, "reuse", policy_text("reuse", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    key = str(uuid.uuid4())
    assert stack.api().evaluate(gate_body("reuse"), key=key).status_code == 200
    answer = stack.api().evaluate(gate_body("reuse"), key=key)
    assert answer.status_code == 422 and answer.json()["type"].endswith("/idempotency-key-reused")


def test_what_was_decided_once_is_not_decided_again_after_its_body_is_gone(stack):
    """Retention drops passports by the month; the narrow row of the evaluation stays and says that it was decided."""
    bind(stack, "retention", policy_text("retention", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    body, key = gate_body("retention"), str(uuid.uuid4())
    answer = stack.api().evaluate(body, key=key).json()
    stack.database.execute("DELETE FROM releasepassport.passport WHERE passport_id = %s", answer["passportId"])
    again = stack.api().evaluate(body, key=key)
    assert again.status_code == 409 and again.json()["type"].endswith("/conflict"), again.text
    assert stack.database.query("SELECT count(*) FROM releasepassport.passport WHERE service = 'retention'") == [(0,)]


def test_who_does_not_wait_is_told_where_to_ask(stack):
    bind(stack, "later", policy_text("later", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    key = str(uuid.uuid4())
    answer = stack.api().evaluate(gate_body("later", wait="0s"), key=key)
    assert answer.status_code == 202 and answer.json()["status"] == "pending"
    identity = evaluation_id("default", "later", "production", key)
    assert answer.json()["evaluationId"] == identity
    location = answer.headers["Location"].removeprefix("/releasepassport/v1")
    end = time.monotonic() + 10
    while (status := stack.api().get(location).json())["status"] == "pending" and time.monotonic() < end:
        time.sleep(0.05)
    assert status["status"] == "decided" and status["decision"]["decision"] == "BLOCK"
    assert stack.api().get("/evaluations/" + "0" * 64).json()["status"] == "unknown"


# The passport and its records

def test_a_passport_is_the_same_everywhere(stack, kafka):
    bind(stack, "everywhere", policy_text("everywhere", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    body = gate_body("everywhere")
    ingest(stack, body)
    with kafka.tail("releasepassport.decisions") as decisions:
        answer = decide(stack, body)
        record = decisions.until(lambda m: header(m, "ce_id") == f"decision/{answer['evaluationId']}")
    event = json.loads(record.value())
    assert record.key() == b"default/everywhere/production"
    assert header(record, "ce_type") == "dev.releasepassport.decision.v1"
    assert header(record, "ce_time") == answer["decidedAt"]
    assert answer.items() <= event.items()
    passport = stack.api().get(f"/passports/{answer['passportId']}.dsse")
    assert passport.status_code == 200 and passport.json() == event["envelope"]
    statement = statement_of(passport.json())
    assert set(statement) == {"_type", "subject", "predicateType", "predicate"}
    assert {"sha256": body["artifact"]["digest"].removeprefix("sha256:")} in [s["digest"] for s in statement["subject"]]
    predicate = statement["predicate"]
    assert predicate["decision"] == "ALLOW" and predicate["evidence"][0]["name"] == "smoke"
    rows = stack.database.query(
        "SELECT p.envelope, p.decision, e.request_digest, (SELECT count(*) FROM releasepassport.fact f"
        " WHERE f.passport_id = p.passport_id), (SELECT count(*) FROM releasepassport.audit_leaf l"
        " WHERE l.ref = p.passport_id)"
        " FROM releasepassport.passport p JOIN releasepassport.evaluation e USING (evaluation_id)"
        " WHERE p.passport_id = %s", answer["passportId"])
    assert len(rows) == 1
    envelope, decision, request_digest, facts, leaves = rows[0]
    assert bytes(envelope) == passport.content and decision == "ALLOW"
    assert request_digest == predicate["requestDigest"] and facts == 1 and leaves == 1


def test_writes_leave_their_trace(stack):
    bind(stack, "traced", policy_text("traced", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    ingest(stack, gate_body("traced"))
    for kind in ("policy.created", "binding.changed", "evidence.ingested"):
        wait_for(lambda: stack.database.query("SELECT FROM releasepassport.audit_event WHERE kind = %s", kind), 10,
                 f"an audit event {kind}")
    assert stack.database.query("SELECT count(*) FROM releasepassport.audit_event e WHERE NOT EXISTS"
                                " (SELECT FROM releasepassport.audit_leaf l WHERE l.ref = e.event_id)")[0][0] == 0
