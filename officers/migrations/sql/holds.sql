-- A held officer's face is not to be seen in any public photo, nor in those of colleagues: their photos are covered
-- again and looked at again. A held photo is only withheld, and comes back as it was when the hold ends.
CREATE FUNCTION publishing_officer_held() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM publishing_outdate(ARRAY(SELECT f.photo_id FROM officers_face f
                                     WHERE f.officer_id = NEW.officer_id AND f.reviewed_at IS NOT NULL));
    RETURN NULL;
END $$;
CREATE TRIGGER publishing_officer_held AFTER INSERT ON officers_hold
    FOR EACH ROW WHEN (NEW.officer_id IS NOT NULL) EXECUTE FUNCTION publishing_officer_held();
