"""The six locks of the guard, and how to take each one away from a scratch database.

Taking away is for finding out whether the histories would notice. Only the lock named is touched; where an attack
needs more than that to be possible at all, it says so.
"""

import psycopg

WITHOUT = {
    # Writers of geometry and changers of the law no longer wait for each other.
    "advisory": """
        CREATE OR REPLACE FUNCTION gate_hold(to_change boolean) RETURNS void
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN END $$
    """,
    # Templates and candidates are written unasked; closing a door still purges.
    "trigger": """
        DROP TRIGGER gate_guard ON recognition_facetemplate;
        DROP TRIGGER gate_guard ON recognition_candidate
    """,
    # The guards sleep in a session that replays changes.
    "always": """
        DO $$ DECLARE t record; BEGIN
            FOR t IN SELECT tgrelid::regclass AS on_table, tgname FROM pg_trigger
                     WHERE tgname LIKE 'gate%' AND NOT tgisinternal
            LOOP EXECUTE format('ALTER TABLE %s ENABLE TRIGGER %I', t.on_table, t.tgname); END LOOP;
        END $$
    """,
    # Nothing is remembered: only where people and photos are now counts.
    "ratchet": """
        DO $$ DECLARE t record; BEGIN
            FOR t IN SELECT tgrelid::regclass AS on_table, tgname FROM pg_trigger
                     WHERE (tgname LIKE 'gate_ratchet%' OR tgname LIKE 'gate_remember%'
                            OR tgname LIKE 'gate_photos_of_officer%') AND NOT tgisinternal
            LOOP EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.on_table); END LOOP;
        END $$
    """,
    # A temporary table of the same name is asked instead. The app's role may not make temporary tables, which is a
    # lock of its own before this one: it is given that right here, or the attack could not even begin.
    "search_path": """
        DO $$ DECLARE f regprocedure; BEGIN
            FOR f IN SELECT oid FROM pg_proc WHERE proname LIKE 'gate%' AND pronamespace = 'public'::regnamespace
            LOOP EXECUTE format('ALTER FUNCTION %s RESET search_path', f); END LOOP;
            EXECUTE format('GRANT TEMP ON DATABASE %I TO oversight_app', current_database());
        END $$
    """,
    # The switch itself can be set in Illinois; the functions still refuse what would follow.
    "check": "ALTER TABLE officers_department DROP CONSTRAINT no_face_matching_in_illinois",
}


def take_away(lock: str, superuser: psycopg.Connection) -> None:
    """Remove one lock from the scratch database that `superuser` is connected to, and commit."""
    superuser.execute(WITHOUT[lock].encode())
    superuser.commit()
