"""The page "Who is it?": a person finds out how well replacing a face works on them.

Everything is in the address: a signed number that makes the round, and the answers so far. So the browser's own "back"
works, and there is nothing to store: no row, no session, no cookie.
"""

import secrets
from typing import Final

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from privacy import quiz
from privacy.quiz import Person, Question

_SEEDS: Final = 2**32
PICK_ONE: Final = "Choose one of the nine. Guess when you do not know."
OTHER_PICTURES: Final = (
    "The address of this page is not whole, or the pictures were changed since. Start again."
)


class PickForm(forms.Form):
    """One answer."""

    pick = forms.TypedChoiceField(
        label="Your answer",
        choices=[(number, number) for number in range(1, quiz.CHOICES + 1)],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": PICK_ONE, "invalid_choice": PICK_ONE},
    )


@require_safe
def who_is_it(request: HttpRequest) -> HttpResponse:
    """What it is about; then ten questions, one a page; then what came of it."""
    token = request.GET.get("round")
    if token is None:
        return _start(request)
    try:
        seed, *answers = _read(token)
    except signing.BadSignature:
        return _start(request, OTHER_PICTURES)
    form = PickForm(initial={"pick": request.GET.get("pick")})  # after "back": what was chosen there
    if "asked" in request.GET and len(answers) < quiz.QUESTIONS:
        form = PickForm(request.GET)
        if not form.is_valid():
            return _ask(request, form, seed, answers)
        answers.append(form.cleaned_data["pick"])
        form = PickForm()
    if len(answers) < quiz.QUESTIONS:
        return _ask(request, form, seed, answers)
    return _result(request, quiz.questions(seed), answers)


def _token(seed: int, answers: list[int]) -> str:
    return signing.dumps([seed, *answers], salt=_salt())


def _read(token: str) -> list[int]:
    numbers: list[int] = signing.loads(token, salt=_salt())
    return numbers


def _salt() -> str:
    return f"who-is-it:{quiz.edition()}"


def _start(request: HttpRequest, problem: str = "") -> HttpResponse:
    fresh = _token(secrets.randbelow(_SEEDS), [])
    context = {"section": "protect", "round": fresh, "problem": problem}
    return render(request, "privacy/who_is_it.html", context, status=400 if problem else 200)


def _ask(request: HttpRequest, form: PickForm, seed: int, answers: list[int]) -> HttpResponse:
    question, here = quiz.questions(seed)[len(answers)], reverse("who-is-it")
    context = {
        "section": "protect",
        "form": form,
        "round": _token(seed, answers),
        "number": len(answers) + 1,
        "of": quiz.QUESTIONS,
        "asked_url": _url(question.picture),
        "choices": _choices(question, str(form["pick"].value())),
        "back": f"{here}?round={_token(seed, answers[:-1])}&pick={answers[-1]}" if answers else here,
    }
    return render(request, "privacy/who_is_it_question.html", context, status=400 if form.errors else 200)


def _choices(question: Question, picked: str) -> list[dict[str, object]]:
    """The nine; the ids are those to which the summary of errors leads."""
    return [
        {"number": at + 1, "id": f"id_pick_{at}", "url": _url(one.other), "picked": picked == str(at + 1)}
        for at, one in enumerate(question.choices)
    ]


def _result(request: HttpRequest, asked: tuple[Question, ...], answers: list[int]) -> HttpResponse:
    hits = {changed: quiz.hits(asked, answers, changed=changed) for changed in (True, False)}
    told = [_told(number, *each) for number, each in enumerate(zip(asked, answers, strict=True), 1)]
    context = {
        "section": "protect",
        "changed": hits[True],
        "unchanged": hits[False],
        "each": quiz.QUESTIONS // 2,
        "meaning": quiz.meaning(hits[True], hits[False]),
        "parts": [
            ("With the face of nobody", [one for one in told if one["changed"]]),
            ("As they were", [one for one in told if not one["changed"]]),
        ],
    }
    return render(request, "privacy/who_is_it_result.html", context)


def _told(number: int, question: Question, answer: int) -> dict[str, object]:
    """One question with its answer, and the pictures to lay side by side."""
    pictures = [(_url(question.picture), "You saw")]
    if question.changed:
        pictures.append((_url(question.person.shown), "Before the change"))
    pictures.append((_url(question.person.other), f"Number {question.right}: the same person"))
    is_right = answer == question.right
    if not is_right:
        picked: Person = question.choices[answer - 1]
        pictures.append((_url(picked.other), f"Number {answer}: your answer"))
    return {"number": number, "changed": question.changed, "is_right": is_right, "pictures": pictures}


def _url(name: str) -> str:
    return static(f"privacy/who_is_it/{name}")
