-- What officers are found by: one narrow row each (officers_searchrow), kept by the database in the same transaction as
-- what it was made from, so that no list, count or search has to join a million assignments. Nobody else writes it.

-- The words of a name as they are compared: small letters without accents, apostrophes and dots.
CREATE FUNCTION search_words(name text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_remove(string_to_array(regexp_replace(lower(public.unaccent('public.unaccent'::regdictionary,
        translate(name, '''’‘ʼ`´.', ''))), '[^[:alnum:]]+', ' ', 'g'), ' '), '')
$$;

-- And what else "O'Brien-Smith" is typed as: in one word, and in pieces.
CREATE FUNCTION search_other_words(name text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN name ~ '[^[:alnum:]]'
        THEN ARRAY[array_to_string(search_words(name), '')] || search_words(translate(name, '''’‘ʼ`´.', '       '))
        ELSE '{}' END
$$;

-- Makes the rows of these officers anew. The rows are locked before what they are made of is read, or of two
-- transactions that change one officer the second would write what it saw before the first was done. Always by index: in
-- a large import the planner still believes that the tables are empty, and would read them whole for every officer.
CREATE FUNCTION search_refresh(changed bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF coalesce(cardinality(changed), 0) = 0 THEN
        RETURN;
    END IF;
    PERFORM FROM officers_searchrow WHERE officer_id = ANY (changed) ORDER BY officer_id FOR UPDATE;
    INSERT INTO officers_searchrow (officer_id, is_listed, words, sort_name, race, gender, birth_year, is_active,
                                    by_rank, by_pay, by_since)
    SELECT o.id,
           o.is_published AND stints.how_many > 0,
           array_to_tsvector(array_remove(
               search_words(concat_ws(' ', o.first_name, o.middle_name, o.last_name, o.suffix, aliases.names))
               || search_other_words(o.last_name) || search_other_words(o.first_name)
               || search_other_words(coalesce(aliases.names, '')), '')),
           coalesce(nullif(btrim(concat_ws('  ', array_to_string(search_words(o.last_name), ' '),
                                           array_to_string(search_words(o.first_name), ' '),
                                           array_to_string(search_words(o.middle_name), ' '))), ''), '~'),
           o.race, o.gender, o.birth_year,
           CASE WHEN stints.goes_on THEN true WHEN stints.is_over THEN false END,
           coalesce(-stints.rank, 1),
           coalesce(-round(pay.total), 1),
           coalesce(least(o.employment_date, stints.since), '9999-12-31')
    FROM officers_officer o
    CROSS JOIN LATERAL (
        SELECT count(*) AS how_many,
               bool_or(a.end_date IS NULL AND a.status <> 'separated'
                       AND (a.start_date IS NOT NULL OR a.status <> '')) AS goes_on,
               bool_and(a.end_date IS NOT NULL OR a.status = 'separated') AS is_over,
               (array_agg(k."order" ORDER BY a.end_date DESC NULLS FIRST, a.start_date DESC NULLS LAST, a.id DESC)
               )[1] AS rank,
               min(a.start_date) AS since
        FROM officers_assignment a
        JOIN officers_department d ON d.id = a.department_id AND d.is_published
        LEFT JOIN officers_rank k ON k.id = a.rank_id
        WHERE a.officer_id = o.id) stints
    CROSS JOIN LATERAL (
        SELECT string_agg(n.name, ' ' ORDER BY n.id) AS names
        FROM officers_officeralias n WHERE n.officer_id = o.id) aliases
    LEFT JOIN LATERAL (
        SELECT s.salary + coalesce(s.overtime_pay, 0) AS total
        FROM officers_salary s JOIN officers_department d ON d.id = s.department_id AND d.is_published
        WHERE s.officer_id = o.id
        ORDER BY s.year DESC, total DESC, s.id LIMIT 1) pay ON true
    WHERE o.id = ANY (changed)
    ORDER BY o.id
    ON CONFLICT (officer_id) DO UPDATE SET
        is_listed = EXCLUDED.is_listed, words = EXCLUDED.words, sort_name = EXCLUDED.sort_name,
        race = EXCLUDED.race, gender = EXCLUDED.gender, birth_year = EXCLUDED.birth_year,
        is_active = EXCLUDED.is_active, by_rank = EXCLUDED.by_rank, by_pay = EXCLUDED.by_pay,
        by_since = EXCLUDED.by_since;
    INSERT INTO officers_nameword (word)
        SELECT DISTINCT w.word FROM officers_searchrow r, unnest(tsvector_to_array(r.words)) AS w (word)
        WHERE r.officer_id = ANY (changed) ORDER BY w.word
    ON CONFLICT DO NOTHING;
END $$;

-- Words that no officer has any more are forgotten. The lock waits for whoever is just adding an officer.
CREATE FUNCTION search_forget_words() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    LOCK TABLE officers_nameword IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM officers_nameword n
    WHERE NOT EXISTS (SELECT FROM officers_searchrow r WHERE r.words @@ quote_literal(n.word)::tsquery);
END $$;

CREATE FUNCTION search_officers_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM search_refresh(ARRAY(SELECT id FROM now_rows));
    ELSE
        PERFORM search_refresh(ARRAY(
            SELECT n.id FROM now_rows n JOIN was_rows w USING (id)
            WHERE (n.first_name, n.middle_name, n.last_name, n.suffix, n.race, n.gender, n.birth_year,
                   n.employment_date, n.is_published)
                  IS DISTINCT FROM (w.first_name, w.middle_name, w.last_name, w.suffix, w.race, w.gender,
                                    w.birth_year, w.employment_date, w.is_published)));
    END IF;
    RETURN NULL;
END $$;

-- For every table whose rows are an officer's: stints, pay, other names.
CREATE FUNCTION search_facts_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM search_refresh(ARRAY(SELECT DISTINCT officer_id FROM now_rows));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM search_refresh(ARRAY(SELECT DISTINCT officer_id FROM was_rows));
    ELSE
        PERFORM search_refresh(ARRAY(SELECT officer_id FROM now_rows UNION SELECT officer_id FROM was_rows));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION search_ranks_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM search_refresh(ARRAY(
        SELECT DISTINCT a.officer_id FROM now_rows n JOIN was_rows w USING (id)
        JOIN officers_assignment a ON a.rank_id = n.id WHERE n."order" <> w."order"));
    RETURN NULL;
END $$;

CREATE FUNCTION search_departments_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM search_refresh(ARRAY(
        SELECT DISTINCT a.officer_id FROM now_rows n JOIN was_rows w USING (id)
        JOIN officers_assignment a ON a.department_id = n.id WHERE n.is_published <> w.is_published));
    RETURN NULL;
END $$;

CREATE TRIGGER search_new AFTER INSERT ON officers_officer
    REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION search_officers_changed();
CREATE TRIGGER search_changed AFTER UPDATE ON officers_officer
    REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION search_officers_changed();
CREATE TRIGGER search_changed AFTER UPDATE ON officers_rank
    REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION search_ranks_changed();
CREATE TRIGGER search_changed AFTER UPDATE ON officers_department
    REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION search_departments_changed();

DO $$
DECLARE facts text;
BEGIN
    FOREACH facts IN ARRAY ARRAY['officers_assignment', 'officers_salary', 'officers_officeralias'] LOOP
        EXECUTE format('CREATE TRIGGER search_new AFTER INSERT ON %I REFERENCING NEW TABLE AS now_rows '
                       'FOR EACH STATEMENT EXECUTE FUNCTION search_facts_changed()', facts);
        EXECUTE format('CREATE TRIGGER search_gone AFTER DELETE ON %I REFERENCING OLD TABLE AS was_rows '
                       'FOR EACH STATEMENT EXECUTE FUNCTION search_facts_changed()', facts);
        EXECUTE format('CREATE TRIGGER search_changed AFTER UPDATE ON %I '
                       'REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows '
                       'FOR EACH STATEMENT EXECUTE FUNCTION search_facts_changed()', facts);
    END LOOP;
END $$;

-- A department is hidden or shown while nobody adds a stint to it: writers of stints hold the same lock.
CREATE TRIGGER search_lock BEFORE UPDATE OF is_published ON officers_department
    FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();

-- The row goes with its officer, also where Django is not asked.
ALTER TABLE officers_searchrow ADD CONSTRAINT searchrow_of_an_officer
    FOREIGN KEY (officer_id) REFERENCES officers_officer (id) ON DELETE CASCADE;

-- Numbers as people copy them: without spaces and dashes, in capitals.
CREATE FUNCTION search_number(number text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT upper(regexp_replace(number, '[^[:alnum:]]', '', 'g'))
$$;

-- The words of a text, of four fields at most. A very long document is searched by its first 150 pages or so.
CREATE FUNCTION search_text(one text, two text, three text, four text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT to_tsvector('english'::regconfig, left(public.unaccent('public.unaccent'::regdictionary,
        concat_ws(' ', one, two, three, four)), 400000))
$$;

CREATE INDEX assignments_by_any_badge ON officers_assignment (upper(badge_number));
CREATE INDEX officers_by_any_id ON officers_officer (upper(internal_id));
CREATE INDEX certifications_by_any_value ON officers_certification (upper(value));
CREATE INDEX plates_by_number ON officers_licenseplate (search_number(number));
CREATE INDEX incidents_by_number ON officers_incident (search_number(report_number));
CREATE INDEX complaints_by_number ON officers_complaint (search_number(record_number));
CREATE INDEX lawsuits_by_number ON officers_lawsuit (search_number(docket_number));
CREATE INDEX incidents_by_words ON officers_incident USING gin (search_text(description, '', '', ''));
CREATE INDEX complaints_by_words ON officers_complaint
    USING gin (search_text(category, summary, outcome, ''));
CREATE INDEX lawsuits_by_words ON officers_lawsuit USING gin (search_text(title, court, nature, summary));
CREATE INDEX documents_by_words ON officers_document USING gin (search_text(title, description, text, ''));

SELECT search_refresh(ARRAY(SELECT id FROM officers_officer));
