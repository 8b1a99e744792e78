"""What a person asked for and cannot have, with a sentence for the page that says why."""


class NotPossible(Exception):
    """What was asked cannot be done; the sentence says why."""
