from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from grants.models import Round


class Juror(models.Model):
    """A person's seat in the jury of one round. Chair, deputy chair and stand-ins are marked."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="jurors")
    user = models.ForeignKey(User, models.PROTECT, related_name="jury_seats")
    chairs = models.BooleanField(_("chairs the jury"), default=False)
    deputy_chair = models.BooleanField(_("deputy of the chair"), default=False)
    # A stand-in scores only cases to which the coordinator has called it in.
    stand_in = models.BooleanField(_("stand-in"), default=False)
    appointed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    appointed_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("juror")
        verbose_name_plural = _("jurors")
        ordering = ["round", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "user"], condition=Q(ended_at__isnull=True), name="juror_one_seat"
            ),
            models.UniqueConstraint(
                fields=["round"], condition=Q(chairs=True, ended_at__isnull=True), name="juror_one_chair"
            ),
            models.UniqueConstraint(
                fields=["round"], condition=Q(deputy_chair=True, ended_at__isnull=True), name="juror_one_deputy"
            ),
            models.CheckConstraint(condition=~Q(chairs=True, deputy_chair=True), name="juror_chair_is_not_deputy"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def fund_id(self) -> int:
        return self.round.fund_id


class JurySession(models.Model):
    """A meeting of the jury: who was present, and its minutes."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="jury_sessions")
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=160, blank=True)
    present = models.ManyToManyField(Juror, related_name="sessions")
    minutes = models.TextField(_("minutes"), max_length=20000, blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("jury session")
        verbose_name_plural = _("jury sessions")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.round} {self.held_on}"

    @property
    def fund_id(self) -> int:
        return self.round.fund_id


class ScoringPeriod(models.Model):
    """When the sheets of a round are asked for: the jurors' count-down and reminders."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="scoring_period")
    due_date = models.DateField(_("sheets until"))
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("scoring period")
        verbose_name_plural = _("scoring periods")

    def __str__(self) -> str:
        return f"{self.round} {self.due_date}"

    @property
    def fund_id(self) -> int:
        return self.round.fund_id
