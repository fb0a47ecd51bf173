"""The command line beside its exit codes (test_exit_codes.py): what it believes, asks again, prints and writes."""
import json
import os
import pty
import stat
import subprocess
import uuid

import pytest

from harness.places import cli_program
from harness.process import clean_environment
from harness.release import bind, fresh_digest, gate_body, ingest, policy_text
from harness.stub import BrokenWire, StubGateway

RULES = [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]
HOLDS = [("smoke-passed", 'smoke.status == "passed"', "HOLD")]
ZERO = "0" * 40
TOKEN = "rp_" + "A" * 43


@pytest.fixture(scope="module", autouse=True)
def bound(running_stack):
    bind(running_stack, "cli", policy_text("cli", RULES))
    bind(running_stack, "cli-advisory", policy_text("cli-holds", HOLDS), mode="advisory")


def release_of(body):
    """The options that name the release of a gate body."""
    return ("--service", body["service"]["name"], "--environment", body["service"]["environment"],
            "--artifact", body["artifact"]["digest"], "--source-sha", body["release"]["sourceSha"])


def smoked(stack, service, status="passed"):
    """A release with its evidence."""
    body = gate_body(service)
    ingest(stack, body, status=status)
    return body


# What it prints

def test_json_is_the_answer_of_the_service(stack):
    answer = json.loads(stack.cli("gate", *release_of(smoked(stack, "cli")), "--output", "json").stdout)
    recorded = stack.api().get(f"/passports/{answer['passportId']}").json()
    assert answer == {name: value for name, value in recorded.items() if name != "statement"}


def test_text_has_the_verdict_first_then_the_rules(stack):
    done = stack.cli("gate", *release_of(smoked(stack, "cli", "failed")), status=12)
    lines = done.stdout.splitlines()
    assert lines[0] == "BLOCK (enforced: the pipeline has to stop)"
    assert lines[1] == "  smoke-passed: BLOCK (unsatisfied) smoke-passed failed"
    assert f"{stack.url}/releasepassport/v1/passports/pp_" in done.stdout
    assert "\033" not in done.stdout + done.stderr


def test_advisory_proceeds_with_a_warning(stack):
    done = stack.cli("gate", *release_of(smoked(stack, "cli-advisory", "failed")), "--output", "json")
    assert json.loads(done.stdout)["decision"] == "HOLD"
    assert done.stderr == "warning: HOLD; enforce would stop the pipeline\n"


def test_an_error_is_one_object_too(stack):
    done = stack.cli("gate", "--service", "cli", "--environment", "production", "--source-sha", ZERO, "--timeout", "1s",
                     "--output", "json", settings={"RELEASEPASSPORT_API_URL": "http://127.0.0.1:9"}, status=4)
    assert json.loads(done.stdout)["error"]["exitCode"] == 4 and done.stderr


def test_ci_variables_name_the_release_and_flags_win(stack):
    body = smoked(stack, "cli")
    settings = {"GITHUB_SHA": body["release"]["sourceSha"], "CI_PIPELINE_ID": "77", "CI_COMMIT_TAG": "v9",
                "RELEASEPASSPORT_SERVICE": "cli", "RELEASEPASSPORT_ENVIRONMENT": "nowhere"}
    done = stack.cli("gate", "--environment", "production", "--artifact", body["artifact"]["digest"], "--version", "1.2",
                     "--output", "json", settings=settings)
    passport = stack.api().get(f"/passports/{json.loads(done.stdout)['passportId']}").json()
    release = passport["statement"]["predicate"]["release"]
    assert release["sourceSha"] == body["release"]["sourceSha"]
    assert release["releaseId"] == "77" and release["version"] == "1.2"


def test_github_gets_annotations_summary_and_outputs(stack, tmp_path):
    settings = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
                "GITHUB_OUTPUT": str(tmp_path / "output")}
    (tmp_path / "output").write_text("before=1\n")
    done = stack.cli("gate", *release_of(smoked(stack, "cli", "failed")), settings=settings, status=12)
    assert "::error title=BLOCK%3A smoke-passed::smoke-passed failed (unsatisfied)" in done.stdout.splitlines()
    assert (tmp_path / "summary").read_text().startswith("### Release Passport: BLOCK\n")
    before, decision, passport, mode, code = (tmp_path / "output").read_text().splitlines()
    assert (before, decision, mode, code) == ("before=1", "decision=BLOCK", "mode=enforce", "exit-code=12")
    assert passport.startswith("passport-id=pp_")


def test_gitlab_gets_a_dotenv_report(stack, tmp_path):
    stack.cli("gate", *release_of(smoked(stack, "cli")), "--dotenv", str(tmp_path / "gate.env"), "--output", "gitlab")
    assert "RELEASEPASSPORT_GATE_DECISION=ALLOW" in (tmp_path / "gate.env").read_text().splitlines()


# What it believes

def test_a_passport_that_is_not_believed_is_not_written(stack, tmp_path):
    stack.cli("keys", "generate", "--out", str(tmp_path / "other"))
    done = stack.cli("gate", *release_of(smoked(stack, "cli")), "--key", str(tmp_path / "other" / "signer.pub"),
                     "--passport-out", str(tmp_path / "p.dsse.json"), status=5)
    assert "signature" in done.stderr and not (tmp_path / "p.dsse.json").exists()


def test_it_believes_what_was_signed_and_for_this_question_only(stack):
    """A gateway that lies: it says ALLOW of a passport that blocks, or shows the passport of an earlier question."""
    body = smoked(stack, "cli", "failed")
    key = str(uuid.uuid4())
    answer = stack.api().evaluate(body, key=key).json()
    assert answer["decision"] == "BLOCK"
    envelope = stack.api().get(f"/passports/{answer['passportId']}.dsse").json()

    def lie(_, method, path, headers, sent):
        return (200, {}, envelope) if path.endswith(".dsse") else (200, {}, answer | {"decision": "ALLOW", "enforced": False})

    arguments = ("gate", *release_of(body), "--repository", body["artifact"]["repository"], "--release-id", "run-1",
                 "--version", "1.2.3", "--key", str(stack.keys / "signer.pub"))
    with StubGateway(lie) as stub:
        settings = {"RELEASEPASSPORT_API_URL": stub.url}
        assert stack.cli(*arguments, "--idempotency-key", key, settings=settings, status=12).stdout.startswith("BLOCK")
        assert "evaluationId" in stack.cli(*arguments, settings=settings, status=5).stderr
        assert "requestDigest" in stack.cli(*arguments, "--idempotency-key", key, "--rollback", fresh_digest(),
                                            settings=settings, status=5).stderr


# Waiting and asking again

def test_a_connection_that_breaks_leaves_one_passport(stack):
    body = smoked(stack, "cli")
    with BrokenWire(int(stack.url.rsplit(":", 1)[1]), broken=2) as wire:
        done = stack.cli("gate", *release_of(body), "--output", "json", settings={"RELEASEPASSPORT_API_URL": wire.url})
    assert wire.connections >= 3 and json.loads(done.stdout)["decision"] == "ALLOW"
    listed = stack.api().get("/passports", params={"artifact": body["artifact"]["digest"]}).json()["passports"]
    assert len(listed) == 1


@pytest.fixture
def allowed(stack):
    """What a gateway answers to a gate call."""
    return stack.api().evaluate(smoked(stack, "cli")).json()


def stub_gate(stack, stub, *more, status=0):
    return stack.cli("gate", "--service", "cli", "--environment", "production", "--source-sha", ZERO, *more,
                     settings={"RELEASEPASSPORT_API_URL": stub.url}, token=TOKEN, status=status)


def problem(kind, status):
    return {"type": f"https://releasepassport.dev/problems/{kind}", "title": kind, "status": status, "detail": f"it is {kind}",
            "traceId": "0" * 32}


def test_a_pending_evaluation_is_followed(stack, allowed):
    pending = "/releasepassport/v1/evaluations/x?deadline=2026-01-01T00:00:00Z"
    script = [(202, {"Location": pending}, {"status": "pending"}),
              (200, {}, {"status": "pending", "decision": None, "detail": None}),
              (503, {"Retry-After": "0"}, problem("unavailable", 503)),
              (200, {}, {"status": "decided", "decision": allowed, "detail": None})]
    with StubGateway(lambda n, *_: script[n - 1]) as stub:
        done = stub_gate(stack, stub, "--output", "json")
    assert json.loads(done.stdout) == allowed
    assert [(method, path) for method, path, *_ in stub.calls] == \
        [("POST", "/releasepassport/v1/gate/evaluate")] + [("GET", pending)] * 3


@pytest.mark.parametrize("first", [
    (503, {"Retry-After": "0"}, problem("evaluation-failed", 503)), (429, {"Retry-After": "1"}, problem("rate-limited", 429)),
    (202, {"Location": "https://elsewhere.example/x"}, {"status": "pending"}), (502, {}, {}),
    (503, {"Retry-After": "0"}, problem("unavailable", 503)),
])
def test_what_may_heal_is_asked_again_under_the_same_key(stack, allowed, first):
    with StubGateway(lambda n, *_: first if n == 1 else (200, {}, allowed)) as stub:
        stub_gate(stack, stub)
    assert len(stub.calls) == 2
    assert len({headers["idempotency-key"] for *_, headers, _ in stub.calls}) == 1
    assert {path for _, path, *_ in stub.calls} == {"/releasepassport/v1/gate/evaluate"}


def test_a_failed_evaluation_is_begun_again(stack, allowed):
    script = [(202, {"Location": "/releasepassport/v1/evaluations/x"}, {"status": "pending"}),
              (200, {}, {"status": "failed", "decision": None, "detail": "cut short"}), (200, {}, allowed)]
    with StubGateway(lambda n, *_: script[n - 1]) as stub:
        assert "cut short" in stub_gate(stack, stub).stderr
    assert [method for method, *_ in stub.calls] == ["POST", "GET", "POST"]


@pytest.mark.parametrize("always, status", [
    ((503, {"Retry-After": "0"}, problem("evaluation-failed", 503)), 4),
    ((202, {"Location": "/releasepassport/v1/evaluations/x"}, {"status": "pending"}), 4),
    ((500, {}, problem("internal", 500)), 4), ((302, {"Location": "/elsewhere"}, {}), 4), ((200, {}, {}), 4),
    ((200, {}, "ALLOW"), 4), ((403, {}, problem("forbidden", 403)), 3), ((422, {}, problem("unprocessable", 422)), 6),
])
def test_without_a_decision_nothing_proceeds(stack, always, status):
    def answer(n, method, path, *_):
        return (200, {}, {"status": "pending"}) if method == "GET" else always

    with StubGateway(answer) as stub:
        stub_gate(stack, stub, "--timeout", "2s", status=status)


def test_a_wait_is_asked_for_that_ends_before_the_time_is_over(stack, allowed):
    with StubGateway(lambda *_: (200, {}, allowed)) as stub:
        stub_gate(stack, stub)
        stub_gate(stack, stub, "--timeout", "5s")
    first, second = (body["wait"] for *_, body in stub.calls)
    assert first == "30s" and second in ("3s", "4s")


def test_a_terminal_sees_progress(stack, allowed):
    script = [(202, {"Location": "/releasepassport/v1/evaluations/x"}, {"status": "pending"}),
              (200, {}, {"status": "pending", "decision": None, "detail": None}),
              (200, {}, {"status": "decided", "decision": allowed, "detail": None})]
    terminal, child_side = pty.openpty()
    with StubGateway(lambda n, *_: script[n - 1]) as stub:
        environment = clean_environment({"RELEASEPASSPORT_API_URL": stub.url, "RELEASEPASSPORT_TOKEN": TOKEN, "TERM": "xterm"})
        done = subprocess.run([cli_program(), "gate", "--service", "cli", "--environment", "production", "--source-sha", ZERO],
                              env=environment, stderr=child_side, stdout=subprocess.PIPE, timeout=60)
    os.close(child_side)
    shown = os.read(terminal, 65536).decode()
    os.close(terminal)
    assert done.returncode == 0
    assert "waiting for the decision on cli, production: 1 s" in shown and shown.endswith("\r\033[K")


# Evidence, policies, bindings, tokens, passports, keys

def test_evidence_is_posted_by_options_or_as_a_whole(stack, tmp_path):
    bind(stack, "cli-data", policy_text("cli-data", [("fast", 'smoke.status == "passed" && smoke.seconds < 10', "BLOCK")]))
    place = ("--service", "cli-data", "--environment", "production")
    (tmp_path / "data.json").write_text('{"seconds": 7}')
    digest = fresh_digest()
    stack.cli("ingest", *place, "--artifact", digest, "--type", "smoke", "--status", "passed", "--summary", "42 checks",
              "--data", str(tmp_path / "data.json"))
    stack.cli("gate", *place, "--artifact", digest)
    digest = fresh_digest()
    body = {"service": {"name": "cli-data", "environment": "production"}, "artifact": {"digest": digest},
            "evidence": [{"type": "smoke", "status": "passed", "data": {"seconds": 70}}]}
    facts = json.loads(stack.cli("ingest", "--file", "-", "--output", "json", stdin=json.dumps(body)).stdout)["facts"]
    assert [fact["type"] for fact in facts] == ["smoke"]
    stack.cli("gate", *place, "--artifact", digest, status=12)


def test_policies_are_validated_pushed_listed_and_shown(stack, tmp_path):
    text = policy_text("cli-pushed", RULES)
    (tmp_path / "policy.yaml").write_text(text)
    assert "is valid: sha256:" in stack.cli("policy", "validate", str(tmp_path / "policy.yaml"), token="").stdout
    digest = stack.cli("policy", "push", str(tmp_path / "policy.yaml")).stdout.strip()
    assert stack.cli("policy", "push", str(tmp_path / "policy.yaml")).stdout.strip() == digest
    assert stack.cli("policy", "list", "--name", "cli-pushed").stdout.split()[0] == digest
    assert stack.cli("policy", "show", digest).stdout == text
    assert json.loads(stack.cli("policy", "show", digest, "--format", "json").stdout)["name"] == "cli-pushed"


def test_a_policy_is_bound_by_file_digest_or_name(stack, tmp_path):
    (tmp_path / "policy.yaml").write_text(policy_text("cli-bound", RULES))
    path = "/services/cli-bound/environments/staging"
    done = stack.cli("bind", "cli-bound", "staging", "--policy", str(tmp_path / "policy.yaml"), "--mode", "shadow",
                     "--threshold", "BLOCK", "--deadline", "7s", "--namespace", "apps", "--output", "json")
    binding = json.loads(done.stdout)
    assert binding == stack.api().get(path).json()
    assert (binding["mode"], binding["threshold"], binding["deadlineMs"], binding["namespace"]) == ("shadow", "BLOCK", 7000, "apps")
    for policy in (binding["policy"]["digest"], "cli-bound", "cli-bound@1"):
        stack.cli("bind", "cli-bound", "staging", "--policy", policy, "--mode", "enforce")
        assert stack.api().get(path).json()["policy"] == binding["policy"]
    stack.cli("bind", "cli-bound", "staging", "--policy", "cli-bound@9", "--mode", "enforce", status=6)


def test_a_token_has_the_scopes_that_were_written(stack):
    done = stack.cli("token", "create", "--kind", "pipeline", "--subject", "cli test", "--scope", "gate@cli/production",
                     "--scope", "ingest:smoke", "--expires", "90d")
    token = done.stdout.strip()
    assert len(token) == 46 and token not in done.stderr
    listed = next(t for t in json.loads(stack.cli("token", "list", "--output", "json").stdout)["tokens"]
                  if t["subject"] == "cli test")
    assert [(s["scope"], s["services"], s["environments"]) for s in listed["scopes"]] == \
        [("gate", ["cli"], ["production"]), ("ingest:smoke", ["*"], ["*"])]
    assert listed["expiresAt"] is not None


def test_a_token_may_lie_in_a_file(stack, tmp_path):
    (tmp_path / "token").write_text(stack.working_token + "\n")
    stack.cli("token", "list", "--token-file", str(tmp_path / "token"), token="")


def test_passports_are_listed_shown_and_fetched(stack, tmp_path):
    body = smoked(stack, "cli")
    stack.cli("gate", *release_of(body), "--passport-out", str(tmp_path / "dsse"), "--bundle-out", str(tmp_path / "sigstore"))
    passport, _, decision, *_ = stack.cli("passport", "list", "--artifact", body["artifact"]["digest"]).stdout.split()
    assert decision == "ALLOW"
    assert stack.cli("passport", "show", passport).stdout.startswith("ALLOW (")
    stack.cli("passport", "get", passport, "--out", str(tmp_path / "p"))
    assert (tmp_path / "p").read_bytes() == (tmp_path / "dsse").read_bytes()
    assert stack.cli("passport", "get", passport, "--format", "sigstore").stdout == (tmp_path / "sigstore").read_text()
    assert passport in stack.cli("passport", "get", passport, "--format", "md").stdout


def test_keys_are_made_once_and_kept_secret(stack, tmp_path):
    folder = tmp_path / "keys"
    stack.cli("keys", "generate", "--out", str(folder), "--algorithm", "ed25519", token="")
    private = (folder / "signer.pem").read_text()
    assert stat.S_IMODE((folder / "signer.pem").stat().st_mode) == 0o600
    stack.cli("keys", "generate", "--out", str(folder), token="", status=6)
    assert (folder / "signer.pem").read_text() == private
    done = stack.cli("keys", "keyset", "--key", f"{folder}/signer.pub@2026-01-01T00:00:00Z/2027-01-01T00:00:00Z",
                     "--key", f"{stack.keys}/signer.pub", token="")
    assert [(key["alg"], key["notBefore"], key["notAfter"]) for key in json.loads(done.stdout)["keys"]] == \
        [("EdDSA", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"), ("ES256", None, None)]
    assert len(bytes.fromhex(stack.cli("keys", "mac", token="").stdout.strip())) == 32


def test_topics_are_created_once(stack, kafka):
    answer = json.loads(stack.cli("topics", "create", "--output", "json", settings={"KAFKA_BROKERS": kafka.brokers}).stdout)
    assert answer["created"] == [] and "releasepassport.verdicts" in answer["existing"]


@pytest.mark.sanitized
@pytest.mark.parametrize("arguments", [("--help",), ("keys", "--help"), ("gate", "--help"), ("deadletter", "redrive", "-h")])
def test_help_is_all_that_help_prints(stack, arguments):
    done = stack.cli(*arguments, token="")
    assert done.stdout.startswith("usage: releasepassport ") and done.stderr == ""
