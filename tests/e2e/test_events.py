"""Decision events are what their published schema says, and what the documentation's consumer makes of them."""
import json

import jsonschema
import pytest

from harness.kafka import header
from harness.places import ROOT
from harness.release import bind, gate_body, ingest, policy_text

SCHEMA = json.loads((ROOT / "docs" / "schemas" / "decision-event.schema.json").read_text())
CLOUDEVENTS = {"ce_specversion": "1.0", "ce_type": "dev.releasepassport.decision.v1",
               "ce_source": "/releasepassport/audit-writer", "content-type": "application/json"}
FORGED = "no-signature"  # the service of the event that test_forgery puts there itself


@pytest.fixture(scope="module")
def check():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("otherwise", ["ALLOW_WITH_CANARY", "REQUIRE_APPROVAL", "HOLD", "BLOCK", "ROLLBACK_RECOMMENDED"])
@pytest.mark.parametrize("status", ["passed", "failed"])
def test_events_fit_the_schema(stack, kafka, check, otherwise, status):
    service = f"events-{otherwise.lower().replace('_', '-')}"
    bind(stack, service, policy_text(service, [("smoke-passed", 'smoke.status == "passed"', otherwise)],
                                     canary=otherwise == "ALLOW_WITH_CANARY"))
    body = gate_body(service)
    ingest(stack, body, status=status)
    with kafka.tail("releasepassport.decisions") as decisions:
        answer = stack.api().evaluate(body).json()
        record = decisions.until(lambda m: header(m, "ce_id") == f"decision/{answer['evaluationId']}")
    event = json.loads(record.value())
    assert not list(check.iter_errors(event)), next(check.iter_errors(event)).message
    assert set(event) == set(SCHEMA["properties"]), "a member is not documented"
    assert {name: header(record, name) for name in CLOUDEVENTS} == CLOUDEVENTS
    assert header(record, "ce_subject") == f"default/{service}/production" == record.key().decode()


def test_the_schema_refuses_other_events(check):
    assert list(check.iter_errors({"decision": "ALLOW"}))


def test_every_record_on_the_topic_fits(stack, kafka, check):
    """Those of all tests before, too; repeats are alike to the byte."""
    seen = {}
    with kafka.tail("releasepassport.decisions", from_start=True) as decisions:
        for record in [decisions.next(), *decisions.all()]:
            event = json.loads(record.value())
            if event["service"] == FORGED:
                continue
            assert seen.setdefault(header(record, "ce_id"), record.value()) == record.value()
            assert not list(check.iter_errors(event))
    assert seen

