"""Policies: stored once and for ever, findings with their place, bindings, and which mode applies."""
import hashlib
import json
import uuid

import pytest

from harness.api import expect_problem, pages
from harness.places import SAMPLE
from harness.release import bind, fresh_digest, gate_body, ingest, policy_text

pytestmark = pytest.mark.sanitized

YAML = {"Content-Type": "application/yaml"}
RULES = [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]


def push(stack, text, **more):
    return stack.api().call("PUT", "/policies", data=text.encode() if isinstance(text, str) else text, headers=YAML, **more)


def validate(stack, text):
    return stack.api().call("POST", "/policies/validate", data=text.encode() if isinstance(text, str) else text, headers=YAML)


def fresh_name():
    return f"policy-{uuid.uuid4().hex[:12]}"


# Storing

def test_a_policy_is_stored_once(stack):
    text = policy_text(fresh_name(), RULES)
    first, second = push(stack, text), push(stack, text)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json() and first.headers["Location"] == second.headers["Location"]
    stored = first.json()
    assert stored["version"] == "1" and stored["findings"] == []
    assert first.headers["Location"] == f"/releasepassport/v1/policies/{stored['digest']}"
    waiting_or_there = ("SELECT (SELECT count(*) FROM releasepassport.audit_outbox WHERE object_id = %s)"
                        " + (SELECT count(*) FROM releasepassport.audit_event WHERE object_id = %s)")
    assert stack.database.query(waiting_or_there, stored["digest"], stored["digest"]) == [(1,)], "one audit event"


def test_a_policy_is_named_by_its_canonical_form(stack):
    """Comments, quotes and the order of members are nothing; a value is."""
    name = fresh_name()
    text = policy_text(name, RULES)
    same = ["# a comment\n" + text, text.replace("smoke-passed failed", '"smoke-passed failed"'),
            "version: '1'\n" + text.replace('version: "1"\n', ""), text.replace("\n", "\r\n")]
    first = push(stack, text).json()
    for other in same:
        answer = push(stack, other)
        assert answer.status_code == 200 and answer.json()["digest"] == first["digest"], other
    in_json = stack.api().put("/policies", {"source": text})
    assert in_json.status_code == 200 and in_json.json() == first
    assert push(stack, text.replace("BLOCK", "HOLD")).json()["digest"] != first["digest"]
    canonical = stack.api().get(f"/policies/{first['digest']}")
    assert "sha256:" + hashlib.sha256(canonical.content).hexdigest() == first["digest"]
    assert canonical.json()["name"] == name and canonical.json()["rules"][0]["otherwise"] == "BLOCK"


def test_a_policy_in_both_forms(stack):
    text = "# why: because\n" + policy_text(fresh_name(), RULES)
    path = f"/policies/{push(stack, text).json()['digest']}"
    source = stack.api().get(path, headers={"Accept": "application/yaml"})
    assert source.content == text.encode() and source.headers["Content-Type"].split(";")[0] == "application/yaml"
    for accept in ("application/json", "*/*", "application/json, application/yaml"):
        canonical = stack.api().get(path, headers={"Accept": accept})
        assert canonical.headers["Content-Type"] == "application/json" and canonical.json()["kind"] == "Policy"
    assert canonical.headers["ETag"] != source.headers["ETag"] and canonical.headers["Vary"] == "Accept"
    for form, answer in (("application/yaml", source), ("application/json", canonical)):
        known = stack.api().get(path, headers={"Accept": form, "If-None-Match": answer.headers["ETag"]})
        assert known.status_code == 304 and known.content == b""


def test_no_such_policy(stack):
    expect_problem(stack.api().get(f"/policies/{fresh_digest()}"), 404, "not-found")


@pytest.mark.parametrize("scopes, status", [(["policy"], 200), (["read"], 200), (["gate", "ingest", "admin"], 403)])
def test_who_reads_policies(stack, scopes, status):
    digest = push(stack, policy_text("readers", RULES)).json()["digest"]
    api = stack.api(stack.make_token(*scopes)["token"])
    assert api.get(f"/policies/{digest}").status_code == api.get("/policies").status_code == status


def test_the_list_of_policies(stack):
    name = fresh_name()
    digests = [push(stack, policy_text(name, RULES).replace('"1"', f'"{i}"')).json()["digest"] for i in range(5)]
    push(stack, policy_text(fresh_name(), RULES))
    found = pages(stack.api(), "/policies", "policies", name=name, limit=2)
    assert [len(page) for page in found] == [2, 2, 1]
    listed = [policy for page in found for policy in page]
    assert [policy["digest"] for policy in listed] == digests[::-1]
    assert [policy["version"] for policy in listed] == ["4", "3", "2", "1", "0"]
    assert {(policy["name"], policy["createdBy"]) for policy in listed} == {(name, "tester")}


@pytest.mark.parametrize("name", ["policy.yaml", "policy-first-week.yaml"])
def test_the_sample_policies(stack, name):
    answer = validate(stack, (SAMPLE / name).read_text())
    assert answer.status_code == 200 and answer.json()["valid"] is True and answer.json()["findings"] == [], answer.text


# Findings

GOOD = policy_text("findings", [*RULES, ("twice", "smoke.age < duration('1h')", "HOLD")])
# Lines of GOOD: 1 apiVersion, 2 kind, 3 name, 4 version, 5 evidence, 6-7 smoke, 8 rules, 9-12 and 13-16 the rules.


@pytest.mark.parametrize("change, expected", [
    pytest.param(("", ""), [], id="nothing"),
    pytest.param(("BLOCK", "BLOK"), [("error", 11, 16, "/rules/0/otherwise")], id="no-decision"),
    pytest.param(("BLOCK", "ALLOW"), [("error", 11, 16, "/rules/0/otherwise")], id="mildest"),
    pytest.param(('smoke.status == "passed"', 'smok.status == "passed"'), [("error", 10, 14, "/rules/0/require")], id="unknown-name"),
    pytest.param(('smoke.status == "passed"', 'smoke.status == '), [("error", 10, 29, "/rules/0/require")], id="no-expression"),
    pytest.param(('smoke.status == "passed"', "nope(smoke)"), [("error", 10, 14, "/rules/0/require")], id="unknown-function"),
    pytest.param(("id: twice", "id: smoke-passed"), [("error", 13, 9, "/rules/1/id")], id="id-twice"),
    pytest.param(("maxAge: 1h", "maxAge: soon"), [("error", 7, 13, "/evidence/0/maxAge")], id="no-duration"),
    pytest.param(("    maxAge: 1h\n", ""), [("error", 6, 5, "/evidence/0")], id="missing-member"),
    pytest.param(("kind: Policy", "kind: Polizei"), [("error", 2, 7, "/kind")], id="kind"),
    pytest.param(("kind: Policy", "kind: Policy\ncolour: red"), [("error", 3, 1, "/colour")], id="unknown-member"),
    pytest.param(('version: "1"', "version: 1"), [("error", 4, 10, "/version")], id="no-text"),
    pytest.param(("name: smoke", "name: now"), None, id="a-name-that-is-taken"),
])
def test_findings(stack, change, expected):
    text = GOOD.replace(*change, 1) if change[0] else GOOD
    answer = validate(stack, text)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    findings = [(f["severity"], f["line"], f["column"], f["pointer"]) for f in body["findings"]]
    assert all(f["text"] for f in body["findings"])
    if expected is None:
        assert findings and not body["valid"]
        return
    assert findings == expected, body["findings"]
    assert body["valid"] == (not expected)
    assert (body["digest"] is None) == bool(expected)
    if expected:
        problem = expect_problem(push(stack, text), 422, "unprocessable")
        assert problem["findings"] == body["findings"] and body["findings"][0]["text"] in problem["detail"]


def test_all_findings_at_once_in_the_order_of_the_text(stack):
    text = GOOD.replace("BLOCK", "BLOK").replace("maxAge: 1h", "maxAge: soon").replace("HOLD", "HALT")
    found = validate(stack, text).json()["findings"]
    assert [f["line"] for f in found] == [7, 11, 15] and {f["severity"] for f in found} == {"error"}
    assert expect_problem(push(stack, text), 422)["findings"] == found


def test_warnings_leave_a_policy_valid(stack):
    text = policy_text(fresh_name(), RULES, "  - name: nobodyAsks\n    maxAge: 1h\n")
    answer = validate(stack, text).json()
    assert answer["valid"] is True and [f["severity"] for f in answer["findings"]] == ["warning"], answer
    assert (answer["findings"][0]["line"], answer["findings"][0]["column"]) == (8, 5)
    stored = push(stack, text)
    assert stored.status_code == 201 and stored.json()["findings"] == answer["findings"]


@pytest.mark.parametrize("text, line", [
    pytest.param("a: [1", None, id="cut"),
    pytest.param("a: &x 1\nb: *x\n", 1, id="anchor"),
    pytest.param("a: !!binary aGk=\n", 1, id="tag"),
    pytest.param("a: 1\na: 2\n", 2, id="twice"),
    pytest.param("a: 1\n---\nb: 2\n", 2, id="two-documents"),
    pytest.param("\ta: 1\n", 1, id="tab"),
    pytest.param(b"a: \xff\n", 1, id="not-utf-8"),
    pytest.param("a: \"\\0\"\n", 1, id="nul"),
    pytest.param("- " * 40 + "x\n", 1, id="too-deep"),
    pytest.param("just a text", 1, id="a-text"),
    pytest.param("", None, id="nothing"),
])
def test_what_is_no_policy_at_all(stack, text, line):
    body = validate(stack, text)
    assert body.status_code == 200, body.text
    assert body.json()["valid"] is False and body.json()["digest"] is None
    assert line is None or body.json()["findings"][0]["line"] == line, body.json()
    expect_problem(push(stack, text), 422, "unprocessable")


def test_a_policy_without_required_evidence_is_refused(stack):
    text = policy_text(fresh_name(), [("optional-alone", "!has(smoke.status) || smoke.status == 'passed'", "HOLD")])
    text = text.replace("    maxAge: 1h", "    maxAge: 1h\n    optional: true")
    problem = expect_problem(push(stack, text), 422, "unprocessable")
    assert any(f["severity"] == "error" for f in problem["findings"])


def test_validating_stores_nothing(stack):
    digest = validate(stack, policy_text(fresh_name(), RULES)).json()["digest"]
    expect_problem(stack.api().get(f"/policies/{digest}"), 404, "not-found")


def test_a_policy_that_is_too_large(stack):
    text = policy_text(fresh_name(), RULES)
    fill = 256 * 1024 - len(text)
    assert push(stack, text + "#" * (fill - 1) + "\n").status_code == 201
    problem = push(stack, text + "#" * fill + "\n")
    assert problem.status_code in (413, 422) and problem.headers["Content-Type"] == "application/problem+json", problem.text


# Bindings

@pytest.fixture(scope="module")
def stored(running_stack):
    answer = push(running_stack, policy_text("bindings", RULES))
    assert answer.status_code in (200, 201)
    return answer.json()


def test_a_binding(stack, stored):
    path = f"/services/{fresh_name()}/environments/production"
    first = stack.api().put(path, {"policy": stored["digest"], "mode": "shadow"})
    assert first.status_code == 201 and stack.api().get(path).json() == first.json()
    binding = first.json()
    assert binding["policy"] == {"digest": stored["digest"], "name": "bindings", "version": "1"}
    assert (binding["mode"], binding["threshold"], binding["deadlineMs"], binding["namespace"], binding["connectors"]) == \
        ("shadow", "REQUIRE_APPROVAL", 10000, None, [])
    assert binding["updatedBy"] == "tester"
    changed = stack.api().put(path, {"policy": stored["digest"], "mode": "enforce", "threshold": "BLOCK", "deadline": "3s",
                                     "namespace": "apps", "connectors": ["prometheus"]})
    assert changed.status_code == 200 and stack.api().get(path).json() == changed.json()
    binding = changed.json()
    assert (binding["mode"], binding["threshold"], binding["deadlineMs"], binding["namespace"], binding["connectors"]) == \
        ("enforce", "BLOCK", 3000, "apps", ["prometheus"])
    back = stack.api().put(path, {"policy": stored["digest"], "mode": "shadow"}).json()
    assert (back["threshold"], back["namespace"], back["connectors"]) == ("REQUIRE_APPROVAL", None, [])


@pytest.mark.parametrize("change, status, pointer", [
    ({"policy": "sha256:" + "0" * 64}, 422, "/policy"),
    ({"policy": "latest"}, 422, "/policy"),
    ({"policy": {"name": "nobody-is-called-so"}}, 422, "/policy"),
    ({"policy": {"name": "bindings", "version": "99"}}, 422, "/policy"),
    ({"policy": {"name": "bindings", "verison": "1"}}, 400, "/policy/verison"),
    ({"policy": {}}, 400, "/policy/name"),
    ({"policy": 7}, 400, "/policy"),
    ({"policy": None}, 400, "/policy"),
    ({"mode": None}, 400, "/mode"),
    ({"mode": "strict"}, 400, "/mode"),
    ({"threshold": "MAYBE"}, 400, "/threshold"),
    ({"deadline": "0s"}, 400, "/deadline"),
    ({"deadline": "61s"}, 400, "/deadline"),
    ({"deadline": 10}, 400, "/deadline"),
    ({"namespace": "a b"}, 400, "/namespace"),
    ({"connectors": "prometheus"}, 400, "/connectors"),
    ({"connectors": ["a b"]}, 400, "/connectors/0"),
    ({"connectors": ["a"] * 65}, 400, "/connectors"),
    ({"workspace": "other"}, 400, "/workspace"),
])
def test_a_binding_that_cannot_be(stack, stored, change, status, pointer):
    path = "/services/never-bound/environments/production"
    body = {"policy": stored["digest"], "mode": "enforce"} | change
    assert expect_problem(stack.api().put(path, body), status)["pointer"] == pointer
    expect_problem(stack.api().get(path), 404, "not-found")


def test_a_binding_by_name_takes_the_newest(stack):
    name = fresh_name()
    path = f"/services/{name}/environments/production"
    old, new = (push(stack, policy_text(name, RULES).replace('"1"', f'"{version}"')).json()["digest"] for version in "12")

    def bound(**policy):
        answer = stack.api().put(path, {"policy": policy, "mode": "enforce"})
        assert answer.status_code in (200, 201), answer.text
        return answer.json()["policy"]["digest"]

    assert bound(name=name) == new
    assert bound(name=name, version="1") == old
    push(stack, policy_text(name, RULES).replace('"1"', '"3"'))
    assert stack.api().get(path).json()["policy"]["digest"] == old, "a binding names a digest"


def test_a_change_of_binding_counts_at_once(stack):
    service = fresh_name()
    bind(stack, service, policy_text(service, [("strict", 'smoke.status == "passed"', "BLOCK")]))
    body = gate_body(service)
    ingest(stack, body, status="failed")
    assert stack.api().evaluate(body).json()["decision"] == "BLOCK"
    bound = bind(stack, service, policy_text(service, [("lenient", 'smoke.status != ""', "BLOCK")]))
    answer = stack.api().evaluate(body).json()
    assert answer["decision"] == "ALLOW" and "sha256:" + answer["policy"]["sha256"] == bound["policy"]["digest"]


def test_the_list_of_bindings(stack, stored):
    prefix = fresh_name()
    places = [(f"{prefix}-{service}", environment) for service in "ab" for environment in ("production", "staging")]
    for service, environment in places[::-1]:
        stack.api().put(f"/services/{service}/environments/{environment}", {"policy": stored["digest"], "mode": "shadow"})
    found = [binding for page in pages(stack.api(), "/services", "services", limit=3) for binding in page]
    names = [(binding["service"], binding["environment"]) for binding in found]
    assert names == sorted(names) and len(names) == len(set(names))
    assert [name for name in names if name[0].startswith(prefix)] == places


# Which mode applies

STRICTNESS = ("shadow", "advisory", "enforce")


@pytest.mark.parametrize("asked", [None, *STRICTNESS])
@pytest.mark.parametrize("bound", STRICTNESS)
def test_a_caller_may_be_stricter_and_never_milder(stack, bound, asked):
    service = f"mode-{bound}"
    bind(stack, service, policy_text("modes", RULES), mode=bound)
    body = gate_body(service) | ({"mode": asked} if asked else {})
    ingest(stack, body, status="failed")
    answer = stack.api().evaluate(body).json()
    applied = max(bound, asked or bound, key=STRICTNESS.index)
    assert answer["decision"] == "BLOCK" and answer["mode"] == applied
    assert answer["enforced"] is (applied == "enforce")
    why, _, more = answer["modeReason"].partition(": ")
    assert why == ("request" if applied != bound else "binding"), answer["modeReason"]
    assert (more != "") == (asked not in (None, bound)), answer["modeReason"]
    predicate = stack.api().get(f"/passports/{answer['passportId']}").json()["statement"]["predicate"]
    assert (predicate["mode"], predicate["enforced"]) == (applied, applied == "enforce")


DECISIONS = ("ALLOW_WITH_CANARY", "REQUIRE_APPROVAL", "HOLD", "BLOCK", "ROLLBACK_RECOMMENDED")


@pytest.mark.parametrize("threshold", DECISIONS[1:])
def test_the_threshold_stops_from_its_decision_on(stack, threshold):
    for decision in DECISIONS:
        service = f"threshold-{decision.lower().replace('_', '-')}"
        bind(stack, service, policy_text(service, [("failed", 'smoke.status == "passed"', decision)],
                                         canary=decision == "ALLOW_WITH_CANARY"), threshold=threshold)
        body = gate_body(service)
        ingest(stack, body, status="failed")
        answer = stack.api().evaluate(body).json()
        assert (answer["decision"], answer["threshold"]) == (decision, threshold)
        assert answer["enforced"] is (DECISIONS.index(decision) >= DECISIONS.index(threshold)), (decision, threshold)
