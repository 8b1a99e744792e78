"""The finders of the measurement: does each of them still find a face at a place?

Three are attacked by the tool (CenterFace, MTCNN, Ultra-Light); three are not: dlib's gradient histograms, OpenCV's
Haar cascade and MediaPipe's BlazeFace. One whose package or weights are missing is left out and named in the answer.
All give boxes only: dlib's finder looks for no points, and BlazeFace's points are not read.
"""

import importlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from PIL import Image

from privacy import centerface, heads
from privacy.shapes import Pixels, Rectangle
from privacy.weights import WeightsMissing, verified

Places = list[Rectangle]
Judge = Callable[[Pixels], Places]

SAME: Final = 0.3
"""Intersection over union from which a box is of the face."""
ATTACKED: Final = ("centerface", "mtcnn", "ultralight")
BLAZEFACE: Final = (
    "face_detection_short_range.tflite",
    "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
)
_CENTERFACE_SURE: Final = 0.2
_ULTRALIGHT_SURE: Final = 0.6
_BLAZEFACE_SURE: Final = 0.5
_BLAZEFACE_SIDE: Final = 128
_BLAZEFACE_ANCHORS: Final = ((8, 2), (16, 6))  # pixels from one to the next, and how many stand in one place


def judges() -> tuple[dict[str, Judge], dict[str, str]]:
    """The finders that can run here, and why the others cannot."""
    ready: dict[str, Judge] = {}
    missing: dict[str, str] = {}
    for name, make in _MAKERS.items():
        try:
            ready[name] = make()
        except ImportError as problem:  # a package or the weights
            missing[name] = str(problem)
    return ready, missing


def still_finds(judge: Judge, pixels: Pixels, face: Rectangle) -> bool:
    """Is one of its boxes about where the face is?"""
    return any(overlap(box, face) >= SAME for box in judge(pixels))


def overlap(one: Rectangle, other: Rectangle) -> float:
    """Intersection over union."""
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    high = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(0, wide) * max(0, high)
    return shared / (one.width * one.height + other.width * other.height - shared)


def _centerface() -> Judge:
    return lambda pixels: _boxes(centerface.faces(pixels, _CENTERFACE_SURE)[:, :4])


def _our_finder() -> Judge:
    return lambda pixels: [
        Rectangle(each.x, each.y, each.width, each.height) for each in heads.find_heads(pixels)
    ]


def _mtcnn() -> Judge:
    mtcnn = importlib.import_module("privacy.evading.mtcnn")
    cascade = importlib.import_module("privacy.evading.cascade")
    networks = mtcnn.load()
    return lambda pixels: _boxes(cascade.find(networks, pixels)[:, :4])


def _ultralight() -> Judge:
    finders = importlib.import_module("privacy.evading.finders")
    onnxruntime = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(verified(*finders.ULTRALIGHT), options)

    def judge(pixels: Pixels) -> Places:
        small = Image.fromarray(pixels).resize((320, 240), Image.Resampling.BILINEAR)
        picture = (np.asarray(small, np.float32).transpose(2, 0, 1)[None] - 127) / 128
        scores, boxes = session.run(None, {"input": picture})
        height, width = pixels.shape[:2]
        return _boxes(boxes[0][scores[0, :, 1] > _ULTRALIGHT_SURE] * np.array([width, height, width, height]))

    return judge


def _gradient_histograms() -> Judge:
    finder = importlib.import_module("dlib").get_frontal_face_detector()
    return lambda pixels: [
        Rectangle(box.left(), box.top(), box.width(), box.height()) for box in finder(pixels, 1)
    ]


def _haar() -> Judge:
    cv2 = importlib.import_module("cv2")
    finder = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    if finder.empty():
        raise WeightsMissing("This OpenCV brings no Haar cascade (opencv-python-headless 4.12.0.88 does).")

    def judge(pixels: Pixels) -> Places:
        found = finder.detectMultiScale(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), 1.1, 5)
        return [Rectangle(*(int(number) for number in box)) for box in found]

    return judge


def _blazeface() -> Judge:
    cv2 = importlib.import_module("cv2")
    network = cv2.dnn.readNetFromTFLite(np.frombuffer(verified(*BLAZEFACE), np.uint8))
    outputs = network.getUnconnectedOutLayersNames()
    anchors = _anchors()

    def judge(pixels: Pixels) -> Places:
        longest = max(pixels.shape[:2])
        square = Image.fromarray(pixels).crop((0, 0, longest, longest))
        small = square.resize((_BLAZEFACE_SIDE, _BLAZEFACE_SIDE), Image.Resampling.BOX)
        network.setInput(np.asarray(small, np.float32).transpose(2, 0, 1)[None] / 127.5 - 1)
        answers: dict[int, Any] = {each.shape[-1]: each[0] for each in network.forward(outputs)}
        sure = answers[1][:, 0] > np.log(_BLAZEFACE_SURE / (1 - _BLAZEFACE_SURE))
        placed = answers[16][sure, :4] / _BLAZEFACE_SIDE
        middle, half = placed[:, :2] + anchors[sure], placed[:, 2:] / 2
        return _boxes(np.concatenate([middle - half, middle + half], axis=1) * longest)

    return judge


def _anchors() -> Any:
    """The middles that BlazeFace's boxes are told from, as shares of the picture."""
    rows = []
    for stride, count in _BLAZEFACE_ANCHORS:
        steps = (np.arange(_BLAZEFACE_SIDE // stride) + 0.5) * stride / _BLAZEFACE_SIDE
        y, x = np.meshgrid(steps, steps, indexing="ij")
        rows.append(np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2), count, axis=0))
    return np.concatenate(rows)


def _boxes(corners: Any) -> Places:
    return [
        Rectangle(round(left), round(top), max(1, round(right - left)), max(1, round(bottom - top)))
        for left, top, right, bottom in corners.tolist()
    ]


_MAKERS: Final[dict[str, Callable[[], Judge]]] = {
    "centerface": _centerface,
    "our finder": _our_finder,
    "mtcnn": _mtcnn,
    "ultralight": _ultralight,
    "dlib hog": _gradient_histograms,
    "opencv haar": _haar,
    "blazeface": _blazeface,
}
