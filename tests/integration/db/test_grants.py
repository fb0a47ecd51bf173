"""Who may do what: exactly what is listed here, and the audit tables change for nobody who runs a service."""
import psycopg
import pytest

import rows

SERVICES = ("rp_gateway", "rp_evaluator", "rp_audit_writer", "rp_auditor", "rp_audit_views")

# Column privileges are written table(column,...). What is not listed is refused.
GRANTS = {
    "rp_gateway": {
        "SELECT": {"workspace", "policy", "binding", "evidence", "evaluation", "passport", "fact", "audit_event",
                   "latest_fact", "due_work",
                   "token(token_id,workspace,kind,subject,creator,scopes,created_at,expires_at,revoked_at)"},
        "INSERT": {"policy", "binding", "token", "evidence", "audit_outbox", "due_work"},
        "UPDATE": {"binding(namespace,policy_digest,mode,threshold,deadline_ms,connectors,updated_at,updated_by)",
                   "token(revoked_at)", "due_work(due_at,interval_ms,lease_owner,lease_until)"},
        "DELETE": {"due_work"},
    },
    "rp_evaluator": {"SELECT": {"policy(digest,document)"}},
    "rp_audit_writer": {
        "SELECT": {"evaluation", "announcement", "audit_event_id", "audit_outbox", "latest_fact",
                   "passport(passport_id,evaluation_id,workspace,service,environment,event,recorded_at)"},
        "INSERT": {"evaluation", "announcement", "audit_event_id", "passport", "fact", "audit_event", "audit_leaf",
                   "latest_fact"},
        "UPDATE": {"announcement(announced_at)",
                   "latest_fact(connector,observed_at,ce_id,ce_time,body,mac,updated_at)"},
        "DELETE": {"audit_outbox"},
    },
    "rp_auditor": {},
    "rp_audit_views": {
        "SELECT": {"passport(passport_id,evaluation_id,workspace,service,environment,namespace,release_id,version,"
                   "source_sha,artifact_digest,decision,mode,enforced,confidence,policy_digest,actor,requested_at,"
                   "decided_at,signed_at,valid_until,key_id,envelope,recorded_at)",
                   "fact(passport_id,name,fact_id,evidence_class,type,query_digest,connector,status,observed_at,"
                   "age_ms,value_sha256,detail,source_sha,artifact_digest,token_id,workspace,recorded_at)",
                   "audit_event", "auditor_workspace"},
    },
}
FUNCTIONS = {
    "rp_gateway": {"token_by_hash", "due_work_claim"},
    "rp_audit_writer": {"partitions_ahead", "partitions", "partitioned_tables"},
}

HELD = """
    SELECT c.relname, has_table_privilege(%(role)s, c.oid, %(privilege)s),
        array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE %(of_columns)s
            AND has_column_privilege(%(role)s, c.oid, a.attnum, %(of_column)s)),
        array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'releasepassport'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.oid"""


def written(table: str, columns: list[str]) -> str:
    return f"{table}({','.join(columns)})"


@pytest.fixture(scope="module")
def logged_in(migrated):
    """A connection of each role that logs in, for tests that only ask and are refused."""
    connections = {role: migrated.connect(role) for role in SERVICES if role != "rp_audit_views"}
    yield connections
    for connection in connections.values():
        connection.close()


@pytest.mark.parametrize("privilege", ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"])
@pytest.mark.parametrize("role", SERVICES)
def test_a_role_holds_exactly_its_privileges(migrated, role, privilege):
    of_columns = privilege in ("SELECT", "INSERT", "UPDATE", "REFERENCES")
    with migrated.connect() as connection:
        tables = connection.execute(HELD, {"role": role, "privilege": privilege, "of_columns": of_columns,
                                           "of_column": privilege if of_columns else "SELECT"}).fetchall()
    order = {table: columns for table, _, _, columns in tables}
    held = {table if whole else written(table, some) for table, whole, some, _ in tables if whole or some}
    expected = set()
    for entry in GRANTS[role].get(privilege, set()):
        table, _, some = entry.partition("(")
        listed = some.rstrip(")").split(",")
        expected.add(written(table, [c for c in order[table] if c in listed]) if some else table)
    assert held == expected


@pytest.mark.parametrize("role", SERVICES)
def test_a_role_executes_exactly_its_functions(migrated, role):
    found = {name for name, allowed in migrated.query(
        "SELECT proname, has_function_privilege(%s, oid, 'EXECUTE') FROM pg_proc"
        " WHERE pronamespace = 'releasepassport'::regnamespace", role) if allowed}
    assert found == FUNCTIONS.get(role, set())


@pytest.mark.parametrize("role", [*SERVICES, "rp_owner", "rp_migrate"])
def test_no_role_has_powers_over_the_cluster(migrated, role):
    assert migrated.query("SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles"
                          " WHERE rolname = %s", role) == [(False,) * 5]


@pytest.mark.parametrize("role", ["rp_gateway", "rp_evaluator", "rp_audit_writer", "rp_auditor"])
def test_no_service_is_a_member_of_another_role(migrated, role):
    assert migrated.query("SELECT count(*) FROM pg_auth_members WHERE member = %s::regrole", role) == [(0,)]


@pytest.mark.parametrize("role", ["rp_gateway", "rp_evaluator", "rp_audit_writer", "rp_auditor"])
def test_no_service_creates_objects(migrated, role):
    for schema in ("releasepassport", "audit", "public"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            migrated.execute(f"CREATE TABLE {schema}.mine (a int)", role=role)


@pytest.mark.parametrize("role", ["rp_gateway", "rp_evaluator", "rp_audit_writer", "rp_auditor"])
@pytest.mark.parametrize("table", [*rows.AUDIT_TABLES, "passport_default", "fact_default", "audit_event_default"])
@pytest.mark.parametrize("statement", [
    "UPDATE releasepassport.{} SET recorded_at = now()", "DELETE FROM releasepassport.{}",
    "TRUNCATE releasepassport.{}", "ALTER TABLE releasepassport.{} ADD COLUMN a int",
    "DROP TABLE releasepassport.{}", "ALTER TABLE releasepassport.{} DISABLE ROW LEVEL SECURITY",
])
def test_audit_tables_only_ever_grow(logged_in, role, table, statement):
    if table == "audit_leaf":
        statement = statement.replace("recorded_at", "created_at")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        logged_in[role].execute(statement.format(table))


@pytest.mark.parametrize("table", [*rows.AUDIT_TABLES, "announcement", "latest_fact"])
def test_the_audit_writer_records_in_every_workspace(migrated, table):
    with migrated.connect("rp_audit_writer") as connection:
        for workspace in ("default", "other"):
            rows.add(connection, table, workspace)


@pytest.mark.parametrize("table", rows.AUDIT_TABLES)
def test_the_gateway_records_nothing(migrated, table):
    with migrated.connect("rp_gateway") as connection:
        connection.execute("SELECT set_config('releasepassport.workspace', 'default', false)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows.add(connection, table)


def test_a_policy_is_immutable_for_the_gateway(migrated):
    with migrated.connect("rp_gateway") as connection:
        connection.execute("SELECT set_config('releasepassport.workspace', 'default', false)")
        rows.add(connection, "policy")
        for statement in ("UPDATE releasepassport.policy SET name = 'x'", "DELETE FROM releasepassport.policy"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_policy_is_what_its_digest_says(migrated):
    with migrated.connect() as connection, pytest.raises(psycopg.errors.CheckViolation):
        rows.add(connection, "policy", document=b"{}")


def test_the_evaluator_reads_a_policy_of_any_workspace_by_its_digest(migrated):
    with migrated.connect() as connection:
        policy = rows.add(connection, "policy", "other")
    found = migrated.query("SELECT document FROM releasepassport.policy WHERE digest = %s", policy["digest"],
                           role="rp_evaluator")
    assert found == [(policy["document"],)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        migrated.query("SELECT created_by FROM releasepassport.policy", role="rp_evaluator")


def test_nobody_reads_back_the_hash_of_a_token(migrated):
    for role in ("rp_gateway", "rp_audit_writer", "rp_evaluator", "rp_auditor"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            migrated.query("SELECT hash FROM releasepassport.token", role=role)
