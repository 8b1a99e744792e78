"""What a photo becomes: kind, size, turn, colour, hash; and what is refused."""

import hashlib
import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from privacy.photos import CleanPhoto, PhotoRefused, rebuild
from privacy.refusals import SENTENCES
from privacy.segments import is_only_a_picture
from tests.privacy import samples

CHICAGO = ((41.0, 52.0, 41.16), (87.0, 37.0, 40.44))


def pixels(clean: CleanPhoto) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(clean.jpeg)))


def assert_corners(picture: NDArray[np.uint8], expected: NDArray[np.uint8] | None = None) -> None:
    """The middles of the four quarters have the expected colours, give or take a JPEG's error."""
    wanted = samples.corners() if expected is None else expected
    assert picture.shape == wanted.shape
    height, width = wanted.shape[:2]
    for y in (height // 4, 3 * height // 4):
        for x in (width // 4, 3 * width // 4):
            assert np.abs(picture[y, x].astype(int) - wanted[y, x].astype(int)).max() <= 12


def refusal_of(data: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        rebuild(data)
    assert refused.value.sentence == SENTENCES[refused.value.code]
    return refused.value.code


@pytest.mark.parametrize("kind", samples.FORMATS)
def test_every_accepted_format_becomes_a_plain_jpeg(kind: str) -> None:
    data = samples.photo(kind)
    clean = rebuild(data)
    assert (clean.width, clean.height) == (96, 64)
    assert is_only_a_picture(clean.jpeg)
    assert clean.upload_sha256 == hashlib.sha256(data).hexdigest()
    assert (clean.taken_on, clean.position, clean.had_provenance) == (None, None, False)
    assert_corners(pixels(clean))


def test_heif_can_be_switched_off() -> None:
    with pytest.raises(PhotoRefused) as refused:
        rebuild(samples.photo("HEIF"), allow_heif=False)
    assert refused.value.code == "unsupported_format"


# How a camera held another way stores the picture (Exif 3.0, tag 274), from the upright one.
STORED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, -1),
}


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_comes_out_upright(kind: str, turn: int) -> None:
    stored = np.ascontiguousarray(STORED[turn](samples.corners()))
    exif = samples.exif_bytes(None, 0x0112, turn)
    assert_corners(pixels(rebuild(samples.photo(kind, stored, exif=exif))))


def test_an_orientation_that_does_not_exist_is_ignored() -> None:
    for turn in (0, 9, 65535):
        exif = samples.exif_bytes(None, 0x0112, turn)
        assert_corners(pixels(rebuild(samples.photo(exif=exif))))


def test_a_phone_turn_inside_heif_and_avif_is_obeyed_once() -> None:
    stored = np.ascontiguousarray(STORED[6](samples.corners()))
    for kind in ("HEIF", "AVIF"):
        data = samples.photo(kind, stored, exif=samples.exif_bytes(None, 0x0112, 6))
        assert_corners(pixels(rebuild(data)))


def test_transparency_becomes_white() -> None:
    clear = np.zeros((64, 96, 4), np.uint8)
    clear[:, 48:] = (20, 220, 20, 255)
    half = np.dstack([np.full((64, 96), 40, np.uint8), np.zeros((64, 96), np.uint8)])
    palette = Image.fromarray(samples.corners()).quantize(4)
    out = io.BytesIO()
    palette.save(out, "PNG", transparency=palette.getpixel((10, 10)))
    for data, x, colour in (
        (samples.photo("PNG", clear), 20, (255, 255, 255)),
        (samples.photo("WEBP", clear), 20, (255, 255, 255)),
        (samples.photo("PNG", clear), 70, (20, 220, 20)),
        (samples.photo("PNG", half), 20, (255, 255, 255)),
        (out.getvalue(), 10, (255, 255, 255)),
    ):
        found = pixels(rebuild(data))[10, x]
        assert np.abs(found.astype(int) - colour).max() <= 12


def test_sixteen_bits_are_divided_not_clipped() -> None:
    grey = np.tile(np.linspace(0, 65535, 96).astype(np.uint16), (64, 1))
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "PNG")
    found = pixels(rebuild(out.getvalue()))[:, :, 0]
    assert np.abs(found[32].astype(int) - grey[32] // 256).max() <= 4


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "RGB"])
def test_every_colour_mode_keeps_its_picture(mode: str) -> None:
    picture = Image.fromarray(samples.corners())
    source = picture.quantize(4) if mode == "P" else picture.convert(mode)
    out = io.BytesIO()
    source.save(out, "JPEG" if mode == "CMYK" else "PNG")
    expected = np.asarray(source.convert("RGB"))
    if mode == "1":
        assert rebuild(out.getvalue()).width == 96
    else:
        assert_corners(pixels(rebuild(out.getvalue())), expected)


def test_a_colour_profile_is_applied_and_left_out() -> None:
    # A profile that swaps red and green shows at a glance whether it was used.
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, green = swapped.index(b"rXYZ"), swapped.index(b"gXYZ")
    as_bytes = bytearray(swapped)
    as_bytes[red : red + 4], as_bytes[green : green + 4] = b"gXYZ", b"rXYZ"
    clean = rebuild(samples.photo("PNG", icc_profile=bytes(as_bytes)))
    top_left, top_right = pixels(clean)[10, 10], pixels(clean)[10, 80]
    assert top_left[1] > 180 > 60 > top_left[0]  # the file's "red" is this profile's green
    assert top_right[0] > 180 > 60 > top_right[1]


def test_a_broken_colour_profile_costs_nothing() -> None:
    assert_corners(pixels(rebuild(samples.photo("PNG", icc_profile=b"not a profile at all"))))


def test_a_large_photo_is_made_smaller() -> None:
    wide = np.tile(samples.corners(1250, 100), (1, 4, 1))
    clean = rebuild(samples.photo(picture=wide))
    assert (clean.width, clean.height) == (4096, 82)
    clean = rebuild(samples.photo("PNG", samples.corners(64, 9000)))
    assert (clean.width, clean.height) == (29, 4096)


def test_the_first_frame_of_a_moving_picture_is_taken() -> None:
    frames = [Image.fromarray(samples.corners())] + [Image.new("RGB", (96, 64), "white")] * 50
    for kind in ("GIF", "WEBP", "PNG", "AVIF"):
        out = io.BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:])
        assert_corners(pixels(rebuild(out.getvalue())))


def test_a_moving_picture_of_three_thousand_frames_is_no_trouble() -> None:
    frames = [Image.new("L", (64, 64), at % 256) for at in range(3000)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert rebuild(out.getvalue()).width == 64


def same_photo_in_other_metadata() -> list[bytes]:
    plain = samples.photo()
    return [
        samples.jpeg_with(0xFE, b"a comment", plain),
        samples.jpeg_with(0xE1, b"Exif\0\0" + samples.exif_bytes(None, 0x0112, 6)[6:], plain),
        samples.jpeg_with(0xE2, b"ICC_PROFILE\0\1\1" + samples.srgb_profile(), plain),
        plain + b"more",
    ]


def test_the_pixel_hash_outlives_a_change_of_metadata() -> None:
    clean = rebuild(samples.photo())
    for data in same_photo_in_other_metadata():
        again = rebuild(data)
        assert again.upload_sha256 != clean.upload_sha256
        assert again.pixel_sha256 == clean.pixel_sha256


def test_the_pixel_hash_tells_photos_apart() -> None:
    other = samples.corners()
    other[5, 5] = 0
    flat, upright = np.zeros((32, 64, 3), np.uint8), np.zeros((64, 32, 3), np.uint8)
    files = [samples.photo("PNG", picture) for picture in (samples.corners(), other, flat, upright)]
    assert len({rebuild(data).pixel_sha256 for data in files}) == 4


def test_printing_a_photo_shows_neither_bytes_nor_place() -> None:
    clean = rebuild(samples.photo(exif=samples.gps_exif(*CHICAGO)))
    assert repr(clean) == "CleanPhoto(width=96, height=64, had_provenance=False)"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff" + bytes(20 * 2**20), "too_large"),
        (b"hello, this is text", "not_a_photo"),
        (b"MZ\x90\0" + bytes(500), "not_a_photo"),
        (b"PK\x03\x04" + bytes(500), "not_a_photo"),
        (b"<!doctype html><p>hello</p>", "not_a_photo"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported_format"),
        (b"%PDF-1.7\n", "unsupported_format"),
        (b"8BPS\0\1" + bytes(99), "unsupported_format"),
        (b"SIMPLE  = T" + bytes(99), "unsupported_format"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(99), "unsupported_format"),
        (samples.photo("TIFF"), "unsupported_format"),
        (samples.photo("BMP"), "unsupported_format"),
        (samples.photo("ICO"), "unsupported_format"),
        (b"\xff\xd8\xff", "broken"),
        (b"\xff\xd8\xff\xe0" + bytes(400), "broken"),
        (b"GIF89a", "broken"),
        (b"\x89PNG\r\n\x1a\n", "broken"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "broken"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "broken"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "broken"),
        (samples.photo("PNG", samples.corners(15, 300)), "too_small"),
        (samples.bomb_png(50_000, 50_000), "too_many_pixels"),
        (samples.bomb_png(9_000, 9_000), "too_many_pixels"),
        (samples.bomb_png(7_100, 7_100), "too_many_pixels"),
        (samples.bomb_png(12_001, 20), "too_many_pixels"),
        (samples.bomb_png(5_000, 5_000), "broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[:12].hex(),
)
def test_what_is_refused_and_why(data: bytes, code: str) -> None:
    assert refusal_of(data) == code


def test_a_jpeg_that_says_it_is_huge_is_refused_unread() -> None:
    def enlarge(data: bytearray) -> None:
        frame = data.index(b"\xff\xc0")
        data[frame + 5 : frame + 9] = (65000).to_bytes(2, "big") * 2

    assert refusal_of(samples.changed(samples.photo(), enlarge)) == "too_many_pixels"


@pytest.mark.parametrize("name", [b"zTXt", b"iCCP", b"iTXt"])
def test_text_that_swells_when_unpacked_is_harmless(name: bytes) -> None:
    head = {b"zTXt": b"Comment\0\0", b"iCCP": b"profile\0\0", b"iTXt": b"Comment\0\1\0\0\0"}[name]
    data = samples.png_with(samples.png_chunk(name, head + samples.packed_zeros(300)))
    assert _outcome(data) in ("accepted", "broken")


def test_a_picture_stream_that_swells_is_cut_off() -> None:
    header = samples.photo("PNG")[:33]
    body = samples.png_chunk(b"IDAT", samples.packed_zeros(300))
    clean = rebuild(header + body + samples.png_chunk(b"IEND", b""))
    assert (clean.width, clean.height) == (96, 64)


@pytest.mark.filterwarnings("ignore")  # Pillow warns of what we then refuse
@pytest.mark.parametrize("kind", samples.FORMATS)
def test_cut_and_damaged_files_are_decided_without_a_crash(kind: str) -> None:
    data = samples.photo(kind)
    chance = np.random.default_rng(20261121)
    damaged = [data[: len(data) * part // 25] for part in range(1, 25)]
    for _ in range(160):
        at, bit = int(chance.integers(len(data))), int(chance.integers(8))

        def flip(copy: bytearray, at: int = at, bit: int = bit) -> None:
            copy[at] ^= 1 << bit

        damaged.append(samples.changed(data, flip))
    outcomes = [_outcome(file) for file in damaged]
    assert "accepted" in outcomes
    assert len(set(outcomes)) > 1


def _outcome(data: bytes) -> str:
    try:
        clean = rebuild(data)
    except PhotoRefused as refused:
        return refused.code
    assert is_only_a_picture(clean.jpeg)
    return "accepted"


def test_a_refusal_carries_no_piece_of_the_photo() -> None:
    with pytest.raises(PhotoRefused) as refused:
        rebuild(samples.photo()[:400] + samples.MARKER)
    held: list[Any] = [refused.value.__context__, refused.value.__cause__]
    assert held == [None, None]
