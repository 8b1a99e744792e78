"""What the record says aloud, for plugins to hear. Each is sent inside the transaction of what happened."""

from django.dispatch import Signal

heads_found = Signal()  # photo
face_reviewed = Signal()  # face

# Asked, not told, and outside of any transaction: a volunteer points at a face (photo, box, viewer). A receiver may
# return (words, address) of a page with likely officers, or None. The page shows it as a link; with scripts, what
# the page holds in an element with `data-likely` is put in its place, with radio buttons named `officer`.
likely_officers_wanted = Signal()
held = Signal()  # officer or photo: it is withheld from the public from now on
