"""Auditors: only the views, only their workspaces, no values of evidence."""
import psycopg
import pytest

import rows

VIEWS = ("decisions", "evidence", "changes")


@pytest.fixture(scope="module")
def records(migrated):
    """The recorded rows of each workspace, and three auditors: of one workspace, of two, of none."""
    recorded = {}
    with migrated.connect() as connection:
        for role in ("auditor_one", "auditor_both", "auditor_none"):
            connection.execute(f"CREATE ROLE {role} IN ROLE rp_auditor")
        for workspace in ("default", "other"):
            passport = rows.add(connection, "passport", workspace)
            rows.add(connection, "fact", workspace, passport_id=passport["passport_id"])
            rows.add(connection, "audit_event", workspace)
            rows.add(connection, "auditor_workspace", workspace, role_name="auditor_both")
            recorded[workspace] = passport
        rows.add(connection, "auditor_workspace", "default", role_name="auditor_one")
        rows.add(connection, "auditor_workspace", "other", role_name="somebody_who_left")
    yield recorded
    with migrated.connect() as connection:
        for role in ("auditor_one", "auditor_both", "auditor_none"):
            connection.execute(f"DROP ROLE {role}")


def ask(database, role: str, query: str) -> list[tuple]:
    """As an auditor who logged in: with the role's own rights, not with those of whom we logged in as."""
    with database.connect() as connection:
        connection.execute(f"SET SESSION AUTHORIZATION {role}")
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("role, workspaces", [
    ("auditor_one", {"default"}), ("auditor_both", {"default", "other"}), ("auditor_none", set()),
    ("rp_auditor", set())])
@pytest.mark.parametrize("view", VIEWS)
def test_an_auditor_sees_her_workspaces(migrated, records, view, role, workspaces):
    assert {row[0] for row in ask(migrated, role, f"SELECT workspace FROM audit.{view}")} == workspaces


def test_what_rp_auditor_is_given_every_auditor_sees(migrated, records):
    migrated.execute("INSERT INTO releasepassport.auditor_workspace VALUES ('rp_auditor', 'other')")
    try:
        assert ask(migrated, "auditor_none", "SELECT DISTINCT workspace FROM audit.decisions") == [("other",)]
    finally:
        migrated.execute("DELETE FROM releasepassport.auditor_workspace WHERE role_name = 'rp_auditor'")


def test_nobody_but_auditors_reads_the_views(migrated, records):
    for role in ("rp_gateway", "rp_evaluator", "rp_audit_writer"):
        for view in VIEWS:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                migrated.query(f"SELECT * FROM audit.{view}", role=role)


def test_an_auditor_reads_no_table(migrated, records):
    for table, in migrated.query("SELECT relname FROM pg_class WHERE relnamespace = 'releasepassport'::regnamespace"
                                 " AND relkind IN ('r', 'p')"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(migrated, "auditor_both", f"SELECT * FROM releasepassport.{table}")


@pytest.mark.parametrize("statement", ["INSERT INTO audit.{0} (workspace) VALUES ('default')",
                                       "UPDATE audit.{0} SET workspace = 'other'", "DELETE FROM audit.{0}"])
@pytest.mark.parametrize("view", ["decisions", "evidence"])
def test_an_auditor_changes_nothing(migrated, records, view, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(migrated, "auditor_both", statement.format(view))


def test_a_condition_of_the_asker_sees_no_foreign_row(migrated, records):
    """Without security_barrier a cheap function of the asker would be called for rows that she may not see."""
    with migrated.connect() as connection:
        connection.execute("SET SESSION AUTHORIZATION auditor_one")
        connection.execute("CREATE FUNCTION pg_temp.peek(seen text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS"
                           " $$ BEGIN RAISE NOTICE '%', seen; RETURN true; END $$")
        seen = []
        connection.add_notice_handler(lambda notice: seen.append(notice.message_primary))
        connection.execute("SELECT workspace FROM audit.decisions WHERE pg_temp.peek(workspace)")
        assert set(seen) == {"default"}


def test_the_envelope_is_there_byte_for_byte(migrated, records):
    assert ask(migrated, "auditor_one", "SELECT envelope FROM audit.decisions") == [
        (records["default"]["envelope"],)]


def test_a_fact_shows_the_digest_of_its_value_and_no_value(migrated, records):
    assert ask(migrated, "auditor_one", "SELECT value_sha256 FROM audit.evidence") == [
        (rows.hex_of('{"secret":1}'),)]
    for view in VIEWS:
        for row in ask(migrated, "auditor_both", f"SELECT * FROM audit.{view}"):
            assert "secret" not in repr(row)


def test_a_change_shows_what_changed(migrated, records):
    assert ask(migrated, "auditor_one", "SELECT kind, body, body_sha256 FROM audit.changes") == [
        ("token.created", '{"kind":"person"}', rows.hex_of('{"kind":"person"}'))]


def test_every_view_and_column_is_documented(migrated):
    assert migrated.query("""
        SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = 'audit'::regnamespace
            AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)""") == []


def test_every_table_is_documented(migrated):
    assert migrated.query("""
        SELECT relname FROM pg_class WHERE relnamespace = 'releasepassport'::regnamespace AND relkind IN ('r', 'p')
            AND NOT relispartition AND obj_description(oid) IS NULL""") == []
