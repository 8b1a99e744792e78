"""What the record says aloud, for plugins to hear. Each is sent inside the transaction of what happened."""

from django.dispatch import Signal

heads_found = Signal()  # photo
face_reviewed = Signal()  # face
