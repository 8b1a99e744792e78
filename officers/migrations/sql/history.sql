-- THE HISTORY of the record: who changed what, when and why, whatever the change came from. One generic trigger
-- function for every table; it reads whole statements (transition tables), so that a load of 50,000 rows writes its
-- history with one INSERT. Its owner writes the rows: the app's role may read them and nothing else.
-- `oversight.actor_id`, `.actor`, `.act` and `.why` are set by whoever acts (oversight/acting.py). Where they are not, a
-- program or a person at the database made the change: the role's name stands there, and the transaction is the act.
-- Arguments of the trigger: column and table of what the row hangs on (or two empty words), then columns left out.
CREATE FUNCTION history_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parent text := TG_ARGV[0];
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
               TG_ARGV[1], (n ->> parent)::bigint, (n ->> 'department_id')::bigint,
               'I', NULL, n - left_out, who_id, who, reason
        FROM (SELECT to_jsonb(t) AS n FROM new_rows t) r;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO officers_recordchange (at, act, record, row_id, parent, parent_id, department_id,
                                           operation, before, after, actor_id, actor, why)
        SELECT clock_timestamp(), which, TG_TABLE_NAME, (o ->> 'id')::bigint,
               TG_ARGV[1], (o ->> parent)::bigint, (o ->> 'department_id')::bigint,
               'D', o - left_out, NULL, who_id, who, reason
        FROM (SELECT to_jsonb(t) AS o FROM old_rows t) r;
    ELSE
        INSERT INTO officers_recordchange (at, act, record, row_id, parent, parent_id, department_id,
                                           operation, before, after, actor_id, actor, why)
        SELECT clock_timestamp(), which, TG_TABLE_NAME, (r.n ->> 'id')::bigint,
               TG_ARGV[1], (r.n ->> parent)::bigint, (r.n ->> 'department_id')::bigint,
               'U', d.before, d.after, who_id, who, reason
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

-- A photo that is deleted is gone from here too: where its faces were, and whom they were said to be.
CREATE INDEX changes_of_a_photo ON officers_recordchange ((coalesce(before, after) ->> 'photo_id'))
    WHERE record IN ('officers_face', 'officers_hold');
CREATE FUNCTION history_forget_photo() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM officers_recordchange c USING (
        SELECT DISTINCT record, row_id FROM officers_recordchange
        WHERE record IN ('officers_face', 'officers_hold') AND coalesce(before, after) ->> 'photo_id' = OLD.id::text
    ) hung WHERE c.record = hung.record AND c.row_id = hung.row_id;
    RETURN NULL;
END $$;
CREATE TRIGGER history_forget_photo AFTER DELETE ON officers_photo
    FOR EACH ROW EXECUTE FUNCTION history_forget_photo();

-- A number once given stays: the history of a row is found by it.
CREATE FUNCTION record_keeps_number() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a record keeps its number' USING ERRCODE = '23514';
END $$;

CREATE FUNCTION record_next_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;

-- Locations and plates are shared by records of several departments: they are replaced, never edited.
CREATE FUNCTION record_is_a_value() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a location or a plate is never edited: name another one' USING ERRCODE = '23514';
END $$;
CREATE TRIGGER record_is_a_value BEFORE UPDATE ON officers_location
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_a_value();
CREATE TRIGGER record_is_a_value BEFORE UPDATE ON officers_licenseplate
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_a_value();

DO $$
DECLARE
    t record;
    arguments text;
BEGIN
    FOR t IN
        SELECT * FROM (VALUES
            ('department', '', '', ''),
            ('departmentstate', 'department_id', 'department', ''),
            ('rank', 'department_id', 'department', ''),
            ('unit', 'department_id', 'department', ''),
            ('coordination', 'department_id', 'department', ''),
            ('prohibitedplace', '', '', ''),
            ('location', '', '', ''),
            ('licenseplate', '', '', ''),
            ('officer', '', '', ''),
            ('assignment', 'officer_id', 'officer', ''),
            ('officeralias', 'officer_id', 'officer', ''),
            ('certification', 'officer_id', 'officer', ''),
            ('salary', 'officer_id', 'officer', ''),
            ('description', 'officer_id', 'officer', ''),
            ('note', 'officer_id', 'officer', ''),
            ('face', 'officer_id', 'officer', ''),
            ('hold', 'officer_id', 'officer', ''),
            ('careerlink', 'first_id', 'officer', ''),
            ('officermerge', 'kept_id', 'officer', ''),
            ('incident', '', '', ''),
            ('incident_officers', 'incident_id', 'incident', ''),
            ('incident_license_plates', 'incident_id', 'incident', ''),
            ('complaint', '', '', ''),
            ('allegation', 'complaint_id', 'complaint', ''),
            ('finding', 'allegation_id', 'allegation', ''),
            ('penalty', 'finding_id', 'finding', ''),
            ('lawsuit', '', '', ''),
            ('lawsuitparty', 'lawsuit_id', 'lawsuit', ''),
            ('link', '', '', ''),
            ('link_officers', 'link_id', 'link', ''),
            ('link_incidents', 'link_id', 'link', ''),
            ('link_departments', 'link_id', 'link', ''),
            ('link_complaints', 'link_id', 'link', ''),
            ('link_lawsuits', 'link_id', 'link', ''),
            ('document', '', '', 'text text_read_at'),
            ('document_officers', 'document_id', 'document', ''),
            ('document_incidents', 'document_id', 'document', ''),
            ('document_complaints', 'document_id', 'document', ''),
            ('document_lawsuits', 'document_id', 'document', ''),
            ('topic', '', '', ''),
            ('topic_officers', 'topic_id', 'topic', ''),
            ('topic_incidents', 'topic_id', 'topic', ''),
            ('topic_departments', 'topic_id', 'topic', ''),
            ('topic_complaints', 'topic_id', 'topic', ''),
            ('topic_lawsuits', 'topic_id', 'topic', ''),
            ('topic_documents', 'topic_id', 'topic', ''),
            ('citation', '', '', ''),
            ('legacyid', '', '', '')
        ) AS tracked (name, parent, of_table, left_out)
    LOOP
        arguments := concat_ws(', ', quote_literal(t.parent),
            quote_literal(CASE t.of_table WHEN '' THEN '' ELSE 'officers_' || t.of_table END),
            (SELECT string_agg(quote_literal(c), ', ') FROM unnest(string_to_array(nullif(t.left_out, ''), ' ')) c));
        EXECUTE format('CREATE TRIGGER history_insert AFTER INSERT ON officers_%s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION history_write(%s)', t.name, arguments);
        EXECUTE format('CREATE TRIGGER history_update AFTER UPDATE ON officers_%s REFERENCING OLD TABLE AS old_rows'
            ' NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION history_write(%s)', t.name, arguments);
        EXECUTE format('CREATE TRIGGER history_delete AFTER DELETE ON officers_%s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION history_write(%s)', t.name, arguments);
        EXECUTE format('CREATE TRIGGER record_keeps_number BEFORE UPDATE OF id ON officers_%s FOR EACH ROW'
            ' WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION record_keeps_number()', t.name);
        IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = ('officers_' || t.name)::regclass
                   AND attname = 'version' AND NOT attisdropped) THEN
            EXECUTE format('CREATE TRIGGER record_version BEFORE UPDATE ON officers_%s FOR EACH ROW'
                ' WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION record_next_version()', t.name);
        END IF;
    END LOOP;
    FOR t IN SELECT tgrelid::regclass AS on_table, tgname FROM pg_trigger
             WHERE (tgname LIKE 'history%' OR tgname LIKE 'record%') AND NOT tgisinternal
    LOOP EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.on_table, t.tgname); END LOOP;
END $$;
