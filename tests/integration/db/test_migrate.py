"""releasepassport migrate: in order, once, never over a past that is not the one it knows."""
import hashlib
import json
import shutil

import psycopg
import pytest

from conftest import MIGRATIONS

FILES = sorted(path.name for path in MIGRATIONS.glob("*.sql"))


@pytest.fixture
def copied(tmp_path):
    """The migrations in a folder that the test may change."""
    return shutil.copytree(MIGRATIONS, tmp_path / "migrations")


def applied(database) -> list[str]:
    return [name for name, in database.query("SELECT name FROM releasepassport.schema_migration ORDER BY version")]


def test_applies_every_migration_in_order(empty, schema_tool):
    done = schema_tool.migrate(empty)
    assert done.returncode == 0, done.stderr
    assert [line.split()[:2] for line in done.stderr.splitlines()] == [["applied", name] for name in FILES]
    assert applied(empty) == FILES


def test_records_the_digest_of_each_file(fresh):
    assert dict(fresh.query("SELECT name, checksum FROM releasepassport.schema_migration")) == {
        name: hashlib.sha256((MIGRATIONS / name).read_bytes()).hexdigest() for name in FILES}


def test_a_second_time_changes_nothing(fresh, schema_tool):
    before = fresh.query("SELECT * FROM releasepassport.schema_migration ORDER BY version")
    done = schema_tool.migrate(fresh)
    assert done.returncode == 0
    assert "up to date" in done.stderr
    assert fresh.query("SELECT * FROM releasepassport.schema_migration ORDER BY version") == before


def test_a_folder_gives_what_is_embedded(empty, schema_tool):
    assert schema_tool.migrate(empty, "--dir", MIGRATIONS).returncode == 0
    assert "up to date" in schema_tool.migrate(empty).stderr


def test_applies_what_a_later_version_adds(fresh, schema_tool, copied):
    number = len(FILES) + 1
    (copied / f"{number:04d}_more.sql").write_text("CREATE TABLE releasepassport.more (a int);")
    done = schema_tool.migrate(fresh, "--dir", copied)
    assert done.stderr.splitlines()[0].startswith(f"applied {number:04d}_more.sql")
    assert fresh.query("SELECT tableowner FROM pg_tables WHERE tablename = 'more'") == [("rp_owner",)]


def test_refuses_a_changed_past(fresh, schema_tool, copied):
    path = copied / FILES[1]
    path.write_text(path.read_text() + "\n-- a word more\n")
    (copied / f"{len(FILES) + 1:04d}_more.sql").write_text("CREATE TABLE releasepassport.more (a int);")
    done = schema_tool.migrate(fresh, "--dir", copied)
    assert done.returncode == 1
    assert done.stderr == f"conflict {FILES[1]}: has changed since it was applied\n"
    assert applied(fresh) == FILES


def test_refuses_a_renamed_past(fresh, schema_tool, copied):
    (copied / FILES[2]).rename(copied / "0003_renamed.sql")
    done = schema_tool.migrate(fresh, "--dir", copied)
    assert done.stderr.startswith(f"conflict {FILES[2]}: was applied and is missing here")


def test_refuses_a_missing_past(fresh, schema_tool, copied):
    (copied / FILES[-1]).unlink()
    done = schema_tool.migrate(fresh, "--dir", copied)
    assert done.returncode == 1
    assert done.stderr.startswith(f"conflict {FILES[-1]}: was applied and is missing here")


@pytest.mark.parametrize("name, reason", [
    ("0004_twice.sql", "no gap and no repetition"), ("0099_gap.sql", "no gap and no repetition"),
    ("first.sql", "begins with its number")])
def test_refuses_a_folder_whose_numbers_are_wrong(empty, schema_tool, copied, name, reason):
    (copied / name).write_text("SELECT 1;")
    done = schema_tool.migrate(empty, "--dir", copied)
    assert done.returncode == 1
    assert done.stderr.startswith("file ") and reason in done.stderr
    assert empty.query("SELECT to_regnamespace('releasepassport')") == [(None,)]


def test_a_migration_that_fails_leaves_nothing(fresh, schema_tool, copied):
    name = f"{len(FILES) + 1:04d}_bad.sql"
    (copied / name).write_text("CREATE TABLE releasepassport.more (a int);\n-- häuser\n\nSELECT nonsense;\n")
    done = schema_tool.migrate(fresh, "--dir", copied)
    assert done.returncode == 1
    assert f"{name}:4: " in done.stderr and "nonsense" in done.stderr
    assert fresh.query("SELECT to_regclass('releasepassport.more')") == [(None,)]
    assert applied(fresh) == FILES


def test_a_migration_may_not_end_its_transaction(fresh, schema_tool, copied):
    name = f"{len(FILES) + 1:04d}_bad.sql"
    (copied / name).write_text("SELECT 1; COMMIT;")
    done = schema_tool.migrate(fresh, "--dir", copied)
    assert done.returncode == 1
    assert f"{name}: ended the transaction" in done.stderr
    assert applied(fresh) == FILES


def test_several_at_once_apply_each_migration_once(empty, schema_tool):
    runs = [schema_tool.start("migrate", empty.url("rp_migrate")) for _ in range(4)]
    said = [run.communicate(timeout=60)[1] for run in runs]
    assert [run.returncode for run in runs] == [0] * 4, said
    assert sum(text.count("applied 0001") for text in said) == 1
    assert sum("up to date" in text for text in said) == 3
    assert applied(empty) == FILES


def test_waits_for_the_one_that_runs(fresh, schema_tool):
    with fresh.connect("rp_migrate") as connection:
        connection.execute("SELECT pg_advisory_lock(7239087235)")
        run = schema_tool.start("migrate", fresh.url("rp_migrate"))
        assert run.stderr.readline().startswith("waiting for another")
        connection.execute("SELECT pg_advisory_unlock(7239087235)")
        assert run.wait(timeout=30) == 0


@pytest.mark.parametrize("role", ["rp_gateway", "rp_evaluator", "rp_audit_writer", "rp_auditor"])
def test_no_service_migrates(empty, schema_tool, role):
    done = schema_tool.migrate(empty, role=role)
    assert done.returncode == 1
    assert done.stderr.startswith("configuration ")
    assert empty.query("SELECT to_regnamespace('releasepassport')") == [(None,)]


def test_makes_the_roles_again_without_harm(fresh, schema_tool):
    before = fresh.query("SELECT * FROM pg_authid WHERE starts_with(rolname, 'rp_') ORDER BY 1")
    assert schema_tool.migrate(fresh, "--roles", role="postgres").returncode == 0
    assert fresh.query("SELECT * FROM pg_authid WHERE starts_with(rolname, 'rp_') ORDER BY 1") == before


def test_says_that_the_server_is_away(schema_tool):
    done = schema_tool.run("migrate", "host=127.0.0.1 port=1 connect_timeout=2")
    assert done.returncode == 1
    assert done.stderr.startswith("unavailable ")


def test_the_first_token_is_shown_once(empty, schema_tool):
    first = schema_tool.migrate(empty, "--first-token")
    assert first.returncode == 0, first.stderr
    token = first.stdout.strip()
    assert token.startswith("rp_") and len(token) == 46
    second = schema_tool.migrate(empty, "--first-token")
    assert (second.returncode, second.stdout) == (0, "")
    assert "no first one was made" in second.stderr
    found = empty.query("SELECT token_id, workspace, kind, scopes, expires_at, revoked_at"
                        " FROM releasepassport.token_by_hash(%s)", hashlib.sha256(token.encode()).digest())
    assert [row[1:] for row in found] == [("default", "person", [
        {"scope": "admin", "services": ["*"], "environments": ["*"]}], None, None)]
    (kind, object_id, body), = empty.query("SELECT kind, object_id, body FROM releasepassport.audit_outbox")
    assert (kind, object_id) == ("token.created", found[0][0])
    told = json.loads(body)
    assert told["tokenId"] == found[0][0]
    assert token not in body.decode() and token not in first.stderr
    assert body == json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def test_there_is_no_first_token_after_any_other(fresh, schema_tool):
    fresh.execute("INSERT INTO releasepassport.token (token_id, workspace, hash, kind, subject, creator, scopes,"
                  " revoked_at) VALUES ('tok_1', 'default', sha256(''), 'person', 'ada', 'bob', '[]', now())")
    done = schema_tool.migrate(fresh, "--first-token")
    assert (done.returncode, done.stdout) == (0, "")
    assert fresh.query("SELECT count(*) FROM releasepassport.token") == [(1,)]


def test_the_owner_is_nobody_who_logs_in(fresh):
    owners = fresh.query("""
        SELECT DISTINCT relowner::regrole::text, rolcanlogin FROM pg_class JOIN pg_roles r ON r.oid = relowner
        WHERE relnamespace IN ('releasepassport'::regnamespace, 'audit'::regnamespace)""")
    assert sorted(owners) == [("rp_audit_views", False), ("rp_owner", False)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        fresh.execute("SET ROLE rp_owner", role="rp_audit_writer")
