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
        SELECT gate_photo_allows(i.photo_id) AND gate_department_allows(i.department_id)
        FROM recognition_identification i WHERE i.id = identification), false)
$$;

-- A candidate is an officer by one of their photos: both must be allowed, and so must the search.
CREATE FUNCTION gate_candidate_allows(identification uuid, officer bigint, face bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT gate_search_allows(identification) AND coalesce((
        SELECT gate_face_allows(f.id, officer, f.photo_id) FROM officers_face f WHERE f.id = face), false)
$$;

CREATE FUNCTION gate_guard_template() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM gate_hold(false);
    IF NOT gate_face_allows(NEW.face_id, NEW.officer_id, NEW.photo_id) THEN
        RAISE EXCEPTION 'the gate does not allow a template of this face' USING ERRCODE = '23514';
    END IF;
    NEW.made_at := least(NEW.made_at, clock_timestamp());  -- a date to come would outlive the year it may be kept
    RETURN NEW;
END $$;

CREATE FUNCTION gate_guard_candidate() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM gate_hold(false);
    IF NOT gate_candidate_allows(NEW.identification_id, NEW.officer_id, NEW.face_id) THEN
        RAISE EXCEPTION 'the gate does not allow this candidate' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER gate_guard BEFORE INSERT OR UPDATE ON recognition_facetemplate
    FOR EACH ROW EXECUTE FUNCTION gate_guard_template();
CREATE TRIGGER gate_guard BEFORE INSERT OR UPDATE ON recognition_candidate
    FOR EACH ROW EXECUTE FUNCTION gate_guard_candidate();

-- THE PURGE. A search with one forbidden candidate loses all of them: who is left would tell who was taken away.
-- Each function first holds the law still, so that whatever was written before is seen and nothing is written after.

-- Everything, set by set and not row by row: for changes that concern many, and for the calendar.
CREATE FUNCTION gate_delete_forbidden() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    allowed bigint[];
BEGIN
    PERFORM gate_hold(true);
    allowed := ARRAY(SELECT d.id FROM officers_department d WHERE gate_department_allows(d.id));
    DELETE FROM recognition_facetemplate t
    WHERE NOT EXISTS (SELECT FROM officers_officer o WHERE o.id = t.officer_id AND NOT o.ever_prohibited)
       OR NOT EXISTS (SELECT FROM officers_assignment a WHERE a.officer_id = t.officer_id)
       OR EXISTS (SELECT FROM officers_assignment a
                  WHERE a.officer_id = t.officer_id AND a.department_id <> ALL (allowed))
       OR NOT EXISTS (SELECT FROM officers_photo p WHERE p.id = t.photo_id AND NOT p.ever_prohibited
                      AND p.department_id = ANY (allowed))
       OR NOT EXISTS (SELECT FROM officers_face f WHERE f.id = t.face_id AND f.officer_id = t.officer_id
                      AND f.photo_id = t.photo_id AND f.reviewed_at IS NOT NULL)
       OR t.made_at < clock_timestamp() - interval '365 days';  -- as published: none is kept longer, whoever extends
    DELETE FROM recognition_candidate WHERE identification_id IN (
        SELECT c.identification_id FROM recognition_candidate c
        WHERE NOT gate_candidate_allows(c.identification_id, c.officer_id, c.face_id));
END $$;

-- One officer, photo, face or search: only what hangs on it, so that importing a long roster stays quick.
CREATE FUNCTION gate_delete_forbidden_of_officer(officer bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM gate_hold(true);
    IF NOT gate_officer_allows(officer) THEN
        DELETE FROM recognition_facetemplate WHERE officer_id = officer;
        DELETE FROM recognition_candidate WHERE identification_id IN (
            SELECT c.identification_id FROM recognition_candidate c WHERE c.officer_id = officer);
    END IF;
END $$;

CREATE FUNCTION gate_purge_assigned() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM gate_delete_forbidden_of_officer(OLD.officer_id);
    PERFORM gate_delete_forbidden_of_officer(NEW.officer_id);
    RETURN NULL;
END $$;

CREATE FUNCTION gate_purge_officer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM gate_delete_forbidden_of_officer(coalesce(NEW.id, OLD.id));
    RETURN NULL;
END $$;

CREATE FUNCTION gate_purge_photo() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    concerned uuid := coalesce(NEW.id, OLD.id);
BEGIN
    PERFORM gate_hold(true);
    IF NOT gate_photo_allows(concerned) THEN
        DELETE FROM recognition_facetemplate WHERE photo_id = concerned;
        DELETE FROM recognition_candidate WHERE identification_id IN (
            SELECT i.id FROM recognition_identification i WHERE i.photo_id = concerned
            UNION SELECT c.identification_id FROM recognition_candidate c JOIN officers_face f ON f.id = c.face_id
            WHERE f.photo_id = concerned);
    END IF;
    RETURN NULL;
END $$;

-- A tag or a box that changed: what was measured belonged to the old one.
CREATE FUNCTION gate_purge_face() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    concerned bigint := coalesce(NEW.id, OLD.id);
BEGIN
    PERFORM gate_hold(true);
    DELETE FROM recognition_facetemplate WHERE face_id = concerned;
    DELETE FROM recognition_candidate WHERE identification_id IN (
        SELECT c.identification_id FROM recognition_candidate c WHERE c.face_id = concerned);
    RETURN NULL;
END $$;

-- A search that became another question.
CREATE FUNCTION gate_purge_search() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    concerned uuid := coalesce(NEW.id, OLD.id);
BEGIN
    PERFORM gate_hold(true);
    DELETE FROM recognition_candidate WHERE identification_id = concerned;
    RETURN NULL;
END $$;

CREATE FUNCTION gate_purge() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM gate_delete_forbidden();
    RETURN NULL;
END $$;

-- Whoever deletes geometry, and may change the law afterwards, waits before holding any row: otherwise a purge waits
-- for that row while its holder waits for the lock.
CREATE TRIGGER gate_lock BEFORE DELETE ON recognition_facetemplate FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE DELETE ON recognition_candidate FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE DELETE ON recognition_identification FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();

CREATE TRIGGER gate_purge AFTER UPDATE OF state_id, county, city, is_facial_recognition_allowed, recognition_review_due
    ON officers_department FOR EACH STATEMENT EXECUTE FUNCTION gate_purge();
CREATE TRIGGER gate_purge AFTER INSERT OR UPDATE OR DELETE ON officers_departmentstate
    FOR EACH STATEMENT EXECUTE FUNCTION gate_purge();
CREATE TRIGGER gate_purge AFTER INSERT OR UPDATE OR DELETE ON officers_prohibitedplace
    FOR EACH STATEMENT EXECUTE FUNCTION gate_purge();
CREATE TRIGGER gate_purge AFTER INSERT OR UPDATE OR DELETE ON officers_assignment
    FOR EACH ROW EXECUTE FUNCTION gate_purge_assigned();
-- WHEN, not UPDATE OF: it also sees what a ratchet changed that the statement did not name.
CREATE TRIGGER gate_purge AFTER UPDATE ON officers_officer
    FOR EACH ROW WHEN (NEW.ever_prohibited AND NOT OLD.ever_prohibited) EXECUTE FUNCTION gate_purge_officer();
CREATE TRIGGER gate_purge AFTER UPDATE ON officers_photo
    FOR EACH ROW WHEN (NEW.ever_prohibited AND NOT OLD.ever_prohibited OR NEW.department_id <> OLD.department_id)
    EXECUTE FUNCTION gate_purge_photo();
CREATE TRIGGER gate_purge AFTER UPDATE ON officers_face
    FOR EACH ROW WHEN (
        (NEW.officer_id, NEW.photo_id, NEW.reviewed_at, NEW.x, NEW.y, NEW.width, NEW.height)
        IS DISTINCT FROM (OLD.officer_id, OLD.photo_id, OLD.reviewed_at, OLD.x, OLD.y, OLD.width, OLD.height))
    EXECUTE FUNCTION gate_purge_face();
CREATE TRIGGER gate_purge AFTER UPDATE ON recognition_identification
    FOR EACH ROW WHEN (
        (NEW.photo_id, NEW.department_id, NEW.x, NEW.y, NEW.width, NEW.height)
        IS DISTINCT FROM (OLD.photo_id, OLD.department_id, OLD.x, OLD.y, OLD.width, OLD.height))
    EXECUTE FUNCTION gate_purge_search();
-- What foreign keys do as well, except in a session that replays changes: there they sleep.
CREATE TRIGGER gate_purge_deleted AFTER DELETE ON officers_officer
    FOR EACH ROW EXECUTE FUNCTION gate_purge_officer();
CREATE TRIGGER gate_purge_deleted AFTER DELETE ON officers_photo FOR EACH ROW EXECUTE FUNCTION gate_purge_photo();
CREATE TRIGGER gate_purge_deleted AFTER DELETE ON officers_face FOR EACH ROW EXECUTE FUNCTION gate_purge_face();
CREATE TRIGGER gate_purge_deleted AFTER DELETE ON recognition_identification
    FOR EACH ROW EXECUTE FUNCTION gate_purge_search();

DO $$
DECLARE t record;
BEGIN
    FOR t IN SELECT tgrelid::regclass AS on_table, tgname FROM pg_trigger WHERE tgname LIKE 'gate%' AND NOT tgisinternal
    LOOP EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.on_table, t.tgname); END LOOP;
END $$;

-- For the calendar: a review that ran out, a prohibition that began. Returns how many templates went.
CREATE FUNCTION gate_purge_now() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before bigint;
BEGIN
    PERFORM gate_hold(true);
    SELECT count(*) INTO before FROM recognition_facetemplate;
    PERFORM gate_turn_ratchets();
    PERFORM gate_delete_forbidden();
    RETURN before - (SELECT count(*) FROM recognition_facetemplate);
END $$;
