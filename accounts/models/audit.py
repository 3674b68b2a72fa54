from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.funds import Fund
from accounts.models.people import User
from accounts.states import Outcome


class AuditEntry(models.Model):
    """Who did what, when, from which state to which. Rows are only ever added; triggers refuse the rest."""

    at = models.DateTimeField(_("when"), default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    acting_for = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, related_name="+")
    case_key = models.CharField(max_length=40, blank=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(max_length=200)
    action = models.CharField(_("what"), max_length=60)
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject"),
            models.Index(fields=["case_key", "id"], name="audit_case"),
            models.Index(fields=["fund", "at"], name="audit_fund_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}"


class Proposal(models.Model):
    """The first half of a step for two people: what A wants done. B confirms or declines it.

    `kind` names the step, `subject_*` the record, `payload` what exactly would be done. One open proposal per
    kind and record.
    """

    kind = models.CharField(max_length=60)
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, related_name="proposals")
    case_key = models.CharField(max_length=40, blank=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    reason = models.TextField(_("reason"), blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="proposals")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("step for two people")
        verbose_name_plural = _("steps for two people")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id"],
                condition=Q(outcome=Outcome.OPEN),
                name="proposal_one_open",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.WITHDRAWN) | Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="proposal_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.OPEN, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(outcome=Outcome.OPEN) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="proposal_decided_pair",
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="proposal_known_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_label}"
