"""Decides the words in which a photo is refused: one stable code and one plain sentence for each reason.

Codes are for tests, counts and translations; sentences say what happened and what to do next.
"""

from typing import Final

SENTENCES: Final = {
    "too_large": "That file is larger than 20 MB. Send a smaller copy of the photo.",
    "empty": "That file is empty. Choose the photo again and send it once more.",
    "not_a_photo": "That file is not a photo. Send a JPEG, PNG, WebP, GIF, HEIC or AVIF picture.",
    "unsupported_format": "We do not open that kind of file. Save the photo as JPEG or PNG and send that.",
    "too_many_pixels": (
        "That photo has too many pixels: the most we open is 50 million, and 12,000 on a side. "
        "Send a smaller copy."
    ),
    "too_small": "That photo is less than 16 pixels wide or high. Send a larger copy.",
    "broken": "That photo is damaged and could not be opened whole. Send the original file or a new copy.",
    "too_slow": "That photo took too long to open, so we stopped. Save it again as JPEG and send that.",
    "crashed": "That photo could not be opened safely, so we stopped. Save it again as JPEG and send that.",
}


class PhotoRefused(Exception):
    """A file that will not be taken in. `code` is a key of `SENTENCES`; `sentence` is for the person."""

    def __init__(self, code: str) -> None:
        """Refuse for the reason `code`. Raises KeyError for a code that has no sentence."""
        self.sentence = SENTENCES[code]
        self.code = code
        super().__init__(code)
