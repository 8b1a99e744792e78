"""Why a face could not be compared, in plain words, with what to do."""

UNUSABLE_IN_WORDS: dict[str, str] = {
    "too_small": "This face is too small to compare. Try a photo taken from nearer, or a larger copy of this one.",
    "no_face": "We could not see a face where you pointed. Choose the box again so that the whole face is in it,"
    " from the brow to the chin.",
    "failed": "Something went wrong on our side. Please try again in a moment.",
    "several_faces": "There is more than one face where you pointed. Draw a box around one face only.",
}
