"""Whatever is posted in whatever order, over two years: the books equal a model that knows only arithmetic."""

from collections import Counter
from datetime import date
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.exceptions import Refused
from accounts.models import SYSTEM
from payments import ledger
from payments.models import Budget, CaseAccount, Transfer
from payments.postings import CASE_USES, SOURCES, USES, column
from payments.queries import books
from payments.states import Account, Posting
from tests import factories
from tests.payments.books import NEW_YEAR, make_case

A = Account
CENTS = st.one_of(st.integers(1, 60_000), st.sampled_from([1, 2_000, 50_000, 100_000]))
# How much of what there is, in percent; 101 asks for a cent too much.
PARTS = st.sampled_from([100, 50, 33, 101, 50])
CASES = st.integers(0, 2)
DAYS = {2026: date(2026, 11, 2), 2027: date(2027, 6, 1)}
# Posting: (account that falls, account that rises); sources rise on both sides.
MOVES = {
    "reserve": (A.AVAILABLE, A.RESERVED),
    "release": (A.RESERVED, A.AVAILABLE),
    "commit": (A.RESERVED, A.COMMITTED),
    "decommit": (A.COMMITTED, A.AVAILABLE),
    "order": (A.COMMITTED, A.ORDERED),
    "cancel_order": (A.ORDERED, A.COMMITTED),
    "pay": (A.ORDERED, A.DISBURSED),
    "bounce": (A.DISBURSED, A.COMMITTED),
    "reduce": (A.AVAILABLE, A.APPROPRIATION),
    "block": (A.AVAILABLE, A.BLOCKED),
    "unblock": (A.BLOCKED, A.AVAILABLE),
    "lapse": (A.AVAILABLE, A.LAPSED),
    "appropriate": (None, A.AVAILABLE),
    "supplement": (None, A.AVAILABLE),
    "return": (None, A.AVAILABLE),
    "claim": (None, A.RECEIVABLE),
    "recover": (A.RECEIVABLE, A.RECOVERED),
    "write_off": (A.RECEIVABLE, A.WRITTEN_OFF),
    "interest_claim": (None, A.INTEREST_RECEIVABLE),
    "interest_recover": (A.INTEREST_RECEIVABLE, A.INTEREST_RECEIVED),
    "interest_waive": (A.INTEREST_RECEIVABLE, A.INTEREST_WAIVED),
}
SOURCE_OF = {
    "appropriate": A.APPROPRIATION, "supplement": A.APPROPRIATION, "return": A.RETURNED, "claim": A.CLAIM,
    "interest_claim": A.INTEREST_CLAIM,
}  # fmt: skip
# Posting of a case and the account whose balance says how much there is.
TAKES_FROM = {
    "decommit": A.COMMITTED,
    "order": A.COMMITTED,
    "cancel_order": A.ORDERED,
    "pay": A.ORDERED,
    "bounce": A.DISBURSED,
    "claim": A.DISBURSED,
    "recover": A.RECEIVABLE,
    "write_off": A.RECEIVABLE,
    "return_repaid": A.RECOVERED,
    "interest_recover": A.INTEREST_RECEIVABLE,
    "interest_waive": A.INTEREST_RECEIVABLE,
}
CLAIMS = {A.CLAIM, A.INTEREST_CLAIM, A.RECEIVABLE, A.RECOVERED, A.WRITTEN_OFF} | {
    A.INTEREST_RECEIVABLE, A.INTEREST_RECEIVED, A.INTEREST_WAIVED,
}  # fmt: skip
REQUESTED = 80_000


class Books(RuleBasedStateMachine):
    """Two years of one fund with three cases."""

    @initialize()
    def open(self) -> None:
        self.number = 0
        self.budget = factories.make_budget(factories.make_fund(), 2026, 150_000)
        fund_round = factories.make_round(self.budget.fund, budget_year=2026, repaid_returns=True)
        self.cases = [make_case(self.budget, REQUESTED, round=fund_round) for _ in range(3)]
        # (year, account) and (year, case, account) to cents.
        self.years: Counter[tuple[int, Account]] = Counter()
        self.of_case: Counter[tuple[int, int, Account]] = Counter()
        self.years[2026, A.APPROPRIATION] = self.years[2026, A.AVAILABLE] = 150_000
        self.last: tuple[Any, ...] | None = None
        # Two cases on their way, so that the later steps are reached often.
        for number, cents in ((0, 40_000), (1, 30_000)):
            self.award(case=number, cents=cents)
        self.move_case(0, 100, "order")
        self.move_case(0, 100, "pay")

    def key(self) -> str:
        self.number += 1
        return f"{self.budget.pk}:{self.number}"

    def attempt(self, call: Any, *arguments: Any, **more: Any) -> Any:
        """Do it, or be refused; a refusal changes nothing."""
        try:
            with transaction.atomic():
                made = call(*arguments, by=SYSTEM, **more)
        except Refused:
            return None
        if isinstance(made, Transfer) and made.posting not in (Posting.RESERVE, Posting.RELEASE):
            self.last = (call, arguments, more)
        for transfer in made if isinstance(made, list) else [made]:
            if isinstance(transfer, Transfer):
                self.book(transfer)
        return made

    def book(self, transfer: Transfer) -> None:
        """The model's arithmetic."""
        year, cents = transfer.budget.year, transfer.amount_cents
        case = next((i for i, c in enumerate(self.cases) if c.application_id == self.application(transfer)), -1)
        if transfer.posting == Posting.CARRY:
            debit = A(transfer.debit)
            self.years[year, debit] -= cents
            self.years[year, A.CARRIED_OUT] += cents
            self.years[year + 1, debit] += cents
            self.years[year + 1, A.CARRIED_IN] += cents
            self.of_case[year, case, debit] -= cents
            self.of_case[year + 1, case, debit] += cents
        elif transfer.posting == Posting.LATE_BOUNCE:
            self.years[year, A.RETURNED] += cents
            self.years[year, A.COMMITTED] += cents
            self.of_case[year, case, A.COMMITTED] += cents
        else:
            falls, rises = MOVES[transfer.posting]
            source = SOURCE_OF.get(transfer.posting)
            for account, amount in ((falls, -cents), (rises, cents), (source, cents)):
                if account is not None:
                    self.move(year, case, account, -cents if account is A.APPROPRIATION and not source else amount)

    def move(self, year: int, case: int, account: Account, cents: int) -> None:
        if account not in CLAIMS:
            self.years[year, account] += cents
        if account in CLAIMS or account in CASE_USES:
            self.of_case[year, case, account] += cents

    @staticmethod
    def application(transfer: Transfer) -> int | None:
        return transfer.case.application_id if transfer.case else None

    @rule(part=PARTS, move=st.sampled_from(["supplement", "reduce", "block", "unblock", "lapse"]))
    def move_budget(self, part: int, move: str) -> None:
        there = self.years[2026, A.BLOCKED if move == "unblock" else A.AVAILABLE]
        # A tenth at most, or there would soon be nothing left to play with; a cent too much stays one.
        cents = there + 1 if part == 101 else max(1, there * part // 1_000)
        if move == "lapse":
            cents = min(cents, 500)
        self.attempt(getattr(ledger, move), self.budget, cents, key=self.key())

    @rule(cents=CENTS)
    def vote_next_year(self, cents: int) -> None:
        with transaction.atomic():
            later = ledger.open_budget(self.budget.fund, 2027)
            ledger.put_in_force(later, decree="Satzung", in_force_from=date(2027, 1, 1))
        self.attempt(ledger.appropriate, later, cents, key=self.key())

    @rule(case=CASES, cents=st.integers(0, 90_000))
    def reserve(self, case: int, cents: int) -> None:
        self.attempt(ledger.reserve_to, self.cases[case], target_cents=cents, key=self.key())

    @rule(case=CASES)
    def release(self, case: int) -> None:
        self.attempt(ledger.release_all, self.cases[case], key=self.key())

    @rule(case=CASES, cents=CENTS)
    def decide(self, case: int, cents: int) -> None:
        self.attempt(ledger.set_decided, self.cases[case], cents)

    @rule(case=CASES, cents=CENTS, year=st.sampled_from([2026, 2027]))
    def commit(self, case: int, cents: int, year: int) -> None:
        self.attempt(ledger.commit, self.cases[case], cents, key=self.key(), on=DAYS[year])

    @rule(case=CASES, cents=st.integers(1, 60_000))
    def award(self, case: int, cents: int) -> None:
        """The usual way, so that the steps after it are often reached."""
        for call, arguments, more in (
            (ledger.reserve_to, (), {"target_cents": cents, "key": self.key()}),
            (ledger.set_decided, (cents,), {}),
            (ledger.commit, (cents,), {"key": self.key(), "on": DAYS[2026]}),
        ):
            self.attempt(call, self.cases[case], *arguments, **more)

    def there(self, case: int, account: Account) -> int:
        return max(self.of_case[year, case, account] for year in (2026, 2027))

    def move_case(self, case: int, part: int, move: str, year: int = 2026) -> None:
        there = self.there(case, TAKES_FROM[move])
        cents = there + 1 if part == 101 else max(1, there * part // 100)
        more = {"on": DAYS[year]} if move == "order" else {}
        self.attempt(getattr(ledger, move), self.cases[case], cents, key=self.key(), **more)

    @rule(case=CASES, part=PARTS, year=st.sampled_from([2026, 2026, 2027]))
    def order(self, case: int, part: int, year: int) -> None:
        self.move_case(case, part, "order", year)

    @rule(case=CASES, part=PARTS)
    def pay(self, case: int, part: int) -> None:
        self.move_case(case, part, "pay")

    @rule(case=CASES, part=PARTS)
    def bounce(self, case: int, part: int) -> None:
        self.move_case(case, part, "bounce")

    @rule(case=CASES, part=PARTS, move=st.sampled_from(["decommit", "cancel_order"]))
    def undo(self, case: int, part: int, move: str) -> None:
        self.move_case(case, part, move)

    @rule(case=CASES, part=PARTS)
    def claim(self, case: int, part: int) -> None:
        self.move_case(case, part, "claim")

    @rule(case=CASES, part=PARTS, move=st.sampled_from(["recover", "recover", "write_off", "return_repaid"]))
    def settle_claim(self, case: int, part: int, move: str) -> None:
        self.move_case(case, part, move)

    @rule(case=CASES, part=PARTS, move=st.sampled_from(["interest_recover", "interest_waive"]))
    def settle_interest(self, case: int, part: int, move: str) -> None:
        self.move_case(case, part, move)

    @rule(case=CASES, cents=CENTS)
    def claim_interest(self, case: int, cents: int) -> None:
        self.attempt(ledger.interest_claim, self.cases[case], cents, key=self.key())

    @rule(case=CASES, account=st.sampled_from([A.RESERVED, A.COMMITTED, A.ORDERED]))
    def carry(self, case: int, account: Account) -> None:
        self.attempt(ledger.carry, self.cases[case], account, key=self.key())

    @rule(case=CASES, sure=st.sampled_from([False, False, True]))
    def end_authority(self, case: int, sure: bool) -> None:
        if sure:
            self.attempt(ledger.end_authority, self.cases[case], key=self.key())

    @rule(sure=st.sampled_from([False, False, True]))
    def close_year(self, sure: bool) -> None:
        if sure:
            with transaction.atomic():
                ledger.open_budget(self.budget.fund, 2027)
                ledger.close_year(self.budget, at=NEW_YEAR)

    @rule()
    def repeat_the_last(self) -> None:
        """The same key and content again: the same transfer, nothing else."""
        if self.last is None:
            return
        call, arguments, more = self.last
        before = Transfer.objects.count()
        try:
            with transaction.atomic():
                call(*arguments, by=SYSTEM, **more)
        except Refused:
            pass
        assert Transfer.objects.count() == before

    @invariant()
    def balances_equal_the_model(self) -> None:
        for budget in Budget.objects.filter(fund=self.budget.fund_id):
            for account in (*SOURCES, *USES):
                assert getattr(budget, column(account)) == self.years[budget.year, account], (budget.year, account)
        for number, case in enumerate(self.cases):
            for row in CaseAccount.objects.filter(application=case.application_id).select_related("budget"):
                for account in (*CASE_USES, *CLAIMS):
                    mine = self.of_case[row.budget.year, number, account]
                    assert getattr(row, column(account)) == mine, (row.budget.year, account)

    @invariant()
    def bounds_hold(self) -> None:
        for year in (2026, 2027):
            sources = sum(self.years[year, account] for account in SOURCES)
            uses = [self.years[year, account] for account in USES]
            assert sources == sum(uses)
            assert min(uses) >= 0
        for case in self.cases:
            rows = CaseAccount.objects.filter(application=case.application_id)
            assert sum(row.spent_cents - row.late_returned_cents for row in rows) <= REQUESTED
            assert sum(row.limit_cents - row.late_returned_cents for row in rows) == REQUESTED

    def teardown(self) -> None:
        if hasattr(self, "budget"):
            report = books.check(self.budget.fund)
            assert report.errors == []


@pytest.mark.django_db
def test_books_equal_the_model_whatever_is_posted() -> None:
    """All examples share one transaction; each has a fund of its own."""
    profile = settings.get_profile(settings.get_current_profile_name())
    run_state_machine_as_test(
        Books, settings=settings(profile, max_examples=profile.max_examples // 2, stateful_step_count=50)
    )
