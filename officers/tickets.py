"""Codes for people without an account to come back with. Only a code's hash is kept: our tables open nothing."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from officers.models import Flag, Takedown

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without what looks alike on paper
LENGTH, GROUP = 16, 4  # 79 bits


def new_code() -> str:
    """Such as `k7pq-22xm-9rta-hc4w`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def code_hash(code: str) -> str:
    """Of a code as people type it: capitals, spaces and hyphens do not matter."""
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def find(code: str) -> Flag | Takedown | None:
    """What a code opens."""
    hashed = code_hash(code)
    return Flag.objects.filter(code_hash=hashed).first() or Takedown.objects.filter(code_hash=hashed).first()


def forget_words() -> int:
    """Forget what people wrote, some days after the end. Returns how many were emptied. Run by the sweeper."""
    before = timezone.now() - timedelta(days=settings.TICKET_DAYS)
    flags = Flag.objects.filter(ended_at__lt=before).exclude(text="")
    takedowns = Takedown.objects.filter(ended_at__lt=before).exclude(links="", why="", contact="")
    return flags.update(text="") + takedowns.update(links="", why="", contact="")
