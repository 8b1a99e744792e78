"""Photos that look like another one: a hint for people who sort, tag and review. It decides nothing for them.

For the law the same likeness counts, and there it closes doors: officers/migrations/sql/looks.sql.
"""

import uuid
from collections.abc import Collection

from django.db import connection

from officers.models import Photo

MOST_SHOWN = 3


def near_duplicates(photo: Photo, *, most: int = MOST_SHOWN) -> list[uuid.UUID]:
    """The kept photos that look most like this one, the most alike first. One query."""
    return near_duplicates_of([photo], most=most).get(photo.pk, [])


def near_duplicates_of(
    photos: Collection[Photo], *, most: int = MOST_SHOWN
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The same for a page of photos, in one query. Photos without look-alikes are left out.

    Somebody's open question is never shown to others, and what is held back to nobody: neither is named here.
    """
    wanted = [(photo.pk, photo.perceptual_hash) for photo in photos if photo.perceptual_hash is not None]
    if not wanted:
        return {}
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.id, n.id FROM unnest(%s::uuid[], %s::bigint[]) w (id, look), LATERAL ("
            "  SELECT p.id, n.bits FROM gate_photos_near(w.look) n JOIN officers_photo p ON p.id = n.id"
            "  WHERE p.id <> w.id AND p.expires_at IS NULL AND NOT EXISTS ("
            "    SELECT FROM officers_hold h WHERE h.photo_id = p.id AND h.ended_at IS NULL"
            "    AND (h.until IS NULL OR h.until > now()))"
            "  ORDER BY n.bits, p.id LIMIT %s) n"
            " ORDER BY w.id, n.bits, n.id",
            [[pk for pk, _ in wanted], [look for _, look in wanted], most],
        )
        for photo, alike in cursor.fetchall():
            found.setdefault(photo, []).append(alike)
    return found
