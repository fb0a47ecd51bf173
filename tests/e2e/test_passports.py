"""Reading passports: lists and their pages, every form of one, and nothing for whom it is not meant."""
import base64
import hashlib
import json
import time
from types import SimpleNamespace

import pytest

from harness.api import expect_problem, pages
from harness.kafka import header
from harness.release import bind, gate_body, ingest, policy_text

pytestmark = pytest.mark.sanitized

POLICY = [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]
FORMS = {
    "": "application/json",
    ".dsse": "application/vnd.dsse.envelope.v1+json",
    ".sigstore": "application/vnd.dev.sigstore.bundle.v0.3+json",
    ".md": "text/markdown",
}


@pytest.fixture(scope="module")
def releases(running_stack):
    """Releases with their answers, the oldest first."""
    stack, found = running_stack, []
    for service, environment in (("pass", "production"), ("pass", "staging"), ("other", "production")):
        bind(stack, service, policy_text("passports", POLICY), environment, namespace=f"ns-{service}")
    for service, environment, passed in (
            ("pass", "production", True), ("pass", "staging", True), ("other", "production", True),
            ("pass", "production", False), ("pass", "production", False)):
        body = gate_body(service, environment)
        ingest(stack, body, status="passed" if passed else "failed")
        answer = stack.api().evaluate(body)
        assert answer.status_code == 200, answer.text
        found.append(SimpleNamespace(body=body, answer=answer.json(), id=answer.json()["passportId"],
                                     digest=body["artifact"]["digest"], sha=body["release"]["sourceSha"]))
    return found


@pytest.fixture
def mine(releases):
    """Is this one of this file's? Other tests leave passports too."""
    identities = {release.id for release in releases}
    return lambda page: [passport["passportId"] for passport in page if passport["passportId"] in identities]


# The list

@pytest.mark.parametrize("filters, expected", [
    ({}, [4, 3, 2, 1, 0]),
    ({"service": "pass"}, [4, 3, 1, 0]),
    ({"service": "pass", "environment": "production"}, [4, 3, 0]),
    ({"environment": "staging"}, [1]),
    ({"service": "other", "environment": "staging"}, []),
    ({"decision": "BLOCK"}, [4, 3]),
    ({"decision": "ALLOW", "service": "pass"}, [1, 0]),
    ({"decision": "HOLD", "service": "pass"}, []),
    ({"service": "pas"}, []),
    ({"service": "nobody-is-called-so"}, []),
])
def test_the_list_by_words(stack, releases, mine, filters, expected):
    answer = stack.api().get("/passports", params={"limit": 200} | filters)
    assert answer.status_code == 200, answer.text
    assert mine(answer.json()["passports"]) == [releases[i].id for i in expected]


def test_the_list_by_identity(stack, releases):
    for release in releases:
        for filters in ({"artifact": release.digest}, {"sourceSha": release.sha},
                        {"artifact": release.digest, "sourceSha": release.sha}):
            listed = stack.api().get("/passports", params=filters).json()
            assert [p["passportId"] for p in listed["passports"]] == [release.id] and listed["next"] is None
    crossed = {"artifact": releases[0].digest, "sourceSha": releases[1].sha}
    assert stack.api().get("/passports", params=crossed).json() == {"passports": [], "next": None}


def test_the_list_by_time(stack, releases, mine):
    """From belongs to the span, to does not."""
    times = [release.answer["decidedAt"] for release in releases]

    def between(**span):
        return mine(stack.api().get("/passports", params={"limit": 200} | span).json()["passports"])

    identities = [release.id for release in releases]
    assert between(**{"from": times[1], "to": times[3]}) == [identities[2], identities[1]]
    assert between(**{"from": times[4]}) == [identities[4]]
    assert between(to=times[0]) == []
    assert between(**{"from": times[0]}) == identities[::-1]
    zoned = times[4].replace("Z", "+00:00")
    assert between(**{"from": zoned}) == [identities[4]]


def test_what_the_list_tells(stack, releases):
    release = releases[3]
    summary, = stack.api().get("/passports", params={"artifact": release.digest}).json()["passports"]
    assert summary == {
        "passportId": release.id, "evaluationId": release.answer["evaluationId"], "decision": "BLOCK", "mode": "enforce",
        "enforced": True, "confidence": 100, "actor": "tester", "decidedAt": release.answer["decidedAt"],
        "validUntil": release.answer["validUntil"], "policy": release.answer["policy"],
        "release": {"service": "pass", "environment": "production", "namespace": "ns-pass", "releaseId": "run-1",
                    "version": "1.2.3", "sourceSha": release.sha, "artifact": release.digest},
    }


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_pages(stack, releases, limit):
    found = pages(stack.api(), "/passports", "passports", service="pass", limit=limit)
    assert [p["passportId"] for page in found for p in page] == [releases[i].id for i in (4, 3, 1, 0)]
    assert [len(page) for page in found] == [limit] * (4 // limit) + ([4 % limit] if 4 % limit else [])


def test_pages_hold_still_while_passports_come(stack, releases):
    bind(stack, "paging", policy_text("passports", POLICY))
    old = [stack.api().evaluate(gate_body("paging")).json()["passportId"] for _ in range(4)]
    first = stack.api().get("/passports", params={"service": "paging", "limit": 2}).json()
    assert stack.api().evaluate(gate_body("paging")).status_code == 200
    second = stack.api().get("/passports", params={"service": "paging", "limit": 2, "cursor": first["next"]}).json()
    assert [p["passportId"] for p in first["passports"] + second["passports"]] == old[::-1] and second["next"] is None


# One of them

def test_the_answer_and_what_was_signed(stack, releases):
    for release in releases:
        passport = stack.api().get(f"/passports/{release.id}").json()
        assert {name: value for name, value in passport.items() if name != "statement"} == release.answer
        predicate = passport["statement"]["predicate"]
        assert predicate["decision"] == release.answer["decision"]
        assert predicate["requestDigest"] == release.answer["requestDigest"]
        assert predicate["release"]["artifact"] == release.digest


def test_the_forms_are_the_same_bytes(stack, releases):
    release = releases[0]
    api = stack.api()
    envelope = api.get(f"/passports/{release.id}.dsse")
    (recorded,), = stack.database.query("SELECT envelope FROM releasepassport.passport WHERE passport_id = %s", release.id)
    assert envelope.content == bytes(recorded)
    signature, = envelope.json()["signatures"]
    assert signature.get("keyid", "") == "" and base64.b64decode(signature["sig"], validate=True)[0] == 0x30
    bundle = api.get(f"/passports/{release.id}.sigstore").json()
    assert bundle["mediaType"] == FORMS[".sigstore"]
    inside = bundle["dsseEnvelope"]
    assert (inside["payload"], inside["payloadType"]) == (envelope.json()["payload"], "application/vnd.in-toto+json")
    assert [s["sig"] for s in inside["signatures"]] == [signature["sig"]]
    key, = api.get("/keys").json()["keys"]
    der = base64.b64decode("".join(key["publicKey"].splitlines()[1:-1]))
    assert bundle["verificationMaterial"]["publicKey"]["hint"] == base64.b64encode(hashlib.sha256(der).digest()).decode()
    assert json.loads(base64.b64decode(envelope.json()["payload"])) == api.get(f"/passports/{release.id}").json()["statement"]


def test_the_form_for_people(stack, releases):
    text = stack.api().get(f"/passports/{releases[3].id}.md")
    assert text.encoding.lower() == "utf-8"
    for word in ("BLOCK", "pass", "production", releases[3].digest, "smoke-passed", "smoke-passed failed"):
        assert word in text.text, word


@pytest.mark.parametrize("form, media", FORMS.items(), ids=[form or "json" for form in FORMS])
def test_a_form_that_the_caller_has(stack, releases, form, media):
    api, path = stack.api(), f"/passports/{releases[0].id}{form}"
    answer = api.get(path)
    tag = answer.headers["ETag"]
    assert answer.status_code == 200 and answer.headers["Content-Type"].split(";")[0] == media
    assert tag.startswith('"') and tag.endswith('"') and "immutable" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    for known in (tag, f"W/{tag}", f'"a", {tag}', "*"):
        again = api.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag), known
    for unknown in ('"a"', tag.strip('"'), tag[:-2] + '"'):
        again = api.get(path, headers={"If-None-Match": unknown})
        assert (again.status_code, again.content) == (200, answer.content), unknown
    asked = api.call("HEAD", path)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["ETag"] == tag and asked.headers["Content-Length"] == str(len(answer.content))


def test_every_form_has_its_own_tag(stack, releases):
    tags = {stack.api().get(f"/passports/{releases[0].id}{form}").headers["ETag"] for form in FORMS}
    assert len(tags) == len(FORMS)


def test_the_links_of_an_answer_lead_there(stack, releases):
    links = releases[0].answer["links"]
    for name, form in (("passport", ""), ("dsse", ".dsse"), ("sigstore", ".sigstore"), ("markdown", ".md")):
        path = links[name].removeprefix(stack.url).removeprefix("/releasepassport/v1")
        assert path == f"/passports/{releases[0].id}{form}", links
        assert stack.api().get(path).status_code == 200


# Who may not

def without_trace(problem):
    return {name: value for name, value in problem.items() if name != "traceId"}


@pytest.mark.parametrize("bounds", [{"services": ["other"]}, {"environments": ["staging"]},
                                    {"services": ["other"], "environments": ["staging"]}])
def test_what_a_token_may_not_read_is_not_there(stack, releases, bounds):
    """It cannot even be told whether there is such a passport."""
    api = stack.api(stack.make_token({"scope": "read"} | bounds)["token"])
    for form in FORMS:
        hidden = expect_problem(api.get(f"/passports/{releases[0].id}{form}"), 404, "not-found")
        missing = expect_problem(api.get(f"/passports/pp_00000000000000000000000000{form}"), 404, "not-found")
        assert without_trace(hidden) == without_trace(missing)
        tag = stack.api().get(f"/passports/{releases[0].id}{form}").headers["ETag"]
        expect_problem(api.get(f"/passports/{releases[0].id}{form}", headers={"If-None-Match": tag}), 404, "not-found")
    state = api.get(f"/evaluations/{releases[0].answer['evaluationId']}").json()
    assert state["status"] == "unknown" and state["decision"] is None


@pytest.mark.parametrize("grants, expected", [
    ([{"services": ["other"]}], [2]),
    ([{"environments": ["staging"]}], [1]),
    ([{"services": ["pass"], "environments": ["production"]}], [4, 3, 0]),
    ([{"services": ["pass"], "environments": ["staging"]}, {"services": ["other"]}], [2, 1]),
    ([{"services": ["nobody-is-called-so"]}], []),
])
def test_the_list_has_what_the_token_may_read(stack, releases, mine, grants, expected):
    api = stack.api(stack.make_token(*({"scope": "read"} | grant for grant in grants))["token"])
    found = pages(api, "/passports", "passports", limit=1) if expected else [api.get("/passports").json()["passports"]]
    identities = [identity for page in found for identity in mine(page)]
    assert identities == [releases[i].id for i in expected]
    for page in found:
        for passport in page:
            place = passport["release"]
            assert any(place["service"] in grant.get("services", [place["service"]])
                       and place["environment"] in grant.get("environments", [place["environment"]]) for grant in grants)


def test_another_scope_reads_nothing(stack, releases):
    api = stack.api(stack.make_token("gate", "ingest", "policy", "audit", "admin")["token"])
    for form in FORMS:
        expect_problem(api.get(f"/passports/{releases[0].id}{form}"), 403, "forbidden")
    expect_problem(api.get("/passports"), 403, "forbidden")


# Another workspace

@pytest.fixture(scope="module")
def foreign(running_stack):
    return running_stack.workspace_token("elsewhere")


def test_another_workspace_sees_nothing(stack, releases, foreign):
    api, release = stack.api(foreign), releases[0]
    assert api.get("/passports").json() == {"passports": [], "next": None}
    assert api.get("/passports", params={"artifact": release.digest}).json()["passports"] == []
    for form in FORMS:
        expect_problem(api.get(f"/passports/{release.id}{form}"), 404, "not-found")
    assert api.get(f"/evaluations/{release.answer['evaluationId']}").json()["status"] == "unknown"
    assert api.get("/services").json()["services"] == []
    assert api.get("/policies").json()["policies"] == []
    policy = "sha256:" + release.answer["policy"]["sha256"]
    expect_problem(api.get(f"/policies/{policy}"), 404, "not-found")
    problem = expect_problem(api.get("/services/pass/environments/production"), 404, "not-found")
    assert "pass/production" not in problem["detail"]


def test_another_workspace_changes_nothing(stack, releases, foreign):
    api, policy = stack.api(foreign), "sha256:" + releases[0].answer["policy"]["sha256"]
    refused = api.put("/services/pass/environments/production", {"policy": policy, "mode": "shadow"})
    assert expect_problem(refused, 422, "unprocessable")["pointer"] == "/policy"
    expect_problem(api.evaluate(gate_body("pass")), 404, "not-found")
    expect_problem(api.ingest({"service": {"name": "pass", "environment": "production"},
                               "evidence": [{"type": "smoke", "status": "passed"}]}), 404, "not-found")


def test_two_workspaces_with_the_same_names_do_not_meet(stack, kafka, releases, foreign):
    """The same service, policy, release and key: another evaluation, with the evidence of its own workspace alone."""
    api, release = stack.api(foreign), releases[0]
    stored = api.call("PUT", "/policies", data=policy_text("passports", POLICY), headers={"Content-Type": "application/yaml"})
    assert stored.status_code == 201 and stored.json()["digest"] == "sha256:" + release.answer["policy"]["sha256"]
    binding = {"policy": stored.json()["digest"], "mode": "advisory"}
    assert api.put("/services/pass/environments/production", binding).status_code == 201
    key = "the-same-key-" + release.id
    with kafka.tail("releasepassport.decisions") as decisions:
        theirs = api.evaluate(release.body, key=key).json()
        record = decisions.until(lambda m: header(m, "ce_id") == f"decision/{theirs['evaluationId']}")
    ours = stack.api().evaluate(release.body, key=key).json()
    assert json.loads(record.value())["workspace"] == "elsewhere" and record.key() == b"elsewhere/pass/production"
    assert ours["evaluationId"] != theirs["evaluationId"]
    assert (ours["decision"], ours["mode"]) == ("ALLOW", "enforce")
    assert (theirs["decision"], theirs["mode"]) == ("BLOCK", "advisory") and theirs["reasons"][0]["status"] == "missing"
    assert [p["passportId"] for p in api.get("/passports").json()["passports"]] == [theirs["passportId"]]
    assert api.get(f"/passports/{theirs['passportId']}.dsse").status_code == 200
    expect_problem(stack.api().get(f"/passports/{theirs['passportId']}"), 404, "not-found")
    binding = stack.api().get("/services/pass/environments/production").json()
    assert binding["mode"] == "enforce"


# What became of an evaluation

def test_what_became_of_an_evaluation(stack, releases):
    release = releases[3]
    for scope in ("gate", "read"):
        state = stack.api(stack.make_token({"scope": scope, "services": ["pass"]})["token"]).get(
            f"/evaluations/{release.answer['evaluationId']}").json()
        assert state == {"evaluationId": release.answer["evaluationId"], "status": "decided", "decision": release.answer,
                         "detail": None}


@pytest.mark.parametrize("identity", ["x", "0" * 64, "%F0%9F%9A%80"])
def test_an_evaluation_that_nobody_began(stack, identity):
    state = stack.api().get(f"/evaluations/{identity}")
    assert state.status_code == 200 and state.json()["status"] == "unknown"


def test_an_evaluation_is_pending_until_its_deadline(stack):
    """Who asks with the Location of the 202 is told that it is under way, if it has not ended."""
    identity = "1" * 64
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 30))
    assert stack.api().get(f"/evaluations/{identity}", params={"deadline": soon}).json()["status"] == "pending"
    assert stack.api().get(f"/evaluations/{identity}",
                           params={"deadline": "2020-01-01T00:00:00Z"}).json()["status"] == "unknown"
