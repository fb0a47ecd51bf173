"""The database alone: no service runs here, so nothing but the schema tool must be built."""
import subprocess

import psycopg
import pytest

from harness.places import BUILD, ROOT
from harness.postgres import Database, Postgres

MIGRATIONS = ROOT / "db" / "migrations"


@pytest.fixture(scope="session", autouse=True)
def programs():
    assert (BUILD / "tests/integration/db/schema-tool").exists(), "not built: schema-tool"


@pytest.fixture(scope="session")
def postgres(folder):
    """A server of these tests' own: they make dozens of databases, whose way to the disk nobody needs to wait for."""
    server = Postgres(folder / "postgres-db")
    server.start()
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server
    server.stop()


class SchemaTool:
    def start(self, *arguments) -> subprocess.Popen:
        return subprocess.Popen([BUILD / "tests/integration/db/schema-tool", *map(str, arguments)],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments) -> subprocess.CompletedProcess:
        process = self.start(*arguments)
        output, said = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, output, said)

    def migrate(self, database: Database, *arguments, role: str = "rp_migrate") -> subprocess.CompletedProcess:
        return self.run("migrate", database.url(role), *arguments)

    def maintain(self, database: Database, *arguments) -> subprocess.CompletedProcess:
        return self.run("maintain", database.url("rp_migrate"), *arguments)


@pytest.fixture(scope="session")
def schema_tool():
    return SchemaTool()


@pytest.fixture(scope="session")
def numbers():
    return iter(range(1, 1000))


@pytest.fixture
def empty(postgres, numbers):
    """A database with the roles and nothing else."""
    return postgres.create_database(f"empty_{next(numbers)}")


@pytest.fixture
def fresh(empty, schema_tool):
    """A migrated database of the test's own."""
    done = schema_tool.migrate(empty)
    assert done.returncode == 0, done.stderr
    return empty


@pytest.fixture(scope="module")
def migrated(postgres, numbers, schema_tool):
    """A migrated database that the tests of one file share, with a second workspace."""
    database = postgres.create_database(f"migrated_{next(numbers)}")
    done = schema_tool.migrate(database)
    assert done.returncode == 0, done.stderr
    database.execute("INSERT INTO releasepassport.workspace (name) VALUES ('other')")
    return database
