"""Every exit status of the command line that docs/policy.md and the README promise, by the real program on the real services."""
import base64
import http.server
import json
import threading
import time

import pytest
import requests

from harness.kafka import header
from harness.release import bind, gate_body, ingest, policy_text
from harness.waiting import free_port, wait_for

pytestmark = pytest.mark.sanitized

SEVERE = [("REQUIRE_APPROVAL", 10), ("HOLD", 11), ("BLOCK", 12), ("ROLLBACK_RECOMMENDED", 13)]


def gate(stack, body, *more, **how):
    return stack.cli("gate", "--service", body["service"]["name"], "--environment", body["service"]["environment"],
                     "--artifact", body["artifact"]["digest"], "--source-sha", body["release"]["sourceSha"], *more, **how)


@pytest.fixture(scope="module")
def services(running_stack):
    """A service for each decision and mode: its smoke test failed."""
    for decision, _ in SEVERE:
        for mode in ("shadow", "advisory", "enforce"):
            service = f"exit-{mode}-{decision.lower().replace('_', '-')}"
            bind(running_stack, service, policy_text(service, [("smoke-passed", 'smoke.status == "passed"', decision)]),
                 mode=mode)

    def body(decision, mode):
        made = gate_body(f"exit-{mode}-{decision.lower().replace('_', '-')}")
        ingest(running_stack, made, status="failed")
        return made
    return body


@pytest.mark.parametrize("decision, status", SEVERE)
def test_enforce_stops_the_pipeline(stack, services, decision, status):
    done = gate(stack, services(decision, "enforce"), "--output", "json", status=status)
    assert json.loads(done.stdout)["decision"] == decision


@pytest.mark.parametrize("decision, _", SEVERE)
@pytest.mark.parametrize("mode", ["shadow", "advisory"])
def test_other_modes_let_it_go_on(stack, services, decision, _, mode):
    done = gate(stack, services(decision, mode), status=0)
    assert decision in done.stdout


@pytest.mark.parametrize("fail_on, status", [("REQUIRE_APPROVAL", 11), ("HOLD", 11), ("BLOCK", 0)])
def test_fail_on_is_honoured_in_every_mode(stack, services, fail_on, status):
    gate(stack, services("HOLD", "shadow"), "--fail-on", fail_on, status=status)


def test_a_threshold_above_the_decision_lets_it_go_on(stack):
    bind(stack, "exit-threshold", policy_text("exit-threshold", [("smoke-passed", 'smoke.status == "passed"', "HOLD")]),
         threshold="BLOCK")
    gate(stack, gate_body("exit-threshold"), status=0)


def test_2_for_a_wrong_command_line(stack):
    for arguments in (["gat"], ["gate", "--colour", "red"], ["gate"], ["verify"], ["policy"], ["policy", "burn"],
                      ["gate", "--service"], ["gate", "--output", "xml", "--service", "a", "--environment", "b",
                                              "--source-sha", "0" * 40]):
        done = stack.cli(*arguments, status=2)
        assert done.stdout == "" and done.stderr, arguments


def test_3_for_a_token_that_is_wrong_or_does_not_allow_it(stack, services):
    body = services("HOLD", "shadow")
    gate(stack, body, token="rp_" + "A" * 43, status=3)
    gate(stack, body, token=stack.first_token, status=3)  # admin implies nothing


def test_4_without_a_service(stack, services):
    began = time.monotonic()
    done = gate(stack, services("HOLD", "shadow"), "--timeout", "2s", status=4,
                settings={"RELEASEPASSPORT_API_URL": f"http://127.0.0.1:{free_port()}"})
    assert done.stdout == "" and 1 < time.monotonic() - began < 20


@pytest.fixture(scope="module")
def passport(running_stack, tmp_path_factory):
    """A passport of a release that was allowed, and its request."""
    stack = running_stack
    bind(stack, "exit-passport", policy_text("exit-passport", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    body = gate_body("exit-passport")
    ingest(stack, body)
    folder = tmp_path_factory.mktemp("passport")
    gate(stack, body, "--key", str(stack.keys / "signer.pub"), "--passport-out", str(folder / "dsse.json"),
         "--bundle-out", str(folder / "sigstore.json"))
    return folder, body


@pytest.mark.parametrize("form", ["dsse", "sigstore"])
def test_verify_needs_no_network_and_no_service(stack, passport, form):
    folder, body = passport
    nowhere = {"RELEASEPASSPORT_API_URL": "http://127.0.0.1:1", "RELEASEPASSPORT_TOKEN": ""}
    stack.cli("verify", str(folder / f"{form}.json"), "--key", str(stack.keys / "signer.pub"), "--artifact",
              body["artifact"]["digest"], "--source-sha", body["release"]["sourceSha"], "--service", "exit-passport",
              "--environment", "production", "--max-age", "1h", settings=nowhere)


@pytest.mark.parametrize("demand", [
    ["--artifact", "sha256:" + "0" * 64], ["--source-sha", "0" * 40], ["--service", "another"],
    ["--environment", "staging"], ["--decision", "BLOCK"], ["--max-age", "1ms"], ["--now", "2036-01-01T00:00:00Z"],
    ["--workspace", "another"],
])
def test_5_for_a_demand_that_is_not_met(stack, passport, demand):
    done = stack.cli("verify", str(passport[0] / "dsse.json"), "--key", str(stack.keys / "signer.pub"), *demand, status=5)
    assert "failed" in done.stdout.lower() + done.stderr.lower()


def test_5_for_one_changed_byte_and_another_key(stack, passport, tmp_path):
    envelope = json.loads((passport[0] / "dsse.json").read_text())
    payload = bytearray(base64.b64decode(envelope["payload"]))
    payload[payload.index(b"ALLOW")] ^= 1
    envelope["payload"] = base64.b64encode(payload).decode()
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(envelope))
    stack.cli("verify", str(changed), "--key", str(stack.keys / "signer.pub"), status=5)
    stack.cli("keys", "generate", "--out", str(tmp_path / "other"))
    stack.cli("verify", str(passport[0] / "dsse.json"), "--key", str(tmp_path / "other" / "signer.pub"), status=5)


def test_5_where_the_gate_can_not_verify_its_passport(stack, services, tmp_path):
    stack.cli("keys", "generate", "--out", str(tmp_path / "other"))
    gate(stack, services("HOLD", "shadow"), "--key", str(tmp_path / "other" / "signer.pub"), status=5)


def test_6_for_wrong_input(stack, tmp_path):
    wrong = tmp_path / "policy.yaml"
    wrong.write_text("apiVersion: releasepassport.dev/v1\nkind: Policy\nname: x\nversion: 1\nrules: [\n")
    done = stack.cli("policy", "validate", str(wrong), status=6)
    assert "6:1" in done.stdout + done.stderr
    stack.cli("policy", "push", str(wrong), status=6)
    stack.cli("policy", "validate", str(tmp_path / "none.yaml"), status=6)
    stack.cli("verify", str(wrong), "--key", str(stack.keys / "signer.pub"), status=6)
    gate(stack, gate_body("nobody-knows-it"), status=6)
    body = gate_body("exit-passport")
    body["artifact"]["digest"] = "latest"
    gate(stack, body, status=6)


# What else a pipeline relies on

class Flaky(http.server.BaseHTTPRequestHandler):
    """Stands before the gateway; breaks the first connections in the middle, then passes calls on."""
    keys: list = []
    breaks = 2
    target = ""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).keys.append(self.headers["Idempotency-Key"])

        answer = requests.post(self.target + self.path, data=body, headers={
            name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")}, timeout=60)
        if len(self.keys) <= self.breaks:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")  # answered, and lost on the way
            self.close_connection = True
            return
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_):
        pass


def test_a_broken_connection_is_repeated_with_the_same_key(stack, services):
    Flaky.target, Flaky.keys = stack.url, []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Flaky)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        done = gate(stack, services("BLOCK", "enforce"), "--output", "json", status=12,
                    settings={"RELEASEPASSPORT_API_URL": f"http://127.0.0.1:{server.server_address[1]}"})
    finally:
        server.shutdown()
        server.server_close()
    assert len(Flaky.keys) == 3 and len(set(Flaky.keys)) == 1
    identity = json.loads(done.stdout)["evaluationId"]
    assert stack.database.query("SELECT count(*) FROM releasepassport.passport WHERE evaluation_id = %s", identity) == [(1,)]


def test_json_is_one_object_and_a_pipe_is_quiet(stack, services):
    done = gate(stack, services("HOLD", "shadow"), "--output", "json", status=0)
    assert isinstance(json.loads(done.stdout), dict)
    assert done.stderr == "", "progress is for terminals"


def test_a_dead_letter_goes_back_to_where_it_was(stack, kafka):
    key = b"default/letters/production"
    with stack.tolerating("dead letters"), kafka.tail("releasepassport.dead-letters") as letters:
        kafka.produce("releasepassport.verdicts", b"\x08\x01", key, {"ce_id": b"letter-1"})
        letter = letters.until(lambda m: m.key() == key)
        listed = stack.cli("deadletter", "list", "--brokers", kafka.brokers, "--output", "json")
        assert str(letter.offset()) in listed.stdout
        shown = stack.cli("deadletter", "show", str(letter.offset()), "--brokers", kafka.brokers, "--output", "json")
        assert "releasepassport.verdicts" in shown.stdout
        with kafka.tail("releasepassport.verdicts") as verdicts:
            stack.cli("deadletter", "redrive", str(letter.offset()), "--brokers", kafka.brokers)
            back = verdicts.until(lambda m: m.key() == key)
        assert back.value() == b"\x08\x01" and header(back, "rp_dead_topic") is None and header(back, "ce_id") == "letter-1"
        letters.until(lambda m: m.key() == key)  # still poison: it comes back


def test_a_revoked_token_is_refused_at_once(stack):
    made = json.loads(stack.cli("token", "create", "--kind", "pipeline", "--subject", "short-lived", "--scope", "read",
                                "--output", "json").stdout)
    stack.cli("passport", "list", token=made["token"])
    stack.cli("token", "revoke", made["tokenId"])
    wait_for(lambda: stack.cli("passport", "list", token=made["token"], status=None).returncode == 3, 5, "the refusal")
