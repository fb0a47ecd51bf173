"""What auditors read: the views, redacted, of their own workspaces, and nothing else."""
import psycopg
import pytest

from harness.release import bind, gate_body, ingest, policy_text
from harness.waiting import wait_for

pytestmark = pytest.mark.sanitized


@pytest.fixture(scope="module")
def auditor(running_stack):
    """The URL of a login that may read workspace default."""
    database = running_stack.database
    database.execute("CREATE ROLE jo LOGIN PASSWORD 'jo-reads' IN ROLE rp_auditor")
    database.execute("INSERT INTO releasepassport.auditor_workspace (role_name, workspace) VALUES ('jo', 'default')")
    return database


def read(database, statement, *parameters):
    """As jo would, by becoming jo."""
    with database.connect() as connection:
        connection.execute("SET ROLE jo")
        return connection.execute(statement, parameters).fetchall()


def test_a_decision_can_be_followed_to_its_evidence(stack, auditor):
    bind(stack, "audited", policy_text("audited", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")]))
    body = gate_body("audited")
    ingest(stack, body)
    answer = stack.api().evaluate(body).json()
    decisions = read(auditor, "SELECT decision, actor, envelope FROM audit.decisions WHERE passport_id = %s",
                     answer["passportId"])
    assert len(decisions) == 1 and decisions[0][0] == "ALLOW"
    assert bytes(decisions[0][2]) == stack.api().get(f"/passports/{answer['passportId']}.dsse").content
    evidence = read(auditor, "SELECT name, evidence_class, status, value_sha256 FROM audit.evidence WHERE passport_id = %s",
                    answer["passportId"])
    assert [row[:3] for row in evidence] == [("smoke", "ingested", "ok")] and evidence[0][3]
    wait_for(lambda: read(auditor, "SELECT FROM audit.changes WHERE kind = 'binding.changed'"), 10, "the binding's change")


@pytest.mark.parametrize("table", ["passport", "fact", "token", "policy", "audit_event", "evaluation", "latest_fact"])
def test_tables_are_closed_to_auditors(stack, auditor, table):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        read(auditor, f"SELECT count(*) FROM releasepassport.{table}")


def test_every_column_is_documented(stack):
    missing = stack.database.query(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE c.relnamespace = 'audit'::regnamespace AND col_description(c.oid, a.attnum) IS NULL")
    assert missing == []
