from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from grants.models.applications import Application
from grants.states import PICTURED, SHOWN, AttachmentKind, Scan, VersionReason


def waiting(name: str) -> models.Index:
    """Return the index of the few files of a table that wait for the virus scanner: the sweep asks every minute."""
    return models.Index(fields=["id"], condition=Q(scan=Scan.WAITING), name=name)


class StoredFile(models.Model):
    """A file of the store, as somebody sent it."""

    name = models.CharField(_("file name"), max_length=160)
    # Path below MEDIA_ROOT, made of random characters, never of the given name.
    path = models.CharField(max_length=120, unique=True)
    size = models.PositiveIntegerField(_("size"))
    content_type = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.NONE)
    scanned_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> bool:
        """Whether anybody may open it: the virus scanner let it pass, or there is none."""
        return self.scan in SHOWN

    @property
    def has_pages(self) -> bool:
        """Whether somebody may look at it page by page, without a download."""
        return self.shown and self.content_type in PICTURED


class OrganisationDocument(StoredFile):
    """A paper of an organisation, kept once and attached to its applications by a tick. Removing hides it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=AttachmentKind.choices)
    issued_on = models.DateField(_("date of the paper"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("paper of an organisation")
        verbose_name_plural = _("papers of organisations")
        ordering = ["pk"]
        indexes = [waiting("paper_waits")]


class Attachment(StoredFile):
    """A file of an application. Removing hides it; what was part of a sent version stays in the file store."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments")
    kind = models.CharField(_("kind"), max_length=20, choices=AttachmentKind.choices)
    # The organisation's own paper of which this is a copy.
    source = models.ForeignKey(OrganisationDocument, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        indexes = [waiting("attachment_waits")]


class ApplicationVersion(models.Model):
    """What was sent, word by word. Rows are only ever added."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=10, choices=VersionReason.choices)
    data = models.JSONField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("sent version")
        verbose_name_plural = _("sent versions")
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(reason=VersionReason.SUBMIT),
                name="version_submitted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} v{self.number}"
