-- The epoch of the law: raised by whatever may close a door, told to whoever listens at the moment of commit.
-- A search that began in an older epoch asks the gate again; work that is now forbidden is stopped.
CREATE TABLE gate_epoch (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch bigint NOT NULL
);
INSERT INTO gate_epoch (epoch) VALUES (1);

CREATE FUNCTION gate_new_epoch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE gate_epoch SET epoch = epoch + 1;
    PERFORM pg_notify('gate', '');
    RETURN NULL;
END $$;

CREATE TRIGGER gate_new_epoch AFTER UPDATE OF state_id, county, city, is_facial_recognition_allowed,
    recognition_review_due ON officers_department FOR EACH STATEMENT EXECUTE FUNCTION gate_new_epoch();
CREATE TRIGGER gate_new_epoch AFTER INSERT OR UPDATE OR DELETE ON officers_departmentstate
    FOR EACH STATEMENT EXECUTE FUNCTION gate_new_epoch();
CREATE TRIGGER gate_new_epoch AFTER INSERT OR UPDATE OR DELETE ON officers_prohibitedplace
    FOR EACH STATEMENT EXECUTE FUNCTION gate_new_epoch();
CREATE TRIGGER gate_new_epoch AFTER INSERT OR UPDATE OR DELETE ON officers_assignment
    FOR EACH STATEMENT EXECUTE FUNCTION gate_new_epoch();
CREATE TRIGGER gate_new_epoch AFTER UPDATE OF ever_prohibited ON officers_officer
    FOR EACH STATEMENT EXECUTE FUNCTION gate_new_epoch();
CREATE TRIGGER gate_new_epoch AFTER UPDATE OF department_id, taken_in_prohibited_place, ever_prohibited
    ON officers_photo FOR EACH STATEMENT EXECUTE FUNCTION gate_new_epoch();

DO $$
DECLARE t record;
BEGIN
    FOR t IN SELECT tgrelid::regclass AS on_table, tgname FROM pg_trigger WHERE tgname LIKE 'gate%' AND NOT tgisinternal
    LOOP EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.on_table, t.tgname); END LOOP;
END $$;
