"""The five services with everything that they need, as an operator would set them up: only by documented commands."""
import contextlib
import hashlib
import json
import pathlib
import re
import secrets
import subprocess
from collections.abc import Iterator

import requests

from harness.api import Api
from harness.kafka import Kafka
from harness.places import SERVICES, cli_program, is_sanitized, service_program
from harness.postgres import Database
from harness.process import Process, clean_environment
from harness.waiting import free_port, wait_for

READY_S = 60 if is_sanitized() else 30
MAC_KEYS = {
    "MAC_KEY_GATEWAY_EVALUATOR": ("api-gateway", "evaluator"),
    "MAC_KEY_WORKER_EVALUATOR": ("connector-worker", "evaluator"),
    "MAC_KEY_EVALUATOR_SIGNER": ("evaluator", "signer"),
    "MAC_KEY_AUDIT_SIGNER": ("audit-writer", "signer"),
}
SCOPES = ("gate", "ingest", "read", "policy", "approve", "waive", "freeze", "breakglass", "audit", "admin")
DATABASE_ROLES = {"api-gateway": "rp_gateway", "evaluator": "rp_evaluator", "audit-writer": "rp_audit_writer"}


class Stack:
    def __init__(self, folder: pathlib.Path, kafka: Kafka, database: Database):
        self.folder = folder
        self.kafka = kafka
        self.database = database
        self.keys = folder / "keys"
        self.connectors_file = folder / "connectors.yaml"
        self.first_token = ""  # has the scope admin and no other
        self.working_token = ""  # has every scope; what a call uses that names no token
        self.mac_keys = {name: secrets.token_hex(32) for name in MAC_KEYS}
        self._health_ports = {name: free_port() for name in SERVICES}
        self._gateway_port = free_port()
        self.processes = {name: self._process(name) for name in SERVICES}

    # Setting up

    def prepare(self, connectors: str) -> None:
        """Migrates, creates the topics, makes the keys and the first token."""
        self.connectors_file.write_text(connectors)
        done = self.cli("migrate", "--database", self.database.url("rp_migrate"), "--first-token")
        self.first_token = re.search(r"\brp_[A-Za-z0-9_-]{20,}", done.stdout).group()
        self.cli("topics", "create", "--brokers", self.kafka.brokers)
        self.cli("keys", "generate", "--out", str(self.keys))

    def settings(self, name: str) -> dict[str, str]:
        """The environment of one service: what it needs and nothing that it must not have."""
        settings = {
            "KAFKA_BROKERS": self.kafka.brokers,
            "HEALTH_LISTEN": f"127.0.0.1:{self._health_ports[name]}",
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": "logfmt",
            "DRAIN_TIMEOUT": "10s",
        }
        settings |= {key: self.mac_keys[key] for key, holders in MAC_KEYS.items() if name in holders}
        if name in DATABASE_ROLES:
            settings["DATABASE_URL"] = self.database.url(DATABASE_ROLES[name])
        settings |= {
            "api-gateway": {
                "GATEWAY_LISTEN": f"127.0.0.1:{self._gateway_port}",
                "GATEWAY_KEYS_FILE": str(self.keys / "keyset.json"),
            },
            "connector-worker": {"WORKER_CONNECTORS_FILE": str(self.connectors_file)},
            "signer": {"SIGNER_KEY_FILE": str(self.keys / "signer.pem")},
            "audit-writer": {"AUDIT_KEYS_FILE": str(self.keys / "keyset.json")},
        }.get(name, {})
        return settings

    def _process(self, name: str) -> Process:
        return Process(name, [service_program(name)], {}, self.folder / f"{name}.log")

    # Running

    def start(self, *names: str) -> None:
        """Starts these services (all by default) and waits until each says that it is ready."""
        names = names or SERVICES
        for name in names:
            self.processes[name].settings = self.settings(name)
            self.processes[name].start()
        for name in names:
            self.wait_ready(name)

    def stop(self, *names: str) -> None:
        for name in reversed(names or SERVICES):
            self.processes[name].stop()

    def kill(self, *names: str) -> None:
        for name in names or SERVICES:
            self.processes[name].kill()

    def restart(self, *names: str) -> None:
        self.stop(*names)
        self.start(*names)

    def health(self, name: str, path: str = "/readyz") -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self._health_ports[name]}{path}", timeout=5)

    def is_ready(self, name: str) -> bool:
        try:
            return self.health(name).status_code == 200
        except requests.RequestException:
            return False

    def wait_ready(self, name: str, seconds: float = READY_S) -> None:
        process = self.processes[name]
        wait_for(lambda: self.is_ready(name) or not process.is_running(), seconds, f"{name} ready:\n{process.tail()}")
        assert process.is_running(), f"{name} ended with {process.wait()}:\n{process.tail()}"

    def wait_not_ready(self, name: str, seconds: float = READY_S) -> None:
        wait_for(lambda: not self.is_ready(name), seconds, f"{name} not ready any more")

    def metric(self, name: str, series: str) -> float | None:
        """The value of one series as /metrics writes it: `rp_ready`, `rp_dead_letters_total{reason="mac"}`."""
        for line in self.health(name, "/metrics").text.splitlines():
            found, _, value = line.rpartition(" ")
            if found == series:
                return float(value)
        return None

    # Using

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._gateway_port}"

    def api(self, token: str | None = None, address: str | None = None) -> Api:
        """token: "" is none; address: where the calls come from, 127.0.0.1 unless one is named."""
        return Api(self.url, self.working_token if token is None else token, address)

    def make_working_token(self) -> None:
        """The administrator's first step: a token for the others' work."""
        self.working_token = self.make_token(*SCOPES, subject="tester", token=self.first_token)["token"]

    def make_token(self, *scopes: str | dict, token: str | None = None, **more) -> dict:
        """POST /tokens; a scope is a word, or an object with its services and environments. The whole answer."""
        body = {"kind": "pipeline", "subject": "pipeline",
                "scopes": [scope if isinstance(scope, dict) else {"scope": scope} for scope in scopes]} | more
        answer = self.api(token).post("/tokens", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def workspace_token(self, workspace: str) -> str:
        """A token of every scope in another workspace, which is made if there is none."""
        token = "rp_" + secrets.token_urlsafe(32)
        scopes = [{"scope": scope, "services": ["*"], "environments": ["*"]} for scope in SCOPES]
        self.database.execute("INSERT INTO releasepassport.workspace (name) VALUES (%s) ON CONFLICT DO NOTHING", workspace)
        self.database.execute(
            "INSERT INTO releasepassport.token (token_id, workspace, hash, kind, subject, creator, scopes)"
            " VALUES (%s, %s, %s, 'person', 'tester', 'test', %s)",
            f"tok_{secrets.token_hex(13)}", workspace, hashlib.sha256(token.encode()).digest(), json.dumps(scopes))
        return token

    def cli(self, *arguments: str, token: str | None = None, status: int | None = 0, stdin: str = "",
            settings: dict[str, str] | None = None) -> subprocess.CompletedProcess:
        """Runs releasepassport as a pipeline would; status is the expected exit status, None: any."""
        environment = clean_environment({
            "RELEASEPASSPORT_API_URL": self.url,
            "RELEASEPASSPORT_TOKEN": self.working_token if token is None else token,
        } | (settings or {}))
        done = subprocess.run([cli_program(), *arguments], env=environment, input=stdin, capture_output=True, text=True,
                              timeout=120)
        assert status is None or done.returncode == status, \
            f"releasepassport {' '.join(arguments)}: {done.returncode}, expected {status}\n{done.stdout}\n{done.stderr}"
        return done

    def token(self, *arguments: str) -> str:
        """Makes a token with `token create` and these arguments."""
        return json.loads(self.cli("token", "create", "--output", "json", *arguments).stdout)["token"]

    # Logs

    @contextlib.contextmanager
    def tolerating(self, *patterns: str) -> Iterator[None]:
        """Log lines above info that match one of these are expected while the block runs, and must be few: name them."""
        for process in self.processes.values():
            process.watch.tolerated += [re.compile(pattern) for pattern in patterns]
        try:
            yield
        finally:
            self.fail_on_unexpected_lines()
            for process in self.processes.values():
                process.watch.tolerated.clear()

    def unexpected_lines(self) -> list[str]:
        ends = [end for process in self.processes.values() if (end := process.end_by_itself())]
        return ends + [line for process in self.processes.values() for line in process.watch.unexpected()]

    def fail_on_unexpected_lines(self) -> None:
        lines = self.unexpected_lines()
        assert not lines, "unexpected in the logs:\n" + "\n".join(lines)
