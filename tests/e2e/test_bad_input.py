"""What bad input gets: the status, problem+json, and the place of the fault. Nothing of it ends as a decision."""
import concurrent.futures
import json
import socket
import time
import uuid

import pytest

from harness.api import PREFIX, expect_problem
from harness.release import bind, fresh_digest, fresh_sha, gate_body, ingest, policy_text

pytestmark = pytest.mark.sanitized

POLICY = [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]
SERVICE = '"service": {"name": "bad-input", "environment": "production"}'
SHA = '"release": {"sourceSha": "' + "ab" * 20 + '"}'
ADDRESS = "127.0.0.11"  # failures to authenticate are counted by address
BODY_MAX = 1024 * 1024


@pytest.fixture(scope="module", autouse=True)
def bound(running_stack):
    bind(running_stack, "bad-input", policy_text("bad-input", POLICY))


def evaluate_text(stack, text):
    """POST /gate/evaluate with exactly these bytes."""
    data = text if isinstance(text, bytes) else text.encode()
    return stack.api().call("POST", "/gate/evaluate", data=data,
                            headers={"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())})


def claim(data):
    return "{" + f'{SERVICE}, {SHA}, "evidence": [{{"type": "t", "status": "s", "data": {data}}}]' + "}"


def test_the_texts_of_this_file_are_answered_when_nothing_is_wrong(stack):
    assert evaluate_text(stack, "{" + f"{SERVICE}, {SHA}" + "}").status_code == 200
    assert evaluate_text(stack, claim('{"deep": ' + "[" * 28 + "]" * 28 + "}")).status_code == 200


# JSON

@pytest.mark.parametrize("text, pointer", [
    pytest.param("", "", id="nothing"),
    pytest.param("{", "", id="cut"),
    pytest.param("{" + f"{SERVICE}, {SHA}" + "} {}", "", id="text-behind"),
    pytest.param("[]", "", id="a-list"),
    pytest.param("null", "", id="null"),
    pytest.param('\ufeff{' + f"{SERVICE}, {SHA}" + "}", "", id="byte-order-mark"),
    pytest.param("{" + f"{SERVICE}, {SHA}," + "}", "/release", id="comma-at-the-end"),
    pytest.param("{" + f'{SERVICE}, {SHA}, "mode": enforce' + "}", "/mode", id="no-literal"),
    pytest.param('{"service": {"name": "a", "name": "b", "environment": "production"}}', "/service/name", id="duplicate"),
    pytest.param('{"service": {"name": "a", "n\\u0061me": "b", "environment": "production"}}', "/service/name",
                 id="duplicate-after-unescaping"),
    pytest.param("{" + f'{SERVICE}, {SHA}, "rollbakc": 1' + "}", "/rollbakc", id="unknown-member"),
    pytest.param('{"service": {"name": "a", "environment": "production", "a/b~": 1}}', "/service/a~1b~0",
                 id="unknown-member-deeper"),
    pytest.param(claim('{"deep": ' + "[" * 29 + "]" * 29 + "}"), "/evidence/0/data/deep" + "/0" * 28, id="too-deep"),
    pytest.param("[" * 100000, "/0" * 32, id="far-too-deep"),
    pytest.param(b"{" + f'{SERVICE}, "release": {{"version": "'.encode() + b'\xff"}}', "/release/version", id="not-utf-8"),
    pytest.param(b"{" + f'{SERVICE}, "release": {{"version": "'.encode() + b'\xc0\x80"}}', "/release/version",
                 id="utf-8-with-a-longer-form"),
    pytest.param("{" + f'{SERVICE}, "release": {{"version": "a\\u0000b"}}' + "}", "/release/version", id="u+0000"),
    pytest.param(b"{" + f'{SERVICE}, "release": {{"version": "a'.encode() + b'\x00b"}}', "/release/version", id="nul"),
    pytest.param("{" + f'{SERVICE}, "release": {{"version": "\\ud800"}}' + "}", "/release/version", id="lone-surrogate"),
    pytest.param("{" + f'{SERVICE}, "release": {{"version": "a\nb"}}' + "}", "/release/version", id="control-character"),
    pytest.param(claim('{"n": NaN}'), "/evidence/0/data/n", id="nan"),
    pytest.param(claim('{"n": 1e400}'), "/evidence/0/data/n", id="no-double"),
    pytest.param(claim('{"n": 9007199254740993}'), "/evidence/0/data/n", id="integer-beyond-2^53"),
    pytest.param(claim('{"n": 01}'), "/evidence/0/data/n", id="leading-zero"),
    pytest.param(claim('{"\\u0000": 1}'), "/evidence/0/data", id="u+0000-in-a-name"),
])
def test_malformed(stack, text, pointer):
    problem = expect_problem(evaluate_text(stack, text), 400, "invalid-request")
    if text:
        assert problem["pointer"].rstrip("\0") == pointer


@pytest.mark.parametrize("member, value, pointer", [
    ("service", None, "/service"),
    ("service", "bad-input", "/service"),
    ("service", {"name": "bad-input"}, "/service/environment"),
    ("service", {"name": "bad input", "environment": "production"}, "/service/name"),
    ("service", {"name": "a" * 129, "environment": "production"}, "/service/name"),
    ("mode", "strict", "/mode"),
    ("wait", 30, "/wait"),
    ("wait", "301s", "/wait"),
    ("wait", "soon", "/wait"),
    ("release", {"version": "a" * 257}, "/release/version"),
    ("release", {"version": "a\u2028b"}, "/release/version"),
    ("evidence", {}, "/evidence"),
    ("evidence", [{"type": "t", "status": "s"}, {"type": "t"}], "/evidence/1/status"),
    ("evidence", [{"type": "t", "status": "s", "data": []}], "/evidence/0/data"),
    ("evidence", [{"type": "t", "status": "s"}] * 65, "/evidence"),
    ("approvals", [{"system": "github"}], "/approvals/0/environment"),
])
def test_a_wrong_member(stack, member, value, pointer):
    problem = expect_problem(stack.api().evaluate(gate_body("bad-input") | {member: value}), 400, "invalid-request")
    assert problem["pointer"] == pointer and problem["detail"]


def test_a_release_without_identity(stack):
    body = gate_body("bad-input")
    del body["artifact"], body["release"]
    problem = expect_problem(stack.api().evaluate(body), 400, "invalid-request")
    assert problem["pointer"] == "" and "artifact.digest" in problem["detail"] and "sourceSha" in problem["detail"]


WRITES = [
    ("POST", "/gate/evaluate"), ("POST", "/evidence/ingest"), ("PUT", "/policies"), ("POST", "/policies/validate"),
    ("PUT", "/services/bad-input/environments/staging"), ("POST", "/tokens"),
]


@pytest.mark.parametrize("method, path", WRITES)
@pytest.mark.parametrize("text, pointer", [
    pytest.param("{", "", id="cut"),
    pytest.param("[1]", "", id="a-list"),
    pytest.param('{"a": 1, "a": 2}', "/a", id="duplicate"),
    pytest.param('{"nobody-knows": {}}', "/nobody-knows", id="unknown"),
])
def test_malformed_wherever_it_goes(stack, method, path, text, pointer):
    answer = stack.api().call(method, path, data=text, headers={"Content-Type": "application/json", "Idempotency-Key": "k"})
    assert expect_problem(answer, 400, "invalid-request")["pointer"] == pointer


@pytest.mark.parametrize("method, path", WRITES)
@pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/jsonx", "multipart/form-data; boundary=x"])
def test_another_content_type(stack, method, path, media):
    answer = stack.api().call(method, path, data="{}", headers={"Content-Type": media, "Idempotency-Key": "k"})
    expect_problem(answer, 415, "unsupported-media-type")


# Values

@pytest.mark.parametrize("member, value, pointer", [
    ("artifact", {"digest": "latest"}, "/artifact/digest"),
    ("artifact", {"digest": "sha256:" + "A" * 64}, "/artifact/digest"),
    ("artifact", {"digest": "sha256:" + "a" * 63}, "/artifact/digest"),
    ("artifact", {"digest": "sha512:" + "a" * 128}, "/artifact/digest"),
    ("release", {"sourceSha": "main"}, "/release/sourceSha"),
    ("release", {"sourceSha": "a" * 39}, "/release/sourceSha"),
    ("rollback", {"artifact": "sha256:"}, "/rollback/artifact"),
])
def test_a_digest_that_is_none(stack, member, value, pointer):
    problem = expect_problem(stack.api().evaluate(gate_body("bad-input") | {member: value}), 422, "unprocessable")
    assert problem["pointer"] == pointer


def evidence_post(**more):
    return {"service": {"name": "bad-input", "environment": "production"},
            "evidence": [{"type": "smoke", "status": "passed"}]} | more


@pytest.mark.parametrize("more, status, pointer", [
    ({"artifact": {"digest": "latest"}}, 422, "/artifact/digest"),
    ({"release": {"sourceSha": "HEAD"}}, 422, "/release/sourceSha"),
    ({"evidence": [{"type": "t", "status": "s", "observedAt": "2999-01-01T00:00:00Z"}]}, 422, "/evidence/0/observedAt"),
    ({"evidence": [{"type": "t", "status": "s", "observedAt": "1969-12-31T23:59:59Z"}]}, 422, "/evidence/0/observedAt"),
    ({"evidence": [{"type": "t", "status": "s", "observedAt": "yesterday"}]}, 400, "/evidence/0/observedAt"),
    ({"evidence": [{"type": "t", "status": "s", "data": {"status": "passed"}}]}, 400, "/evidence/0/data/status"),
    ({"evidence": []}, 400, "/evidence"),
    ({"evidence": [{"type": "t", "status": "s", "data": {"x": "y" * 70000}}]}, 413, "/evidence/0/data"),
])
def test_wrong_evidence(stack, more, status, pointer):
    assert expect_problem(stack.api().ingest(evidence_post(**more)), status)["pointer"] == pointer


@pytest.mark.parametrize("path, status, parameter", [
    ("/passports?artifact=latest", 422, "artifact"),
    ("/passports?sourceSha=main", 422, "sourceSha"),
    ("/passports?decision=MAYBE", 400, "decision"),
    ("/passports?from=yesterday", 400, "from"),
    ("/passports?limit=0", 400, "limit"),
    ("/passports?limit=201", 400, "limit"),
    ("/passports?cursor=abc", 400, "cursor"),
    ("/passports?sevrice=a", 400, "sevrice"),
    ("/passports?service=a&service=b", 400, "service"),
    ("/policies/latest", 422, "digest"),
    ("/services/a%20b/environments/production", 400, "service"),
])
def test_wrong_parameters(stack, path, status, parameter):
    problem = expect_problem(stack.api().get(path), status)
    assert problem.get("parameter") == parameter and "pointer" not in problem


# The key

@pytest.mark.parametrize("key", [None, "", "a b", "a" * 256, "schl\u00fcssel"])
def test_an_idempotency_key_that_is_none(stack, key):
    headers = {} if key is None else {"Idempotency-Key": key.encode()}
    answer = stack.api().call("POST", "/gate/evaluate", json=gate_body("bad-input"), headers=headers)
    assert expect_problem(answer, 400, "invalid-request")["parameter"] == "Idempotency-Key"


@pytest.mark.parametrize("change", [
    {"artifact": {"digest": fresh_digest()}}, {"release": {"sourceSha": fresh_sha()}}, {"mode": "advisory"},
    {"evidence": [{"type": "smoke", "status": "passed"}]},
], ids=lambda change: next(iter(change)))
def test_the_same_key_with_another_payload(stack, change):
    key, body = str(uuid.uuid4()), gate_body("bad-input")
    first = stack.api().evaluate(body, key=key)
    assert first.status_code == 200
    expect_problem(stack.api().evaluate(body | change, key=key), 422, "idempotency-key-reused")
    assert stack.api().evaluate(body, key=key).content == first.content


def test_the_same_key_with_other_evidence(stack):
    headers, post = {"Idempotency-Key": str(uuid.uuid4())}, evidence_post()
    first = stack.api().ingest(post, headers=headers)
    again = stack.api().ingest(post, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    other = evidence_post(evidence=[{"type": "smoke", "status": "failed"}])
    expect_problem(stack.api().ingest(other, headers=headers), 422, "idempotency-key-reused")


# What there is

@pytest.mark.parametrize("service, environment", [("bad-inptu", "production"), ("bad-input", "prod")])
def test_an_unknown_service_or_environment(stack, service, environment):
    body = gate_body(service, environment)
    read = stack.api().get(f"/services/{service}/environments/{environment}")
    for answer in (stack.api().evaluate(body), stack.api().ingest(evidence_post(service=body["service"])), read):
        problem = expect_problem(answer, 404, "not-found")
        assert "bad-input/production" in problem["detail"]


def test_an_unknown_service_tells_only_what_the_token_may_see(stack):
    mine = {"services": ["bad-inptu", "elsewhere"]}
    bind(stack, "elsewhere", policy_text("elsewhere", POLICY))
    token = stack.make_token({"scope": "gate"} | mine, {"scope": "ingest"} | mine)["token"]
    body = gate_body("bad-inptu")
    for answer in (stack.api(token).evaluate(body), stack.api(token).ingest(evidence_post(service=body["service"]))):
        detail = expect_problem(answer, 404, "not-found")["detail"]
        assert detail.endswith("bound are: elsewhere/production"), detail


@pytest.mark.parametrize("method, path", [
    ("GET", "/nothing"), ("GET", "/passports/"), ("GET", "/services/a/environments"), ("POST", "/tokens/x/y"),
])
def test_nothing_at_this_path(stack, method, path):
    expect_problem(stack.api().call(method, path), 404, "not-found")


@pytest.mark.parametrize("method, path, allow", [
    ("GET", "/gate/evaluate", {"POST"}),
    ("DELETE", "/evidence/ingest", {"POST"}),
    ("POST", "/passports", {"GET", "HEAD"}),
    ("DELETE", "/passports/pp_00000000000000000000000000", {"GET", "HEAD"}),
    ("PATCH", "/policies", {"GET", "HEAD", "PUT"}),
    ("POST", "/services/a/environments/b", {"GET", "HEAD", "PUT"}),
    ("PUT", "/tokens", {"GET", "HEAD", "POST"}),
    ("GET", "/tokens/tok_00000000000000000000000000", {"DELETE"}),
    ("PUT", "/keys", {"GET", "HEAD"}),
    ("OPTIONS", "/openapi.json", {"GET", "HEAD"}),
    ("BREW", "/keys", {"GET", "HEAD"}),
])
def test_another_method(stack, method, path, allow):
    answer = stack.api().call(method, path)
    expect_problem(answer, 405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == allow


# Who calls

def without_trace(problem):
    return {name: value for name, value in problem.items() if name != "traceId"}


def test_every_wrong_token_gets_the_same_answer(stack):
    revoked = stack.make_token("read")
    assert stack.api().call("DELETE", f"/tokens/{revoked['tokenId']}").status_code == 204
    wrong = [None, "", "Bearer", "Bearer x", "Bearer rp_short", "Basic cnA6cnA=", f"Token {stack.working_token}",
             "Bearer rp_" + "A" * 43, "Bearer " + stack.working_token + "x", "Bearer " + stack.working_token[:-1],
             "Bearer " + revoked["token"]]
    answers = []
    for authorization in wrong:
        headers = {} if authorization is None else {"Authorization": authorization}
        answers.append(stack.api("", ADDRESS).call("GET", "/passports", headers=headers))
    problems = [without_trace(expect_problem(answer, 401, "unauthenticated")) for answer in answers]
    assert all(problem == problems[0] for problem in problems)
    headers = [{name: value for name, value in answer.headers.items() if name not in ("Date", "traceparent")}
               for answer in answers]
    assert headers[0]["WWW-Authenticate"] == "Bearer"
    assert all(header == headers[0] for header in headers)


@pytest.mark.parametrize("method, path", [*WRITES, ("GET", "/passports"), ("GET", "/tokens"), ("GET", "/services"),
                                          ("GET", "/integrations"), ("GET", "/policies"), ("GET", "/evaluations/x")])
def test_no_token(stack, method, path):
    expect_problem(stack.api("").call(method, path, json={}), 401, "unauthenticated")


@pytest.mark.parametrize("method, path, scope", [
    ("GET", "/passports", "read"), ("GET", "/passports/pp_00000000000000000000000000.dsse", "read"),
    ("GET", "/services", "read"), ("GET", "/services/bad-input/environments/production", "read"),
    ("GET", "/integrations", "read"), ("GET", "/policies", "read"), ("GET", "/evaluations/" + "0" * 64, "read"),
    ("PUT", "/policies", "policy"), ("POST", "/policies/validate", "policy"),
    ("PUT", "/services/bad-input/environments/production", "policy"),
    ("GET", "/tokens", "admin"), ("POST", "/tokens", "admin"), ("DELETE", "/tokens/tok_00000000000000000000000000", "admin"),
])
def test_a_token_without_the_scope(stack, scopeless, method, path, scope):
    problem = expect_problem(stack.api(scopeless).call(method, path, json={}), 403, "forbidden")
    assert scope in problem["detail"]


@pytest.fixture(scope="module")
def scopeless(running_stack):
    return running_stack.make_token("freeze")["token"]


def test_writes_of_a_token_without_the_scope(stack, scopeless):
    expect_problem(stack.api(scopeless).evaluate(gate_body("bad-input")), 403, "forbidden")
    expect_problem(stack.api(scopeless).ingest(evidence_post()), 403, "forbidden")
    # Whether the place exists is none of their business.
    expect_problem(stack.api(scopeless).evaluate(gate_body("bad-inptu")), 403, "forbidden")


def test_the_scope_admin_implies_no_other(stack):
    admin = stack.api(stack.first_token)
    expect_problem(admin.evaluate(gate_body("bad-input")), 403, "forbidden")
    expect_problem(admin.ingest(evidence_post()), 403, "forbidden")
    expect_problem(admin.get("/passports"), 403, "forbidden")
    expect_problem(admin.call("PUT", "/policies", json={"source": policy_text("x", POLICY)}), 403, "forbidden")


# Sizes

def padded(size):
    text = json.dumps(gate_body("bad-input"))
    return (text[:-1] + " " * (size - len(text)) + "}").encode()


def chunks(data):
    for start in range(0, len(data), 65536):
        yield data[start:start + 65536]


@pytest.mark.parametrize("wrap", [bytes, chunks], ids=["with-its-length", "in-chunks"])
def test_the_size_of_a_body(stack, wrap):
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    assert stack.api().call("POST", "/gate/evaluate", data=wrap(padded(BODY_MAX)), headers=headers).status_code == 200
    answer = stack.api().call("POST", "/gate/evaluate", data=wrap(padded(BODY_MAX + 1)), headers=headers)
    expect_problem(answer, 413, "too-large")


def test_a_request_that_is_too_large_with_its_context(stack):
    body = gate_body("bad-input", evidence=[{"type": "t", "status": "s", "data": {"x": "y" * 950000}}])
    expect_problem(stack.api().evaluate(body), 413, "too-large")


def test_the_size_of_the_headers(stack):
    assert stack.api().get("/passports", headers={"X-Long": "a" * 15000}).status_code == 200
    expect_problem(stack.api().get("/passports", headers={"X-Long": "a" * 16384}), 431, "headers-too-large")
    expect_problem(stack.api().get("/passports", headers={f"X-{i}": "a" for i in range(200)}), 431, "headers-too-large")
    expect_problem(stack.api().get("/passports?cursor=" + "a" * 16384), 431, "headers-too-large")


# The wire

class Raw:
    """A connection whose bytes the test writes."""

    def __init__(self, stack):
        host, _, port = stack.url.removeprefix("http://").rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=60)

    def send(self, data):
        self._socket.sendall(data)

    def answer(self):
        """Status and problem; the server closes behind what it refuses."""
        data = b""
        while more := self._socket.recv(65536):
            data += more
        self._socket.close()
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode().lower().split("\r\n")
        assert "content-type: application/problem+json" in lines and "connection: close" in lines, head
        return int(lines[0].split()[1]), json.loads(body)


def head(stack, *lines, start=f"POST {PREFIX}/gate/evaluate HTTP/1.1"):
    return "\r\n".join([start, "Host: gateway", f"Authorization: Bearer {stack.working_token}", *lines, "", ""]).encode()


@pytest.mark.parametrize("start, lines, status", [
    pytest.param(None, ["Content-Length: 2", "Content-Length: 2"], 400, id="two-lengths"),
    pytest.param(None, ["Content-Length: 2", "Transfer-Encoding: chunked"], 400, id="length-and-coding"),
    pytest.param(None, ["Content-Length: +2"], 400, id="no-length"),
    pytest.param(None, ["Transfer-Encoding: gzip, chunked"], 501, id="unknown-coding"),
    pytest.param(None, ["Host: other"], 400, id="two-hosts"),
    pytest.param(None, ["X: a\n b"], 400, id="folded"),
    pytest.param(None, ["Content-Length: 99999999999999999999"], 400, id="absurd-length"),
    pytest.param(None, ["Content-Length: 999999999999"], 413, id="huge-length"),
    pytest.param(f"GET {PREFIX}/keys HTTP/2.0", [], 505, id="unknown-version"),
    pytest.param(f"GET {PREFIX}/keys%00 HTTP/1.1", [], 400, id="nul-in-the-path"),
    pytest.param(f"GET {PREFIX}/keys%ff HTTP/1.1", [], 400, id="no-utf-8-in-the-path"),
    pytest.param("GET  HTTP/1.1", [], 400, id="no-path"),
    pytest.param("hello", [], 501, id="no-method"),
])
def test_what_is_no_request(stack, start, lines, status):
    raw = Raw(stack)
    raw.send(head(stack, *lines, **({"start": start} if start else {})))
    found, problem = raw.answer()
    assert found == problem["status"] == status, problem


def drip(stack, first, byte, seconds):
    """Sends a byte every half second: each is in time, all of them together are not. When was it answered, with what?"""
    raw = Raw(stack)
    begun = time.monotonic()
    raw.send(first)
    raw._socket.settimeout(0.5)
    while time.monotonic() - begun < seconds + 10:
        try:
            raw._socket.recv(1, socket.MSG_PEEK)
            break
        except TimeoutError:
            raw.send(byte)
    raw._socket.settimeout(10)
    return time.monotonic() - begun, *raw.answer()


def expect_timeout(result, seconds):
    took, status, problem = result
    assert status == problem["status"] == 408 and problem["type"].endswith("/request-timeout"), problem
    assert seconds - 0.5 < took < seconds + 3, took


def test_slow_headers(stack):
    with concurrent.futures.ThreadPoolExecutor() as senders:
        request = head(stack)
        results = [senders.submit(drip, stack, first, b"a", 10) for first in (b"P", request[:-4], request[:-2] + b"X: ")]
        quick = stack.api().evaluate(gate_body("bad-input"))
        for result in results:
            expect_timeout(result.result(), 10)
    assert quick.status_code == 200


@pytest.mark.slow
def test_slow_bodies(stack):
    with concurrent.futures.ThreadPoolExecutor() as senders:
        sized, chunked = head(stack, "Content-Length: 1000"), head(stack, "Transfer-Encoding: chunked")
        results = [senders.submit(drip, stack, sized, b" ", 30), senders.submit(drip, stack, chunked, b"1\r\n \r\n", 30)]
        for result in results:
            expect_timeout(result.result(), 30)


# The answer

def test_a_problem_tells_its_trace(stack):
    trace = uuid.uuid4().hex
    answer = stack.api().get("/nothing", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    problem = expect_problem(answer, 404)
    assert problem["traceId"] == trace and answer.headers["traceparent"].split("-")[1] == trace
    assert set(problem) == {"type", "title", "status", "detail", "traceId"}


def test_nothing_of_this_was_decided(stack):
    """Bad input leaves no evaluation: what is recorded for the places that nothing is bound to is nothing."""
    assert stack.database.query("SELECT count(*) FROM releasepassport.passport WHERE service = 'bad-inptu'"
                                " OR (service = 'bad-input' AND environment <> 'production')") == [(0,)]
