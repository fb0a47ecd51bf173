"""Row-level security: a gateway's transaction sees the workspace that it names and no other."""
import psycopg
import pytest

import rows
from test_grants import GRANTS

READABLE = [table for table in rows.TENANT_TABLES
            if any(entry.partition("(")[0] == table for entry in GRANTS["rp_gateway"]["SELECT"])]


def as_gateway(database, workspace: str | None) -> psycopg.Connection:
    connection = database.connect("rp_gateway")
    if workspace is not None:
        connection.execute("SELECT set_config('releasepassport.workspace', %s, false)", [workspace])
    return connection


def count(connection: psycopg.Connection, table: str, workspace: str) -> int:
    column = "name" if table == "workspace" else "workspace"
    return connection.execute(f"SELECT count(*) FROM releasepassport.{table} WHERE {column} = %s",
                              [workspace]).fetchone()[0]


def test_every_table_with_a_workspace_is_under_forced_row_level_security(migrated):
    tables = migrated.query("""
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c
        WHERE c.relnamespace = 'releasepassport'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND (c.relname = 'workspace' OR EXISTS (SELECT FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = 'workspace'))""")
    assert {name for name, _, _ in tables} == set(rows.TENANT_TABLES)
    assert all(enabled and forced for _, enabled, forced in tables)


@pytest.mark.parametrize("table", READABLE)
def test_a_gateway_sees_one_workspace(migrated, table):
    if table != "workspace":
        with migrated.connect() as connection:
            rows.add(connection, table, "default")
            rows.add(connection, table, "other")
    for own, foreign in (("default", "other"), ("other", "default")):
        with as_gateway(migrated, own) as connection:
            assert count(connection, table, own) > 0
            assert count(connection, table, foreign) == 0


@pytest.mark.parametrize("workspace", [None, "", "nobody's"])
@pytest.mark.parametrize("table", READABLE)
def test_a_gateway_without_a_workspace_sees_nothing(migrated, table, workspace):
    with migrated.connect() as connection:
        rows.add(connection, table, "default")
    with as_gateway(migrated, workspace) as connection:
        column = "token_id" if table == "token" else "*"
        assert connection.execute(f"SELECT {column} FROM releasepassport.{table}").fetchall() == []


@pytest.mark.parametrize("table", sorted(GRANTS["rp_gateway"]["INSERT"]))
def test_a_gateway_writes_into_its_workspace_only(migrated, table):
    with migrated.connect() as connection:
        policy = {workspace: rows.add(connection, "policy", workspace)["digest"] for workspace in ("default", "other")}
    with as_gateway(migrated, "default") as connection:
        for workspace, refusal in (("default", None), ("other", psycopg.errors.InsufficientPrivilege)):
            columns = {"policy_digest": policy[workspace]} if table == "binding" else {}
            if refusal is None:
                rows.add(connection, table, workspace, **columns)
            else:
                with pytest.raises(refusal, match="row-level security"):
                    rows.add(connection, table, workspace, **columns)


def test_a_gateway_changes_nothing_of_another_workspace(migrated):
    with migrated.connect() as connection:
        token = rows.add(connection, "token", "other")
        due = rows.add(connection, "due_work", "other")
    with as_gateway(migrated, "default") as connection:
        revoked = connection.execute("UPDATE releasepassport.token SET revoked_at = now() WHERE token_id = %s",
                                     [token["token_id"]])
        deleted = connection.execute("DELETE FROM releasepassport.due_work WHERE service = %s", [due["service"]])
        assert (revoked.rowcount, deleted.rowcount) == (0, 0)


def test_a_gateway_moves_nothing_into_another_workspace(migrated):
    with as_gateway(migrated, "default") as connection:
        rows.add(connection, "due_work")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE releasepassport.due_work SET workspace = 'other'")


def test_a_binding_needs_a_policy_of_its_own_workspace(migrated):
    with migrated.connect() as connection:
        foreign = rows.add(connection, "policy", "other")["digest"]
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            rows.add(connection, "binding", "default", policy_digest=foreign)


def test_a_token_is_found_by_its_hash_before_the_workspace_is_known(migrated):
    with migrated.connect() as connection:
        token = rows.add(connection, "token", "other")
    with as_gateway(migrated, None) as connection:
        find = "SELECT token_id, workspace FROM releasepassport.token_by_hash(%s)"
        assert connection.execute(find, [token["hash"]]).fetchall() == [(token["token_id"], "other")]
        assert connection.execute(find, [bytes(32)]).fetchall() == []


def test_due_work_is_claimed_once_across_workspaces(migrated):
    with migrated.connect() as connection:
        connection.execute("DELETE FROM releasepassport.due_work")
        services = {rows.add(connection, "due_work", workspace)["service"] for workspace in ("default", "other")}
        rows.add(connection, "due_work", due_at="2999-01-01T00:00:00Z")
    claim = "SELECT service FROM releasepassport.due_work_claim(%s, 60000, 10)"
    with as_gateway(migrated, None) as first, as_gateway(migrated, None) as second:
        with first.transaction():
            claimed = first.execute(claim, ["first"]).fetchall()
            assert {service for service, in claimed} == services
            assert second.execute(claim, ["second"]).fetchall() == []  # locked, and not waited for
        assert second.execute(claim, ["second"]).fetchall() == []  # leased
    migrated.execute("UPDATE releasepassport.due_work SET lease_until = now() - interval '1 s'"
                     " WHERE lease_until IS NOT NULL")
    assert len(migrated.query(claim, "second", role="rp_gateway")) == 2


def test_the_evidence_of_a_release_is_searched_by_index_under_row_level_security(fresh):
    """A condition that the server holds for leaky would have it read all evidence of all releases at each gate."""
    fresh.execute("INSERT INTO releasepassport.evidence (fact_id, workspace, service, environment, type, status, value,"
                  " token_id, observed_at, source_sha) SELECT n, 'default', 's', 'e', 'smoke', 'ok', '{}', 't', now(),"
                  " md5(n::text) || '00000000' FROM generate_series(1, 5000) n")
    fresh.execute("ANALYZE releasepassport.evidence")
    with as_gateway(fresh, "default") as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute("PREPARE find AS SELECT value FROM releasepassport.evidence WHERE workspace = $1::text"
                           " AND service = $2::text AND environment = $3::text AND source_key IN ('', $4::text)"
                           " AND artifact_key IN ('', $5::text)")
        plan = "\n".join(line for line, in connection.execute(
            "EXPLAIN EXECUTE find ('default', 's', 'e', '', '')").fetchall())
        condition = plan.partition("Index Cond: ")[2].partition("\n")[0]
        for column in ("workspace", "service", "environment", "source_key", "artifact_key"):
            assert column in condition, plan
