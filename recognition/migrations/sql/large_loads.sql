-- The purge of officers whose assignments changed, for a whole statement at once: of a roster's fifty thousand only those
-- are asked about of whom anything is measured. The same law, under the same lock, in the same transaction.
CREATE FUNCTION gate_delete_forbidden_of_officers(officers bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    measured bigint[];
    forbidden bigint[];
BEGIN
    PERFORM gate_hold(true);
    measured := ARRAY(SELECT t.officer_id FROM recognition_facetemplate t WHERE t.officer_id = ANY (officers)
                      UNION SELECT c.officer_id FROM recognition_candidate c WHERE c.officer_id = ANY (officers));
    forbidden := ARRAY(SELECT o FROM unnest(measured) o WHERE NOT gate_officer_allows(o));
    IF forbidden <> '{}' THEN
        DELETE FROM recognition_facetemplate WHERE officer_id = ANY (forbidden);
        DELETE FROM recognition_candidate WHERE identification_id IN (
            SELECT c.identification_id FROM recognition_candidate c WHERE c.officer_id = ANY (forbidden));
    END IF;
END $$;

CREATE FUNCTION gate_purge_assignments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM gate_delete_forbidden_of_officers(ARRAY(SELECT DISTINCT officer_id FROM now_rows));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM gate_delete_forbidden_of_officers(ARRAY(SELECT DISTINCT officer_id FROM was_rows));
    ELSE
        PERFORM gate_delete_forbidden_of_officers(ARRAY(
            SELECT officer_id FROM was_rows UNION SELECT officer_id FROM now_rows));
    END IF;
    RETURN NULL;
END $$;

-- The trigger of a row stays for changes that are replayed (logical replication), in which a statement fires none.
DROP TRIGGER gate_purge ON officers_assignment;
CREATE TRIGGER gate_purge AFTER INSERT ON officers_assignment
    REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION gate_purge_assignments();
CREATE TRIGGER gate_purge_moved AFTER UPDATE ON officers_assignment
    REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION gate_purge_assignments();
CREATE TRIGGER gate_purge_gone AFTER DELETE ON officers_assignment
    REFERENCING OLD TABLE AS was_rows FOR EACH STATEMENT EXECUTE FUNCTION gate_purge_assignments();
CREATE TRIGGER gate_purge_replayed AFTER INSERT OR UPDATE OR DELETE ON officers_assignment
    FOR EACH ROW WHEN (current_setting('session_replication_role') = 'replica') EXECUTE FUNCTION gate_purge_assigned();
ALTER TABLE officers_assignment ENABLE ALWAYS TRIGGER gate_purge;
ALTER TABLE officers_assignment ENABLE ALWAYS TRIGGER gate_purge_moved;
ALTER TABLE officers_assignment ENABLE ALWAYS TRIGGER gate_purge_gone;
ALTER TABLE officers_assignment ENABLE ALWAYS TRIGGER gate_purge_replayed;
