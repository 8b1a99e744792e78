"""What keeps a backup from being made or put back, as a sentence for whoever typed the command."""


class CannotBackUp(Exception):
    """Nothing was left behind."""


class CannotRestore(Exception):
    """Nothing was changed, unless the sentence says what."""
