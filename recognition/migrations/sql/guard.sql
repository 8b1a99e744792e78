-- THE SECOND LOCK, second half: what is measured from a face cannot be written where the gate says no,
-- and is gone in the transaction that closes a door.

-- UNLOGGED: never in the write-ahead log, so never in a replica or an archive; dumps leave it out by option.
ALTER TABLE recognition_facetemplate SET UNLOGGED;
ALTER TABLE recognition_candidate SET UNLOGGED;

-- Whatever deletes an officer, a face, a photo or a search deletes these too, with or without Django.
ALTER TABLE recognition_facetemplate
    ADD FOREIGN KEY (face_id) REFERENCES officers_face ON DELETE CASCADE,
    ADD FOREIGN KEY (officer_id) REFERENCES officers_officer ON DELETE CASCADE,
    ADD FOREIGN KEY (photo_id) REFERENCES officers_photo ON DELETE CASCADE;
ALTER TABLE recognition_candidate
    ADD FOREIGN KEY (identification_id) REFERENCES recognition_identification ON DELETE CASCADE,
    ADD FOREIGN KEY (officer_id) REFERENCES officers_officer ON DELETE CASCADE,
    ADD FOREIGN KEY (face_id) REFERENCES officers_face ON DELETE CASCADE;

CREATE FUNCTION gate_face_allows(face bigint, officer bigint, photo uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM officers_face f WHERE f.id = face AND f.officer_id = officer AND f.photo_id = photo
                   AND f.reviewed_at IS NOT NULL)
       AND gate_officer_allows(officer) AND gate_photo_allows(photo)
$$;

CREATE FUNCTION gate_search_allows(identification uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((
        SELECT i.photo_id IS NOT NULL AND gate_photo_allows(i.photo_id) AND gate_department_allows(i.department_id)
        FROM recognition_identification i WHERE i.id = identification), false)
$$;

CREATE FUNCTION gate_guard_template() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7401415);
    IF NOT gate_face_allows(NEW.face_id, NEW.officer_id, NEW.photo_id) THEN
        RAISE EXCEPTION 'the gate does not allow a template of this face' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate_guard_candidate() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7401415);
    IF NOT (gate_search_allows(NEW.identification_id) AND gate_officer_allows(NEW.officer_id)) THEN
        RAISE EXCEPTION 'the gate does not allow this candidate' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER gate_guard BEFORE INSERT OR UPDATE ON recognition_facetemplate
    FOR EACH ROW EXECUTE FUNCTION gate_guard_template();
CREATE TRIGGER gate_guard BEFORE INSERT OR UPDATE ON recognition_candidate
    FOR EACH ROW EXECUTE FUNCTION gate_guard_candidate();

-- Set by set, not row by row: a roster of 50,000 must not make an edit slow.
CREATE FUNCTION gate_delete_forbidden() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    allowed bigint[];
BEGIN
    allowed := ARRAY(SELECT d.id FROM officers_department d WHERE gate_department_allows(d.id));
    DELETE FROM recognition_facetemplate t
    WHERE NOT EXISTS (SELECT FROM officers_officer o WHERE o.id = t.officer_id AND NOT o.ever_prohibited)
       OR NOT EXISTS (SELECT FROM officers_assignment a WHERE a.officer_id = t.officer_id)
       OR EXISTS (SELECT FROM officers_assignment a
                  WHERE a.officer_id = t.officer_id AND a.department_id <> ALL (allowed))
       OR NOT EXISTS (SELECT FROM officers_photo p WHERE p.id = t.photo_id AND NOT p.ever_prohibited
                      AND p.department_id = ANY (allowed))
       OR NOT EXISTS (SELECT FROM officers_face f WHERE f.id = t.face_id AND f.officer_id = t.officer_id
                      AND f.photo_id = t.photo_id AND f.reviewed_at IS NOT NULL);
    DELETE FROM recognition_candidate c
    WHERE NOT gate_officer_allows(c.officer_id) OR NOT gate_search_allows(c.identification_id);
END $$;

CREATE FUNCTION gate_purge() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM gate_delete_forbidden();
    RETURN NULL;
END $$;

CREATE TRIGGER gate_purge AFTER UPDATE OF state_id, county, city, is_facial_recognition_allowed, recognition_review_due
    ON officers_department FOR EACH STATEMENT EXECUTE FUNCTION gate_purge();
CREATE TRIGGER gate_purge AFTER INSERT OR UPDATE OR DELETE ON officers_departmentstate
    FOR EACH STATEMENT EXECUTE FUNCTION gate_purge();
CREATE TRIGGER gate_purge AFTER INSERT OR UPDATE OR DELETE ON officers_prohibitedplace
    FOR EACH STATEMENT EXECUTE FUNCTION gate_purge();
CREATE TRIGGER gate_purge AFTER INSERT OR UPDATE OR DELETE ON officers_assignment
    FOR EACH STATEMENT EXECUTE FUNCTION gate_purge();
CREATE TRIGGER gate_purge AFTER UPDATE OF ever_prohibited ON officers_officer
    FOR EACH STATEMENT EXECUTE FUNCTION gate_purge();
CREATE TRIGGER gate_purge AFTER UPDATE OF department_id, taken_in_prohibited_place, ever_prohibited ON officers_photo
    FOR EACH STATEMENT EXECUTE FUNCTION gate_purge();
CREATE TRIGGER gate_purge AFTER UPDATE OF officer_id, photo_id, reviewed_at ON officers_face
    FOR EACH STATEMENT EXECUTE FUNCTION gate_purge();

DO $$
DECLARE t record;
BEGIN
    FOR t IN SELECT tgrelid::regclass AS on_table, tgname FROM pg_trigger WHERE tgname LIKE 'gate%' AND NOT tgisinternal
    LOOP EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.on_table, t.tgname); END LOOP;
END $$;

-- For the calendar: a review that ran out, a prohibition that began. Returns how many templates are left out now.
CREATE FUNCTION gate_purge_now() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before bigint;
    after bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7401415);
    SELECT count(*) INTO before FROM recognition_facetemplate;
    PERFORM gate_delete_forbidden();
    SELECT count(*) INTO after FROM recognition_facetemplate;
    RETURN before - after;
END $$;
