"""releasepassport maintain: partitions ahead of time, nothing lost from DEFAULT, an end to what is over."""
import datetime

import pytest

import rows

TABLES = ("audit_event", "fact", "passport")


def month(offset: int) -> datetime.date:
    today = datetime.datetime.now(datetime.timezone.utc).date()
    index = today.year * 12 + today.month - 1 + offset
    return datetime.date(index // 12, index % 12 + 1, 1)


def partitions(database) -> dict[str, list[datetime.date]]:
    found: dict[str, list[datetime.date]] = {}
    for parent, day in database.query("SELECT parent, month FROM releasepassport.partitions() ORDER BY month"):
        found.setdefault(parent, []).append(day)
    return found


def ahead(database, role: str = "rp_audit_writer") -> int:
    return database.query("SELECT releasepassport.partitions_ahead()", role=role)[0][0]


def add_at(database, table: str, day: datetime.date, **columns) -> dict:
    with database.connect() as connection:
        return rows.add(connection, table, recorded_at=datetime.datetime(day.year, day.month, 15, 12), **columns)


def drop(database, table: str, day: datetime.date) -> None:
    database.execute(f"DROP TABLE releasepassport.{table}_{day:%Y_%m}")


def test_a_new_database_has_partitions_ahead(fresh):
    assert partitions(fresh) == {table: [month(n) for n in range(4)] for table in TABLES}
    assert ahead(fresh) == 3


def test_creates_what_is_missing(fresh, schema_tool):
    for table in TABLES:
        drop(fresh, table, month(3))
    drop(fresh, "fact", month(2))
    assert ahead(fresh) == 1
    done = schema_tool.maintain(fresh)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("created the partition") == 4
    assert partitions(fresh) == {table: [month(n) for n in range(4)] for table in TABLES}
    assert ahead(fresh) == 3


def test_a_second_time_changes_nothing(fresh, schema_tool):
    done = schema_tool.maintain(fresh)
    assert (done.returncode, done.stderr) == (0, "partitions exist 3 months ahead\n")


def test_says_when_not_even_this_month_has_one(fresh):
    drop(fresh, "passport", month(0))
    assert ahead(fresh) == -1


def test_moves_out_what_default_caught(fresh, schema_tool):
    drop(fresh, "passport", month(1))
    caught = [add_at(fresh, "passport", day) for day in (month(1), month(1), month(-5), month(9))]
    assert fresh.query("SELECT count(*) FROM releasepassport.passport_default") == [(4,)]
    done = schema_tool.maintain(fresh)
    assert done.returncode == 0, done.stderr
    assert f"passport for {month(1):%Y-%m} (2 rows moved into it)" in done.stderr
    assert fresh.query("SELECT count(*) FROM releasepassport.passport_default") == [(0,)]
    kept = fresh.query("SELECT passport_id, envelope, tableoid::regclass::text FROM releasepassport.passport")
    assert {row[0] for row in kept} == {row["passport_id"] for row in caught}
    assert {row[2].rpartition("passport_")[2] for row in kept} == {
        f"{day:%Y_%m}" for day in (month(1), month(-5), month(9))}


def test_a_created_partition_is_like_the_others(fresh, schema_tool):
    add_at(fresh, "passport", month(7))
    assert schema_tool.maintain(fresh).returncode == 0
    indexes = """SELECT count(*), bool_and(i.indisvalid) FROM pg_index i
                 WHERE i.indrelid = ('releasepassport.passport_' || %s)::regclass"""
    assert fresh.query(indexes, f"{month(7):%Y_%m}") == fresh.query(indexes, f"{month(0):%Y_%m}")
    for role in ("rp_gateway", "rp_audit_writer", "rp_audit_views"):
        assert fresh.query("SELECT has_any_column_privilege(%s, 'releasepassport.passport_' || %s, 'SELECT')", role,
                           f"{month(7):%Y_%m}") == [(False,)]


def test_records_go_on_while_rows_move(fresh, schema_tool):
    """Whoever inserts meanwhile waits for the move and is then recorded: in the new partition."""
    drop(fresh, "passport", month(0))
    with fresh.connect("rp_audit_writer") as connection:
        rows.add(connection, "passport")
        with connection.transaction():
            rows.add(connection, "passport")
            run = schema_tool.start("maintain", fresh.url("rp_migrate"))
            with pytest.raises(Exception):
                run.wait(timeout=1)
        assert run.wait(timeout=30) == 0
        rows.add(connection, "passport")
    assert fresh.query(f"SELECT count(*) FROM releasepassport.passport_{month(0):%Y_%m}") == [(3,)]


def test_ends_what_retention_no_longer_keeps(fresh, schema_tool):
    for table in TABLES:
        for n in (-3, -2, -1, 0):
            add_at(fresh, table, month(n))
    old = add_at(fresh, "announcement", month(-3))
    evaluation = add_at(fresh, "evaluation", month(-3))
    new = add_at(fresh, "announcement", month(-1))
    with fresh.connect() as connection:
        rows.add(connection, "evidence", received_at=datetime.datetime.combine(month(-3), datetime.time()))
        fresh_evidence = rows.add(connection, "evidence")
    done = schema_tool.maintain(fresh, "--retention-months", "2")
    assert done.returncode == 0, done.stderr
    for table in TABLES:
        assert partitions(fresh)[table][0] == month(-2)
        assert f"dropped the partition {table}_{month(-3):%Y_%m}" in done.stderr
        assert fresh.query(f"SELECT count(*) FROM releasepassport.{table}") == [(3,)]
    assert fresh.query("SELECT evaluation_id FROM releasepassport.announcement") == [(new["evaluation_id"],)]
    assert old["evaluation_id"] != new["evaluation_id"]
    assert fresh.query("SELECT evaluation_id FROM releasepassport.evaluation") == [(evaluation["evaluation_id"],)]
    assert fresh.query("SELECT fact_id FROM releasepassport.evidence") == [(fresh_evidence["fact_id"],)]


def test_keeps_everything_unless_told_otherwise(fresh, schema_tool):
    for table in TABLES:
        add_at(fresh, table, month(-40))
    assert schema_tool.maintain(fresh).returncode == 0
    for table in TABLES:
        assert fresh.query(f"SELECT count(*) FROM releasepassport.{table}") == [(1,)]
