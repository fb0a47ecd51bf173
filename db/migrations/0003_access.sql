-- Who may do what. Grants name the least that each role needs; row-level security then narrows the gateway to the
-- workspace that its transaction names (set_config('releasepassport.workspace', ..., true)) and auditors to theirs.
-- Nothing is granted on partitions: they are reached through their tables or not at all.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA releasepassport FROM PUBLIC;
GRANT USAGE ON SCHEMA releasepassport TO rp_gateway, rp_evaluator, rp_audit_writer, rp_audit_views;

GRANT SELECT ON releasepassport.workspace, releasepassport.policy, releasepassport.binding, releasepassport.evidence,
	releasepassport.evaluation, releasepassport.passport, releasepassport.fact, releasepassport.audit_event,
	releasepassport.latest_fact, releasepassport.due_work TO rp_gateway;
GRANT INSERT ON releasepassport.policy, releasepassport.binding, releasepassport.token, releasepassport.evidence,
	releasepassport.audit_outbox, releasepassport.due_work TO rp_gateway;
GRANT UPDATE (namespace, policy_digest, mode, threshold, deadline_ms, connectors, updated_at, updated_by)
	ON releasepassport.binding TO rp_gateway;
-- The hash is written and compared, never read back.
GRANT SELECT (token_id, workspace, kind, subject, creator, scopes, created_at, expires_at, revoked_at)
	ON releasepassport.token TO rp_gateway;
GRANT UPDATE (revoked_at) ON releasepassport.token TO rp_gateway;
GRANT UPDATE (due_at, interval_ms, lease_owner, lease_until), DELETE ON releasepassport.due_work TO rp_gateway;
GRANT EXECUTE ON FUNCTION releasepassport.token_by_hash, releasepassport.due_work_claim TO rp_gateway;

GRANT SELECT (digest, document) ON releasepassport.policy TO rp_evaluator;

GRANT SELECT, INSERT ON releasepassport.evaluation, releasepassport.announcement, releasepassport.audit_event_id
	TO rp_audit_writer;
GRANT SELECT (passport_id, evaluation_id, workspace, service, environment, event, recorded_at)
	ON releasepassport.passport TO rp_audit_writer;
GRANT INSERT ON releasepassport.passport, releasepassport.fact, releasepassport.audit_event,
	releasepassport.audit_leaf TO rp_audit_writer;
GRANT UPDATE (announced_at) ON releasepassport.announcement TO rp_audit_writer;
GRANT SELECT, DELETE ON releasepassport.audit_outbox TO rp_audit_writer;
GRANT SELECT, INSERT, UPDATE (connector, observed_at, ce_id, ce_time, body, mac, updated_at)
	ON releasepassport.latest_fact TO rp_audit_writer;
GRANT EXECUTE ON FUNCTION releasepassport.partitions_ahead, releasepassport.partitions,
	releasepassport.partitioned_tables TO rp_audit_writer;

-- The auditors' views can't show what their owner can't read: values of evidence, tokens' hashes, events.
GRANT SELECT (passport_id, evaluation_id, workspace, service, environment, namespace, release_id, version, source_sha,
	artifact_digest, decision, mode, enforced, confidence, policy_digest, actor, requested_at, decided_at, signed_at,
	valid_until, key_id, envelope, recorded_at) ON releasepassport.passport TO rp_audit_views;
GRANT SELECT (passport_id, name, fact_id, evidence_class, type, query_digest, connector, status, observed_at, age_ms,
	value_sha256, detail, source_sha, artifact_digest, token_id, workspace, recorded_at)
	ON releasepassport.fact TO rp_audit_views;
GRANT SELECT ON releasepassport.audit_event, releasepassport.auditor_workspace TO rp_audit_views;

DO $$
DECLARE
	tenant text;
	own_workspace text;
BEGIN
	FOREACH tenant IN ARRAY ARRAY['workspace', 'policy', 'binding', 'token', 'evidence', 'evaluation', 'passport',
		'fact', 'audit_outbox', 'audit_event', 'audit_leaf', 'latest_fact', 'due_work', 'auditor_workspace']
	LOOP
		own_workspace := format($p$%I = current_setting('releasepassport.workspace', true)$p$,
			CASE tenant WHEN 'workspace' THEN 'name' ELSE 'workspace' END);
		EXECUTE format('ALTER TABLE releasepassport.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant);
		EXECUTE format('CREATE POLICY owner ON releasepassport.%I TO rp_owner USING (true) WITH CHECK (true)', tenant);
		EXECUTE format('CREATE POLICY gateway ON releasepassport.%I TO rp_gateway USING (%s) WITH CHECK (%s)', tenant,
			own_workspace, own_workspace);
	END LOOP;
	FOREACH tenant IN ARRAY ARRAY['evaluation', 'passport', 'fact', 'audit_outbox', 'audit_event', 'audit_leaf',
		'latest_fact']
	LOOP
		EXECUTE format('CREATE POLICY audit_writer ON releasepassport.%I TO rp_audit_writer
			USING (true) WITH CHECK (true)', tenant);
	END LOOP;
	-- In a view current_user is still who asks, while the policies are those for the view's owner.
	FOREACH tenant IN ARRAY ARRAY['passport', 'fact', 'audit_event'] LOOP
		EXECUTE format($p$CREATE POLICY auditor ON releasepassport.%I FOR SELECT TO rp_audit_views USING (
			workspace IN (SELECT a.workspace FROM releasepassport.auditor_workspace a
				JOIN pg_catalog.pg_roles r ON r.rolname = a.role_name
				WHERE pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER')))$p$, tenant);
	END LOOP;
END
$$;

CREATE POLICY evaluator ON releasepassport.policy FOR SELECT TO rp_evaluator USING (true);
CREATE POLICY auditor ON releasepassport.auditor_workspace FOR SELECT TO rp_audit_views USING (true);
