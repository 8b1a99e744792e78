"""Where the record comes from and leads to: links, documents, topics, and the citation of a source."""

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from officers.models.base import FreeText, Recorded, WebAddress, known, known_or_empty, on_the_web
from officers.models.complaint import Complaint
from officers.models.department import Department
from officers.models.incident import Incident
from officers.models.lawsuit import Lawsuit
from officers.models.officer import Officer
from officers.record_querysets import CitationQuerySet, DocumentQuerySet, LinkQuerySet, TopicQuerySet
from privacy import pdfs


class Link(Recorded):
    """A page or a video elsewhere. It belongs to whatever it is attached to."""

    class Type(models.TextChoices):
        LINK = "link", "Page"
        VIDEO = "video", "YouTube video"
        OTHER_VIDEO = "other_video", "Other video"

    url = WebAddress()
    link_type = models.CharField(max_length=12, blank=True, choices=Type.choices, default=Type.LINK)
    title = models.CharField(max_length=100, blank=True)
    description = FreeText(max_length=600)
    author = models.CharField(max_length=255, blank=True)
    has_content_warning = models.BooleanField(default=False)
    officers = models.ManyToManyField(Officer, blank=True, related_name="links")
    incidents = models.ManyToManyField(Incident, blank=True, related_name="links")
    departments = models.ManyToManyField(Department, blank=True, related_name="links")
    complaints = models.ManyToManyField(Complaint, blank=True, related_name="links")
    lawsuits = models.ManyToManyField(Lawsuit, blank=True, related_name="links")

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            on_the_web("url", "link_is_http_or_https"),
            models.CheckConstraint(name="link_leads_somewhere", condition=~Q(url="")),
            known_or_empty("link_type", "link video other_video", "link_type_is_known"),
        ]

    def __str__(self) -> str:
        return self.title or self.url


class Document(Recorded):
    """A PDF, in the private storage under `key`. Nobody but those who keep the department sees it before its review.

    `text` is what a program read out of it, to search in, a PAGE_END between two pages; `text_read_at` says when, if it
    did, `pages_read` how far it came, `trouble` why it could not. What everybody gets is the copy under `copy_key`: the
    pages alone (privacy/pdfs.py), there when `copy_size` says so. The history leaves all of that out: after a restore
    the file is read again.
    """

    class ReviewState(models.TextChoices):
        WAITING = "waiting", "Waiting for a look"
        APPROVED = "approved", "Public"
        REFUSED = "refused", "Not to be published"

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    description = FreeText()
    file = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveIntegerField(editable=False)
    copy_size = models.PositiveIntegerField(null=True, editable=False)
    pages = models.PositiveIntegerField(null=True, editable=False)
    pages_read = models.PositiveIntegerField(null=True, editable=False)
    is_drawn_over = models.BooleanField(default=False, db_default=False, editable=False)
    trouble = models.CharField(max_length=20, blank=True, db_default="", editable=False)
    text = models.TextField(blank=True, editable=False, db_default="")
    text_read_at = models.DateTimeField(null=True, editable=False)
    review_state = models.CharField(
        max_length=10, choices=ReviewState.choices, default=ReviewState.WAITING, editable=False
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, editable=False)
    review_note = models.CharField(max_length=300, blank=True, db_default="", editable=False)
    officers = models.ManyToManyField(Officer, blank=True, related_name="documents")
    incidents = models.ManyToManyField(Incident, blank=True, related_name="documents")
    complaints = models.ManyToManyField(Complaint, blank=True, related_name="documents")
    lawsuits = models.ManyToManyField(Lawsuit, blank=True, related_name="documents")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            known("review_state", "waiting approved refused", "document_review_is_known"),
            models.CheckConstraint(
                name="no_document_is_public_before_a_review",
                condition=~Q(review_state="approved") | Q(reviewed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="document_is_named_by_its_hash", condition=Q(sha256__regex="^[0-9a-f]{64}$")
            ),
            models.UniqueConstraint(
                fields=["department", "sha256"], name="one_document_of_a_file_in_a_department"
            ),
            known_or_empty(
                "trouble",
                "encrypted too_many_pages broken too_slow crashed still_active gone",
                "document_trouble_is_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "id"],
                condition=Q(review_state="waiting"),
                name="documents_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def folder(self) -> str:
        """Where its files lie in the private storage."""
        return f"documents/{self.file.hex}/"

    @property
    def key(self) -> str:
        """The file as it was sent: for those who keep the department, and nobody else ever."""
        return f"{self.folder}sent.pdf"

    @property
    def copy_key(self) -> str:
        """Its pages alone, made anew."""
        return f"{self.folder}pages.pdf"

    @property
    def trouble_words(self) -> str:
        return pdfs.SENTENCES.get(self.trouble, "")

    @property
    def texts(self) -> list[str]:
        """The text of each page that was read."""
        return self.text.split(pdfs.PAGE_END) if self.pages_read else []


class Topic(Recorded):
    """A word under which records are gathered. ("Tag" means a face that somebody named.)"""

    name = models.CharField(max_length=60)
    officers = models.ManyToManyField(Officer, blank=True, related_name="topics")
    incidents = models.ManyToManyField(Incident, blank=True, related_name="topics")
    departments = models.ManyToManyField(Department, blank=True, related_name="topics")
    complaints = models.ManyToManyField(Complaint, blank=True, related_name="topics")
    lawsuits = models.ManyToManyField(Lawsuit, blank=True, related_name="topics")
    documents = models.ManyToManyField(Document, blank=True, related_name="topics")

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_topic_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Citation(Recorded):
    """The source of a record (`field` empty) or of one of its fields: a page, a document, or words that name it.

    `record` is the name of a model in small letters, `record_id` its number. No foreign key: it cites every kind.
    """

    class Kind(models.TextChoices):
        LEGAL = "legal", "Court or law"
        NEWS = "news", "News"
        GOVERNMENT = "government", "Government"
        PERSONAL = "personal", "Somebody’s own account"

    record = models.CharField(max_length=30)
    record_id = models.BigIntegerField()
    field = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=12, blank=True, choices=Kind.choices)
    url = WebAddress(blank=True)
    title = models.CharField(max_length=200, blank=True)
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="citations"
    )
    page = models.PositiveIntegerField(null=True, blank=True)
    retrieved_on = models.DateField(null=True, blank=True)

    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering = ["field", "pk"]
        verbose_name = "source"
        constraints = [
            known_or_empty("kind", "legal news government personal", "citation_kind_is_known"),
            on_the_web("url", "citation_is_http_or_https"),
            models.CheckConstraint(
                name="a_citation_names_a_source", condition=~Q(url="") | ~Q(title="") | ~Q(document=None)
            ),
            models.CheckConstraint(
                name="citation_pages_begin_at_one", condition=Q(page=None) | Q(page__gte=1)
            ),
        ]
        indexes = [models.Index(fields=["record", "record_id", "field"], name="citations_of_a_record")]

    def __str__(self) -> str:
        return self.title or self.url or str(self.document)
