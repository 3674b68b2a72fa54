from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from grants.models.applications import Application
from grants.models.files import StoredFile, waiting
from grants.states import MessageSide


class CaseMessage(models.Model):
    """A message between applicant and office about a case. Rows are only ever added; the other side reads them."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="case_messages")
    side = models.CharField(max_length=10, choices=MessageSide.choices)
    text = models.TextField(_("message"), max_length=4000)
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    # When somebody of the other side first opened it.
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["pk"]
        # The few that nobody of the other side has opened: the desk asks for them.
        indexes = [models.Index(fields=["application"], condition=Q(read_at=None), name="message_unread")]

    def __str__(self) -> str:
        return self.text[:60]


class CaseMessageFile(StoredFile):
    """A file that came with a message."""

    message = models.ForeignKey(CaseMessage, models.PROTECT, related_name="files")

    class Meta:
        verbose_name = _("file of a message")
        verbose_name_plural = _("files of messages")
        ordering = ["pk"]
        indexes = [waiting("message_file_waits")]
