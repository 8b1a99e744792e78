-- The audit log is a chain: each row's hash covers its text and the hash before it, so that a changed, removed or
-- reordered row shows. Rows are inserted without a lock and get their place here, one after the other.
CREATE FUNCTION audit_row_text(e oversight_auditevent) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT jsonb_build_array(
        e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor_id, e.actor,
        e.action, e.subject, e.subject_id, e.facts)::text
$$;

CREATE FUNCTION seal_audit() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    previous bytea;
    place bigint;
    row_to_seal public.oversight_auditevent;
    sealed bigint := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(7401416);
    SELECT chain_hash, place_in_chain INTO previous, place FROM oversight_auditevent
        WHERE place_in_chain IS NOT NULL ORDER BY place_in_chain DESC LIMIT 1;
    previous := coalesce(previous, ''::bytea);
    place := coalesce(place, 0);
    FOR row_to_seal IN SELECT * FROM oversight_auditevent WHERE place_in_chain IS NULL ORDER BY id LOOP
        previous := sha256(previous || convert_to(audit_row_text(row_to_seal), 'UTF8'));
        place := place + 1;
        sealed := sealed + 1;
        UPDATE oversight_auditevent SET place_in_chain = place, chain_hash = previous WHERE id = row_to_seal.id;
    END LOOP;
    RETURN sealed;
END $$;

-- Whoever writes a row chooses neither its time nor its place in the chain.
CREATE FUNCTION audit_on_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.at := clock_timestamp();
    NEW.place_in_chain := NULL;
    NEW.chain_hash := NULL;
    RETURN NEW;
END $$;

CREATE TRIGGER audit_on_entry BEFORE INSERT ON oversight_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_on_entry();
