-- LOOK-ALIKES of a prohibited photo are prohibited too: the same photo scaled, compressed again, brightened or cut a
-- little must not come in by another door. Photos look alike when their perceptual hashes (privacy/looks.py) differ in
-- at most 8 of 64 bits. One way only, and only here: it can close doors, never open one.

-- The hashes of all photos that ever were prohibited, deleted ones too. No role but the owner may look in here.
CREATE TABLE gate_looks (look bigint PRIMARY KEY);

-- Of four 16-bit quarters at least one differs in at most two bits when the whole differs in at most eight (11, even):
-- so each quarter is looked up with its 137 near values, and whoever is found is compared whole.
CREATE INDEX gate_looks_quarter_1 ON gate_looks ((look & 65535));
CREATE INDEX gate_looks_quarter_2 ON gate_looks ((look >> 16 & 65535));
CREATE INDEX gate_looks_quarter_3 ON gate_looks ((look >> 32 & 65535));
CREATE INDEX gate_looks_quarter_4 ON gate_looks ((look >> 48 & 65535));
CREATE INDEX officers_photo_quarter_1 ON officers_photo ((perceptual_hash & 65535));
CREATE INDEX officers_photo_quarter_2 ON officers_photo ((perceptual_hash >> 16 & 65535));
CREATE INDEX officers_photo_quarter_3 ON officers_photo ((perceptual_hash >> 32 & 65535));
CREATE INDEX officers_photo_quarter_4 ON officers_photo ((perceptual_hash >> 48 & 65535));

-- A quarter, and all 16-bit numbers that differ from it in one or two bits.
CREATE FUNCTION gate_near_quarters(quarter bigint) RETURNS bigint[]
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_agg(quarter # mask) FROM (
        SELECT 0::bigint AS mask
        UNION SELECT (1::bigint << a) | (1::bigint << b) FROM generate_series(0, 15) a, generate_series(0, 15) b) masks
$$;

CREATE FUNCTION gate_look_is_prohibited(wanted bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    q1 bigint[] := gate_near_quarters(wanted & 65535);
    q2 bigint[] := gate_near_quarters(wanted >> 16 & 65535);
    q3 bigint[] := gate_near_quarters(wanted >> 32 & 65535);
    q4 bigint[] := gate_near_quarters(wanted >> 48 & 65535);
BEGIN
    IF wanted IS NULL THEN
        RETURN false;
    END IF;
    -- MATERIALIZED: or the planner takes the last comparison for a common one and reads the whole table.
    RETURN (WITH alike AS MATERIALIZED (
        SELECT look FROM gate_looks
        WHERE (look & 65535) = ANY (q1) OR (look >> 16 & 65535) = ANY (q2)
           OR (look >> 32 & 65535) = ANY (q3) OR (look >> 48 & 65535) = ANY (q4))
        SELECT EXISTS (SELECT FROM alike WHERE bit_count((look # wanted)::bit(64)) <= 8));
END $$;

-- Photos that look like this, the most alike first. Also for people: "looks like that photo".
CREATE FUNCTION gate_photos_near(wanted bigint) RETURNS TABLE (id uuid, bits integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    q1 bigint[] := gate_near_quarters(wanted & 65535);
    q2 bigint[] := gate_near_quarters(wanted >> 16 & 65535);
    q3 bigint[] := gate_near_quarters(wanted >> 32 & 65535);
    q4 bigint[] := gate_near_quarters(wanted >> 48 & 65535);
BEGIN
    RETURN QUERY WITH alike AS MATERIALIZED (
        SELECT p.id, p.perceptual_hash FROM officers_photo p
        WHERE (p.perceptual_hash & 65535) = ANY (q1) OR (p.perceptual_hash >> 16 & 65535) = ANY (q2)
           OR (p.perceptual_hash >> 32 & 65535) = ANY (q3) OR (p.perceptual_hash >> 48 & 65535) = ANY (q4))
        SELECT a.id, bit_count((a.perceptual_hash # wanted)::bit(64))::integer FROM alike a
        WHERE bit_count((a.perceptual_hash # wanted)::bit(64)) <= 8 ORDER BY 2, 1;
END $$;

-- As before, and: a look-alike of a prohibited photo is one; a look is for life, as pixels are. Whoever stores a
-- prohibited photo changes what the law says about others, so waits for the lock alone, and before holding it with
-- others: two who both held it already would wait for each other.
CREATE OR REPLACE FUNCTION gate_photo_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM gate_hold(NEW.perceptual_hash IS NOT NULL AND (NEW.ever_prohibited OR NEW.taken_in_prohibited_place
            OR gate_department_prohibited(NEW.department_id) OR gate_look_is_prohibited(NEW.perceptual_hash)));
    END IF;
    NEW.ever_prohibited := NEW.ever_prohibited OR NEW.taken_in_prohibited_place
        OR gate_department_prohibited(NEW.department_id);
    IF TG_OP = 'INSERT' THEN
        NEW.ever_prohibited := NEW.ever_prohibited
            OR EXISTS (SELECT FROM gate_memory WHERE what = 'pixels' AND key = NEW.pixel_sha256)
            OR gate_look_is_prohibited(NEW.perceptual_hash);
    ELSIF NEW.id <> OLD.id OR NEW.pixel_sha256 <> OLD.pixel_sha256
          OR NEW.perceptual_hash IS DISTINCT FROM OLD.perceptual_hash THEN
        RAISE EXCEPTION 'a photo keeps its number and its pixels' USING ERRCODE = '23514';
    ELSE
        NEW.ever_prohibited := NEW.ever_prohibited OR OLD.ever_prohibited;
    END IF;
    RETURN NEW;
END $$;

-- A photo became prohibited: its look is remembered, and whoever looks like it follows, and whoever looks like those.
-- A look is remembered before the photos that have it are marked: so this, called again for each of them, ends at once.
CREATE FUNCTION gate_look_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    looks bigint[] := ARRAY[NEW.perceptual_hash];
    photos uuid[];
BEGIN
    PERFORM gate_hold(true);
    INSERT INTO gate_looks VALUES (NEW.perceptual_hash) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    LOOP
        SELECT array_agg(DISTINCT p.id), array_agg(DISTINCT p.perceptual_hash) INTO photos, looks
        FROM unnest(looks) l (look), LATERAL gate_photos_near(l.look) n JOIN officers_photo p ON p.id = n.id
        WHERE NOT p.ever_prohibited;
        EXIT WHEN photos IS NULL;
        INSERT INTO gate_looks SELECT unnest(looks) ON CONFLICT DO NOTHING;
        UPDATE officers_photo SET ever_prohibited = true WHERE id = ANY (photos) AND NOT ever_prohibited;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER gate_ratchet_look AFTER INSERT ON officers_photo
    FOR EACH ROW WHEN (NEW.ever_prohibited AND NEW.perceptual_hash IS NOT NULL) EXECUTE FUNCTION gate_look_ratchet();
CREATE TRIGGER gate_ratchet_look_later AFTER UPDATE ON officers_photo
    FOR EACH ROW WHEN (NEW.ever_prohibited AND NOT OLD.ever_prohibited AND NEW.perceptual_hash IS NOT NULL)
    EXECUTE FUNCTION gate_look_ratchet();
ALTER TABLE officers_photo ENABLE ALWAYS TRIGGER gate_ratchet_look;
ALTER TABLE officers_photo ENABLE ALWAYS TRIGGER gate_ratchet_look_later;
