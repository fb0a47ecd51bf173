-- The database's roles. Run once by a superuser in the product's own database, and again after an upgrade: repeating it
-- is harmless. It sets no passwords and grants nothing on tables: the migrations do, and the operator sets passwords
-- (ALTER ROLE rp_gateway PASSWORD ...) or certificates.
--
--	rp_owner         owns every object; nobody logs in as it
--	rp_migrate       releasepassport migrate and maintain: becomes rp_owner
--	rp_gateway       api-gateway: sees the workspace that the transaction names, no other
--	rp_evaluator     evaluator: reads policies by digest
--	rp_audit_writer  audit-writer: records; changes and deletes no record
--	rp_auditor       auditors read the views of schema audit and nothing else; make one login for each of them,
--	                 CREATE ROLE alice LOGIN IN ROLE rp_auditor, and name her workspaces in auditor_workspace
--	rp_audit_views   owns those views; nobody logs in as it
DO $$
DECLARE
	role text;
BEGIN
	FOREACH role IN ARRAY ARRAY['rp_owner', 'rp_audit_views'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', role);
		END IF;
	END LOOP;
	FOREACH role IN ARRAY ARRAY['rp_migrate', 'rp_gateway', 'rp_evaluator', 'rp_audit_writer', 'rp_auditor'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role) THEN
			EXECUTE format('CREATE ROLE %I LOGIN', role);
		END IF;
	END LOOP;
	EXECUTE format('GRANT CREATE ON DATABASE %I TO rp_owner', current_database());
END
$$;

GRANT rp_owner TO rp_migrate;
-- Only so that a migration can hand the views over to their owner.
GRANT rp_audit_views TO rp_owner;
