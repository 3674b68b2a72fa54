from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Fund, User
from grants.models import Application
from payments.states import Account, Posting, SubBudget


class Budget(models.Model):
    """The money of a fund for one year and sub-budget, with its balances.

    The balance columns are kept by the trigger on transfers alone; a direct change is refused by the database.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="budgets")
    year = models.PositiveSmallIntegerField(_("year"))
    sub_budget = models.CharField(max_length=10, choices=SubBudget.choices, default=SubBudget.JURY)
    decree = models.CharField(_("decree"), max_length=160, blank=True)
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    appropriation_cents = models.BigIntegerField(default=0)
    carried_in_cents = models.BigIntegerField(default=0)
    returned_cents = models.BigIntegerField(default=0)
    available_cents = models.BigIntegerField(default=0)
    blocked_cents = models.BigIntegerField(default=0)
    reserved_cents = models.BigIntegerField(default=0)
    committed_cents = models.BigIntegerField(default=0)
    ordered_cents = models.BigIntegerField(default=0)
    disbursed_cents = models.BigIntegerField(default=0)
    carried_out_cents = models.BigIntegerField(default=0)
    lapsed_cents = models.BigIntegerField(default=0)
    last_transfer_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering = ["fund", "-year", "sub_budget"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "year", "sub_budget"], name="budget_once"),
            models.CheckConstraint(
                condition=Q(
                    available_cents__gte=0, blocked_cents__gte=0, reserved_cents__gte=0, committed_cents__gte=0,
                    ordered_cents__gte=0, disbursed_cents__gte=0, carried_out_cents__gte=0, lapsed_cents__gte=0,
                    appropriation_cents__gte=0, carried_in_cents__gte=0, returned_cents__gte=0,
                ),
                name="budget_nothing_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(
                    available_cents=F("appropriation_cents") + F("carried_in_cents") + F("returned_cents")
                    - F("blocked_cents") - F("reserved_cents") - F("committed_cents") - F("ordered_cents")
                    - F("disbursed_cents") - F("carried_out_cents") - F("lapsed_cents")
                ),
                name="budget_sources_equal_uses",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.fund} {self.year} {self.get_sub_budget_display()}"


class CaseAccount(models.Model):
    """The money of one case in one budget, with the limits that the floors above have set for it."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="cases")
    application = models.ForeignKey(Application, models.PROTECT, related_name="case_accounts")
    # min(requested, maximum of the round, eligible cost), copied when the case first meets the ledger.
    limit_cents = models.BigIntegerField()
    # What was decided last; the awards and payments of the case never exceed it.
    decided_cents = models.BigIntegerField(null=True)
    settled_cents = models.BigIntegerField(null=True)

    reserved_cents = models.BigIntegerField(default=0)
    committed_cents = models.BigIntegerField(default=0)
    ordered_cents = models.BigIntegerField(default=0)
    disbursed_cents = models.BigIntegerField(default=0)
    claimed_cents = models.BigIntegerField(default=0)
    receivable_cents = models.BigIntegerField(default=0)
    recovered_cents = models.BigIntegerField(default=0)
    written_off_cents = models.BigIntegerField(default=0)
    interest_claimed_cents = models.BigIntegerField(default=0)
    interest_receivable_cents = models.BigIntegerField(default=0)
    interest_received_cents = models.BigIntegerField(default=0)
    interest_waived_cents = models.BigIntegerField(default=0)
    last_transfer_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("case account")
        verbose_name_plural = _("case accounts")
        ordering = ["budget", "application"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "application"], name="caseaccount_once"),
            models.CheckConstraint(
                condition=Q(
                    reserved_cents__gte=0, committed_cents__gte=0, ordered_cents__gte=0, disbursed_cents__gte=0,
                    claimed_cents__gte=0, receivable_cents__gte=0, recovered_cents__gte=0, written_off_cents__gte=0,
                    interest_claimed_cents__gte=0, interest_receivable_cents__gte=0,
                    interest_received_cents__gte=0, interest_waived_cents__gte=0, limit_cents__gte=0,
                ),
                name="caseaccount_nothing_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(
                    limit_cents__gte=F("reserved_cents")
                    + F("committed_cents") + F("ordered_cents") + F("disbursed_cents")
                ),
                name="caseaccount_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(decided_cents__isnull=True, committed_cents=0, ordered_cents=0, disbursed_cents=0)
                | Q(decided_cents__gte=F("committed_cents") + F("ordered_cents") + F("disbursed_cents")),
                name="caseaccount_within_decision",
            ),
            models.CheckConstraint(
                condition=Q(decided_cents__isnull=True) | Q(decided_cents__lte=F("limit_cents")),
                name="caseaccount_decision_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(claimed_cents__lte=F("disbursed_cents")), name="caseaccount_claims_within_disbursed"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.application} {self.budget}"


class Transfer(models.Model):
    """One move of money: balanced by construction, never changed or deleted (triggers refuse it)."""

    posting = models.CharField(_("posting"), max_length=20, choices=Posting.choices)
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="transfers")
    case = models.ForeignKey(CaseAccount, models.PROTECT, null=True, related_name="transfers")
    debit = models.CharField(max_length=20, choices=Account.choices)
    credit = models.CharField(max_length=20, choices=Account.choices)
    amount_cents = models.BigIntegerField(_("amount"))
    key = models.CharField(max_length=120, unique=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["budget", "id"], name="transfer_of_budget"),
            models.Index(fields=["case", "id"], name="transfer_of_case"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="transfer_moves_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_between_two_accounts"),
            models.CheckConstraint(condition=Q(posting__in=Posting.values), name="transfer_known_posting"),
        ]

    def __str__(self) -> str:
        return f"{self.posting} {self.amount_cents}"
