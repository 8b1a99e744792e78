-- What a program writes about a document (text, pages, the copy's size, why it could not be read) is no change of the
-- record: it is in no history, and an editor who has the form open is not told of it. After a restore it is read again.
DO $$
DECLARE
    left_out text := '''text'', ''text_read_at'', ''pages'', ''pages_read'', ''copy_size'', ''is_drawn_over'', ''trouble''';
    t record;
BEGIN
    FOR t IN SELECT * FROM (VALUES
        ('insert', 'INSERT', 'NEW TABLE AS new_rows'),
        ('update', 'UPDATE', 'OLD TABLE AS old_rows NEW TABLE AS new_rows'),
        ('delete', 'DELETE', 'OLD TABLE AS old_rows')) AS kinds (name, operation, tables)
    LOOP
        EXECUTE format('DROP TRIGGER history_%s ON officers_document', t.name);
        EXECUTE format('CREATE TRIGGER history_%s AFTER %s ON officers_document REFERENCING %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION history_write('''', '''', %s)', t.name, t.operation, t.tables, left_out);
        EXECUTE format('ALTER TABLE officers_document ENABLE ALWAYS TRIGGER history_%s', t.name);
    END LOOP;
END $$;
DROP TRIGGER record_version ON officers_document;
CREATE TRIGGER record_version BEFORE UPDATE OF department_id, title, description, review_state, review_note,
    reviewed_by_id, reviewed_at, file, sha256, size, version, updated_at, created_at ON officers_document
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION record_next_version();
ALTER TABLE officers_document ENABLE ALWAYS TRIGGER record_version;

-- The files of a document that was deleted are erased after a week, unless it came back (officers/documents.py).
CREATE FUNCTION document_erase() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO oversight_outboxentry
        (id, job, subject, queue, state, tries, created_at, due_at, running_as, last_error)
    VALUES (gen_random_uuid(), 'workers.documents.erase', replace(OLD.file::text, '-', ''), 'bulk',
            'waiting', 0, now(), now() + interval '7 days', '', '')
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER document_erase AFTER DELETE ON officers_document FOR EACH ROW EXECUTE FUNCTION document_erase();
ALTER TABLE officers_document ENABLE ALWAYS TRIGGER document_erase;

-- English by its stems and without accents: what excerpts are marked by, as search_text() finds.
CREATE TEXT SEARCH CONFIGURATION public.plain_english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION public.plain_english
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.english_stem;

-- Of the pages of a text the one that says most of what was asked, and its best line; \x02 and \x03 stand round each word
-- of the question. Any of the words will do here: that all are in the document is the search's own business. Pages are
-- first looked through for the beginnings of the words, because to take a page apart costs far more.
CREATE FUNCTION document_excerpt(whole text, asked tsquery) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE COST 5000 SET search_path = pg_catalog, public, pg_temp AS $$
    WITH question AS MATERIALIZED (
        SELECT replace(asked::text, '&', '|')::tsquery AS words,
               ARRAY(SELECT left(m[1], greatest(3, length(m[1]) - 1))
                     FROM regexp_matches(asked::text, '(?<!!)''([^'']+)''', 'g') m) AS beginnings),
    likely AS MATERIALIZED (
        SELECT p.number, p.page, h.how_many
        FROM question
        CROSS JOIN string_to_table(left(whole, 400000), chr(12)) WITH ORDINALITY AS p (page, number)
        CROSS JOIN LATERAL (SELECT lower(public.unaccent('public.unaccent'::regdictionary, p.page)) AS plain OFFSET 0) l
        CROSS JOIN LATERAL (
            SELECT count(*) AS how_many FROM unnest(question.beginnings) b WHERE strpos(l.plain, b) > 0) h
        WHERE h.how_many > 0 ORDER BY h.how_many DESC, p.number LIMIT 3)
    SELECT jsonb_build_object('page', best.number, 'line', ts_headline('public.plain_english', best.page, best.words,
        'MaxFragments=2, MaxWords=24, MinWords=10, FragmentDelimiter=" … ", StartSel=' || chr(2) || ', StopSel=' || chr(3)))
    FROM (
        SELECT likely.number, likely.page, question.words
        FROM likely CROSS JOIN question
        CROSS JOIN LATERAL (SELECT to_tsvector('public.plain_english', likely.page) AS found) v
        WHERE v.found @@ question.words
        ORDER BY likely.how_many DESC, ts_rank(v.found, question.words) DESC, likely.number LIMIT 1) best
$$;

-- A few documents are a small table with very long texts beside it: their words are always looked for in the index.
ALTER FUNCTION search_text(text, text, text, text) COST 5000;
