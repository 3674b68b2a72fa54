from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from grants.models import Application
from reviews.models.jury import Juror, JurySession
from reviews.states import Recommendation


class Vote(models.Model):
    """The jury's proposal for one application, with amount and reason. A new vote supersedes the old, which stays."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="votes")
    session = models.ForeignKey(JurySession, models.PROTECT, related_name="votes")
    recommendation = models.CharField(_("recommendation"), max_length=8, choices=Recommendation.choices)
    amount_cents = models.BigIntegerField(_("proposed amount"), default=0)
    rank = models.PositiveSmallIntegerField(_("rank"), null=True)
    reason = models.TextField(_("reason"), max_length=4000)
    yes = models.PositiveSmallIntegerField(_("in favour"), default=0)
    no = models.PositiveSmallIntegerField(_("against"), default=0)
    abstained = models.PositiveSmallIntegerField(_("abstained"), default=0)
    recused = models.ManyToManyField(Juror, related_name="+")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("jury vote")
        verbose_name_plural = _("jury votes")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(superseded_at__isnull=True), name="vote_one_valid"
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        recommendation__in=[
                            Recommendation.FUND,
                            Recommendation.PARTIAL,
                            Recommendation.RESERVE,
                        ]
                    )
                    & Q(amount_cents__gt=0)
                )
                | Q(recommendation=Recommendation.DECLINE, amount_cents=0),
                name="vote_amount_fits_word",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_recommendation_display()}"
