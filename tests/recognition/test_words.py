"""Words before numbers: what the candidates of a search amount to."""

from typing import Any

import pytest
from django.test import Client

from recognition.identification import Shown
from recognition.models import Candidate


def shown(*chances: float) -> Shown:
    return Shown(tuple(Candidate(chance=chance) for chance in chances), 412)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (shown(), "No match."),
        (shown(0.97), "Strong match. 1 of 412 officers looks like this person. Check the badge."),
        (shown(0.84), "Possible match. 1 of 412 officers looks like this person. Check the badge."),
        (shown(0.5, 0.3, 0.16), "Possible match. 3 of 412 officers look alike. Check the badge."),
    ],
)
def test_what_is_said_of_a_search(what: Shown, words: str) -> None:
    assert what.in_words == words
    assert what.are_look_alikes == (len(what.candidates) > 1)


@pytest.mark.django_db
def test_the_prior_is_public(client: Client, settings: Any) -> None:
    settings.MATCHING_PRIOR = 0.25
    page = client.get("/transparency/").content.decode()
    assert "in 25 of 100 questions" in page
    assert "from a chance of 80 %" in page
    assert "as a strong one from 90 %" in page
