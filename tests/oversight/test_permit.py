"""What nobody may do with a Permit: make one, copy it, send it, change it, use it twice or for something else."""

import copy
import pickle
import threading
from typing import Any

import pytest

from oversight import gate
from oversight.gate import Permit, PermitInvalid, Stage
from tests.oversight.test_gate import ALLOWED


@pytest.mark.parametrize("stage", [Stage.ENROL, Stage.COMPUTE])
def test_a_permit_is_good_for_one_face(stage: Stage) -> None:
    permit = gate.check(ALLOWED, stage)
    permit.spend()
    with pytest.raises(PermitInvalid):
        permit.spend()


@pytest.mark.parametrize("stage", [Stage.ENQUEUE, Stage.RESULT, Stage.SHOW])
def test_other_stages_permit_no_measuring(stage: Stage) -> None:
    permit = gate.check(ALLOWED, stage)
    for _ in range(2):
        with pytest.raises(PermitInvalid):
            permit.spend()


def test_leave_to_evaluate_is_good_for_one_face() -> None:
    permit = gate.check_site(ALLOWED.site)
    permit.spend()
    with pytest.raises(PermitInvalid):
        permit.spend()


def test_only_the_gate_makes_a_permit() -> None:
    with pytest.raises(TypeError):
        Permit()
    with pytest.raises(PermitInvalid):
        object.__new__(Permit).spend()
    with pytest.raises(TypeError):
        type("Forged", (Permit,), {"spend": print})


@pytest.mark.parametrize(
    "copying", [copy.copy, copy.deepcopy, pickle.dumps, lambda permit: copy.copy([permit])[0]]
)
def test_a_permit_is_not_copied(copying: Any) -> None:
    permit = gate.check(ALLOWED, Stage.COMPUTE)
    try:
        again = copying(permit)
    except TypeError:
        return
    assert again is permit


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_permit_does_not_travel(protocol: int) -> None:
    with pytest.raises(TypeError):
        pickle.dumps([gate.check(ALLOWED, Stage.COMPUTE)], protocol)


def test_nothing_on_a_permit_can_be_changed() -> None:
    permit = gate.check(ALLOWED, Stage.SHOW)
    for name in ("stage", "_spent", "anything"):
        with pytest.raises(AttributeError):
            setattr(permit, name, Stage.COMPUTE)
    with pytest.raises(PermitInvalid):
        permit.spend()


def test_of_many_threads_one_spends_the_permit() -> None:
    permit = gate.check(ALLOWED, Stage.COMPUTE)
    start, spent = threading.Barrier(8), []

    def spend() -> None:
        start.wait()
        try:
            permit.spend()
        except PermitInvalid:
            return
        spent.append(True)

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spent == [True]
