-- Nothing is public before both looks, and nothing stays public that grew old: whatever changes it, with or without Django.

-- Is there a tag that a second person confirmed, of an officer whom a stranger may see?
CREATE FUNCTION publishing_allows(wanted uuid) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM officers_photo p
        JOIN officers_face f ON f.photo_id = p.id
        JOIN officers_officer o ON o.id = f.officer_id
        JOIN officers_department home ON home.id = p.department_id AND home.is_published
        WHERE p.id = wanted AND p.expires_at IS NULL AND f.reviewed_at IS NOT NULL
          AND (f.tagged_by_id IS NULL OR f.reviewed_by_id IS NULL OR f.tagged_by_id <> f.reviewed_by_id)
          AND o.is_published
          AND EXISTS (SELECT FROM officers_assignment a JOIN officers_department d ON d.id = a.department_id
                      WHERE a.officer_id = o.id AND d.is_published))
$$;

CREATE FUNCTION publishing_check() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT publishing_allows(NEW.photo_id) THEN
        RAISE EXCEPTION 'a photo is published only for a tag that a second person confirmed' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publishing_check BEFORE INSERT OR UPDATE ON officers_publication
    FOR EACH ROW WHEN (NEW.state = 'public') EXECUTE FUNCTION publishing_check();

-- The files of a version that is no longer named are erased by a promise of the same transaction.
CREATE FUNCTION publishing_erase() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO oversight_outboxentry
        (id, job, subject, queue, state, tries, created_at, due_at, running_as, last_error)
    VALUES (gen_random_uuid(), 'workers.photos.erase_rendition', replace(OLD.version::text, '-', ''), 'photos',
            'waiting', 0, now(), now(), '', '')
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER publishing_erase_changed AFTER UPDATE ON officers_publication
    FOR EACH ROW WHEN (OLD.version IS NOT NULL AND NEW.version IS DISTINCT FROM OLD.version)
    EXECUTE FUNCTION publishing_erase();
CREATE TRIGGER publishing_erase_deleted AFTER DELETE ON officers_publication
    FOR EACH ROW WHEN (OLD.version IS NOT NULL) EXECUTE FUNCTION publishing_erase();

-- What grew old is taken away at once. What people refused or withdrew stays so.
CREATE FUNCTION publishing_outdate(photos uuid[]) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE officers_publication
    SET changes = changes + 1, version = NULL,
        state = CASE WHEN state IN ('refused', 'withdrawn') THEN state ELSE 'stale' END
    WHERE photo_id = ANY (photos)
$$;

CREATE FUNCTION publishing_tag_changed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM publishing_outdate(ARRAY[OLD.photo_id]);
    ELSE
        PERFORM publishing_outdate(ARRAY[OLD.photo_id, NEW.photo_id]);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER publishing_tag_gone AFTER DELETE ON officers_face
    FOR EACH ROW WHEN (OLD.reviewed_at IS NOT NULL) EXECUTE FUNCTION publishing_tag_changed();
CREATE TRIGGER publishing_tag_changed AFTER UPDATE ON officers_face
    FOR EACH ROW WHEN (
        (NEW.officer_id, NEW.photo_id, NEW.reviewed_at, NEW.x, NEW.y, NEW.width, NEW.height)
        IS DISTINCT FROM (OLD.officer_id, OLD.photo_id, OLD.reviewed_at, OLD.x, OLD.y, OLD.width, OLD.height)
        AND (OLD.reviewed_at IS NOT NULL OR NEW.reviewed_at IS NOT NULL))
    EXECUTE FUNCTION publishing_tag_changed();

CREATE FUNCTION publishing_officer_hidden() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM publishing_outdate(ARRAY(SELECT f.photo_id FROM officers_face f WHERE f.officer_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER publishing_officer_hidden AFTER UPDATE ON officers_officer
    FOR EACH ROW WHEN (OLD.is_published AND NOT NEW.is_published) EXECUTE FUNCTION publishing_officer_hidden();

CREATE FUNCTION publishing_department_hidden() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM publishing_outdate(ARRAY(
        SELECT p.id FROM officers_photo p WHERE p.department_id = NEW.id
        UNION
        SELECT f.photo_id FROM officers_face f JOIN officers_assignment a ON a.officer_id = f.officer_id
        WHERE a.department_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER publishing_department_hidden AFTER UPDATE ON officers_department
    FOR EACH ROW WHEN (OLD.is_published AND NOT NEW.is_published)
    EXECUTE FUNCTION publishing_department_hidden();

-- An officer who leaves their last published department is hidden by that.
CREATE FUNCTION publishing_stint_gone() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM officers_assignment a JOIN officers_department d ON d.id = a.department_id
                   WHERE a.officer_id = OLD.officer_id AND d.is_published) THEN
        PERFORM publishing_outdate(ARRAY(
            SELECT f.photo_id FROM officers_face f WHERE f.officer_id = OLD.officer_id));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER publishing_stint_gone AFTER DELETE ON officers_assignment
    FOR EACH ROW EXECUTE FUNCTION publishing_stint_gone();
CREATE TRIGGER publishing_stint_moved AFTER UPDATE OF officer_id, department_id ON officers_assignment
    FOR EACH ROW EXECUTE FUNCTION publishing_stint_gone();

ALTER TABLE officers_publication ENABLE ALWAYS TRIGGER publishing_check;
ALTER TABLE officers_publication ENABLE ALWAYS TRIGGER publishing_erase_changed;
ALTER TABLE officers_publication ENABLE ALWAYS TRIGGER publishing_erase_deleted;
ALTER TABLE officers_face ENABLE ALWAYS TRIGGER publishing_tag_gone;
ALTER TABLE officers_face ENABLE ALWAYS TRIGGER publishing_tag_changed;
ALTER TABLE officers_officer ENABLE ALWAYS TRIGGER publishing_officer_hidden;
ALTER TABLE officers_department ENABLE ALWAYS TRIGGER publishing_department_hidden;
ALTER TABLE officers_assignment ENABLE ALWAYS TRIGGER publishing_stint_gone;
ALTER TABLE officers_assignment ENABLE ALWAYS TRIGGER publishing_stint_moved;
