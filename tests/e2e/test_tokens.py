"""Tokens: what they allow and where, when they end, what happens to who guesses, and that nobody else learns them."""
import concurrent.futures
import hashlib
import json
import time
import uuid
from datetime import datetime, timedelta, timezone

import pytest

from harness.api import expect_problem, pages
from harness.release import bind, fresh_digest, gate_body, policy_text
from harness.waiting import wait_for

pytestmark = pytest.mark.sanitized

POLICY = [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]
SHOPS = [("shop", "production"), ("shop", "staging"), ("books", "production")]
BURST = 20
ADDRESSES = iter(f"127.0.1.{i}" for i in range(1, 255))  # failures are counted by address: each test has its own


@pytest.fixture(scope="module", autouse=True)
def bound(running_stack):
    for service, environment in SHOPS:
        bind(running_stack, service, policy_text("tokens", POLICY), environment)


def at(**delta):
    return (datetime.now(timezone.utc) + timedelta(**delta)).isoformat().replace("+00:00", "Z")


def evidence(service, environment, *types):
    return {"service": {"name": service, "environment": environment}, "artifact": {"digest": fresh_digest()},
            "evidence": [{"type": type, "status": "passed"} for type in types]}


# What a scope allows

@pytest.mark.parametrize("bounds, allowed", [
    ({}, {("shop", "production"), ("shop", "staging"), ("books", "production")}),
    ({"services": ["*"]}, {("shop", "production"), ("shop", "staging"), ("books", "production")}),
    ({"services": ["shop"]}, {("shop", "production"), ("shop", "staging")}),
    ({"environments": ["production"]}, {("shop", "production"), ("books", "production")}),
    ({"services": ["shop"], "environments": ["staging"]}, {("shop", "staging")}),
    ({"services": ["books", "shop"], "environments": ["staging", "*"]},
     {("shop", "production"), ("shop", "staging"), ("books", "production")}),
    ({"services": ["sho", "shop1", "SHOP"]}, set()),
])
def test_scopes_are_bound_to_services_and_environments(stack, bounds, allowed):
    token = stack.make_token(*({"scope": scope} | bounds for scope in ("gate", "ingest", "read", "policy")))["token"]
    api = stack.api(token)
    for place in SHOPS:
        service, environment = place
        path = f"/services/{service}/environments/{environment}"
        binding = {"policy": {"name": "tokens"}, "mode": "enforce"}
        answers = [api.evaluate(gate_body(service, environment)), api.ingest(evidence(service, environment, "smoke")),
                   api.get(path), api.put(path, binding)]
        expected = [200, 201, 200, 200] if place in allowed else [403] * 4
        assert [answer.status_code for answer in answers] == expected, (place, [answer.text for answer in answers])
    assert {(b["service"], b["environment"]) for page in pages(api, "/services", "services") for b in page
            if b["service"] in ("shop", "books")} == allowed


def test_a_scope_holds_where_it_is_granted_and_not_where_another_is(stack):
    token = stack.make_token({"scope": "gate", "services": ["shop"], "environments": ["staging"]},
                             {"scope": "gate", "services": ["books"], "environments": ["production"]},
                             {"scope": "read", "services": ["shop"], "environments": ["production"]})["token"]
    statuses = {place: stack.api(token).evaluate(gate_body(*place)).status_code for place in SHOPS}
    assert statuses == {("shop", "production"): 403, ("shop", "staging"): 200, ("books", "production"): 200}


@pytest.mark.parametrize("scopes, types, status", [
    (["ingest"], ["smoke", "scan"], 201),
    (["ingest:smoke"], ["smoke"], 201),
    (["ingest:smoke"], ["scan"], 403),
    (["ingest:smoke"], ["smoke", "scan"], 403),
    (["ingest:smoke", "ingest:scan"], ["scan", "smoke"], 201),
    (["ingest:smok"], ["smoke"], 403),
    ([{"scope": "ingest:smoke", "services": ["books"]}, {"scope": "ingest:scan", "services": ["shop"]}], ["smoke"], 403),
    (["gate", "read", "policy", "admin"], ["smoke"], 403),
])
def test_evidence_by_type(stack, scopes, types, status):
    answer = stack.api(stack.make_token(*scopes)["token"]).ingest(evidence("shop", "production", *types))
    assert answer.status_code == status, answer.text
    if status == 403:
        assert "ingest:" in expect_problem(answer, 403, "forbidden")["detail"]


def test_a_refused_post_stores_nothing(stack):
    post = evidence("shop", "production", "smoke", "scan")
    token = stack.make_token("ingest:smoke")["token"]
    expect_problem(stack.api(token).ingest(post), 403, "forbidden")
    assert stack.database.query("SELECT count(*) FROM releasepassport.evidence WHERE artifact_digest = %s",
                                post["artifact"]["digest"]) == [(0,)]


def test_who_a_token_is_stands_in_the_record(stack):
    made = stack.make_token("gate", "read", kind="person", subject="ann@example.org")
    answer = stack.api(made["token"]).evaluate(gate_body("shop"))
    passport = stack.api(made["token"]).get(f"/passports/{answer.json()['passportId']}").json()
    actor = passport["statement"]["predicate"]["actor"]
    assert actor["subject"] == "ann@example.org" and actor["kind"] == "person", actor


# Making one

@pytest.mark.parametrize("change, status, pointer", [
    ({"kind": "robot"}, 400, "/kind"),
    ({"kind": None}, 400, "/kind"),
    ({"subject": ""}, 400, "/subject"),
    ({"subject": "a\nb"}, 400, "/subject"),
    ({"subject": "a" * 257}, 400, "/subject"),
    ({"scopes": []}, 400, "/scopes"),
    ({"scopes": "read"}, 400, "/scopes"),
    ({"scopes": ["read"]}, 400, "/scopes/0"),
    ({"scopes": [{"scope": "read"}, {"scope": "reed"}]}, 400, "/scopes/1/scope"),
    ({"scopes": [{"scope": "ingest:"}]}, 400, "/scopes/0/scope"),
    ({"scopes": [{"scope": "ingest:a b"}]}, 400, "/scopes/0/scope"),
    ({"scopes": [{"scope": "read", "services": []}]}, 400, "/scopes/0/services"),
    ({"scopes": [{"scope": "read", "services": ["shop", "sh*"]}]}, 400, "/scopes/0/services/1"),
    ({"scopes": [{"scope": "read", "service": "shop"}]}, 400, "/scopes/0/service"),
    ({"scopes": [{"scope": "read"}] * 65}, 400, "/scopes"),
    ({"expiresAt": "tomorrow"}, 400, "/expiresAt"),
    ({"expiresAt": "2020-01-01T00:00:00Z"}, 422, "/expiresAt"),
    ({"workspace": "other"}, 400, "/workspace"),
])
def test_a_token_that_cannot_be_made(stack, change, status, pointer):
    body = {"kind": "pipeline", "subject": "ci", "scopes": [{"scope": "read"}]} | change
    assert expect_problem(stack.api().post("/tokens", body), status)["pointer"] == pointer


def test_a_token_is_told_once(stack, kafka):
    """Not by a list, not in a log, not in the database, not on Kafka: only its SHA-256 is kept."""
    answer = stack.api().post("/tokens", {"kind": "pipeline", "subject": "once", "scopes": [
        {"scope": "gate", "services": ["shop"]}, {"scope": "admin"}], "expiresAt": at(hours=1)})
    assert answer.status_code == 201 and answer.headers["Cache-Control"] == "no-store"
    made = answer.json()
    token = made["token"]
    assert made["scopes"] == [{"scope": "gate", "services": ["shop"], "environments": ["*"]},
                              {"scope": "admin", "services": ["*"], "environments": ["*"]}]
    api = stack.api(token)
    assert api.evaluate(gate_body("shop")).status_code == 200
    listed = api.get("/tokens", params={"limit": 200})
    mine = next(t for t in listed.json()["tokens"] if t["tokenId"] == made["tokenId"])
    assert mine == {name: value for name, value in made.items() if name != "token"} | {"revokedAt": None}
    expect_problem(api.get("/passports"), 403)
    for traces in (listed.text, *everything_logged(stack), *everything_stored(stack), *everything_produced(kafka)):
        assert token not in traces and token.encode().hex() not in traces
    assert stack.database.query("SELECT token_id FROM releasepassport.token WHERE hash = %s",
                                hashlib.sha256(token.encode()).digest()) == [(made["tokenId"],)]


def everything_logged(stack):
    logs = [log.read_text(errors="replace") for log in stack.folder.glob("*.log")]
    assert len(logs) == len(stack.processes)
    return logs


def everything_stored(stack):
    tables = stack.database.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'releasepassport'"
                                  " AND table_type = 'BASE TABLE'")
    assert ("token",) in tables and ("audit_outbox",) in tables
    for (table,) in tables:
        for (row,) in stack.database.query(f'SELECT t::text FROM releasepassport."{table}" t'):
            yield row


def everything_produced(kafka):
    for topic in ("releasepassport.gate-requests", "releasepassport.decisions"):
        with kafka.tail(topic, from_start=True) as records:
            found = [records.next(), *records.all()]
        yield from (repr((record.value(), record.headers())) for record in found)


def test_changes_of_tokens_are_audited(stack):
    admin = stack.make_token("admin", kind="person", subject="the-admin")
    made = stack.make_token("read", subject="audited", token=admin["token"])
    assert made["creator"] == "the-admin"
    for _ in range(2):
        assert stack.api(admin["token"]).call("DELETE", f"/tokens/{made['tokenId']}").status_code == 204

    def events():
        return stack.database.query("SELECT kind, actor, convert_from(body, 'UTF8')::jsonb FROM releasepassport.audit_event"
                                    " WHERE object_type = 'token' AND object_id = %s ORDER BY happened_at", made["tokenId"])

    wait_for(lambda: len(events()) >= 2, 10, "the audit events")
    time.sleep(0.3)  # a third would be one too many
    (created, creator, what), (revoked, revoker, how) = events()
    assert (created, creator) == ("token.created", "the-admin") and (revoked, revoker) == ("token.revoked", "the-admin")
    assert what["subject"] == "audited" and what["creatorTokenId"] == admin["tokenId"]
    assert what["scopes"] == [{"scope": "read", "services": ["*"], "environments": ["*"]}]
    assert how == {"tokenId": made["tokenId"], "revokerTokenId": admin["tokenId"]}


def test_the_list_has_every_token_once(stack):
    made = [stack.make_token("read", subject=f"listed-{i}")["tokenId"] for i in range(5)]
    found = pages(stack.api(), "/tokens", "tokens", limit=2)
    assert all(len(page) == 2 for page in found[:-1])
    identities = [token["tokenId"] for page in found for token in page]
    assert identities[:5] == made[::-1] and len(identities) == len(set(identities))


# Its end

def test_a_revoked_token_ends_at_once(stack):
    made = stack.make_token("read")
    api = stack.api(made["token"], next(ADDRESSES))
    assert api.get("/passports").status_code == 200
    assert stack.api().call("DELETE", f"/tokens/{made['tokenId']}").status_code == 204
    expect_problem(api.get("/passports"), 401, "unauthenticated")
    listed = next(t for t in stack.api().get("/tokens").json()["tokens"] if t["tokenId"] == made["tokenId"])
    assert listed["revokedAt"] is not None


@pytest.mark.parametrize("token_id", ["tok_00000000000000000000000000", "x"])
def test_no_such_token(stack, token_id):
    expect_problem(stack.api().call("DELETE", f"/tokens/{token_id}"), 404, "not-found")


def test_another_gateways_revocation_is_heard_of(stack):
    """Another gateway would write the same row: PostgreSQL tells this one."""
    made = stack.make_token("read")
    api = stack.api(made["token"], next(ADDRESSES))
    assert api.get("/passports").status_code == 200
    stack.database.execute("UPDATE releasepassport.token SET revoked_at = now() WHERE token_id = %s", made["tokenId"])
    wait_for(lambda: api.get("/passports").status_code == 401, 1, "the token to end")


def test_without_a_notification_a_token_ends_within_five_seconds(stack):
    made = stack.make_token("read")
    api = stack.api(made["token"], next(ADDRESSES))
    assert api.get("/passports").status_code == 200
    with stack.database.connect() as connection:
        connection.execute("SET session_replication_role = replica")  # no trigger, so no NOTIFY
        connection.execute("UPDATE releasepassport.token SET revoked_at = now() WHERE token_id = %s", (made["tokenId"],))
    assert api.get("/passports").status_code == 200, "nothing was kept: this test shows nothing"
    wait_for(lambda: api.get("/passports").status_code == 401, 5.5, "the token to end", interval=0.2)


def test_a_token_ends_when_it_expires(stack):
    expires = time.time() + 2
    made = stack.make_token("read", expiresAt=datetime.fromtimestamp(expires, timezone.utc).isoformat())
    api = stack.api(made["token"], next(ADDRESSES))
    while time.time() < expires - 0.2:
        assert api.get("/passports").status_code == 200
        time.sleep(0.1)
    time.sleep(max(expires - time.time(), 0) + 0.05)
    expect_problem(api.get("/passports"), 401, "unauthenticated")


# Who guesses

def guess(api):
    """One wrong token; the status."""
    return api.call("GET", "/passports", headers={"Authorization": f"Bearer rp_{uuid.uuid4().hex}{'A' * 11}"})


def test_who_guesses_is_slowed_down_and_a_valid_token_is_not(stack):
    address = next(ADDRESSES)
    valid, guesser = stack.api(stack.make_token("read")["token"], address), stack.api("", address)
    assert valid.get("/passports").status_code == 200
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: guess(guesser), range(4 * BURST)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert sum(answer.status_code == 401 for answer in answers) >= BURST
    assert len(refused) >= BURST and len(answers) == len(refused) + sum(answer.status_code == 401 for answer in answers)
    for answer in refused:
        expect_problem(answer, 429, "rate-limited")
        assert int(answer.headers["Retry-After"]) >= 1
    assert valid.get("/passports").status_code == 200
    assert guess(stack.api("", next(ADDRESSES))).status_code == 401, "another address has to do with it"
    wait_for(lambda: guess(guesser).status_code == 401, 3, "the limit to be lifted", interval=0.5)


def test_a_valid_token_outlives_a_siege_of_its_address(stack):
    """Longer than a token is kept: that it was valid lately is enough to be looked at again."""
    address = next(ADDRESSES)
    valid, guesser = stack.api(stack.make_token("read")["token"], address), stack.api("", address)
    assert valid.get("/passports").status_code == 200
    end = time.monotonic() + 7
    refused = 0
    while time.monotonic() < end:
        refused += sum(guess(guesser).status_code == 429 for _ in range(5))
        assert valid.get("/passports").status_code == 200
        time.sleep(0.1)
    assert refused > BURST


def test_calls_without_a_token_are_no_guesses(stack):
    api = stack.api("", next(ADDRESSES))
    assert {api.get("/passports").status_code for _ in range(3 * BURST)} == {401}
    assert guess(api).status_code == 401


def test_a_revoked_token_is_no_way_around_the_limit(stack):
    address = next(ADDRESSES)
    made = stack.make_token("read")
    revoked, guesser = stack.api(made["token"], address), stack.api("", address)
    assert revoked.get("/passports").status_code == 200
    assert stack.api().call("DELETE", f"/tokens/{made['tokenId']}").status_code == 204
    wait_for(lambda: guess(guesser).status_code == 429, 10, "the limit", interval=0)
    expect_problem(revoked.get("/passports"), 429, "rate-limited")


# Workspaces

def test_tokens_of_another_workspace_do_not_exist(stack):
    other = stack.api(stack.workspace_token("other"))
    mine = stack.make_token("read")
    assert mine["tokenId"] not in other.get("/tokens", params={"limit": 200}).text
    expect_problem(other.call("DELETE", f"/tokens/{mine['tokenId']}"), 404, "not-found")
    assert stack.api(mine["token"]).get("/passports").status_code == 200
    theirs = other.post("/tokens", {"kind": "pipeline", "subject": "theirs", "scopes": [{"scope": "gate"}]}).json()
    assert theirs["tokenId"] not in stack.api().get("/tokens", params={"limit": 200}).text
    expect_problem(stack.api(theirs["token"]).evaluate(gate_body("shop")), 404, "not-found")
