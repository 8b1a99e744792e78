"""Whose name is it? Words as people type them, in any order, become one question to the index of names.

A word is asked for as it was typed, as the beginning of a name, and as the names it may stand for (nicknames.py). Only
when hardly anybody is called so are words one letter off, or alike in their three-letter parts, asked for too: then
the page says that these names are close and not the same. Words with a digit are numbers: badges and ids.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import add, and_, or_
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.core.cache import cache
from django.db import connection
from django.db.models import Case, F, FloatField, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Round

from officers.models import Assignment, Certification, Officer, SearchRow
from officers.nicknames import others_of
from officers.querysets import OfficerQuerySet

MOST_WORDS = 6
FEW = 5
"""With fewer people of this name, close names are looked for."""
MOST_ALIKE = 20
LEAST_ALIKE = 0.4  # similarity of pg_trgm
FORGOTTEN_TODAY = "name-words-forgotten"
A_DAY = 24 * 3600
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LETTERS_OF_TWO = str.maketrans("ðøđħıłŋŧſ", "dodhilnts", "'`.´’‘ʼ") | {
    ord(letter): letters for letter, letters in (("æ", "ae"), ("þ", "th"), ("ß", "ss"), ("œ", "oe"))
}
"""Latin letters that are more than a letter and its accent. A test compares with the database's own list."""
SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "junior", "senior", "2nd", "3rd", "4th"}


@dataclass(frozen=True, slots=True)
class Word:
    """One word and what else is taken for it, from near to far. `is_needed`: who has it not is not found."""

    word: str
    is_needed: bool = True
    close: frozenset[str] = frozenset()
    alike: frozenset[str] = frozenset()

    def steps(self) -> Iterator[tuple[str, float]]:
        """Questions in PostgreSQL's language, each with what a match is worth."""
        yield _any_of([self.word]), 1.0
        if others := others_of(self.word):
            yield _any_of(sorted(others)), 0.9
        yield f"'{self.word}':*", 0.8
        if self.close:
            yield _any_of(sorted(self.close)), 0.6
        if self.alike:
            yield _any_of(sorted(self.alike)), 0.4

    def condition(self) -> Q:
        return Q(words=_question("|".join(step for step, _ in self.steps())))

    def worth(self) -> Combinable:
        steps = [When(words=_question(step), then=Value(worth)) for step, worth in self.steps()]
        return Case(*steps, default=Value(0.0), output_field=FloatField())


@dataclass(frozen=True, slots=True)
class Name:
    """What is looked for: words of a name, and numbers. `is_close`: names that are only near count as well.

    `in_one_word`: a word of the record that the words together are ("mc donald").
    """

    words: tuple[Word, ...]
    numbers: tuple[str, ...] = ()
    is_close: bool = False
    may_miss_one: bool = False
    in_one_word: str = ""

    @property
    def needed(self) -> list[Word]:
        return [word for word in self.words if word.is_needed]

    def condition(self) -> Q:
        needed = [word.condition() for word in self.needed]
        if self.may_miss_one:
            rest = [
                reduce(and_, [q for at, q in enumerate(needed) if at != left]) for left in range(len(needed))
            ]
            needed = [reduce(or_, rest)]
        named = reduce(and_, needed, Q())
        if self.in_one_word:
            named |= Q(words=_question(_any_of([self.in_one_word])))
        return reduce(and_, map(_numbered, self.numbers), named)

    def farness(self) -> Combinable:
        """Less for names that are nearer to this one, in thousandths of a word; long names come after short ones."""
        worth = [word.worth() for word in self.words]
        last = [word.word for word in self.needed][-1:]
        begins = [When(sort_name__startswith=word, then=Value(-0.1)) for word in last]
        extra = Func(F("words"), function="length", output_field=FloatField()) * Value(0.02)
        if self.in_one_word:
            one = _question(_any_of([self.in_one_word]))
            begins.insert(0, When(words=one, then=Value(-1.0 * len(self.needed))))
        first = Case(*begins, default=Value(0.0), output_field=FloatField())
        return Cast(Round((extra + first - reduce(add, worth, Value(0.0))) * Value(1000.0)), IntegerField())


def asked(typed: str) -> Name | None:
    """The name that somebody typed; None when there is no letter or digit in it. At most four queries."""
    name = _exactly(typed)
    if name is None or not name.words or _is_common(name):
        return name
    near = _nearly(name)
    may_ask_once_more = _plain(typed).isascii()  # or the database was asked for the words already
    if len(near.needed) > 2 and may_ask_once_more and not _is_common(near, 1):
        return replace(near, may_miss_one=True)
    return near


def named(officers: OfficerQuerySet, typed: str) -> OfficerQuerySet:
    """Those with every one of these words, as typed or as the beginning of a name, or with this number; no slips."""
    name = _exactly(typed)
    return officers.filter(row__in=SearchRow.objects.filter(name.condition())) if name else officers.none()


def forget_words() -> bool:
    """Once a day: forget words of names that nobody has any more. Were they forgotten now? Upkeep."""
    if not cache.add(FORGOTTEN_TODAY, True, A_DAY):
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT search_forget_words()")
    except Exception:
        cache.delete(FORGOTTEN_TODAY)
        raise
    return True


def _exactly(typed: str) -> Name | None:
    parts = typed.replace("\0", "").split()[:MOST_WORDS]
    numbers = tuple(part[:120] for part in parts if any(sign.isdigit() for sign in part))
    words = _words_of(" ".join(part for part in parts if part not in numbers))[:MOST_WORDS]
    optional = {word for word in words if word in SUFFIXES or len(word) == 1}
    if optional == set(words):
        optional = set()
    if not (words or numbers):
        return None
    return Name(tuple(Word(word, word not in optional) for word in words), numbers)


def _words_of(text: str) -> list[str]:
    """As search_words() of the database says; for Latin letters without asking it."""
    plain = _plain(text)
    if plain.isascii():
        return re.findall("[a-z0-9]+", plain)
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_words(%s)", [text])
        words: list[str] = cursor.fetchone()[0]
    return words


def _plain(text: str) -> str:
    """Small letters without accents and apostrophes, as far as that is the same as in the database."""
    bare = unicodedata.normalize("NFD", text.lower().translate(LETTERS_OF_TWO))
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def _is_common(name: Name, few: int = FEW) -> bool:
    rows = SearchRow.objects.listed().filter(name.condition())
    return len(rows.values_list("pk")[:few]) >= few


def _nearly(name: Name) -> Name:
    """With the words of the record that are one slip of the finger away, or alike as a whole. One query."""
    tokens = [word.word for word in name.words]
    together = "".join(word.word for word in name.needed)
    slips = [(at, slip) for at, token in enumerate(tokens) for slip in sorted(_slips(token))]
    slips.append((len(tokens), together))
    with connection.cursor() as cursor:
        cursor.execute(
            _ALIKE, [[at for at, _ in slips], [slip for _, slip in slips], tokens, LEAST_ALIKE, MOST_ALIKE]
        )
        found = cursor.fetchall()
    words = [
        replace(
            word,
            close=frozenset(other for i, other, is_slip in found if i == at and is_slip) - {word.word},
            alike=frozenset(other for i, other, is_slip in found if i == at and not is_slip) - {word.word},
        )
        for at, word in enumerate(name.words)
    ]
    is_one = len(name.needed) > 1 and (len(tokens), together, True) in found
    return replace(name, words=tuple(words), is_close=True, in_one_word=together if is_one else "")


_ALIKE = """
    SELECT slip.at, word, true FROM unnest(%s::int[], %s::text[]) AS slip (at, word)
    JOIN officers_nameword USING (word)
    UNION ALL
    SELECT token.at - 1, near.word, false FROM unnest(%s::text[]) WITH ORDINALITY AS token (word, at)
    CROSS JOIN LATERAL (
        SELECT n.word FROM officers_nameword n
        WHERE n.word %% token.word AND similarity(n.word, token.word) >= %s
        ORDER BY similarity(n.word, token.word) DESC, n.word LIMIT %s) near
"""


def _slips(word: str) -> set[str]:
    """Every word that is one letter left out, too many, wrong, or two of them swapped."""
    if len(word) < 3:
        return set()
    letters = sorted({*LETTERS, *word})
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {a + b[1:] for a, b in cuts if b} | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    found |= {a + letter + b for a, b in cuts for letter in letters}
    found |= {a + letter + b[1:] for a, b in cuts if b for letter in letters}
    return found - {word}


def _numbered(number: str) -> Q:
    """Officers with this badge number in a published department, this internal id or certificate, or so named."""
    badges = Assignment.objects.filter(badge_number__iexact=number, department__is_published=True)
    ids = Officer.objects.filter(internal_id__iexact=number)
    certificates = Certification.objects.filter(value__iexact=number)
    found: list[QuerySet[Any, Any]] = [
        badges.values("officer"),
        ids.values("pk"),
        certificates.values("officer"),
    ]
    if number.isalnum():
        found.append(SearchRow.objects.filter(words=_question(f"'{number.lower()}'")).values("pk"))
    return Q(pk__in=found[0].union(*found[1:]))  # by an index each; joined by OR they would read everybody


def _question(language: str) -> SearchQuery:
    return SearchQuery(language, search_type="raw", config="simple")


def _any_of(words: Iterable[str]) -> str:
    """The words hold letters and digits only, so that they need no escape."""
    return "|".join(f"'{word}'" for word in words)
