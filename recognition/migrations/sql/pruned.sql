-- A face that a coordinator took out of matching: no template and no candidate by it, and what was there goes with the
-- change, whoever makes it.
CREATE OR REPLACE FUNCTION gate_face_allows(face bigint, officer bigint, photo uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM officers_face f WHERE f.id = face AND f.officer_id = officer AND f.photo_id = photo
                   AND f.reviewed_at IS NOT NULL AND f.use_for_recognition)
       AND gate_officer_allows(officer) AND gate_photo_allows(photo)
$$;

DROP TRIGGER gate_purge ON officers_face;
CREATE TRIGGER gate_purge AFTER UPDATE ON officers_face
    FOR EACH ROW WHEN (
        (NEW.officer_id, NEW.photo_id, NEW.reviewed_at, NEW.use_for_recognition, NEW.x, NEW.y, NEW.width, NEW.height)
        IS DISTINCT FROM (OLD.officer_id, OLD.photo_id, OLD.reviewed_at, OLD.use_for_recognition, OLD.x, OLD.y,
                          OLD.width, OLD.height))
    EXECUTE FUNCTION gate_purge_face();
ALTER TABLE officers_face ENABLE ALWAYS TRIGGER gate_purge;
