"""Whose face is it? What a volunteer types (a badge number or a name), as officers of one department; and boxes."""

from django.db.models import Exists, OuterRef

from officers import cards, name_search
from officers.cards import OfficerCard
from officers.models import Assignment, Face, FoundHead, Officer, Photo
from officers.querysets import OfficerQuerySet
from officers.tagging import SAME_FACE, shared
from privacy.shapes import Rectangle

MOST_FOUND = 8
MOST_BOXES = 40
SMALLEST_BOX = 8  # photo pixels


def officers(words: str, *, department_id: int) -> list[OfficerCard]:
    """Public officers of the department: those whose badge number begins so, then those with these words in a name."""
    words = words.replace("\0", "").strip()[:100]
    if not words:
        return []
    here: OfficerQuerySet = Officer.objects.public().in_department(department_id)
    badge = Assignment.objects.filter(
        officer=OuterRef("pk"), department=department_id, badge_number__istartswith=words
    )
    found = list(
        here.filter(Exists(badge)).order_by("last_name", "first_name", "pk").for_cards()[:MOST_FOUND]
    )
    found.sort(key=lambda who: not _has_badge(who, words, department_id))
    if len(found) < MOST_FOUND:
        others = name_search.named(here, words).exclude(pk__in=[who.pk for who in found])
        ordered = others.order_by("last_name", "first_name", "pk").for_cards()
        found += list(ordered[: MOST_FOUND - len(found)])
    return [cards.card(who, department_id) for who in found]


def _has_badge(who: Officer, words: str, department_id: int) -> bool:
    """Exactly this number, rather than one that begins so."""
    stints = who.assignments.all()
    return any(s.badge_number.lower() == words.lower() and s.department_id == department_id for s in stints)


def untagged(photo: Photo, tags: list[Face]) -> list[Rectangle]:
    """The heads found in the photo that nobody has tagged, from left to right."""
    known = [tag.box for tag in tags]
    heads: list[FoundHead] = list(photo.heads.order_by("-score")[:MOST_BOXES])
    free = [head.box for head in heads if all(shared(head.box, box) < SAME_FACE for box in known)]
    return sorted(free, key=lambda box: (box.x, box.y))


def pickable(photo: Photo, tags: list[Face]) -> list[Rectangle]:
    """What can be pointed at: heads that nobody has tagged, then tags that have no name yet."""
    return untagged(photo, tags) + [tag.box for tag in tags if tag.officer_id is None]


def box_within(photo: Photo, numbers: list[str]) -> Rectangle | None:
    """The box that four numbers (x, y, width, height) say, or None when they say none inside the photo."""
    if len(numbers) != 4 or not all(n.isascii() and n.isdecimal() and len(n) < 7 for n in numbers):
        return None
    x, y, width, height = map(int, numbers)
    is_inside = x + width <= photo.width and y + height <= photo.height
    return Rectangle(x, y, width, height) if is_inside and min(width, height) >= SMALLEST_BOX else None
