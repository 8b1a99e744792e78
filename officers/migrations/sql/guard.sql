-- THE SECOND LOCK, first half: the law as functions, and the one-way ratchets.
-- The same law as oversight/gate.py; a test holds the two equal. The tables belong to the owner role, so the app
-- can neither change these functions nor disable a trigger. Every function pins its search_path, because a
-- temporary table of the same name would otherwise be asked instead.

CREATE FUNCTION gate_today() RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$ SELECT (now() AT TIME ZONE 'UTC')::date $$;

CREATE FUNCTION gate_place_prohibited(state text, county text, city text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT state = 'IL' OR EXISTS (
        SELECT FROM officers_prohibitedplace p
        WHERE p.state_id = state AND p.county IN ('', gate_place_prohibited.county)
          AND p.city IN ('', gate_place_prohibited.city)
          AND p.valid_from <= gate_today() AND (p.valid_to IS NULL OR gate_today() < p.valid_to))
$$;

-- A department is in a prohibited place when any state it works in is one. An unknown department is.
CREATE FUNCTION gate_department_prohibited(department bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((
        SELECT gate_place_prohibited(d.state_id, d.county, d.city) OR EXISTS (
            SELECT FROM officers_departmentstate s
            WHERE s.department_id = d.id AND gate_place_prohibited(s.state_id, '', ''))
        FROM officers_department d WHERE d.id = department), true)
$$;

CREATE FUNCTION gate_department_allows(department bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((
        SELECT d.is_facial_recognition_allowed AND d.recognition_review_due >= gate_today()
        FROM officers_department d WHERE d.id = department), false)
       AND NOT gate_department_prohibited(department)
$$;

-- Every department of an officer must allow it, and there must be one.
CREATE FUNCTION gate_officer_allows(officer bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((SELECT NOT o.ever_prohibited FROM officers_officer o WHERE o.id = officer), false)
       AND coalesce((SELECT bool_and(gate_department_allows(a.department_id))
                     FROM officers_assignment a WHERE a.officer_id = officer), false)
$$;

CREATE FUNCTION gate_photo_allows(photo uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((SELECT NOT p.ever_prohibited AND gate_department_allows(p.department_id)
                     FROM officers_photo p WHERE p.id = photo), false)
$$;

-- One advisory lock keeps the law still while geometry is written: writers of geometry hold it shared, whoever
-- changes what the law depends on holds it exclusively, from before the change until commit. Without it, two
-- transactions that cannot see each other were measured to leak.
CREATE FUNCTION gate_lock() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN PERFORM pg_advisory_xact_lock(7401415); RETURN NULL; END $$;

-- The ratchets. They turn one way only, and only here.
CREATE FUNCTION gate_officer_ratchet() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.ever_prohibited := OLD.ever_prohibited OR NEW.ever_prohibited;
    RETURN NEW;
END $$;

CREATE FUNCTION gate_photo_ratchet() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.ever_prohibited := NEW.ever_prohibited OR NEW.taken_in_prohibited_place
        OR gate_department_prohibited(NEW.department_id);
    IF TG_OP = 'UPDATE' THEN
        NEW.ever_prohibited := NEW.ever_prohibited OR OLD.ever_prohibited;
    END IF;
    RETURN NEW;
END $$;

-- A second filing of an old photo changes what the law depends on; the first filing of a new one does not.
CREATE FUNCTION gate_filing_lock() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.department_id IS DISTINCT FROM (SELECT department_id FROM officers_photo WHERE id = NEW.photo_id) THEN
        PERFORM pg_advisory_xact_lock(7401415);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate_filing_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE officers_photo SET ever_prohibited = true
    WHERE id = NEW.photo_id AND NOT ever_prohibited AND gate_department_prohibited(NEW.department_id);
    RETURN NULL;
END $$;

CREATE FUNCTION gate_assignment_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE officers_officer SET ever_prohibited = true
    WHERE id = NEW.officer_id AND NOT ever_prohibited AND gate_department_prohibited(NEW.department_id);
    RETURN NULL;
END $$;

-- A photo in which a prohibited officer is tagged is prohibited as a whole, whoever else is in it.
CREATE FUNCTION gate_face_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE officers_photo SET ever_prohibited = true
    WHERE id = NEW.photo_id AND NOT ever_prohibited
      AND EXISTS (SELECT FROM officers_officer o WHERE o.id = NEW.officer_id AND o.ever_prohibited);
    RETURN NULL;
END $$;

CREATE FUNCTION gate_officer_prohibited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE officers_photo p SET ever_prohibited = true
    WHERE NOT p.ever_prohibited
      AND EXISTS (SELECT FROM officers_face f WHERE f.photo_id = p.id AND f.officer_id = NEW.id);
    RETURN NULL;
END $$;

-- After a change of places: whatever now lies in a prohibited one is marked for good.
CREATE FUNCTION gate_places_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    prohibited bigint[];
BEGIN
    prohibited := ARRAY(SELECT d.id FROM officers_department d WHERE gate_department_prohibited(d.id));
    UPDATE officers_officer o SET ever_prohibited = true
    WHERE NOT o.ever_prohibited AND EXISTS (
        SELECT FROM officers_assignment a WHERE a.officer_id = o.id AND a.department_id = ANY (prohibited));
    UPDATE officers_photo p SET ever_prohibited = true
    WHERE NOT p.ever_prohibited AND (p.department_id = ANY (prohibited) OR EXISTS (
        SELECT FROM officers_photofiling f WHERE f.photo_id = p.id AND f.department_id = ANY (prohibited)));
    RETURN NULL;
END $$;

CREATE TRIGGER gate_lock BEFORE UPDATE OF state_id, county, city, is_facial_recognition_allowed, recognition_review_due
    OR DELETE ON officers_department FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE INSERT OR UPDATE OR DELETE ON officers_departmentstate
    FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE INSERT OR UPDATE OR DELETE ON officers_prohibitedplace
    FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE INSERT OR UPDATE OR DELETE ON officers_assignment
    FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE UPDATE OF ever_prohibited OR DELETE ON officers_officer
    FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE UPDATE OF department_id, taken_in_prohibited_place, ever_prohibited OR DELETE
    ON officers_photo FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE INSERT OR UPDATE OF officer_id, photo_id, reviewed_at OR DELETE ON officers_face
    FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE INSERT OR UPDATE ON officers_photofiling
    FOR EACH ROW EXECUTE FUNCTION gate_filing_lock();

CREATE TRIGGER gate_ratchet BEFORE UPDATE ON officers_officer
    FOR EACH ROW EXECUTE FUNCTION gate_officer_ratchet();
CREATE TRIGGER gate_ratchet BEFORE INSERT OR UPDATE ON officers_photo
    FOR EACH ROW EXECUTE FUNCTION gate_photo_ratchet();
CREATE TRIGGER gate_ratchet AFTER INSERT OR UPDATE ON officers_photofiling
    FOR EACH ROW EXECUTE FUNCTION gate_filing_ratchet();
CREATE TRIGGER gate_ratchet AFTER INSERT OR UPDATE ON officers_assignment
    FOR EACH ROW EXECUTE FUNCTION gate_assignment_ratchet();
CREATE TRIGGER gate_ratchet AFTER INSERT OR UPDATE OF officer_id, photo_id ON officers_face
    FOR EACH ROW EXECUTE FUNCTION gate_face_ratchet();
CREATE TRIGGER gate_photos_of_officer AFTER UPDATE OF ever_prohibited ON officers_officer
    FOR EACH ROW WHEN (NEW.ever_prohibited AND NOT OLD.ever_prohibited) EXECUTE FUNCTION gate_officer_prohibited();
CREATE TRIGGER gate_ratchet AFTER UPDATE OF state_id, county, city ON officers_department
    FOR EACH STATEMENT EXECUTE FUNCTION gate_places_ratchet();
CREATE TRIGGER gate_ratchet AFTER INSERT OR UPDATE ON officers_departmentstate
    FOR EACH STATEMENT EXECUTE FUNCTION gate_places_ratchet();
CREATE TRIGGER gate_ratchet AFTER INSERT OR UPDATE ON officers_prohibitedplace
    FOR EACH STATEMENT EXECUTE FUNCTION gate_places_ratchet();

-- ALWAYS: also for a session that replays changes (session_replication_role = replica).
DO $$
DECLARE t record;
BEGIN
    FOR t IN SELECT tgrelid::regclass AS on_table, tgname FROM pg_trigger WHERE tgname LIKE 'gate%' AND NOT tgisinternal
    LOOP EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.on_table, t.tgname); END LOOP;
END $$;
