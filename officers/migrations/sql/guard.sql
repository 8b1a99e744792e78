-- THE SECOND LOCK, first half: the law as functions, and the one-way ratchets.
-- The same law as oversight/gate.py; a test holds the two equal. The tables belong to the owner role, so the app
-- can neither change these functions nor disable a trigger. Every function pins its search_path, because a
-- temporary table of the same name would otherwise be asked instead.

-- The clock on the wall, not now(): a transaction that was opened yesterday must not have yesterday's law.
CREATE FUNCTION gate_today() RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date
$$;

CREATE FUNCTION gate_place_prohibited(state text, county text, city text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT state = 'IL' OR EXISTS (
        SELECT FROM officers_prohibitedplace p
        WHERE p.state_id = state AND p.county IN ('', gate_place_prohibited.county)
          AND p.city IN ('', gate_place_prohibited.city)
          AND p.valid_from <= gate_today() AND (p.valid_to IS NULL OR gate_today() < p.valid_to))
$$;

-- As above, but a county or city that we do not know could be the prohibited one. Refused, not remembered for ever.
CREATE FUNCTION gate_place_refused(state text, county text, city text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT state = 'IL' OR EXISTS (
        SELECT FROM officers_prohibitedplace p
        WHERE p.state_id = state
          AND (p.county = gate_place_refused.county OR '' IN (p.county, gate_place_refused.county))
          AND (p.city = gate_place_refused.city OR '' IN (p.city, gate_place_refused.city))
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
           AND NOT gate_place_refused(d.state_id, d.county, d.city)
           AND NOT EXISTS (SELECT FROM officers_departmentstate s
                           WHERE s.department_id = d.id AND gate_place_refused(s.state_id, '', ''))
        FROM officers_department d WHERE d.id = department), false)
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
-- changes what the law depends on holds it exclusively until commit. Without it, two transactions that cannot see
-- each other were measured to leak. It works only where each statement sees what was committed before it.
CREATE FUNCTION gate_hold(to_change boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') NOT LIKE 'read %' THEN
        RAISE EXCEPTION 'the guard needs READ COMMITTED: an older snapshot does not see a closed door'
            USING ERRCODE = '23514';
    END IF;
    IF to_change THEN
        PERFORM pg_advisory_xact_lock(7401415);
    ELSE
        PERFORM pg_advisory_xact_lock_shared(7401415);
    END IF;
END $$;

CREATE FUNCTION gate_lock() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN PERFORM gate_hold(true); RETURN NULL; END $$;

-- THE RATCHETS. They turn one way only, and only here.

-- What was prohibited stays so when its row is deleted and made again. No role but the owner may look in here.
CREATE TABLE gate_memory (what text, key text, PRIMARY KEY (what, key));

CREATE FUNCTION gate_officer_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.ever_prohibited := NEW.ever_prohibited
            OR EXISTS (SELECT FROM gate_memory WHERE what = 'officer' AND key = NEW.id::text);
    ELSIF NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'an officer keeps their number' USING ERRCODE = '23514';
    ELSE
        NEW.ever_prohibited := NEW.ever_prohibited OR OLD.ever_prohibited;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate_photo_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM gate_hold(false);  -- or its department moves to a prohibited place unseen, and misses the new photo
    END IF;
    NEW.ever_prohibited := NEW.ever_prohibited OR NEW.taken_in_prohibited_place
        OR gate_department_prohibited(NEW.department_id);
    IF TG_OP = 'INSERT' THEN
        NEW.ever_prohibited := NEW.ever_prohibited
            OR EXISTS (SELECT FROM gate_memory WHERE what = 'pixels' AND key = NEW.pixel_sha256);
    ELSIF NEW.id <> OLD.id OR NEW.pixel_sha256 <> OLD.pixel_sha256 THEN
        RAISE EXCEPTION 'a photo keeps its number and its pixels' USING ERRCODE = '23514';
    ELSE
        NEW.ever_prohibited := NEW.ever_prohibited OR OLD.ever_prohibited;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate_remember_officer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN INSERT INTO gate_memory VALUES ('officer', OLD.id::text) ON CONFLICT DO NOTHING; RETURN NULL; END $$;

CREATE FUNCTION gate_remember_photo() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN INSERT INTO gate_memory VALUES ('pixels', OLD.pixel_sha256) ON CONFLICT DO NOTHING; RETURN NULL; END $$;

-- A second filing of an old photo changes what the law depends on; the first filing of a new one does not.
CREATE FUNCTION gate_filing_lock() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.department_id IS DISTINCT FROM (SELECT department_id FROM officers_photo WHERE id = NEW.photo_id) THEN
        PERFORM gate_hold(true);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate_filing_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF gate_department_prohibited(NEW.department_id) THEN
        UPDATE officers_photo SET ever_prohibited = true WHERE id = NEW.photo_id AND NOT ever_prohibited;
    END IF;
    RETURN NULL;
END $$;

-- Also when an assignment ends by being deleted, and when it is handed to another officer because the two are one.
CREATE FUNCTION gate_assignment_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND gate_department_prohibited(OLD.department_id) THEN
        UPDATE officers_officer SET ever_prohibited = true WHERE id = OLD.officer_id AND NOT ever_prohibited;
    END IF;
    IF TG_OP <> 'DELETE' AND (
        gate_department_prohibited(NEW.department_id)
        OR EXISTS (SELECT FROM officers_officer o WHERE o.id = OLD.officer_id AND o.ever_prohibited)
    ) THEN
        UPDATE officers_officer SET ever_prohibited = true WHERE id = NEW.officer_id AND NOT ever_prohibited;
    END IF;
    RETURN NULL;
END $$;

-- A photo in which a prohibited officer is tagged is prohibited as a whole, whoever else is in it.
CREATE FUNCTION gate_face_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM officers_officer o WHERE o.id = NEW.officer_id AND o.ever_prohibited) THEN
        UPDATE officers_photo SET ever_prohibited = true WHERE id = NEW.photo_id AND NOT ever_prohibited;
    END IF;
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

-- Whatever lies in a prohibited place by now is marked for good, after a change of places and by the calendar. The
-- department is switched off, so that opening it again takes a new decision.
CREATE FUNCTION gate_turn_ratchets() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    prohibited bigint[];
BEGIN
    PERFORM gate_hold(true);
    prohibited := ARRAY(SELECT d.id FROM officers_department d WHERE gate_department_prohibited(d.id));
    UPDATE officers_department SET is_facial_recognition_allowed = false
    WHERE is_facial_recognition_allowed AND id = ANY (prohibited);
    UPDATE officers_officer o SET ever_prohibited = true
    WHERE NOT o.ever_prohibited AND EXISTS (
        SELECT FROM officers_assignment a WHERE a.officer_id = o.id AND a.department_id = ANY (prohibited));
    UPDATE officers_photo p SET ever_prohibited = true
    WHERE NOT p.ever_prohibited AND (p.department_id = ANY (prohibited) OR EXISTS (
        SELECT FROM officers_photofiling f WHERE f.photo_id = p.id AND f.department_id = ANY (prohibited)));
END $$;

CREATE FUNCTION gate_places_ratchet() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN PERFORM gate_turn_ratchets(); RETURN NULL; END $$;

-- A department with officers or photos does not leave a prohibited place again, unless the owner lifts this guard.
CREATE FUNCTION gate_department_is_used(department bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM officers_assignment a WHERE a.department_id = department)
        OR EXISTS (SELECT FROM officers_photo p WHERE p.department_id = department)
$$;

CREATE FUNCTION gate_department_moves() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    was boolean := gate_place_prohibited(OLD.state_id, OLD.county, OLD.city);
    will_be boolean := gate_place_prohibited(NEW.state_id, NEW.county, NEW.city);
BEGIN
    IF NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'a department keeps its number' USING ERRCODE = '23514';
    ELSIF was AND NOT will_be AND gate_department_is_used(OLD.id) THEN
        RAISE EXCEPTION 'a department with officers or photos does not leave a place that forbids matching'
            USING ERRCODE = '23514';
    ELSIF will_be AND NOT was THEN
        NEW.is_facial_recognition_allowed := false;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate_department_leaves_state() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (TG_OP = 'DELETE' OR NEW.state_id <> OLD.state_id OR NEW.department_id <> OLD.department_id)
       AND gate_place_prohibited(OLD.state_id, '', '') AND gate_department_is_used(OLD.department_id) THEN
        RAISE EXCEPTION 'a department with officers or photos does not leave a place that forbids matching'
            USING ERRCODE = '23514';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE TRIGGER gate_lock BEFORE UPDATE OF state_id, county, city, is_facial_recognition_allowed, recognition_review_due
    OR DELETE ON officers_department FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE INSERT OR UPDATE OR DELETE ON officers_departmentstate
    FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE INSERT OR UPDATE OR DELETE ON officers_prohibitedplace
    FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE INSERT OR UPDATE OR DELETE ON officers_assignment
    FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
-- INSERT too: whoever makes an officer under a number that is just being deleted must see what was remembered of it.
CREATE TRIGGER gate_lock BEFORE INSERT OR UPDATE OF ever_prohibited OR DELETE ON officers_officer
    FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE UPDATE OF department_id, taken_in_prohibited_place, ever_prohibited OR DELETE
    ON officers_photo FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE INSERT OR UPDATE OF officer_id, photo_id, reviewed_at, x, y, width, height OR DELETE
    ON officers_face FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
CREATE TRIGGER gate_lock BEFORE INSERT OR UPDATE ON officers_photofiling
    FOR EACH ROW EXECUTE FUNCTION gate_filing_lock();

CREATE TRIGGER gate_moves BEFORE UPDATE ON officers_department
    FOR EACH ROW EXECUTE FUNCTION gate_department_moves();
CREATE TRIGGER gate_moves BEFORE UPDATE OR DELETE ON officers_departmentstate
    FOR EACH ROW EXECUTE FUNCTION gate_department_leaves_state();

CREATE TRIGGER gate_ratchet BEFORE INSERT OR UPDATE ON officers_officer
    FOR EACH ROW EXECUTE FUNCTION gate_officer_ratchet();
CREATE TRIGGER gate_ratchet BEFORE INSERT OR UPDATE ON officers_photo
    FOR EACH ROW EXECUTE FUNCTION gate_photo_ratchet();
CREATE TRIGGER gate_remember AFTER DELETE ON officers_officer
    FOR EACH ROW WHEN (OLD.ever_prohibited) EXECUTE FUNCTION gate_remember_officer();
CREATE TRIGGER gate_remember AFTER DELETE ON officers_photo
    FOR EACH ROW WHEN (OLD.ever_prohibited) EXECUTE FUNCTION gate_remember_photo();
CREATE TRIGGER gate_ratchet AFTER INSERT OR UPDATE ON officers_photofiling
    FOR EACH ROW EXECUTE FUNCTION gate_filing_ratchet();
CREATE TRIGGER gate_ratchet AFTER INSERT OR UPDATE OR DELETE ON officers_assignment
    FOR EACH ROW EXECUTE FUNCTION gate_assignment_ratchet();
CREATE TRIGGER gate_ratchet AFTER INSERT OR UPDATE OF officer_id, photo_id ON officers_face
    FOR EACH ROW EXECUTE FUNCTION gate_face_ratchet();
CREATE TRIGGER gate_photos_of_officer AFTER UPDATE ON officers_officer
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
