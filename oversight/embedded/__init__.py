"""The default PostgreSQL and Valkey, and the launcher that runs the whole product in one terminal.

Only used where no `DATABASE_URL` / `REDIS_URL` is configured. Nothing here listens on a network port: both
servers speak over unix sockets in a private folder.
"""
