-- Month partitions (UTC) of the tables that hold bodies. `releasepassport maintain` calls these functions; a DEFAULT
-- partition catches what no month takes, so that a forgotten maintain never stops a record.

CREATE TABLE releasepassport.passport_default PARTITION OF releasepassport.passport DEFAULT;
CREATE TABLE releasepassport.fact_default PARTITION OF releasepassport.fact DEFAULT;
CREATE TABLE releasepassport.audit_event_default PARTITION OF releasepassport.audit_event DEFAULT;

CREATE FUNCTION releasepassport.partitioned_tables() RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT c.relname::text FROM pg_class c
	WHERE c.relnamespace = 'releasepassport'::regnamespace AND c.relkind = 'p' ORDER BY c.relname
$$;

-- The month partitions that exist; month is the first day. A partition's name says its month: passport_2026_05.
CREATE FUNCTION releasepassport.partitions() RETURNS TABLE (parent text, name text, month date)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT p.relname::text, c.relname::text, to_date(right(c.relname, 7), 'YYYY_MM')
	FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_class c ON c.oid = i.inhrelid
	WHERE p.relnamespace = 'releasepassport'::regnamespace AND p.relkind = 'p'
		AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
$$;

-- How many months after the present one have a partition in every table without a gap; -1: not even this month has.
CREATE FUNCTION releasepassport.partitions_ahead() RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(min(first_gap), 120)::integer - 1
	FROM releasepassport.partitioned_tables() AS t (parent)
	CROSS JOIN LATERAL (
		SELECT min(n) AS first_gap FROM generate_series(0, 120) n
		WHERE NOT EXISTS (
			SELECT FROM releasepassport.partitions() e WHERE e.parent = t.parent
			AND e.month = (date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month')::date)
	) gap
$$;

-- The months that need a partition: this one, ahead further ones, and those of rows that the DEFAULT partition caught.
CREATE FUNCTION releasepassport.partitions_missing(ahead integer) RETURNS TABLE (parent text, month date)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	caught date;
BEGIN
	FOR parent IN SELECT * FROM releasepassport.partitioned_tables() LOOP
		RETURN QUERY SELECT parent, wanted.month FROM (
			SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month')::date AS month
			FROM generate_series(0, ahead) n) wanted
		WHERE NOT EXISTS (SELECT FROM releasepassport.partitions() e
			WHERE e.parent = partitions_missing.parent AND e.month = wanted.month)
		ORDER BY wanted.month;
		FOR caught IN EXECUTE format($q$
			SELECT DISTINCT date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date
			FROM releasepassport.%I ORDER BY 1$q$, parent || '_default')
		LOOP
			IF caught > (date_trunc('month', now() AT TIME ZONE 'UTC') + ahead * interval '1 month')::date
				OR caught < date_trunc('month', now() AT TIME ZONE 'UTC')::date THEN
				month := caught;
				RETURN NEXT;
			END IF;
		END LOOP;
	END LOOP;
END
$$;

-- Creates the partition of one month and moves in what the DEFAULT partition caught of it; returns how many rows.
-- Inserts into the table wait meanwhile: the rows are moved under an exclusive lock of the DEFAULT partition, so that
-- none is there twice or not at all for any reader.
CREATE FUNCTION releasepassport.partition_create(parent text, month date) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	name text := parent || to_char(month, '_YYYY_MM');
	lower_bound timestamptz := month::timestamp AT TIME ZONE 'UTC';
	upper_bound timestamptz := (month + interval '1 month') AT TIME ZONE 'UTC';
	moved bigint;
BEGIN
	ASSERT extract(day FROM month) = 1, 'a partition begins with the first of a month';
	EXECUTE format('CREATE TABLE releasepassport.%I (LIKE releasepassport.%I INCLUDING ALL)', name, parent);
	EXECUTE format('LOCK TABLE releasepassport.%I IN ACCESS EXCLUSIVE MODE', parent || '_default');
	EXECUTE format('WITH caught AS (DELETE FROM releasepassport.%I WHERE recorded_at >= $1 AND recorded_at < $2
		RETURNING *) INSERT INTO releasepassport.%I SELECT * FROM caught', parent || '_default', name)
		USING lower_bound, upper_bound;
	GET DIAGNOSTICS moved = ROW_COUNT;
	EXECUTE format('ALTER TABLE releasepassport.%I ATTACH PARTITION releasepassport.%I FOR VALUES FROM (%L) TO (%L)',
		parent, name, lower_bound, upper_bound);
	RETURN moved;
END
$$;

DO $$
BEGIN
	PERFORM releasepassport.partition_create(parent, month) FROM releasepassport.partitions_missing(3);
END
$$;
