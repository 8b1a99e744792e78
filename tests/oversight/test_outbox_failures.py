"""Promised work that fails: later each time, in the end given up where an admin sees it, and no name kept of it."""

import pytest
from django.utils import timezone

from oversight import outbox
from oversight.models import OutboxEntry
from tests.oversight.test_outbox import State, effect, effects, make_due, promise, raising, run


@pytest.mark.django_db
def test_failures_wait_longer_each_time_and_end_in_the_dead() -> None:
    entry = promise()
    waits = []
    for tries in range(1, outbox.MOST_TRIES):
        before = timezone.now()
        assert run(entry, raising(KeyError("a name"))).state == State.WAITING
        assert (entry.tries, entry.last_error, entry.hinted_at) == (tries, "KeyError", None)
        waits.append((entry.due_at - before).total_seconds())
        make_due(entry)
    assert all(1 <= wait <= 5 * 2**tries + 1 for tries, wait in enumerate(waits, start=1))
    assert run(entry, raising(KeyError("a name"))).state == State.DEAD
    assert (entry.tries, entry.last_error) == (outbox.MOST_TRIES, "KeyError")
    run(entry, effect)
    assert effects() == 0


@pytest.mark.django_db
def test_a_doubled_hint_does_not_cut_a_pause_short() -> None:
    entry = run(promise(), raising(outbox.TryLater("model_unavailable", 30)))
    for _ in range(10):
        run(entry, raising(KeyError()))
    assert (entry.state, entry.tries, entry.last_error) == (State.WAITING, 1, "model_unavailable")


@pytest.mark.django_db
def test_what_waits_for_something_of_ours_uses_no_try_up() -> None:
    entry = promise()
    for _ in range(3 * outbox.MOST_TRIES):
        run(entry, raising(outbox.TryLater("gallery_is_being_built", 2.0, counts=False)))
        assert (entry.state, entry.tries, entry.lease_token) == (State.WAITING, 0, None)
        make_due(entry)
    assert run(entry, effect).state == State.DONE


@pytest.mark.django_db
def test_what_asks_for_time_gets_it_and_uses_a_try_up() -> None:
    before = timezone.now()
    entry = run(promise(), raising(outbox.TryLater("model_unavailable", 42)))
    assert (entry.tries, round((entry.due_at - before).total_seconds())) == (1, 42)


@pytest.mark.django_db
def test_what_can_never_be_done_is_given_up_at_once() -> None:
    entry = run(promise(), raising(outbox.GiveUp("photo_is_gone")))
    assert (entry.state, entry.tries, entry.last_error) == (State.DEAD, 1, "photo_is_gone")


@pytest.mark.django_db
def test_what_takes_its_worker_down_is_given_up_in_the_end() -> None:
    """A killed process says nothing: only the claims are counted."""
    entry = promise()
    most = outbox.MOST_TRIES + outbox.MOST_CRASHES

    def crash(_claim: outbox.Claim) -> None:
        raise SystemExit

    for tries in range(1, most + 1):
        with pytest.raises(SystemExit):
            run(entry, crash)
        entry.refresh_from_db()
        assert (entry.state, entry.tries) == (State.WAITING, tries)
        make_due(entry)
    assert run(entry, raising(AssertionError("it started once more"))).state == State.DEAD
    assert entry.last_error == "crashes"


@pytest.mark.django_db
def test_the_error_that_is_kept_names_nobody(caplog: pytest.LogCaptureFixture) -> None:
    entry = run(promise(), raising(ValueError("Officer Example lives at ...")))
    assert entry.last_error == "ValueError"


@pytest.mark.django_db
def test_a_given_up_promise_can_be_made_again() -> None:
    dead = run(promise(), raising(outbox.GiveUp("photo_is_gone")))
    outbox.replay(dead)
    again = OutboxEntry.objects.get(state=State.WAITING)
    assert (again.job, again.subject, again.queue, again.tries) == (dead.job, dead.subject, dead.queue, 0)
