"""The line in front of the tools is fair, short, and forgets."""

import threading

import pytest

from privacy.turns import Busy, Turns


def test_one_works_and_the_next_follows_in_order() -> None:
    line, order = Turns(1, 3), list[str]()
    ready = [threading.Event() for _ in range(3)]

    def visit(name: str, number: int) -> None:
        with line.place(name) as place:
            ready[number].set()
            assert place.wait(10)
            order.append(name)

    with line.place("first") as first:
        assert first.wait(0)
        threads = []
        for number, name in enumerate("abc"):
            threads.append(threading.Thread(target=visit, args=(name, number)))
            threads[-1].start()
            assert ready[number].wait(10)
        assert order == []
    for thread in threads:
        thread.join(10)
    assert order == ["a", "b", "c"]


def test_a_visitor_may_work_and_wait_but_not_fill_the_line() -> None:
    line = Turns(1, 3)
    with line.place("one"), line.place("one") as waiting:
        assert not waiting.wait(0)
        with pytest.raises(Busy), line.place("one"):
            pass
        with line.place("other") as other:
            assert not other.wait(0)


def test_a_full_line_says_so_and_is_empty_again_after_an_error() -> None:
    line = Turns(1, 1)
    with line.place("one"), line.place("two"), pytest.raises(Busy), line.place("three"):
        pass
    with pytest.raises(RuntimeError), line.place("four"):
        raise RuntimeError
    with line.place("five") as five:
        assert five.wait(0)
