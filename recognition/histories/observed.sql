-- What ever was committed, noted beside the tables by the superuser: the app and the owner can neither write nor read it.
-- No template, no candidate: of those only that one was written.
CREATE SCHEMA observed;
CREATE TABLE observed.log (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    what text NOT NULL,
    old jsonb,
    new jsonb
);

CREATE FUNCTION observed.note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, observed, pg_temp AS $$
BEGIN
    INSERT INTO observed.log (what, old, new) VALUES (
        TG_TABLE_NAME, CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
        CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END);
    RETURN NULL;
END $$;

CREATE FUNCTION observed.count_template() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, observed, pg_temp AS $$
BEGIN INSERT INTO observed.log (what) VALUES ('template'); RETURN NULL; END $$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['department', 'departmentstate', 'prohibitedplace', 'officer', 'assignment', 'photo',
                                'photofiling', 'face']
    LOOP
        EXECUTE format('CREATE TRIGGER observed_note AFTER INSERT OR UPDATE OR DELETE ON public.%I
                        FOR EACH ROW EXECUTE FUNCTION observed.note()', 'officers_' || name);
        EXECUTE format('ALTER TABLE public.%I ENABLE ALWAYS TRIGGER observed_note', 'officers_' || name);
    END LOOP;
END $$;
CREATE TRIGGER observed_count AFTER INSERT OR UPDATE ON public.recognition_facetemplate
    FOR EACH ROW EXECUTE FUNCTION observed.count_template();
ALTER TABLE public.recognition_facetemplate ENABLE ALWAYS TRIGGER observed_count;
