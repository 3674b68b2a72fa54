from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Fund
from notifications.states import DocumentKind


class Document(models.Model):
    """A PDF that is rendered once from frozen data; file and hash never change afterwards (trigger)."""

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=4, choices=DocumentKind.choices)
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, related_name="documents")
    case_key = models.CharField(max_length=40, blank=True, db_index=True)
    data = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    rendered_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # The request (or task) that ordered it.
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Set when trying again without a person would not help.
    failed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(rendered_at=None, failed_at=None), name="document_owed"),
            models.Index(fields=["failed_at"], condition=Q(failed_at__isnull=False), name="document_failed"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_known_kind"),
            models.CheckConstraint(
                condition=Q(rendered_at__isnull=True, sha256="", file="")
                | (Q(rendered_at__isnull=False) & ~Q(sha256="") & ~Q(file="")),
                name="document_rendered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"
