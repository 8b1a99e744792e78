"""Films: every picture covered, nothing but pictures copied. Needs PyAV."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from privacy.__main__ import main

av = pytest.importorskip("av", reason="the extra `video` is not installed")

SCENE = Path(__file__).resolve().parents[2] / "officers" / "demo" / "scenes" / "01.jpg"
MARKER = "LEAKMARK-film"
PICTURES = 20


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A camera that turns over a street, with sound, and a title that should not get out."""
    with Image.open(SCENE) as scene:
        street = np.asarray(scene.convert("RGB").resize((800, 600)))
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as made:
        made.metadata["title"] = MARKER
        stream = made.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 480, 320, "yuv420p"
        sound = made.add_stream("aac", rate=44100)
        for number in range(PICTURES):
            view = np.ascontiguousarray(street[180:500, 6 * number : 6 * number + 480])
            made.mux(stream.encode(av.VideoFrame.from_ndarray(view, format="rgb24")))
        silence = av.AudioFrame.from_ndarray(
            np.zeros((1, 1024 * 16), np.float32), format="fltp", layout="mono"
        )
        silence.sample_rate = 44100
        for each, frame in ((sound, silence), (stream, None), (sound, None)):
            made.mux(each.encode(frame))
    assert MARKER.encode() in path.read_bytes()
    return path


def test_a_film_is_covered_picture_by_picture(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main([str(film), "-o", str(out), "--every", "5", "--colour", "#ff00ff"]) == 0
    copy = out / "film.mp4"
    assert MARKER.encode() not in copy.read_bytes()
    with av.open(str(copy)) as made:
        assert [stream.type for stream in made.streams] == ["video"]
        pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in made.decode(video=0)]
    assert len(pictures) == PICTURES
    for number, picture in enumerate(pictures):
        # The man in the pink shirt walks from the right third to the middle: his face is under paint all the way.
        x, y = 425 - 6 * number + 6, 229 - 180
        assert picture[y - 4 : y + 4, x - 4 : x + 4, 1].mean() < 60, number


def test_what_is_no_film_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    assert main([str(broken), "-o", str(tmp_path / "out")]) == 1
    assert "not done" in capsys.readouterr().err
    assert not list((tmp_path / "out").iterdir())
