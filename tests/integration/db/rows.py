"""One valid row for each table, in any workspace."""
import hashlib
import itertools

import psycopg

SCHEMA = "releasepassport"
_serial = itertools.count(1)

#: What belongs to a workspace, and is under row-level security.
TENANT_TABLES = ("workspace", "policy", "binding", "token", "evidence", "evaluation", "passport", "fact",
                 "audit_outbox", "audit_event", "audit_leaf", "latest_fact", "due_work", "auditor_workspace")
AUDIT_TABLES = ("evaluation", "passport", "fact", "audit_event", "audit_event_id", "audit_leaf")


def insert(connection: psycopg.Connection, table: str, **columns) -> None:
    names = ", ".join(columns)
    places = ", ".join(["%s"] * len(columns))
    connection.execute(f"INSERT INTO {SCHEMA}.{table} ({names}) VALUES ({places})", list(columns.values()))


def hex_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def row(table: str, workspace: str) -> dict:
    """The columns of a row that nobody has inserted yet."""
    n = next(_serial)
    place = {"workspace": workspace, "service": f"service-{n}", "environment": "production"}
    now = "2026-01-01T00:00:00Z"
    document = f'{{"n":{n}}}'.encode()
    digest = "sha256:" + hashlib.sha256(document).hexdigest()
    return {
        "workspace": {"name": f"w{n}"},
        "policy": {"workspace": workspace, "digest": digest, "name": "p", "version": "1", "document": document,
                   "source": b"n: 1", "created_by": "ada"},
        "binding": {**place, "policy_digest": digest, "mode": "shadow", "threshold": "HOLD", "deadline_ms": 1000,
                    "updated_by": "ada"},
        "token": {"token_id": f"tok_{n}", "workspace": workspace, "hash": bytes.fromhex(hex_of(str(n))),
                  "kind": "person", "subject": "ada", "creator": "bob", "scopes": "[]"},
        "evidence": {"fact_id": f"fact_{n}", **place, "type": "smoke", "status": "ok", "value": b"{}",
                     "token_id": "tok_1", "observed_at": now},
        "evaluation": {"evaluation_id": hex_of(f"e{n}"), "workspace": workspace, "request_digest": hex_of("r"),
                       "verdict_digest": hex_of("v"), "passport_id": f"pp_{n}"},
        "passport": {"passport_id": f"pp_{n}", "evaluation_id": hex_of(f"e{n}"), **place, "decision": "ALLOW",
                     "mode": "enforce", "enforced": True, "confidence": 100, "policy_digest": digest, "actor": "ada",
                     "requested_at": now, "decided_at": now, "signed_at": now, "valid_until": now, "key_id": "k",
                     "envelope": b"the envelope", "event": b"the event"},
        "fact": {"passport_id": f"pp_{n}", "name": "errors", "evidence_class": "observed", "status": "ok",
                 "value": b'{"secret":1}', "value_sha256": hex_of('{"secret":1}'), "workspace": workspace},
        "announcement": {"evaluation_id": hex_of(f"e{n}"), "passport_id": f"pp_{n}"},
        "audit_outbox": {"workspace": workspace, "kind": "token.created", "actor": "ada", "object_type": "token",
                         "object_id": f"tok_{n}", "body": b"{}"},
        "audit_event_id": {"event_id": f"event/{n}"},
        "audit_event": {"event_id": f"event/{n}", "workspace": workspace, "kind": "token.created", "actor": "ada",
                        "object_type": "token", "object_id": f"tok_{n}", "body": b'{"kind":"person"}',
                        "happened_at": now},
        "audit_leaf": {"workspace": workspace, "kind": "passport", "ref": f"pp_{n}", "leaf": b"leaf",
                       "leaf_hash": bytes(32)},
        "latest_fact": {**place, "query_digest": hex_of("q"), "connector": "prometheus", "observed_at": now,
                        "ce_id": "c", "ce_time": now, "body": b"body", "mac": bytes(32)},
        "due_work": {**place, "kind": "refresh", "due_at": now, "interval_ms": 1000},
        "auditor_workspace": {"role_name": f"auditor_{n}", "workspace": workspace},
    }[table]


def add(connection: psycopg.Connection, table: str, workspace: str = "default", **columns) -> dict:
    """Inserts a valid row (a binding with its policy) and returns its columns."""
    values = {**row(table, workspace), **columns}
    if table == "binding" and "policy_digest" not in columns:
        values["policy_digest"] = add(connection, "policy", workspace)["digest"]
    insert(connection, table, **values)
    return values
