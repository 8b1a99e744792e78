"""A small record with something of everything, and people of every role, for the tests of the pages."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.test import Client
from django.utils import timezone

from officers import links, rendering, submissions
from officers.models import Coordination, Department, Face, Officer, Photo, Publication
from oversight import queues
from oversight.models import OutboxEntry, User
from tests import factories

ROLES = ("visitor", "volunteer", "coordinator of A", "coordinator of B", "admin")
HAS_PLUGIN = apps.is_installed("recognition")


@dataclass
class World:
    """Department A permits matching. `waiting` is a tag there that nobody has looked at yet; `question` a probe.
    `kept` is a published photo, `looked_at` one that waits for the look before it is."""

    a: Department = field(default_factory=lambda: factories.department(allowed=True, name="Alder Police"))
    b: Department = field(default_factory=lambda: factories.department(name="Birch Police"))

    def __post_init__(self) -> None:
        self.officer: Officer = factories.officer(self.a, badge="77", rank="Sergeant", unit="North")
        self.hidden: Officer = factories.officer(self.a, is_published=False)
        self.kept: Photo = factories.photo(self.a)
        self.face: Face = factories.face(self.officer, self.kept, published=False)
        self.shown: Publication = factories.publish(self.kept)
        self.looked_at: Photo = factories.photo(self.a)
        factories.face(self.officer, self.looked_at, published=False)
        rendering.render_now(self.looked_at)
        self.waiting: Face = factories.face(self.officer, factories.photo(self.a), reviewed=False)
        self.hidden_face: Face = factories.face(self.hidden, factories.photo(self.a))
        self.question: Photo = factories.photo(self.a, expires_at=timezone.now() + timedelta(hours=24))
        factories.head(self.question)
        self.token = links.token_for(self.question)
        self.given_up: OutboxEntry = OutboxEntry.objects.create(
            job=submissions.ERASE,
            subject="0" * 32,
            queue=queues.BULK,
            state="dead",
            tries=5,
            due_at=timezone.now(),
            settled_at=timezone.now(),
        )
        if HAS_PLUGIN:
            self.search = self._search()

    def _search(self) -> Any:
        """A search that is over, with one candidate; and an alert of the guard about another."""
        from recognition.models import BulkRun, Candidate, GuardAlert, Identification, PresenceResult

        for photo in Photo.objects.all():
            PresenceResult.objects.create(photo=photo, decision="review", score=0.4)
        self.bulk_run: Any = BulkRun.objects.create(total=1, backend="local", state=BulkRun.State.PAUSED)
        self.alert: Any = GuardAlert.objects.create(department=self.a, stage="result", reason="test")
        made = self._asked(Identification.State.DONE, x=10, y=10, officers_searched=1, candidates_found=1)
        self.look: Any = self._look()
        Candidate.objects.create(
            identification=made, officer=self.officer, face=self.face, number=1, chance=0.97
        )
        return made

    def _look(self) -> Any:
        """A question that waits for a volunteer."""
        from oversight import storage
        from recognition import asked_person
        from recognition.models import Identification, VolunteerLook

        asking = self._asked(Identification.State.ASKING, x=20, y=20)
        look = VolunteerLook.objects.create(identification=asking)
        asked_person.keep(asking, storage.read(asking.photo.key))
        return look

    def _asked(self, state: Any, **more: int) -> Any:
        """A question about a face of the probe."""
        from recognition.models import Identification

        return Identification.objects.create(
            department=self.a,
            photo=self.question,
            state=state,
            expires_at=timezone.now() + timedelta(hours=24),
            width=40,
            height=50,
            **more,
        )

    def client(self, role: str) -> Client:
        client = Client()
        if role != "visitor":
            person = factories.user(User.Role.ADMIN if role == "admin" else User.Role.VOLUNTEER)
            if role.startswith("coordinator"):
                mine = self.a if role.endswith("A") else self.b
                Coordination.objects.create(user=person, department=mine)
            client.force_login(person)
        return client
