-- What a source is the source of, and what a topic gathers, is told in the history of that record: a source names the
-- table of its record in a column (here: `=record`), and a topic's connections hang on what they connect it with.
CREATE OR REPLACE FUNCTION history_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parent text := TG_ARGV[0];
    of_table text := CASE WHEN TG_ARGV[1] LIKE '=%' THEN '' ELSE TG_ARGV[1] END;
    named_in text := CASE WHEN TG_ARGV[1] LIKE '=%' THEN substr(TG_ARGV[1], 2) END;
    left_out text[] := TG_ARGV[2:] || '{version,updated_at}'::text[];
    who_id bigint := nullif(current_setting('oversight.actor_id', true), '')::bigint;
    who text := coalesce(nullif(current_setting('oversight.actor', true), ''), session_user);
    which text := coalesce(nullif(current_setting('oversight.act', true), ''), pg_current_xact_id()::text);
    reason text := coalesce(current_setting('oversight.why', true), '');
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO officers_recordchange (at, act, record, row_id, parent, parent_id, department_id,
                                           operation, before, after, actor_id, actor, why)
        SELECT clock_timestamp(), which, TG_TABLE_NAME, (n ->> 'id')::bigint,
               coalesce('officers_' || (n ->> named_in), of_table), (n ->> parent)::bigint, (n ->> 'department_id')::bigint,
               'I', NULL, n - left_out, who_id, who, reason
        FROM (SELECT to_jsonb(t) AS n FROM new_rows t) r;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO officers_recordchange (at, act, record, row_id, parent, parent_id, department_id,
                                           operation, before, after, actor_id, actor, why)
        SELECT clock_timestamp(), which, TG_TABLE_NAME, (o ->> 'id')::bigint,
               coalesce('officers_' || (o ->> named_in), of_table), (o ->> parent)::bigint, (o ->> 'department_id')::bigint,
               'D', o - left_out, NULL, who_id, who, reason
        FROM (SELECT to_jsonb(t) AS o FROM old_rows t) r;
    ELSE
        INSERT INTO officers_recordchange (at, act, record, row_id, parent, parent_id, department_id,
                                           operation, before, after, actor_id, actor, why)
        SELECT clock_timestamp(), which, TG_TABLE_NAME, (r.n ->> 'id')::bigint,
               coalesce('officers_' || (r.n ->> named_in), of_table), (r.n ->> parent)::bigint,
               (r.n ->> 'department_id')::bigint, 'U', d.before, d.after, who_id, who, reason
        FROM (SELECT o.j AS o, n.j AS n
              FROM (SELECT to_jsonb(t) AS j, t.id FROM old_rows t) o
              JOIN (SELECT to_jsonb(t) AS j, t.id FROM new_rows t) n USING (id)) r
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(e.key, e.value) AS before, jsonb_object_agg(e.key, r.n -> e.key) AS after
            FROM jsonb_each(r.o - left_out) e WHERE r.n -> e.key IS DISTINCT FROM e.value) d
        WHERE d.before IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    hung record;
    act record;
BEGIN
    FOR hung IN
        SELECT * FROM (VALUES
            ('citation', 'record_id', '=record'),
            ('topic_officers', 'officer_id', 'officers_officer'),
            ('topic_incidents', 'incident_id', 'officers_incident'),
            ('topic_departments', 'department_id', 'officers_department'),
            ('topic_complaints', 'complaint_id', 'officers_complaint'),
            ('topic_lawsuits', 'lawsuit_id', 'officers_lawsuit'),
            ('topic_documents', 'document_id', 'officers_document')
        ) AS named (name, parent, of_table)
    LOOP
        FOR act IN
            SELECT * FROM (VALUES
                ('insert', 'NEW TABLE AS new_rows'),
                ('update', 'OLD TABLE AS old_rows NEW TABLE AS new_rows'),
                ('delete', 'OLD TABLE AS old_rows')
            ) AS known (operation, tables)
        LOOP
            EXECUTE format('DROP TRIGGER history_%s ON officers_%s', act.operation, hung.name);
            EXECUTE format('CREATE TRIGGER history_%s AFTER %s ON officers_%s REFERENCING %s FOR EACH STATEMENT'
                ' EXECUTE FUNCTION history_write(%L, %L)',
                act.operation, act.operation, hung.name, act.tables, hung.parent, hung.of_table);
            EXECUTE format('ALTER TABLE officers_%s ENABLE ALWAYS TRIGGER history_%s', hung.name, act.operation);
        END LOOP;
    END LOOP;
END $$;
