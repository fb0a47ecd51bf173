"""The endpoints beside the gate call: what is written, what is read, and who may."""
import hashlib
import uuid

import pytest

from harness.api import expect_problem
from harness.release import bind, fresh_digest, fresh_sha, gate_body, ingest, policy_text

pytestmark = pytest.mark.sanitized

RULES = [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]
YAML = {"Content-Type": "application/yaml"}


def put_policy(stack, text, **more):
    return stack.api(**more).call("PUT", "/policies", data=text, headers=YAML)


def post(service, *evidence, **more):
    return {"service": {"name": service, "environment": "production"}, "evidence": list(evidence)} | more


SMOKE = {"type": "smoke", "status": "passed", "summary": "42 checks", "data": {"checks": 42}}
UNIT = {"type": "unit", "status": "passed"}


def passport(stack, service):
    """The id of a fresh passport."""
    bind(stack, service, policy_text(service, RULES))
    body = gate_body(service)
    ingest(stack, body)
    return stack.api().evaluate(body).json()["passportId"]


def count_events(stack, kind, object_id):
    """In the outbox or already recorded."""
    return stack.database.query(
        "SELECT (SELECT count(*) FROM releasepassport.audit_outbox WHERE kind = %s AND object_id = %s)"
        " + (SELECT count(*) FROM releasepassport.audit_event WHERE kind = %s AND object_id = %s)",
        kind, object_id, kind, object_id)[0][0]


# Policies

def test_a_policy_is_stored_once(stack):
    text = policy_text("stored-once", RULES)
    first, second = put_policy(stack, text), stack.api().put("/policies", {"source": text})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    digest = first.json()["digest"]
    assert first.headers["Location"] == f"/releasepassport/v1/policies/{digest}"
    assert count_events(stack, "policy.created", digest) == 1


def test_a_policy_reads_back_as_document_and_as_source(stack):
    text = policy_text("reads-back", RULES)
    digest = put_policy(stack, text).json()["digest"]
    document = stack.api().get(f"/policies/{digest}")
    assert document.headers["Content-Type"] == "application/json" and document.json()["name"] == "reads-back"
    assert "sha256:" + hashlib.sha256(document.content).hexdigest() == digest
    source = stack.api().get(f"/policies/{digest}", headers={"Accept": "application/yaml"})
    assert source.headers["Content-Type"] == "application/yaml" and source.text == text
    again = stack.api().get(f"/policies/{digest}", headers={"If-None-Match": document.headers["ETag"]})
    assert again.status_code == 304 and not again.content


def test_a_wrong_policy_is_refused_with_all_that_is_wrong(stack):
    text = policy_text("wrong", [("a", "smoke.status ==", "BLOCK"), ("b", "nothing.here", "SOMETIMES")])
    problem = expect_problem(put_policy(stack, text), 422, "unprocessable")
    assert len(problem["findings"]) >= 3
    assert all(finding["line"] >= 1 and finding["text"] for finding in problem["findings"])
    validated = stack.api().call("POST", "/policies/validate", data=text, headers=YAML)
    assert validated.status_code == 200
    assert validated.json() == {"valid": False, "digest": None, "name": None, "version": None,
                                "findings": problem["findings"]}


def test_validating_stores_nothing(stack):
    answer = stack.api().post("/policies/validate", {"source": policy_text("not-stored", RULES)}).json()
    assert answer["valid"] is True
    expect_problem(stack.api().get(f"/policies/{answer['digest']}"), 404)


def test_policies_are_listed_by_page(stack):
    digests = {put_policy(stack, policy_text("paged", [("r", f"smoke.n < {n}", "BLOCK")])).json()["digest"]
               for n in range(5)}
    seen, cursor = [], ""
    while cursor is not None:
        page = stack.api().get(f"/policies?name=paged&limit=2{cursor and '&cursor='}{cursor}").json()
        assert len(page["policies"]) <= 2
        seen += [policy["digest"] for policy in page["policies"]]
        cursor = page["next"]
    assert len(seen) == 5 and set(seen) == digests


# Bindings

def test_binding_again_changes_only_what_changed(stack):
    first = bind(stack, "bound-again", policy_text("bound-again", RULES))
    assert first["threshold"] == "REQUIRE_APPROVAL" and first["deadlineMs"] == 10000 and first["namespace"] is None
    same = bind(stack, "bound-again", policy_text("bound-again", RULES))
    assert same == first
    assert count_events(stack, "binding.changed", "bound-again/production") == 1
    other = bind(stack, "bound-again", policy_text("bound-again", RULES), deadline="30s", threshold="HOLD")
    assert other["deadlineMs"] == 30000 and other["threshold"] == "HOLD"
    assert count_events(stack, "binding.changed", "bound-again/production") == 2
    assert stack.api().get("/services/bound-again/environments/production").json() == other


def test_a_policy_is_bound_by_name(stack):
    digest = put_policy(stack, policy_text("by-name", RULES)).json()["digest"]
    path = "/services/by-name/environments/production"
    bound = stack.api().put(path, {"policy": {"name": "by-name", "version": "1"}, "mode": "shadow"})
    assert bound.status_code == 201 and bound.json()["policy"] == {"digest": digest, "name": "by-name", "version": "1"}
    problem = expect_problem(stack.api().put(path, {"policy": {"name": "no-such"}, "mode": "shadow"}), 422)
    assert problem["pointer"] == "/policy"


def test_what_is_not_bound_says_what_is(stack):
    bind(stack, "is-bound", policy_text("is-bound", RULES))
    reader = stack.make_token({"scope": "read", "services": ["is-bound", "not-bound"]})["token"]
    problem = expect_problem(stack.api(reader).get("/services/not-bound/environments/production"), 404)
    assert problem["detail"].endswith("bound are: is-bound/production")


def test_evidence_that_connectors_see_is_refreshed(stack):
    observed = '  - name: errorRate\n    connector: prometheus\n    query: up\n    maxAge: 1m\n'
    rules = RULES + [("healthy", "errorRate.value < 0.01", "HOLD")]
    bound = bind(stack, "refreshed", policy_text("refreshed", rules, observed))
    assert bound["connectors"] == ["prometheus"]
    rows = "SELECT interval_ms FROM releasepassport.due_work WHERE service = 'refreshed'"
    assert stack.database.query(rows) == [(30000,)]
    bind(stack, "refreshed", policy_text("refreshed-no-more", RULES))
    assert stack.database.query(rows) == []


# Evidence

def test_a_repeated_post_is_harmless(stack):
    bind(stack, "posted", policy_text("posted", RULES))
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = post("posted", SMOKE, UNIT, release={"sourceSha": fresh_sha()})
    first, second = stack.api().ingest(body, headers=key), stack.api().ingest(body, headers=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json() and [fact["type"] for fact in first.json()["facts"]] == ["smoke", "unit"]
    assert stack.database.query("SELECT count(*) FROM releasepassport.evidence WHERE service = 'posted'") == [(2,)]
    assert count_events(stack, "evidence.ingested", "posted/production") == 1


@pytest.mark.parametrize("evidence, more", [
    ([SMOKE], {}),
    ([SMOKE, UNIT, UNIT], {}),
    ([SMOKE, UNIT | {"status": "failed"}], {}),
    ([SMOKE, UNIT], {"artifact": {"digest": fresh_digest()}}),
])
def test_another_post_under_the_same_key_is_refused_and_leaves_nothing(stack, evidence, more):
    bind(stack, "reposted", policy_text("reposted", RULES))
    key = {"Idempotency-Key": str(uuid.uuid4())}
    assert stack.api().ingest(post("reposted", SMOKE, UNIT), headers=key).status_code == 201
    before = stack.database.query("SELECT count(*) FROM releasepassport.evidence")
    answer = stack.api().ingest(post("reposted", *evidence, **more), headers=key)
    expect_problem(answer, 422, "idempotency-key-reused")
    assert stack.database.query("SELECT count(*) FROM releasepassport.evidence") == before


def test_each_type_of_evidence_needs_its_scope(stack):
    bind(stack, "scoped", policy_text("scoped", RULES))
    token = stack.make_token({"scope": "ingest:smoke", "services": ["scoped"]})["token"]
    assert stack.api(token).ingest(post("scoped", SMOKE)).status_code == 201
    expect_problem(stack.api(token).ingest(post("scoped", SMOKE, UNIT)), 403, "forbidden")
    expect_problem(stack.api(token).ingest(post("is-bound", SMOKE)), 403, "forbidden")


def test_evidence_for_what_is_not_bound_is_refused(stack):
    problem = expect_problem(stack.api().ingest(post("never-bound", SMOKE)), 404)
    assert problem["pointer"] == "/service"
    assert stack.database.query("SELECT count(*) FROM releasepassport.evidence WHERE service = 'never-bound'") == [(0,)]


# Passports

def test_every_form_of_a_passport(stack):
    identity = passport(stack, "forms")
    whole = stack.api().get(f"/passports/{identity}")
    assert whole.status_code == 200 and whole.json()["decision"] == "ALLOW"
    assert whole.json()["statement"]["predicate"]["passportId"] == identity
    envelope = stack.api().get(f"/passports/{identity}.dsse")
    assert envelope.headers["Content-Type"] == "application/vnd.dsse.envelope.v1+json"
    bundle = stack.api().get(f"/passports/{identity}.sigstore")
    assert bundle.headers["Content-Type"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert bundle.json()["dsseEnvelope"]["payload"] == envelope.json()["payload"]
    markdown = stack.api().get(f"/passports/{identity}.md")
    assert markdown.headers["Content-Type"].startswith("text/markdown") and "ALLOW" in markdown.text
    for link in whole.json()["links"].values():
        assert stack.api().get(link.removeprefix("/releasepassport/v1")).status_code == 200


def test_a_passport_never_changes(stack):
    identity = passport(stack, "immutable")
    for form in ("", ".dsse", ".sigstore", ".md"):
        first = stack.api().get(f"/passports/{identity}{form}")
        etag = first.headers["ETag"]
        assert etag == f'"{hashlib.sha256(first.content).hexdigest()}"'
        assert "immutable" in first.headers["Cache-Control"] and "private" in first.headers["Cache-Control"]
        again = stack.api().get(f"/passports/{identity}{form}", headers={"If-None-Match": etag})
        assert again.status_code == 304 and again.headers["ETag"] == etag


def test_a_token_sees_what_it_may_read_and_nothing_else(stack):
    shown, hidden = passport(stack, "shown"), passport(stack, "hidden")
    reader = stack.api(stack.make_token({"scope": "read", "services": ["shown"]})["token"])
    assert [row["passportId"] for row in reader.get("/passports").json()["passports"]] == [shown]
    assert reader.get("/passports?service=hidden").json()["passports"] == []
    assert reader.get(f"/passports/{shown}").status_code == 200
    unseen = [expect_problem(reader.get(f"/passports/{identity}{form}"), 404)["detail"]
              for identity in (hidden, "pp_" + "0" * 26) for form in ("", ".dsse", ".sigstore", ".md")]
    assert len(set(unseen)) == 1
    assert [row["service"] for row in reader.get("/services").json()["services"]] == ["shown"]


def test_passports_are_found(stack):
    bind(stack, "found", policy_text("found", RULES))
    bodies = [gate_body("found") for _ in range(3)]
    ingest(stack, bodies[0])
    answers = [stack.api().evaluate(body).json() for body in bodies]
    identities = [answer["passportId"] for answer in answers]

    def find(parameters):
        listed = stack.api().get(f"/passports?service=found&{parameters}").json()
        return [row["passportId"] for row in listed["passports"]], listed["next"]
    assert find("")[0] == identities[::-1]
    assert find("decision=ALLOW")[0] == identities[:1]
    assert find(f"artifact={bodies[1]['artifact']['digest']}")[0] == [identities[1]]
    assert find(f"sourceSha={bodies[2]['release']['sourceSha']}")[0] == [identities[2]]
    assert find("environment=staging")[0] == []
    assert find(f"from={answers[1]['decidedAt']}&to={answers[2]['decidedAt']}")[0] == [identities[1]]
    first, cursor = find("limit=2")
    second, end = find(f"limit=2&cursor={cursor}")
    assert first + second == identities[::-1] and end is None


# Tokens

def test_a_token_is_shown_once(stack):
    made = stack.make_token("read", subject="once", token=stack.first_token)
    listed = stack.api(stack.first_token).get("/tokens?limit=200")
    assert made["token"] not in listed.text
    row = next(row for row in listed.json()["tokens"] if row["tokenId"] == made["tokenId"])
    assert row["subject"] == "once" and row["scopes"] == [{"scope": "read", "services": ["*"], "environments": ["*"]}]
    assert stack.database.query("SELECT hash FROM releasepassport.token WHERE token_id = %s", made["tokenId"]) == [
        (hashlib.sha256(made["token"].encode()).digest(),)]
    events = stack.database.query("SELECT string_agg(convert_from(body, 'UTF8'), '') FROM ("
                                  "SELECT body FROM releasepassport.audit_outbox UNION ALL"
                                  " SELECT body FROM releasepassport.audit_event) events")[0][0]
    assert made["tokenId"] in events and made["token"] not in events


def test_a_revoked_token_ends_at_once(stack):
    made = stack.make_token("read", token=stack.first_token)
    assert stack.api(made["token"]).get("/services").status_code == 200
    admin = stack.api(stack.first_token)
    assert admin.call("DELETE", f"/tokens/{made['tokenId']}").status_code == 204
    expect_problem(stack.api(made["token"]).get("/services"), 401, "unauthenticated")
    assert admin.call("DELETE", f"/tokens/{made['tokenId']}").status_code == 204
    assert count_events(stack, "token.revoked", made["tokenId"]) == 1
    expect_problem(admin.call("DELETE", "/tokens/tok_" + "0" * 26), 404)


def test_admin_implies_no_other_scope(stack):
    admin = stack.api(stack.first_token)
    for path in ("/passports", "/services", "/policies", "/integrations"):
        expect_problem(admin.get(path), 403, "forbidden")
    reader = stack.api(stack.make_token("read", token=stack.first_token)["token"])
    expect_problem(reader.get("/tokens"), 403, "forbidden")
    expect_problem(reader.post("/tokens", {"kind": "person", "subject": "x", "scopes": [{"scope": "read"}]}), 403)


# Keys, and what nobody asked for

def test_keys_are_public(stack):
    jwks = stack.api("").get("/keys")
    assert jwks.status_code == 200
    pem = stack.api("").get("/keys.pem").text
    for key in jwks.json()["keys"]:
        assert key["publicKey"] in pem and key["kid"] in pem
    accepted = stack.api("").get("/keys", headers={"Accept": "application/x-pem-file"})
    assert accepted.text == pem and accepted.headers["Content-Type"] == "application/x-pem-file"


def test_unknown_parameters_are_refused(stack):
    problem = expect_problem(stack.api().get("/passports?servcie=a"), 400)
    assert problem["parameter"] == "servcie"


def test_a_method_that_a_path_does_not_have(stack):
    for method in ("PATCH", "QUERY"):
        answer = stack.api().call(method, "/policies")
        expect_problem(answer, 405)
        assert answer.headers["Allow"] == "PUT, GET, HEAD"
