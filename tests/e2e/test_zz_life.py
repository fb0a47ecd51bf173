"""How processes live and end; runs last, for it looks at what the whole run did to them."""
import time

import pytest

from harness.places import SERVICES, is_sanitized
from harness.release import bind, gate_body, policy_text

pytestmark = pytest.mark.sanitized

STALL_MAX_S = 0.05


def test_a_name_that_does_not_resolve_stalls_nobody(stack):
    """The worker's source has a name that no resolver knows: its loop turns on, and the answer is an error fact."""
    with_unknown = stack.connectors_file.read_text() + (
        "  - name: nowhere\n    type: prometheus\n    url: http://prometheus.does-not-exist.invalid:9090\n"
        "    workspaces: [default]\n    timeout: 2s\n")
    stack.connectors_file.write_text(with_unknown)
    stack.restart("connector-worker")
    evidence = "  - name: load\n    connector: nowhere\n    query: vector(1)\n    maxAge: 5s\n    timeout: 3s\n"
    bind(stack, "unknown-name", policy_text("unknown-name", [("calm", "load.value < 1", "HOLD")], evidence),
         connectors=["nowhere"])
    with stack.tolerating("connector"):
        answer = stack.api().evaluate(gate_body("unknown-name")).json()
    assert answer["decision"] == "HOLD" and answer["reasons"][0]["status"] in ("error", "timeout")
    assert stack.metric("connector-worker", "rp_loop_stall_max_seconds") < STALL_MAX_S


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.skipif(is_sanitized(), reason="sanitizers slow the loop down")
def test_no_loop_stalled(stack, name):
    assert stack.metric(name, "rp_loop_stall_max_seconds") < STALL_MAX_S


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_drains_and_ends_with_zero(stack, name):
    """SIGTERM: what is in flight ends, the status is 0; under the sanitizers that says also: nothing leaked."""
    process = stack.processes[name]
    began = time.monotonic()
    process.stop()  # asserts the status
    assert time.monotonic() - began < 10
    stack.start(name)


@pytest.mark.parametrize("name, setting, value", [
    ("api-gateway", "GATEWAY_LISTEN", "nonsense"),
    ("api-gateway", "GATEWAY_KEYS_FILE", "/does/not/exist"),
    ("api-gateway", "DATABASE_URL", ""),
    ("evaluator", "MAC_KEY_GATEWAY_EVALUATOR", "abc"),
    ("signer", "SIGNER_KEY_FILE", "/dev/null"),
    ("signer", "SIGNER_VALIDITY", "1s"),
    ("audit-writer", "AUDIT_BATCH_MAX", "0"),
    ("connector-worker", "WORKER_CONNECTORS_FILE", "/dev/null"),
    ("connector-worker", "LOG_LEVEL", "loud"),
])
def test_a_wrong_setting_is_named_and_stops_the_start(stack, name, setting, value):
    process = stack.processes[name]
    process.stop()
    process.settings = stack.settings(name) | {setting: value}
    with stack.tolerating("the service does not start"):
        process.start()
        assert process.wait() == 2, process.tail()
    assert setting in process.tail()
    stack.start(name)
