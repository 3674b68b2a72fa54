from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from grants.models.applications import Application


class FormalCheck(models.Model):
    """The officer's checklist and the note on necessity and adequacy of the costs (Antragsprüfungsvermerk)."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="formal_check")
    # {code of the item: "yes" | "no" | "na"}; the items themselves stand in grants.checklist.
    answers = models.JSONField(default=dict)
    costs_note = models.TextField(_("note on necessity and adequacy of the costs"), max_length=4000, blank=True)
    note = models.TextField(_("note"), max_length=4000, blank=True)
    edited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("formal check")
        verbose_name_plural = _("formal checks")

    def __str__(self) -> str:
        return str(self.application)


class DocumentRequest(models.Model):
    """What the officer asks the applicant to hand in or mend, until when; only these fields reopen."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="document_requests")
    # Names of steps or fields of the form, and kinds of attachments, that reopen.
    fields = models.JSONField(default=list)
    message = models.TextField(_("what is missing"), max_length=4000)
    due_date = models.DateField(_("until"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answered_late = models.BooleanField(default=False)
    # When the applicant was reminded; a rejection for missing documents needs it.
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("request for documents")
        verbose_name_plural = _("requests for documents")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.message[:60]
