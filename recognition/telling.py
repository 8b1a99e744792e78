"""One mail that says "your search is done", to somebody who wants to close the page meanwhile.

It holds the site's name and that sentence: the address of the question is its key and is never mailed. Where to write
is kept until the mail is sent, at most as long as the question, and is never logged.
"""

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from oversight import outbox, queues
from recognition.models import DoneMail, Identification

TELL = "workers.faces.tell"
NOT_OVER = {Identification.State.WAITING, Identification.State.ASKING}


@transaction.atomic
def ask_for(identification: Identification, address: str) -> None:
    """Write to `address` once the search is over: at once if it is already."""
    DoneMail.objects.update_or_create(identification=identification, defaults={"send_to": address})
    state = Identification.objects.values_list("state", flat=True).get(pk=identification.pk)
    if state not in NOT_OVER:
        promise([identification.pk])


def promise(identifications: Collection[UUID]) -> None:
    """These may be over: promise the mails that are wanted. Inside the transaction that ended them."""
    over = DoneMail.objects.filter(identification__in=identifications).exclude(
        identification__state__in=NOT_OVER
    )
    for pk in over.values_list("pk", flat=True):
        outbox.promise(job=TELL, subject=str(pk), queue=queues.PHOTOS)


def tell(claim: outbox.Claim) -> None:
    """The job: write the mail whose id is `claim.subject`, and forget the address."""
    mail = DoneMail.objects.filter(pk=claim.subject).first()
    if mail is None:
        raise outbox.GiveUp("nothing_to_do")
    try:
        send_mail(
            subject=f"{settings.SITE_NAME}: your search is done",
            message=f"Your search on {settings.SITE_NAME} is done.\n",
            from_email=None,
            recipient_list=[mail.send_to],
        )
    except Exception:  # whatever a mail server says about an address must not reach a log
        raise outbox.TryLater("mail_away") from None
    with transaction.atomic():
        claim.settle()
        mail.delete()
