-- The product's tables. Conventions: times are timestamptz, signed and canonical bytes are bytea (never jsonb: they are
-- compared byte for byte), what is unknown is NULL and never ''. Tables that only ever grow are partitioned by month
-- (0002); who may do what is in 0003.

CREATE DOMAIN releasepassport.sha256_hex AS text CHECK (VALUE ~ '^[0-9a-f]{64}$');
CREATE DOMAIN releasepassport.digest AS text CHECK (VALUE ~ '^sha256:[0-9a-f]{64}$');
CREATE DOMAIN releasepassport.source_sha AS text CHECK (VALUE ~ '^([0-9a-f]{40}|[0-9a-f]{64})$');
CREATE DOMAIN releasepassport.mode AS text CHECK (VALUE IN ('shadow', 'advisory', 'enforce'));
CREATE DOMAIN releasepassport.decision AS text
	CHECK (VALUE IN ('ALLOW', 'ALLOW_WITH_CANARY', 'REQUIRE_APPROVAL', 'HOLD', 'BLOCK', 'ROLLBACK_RECOMMENDED'));

CREATE TABLE releasepassport.workspace (
	name text PRIMARY KEY CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
	created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE releasepassport.workspace IS 'Tenants: nothing of one is visible to another.';
INSERT INTO releasepassport.workspace (name) VALUES ('default');

CREATE TABLE releasepassport.policy (
	workspace text NOT NULL REFERENCES releasepassport.workspace,
	digest releasepassport.digest NOT NULL,
	name text NOT NULL,
	version text NOT NULL,
	document bytea NOT NULL,
	source bytea NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	created_by text NOT NULL,
	PRIMARY KEY (workspace, digest),
	CONSTRAINT policy_digest_is_of_document CHECK (digest = 'sha256:' || encode(sha256(document), 'hex'))
);
COMMENT ON TABLE releasepassport.policy IS
	'Policies, immutable: document is the canonical JSON form that digest names, source the YAML as it was given.';
-- The evaluator knows digests and no workspaces: the same digest is the same document everywhere.
CREATE INDEX policy_digest ON releasepassport.policy (digest);

CREATE TABLE releasepassport.binding (
	workspace text NOT NULL REFERENCES releasepassport.workspace,
	service text NOT NULL,
	environment text NOT NULL,
	namespace text NOT NULL DEFAULT '',
	policy_digest releasepassport.digest NOT NULL,
	mode releasepassport.mode NOT NULL,
	threshold releasepassport.decision NOT NULL,
	deadline_ms bigint NOT NULL CHECK (deadline_ms > 0),
	connectors text[] NOT NULL DEFAULT '{}',
	updated_at timestamptz NOT NULL DEFAULT now(),
	updated_by text NOT NULL,
	PRIMARY KEY (workspace, service, environment),
	FOREIGN KEY (workspace, policy_digest) REFERENCES releasepassport.policy
);
COMMENT ON TABLE releasepassport.binding IS 'How a service is gated in an environment.';

CREATE TABLE releasepassport.token (
	token_id text PRIMARY KEY,
	workspace text NOT NULL REFERENCES releasepassport.workspace,
	hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	kind text NOT NULL CHECK (kind IN ('person', 'pipeline')),
	subject text NOT NULL,
	creator text NOT NULL,
	scopes jsonb NOT NULL CHECK (jsonb_typeof(scopes) = 'array'),
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz,
	revoked_at timestamptz
);
COMMENT ON TABLE releasepassport.token IS
	'Bearer tokens by the SHA-256 of what the caller shows. '
	'scopes: [{"scope": "gate", "services": ["*"], "environments": ["*"]}].';
CREATE INDEX token_workspace ON releasepassport.token (workspace, created_at);

-- Caches of tokens drop the named one.
CREATE FUNCTION releasepassport.token_notify() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_notify('rp_token', NEW.token_id);
	RETURN NULL;
END
$$;
CREATE TRIGGER token_changed AFTER INSERT OR UPDATE ON releasepassport.token
	FOR EACH ROW EXECUTE FUNCTION releasepassport.token_notify();

-- Who shows a token has no workspace before it is found, so this one read goes past row-level security.
CREATE FUNCTION releasepassport.token_by_hash(wanted bytea)
RETURNS TABLE (token_id text, workspace text, kind text, subject text, creator text, scopes jsonb,
	created_at timestamptz, expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT t.token_id, t.workspace, t.kind, t.subject, t.creator, t.scopes, t.created_at, t.expires_at, t.revoked_at
	FROM releasepassport.token t WHERE t.hash = wanted
$$;

CREATE TABLE releasepassport.evidence (
	fact_id text PRIMARY KEY,
	workspace text NOT NULL REFERENCES releasepassport.workspace,
	service text NOT NULL,
	environment text NOT NULL,
	type text NOT NULL,
	status text NOT NULL,
	source_sha releasepassport.source_sha,
	artifact_digest releasepassport.digest,
	value bytea NOT NULL,
	detail text NOT NULL DEFAULT '',
	token_id text NOT NULL,
	observed_at timestamptz NOT NULL,
	received_at timestamptz NOT NULL DEFAULT now(),
	ingest_key text,
	source_key text NOT NULL GENERATED ALWAYS AS (coalesce(source_sha, '')) STORED,
	artifact_key text NOT NULL GENERATED ALWAYS AS (coalesce(artifact_digest, '')) STORED
);
COMMENT ON TABLE releasepassport.evidence IS 'Evidence that was posted, as normalised facts; value is canonical JSON.';
COMMENT ON COLUMN releasepassport.evidence.ingest_key IS
	'What makes a repeated post harmless: unique in its workspace where it is given.';
COMMENT ON COLUMN releasepassport.evidence.source_key IS
	'source_sha, or nothing where the evidence is about no source: a column, because under row-level security no index '
	'can be searched by such an expression.';
COMMENT ON COLUMN releasepassport.evidence.artifact_key IS 'The same for artifact_digest.';
CREATE UNIQUE INDEX evidence_ingest_key ON releasepassport.evidence (workspace, ingest_key)
	WHERE ingest_key IS NOT NULL;
-- A gate asks for what speaks of its release or of none: source_key IN ('', ...) AND artifact_key IN ('', ...).
CREATE INDEX evidence_context ON releasepassport.evidence
	(workspace, service, environment, source_key, artifact_key, type, observed_at DESC);
CREATE INDEX evidence_received ON releasepassport.evidence (received_at);

CREATE TABLE releasepassport.evaluation (
	evaluation_id releasepassport.sha256_hex PRIMARY KEY,
	workspace text NOT NULL,
	request_digest releasepassport.sha256_hex NOT NULL,
	verdict_digest releasepassport.sha256_hex NOT NULL,
	passport_id text NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE releasepassport.evaluation IS
	'One row for each decided evaluation, inserted first: the first recorded verdict wins. It outlives the bodies.';

CREATE TABLE releasepassport.passport (
	passport_id text NOT NULL,
	evaluation_id releasepassport.sha256_hex NOT NULL,
	workspace text NOT NULL,
	service text NOT NULL,
	environment text NOT NULL,
	namespace text NOT NULL DEFAULT '',
	release_id text,
	version text,
	source_sha releasepassport.source_sha,
	artifact_digest releasepassport.digest,
	decision releasepassport.decision NOT NULL,
	mode releasepassport.mode NOT NULL,
	enforced boolean NOT NULL,
	confidence integer NOT NULL CHECK (confidence BETWEEN 0 AND 100),
	policy_digest releasepassport.digest NOT NULL,
	actor text NOT NULL,
	requested_at timestamptz NOT NULL,
	decided_at timestamptz NOT NULL,
	signed_at timestamptz NOT NULL,
	valid_until timestamptz NOT NULL,
	key_id text NOT NULL,
	envelope bytea NOT NULL,
	event bytea NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (passport_id, recorded_at)
) PARTITION BY RANGE (recorded_at);
COMMENT ON TABLE releasepassport.passport IS
	'Passports: envelope and event are the bytes that every reader gets, the other columns are there to find them.';
CREATE INDEX passport_evaluation ON releasepassport.passport (evaluation_id);
CREATE INDEX passport_list ON releasepassport.passport (workspace, decided_at DESC, passport_id DESC);
CREATE INDEX passport_service ON releasepassport.passport
	(workspace, service, environment, decided_at DESC, passport_id DESC);
CREATE INDEX passport_artifact ON releasepassport.passport (workspace, artifact_digest, decided_at DESC);
CREATE INDEX passport_source ON releasepassport.passport (workspace, source_sha, decided_at DESC);
-- The last good release of a service and environment.
CREATE INDEX passport_good ON releasepassport.passport (workspace, service, environment, decided_at DESC)
	WHERE decision IN ('ALLOW', 'ALLOW_WITH_CANARY');

CREATE TABLE releasepassport.fact (
	passport_id text NOT NULL,
	name text NOT NULL,
	fact_id text,
	evidence_class text NOT NULL CHECK (evidence_class IN ('unknown', 'claimed', 'ingested', 'attested', 'observed')),
	type text,
	query_digest text,
	connector text,
	status text NOT NULL,
	observed_at timestamptz,
	age_ms bigint,
	value bytea,
	value_sha256 releasepassport.sha256_hex,
	detail text NOT NULL DEFAULT '',
	source_sha releasepassport.source_sha,
	artifact_digest releasepassport.digest,
	token_id text,
	workspace text NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (passport_id, name, recorded_at)
) PARTITION BY RANGE (recorded_at);
COMMENT ON TABLE releasepassport.fact IS
	'The facts that a decision used, under the names that its policy gives them; recorded_at is the passport''s.';

CREATE TABLE releasepassport.announcement (
	evaluation_id releasepassport.sha256_hex PRIMARY KEY,
	passport_id text NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT now(),
	announced_at timestamptz
);
COMMENT ON TABLE releasepassport.announcement IS
	'Which recorded decisions have been announced; recorded_at is the passport''s and finds its partition.';
CREATE INDEX announcement_pending ON releasepassport.announcement (recorded_at) WHERE announced_at IS NULL;
CREATE INDEX announcement_recorded ON releasepassport.announcement (recorded_at);

CREATE TABLE releasepassport.audit_outbox (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	workspace text NOT NULL,
	kind text NOT NULL,
	actor text NOT NULL,
	object_type text NOT NULL,
	object_id text NOT NULL,
	body bytea NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE releasepassport.audit_outbox IS
	'Audit events of writes, committed together with the write and waiting for their place in the audit log.';

CREATE FUNCTION releasepassport.outbox_notify() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_notify('rp_outbox', '');
	RETURN NULL;
END
$$;
CREATE TRIGGER outbox_filled AFTER INSERT ON releasepassport.audit_outbox
	FOR EACH STATEMENT EXECUTE FUNCTION releasepassport.outbox_notify();

CREATE TABLE releasepassport.audit_event_id (
	event_id text PRIMARY KEY,
	recorded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE releasepassport.audit_event_id IS
	'Inserted before its audit_event, which is partitioned and so can''t be unique by event_id: repeats are harmless.';

CREATE TABLE releasepassport.audit_event (
	event_id text NOT NULL,
	workspace text NOT NULL,
	kind text NOT NULL,
	actor text NOT NULL,
	object_type text NOT NULL,
	object_id text NOT NULL,
	body bytea NOT NULL,
	happened_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (event_id, recorded_at)
) PARTITION BY RANGE (recorded_at);
COMMENT ON TABLE releasepassport.audit_event IS
	'What happened besides decisions: changes, failed evaluations, refusals; body is canonical JSON.';
CREATE INDEX audit_event_time ON releasepassport.audit_event (workspace, recorded_at);
CREATE INDEX audit_event_object ON releasepassport.audit_event (workspace, object_type, object_id, happened_at DESC);

CREATE TABLE releasepassport.audit_leaf (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	workspace text NOT NULL,
	kind text NOT NULL,
	ref text NOT NULL,
	leaf bytea NOT NULL,
	leaf_hash bytea NOT NULL CHECK (length(leaf_hash) = 32),
	created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE releasepassport.audit_leaf IS
	'Leaves of the audit log: hashes, ids and times, no bodies. id says nothing about the place in the log.';

CREATE TABLE releasepassport.latest_fact (
	workspace text NOT NULL,
	service text NOT NULL,
	environment text NOT NULL,
	query_digest text NOT NULL,
	connector text NOT NULL,
	observed_at timestamptz NOT NULL,
	ce_id text NOT NULL,
	ce_time timestamptz NOT NULL,
	body bytea NOT NULL,
	mac bytea NOT NULL CHECK (length(mac) = 32),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (workspace, service, environment, query_digest)
) WITH (fillfactor = 70);
COMMENT ON TABLE releasepassport.latest_fact IS
	'The last answer to each query as the connector-worker sealed it: body and mac are its record''s.';

CREATE TABLE releasepassport.due_work (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	workspace text NOT NULL REFERENCES releasepassport.workspace,
	service text NOT NULL,
	environment text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('refresh')),
	due_at timestamptz NOT NULL,
	interval_ms bigint NOT NULL CHECK (interval_ms > 0),
	lease_owner text,
	lease_until timestamptz,
	UNIQUE (workspace, service, environment, kind),
	CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
) WITH (fillfactor = 70);
COMMENT ON TABLE releasepassport.due_work IS 'Timers: any gateway claims what is due by a lease.';
CREATE INDEX due_work_due ON releasepassport.due_work (due_at);

-- A gateway claims the due work of all workspaces at once: this one write goes past row-level security. Rows that
-- another gateway claims at this moment are skipped, an expired lease is as good as none.
CREATE FUNCTION releasepassport.due_work_claim(claimant text, lease_ms bigint, row_limit integer)
RETURNS TABLE (id bigint, workspace text, service text, environment text, kind text, due_at timestamptz,
	interval_ms bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	UPDATE releasepassport.due_work w
	SET lease_owner = claimant, lease_until = now() + lease_ms * interval '1 millisecond'
	FROM (
		SELECT d.id FROM releasepassport.due_work d
		WHERE d.due_at <= now() AND (d.lease_until IS NULL OR d.lease_until <= now())
		ORDER BY d.due_at LIMIT row_limit FOR UPDATE SKIP LOCKED
	) due
	WHERE w.id = due.id
	RETURNING w.id, w.workspace, w.service, w.environment, w.kind, w.due_at, w.interval_ms
$$;

CREATE TABLE releasepassport.auditor_workspace (
	role_name text NOT NULL,
	workspace text NOT NULL REFERENCES releasepassport.workspace,
	PRIMARY KEY (role_name, workspace)
);
COMMENT ON TABLE releasepassport.auditor_workspace IS
	'The workspaces whose records the role, and every role that is a member of it, sees in the auditors'' views.';
