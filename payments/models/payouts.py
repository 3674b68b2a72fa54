from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import BankAccount, Fund, Machine, User
from payments import permissions as may
from payments.models.awards import Award
from payments.states import NameCheck
from payments.states import PaymentState as S


class PaymentExport(models.Model):
    """A payment file (pain.001) handed to the bank: made once, stored with its hash, never made again."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="payment_exports")
    message_id = models.CharField(max_length=35, unique=True)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    total_cents = models.BigIntegerField()
    count = models.PositiveIntegerField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("payment file")
        verbose_name_plural = _("payment files")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.message_id


class Payment(Machine):
    """Money requested for an award and its way through three pairs of hands: certify, order, pay."""

    machine_name = "Payment"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="payments")
    award = models.ForeignKey(Award, models.PROTECT, related_name="payments")
    number = models.PositiveSmallIntegerField(_("number"))
    state = FSMField(_("state"), max_length=10, choices=S.choices, default=S.REQUESTED, protected=True)
    amount_cents = models.BigIntegerField(_("amount"))
    purpose = models.CharField(_("what the money is needed for"), max_length=300, blank=True)
    planned_use_by = models.DateField(_("will have been used by"), null=True)
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+")
    end_to_end_id = models.CharField(max_length=35, unique=True)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    certified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    certified_at = models.DateTimeField(null=True)
    ordered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ordered_at = models.DateTimeField(null=True)
    exported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    exported_at = models.DateTimeField(null=True)
    export = models.ForeignKey(PaymentExport, models.PROTECT, null=True, related_name="payments")
    # Verification of payee: what the bank said before the transfer.
    name_check = models.CharField(_("comparison of the name"), max_length=12, choices=NameCheck.choices, blank=True)
    name_check_note = models.CharField(_("note on the comparison"), max_length=300, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    booked_on = models.DateField(_("booked by the bank on"), null=True)
    use_by = models.DateField(_("to be used by"), null=True)
    note = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["fund", "state", "id"], name="payment_of_fund")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="payment_known_state"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payment_of_some_money"),
            models.CheckConstraint(
                condition=(Q(certified_by__isnull=True) | ~Q(certified_by=F("requested_by")))
                & (Q(ordered_by__isnull=True) | ~Q(ordered_by=F("requested_by")))
                & (Q(exported_by__isnull=True) | ~Q(exported_by=F("requested_by"))),
                name="payment_not_by_who_asked",
            ),
            models.UniqueConstraint(fields=["award", "number"], name="payment_number_once"),
            models.CheckConstraint(
                condition=Q(ordered_by__isnull=True)
                | (Q(certified_by__isnull=False) & ~Q(ordered_by=F("certified_by"))),
                name="payment_b_is_not_a",
            ),
            models.CheckConstraint(
                condition=Q(exported_by__isnull=True)
                | (Q(ordered_by__isnull=False) & ~Q(exported_by=F("ordered_by")) & ~Q(exported_by=F("certified_by"))),
                name="payment_c_is_neither_a_nor_b",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.PAID) | Q(booked_on__isnull=False), name="payment_paid_has_day"
            ),
            models.CheckConstraint(
                condition=Q(exported_at__isnull=True) | ~Q(name_check=""), name="payment_handed_over_has_name_check"
            ),
            models.CheckConstraint(
                condition=Q(name_check__in=["", NameCheck.MATCH, NameCheck.NOT_POSSIBLE]) | ~Q(name_check_note=""),
                name="payment_doubtful_name_has_note",
            ),
        ]

    def __str__(self) -> str:
        return self.end_to_end_id

    @property
    def case_key(self) -> str:
        return self.award.case_key

    @property
    def organisation_id(self) -> int:
        return self.award.organisation_id

    def award_pays(self) -> bool:
        """The award is in a state that pays, and nothing holds it."""
        return self.award.pays

    @transition(state, source=S.REQUESTED, target=S.CHECKED, conditions=[award_pays], permission=may.certifier)
    def certify(self, *, by: User, at: datetime) -> None:
        self.certified_by, self.certified_at = by, at

    @transition(state, source=S.REQUESTED, target=S.REFUSED, permission=may.finance_a)
    def refuse(self, *, note: str) -> None:
        self.note = note

    @transition(state, source=S.REQUESTED, target=S.CANCELLED, permission=may.grantee)
    def withdraw(self) -> None: ...

    @transition(state, source=S.CHECKED, target=S.ORDERED, conditions=[award_pays], permission=may.finance_b)
    def order(self, *, by: User, at: datetime) -> None:
        self.ordered_by, self.ordered_at = by, at

    @transition(state, source=S.CHECKED, target=S.REQUESTED, permission=may.finance_b)
    def give_back(self, *, note: str) -> None:
        """Back to A (lifecycle: return)."""
        self.certified_by, self.certified_at, self.note = None, None, note

    @transition(state, source=S.ORDERED, target=S.EXPORTED, conditions=[award_pays], permission=may.treasury)
    def hand_over(
        self, *, by: User, at: datetime, export: PaymentExport, name_check: NameCheck, name_check_note: str
    ) -> None:
        """Put into a payment file (lifecycle: export), with what the bank said about the payee's name."""
        self.exported_by, self.exported_at, self.export = by, at, export
        self.name_check, self.name_check_note = name_check, name_check_note

    @transition(state, source=S.ORDERED, target=S.CANCELLED, permission=may.finance_b)
    def cancel(self, *, note: str) -> None:
        self.note = note

    @transition(state, source=S.EXPORTED, target=S.PAID, permission=may.treasury)
    def confirm(self, *, by: User, booked_on: date, use_by: date) -> None:
        self.confirmed_by, self.booked_on, self.use_by = by, booked_on, use_by

    @transition(state, source=S.EXPORTED, target=S.FAILED, permission=may.treasury)
    def bounce(self, *, note: str) -> None:
        self.note = note

    @transition(state, source=S.PAID, target=S.FAILED, permission=may.treasury)
    def late_return(self, *, note: str) -> None:
        self.note = note

    @transition(state, source=S.FAILED, target=S.CANCELLED, permission=may.grantee)
    def correct_account(self) -> None:
        """The grantee named another account; a new payment with an id of its own takes this one's place."""

    @transition(state, source=S.FAILED, target=S.CANCELLED, permission=may.finance_b)
    def give_up(self, *, note: str) -> None:
        self.note = note
