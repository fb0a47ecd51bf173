"""Calls of the HTTP interface."""
import uuid
from typing import Any

import requests
from requests.adapters import HTTPAdapter

PREFIX = "/releasepassport/v1"


class FromAddress(HTTPAdapter):
    """Calls from another loopback address: failures to authenticate are counted by address."""

    def __init__(self, address: str):
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        super().init_poolmanager(*arguments, **more, source_address=(self._address, 0))


class Api:
    def __init__(self, url: str, token: str, address: str | None = None):
        self.url = url + PREFIX
        self._session = requests.Session()
        if address:
            self._session.mount("http://", FromAddress(address))
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, timeout: float = 60, **more: Any) -> requests.Response:
        return self._session.request(method, self.url + path, timeout=timeout, **more)

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.call("GET", path, **more)

    def put(self, path: str, body: Any, **more: Any) -> requests.Response:
        return self.call("PUT", path, json=body, **more)

    def post(self, path: str, body: Any, **more: Any) -> requests.Response:
        return self.call("POST", path, json=body, **more)

    def evaluate(self, body: Any, key: str | None = None, **more: Any) -> requests.Response:
        """POST /gate/evaluate; a fresh Idempotency-Key unless one is given."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())} | more.pop("headers", {})
        return self.call("POST", "/gate/evaluate", json=body, headers=headers, **more)

    def ingest(self, body: Any, **more: Any) -> requests.Response:
        return self.post("/evidence/ingest", body, **more)


def pages(api: Api, path: str, member: str, **parameters: Any) -> list[list[dict]]:
    """Every page of a list, by its cursors."""
    found, cursor = [], None
    while cursor is not None or not found:
        answer = api.get(path, params=parameters | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        found.append(answer.json()[member])
        cursor = answer.json()["next"]
    return found


def expect_problem(answer: requests.Response, status: int, kind: str | None = None) -> dict:
    """RFC 9457: the status, problem+json, and the members that every problem has; returns the problem."""
    assert answer.status_code == status, f"{answer.status_code}, expected {status}: {answer.text}"
    assert answer.headers["Content-Type"].split(";")[0] == "application/problem+json", answer.headers
    problem = answer.json()
    assert problem["status"] == status and problem["title"], problem
    assert kind is None or problem["type"].rsplit("/", 1)[-1] == kind, problem
    return problem
