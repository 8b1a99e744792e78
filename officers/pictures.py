"""What a template needs to show a picture: addresses and sizes of covered copies, or a window onto a private photo.

A window is an SVG that shows a part of a picture: the browser cuts, so that no process of ours decodes a photo to
answer a request. It is for people who may see the whole photo anyway.
"""

from dataclasses import dataclass

from django.urls import reverse

from officers.models import Face, Photo, Publication
from privacy import renditions
from privacy.shapes import Box


@dataclass(frozen=True, slots=True)
class Picture:
    """Covered copies. `sources`: (type, srcset) of the better formats; `url`, `width`, `height`: the fallback."""

    url: str
    width: int
    height: int
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A part (x, y, width, height) of the photo at `url`, in pixels of the whole photo."""

    url: str
    photo_width: int
    photo_height: int
    x: int
    y: int
    width: int
    height: int


def of_photo(publication: Publication) -> Picture:
    """The whole photo, covered. It must have a version."""
    photo = publication.photo
    return _picture(publication, "photo", photo.width, photo.height, renditions.PHOTO_SIZES)


def of_face(face: Face) -> Picture | None:
    """A tagged face out of a published photo; None when a stranger may not see it. Needs photo and publication."""
    publication = getattr(face.photo, "publication", None)
    if publication is None or publication.state != Publication.State.PUBLIC or not face.is_confirmed:
        return None
    area = renditions.face_area(face, face.photo.width, face.photo.height)
    return _picture(publication, f"face-{face.pk}", area.width, area.height, renditions.FACE_SIZES)


def fallback_name(face: Face) -> str:
    """The file that old browsers and the API get of a face."""
    area = renditions.face_area(face, face.photo.width, face.photo.height)
    made = renditions.sizes(area.width, area.height, renditions.FACE_SIZES)
    return f"face-{face.pk}-{renditions.fallback_size(made)[0]}.{renditions.FALLBACK}"


def window(url: str, photo: Photo, box: Box, *, margin: float = renditions.FACE_MARGIN) -> Window:
    """The part of a photo round `box`, with `margin` times its sides around it."""
    x, y, width, height = renditions.area_around(box, margin, photo.width, photo.height)
    return Window(url, photo.width, photo.height, x, y, width, height)


def _picture(
    publication: Publication, name: str, width: int, height: int, wanted: tuple[int, ...]
) -> Picture:
    made = renditions.sizes(width, height, wanted)
    across, down = renditions.fallback_size(made)
    return Picture(
        url=_address(publication, name, across, renditions.FALLBACK),
        width=across,
        height=down,
        sources=tuple(
            (
                renditions.TYPES[ending],
                ", ".join(f"{_address(publication, name, size[0], ending)} {size[0]}w" for size in made),
            )
            for ending in renditions.TYPES
            if ending != renditions.FALLBACK
        ),
    )


def _address(publication: Publication, name: str, width: int, ending: str) -> str:
    if publication.version is None:
        raise ValueError("There is nothing to see of this photo.")
    return reverse("rendition", args=[publication.version, f"{name}-{width}.{ending}"])
