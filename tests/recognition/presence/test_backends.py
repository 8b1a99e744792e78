"""Backends are found by their names, and only by those."""

import sys

import pytest

from recognition.presence import UnknownBackend, backend, names


def test_the_three_backends_exist_and_helpers_are_none() -> None:
    assert names() == ["detectron2", "local", "rekognition"]


@pytest.mark.parametrize("name", ["local", "rekognition"])
def test_a_backend_says_its_own_name(name: str) -> None:
    options = {} if name == "local" else {"make_client": lambda: None}
    assert backend(name, **options).name == name


@pytest.mark.parametrize("name", ["base", "crops", "nothing", "Local", "local2", "../local", "os", "", "a.b"])
def test_a_wrong_name_is_answered_with_the_right_ones(name: str) -> None:
    with pytest.raises(UnknownBackend, match=r"detectron2, local, rekognition"):
        backend(name)


def test_an_unknown_option_is_an_error() -> None:
    with pytest.raises(TypeError):
        backend("local", colour="blue")


def test_the_worker_never_imports_torch() -> None:
    names()
    assert "torch" not in sys.modules
