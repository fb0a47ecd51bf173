"""The passport of a real gate, judged by programs that we did not write: accepted as it is, refused after one byte changed."""
import base64
import hashlib
import json
import subprocess

import pytest

from harness.release import bind, gate_body, ingest, policy_text
from harness.verifiers import Cosign, SigstoreVerify

DECISIONS = [("ALLOW", "passed"), ("BLOCK", "failed")]


@pytest.fixture(scope="module")
def passports(running_stack, tmp_path_factory):
    """A bundle for each decision: what the gate gave, stored as CI would store it, and the artifact that it speaks of."""
    stack = running_stack
    bind(stack, "verified", policy_text("verified", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    made = {}
    for decision, status in DECISIONS:
        folder = tmp_path_factory.mktemp("passport")
        artifact = folder / "artifact"
        artifact.write_bytes(decision.encode())
        body = gate_body("verified")
        body["artifact"]["digest"] = "sha256:" + hashlib.sha256(decision.encode()).hexdigest()
        ingest(stack, body, status=status)
        answer = stack.api().evaluate(body).json()
        assert answer["decision"] == decision
        bundle = folder / "passport.sigstore.json"
        bundle.write_bytes(stack.api().get(f"/passports/{answer['passportId']}.sigstore").content)
        made[decision] = (bundle, artifact)
    return made


def changed(bundle, where):
    """A copy with one byte of the payload or the signature changed, still well-formed base64."""
    document = json.loads(bundle.read_text())
    envelope = document["dsseEnvelope"]
    holder, name = (envelope, "payload") if where == "payload" else (envelope["signatures"][0], "sig")
    content = bytearray(base64.b64decode(holder[name]))
    content[len(content) // 2] ^= 1
    holder[name] = base64.b64encode(content).decode()
    copy = bundle.with_name(f"changed-{where}.json")
    copy.write_text(json.dumps(document))
    return copy


@pytest.mark.parametrize("decision", [decision for decision, _ in DECISIONS])
class TestCosign:
    def test_accepts(self, running_stack, passports, decision):
        bundle, artifact = passports[decision]
        done = Cosign().verify(bundle, running_stack.keys / "signer.pub", artifact)
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize("where", ["payload", "signature"])
    def test_refuses_one_changed_byte(self, running_stack, passports, decision, where):
        bundle, artifact = passports[decision]
        done = Cosign().verify(changed(bundle, where), running_stack.keys / "signer.pub", artifact)
        assert done.returncode != 0

    def test_refuses_another_artifact(self, running_stack, passports, decision):
        bundle, artifact = passports[decision]
        other = artifact.with_name("other")
        other.write_bytes(b"other")
        assert Cosign().verify(bundle, running_stack.keys / "signer.pub", other).returncode != 0


@pytest.mark.parametrize("decision", [decision for decision, _ in DECISIONS])
class TestSigstoreVerify:
    def test_accepts(self, running_stack, passports, decision):
        done = SigstoreVerify().verify(passports[decision][0], running_stack.keys / "signer.pub")
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "application/vnd.in-toto+json"

    @pytest.mark.parametrize("where", ["payload", "signature"])
    def test_refuses_one_changed_byte(self, running_stack, passports, decision, where):
        done = SigstoreVerify().verify(changed(passports[decision][0], where), running_stack.keys / "signer.pub")
        assert done.returncode == 1 and "refused" in done.stderr


def test_refuses_another_key(running_stack, passports, tmp_path):
    bundle, artifact = passports["ALLOW"]
    key = tmp_path / "other.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key], check=True,
                   capture_output=True)
    public = tmp_path / "other.pub"
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True, capture_output=True)
    assert SigstoreVerify().verify(bundle, public).returncode == 1
    assert Cosign().verify(bundle, public, artifact).returncode != 0
