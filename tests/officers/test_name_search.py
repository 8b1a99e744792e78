"""Who is found by what people type: any order, accents, slips, nicknames; and who comes first."""

import pytest
from django.core.cache import cache
from django.db import connection

from officers import finding, name_search
from officers.finding import Search
from officers.models import NameWord, Officer, OfficerAlias, SearchRow
from tests import factories
from workers import upkeep

pytestmark = pytest.mark.django_db


def found(typed: str) -> list[Officer]:
    return Search.of({"q": typed}).page().officers


NAMES = {  # first, middle, last, suffix
    "obrien": ("Séan", "", "O’Brien", "Jr."),
    "garcia": ("María", "Elena", "García-López", ""),
    "cruz": ("Jose", "", "De La Cruz", ""),
    "mcdonald": ("Robert", "Ray", "McDonald", "III"),
    "lee": ("Kim", "", "Lee", ""),
    "nunez": ("Guadalupe", "", "Núñez", ""),
    "strauss": ("Jürgen", "", "Strauß", ""),
    "arabic": ("محمد", "", "عبد الرحمن", ""),
}
TYPED = [
    *(("sean obrien", "obrien"), ("O'Brien", "obrien"), ("o brien", "obrien"), ("OBRIEN, Séan", "obrien")),
    *(("obrien sean jr", "obrien"), ("brien", "obrien"), ("Sean O`Brien Junior", "obrien")),
    *(("maria garcia", "garcia"), ("Garcia Lopez Maria", "garcia"), ("garcía-lópez", "garcia")),
    *(("garcialopez", "garcia"), ("lopez, m. elena", "garcia"), ("MARIA ELENA GARCIA LOPEZ", "garcia")),
    *(("delacruz", "cruz"), ("de la cruz jose", "cruz"), ("pepe cruz", "cruz"), ("joe dela cruz", "cruz")),
    *(("bob mcdonald", "mcdonald"), ("mc donald", "mcdonald"), ("Robert Q. McDonald", "mcdonald")),
    *(("bobby mcdonald iii", "mcdonald"), ("mcdon rob", "mcdonald")),
    *(("robret mcdonald", "mcdonald"), ("robert macdonald", "mcdonald"), ("rboert mcdonal", "mcdonald")),
    *(("kim lwe", "lee"), ("lee kim", "lee"), ("kin lee", "lee")),
    *(("lupe nunez", "nunez"), ("guadalupe nuñes", "nunez"), ("NUNEZ", "nunez")),
    *(("jurgen strauss", "strauss"), ("juergen strauss", "strauss"), ("Strauß", "strauss")),
    *(("محمد", "arabic"), ("عبد الرحمن محمد", "arabic")),
    ("robert ray john mcdonald", "mcdonald"),
]


@pytest.fixture
def people() -> dict[str, Officer]:
    where = factories.department()
    for last in ("Smith", "Jones", "Brown", "Nguyen", "Miller"):
        factories.officer(where, first_name="Pat", last_name=last)
    made = {}
    for key, (first, middle, last, suffix) in NAMES.items():
        made[key] = factories.officer(
            where, first_name=first, middle_name=middle, last_name=last, suffix=suffix
        )
    return made


@pytest.mark.parametrize(("typed", "who"), TYPED)
def test_whoever_is_meant_is_found_first(people: dict[str, Officer], typed: str, who: str) -> None:
    assert found(typed)[:1] == [people[who]]


@pytest.mark.parametrize(
    "typed", ["zzyzx", "???", "sm!th & |", "' OR 1=1 --", "maria schwarzenegger", "77", "\\'"]
)
def test_whoever_is_not_there_is_not_found(people: dict[str, Officer], typed: str) -> None:
    assert found(typed) == []


def test_the_same_name_comes_before_one_that_is_near() -> None:
    where = factories.department()
    names = ("John Smithe", "Jon Smith", "John Smith", "John Paul Smith", "Jane Smith", "Jack Smith")
    made = {name: factories.officer(where, first_name=name.rpartition(" ")[0], last_name=name.rpartition(" ")[2])
            for name in names}  # fmt: skip
    assert found("john smith")[:3] == [made["John Smith"], made["John Paul Smith"], made["Jack Smith"]]


def test_names_that_are_only_close_are_said_to_be(people: dict[str, Officer]) -> None:
    for typed, is_close in (("pat", False), ("mcdonlad", True)):
        name = name_search.asked(typed)
        assert name is not None
        assert name.is_close == is_close


def test_other_names_find_an_officer_too() -> None:
    who = factories.officer(factories.department(), first_name="Anna", last_name="Kowalski")
    alias = OfficerAlias.objects.create(officer=who, name="Anna Novák-Kowalski", kind="former")
    assert found("novak") == found("anna novak kowalski") == found("novakk") == [who]
    alias.delete()
    assert found("novak") == []


def test_numbers_find_an_officer() -> None:
    where, hidden = factories.department(), factories.department(is_published=False)
    who = factories.officer(where, badge="A-77", first_name="Al", last_name="Lake", internal_id="x9")
    who.assignments.create(department=hidden, badge_number="55")
    who.certifications.create(state_id="OH", name="POST", value="P-123")
    assert found("a-77") == found("X9") == found("p-123") == found("lake A-77") == found("x9 al") == [who]
    assert found("A-7") == found("55") == found("smith A-77") == []


@pytest.mark.parametrize("text", ["O'Neil-Smith Jr.", "a.b c_d", "  X  ", "mc`donald", 'say "x"', "1st; 2nd"])
def test_plain_letters_are_read_as_the_database_does(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_words(%s)", [text])
        assert name_search._words_of(text) == cursor.fetchone()[0]


def test_latin_letters_are_read_as_the_database_does_whatever_is_on_them() -> None:
    letters = [chr(at) for first, last in ((0xC0, 0x250), (0x1E00, 0x1F00)) for at in range(first, last)]
    letters += [*"’‘ʼ´", "e\u0301", "N\u0303"]
    words = [f"x{letter}y" for letter in letters]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT search_words(w) FROM unnest(%s::text[]) WITH ORDINALITY AS t (w, n) ORDER BY n", [words]
        )
        of_database = dict(zip(words, (row[0] for row in cursor.fetchall()), strict=True))
    plain = [word for word in words if name_search._plain(word).isascii()]
    assert len(plain) > 500
    assert {word: name_search._words_of(word) for word in plain} == {
        word: of_database[word] for word in plain
    }


def test_words_are_forgotten_once_a_day() -> None:
    who = factories.officer(factories.department(), last_name="Kowalski")
    who.delete()
    cache.delete(name_search.FORGOTTEN_TODAY)
    assert name_search.forget_words()
    assert not NameWord.objects.exists()
    assert not name_search.forget_words()
    assert name_search.forget_words in upkeep.upkeep_tasks()
    cache.delete(name_search.FORGOTTEN_TODAY)


def test_words_that_nobody_has_any_more_are_forgotten() -> None:
    who = factories.officer(factories.department(), first_name="Anna", last_name="Kowalski")
    factories.officer(factories.department(), first_name="Anna", last_name="Lee")
    who.delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_forget_words()")
    assert set(NameWord.objects.values_list("word", flat=True)) == {"anna", "lee"}
    assert SearchRow.objects.count() == 1


def test_pages_of_a_search_by_nearness_hold_everybody_once() -> None:
    where = factories.department()
    for at in range(9):
        factories.officer(where, first_name=("Ann", "Anna", "Hannah")[at % 3], last_name="Lee")
    search, after, seen = Search.of({"q": "anna lee"}), "", []
    while True:
        page = search.page(after, size=2)
        seen += [who.pk for who in page.officers]
        if not (after := page.after):
            break
    assert len(seen) == len(set(seen)) == 6
    assert finding.KEYS[search.order] == ("farness",)
