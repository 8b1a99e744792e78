"""Too many photos at once: from a number of waiting ones on, strangers prove work or send more slowly."""

from django.conf import settings
from django.http import HttpRequest

from oversight import queues
from oversight.models import OutboxEntry
from oversight.people import account_if_any

SENTENCE = (
    "Very many photos are being sent just now. Turn scripts on for this page, so that your browser can do a short "
    "computation, or try again in an hour. None of these photos was kept."
)
RETRY_AFTER = "3600"


def is_on(request: HttpRequest) -> bool:
    """For visitors only, and only where the site says from how many waiting photos on."""
    most = settings.PROOF_AT_PHOTOS_WAITING
    if not most or account_if_any(request):
        return False
    waiting = OutboxEntry.objects.filter(queue=queues.PHOTOS, state=OutboxEntry.State.WAITING)
    return waiting[:most].count() >= most
