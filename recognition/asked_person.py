"""The picture that a volunteer is shown of a person somebody asks about: that person, and as little else as can be.

The worker cuts it out, since the web process opens no pictures. It lies beside the photo, so that it goes with it at
the latest; it goes with the volunteer's answer.
"""

from oversight import storage
from privacy.crops import crop
from privacy.shapes import Rectangle
from recognition.models import Identification
from recognition.presence.crops import Plan, of_person

LONGEST = 720


def key(identification: Identification) -> str:
    return f"{identification.photo.key}.asked-{identification.pk.hex}.jpg"


def keep(identification: Identification, jpeg: bytes) -> None:
    """Store the person from head to belt and a little around: what a uniform is seen by. `jpeg`: the photo."""
    boxes = of_person(identification.box, identification.photo.width, identification.photo.height, Plan())
    seen = boxes[0] if boxes else Rectangle(*identification.box)
    storage.write(key(identification), crop(jpeg, seen, margin=0.0, longest=LONGEST))


def drop(identification: Identification) -> None:
    storage.delete(key(identification))
