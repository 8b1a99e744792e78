-- What the product's database needs from a superuser, once. Safe to run again; every start of the embedded one does.
--
-- With a PostgreSQL of your own (15 or later, with pgvector):
--     createdb oversight
--     psql -d oversight -v ON_ERROR_STOP=1 -f oversight/embedded/provision.sql
--     psql -d oversight -c '\password oversight_owner' -c '\password oversight_app'
-- Then set DATABASE_OWNER_URL and DATABASE_URL to the two roles, and run `manage.py migrate`.
--
-- Two roles are the second lock: the tables and their guards belong to oversight_owner, which only migrations use;
-- oversight_app, which the web server and the workers use, owns nothing, so it can lift no guard.

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'oversight_owner') THEN CREATE ROLE oversight_owner; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'oversight_app') THEN CREATE ROLE oversight_app; END IF;
END $$;
ALTER ROLE oversight_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE oversight_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- Never let a name be shadowed by a schema or a temporary table of somebody else's.
ALTER ROLE oversight_owner SET search_path = public;
ALTER ROLE oversight_app SET search_path = public;

-- PUBLIC may by default make temporary tables, which could stand in for ours inside a guard.
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO oversight_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM oversight_app', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO oversight_app', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM oversight_app;
GRANT USAGE, CREATE ON SCHEMA public TO oversight_owner;
GRANT USAGE ON SCHEMA public TO oversight_app;

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;

-- The app may use what migrations make later, and change the rows but never the tables.
ALTER DEFAULT PRIVILEGES FOR ROLE oversight_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO oversight_app;
ALTER DEFAULT PRIVILEGES FOR ROLE oversight_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO oversight_app;
