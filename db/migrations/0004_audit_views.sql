-- What auditors read. The views belong to rp_audit_views, which can read no value of evidence, and show each auditor the
-- workspaces that auditor_workspace gives to the role or to one that it is a member of.

CREATE SCHEMA audit;
GRANT USAGE ON SCHEMA audit TO rp_auditor;

CREATE VIEW audit.decisions WITH (security_barrier) AS
SELECT workspace, passport_id, evaluation_id, service, environment, namespace, release_id, version, source_sha,
	artifact_digest, decision, mode, enforced, confidence, policy_digest, actor, requested_at, decided_at, signed_at,
	valid_until, recorded_at, key_id, envelope
FROM releasepassport.passport;

COMMENT ON VIEW audit.decisions IS 'Every recorded decision with its signed passport.';
COMMENT ON COLUMN audit.decisions.workspace IS 'The tenant.';
COMMENT ON COLUMN audit.decisions.passport_id IS 'Names the passport.';
COMMENT ON COLUMN audit.decisions.evaluation_id IS
	'Names the evaluation: SHA-256 (hex) over workspace, service, environment and Idempotency-Key.';
COMMENT ON COLUMN audit.decisions.service IS 'The service that was to be released.';
COMMENT ON COLUMN audit.decisions.environment IS 'Where to.';
COMMENT ON COLUMN audit.decisions.namespace IS 'The namespace of the service in that environment; may be empty.';
COMMENT ON COLUMN audit.decisions.release_id IS 'The release''s id, as the pipeline named it.';
COMMENT ON COLUMN audit.decisions.version IS 'The release''s version, as the pipeline named it.';
COMMENT ON COLUMN audit.decisions.source_sha IS 'The source commit (hex), if the release was identified by it.';
COMMENT ON COLUMN audit.decisions.artifact_digest IS
	'The artifact (sha256:<hex>), if the release was identified by it.';
COMMENT ON COLUMN audit.decisions.decision IS
	'ALLOW, ALLOW_WITH_CANARY, REQUIRE_APPROVAL, HOLD, BLOCK or ROLLBACK_RECOMMENDED.';
COMMENT ON COLUMN audit.decisions.mode IS 'The mode that applied: shadow, advisory or enforce.';
COMMENT ON COLUMN audit.decisions.enforced IS 'Was the pipeline to stop?';
COMMENT ON COLUMN audit.decisions.confidence IS
	'Weight of the rules that were decided on fresh evidence, in percent of the weight of all rules.';
COMMENT ON COLUMN audit.decisions.policy_digest IS 'The policy that decided (sha256:<hex> of its canonical form).';
COMMENT ON COLUMN audit.decisions.actor IS 'The verified identity that asked.';
COMMENT ON COLUMN audit.decisions.requested_at IS 'When the gate was asked.';
COMMENT ON COLUMN audit.decisions.decided_at IS 'When the decision fell.';
COMMENT ON COLUMN audit.decisions.signed_at IS 'When the passport was signed.';
COMMENT ON COLUMN audit.decisions.valid_until IS 'Until when the passport is valid.';
COMMENT ON COLUMN audit.decisions.recorded_at IS 'When it was committed here, before anybody got the answer.';
COMMENT ON COLUMN audit.decisions.key_id IS 'The key that signed.';
COMMENT ON COLUMN audit.decisions.envelope IS 'The DSSE envelope, byte for byte: save it and verify it offline.';

CREATE VIEW audit.evidence WITH (security_barrier) AS
SELECT workspace, passport_id, name, evidence_class, type, connector, query_digest, status, observed_at, age_ms,
	value_sha256, detail, source_sha, artifact_digest, fact_id, token_id, recorded_at
FROM releasepassport.fact;

COMMENT ON VIEW audit.evidence IS 'The facts that each decision used; their values only as SHA-256.';
COMMENT ON COLUMN audit.evidence.workspace IS 'The tenant.';
COMMENT ON COLUMN audit.evidence.passport_id IS 'The decision that used the fact (audit.decisions).';
COMMENT ON COLUMN audit.evidence.name IS 'The name that the policy gives it.';
COMMENT ON COLUMN audit.evidence.evidence_class IS
	'How far it is to be trusted: claimed by the caller, ingested, attested by a signature, observed by a connector.';
COMMENT ON COLUMN audit.evidence.type IS 'What kind of evidence was claimed or ingested.';
COMMENT ON COLUMN audit.evidence.connector IS 'The connector that saw it.';
COMMENT ON COLUMN audit.evidence.query_digest IS 'SHA-256 (hex) of connector and query as they were asked.';
COMMENT ON COLUMN audit.evidence.status IS
	'ok, or why it counted as absent: missing, stale, no_data, nan, error, partial, timeout, class.';
COMMENT ON COLUMN audit.evidence.observed_at IS 'When it was seen.';
COMMENT ON COLUMN audit.evidence.age_ms IS 'How old it was at the decision, in milliseconds.';
COMMENT ON COLUMN audit.evidence.value_sha256 IS 'SHA-256 (hex) of the value in canonical JSON.';
COMMENT ON COLUMN audit.evidence.detail IS 'For people: a summary, or why it is not ok.';
COMMENT ON COLUMN audit.evidence.source_sha IS 'The source commit that the fact speaks of.';
COMMENT ON COLUMN audit.evidence.artifact_digest IS 'The artifact that the fact speaks of.';
COMMENT ON COLUMN audit.evidence.fact_id IS 'Names the fact.';
COMMENT ON COLUMN audit.evidence.token_id IS 'The token with which it was posted (its id, which is no secret).';
COMMENT ON COLUMN audit.evidence.recorded_at IS 'When it was committed here, together with the decision.';

CREATE VIEW audit.changes WITH (security_barrier) AS
SELECT workspace, event_id, kind, actor, object_type, object_id,
	convert_from(body, 'UTF8') AS body, encode(sha256(body), 'hex') AS body_sha256, happened_at, recorded_at
FROM releasepassport.audit_event;

COMMENT ON VIEW audit.changes IS
	'Everything that happened besides decisions: policies, bindings, tokens, evidence, failed evaluations.';
COMMENT ON COLUMN audit.changes.workspace IS 'The tenant.';
COMMENT ON COLUMN audit.changes.event_id IS 'Names the event.';
COMMENT ON COLUMN audit.changes.kind IS 'What happened, as in token.created or policy.created.';
COMMENT ON COLUMN audit.changes.actor IS 'Who did it: a verified identity, or one of the product''s processes.';
COMMENT ON COLUMN audit.changes.object_type IS 'What kind of object it was done to.';
COMMENT ON COLUMN audit.changes.object_id IS 'Which object.';
COMMENT ON COLUMN audit.changes.body IS
	'The particulars as canonical JSON. Who writes them names secrets and values of evidence by digest only.';
COMMENT ON COLUMN audit.changes.body_sha256 IS 'SHA-256 (hex) of the particulars.';
COMMENT ON COLUMN audit.changes.happened_at IS 'When it happened.';
COMMENT ON COLUMN audit.changes.recorded_at IS 'When it was committed to the audit log.';

GRANT SELECT ON audit.decisions, audit.evidence, audit.changes TO rp_auditor;
GRANT USAGE, CREATE ON SCHEMA audit TO rp_audit_views;
ALTER VIEW audit.decisions OWNER TO rp_audit_views;
ALTER VIEW audit.evidence OWNER TO rp_audit_views;
ALTER VIEW audit.changes OWNER TO rp_audit_views;
REVOKE CREATE ON SCHEMA audit FROM rp_audit_views;
