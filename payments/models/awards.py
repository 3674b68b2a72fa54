from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import Fund, Machine, User
from grants.models import Application
from grants.states import FundingType
from notifications.models import Letter
from notifications.states import LetterState
from payments import permissions as may
from payments.models.ledger import CaseAccount
from payments.states import PAYING_STATES
from payments.states import AwardState as S

YEAR_TO_SUE = 12

# A grantee may give the award up as long as no money is open or paid.
RELINQUISHABLE = [S.ISSUED, S.NOTIFIED, S.FINAL, S.CHALLENGED, S.ACTIVE, S.CHANGE_PENDING]


class CaseLetter(models.Model):
    """Which letter belongs to which application."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="letters")
    letter = models.OneToOneField(Letter, models.PROTECT, related_name="case")
    created_at = models.DateTimeField(default=timezone.now)
    # When the announcement took its effect on the case; empty again when the letter comes back.
    announcement_handled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.letter)

    @property
    def fund_id(self) -> int:
        return self.application.fund_id

    @property
    def organisation_id(self) -> int:
        return self.application.organisation_id or 0


class Award(Machine):
    """A grant made by a signed letter, with the terms of its round frozen into it."""

    machine_name = "Award"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="awards")
    application = models.ForeignKey(Application, models.PROTECT, related_name="awards")
    letter = models.OneToOneField(Letter, models.PROTECT, related_name="award")
    account = models.ForeignKey(CaseAccount, models.PROTECT, related_name="awards")
    state = FSMField(_("state"), max_length=18, choices=S.choices, default=S.ISSUED, protected=True)
    amount_cents = models.BigIntegerField(_("amount"))
    funding_type = models.CharField(_("funding type"), max_length=10, choices=FundingType.choices)
    # The rules of the round as they were when the letter was signed.
    terms = models.JSONField(default=dict)
    period_from = models.DateField(_("grant period from"))
    period_to = models.DateField(_("grant period until"))
    created_at = models.DateTimeField(default=timezone.now)
    notified_on = models.DateField(_("announced on"), null=True)
    sue_until = models.DateField(_("can be sued against until"), null=True)
    # One month; twelve where the instruction on legal remedy was wrong or missing (VwGO § 58 (2)).
    sue_months = models.PositiveSmallIntegerField(default=1)
    challenged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    waived_at = models.DateTimeField(_("remedy waived"), null=True)
    final_on = models.DateField(_("final since"), null=True)
    started_on = models.DateField(_("project started on"), null=True)
    on_hold = models.BooleanField(_("payments on hold"), default=False)

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="award_known_state"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="award_of_some_money"),
            models.UniqueConstraint(
                fields=["application"], condition=~Q(state=S.VOID), name="award_one_living_per_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application.case_number} {self.application.title}"

    @property
    def case_key(self) -> str:
        return self.application.case_key

    @property
    def organisation_id(self) -> int:
        return self.application.organisation_id or 0

    @property
    def pays(self) -> bool:
        """Money can be requested and paid: the award is final, not on hold, and its letter has not come back."""
        return self.state in PAYING_STATES and not self.on_hold and self.letter.state == LetterState.ANNOUNCED

    @property
    def final_from(self) -> date | None:
        """The day after the time to sue, while that runs."""
        return self.sue_until + timedelta(days=1) if self.sue_until else None

    @transition(state, source=S.ISSUED, target=S.NOTIFIED, permission=may.system)
    def become_notified(self, *, on: date, sue_until: date) -> None:
        self.notified_on, self.sue_until = on, sue_until

    @transition(state, source=S.NOTIFIED, target=S.NOTIFIED, permission=may.system)
    def announced_again(self, *, on: date, sue_until: date) -> None:
        """The letter had come back and was announced anew: the time to sue starts again."""
        self.notified_on, self.sue_until, self.on_hold = on, sue_until, False

    @transition(state, source=S.NOTIFIED, target=S.NOTIFIED, permission=may.system)
    def announcement_failed(self) -> None:
        """The letter came back after its deemed day (VwVfG § 41 (2) s. 3): the clock to sue stops."""
        self.on_hold, self.notified_on, self.sue_until = True, None, None

    @transition(state, source=S.NOTIFIED, target=S.FINAL, permission=may.system)
    def become_final(self, *, on: date) -> None:
        self.final_on = on

    @transition(state, source=S.NOTIFIED, target=S.NOTIFIED, permission=may.grantee)
    def waive(self, *, at: datetime) -> None:
        """The grantee gives up the right to sue; finality follows at once."""
        self.waived_at = at

    @transition(state, source=S.NOTIFIED, target=S.NOTIFIED, permission=may.award_officer)
    def instruction_wrong(self, *, sue_until: date | None) -> None:
        """The instruction on legal remedy was wrong or missing: a year to sue (VwGO § 58 (2))."""
        self.sue_months, self.sue_until = YEAR_TO_SUE, sue_until

    @transition(state, source=S.FINAL, target=S.NOTIFIED, permission=may.award_officer)
    def letter_returned(self) -> None:
        self.on_hold, self.final_on, self.notified_on, self.sue_until = True, None, None, None

    @transition(state, source=S.NOTIFIED, target=S.CHALLENGED, permission=may.award_officer)
    def lawsuit_filed(self, *, by: User) -> None:
        self.on_hold, self.challenged_by = True, by

    @transition(state, source=S.CHALLENGED, target=S.FINAL, permission=may.ends_lawsuit)
    def lawsuit_ended(self, *, on: date) -> None:
        self.on_hold, self.final_on = False, on

    @transition(state, source=S.FINAL, target=S.ACTIVE, permission=may.grantee)
    def start(self, *, on: date) -> None:
        self.started_on = on

    @transition(state, source=S.ISSUED, target=S.VOID, permission=may.award_signatory)
    def recall(self) -> None: ...

    @transition(state, source=RELINQUISHABLE, target=S.RELINQUISHED, permission=may.grantee)
    def relinquish(self) -> None: ...
