"""Why a face could not be compared, in plain words, with what to do."""

UNUSABLE_IN_WORDS: dict[str, str] = {
    "too_small": "This face is too small to compare. Try a photo taken from nearer, or a larger copy of this one.",
    "no_face": "We could not see a face where you pointed. Choose the box again so that the whole face is in it,"
    " from the brow to the chin.",
    "too_blurred": "This face is too blurred to compare: any answer would be a guess. Try a sharper photo,"
    " taken from nearer or with the camera held still.",
    "too_dark": "This face is too dark, or too pale, to compare: there is hardly any light and shade in it. Try a photo"
    " in better light.",
    "turned_away": "This face is turned too far away to compare. Try a photo in which both eyes can be seen.",
    "police_not_confirmed": "We compare faces of police only, and nobody could confirm that this person is an officer."
    " No face was measured.",
    "failed": "Something went wrong on our side. Please try again in a moment.",
    "several_faces": "There is more than one face where you pointed. Draw a box around one face only.",
}
