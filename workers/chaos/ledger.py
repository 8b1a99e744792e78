"""What people were told. Only that counts: an answer that never came promised nothing."""

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Ledger:
    """Shared by all people of one run; every method may be called from any thread."""

    uploads: list[str] = field(default_factory=list)
    """Ids of photos for which "202" came."""
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    """Sorted: photo, who, what they said."""
    tags: list[tuple[str, tuple[int, int, int, int]]] = field(default_factory=list)
    """Tagged: photo, box."""
    questions: list[str] = field(default_factory=list)
    """Ids of searches for which "202" came."""
    tried: Counter[str] = field(default_factory=Counter)
    """Requests of each kind, told or not."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def told_upload(self, photo: str) -> None:
        with self._lock:
            self.uploads.append(photo)

    def told_answer(self, photo: str, who: str, says: str) -> None:
        with self._lock:
            self.answers.append((photo, who, says))

    def told_tag(self, photo: str, box: tuple[int, int, int, int]) -> None:
        with self._lock:
            self.tags.append((photo, box))

    def told_question(self, question: str) -> None:
        with self._lock:
            self.questions.append(question)

    def try_one(self, kind: str) -> int:
        """Count a request before it is made; its number among those of its kind, from 1."""
        with self._lock:
            self.tried[kind] += 1
            return self.tried[kind]

    def an_upload(self, number: int) -> str | None:
        """One of the photos that were taken in, in turn; None before the first."""
        with self._lock:
            return self.uploads[number % len(self.uploads)] if self.uploads else None
