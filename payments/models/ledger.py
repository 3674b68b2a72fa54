from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Fund, User
from grants.models import Application
from payments.postings import is_legal
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

    @property
    def spent_cents(self) -> int:
        """What is reserved or further: the money that stands behind cases."""
        return self.reserved_cents + self.committed_cents + self.ordered_cents + self.disbursed_cents


class CaseAccount(models.Model):
    """The money of one case in one budget, with the limits that the floors above have set for it.

    Balances are kept by the trigger on transfers alone. When open money is carried to the next year, what is
    left of limit and decision moves with it, so that all years of a case together never pass them.
    """

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="cases")
    application = models.ForeignKey(Application, models.PROTECT, related_name="case_accounts")
    # min(requested, maximum of the round, eligible cost), copied when the case first meets the ledger.
    limit_cents = models.BigIntegerField()
    # What was decided last; the awards and payments of the case never exceed it.
    decided_cents = models.BigIntegerField(null=True)
    settled_cents = models.BigIntegerField(null=True)
    # Grows with each decision; a decision commits once.
    decision = models.PositiveSmallIntegerField(default=0)
    # The round lets repaid money be used again (copied from its setting).
    repaid_returns = models.BooleanField(default=False)

    # Kept by the trigger, like the balances.
    committed_decision = models.PositiveSmallIntegerField(default=0)
    origin_year = models.PositiveSmallIntegerField(null=True)
    carried_cents = models.BigIntegerField(default=0)
    late_returned_cents = models.BigIntegerField(default=0)
    returned_cents = models.BigIntegerField(default=0)
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
                    carried_cents__gte=0, late_returned_cents__gte=0, returned_cents__gte=0,
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
                # An unknown amount must not pass as "not less": the second half asks for a known one.
                condition=Q(committed_cents=0, ordered_cents=0, disbursed_cents=0)
                | Q(
                    decided_cents__isnull=False,
                    decided_cents__gte=F("committed_cents") + F("ordered_cents") + F("disbursed_cents"),
                ),
                name="caseaccount_within_decision",
            ),
            models.CheckConstraint(
                condition=Q(decided_cents__isnull=True) | Q(decided_cents__lte=F("limit_cents")),
                name="caseaccount_decision_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(disbursed_cents__gte=F("claimed_cents") + F("late_returned_cents")),
                name="caseaccount_claims_within_disbursed",
            ),
            models.CheckConstraint(
                condition=Q(returned_cents=0) | Q(repaid_returns=True, returned_cents__lte=F("recovered_cents")),
                name="caseaccount_returns_what_was_repaid",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.application} {self.budget}"

    @property
    def spent_cents(self) -> int:
        """Everything reserved or further; never above `limit_cents`."""
        return self.reserved_cents + self.bound_cents

    @property
    def open_cents(self) -> int:
        """What is promised and not paid yet: it ends with the year unless it is carried to the next one."""
        return self.spent_cents - self.disbursed_cents

    @property
    def bound_cents(self) -> int:
        """Everything committed or further; never above `decided_cents`."""
        return self.committed_cents + self.ordered_cents + self.disbursed_cents


class Transfer(models.Model):
    """One move of money: balanced by construction, never changed or deleted (triggers refuse it)."""

    posting = models.CharField(_("posting"), max_length=20, choices=Posting.choices)
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="transfers")
    case = models.ForeignKey(CaseAccount, models.PROTECT, null=True, related_name="transfers")
    debit = models.CharField(max_length=20, choices=Account.choices)
    credit = models.CharField(max_length=20, choices=Account.choices)
    # The account of the case in the year after (carry) or in the closed year of the payment (late_bounce).
    other_case = models.ForeignKey(CaseAccount, models.PROTECT, null=True, related_name="other_transfers")
    amount_cents = models.BigIntegerField(_("amount"))
    # The decision that a commit carries out.
    decision = models.PositiveSmallIntegerField(null=True)
    key = models.CharField(max_length=120, unique=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    # The day that counts for the budget's authority, in Berlin.
    on_date = models.DateField(_("day"))
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
            models.CheckConstraint(condition=is_legal(), name="transfer_legal"),
            models.CheckConstraint(
                condition=Q(posting=Posting.COMMIT, decision__gt=0)
                | (~Q(posting=Posting.COMMIT) & Q(decision__isnull=True)),
                name="transfer_commit_names_decision",
            ),
            models.UniqueConstraint(
                fields=["budget"], condition=Q(posting=Posting.APPROPRIATE), name="transfer_appropriates_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.posting} {self.amount_cents}"
