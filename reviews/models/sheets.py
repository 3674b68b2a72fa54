from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import Machine, Person
from grants.models import Application, Criterion
from reviews import permissions as may
from reviews.models.jury import Juror
from reviews.states import Recommendation
from reviews.states import ReviewState as S


class ReviewManager(models.Manager["Review"]):
    """Loads seat and application along: every right on a sheet asks for both."""

    def get_queryset(self) -> models.QuerySet["Review"]:
        return super().get_queryset().select_related("juror", "application")


class Review(Machine):
    """One juror's sheet for one application."""

    machine_name = "Review"

    objects = ReviewManager()

    application = models.ForeignKey(Application, models.PROTECT, related_name="reviews")
    juror = models.ForeignKey(Juror, models.PROTECT, related_name="reviews")
    state = FSMField(_("state"), max_length=12, choices=S.choices, default=S.ASSIGNED, protected=True)
    position = models.PositiveSmallIntegerField(default=0)
    assigned_at = models.DateTimeField(default=timezone.now)
    declared_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    recused_at = models.DateTimeField(null=True)
    recused_reason = models.CharField(_("reason"), max_length=500, blank=True)
    # A match by organisation or federation blocks the sheet until the chair has looked at it.
    # "member|name" or "group|name"; the words are chosen when it is shown.
    conflict_hint = models.CharField(_("possible conflict"), max_length=300, blank=True)
    conflict_cleared_at = models.DateTimeField(null=True)
    recommendation = models.CharField(_("recommendation"), max_length=8, choices=Recommendation.choices, blank=True)
    proposed_cents = models.BigIntegerField(_("proposed amount"), null=True, blank=True)
    comment = models.TextField(_("comment"), max_length=3000, blank=True)

    class Meta:
        verbose_name = _("sheet")
        verbose_name_plural = _("sheets")
        base_manager_name = "objects"
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["juror", "state", "position", "id"], name="review_of_juror_in_order")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="review_known_state"),
            models.UniqueConstraint(fields=["application", "juror"], name="review_one_sheet"),
        ]

    def __str__(self) -> str:
        return f"{self.application.case_number}: {self.juror}"

    @property
    def case_key(self) -> str:
        return self.application.case_key

    @property
    def fund_id(self) -> int:
        return self.application.fund_id

    @property
    def juror_user_id(self) -> int:
        return self.juror.user_id

    @property
    def seated(self) -> bool:
        """The juror still sits in the jury."""
        return self.juror.ended_at is None

    @property
    def hint_words(self) -> str:
        """The possible conflict in the reader's language."""
        kind, _bar, name = self.conflict_hint.partition("|")
        if kind == "member":
            return gettext("acts for %(name)s") % {"name": name}
        return gettext("belongs to %(name)s, like the applicant") % {"name": name}

    @property
    def opened(self) -> bool:
        """The documents are open to the juror: declared free of conflict, and no match waits for the chair."""
        return self.declared_at is not None and self.state != S.RECUSED and self.is_unblocked()

    @property
    def out(self) -> bool:
        """The juror is out of this case: excluded, or a match waits."""
        return self.state == S.RECUSED or not self.is_unblocked()

    def leads(self, person: Person) -> bool:
        """Tell whether the person leads on this sheet: the chair; the deputy where the chair is out of the case."""
        if person.pk is None or self.juror.user_id == person.pk:
            return False
        seat = Juror.objects.filter(round_id=self.application.round_id, user=person.pk, ended_at__isnull=True).first()
        if seat is None or not (seat.chairs or seat.deputy_chair):
            return False
        lead = models.Q(juror__chairs=True, juror__ended_at=None) | models.Q(juror=seat)
        out = {sheet.juror_id for sheet in Review.objects.filter(lead, application=self.application_id) if sheet.out}
        chair_out = self.juror.chairs or bool(out - {seat.pk})
        return seat.pk not in out and (seat.chairs or (seat.deputy_chair and chair_out))

    def is_unblocked(self) -> bool:
        """No conflict was matched, or the chair has cleared it."""
        return not self.conflict_hint or self.conflict_cleared_at is not None

    @transition(state, source=S.ASSIGNED, target=S.IN_PROGRESS, conditions=[is_unblocked], permission=may.own_sheet)
    def declare_no_conflict(self, *, at: datetime) -> None:
        self.declared_at = at

    @transition(
        state,
        source=[S.ASSIGNED, S.IN_PROGRESS, S.SUBMITTED, S.LOCKED],
        target=S.RECUSED,
        permission=may.own_sheet,
    )
    def declare_conflict(self, *, at: datetime, why: str) -> None:
        self.recused_at, self.recused_reason = at, why

    @transition(
        state,
        source=[S.ASSIGNED, S.IN_PROGRESS, S.SUBMITTED, S.LOCKED],
        target=S.RECUSED,
        permission=may.chairs,
    )
    def exclude(self, *, at: datetime, why: str) -> None:
        self.recused_at, self.recused_reason = at, why

    @transition(state, source=S.IN_PROGRESS, target=S.SUBMITTED, permission=may.own_sheet)
    def submit(self, *, at: datetime) -> None:
        self.submitted_at = at

    @transition(state, source=S.SUBMITTED, target=S.IN_PROGRESS, permission=may.chairs)
    def reopen(self) -> None:
        self.submitted_at = None

    @transition(state, source=S.SUBMITTED, target=S.LOCKED, permission=may.coordinator)
    def close_scoring(self) -> None: ...

    @transition(state, source=[S.ASSIGNED, S.IN_PROGRESS], target=S.LAPSED, permission=may.system)
    def lapse(self) -> None: ...


class Score(models.Model):
    """A juror's answer to one criterion: 0 to 5, or "cannot judge", with the question as it was asked."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    not_judged = models.BooleanField(_("cannot judge"), default=False)
    reason = models.TextField(_("reason"), max_length=1500, blank=True)
    weight = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=160)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["review", "criterion__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="score_once"),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__lte=5), name="score_zero_to_five"),
            models.CheckConstraint(condition=Q(not_judged=False) | Q(value__isnull=True), name="score_judged_or_not"),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.value}"
