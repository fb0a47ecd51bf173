"""Every statement of every service is prepared and planned as the role that runs it, so grants are tested too."""
import subprocess

import pytest

from harness.places import BUILD

ROLES = {"api-gateway": "rp_gateway", "evaluator": "rp_evaluator", "audit-writer": "rp_audit_writer"}


def run(service: str, url: str) -> subprocess.CompletedProcess:
    program = BUILD / f"tests/integration/db/statements-{service}"
    return subprocess.run([program, url], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("service", ROLES)
def test_every_statement_is_allowed_to_its_service(migrated, service):
    done = run(service, migrated.url(ROLES[service]))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok" in done.stdout


@pytest.mark.parametrize("service", ROLES)
def test_a_role_without_grants_is_refused(migrated, service):
    done = run(service, migrated.url("rp_auditor"))
    assert done.returncode == 1
    assert "permission denied" in done.stdout
