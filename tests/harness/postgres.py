"""A real PostgreSQL 15, private to the test run (tools/postgres)."""
import pathlib
import subprocess

import psycopg

from harness.places import tool

ROLES = ("rp_migrate", "rp_gateway", "rp_evaluator", "rp_audit_writer", "rp_auditor")


class Postgres:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder

    def _run(self, *arguments: str) -> None:
        subprocess.run([tool("postgres"), arguments[0], self.folder, *arguments[1:]], check=True, timeout=120)

    def start(self) -> None:
        self._run("start")

    def stop(self) -> None:
        self._run("stop")

    def crash(self) -> None:
        self._run("stop", "--hard")

    def create_database(self, name: str) -> "Database":
        self._run("database", name)
        return Database(self, name)

    @property
    def superuser_url(self) -> str:
        return (self.folder / "url").read_text().strip()


class Database:
    """One database with the product's roles."""

    def __init__(self, server: Postgres, name: str):
        self.server = server
        self.name = name

    def url(self, role: str) -> str:
        """The URL for a role, or for the superuser ("postgres")."""
        if role == "postgres":
            return self.server.superuser_url.removesuffix("/postgres") + f"/{self.name}"
        return (self.server.folder / f"{self.name}.{role}.url").read_text().strip()

    def connect(self, role: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url(role), autocommit=True)

    def query(self, statement: str, *parameters, role: str = "postgres") -> list[tuple]:
        with self.connect(role) as connection:
            return connection.execute(statement, parameters).fetchall()

    def execute(self, statement: str, *parameters, role: str = "postgres") -> None:
        with self.connect(role) as connection:
            connection.execute(statement, parameters)
