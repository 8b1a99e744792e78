"""What the app's database role may not do, for migrations to say table by table.

Migrations run as the owner. Where one role does both (DATABASE_OWNER_URL unset) nothing is revoked, and a system check
warns of it in production.
"""

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from psycopg import sql


def revoke(editor: BaseDatabaseSchemaEditor, table: str, *privileges: str) -> None:
    """Take `privileges` (such as UPDATE) on `table` from the app's role."""
    role = settings.APP_DATABASE_ROLE
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == role:
            return
        for privilege in privileges:
            statement = sql.SQL("REVOKE {} ON TABLE {} FROM {}").format(
                sql.SQL(privilege), sql.Identifier(table), sql.Identifier(role)
            )
            cursor.execute(statement)
