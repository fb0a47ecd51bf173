"""Releases and policies that tests put through the gate."""
import hashlib
import secrets

from harness.stack import Stack


def fresh_digest() -> str:
    return "sha256:" + secrets.token_hex(32)


def fresh_sha() -> str:
    return secrets.token_hex(20)


def gate_body(service: str, environment: str = "production", **more) -> dict:
    """A request about a release that no test has used before."""
    return {
        "service": {"name": service, "environment": environment},
        "artifact": {"digest": fresh_digest(), "repository": f"registry.example/{service}"},
        "release": {"sourceSha": fresh_sha(), "version": "1.2.3", "releaseId": "run-1"},
    } | more


def policy_text(name: str, rules: list[tuple[str, str, str]], evidence: str = "", canary: bool = False) -> str:
    """A policy over ingested smoke evidence, and what evidence adds; rules are (id, require, otherwise)."""
    lines = [
        "apiVersion: releasepassport.dev/v1", "kind: Policy", f"name: {name}", 'version: "1"', "evidence:",
        "  - name: smoke", "    maxAge: 1h", *evidence.splitlines(), "rules:",
    ]
    for rule, require, otherwise in rules:
        lines += [f"  - id: {rule}", f"    require: {require}", f"    otherwise: {otherwise}", f"    reason: {rule} failed"]
    if canary:
        lines += ["canary:", "  steps:", "    - weight: 10", "      pause: 5m", "      watch: [smoke]"]
    return "\n".join(lines) + "\n"


def bind(stack: Stack, service: str, policy: str, environment: str = "production", **more) -> dict:
    """Stores the policy (YAML) and binds it; more goes into the binding."""
    stored = stack.api().call("PUT", "/policies", data=policy, headers={"Content-Type": "application/yaml"})
    assert stored.status_code in (200, 201), stored.text
    bound = stack.api().put(f"/services/{service}/environments/{environment}",
                            {"policy": stored.json()["digest"], "mode": "enforce"} | more)
    assert bound.status_code in (200, 201), bound.text
    return bound.json()


def ingest(stack: Stack, body: dict, type: str = "smoke", status: str = "passed", **more) -> dict:
    """Posts one piece of evidence about the release that a gate body names."""
    answer = stack.api().ingest({
        "service": {"name": body["service"]["name"], "environment": body["service"]["environment"]},
        "artifact": {"digest": body["artifact"]["digest"]},
        "release": {"sourceSha": body["release"]["sourceSha"]},
        "evidence": [{"type": type, "status": status, "summary": f"{type} {status}"} | more],
    })
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def evaluation_id(workspace: str, service: str, environment: str, key: str) -> str:
    framed = "".join(f"{len(text.encode())}:{text}," for text in (workspace, service, environment, key))
    return hashlib.sha256(framed.encode()).hexdigest()
