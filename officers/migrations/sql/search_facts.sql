-- What a search row is made of, said once: for new rows, and for those of which only stints or pay change.
-- Departments and ranks are asked for one by one, always by their number: in a large import the planner still believes
-- that the tables are empty, and a join of its choice would read them whole for every officer.
CREATE VIEW officers_searchfacts AS
    SELECT o.id AS officer_id,
           o.is_published AND stints.how_many > 0 AS is_listed,
           array_to_tsvector(array_remove(
               search_words(concat_ws(' ', o.first_name, o.middle_name, o.last_name, o.suffix, aliases.names))
               || search_other_words(o.last_name) || search_other_words(o.first_name)
               || search_other_words(coalesce(aliases.names, '')), '')) AS words,
           coalesce(nullif(btrim(concat_ws('  ', array_to_string(search_words(o.last_name), ' '),
                                           array_to_string(search_words(o.first_name), ' '),
                                           array_to_string(search_words(o.middle_name), ' '))), ''), '~') AS sort_name,
           o.race, o.gender, o.birth_year,
           CASE WHEN stints.goes_on THEN true WHEN stints.is_over THEN false END AS is_active,
           coalesce(-stints.rank, 1) AS by_rank,
           coalesce(-round((
               SELECT s.salary + coalesce(s.overtime_pay, 0) AS total FROM officers_salary s
               WHERE s.officer_id = o.id
                 AND (SELECT d.is_published FROM officers_department d WHERE d.id = s.department_id)
               ORDER BY s.year DESC, total DESC, s.id LIMIT 1)), 1)::bigint AS by_pay,
           coalesce(least(o.employment_date, stints.since), '9999-12-31') AS by_since
    FROM officers_officer o
    CROSS JOIN LATERAL (
        SELECT count(*) AS how_many,
               bool_or(a.end_date IS NULL AND a.status <> 'separated'
                       AND (a.start_date IS NOT NULL OR a.status <> '')) AS goes_on,
               bool_and(a.end_date IS NOT NULL OR a.status = 'separated') AS is_over,
               (array_agg((SELECT k."order" FROM officers_rank k WHERE k.id = a.rank_id)
                          ORDER BY a.end_date DESC NULLS FIRST, a.start_date DESC NULLS LAST, a.id DESC)
               )[1] AS rank,
               min(a.start_date) AS since
        FROM officers_assignment a
        WHERE a.officer_id = o.id
          AND (SELECT d.is_published FROM officers_department d WHERE d.id = a.department_id)) stints
    LEFT JOIN LATERAL (
        SELECT string_agg(n.name, ' ' ORDER BY n.id) AS names
        FROM officers_officeralias n WHERE n.officer_id = o.id) aliases ON true;

-- Makes the rows of these officers anew. The rows are locked before what they are made of is read, or of two
-- transactions that change one officer the second would write what it saw before the first was done.
CREATE OR REPLACE FUNCTION search_refresh(changed bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF coalesce(cardinality(changed), 0) = 0 THEN
        RETURN;
    END IF;
    PERFORM FROM officers_searchrow WHERE officer_id = ANY (changed) ORDER BY officer_id FOR UPDATE;
    INSERT INTO officers_searchrow (officer_id, is_listed, words, sort_name, race, gender, birth_year, is_active,
                                    by_rank, by_pay, by_since)
    SELECT f.officer_id, f.is_listed, f.words, f.sort_name, f.race, f.gender, f.birth_year, f.is_active,
           f.by_rank, f.by_pay, f.by_since
    FROM officers_searchfacts f WHERE f.officer_id = ANY (changed) ORDER BY f.officer_id
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

-- The same where nobody's name has changed. A row that does not become another one is not written.
CREATE FUNCTION search_refresh_facts(changed bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF coalesce(cardinality(changed), 0) = 0 THEN
        RETURN;
    END IF;
    PERFORM FROM officers_searchrow WHERE officer_id = ANY (changed) ORDER BY officer_id FOR UPDATE;
    UPDATE officers_searchrow r SET is_listed = f.is_listed, is_active = f.is_active, by_rank = f.by_rank,
        by_pay = f.by_pay, by_since = f.by_since
    FROM officers_searchfacts f
    WHERE f.officer_id = ANY (changed) AND r.officer_id = f.officer_id
      AND (r.is_listed, r.is_active, r.by_rank, r.by_pay, r.by_since)
          IS DISTINCT FROM (f.is_listed, f.is_active, f.by_rank, f.by_pay, f.by_since);
    PERFORM search_refresh(ARRAY(
        SELECT c FROM unnest(changed) c
        WHERE NOT EXISTS (SELECT FROM officers_searchrow r WHERE r.officer_id = c)));
END $$;

CREATE OR REPLACE FUNCTION search_facts_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    changed bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        changed := ARRAY(SELECT DISTINCT officer_id FROM now_rows);
    ELSIF TG_OP = 'DELETE' THEN
        changed := ARRAY(SELECT DISTINCT officer_id FROM was_rows);
    ELSE
        changed := ARRAY(SELECT officer_id FROM now_rows UNION SELECT officer_id FROM was_rows);
    END IF;
    IF TG_TABLE_NAME = 'officers_officeralias' THEN
        PERFORM search_refresh(changed);
    ELSE
        PERFORM search_refresh_facts(changed);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION search_ranks_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM search_refresh_facts(ARRAY(
        SELECT DISTINCT a.officer_id FROM now_rows n JOIN was_rows w USING (id)
        JOIN officers_assignment a ON a.rank_id = n.id WHERE n."order" <> w."order"));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION search_departments_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM search_refresh_facts(ARRAY(
        SELECT DISTINCT a.officer_id FROM now_rows n JOIN was_rows w USING (id)
        JOIN officers_assignment a ON a.department_id = n.id WHERE n.is_published <> w.is_published));
    RETURN NULL;
END $$;

-- How many listed officers there are of each combination of facts. Only changes are written, one row for each combination
-- that a statement touched, so that two people who edit never wait for one another; whoever reads adds up. It is
-- committed with what it counts: never out of date. `by_pay` is cut to steps of $25,000, on which all bands begin.
CREATE FUNCTION search_pay_step(by_pay bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN by_pay > 0 THEN by_pay ELSE -least(-by_pay / 25000, 8) * 25000 END
$$;

CREATE FUNCTION search_count() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO officers_facetcount (race, gender, birth_year, is_active, by_pay, how_many, is_sum)
        SELECT race, gender, birth_year, is_active, search_pay_step(by_pay), count(*), false
        FROM now_rows WHERE is_listed GROUP BY 1, 2, 3, 4, 5;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO officers_facetcount (race, gender, birth_year, is_active, by_pay, how_many, is_sum)
        SELECT race, gender, birth_year, is_active, search_pay_step(by_pay), -count(*), false
        FROM was_rows WHERE is_listed GROUP BY 1, 2, 3, 4, 5;
    ELSE
        INSERT INTO officers_facetcount (race, gender, birth_year, is_active, by_pay, how_many, is_sum)
        SELECT race, gender, birth_year, is_active, step, sum(one), false
        FROM (SELECT race, gender, birth_year, is_active, search_pay_step(by_pay) AS step, 1 AS one
              FROM now_rows WHERE is_listed
              UNION ALL
              SELECT race, gender, birth_year, is_active, search_pay_step(by_pay), -1 FROM was_rows WHERE is_listed) c
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(one) <> 0;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER search_count_new AFTER INSERT ON officers_searchrow
    REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION search_count();
CREATE TRIGGER search_count_gone AFTER DELETE ON officers_searchrow
    REFERENCING OLD TABLE AS was_rows FOR EACH STATEMENT EXECUTE FUNCTION search_count();
CREATE TRIGGER search_count_changed AFTER UPDATE ON officers_searchrow
    REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION search_count();

-- Many changes become one sum for each combination. Readers see either; of two at once the second finds nothing to do.
CREATE FUNCTION search_add_up(at_least bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    changes bigint := (SELECT count(*) FROM officers_facetcount WHERE NOT is_sum);
BEGIN
    IF changes < at_least THEN
        RETURN 0;
    END IF;
    WITH gone AS (DELETE FROM officers_facetcount RETURNING *)
    INSERT INTO officers_facetcount (race, gender, birth_year, is_active, by_pay, how_many, is_sum)
    SELECT race, gender, birth_year, is_active, by_pay, sum(how_many), true
    FROM gone GROUP BY 1, 2, 3, 4, 5 HAVING sum(how_many) <> 0;
    RETURN changes;
END $$;

INSERT INTO officers_facetcount (race, gender, birth_year, is_active, by_pay, how_many, is_sum)
    SELECT race, gender, birth_year, is_active, search_pay_step(by_pay), count(*), true
    FROM officers_searchrow WHERE is_listed GROUP BY 1, 2, 3, 4, 5;

-- What the planner knows of a table that was just filled, in the same transaction. The app's role owns none of them.
CREATE FUNCTION analyse_tables(tables text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    named text;
BEGIN
    FOREACH named IN ARRAY tables LOOP
        IF named NOT LIKE 'officers\_%' OR to_regclass(quote_ident(named)) IS NULL THEN
            RAISE EXCEPTION 'not a table of the record' USING ERRCODE = '42501';
        END IF;
        EXECUTE format('ANALYZE %I', named);
    END LOOP;
END $$;
