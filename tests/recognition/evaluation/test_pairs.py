"""Lists of pairs: both formats read, everything else refused with the number of its line."""

import pytest

from recognition.evaluation.pairs import Pair, PairsUnreadable, read

LFW = """2\t2
Ann_A\t1\t4
Ann_A\t2\t10
Ann_A\t1\tBob_B\t1
Cid\t3\tBob_B\t2
Cid\t1\t2
Dee\t1\t2
Cid\t1\tDee\t2
Cid\t2\tDee\t12
"""


def test_plain_pairs() -> None:
    listed = read("a/1.jpg\tb c/2.jpg\t0\n\nb c/2.jpg\tb c/3.jpg\t1\r\nx.png  y.png 1\n")
    assert listed.pairs == (
        Pair("a/1.jpg", "b c/2.jpg", False),
        Pair("b c/2.jpg", "b c/3.jpg", True),
        Pair("x.png", "y.png", True),
    )
    assert listed.folds == 1
    assert listed.photos() == ["a/1.jpg", "b c/2.jpg", "b c/3.jpg", "x.png", "y.png"]


def test_the_list_of_labeled_faces() -> None:
    listed = read(LFW)
    assert listed.folds == 2
    assert [(pair.same, pair.fold) for pair in listed.pairs] == [
        (True, 0),
        (True, 0),
        (False, 0),
        (False, 0),
        (True, 1),
        (True, 1),
        (False, 1),
        (False, 1),
    ]
    assert listed.pairs[1] == Pair("Ann_A/Ann_A_0002.jpg", "Ann_A/Ann_A_0010.jpg", True, 0)
    assert listed.pairs[3] == Pair("Cid/Cid_0003.jpg", "Bob_B/Bob_B_0002.jpg", False, 0)


def test_the_list_of_labeled_faces_without_folds() -> None:
    listed = read("1\nAnn_A\t1\t4\nAnn_A\t1\tBob_B\t1\n")
    assert listed.folds == 1
    assert [pair.same for pair in listed.pairs] == [True, False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ("a.jpg b.jpg", "Line 1 "),
        ("a.jpg b.jpg 1\na.jpg b.jpg 2", "Line 2 "),
        ("a.jpg b.jpg same", "Line 1 "),
        ("a b.jpg c d.jpg 1", "Line 1 "),
        ("10 300\nAnn 1 2", "promises 6000 pairs; 1 "),
        ("0", "promises 0 pairs"),
        ("1\nAnn 1 2\n\nAnn one Bob 2", "Line 4 "),
        ("1\nAnn 1 2\nAnn 1", "Line 3 "),
    ],
)
def test_what_is_no_list_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(PairsUnreadable, match=words):
        read(text)
