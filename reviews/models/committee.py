from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from grants.models import Application, Round
from reviews.states import FINAL_OUTCOMES, DecisionOutcome, Recommendation


class Paper(models.Model):
    """A committee paper (Beschlussvorlage): the whole list that goes into the chain of bodies."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="papers")
    number = models.CharField(_("number of the paper"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    paper_date = models.DateField(_("date"))
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("committee paper")
        verbose_name_plural = _("committee papers")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="paper_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def fund_id(self) -> int:
        return self.round.fund_id


class PaperItem(models.Model):
    """One application in a paper, as it was proposed."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="items")
    application = models.ForeignKey(Application, models.PROTECT, related_name="paper_items")
    position = models.PositiveSmallIntegerField()
    recommendation = models.CharField(max_length=8, choices=Recommendation.choices)
    amount_cents = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["paper", "position"]
        constraints = [models.UniqueConstraint(fields=["paper", "application"], name="paperitem_once")]

    def __str__(self) -> str:
        return str(self.application)


class Decision(models.Model):
    """What a body said about one application on one day. Corrected by superseding, never changed."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="decisions")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="decisions")
    body = models.CharField(_("body"), max_length=160)
    step = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(_("decision"), max_length=10, choices=DecisionOutcome.choices)
    amount_cents = models.BigIntegerField(_("amount"), default=0)
    rank = models.PositiveSmallIntegerField(_("rank on the reserve list"), null=True)
    reason = models.TextField(_("reason"), max_length=4000, blank=True)
    decided_on = models.DateField(_("decided on"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(superseded_at__isnull=True, outcome__in=[o.value for o in FINAL_OUTCOMES]),
                name="decision_one_final",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=DecisionOutcome.FUND) | Q(amount_cents__gt=0),
                name="decision_grant_has_amount",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=DecisionOutcome.DECLINE) | ~Q(reason=""),
                name="decision_rejection_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_outcome_display()}"

    @property
    def case_key(self) -> str:
        return self.application.case_key

    @property
    def fund_id(self) -> int:
        return self.application.fund_id
