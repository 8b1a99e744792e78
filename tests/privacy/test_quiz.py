"""The page "Who is it?": a whole round, and that nothing of it is kept."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from PIL import Image

from privacy import quiz, quiz_views
from privacy.measures import album, quiz_photos

PAGE = "/protect/who-is-it/"
DEMO = Path(__file__).resolve().parents[2] / "officers" / "demo" / "officers"


def begin(browser: Client) -> tuple[str, tuple[quiz.Question, ...]]:
    """The signed round that the first page offers, and what it will ask."""
    token = hidden(browser.get(PAGE).content.decode())
    return token, quiz.questions(quiz_views._read(token)[0])


def hidden(html: str) -> str:
    found = re.search(r'name="round" value="([^"]+)"', html)
    assert found
    return found[1]


def answer(browser: Client, token: str, number: int, pick: int) -> str:
    page = browser.get(f"{PAGE}?round={token}&asked={number}&pick={pick}")
    assert page.status_code == 200
    return page.content.decode()


def play(browser: Client, is_right: Any) -> str:
    """A whole round; the last page."""
    token, asked = begin(browser)
    html = browser.get(PAGE, {"round": token}).content.decode()
    for number, question in enumerate(asked, 1):
        assert f"Question {number} of 10" in html
        assert html.count('type="radio"') == 9
        assert re.search(rf'<img [^>]*src="[^"]*{question.picture}"[^>]*alt="The person to find"', html)
        wrong = question.right % 9 + 1
        html = answer(browser, hidden(html), number, question.right if is_right(question) else wrong)
    return html


def test_a_round_asks_about_ten_people_half_of_them_changed() -> None:
    assert quiz.questions(3) == quiz.questions(3)
    assert quiz.questions(3) != quiz.questions(4)
    for seed in range(20):
        asked = quiz.questions(seed)
        assert sum(question.changed for question in asked) == 5
        assert len({question.person for question in asked}) == 10
        for question in asked:
            assert len(set(question.choices)) == 9
            assert question.choices[question.right - 1] == question.person
    places = {question.right for seed in range(20) for question in quiz.questions(seed)}
    assert places == set(range(1, 10)), "no place is right more often than it should be by design"


def test_every_picture_is_there_small_and_used() -> None:
    named = {name for one in quiz.people() for name in (one.shown, one.changed, one.other)}
    there = {path.name: path.stat().st_size for path in quiz.FOLDER.glob("*.webp")}
    assert named == set(there)
    assert len(named) == 3 * len(quiz.people()) >= 3 * 25
    assert sum(there.values()) < 1_500_000


def test_the_pictures_are_made_of_two_photos_each(tmp_path: Path) -> None:
    photos = album.portraits(DEMO, people=2, photos=2, least=2)
    assert quiz_photos.write(photos, tmp_path) == 2
    pictures = {path.name for path in tmp_path.glob("*.webp")}
    assert len(pictures) == 6, "as it was, changed, and another photo"
    for name in pictures:
        with Image.open(tmp_path / name) as picture:
            assert picture.size == (256, 256)
            assert not picture.getexif()


@pytest.mark.parametrize(
    ("is_right", "changed", "unchanged", "said"),
    [
        (lambda _: True, "5 of 5", "5 of 5", "one round of 90"),
        (lambda question: not question.changed, "0 of 5", "5 of 5", "hid these people from you"),
        (lambda question: question.changed, "5 of 5", "0 of 5", "says nothing about the change"),
    ],
    ids=["all", "unchanged alone", "changed alone"],
)
def test_the_result_counts_changed_and_unchanged_apart(
    is_right: Any, changed: str, unchanged: str, said: str
) -> None:
    html = play(Client(), is_right)
    assert re.findall(r"<li><strong>([^<]+)</strong>", html) == [changed, unchanged, "1 in 9"]
    assert said in html
    assert "Ten answers say little" in html
    assert html.count("Before the change") == 5
    wrong = 10 - int(changed[0]) - int(unchanged[0])
    assert html.count(": your answer") == html.count("not recognised") == wrong


def test_a_missing_answer_is_asked_for_and_nothing_is_lost() -> None:
    browser = Client()
    token, asked = begin(browser)
    token = hidden(answer(browser, token, 1, asked[0].right))
    for pick in ("", "&pick=10", "&pick=x"):
        page = browser.get(f"{PAGE}?round={token}&asked=2{pick}")
        html = page.content.decode()
        assert page.status_code == 400
        assert quiz_views.PICK_ONE in html
        assert 'href="#id_pick_0"' in html
        assert "Question 2 of 10" in html
        assert quiz_views._read(hidden(html)) == quiz_views._read(token), "the first answer is still there"


def test_back_leads_to_the_question_before_with_its_answer() -> None:
    browser = Client()
    token, _ = begin(browser)
    html = answer(browser, token, 1, 7)
    back = re.search(r'class="back-link" href="([^"]+)"', html)
    assert back
    html = browser.get(back[1].replace("&amp;", "&")).content.decode()
    assert "Question 1 of 10" in html
    assert re.findall(r'value="(\d)" id="id_pick_\d" checked', html) == ["7"]
    assert parse_qs(urlsplit(back[1]).query)["round"] == [hidden(html)]


def test_a_changed_address_and_other_pictures_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Client()
    token, _ = begin(browser)
    assert browser.get(PAGE, {"round": token}).status_code == 200
    page = browser.get(PAGE, {"round": token[:-1] + ("A" if token[-1] != "A" else "B")})
    assert (page.status_code, quiz_views.OTHER_PICTURES in page.content.decode()) == (400, True)
    monkeypatch.setattr(quiz, "edition", lambda: "of another day")
    assert browser.get(PAGE, {"round": token}).status_code == 400


def test_nothing_is_kept_between_two_pages(django_assert_num_queries: Any, db: None) -> None:
    browser = Client()
    with django_assert_num_queries(0):
        play(browser, lambda question: question.changed)
    assert not browser.cookies
