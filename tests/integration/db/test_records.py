"""What the tables themselves promise: repeats are harmless, the newest wins, listeners hear."""
import psycopg
import pytest

import rows


def test_the_first_recorded_verdict_wins(fresh):
    with fresh.connect("rp_audit_writer") as connection:
        first = rows.add(connection, "evaluation")
        second = {**rows.row("evaluation", "default"), "evaluation_id": first["evaluation_id"]}
        with pytest.raises(psycopg.errors.UniqueViolation):
            rows.insert(connection, "evaluation", **second)
        kept = connection.execute(
            "INSERT INTO releasepassport.evaluation (evaluation_id, workspace, request_digest, verdict_digest,"
            " passport_id) VALUES (%(evaluation_id)s, %(workspace)s, %(request_digest)s, %(verdict_digest)s,"
            " %(passport_id)s) ON CONFLICT (evaluation_id) DO NOTHING RETURNING 1", second).fetchall()
        assert kept == []


def test_a_record_goes_into_this_months_partition(fresh):
    with fresh.connect("rp_audit_writer") as connection:
        for table in ("passport", "fact", "audit_event"):
            rows.add(connection, table)
    for table in ("passport", "fact", "audit_event"):
        assert fresh.query(f"SELECT tableoid::regclass::text = 'releasepassport.{table}_'"
                           f" || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM') FROM releasepassport.{table}") == [(True,)]


@pytest.mark.parametrize("column, value", [
    ("decision", "MAYBE"), ("mode", "SHADOW"), ("confidence", 101), ("artifact_digest", "sha256:12"),
    ("artifact_digest", ""), ("source_sha", "HEAD"), ("evaluation_id", "e1")])
def test_a_passport_of_nonsense_is_refused(migrated, column, value):
    with migrated.connect("rp_audit_writer") as connection, pytest.raises(psycopg.errors.CheckViolation):
        rows.add(connection, "passport", **{column: value})


def test_repeated_evidence_is_one(fresh):
    with fresh.connect() as connection:
        rows.add(connection, "evidence", ingest_key="k")
        rows.add(connection, "evidence")
        rows.add(connection, "evidence")
        with pytest.raises(psycopg.errors.UniqueViolation):
            rows.add(connection, "evidence", ingest_key="k")


def test_the_audit_writer_announces_once(fresh):
    with fresh.connect("rp_audit_writer") as connection:
        row = rows.add(connection, "announcement")
        mark = ("UPDATE releasepassport.announcement SET announced_at = now()"
                " WHERE evaluation_id = %s AND announced_at IS NULL")
        assert connection.execute(mark, [row["evaluation_id"]]).rowcount == 1
        assert connection.execute(mark, [row["evaluation_id"]]).rowcount == 0
        for column in ("passport_id", "recorded_at"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"UPDATE releasepassport.announcement SET {column} = DEFAULT")


def test_the_outbox_is_emptied_by_the_audit_writer_only(fresh):
    with fresh.connect() as connection:
        rows.add(connection, "audit_outbox")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        fresh.execute("DELETE FROM releasepassport.audit_outbox", role="rp_gateway")
    assert len(fresh.query("DELETE FROM releasepassport.audit_outbox RETURNING id", role="rp_audit_writer")) == 1


def notifications(connection: psycopg.Connection, channel: str) -> list[str]:
    return [n.payload for n in connection.notifies(timeout=1, stop_after=1) if n.channel == channel]


def test_a_filled_outbox_is_told(fresh):
    with fresh.connect("rp_audit_writer") as listener, fresh.connect() as connection:
        listener.execute("LISTEN rp_outbox")
        rows.add(connection, "audit_outbox")
        assert notifications(listener, "rp_outbox") == [""]


def test_a_changed_token_is_told_by_its_id(fresh):
    with fresh.connect("rp_gateway") as listener, fresh.connect("rp_gateway") as connection:
        listener.execute("LISTEN rp_token")
        connection.execute("SELECT set_config('releasepassport.workspace', 'default', false)")
        token = rows.add(connection, "token")
        assert notifications(listener, "rp_token") == [token["token_id"]]
        connection.execute("UPDATE releasepassport.token SET revoked_at = now() WHERE token_id = %s",
                           [token["token_id"]])
        assert notifications(listener, "rp_token") == [token["token_id"]]
