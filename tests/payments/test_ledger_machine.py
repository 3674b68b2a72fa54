"""Whatever is posted in whatever order, over two years: the books equal a model that knows only arithmetic."""

import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.exceptions import Refused
from accounts.models import SYSTEM
from payments import ledger
from payments.models import Budget, CaseAccount, Transfer
from payments.postings import CASE_USES, SOURCES, USES, column
from payments.postings import MOVES as TABLE
from payments.queries import books
from payments.states import Account, Posting
from tests import factories
from tests.payments.books import NEW_YEAR, make_case

A = Account
CENTS = st.one_of(st.integers(1, 60_000), st.sampled_from([1, 2_000, 50_000, 100_000]))
# How much of what there is, in percent; 101 asks for a cent too much.
PARTS = st.sampled_from([100, 50, 33, 101, 50])
CASES = st.integers(0, 2)
YEARS = st.sampled_from([2026, 2026, 2027])
CARRIED = [A.RESERVED, A.COMMITTED, A.ORDERED]
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
    """Two years of one fund with three cases; half of the runs begin after the turn of the year."""

    #: How often each move of the table was really made, over all runs.
    reached: ClassVar[Counter[tuple[str, str]]] = Counter()
    years_closed: ClassVar[int] = 0

    @initialize(turned=st.booleans(), back=st.booleans())
    def open(self, turned: bool, back: bool) -> None:
        self.number = 0
        self.budget = factories.make_budget(factories.make_fund(), 2026, 150_000)
        fund_round = factories.make_round(self.budget.fund, budget_year=2026, repaid_returns=True)
        self.cases = [make_case(self.budget, REQUESTED, round=fund_round) for _ in range(3)]
        # (year, account), (year, case, account), and what a late bounce took from a closed year, in cents.
        self.years: Counter[tuple[int, Account]] = Counter()
        self.of_case: Counter[tuple[int, int, Account]] = Counter()
        self.late: Counter[tuple[int, int]] = Counter()
        self.years[2026, A.APPROPRIATION] = self.years[2026, A.AVAILABLE] = 150_000
        self.decided = [0, 0, 0]
        self.commit_of: dict[tuple[int, int], int] = {}
        self.closed: set[int] = set()
        self.last: tuple[Any, ...] | None = None
        # Two cases on their way, so that the later steps are reached often: one paid and partly claimed back.
        for number, cents in ((0, 40_000), (1, 30_000)):
            self.award(case=number, cents=cents, rest=5_000 * number)
        for part, move in ((100, "order"), (50, "pay"), (33, "claim"), (50, "recover")):
            self.move_case(0, part, move)
        self.claim_interest(case=0, cents=2_000)
        self.move_budget(100, "block", 2026)
        self.move_budget(50 if back else 101, "unblock", 2026)
        if back:
            self.move_case(0, 50, "return_repaid")
            self.move_case(0, 33, "write_off")
            for move in ("supplement", "reduce", "lapse"):
                self.move_budget(50, move, 2026)
        if turned:
            self.vote_next_year(cents=100_000)
            for account in CARRIED:
                self.carry(case=1, account=account)
            self.close_year()
            if back:
                self.move_case(0, 33, "bounce")

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
                self.reached[transfer.posting, transfer.debit] += 1
                self.judge(transfer)
                self.book(transfer)
        return made

    def judge(self, transfer: Transfer) -> None:
        """What may not have passed, told without the ledger's own words."""
        year, case = transfer.budget.year, self.case_of(transfer)
        if year in self.closed:
            assert transfer.posting in ("carry", "lapse") or A(transfer.debit) in CLAIMS
        if transfer.posting in ("commit", "order"):
            assert transfer.on_date.year <= year
        if transfer.posting == "commit":
            assert not [
                y for y in (2026, 2027)
                if self.commit_of.get((y, case)) == transfer.decision and self.bound(y, case) > 0
            ]  # fmt: skip
            self.commit_of[year, case] = transfer.decision or 0
        if transfer.other_case is not None:
            there = transfer.other_case.budget.year
            assert there == (year + 1 if transfer.posting == "carry" else year - 1)
            old, new = sorted((year, there))
            self.commit_of[new, case] = max(self.commit_of.get((y, case), 0) for y in (old, new))

    def book(self, transfer: Transfer) -> None:
        """The model's arithmetic."""
        year, cents, case = transfer.budget.year, transfer.amount_cents, self.case_of(transfer)
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
            self.late[year - 1, case] += cents
        else:
            falls, rises = MOVES[transfer.posting]
            source = SOURCE_OF.get(transfer.posting)
            for account, amount in ((falls, -cents), (rises, cents), (source, cents)):
                if account is not None:
                    self.move(year, case, account, -cents if account is A.APPROPRIATION and not source else amount)

    def move(self, year: int, case: int, account: Account, cents: int) -> None:
        if account not in CLAIMS:
            self.years[year, account] += cents
        if account in CLAIMS or account in (*CASE_USES, A.RETURNED):
            self.of_case[year, case, account] += cents

    def case_of(self, transfer: Transfer) -> int:
        application = transfer.case.application_id if transfer.case else None
        return next((i for i, case in enumerate(self.cases) if case.application_id == application), -1)

    def bound(self, year: int, case: int) -> int:
        """What is committed, ordered or paid and has not come back late, in cents."""
        there = sum(self.of_case[year, case, account] for account in (A.COMMITTED, A.ORDERED, A.DISBURSED))
        return there - self.late[year, case]

    def account(self, case: int, year: int) -> CaseAccount:
        """The account of a case in a year; where there is none, that of the first."""
        rows = CaseAccount.objects.filter(application=self.cases[case].application_id, budget__year=year)
        return rows.select_related("budget").first() or self.cases[case]

    def where(self, case: int, account: Account) -> tuple[int, int]:
        """The case and year with money on an account, of this case rather than of another."""
        places = [(number % 3, year) for number in range(case, case + 3) for year in (2027, 2026)]
        return next((p for p in places if self.of_case[p[1], p[0], account]), places[0])

    @rule(part=PARTS, move=st.sampled_from(["supplement", "reduce", "lapse"]), year=YEARS)
    def change_budget(self, part: int, move: str, year: int) -> None:
        self.move_budget(part, move, year)

    @rule(part=PARTS, move=st.sampled_from(["block", "unblock"]), year=YEARS)
    def block(self, part: int, move: str, year: int) -> None:
        self.move_budget(part, move, year)

    def move_budget(self, part: int, move: str, year: int) -> None:
        there = self.years[year, A.BLOCKED if move == "unblock" else A.AVAILABLE]
        # A tenth at most, or there would soon be nothing left to play with; a cent too much stays one.
        cents = there + 1 if part == 101 else max(1, there * part // 1_000)
        if move == "lapse":
            cents = min(cents, 500)
        self.attempt(getattr(ledger, move), ledger.open_budget(self.budget.fund, year), cents, key=self.key())

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
        if self.attempt(ledger.set_decided, self.cases[case], cents) is not None:
            self.decided[case] = cents

    @rule(case=CASES, cents=CENTS, year=YEARS)
    def commit(self, case: int, cents: int, year: int) -> None:
        self.attempt(ledger.commit, self.cases[case], cents, key=self.key(), on=DAYS[year])

    @rule(case=CASES, cents=st.integers(1, 60_000), rest=st.sampled_from([0, 0, 5_000]))
    def award(self, case: int, cents: int, rest: int = 0) -> None:
        """The usual way, so that the steps after it are often reached."""
        self.reserve(case=case, cents=cents + rest)
        self.decide(case=case, cents=cents)
        self.commit(case=case, cents=cents, year=2026)

    def move_case(self, case: int, part: int, move: str, year: int = 2026) -> None:
        account = TAKES_FROM[move]
        case, place = self.where(case, account)
        there = self.of_case[place, case, account]
        cents = there + 1 if part == 101 else max(1, there * part // 100)
        more = {"on": DAYS[year]} if move == "order" else {}
        self.attempt(getattr(ledger, move), self.account(case, place), cents, key=self.key(), **more)

    @rule(case=CASES, part=PARTS, move=st.sampled_from(["order", "pay", "bounce"]), year=YEARS)
    def go_on(self, case: int, part: int, move: str, year: int) -> None:
        self.move_case(case, part, move, year)

    @rule(case=CASES, part=PARTS, move=st.sampled_from(["decommit", "cancel_order", "bounce"]))
    def undo(self, case: int, part: int, move: str) -> None:
        self.move_case(case, part, move)

    @rule(case=CASES, part=PARTS, move=st.sampled_from(["claim", "recover", "write_off", "return_repaid"]))
    def claim(self, case: int, part: int, move: str) -> None:
        self.move_case(case, part, move)

    @rule(case=CASES, part=PARTS, move=st.sampled_from(["bounce", "return_repaid"]))
    def come_back(self, case: int, part: int, move: str) -> None:
        self.move_case(case, part // 2, move)

    @rule(case=CASES, cents=st.integers(1, 3_000))
    def claim_interest(self, case: int, cents: int) -> None:
        self.attempt(ledger.interest_claim, self.cases[case], cents, key=self.key())

    @rule(case=CASES, part=PARTS, move=st.sampled_from(["interest_recover", "interest_waive"]))
    def settle_interest(self, case: int, part: int, move: str) -> None:
        self.move_case(case, part, move)

    @rule(case=CASES, account=st.sampled_from(CARRIED))
    def carry(self, case: int, account: Account) -> None:
        case, _ = self.where(case, account)
        self.attempt(ledger.carry, self.cases[case], account, key=self.key())

    @rule(case=CASES)
    def end_authority(self, case: int) -> None:
        self.attempt(ledger.end_authority, self.cases[case], key=self.key())

    @precondition(lambda self: self.number > 40 and not self.closed)
    @rule()
    def close_year(self) -> None:
        with transaction.atomic():
            ledger.open_budget(self.budget.fund, 2027)
            ledger.close_year(self.budget, at=NEW_YEAR)
        self.closed.add(2026)
        Books.years_closed += 1

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
    def balances_equal_the_model_and_the_sum_of_transfers(self) -> None:
        sums = books.recompute(self.budget.fund)
        for budget in Budget.objects.filter(fund=self.budget.fund_id):
            for account in (*SOURCES, *USES):
                name = column(account)
                figures = (getattr(budget, name), sums.budgets[budget.pk][name])
                assert figures == (self.years[budget.year, account],) * 2, (budget.year, account)
        self.rows = list(CaseAccount.objects.filter(budget__fund=self.budget.fund_id).select_related("budget"))
        numbers = {case.application_id: number for number, case in enumerate(self.cases)}
        for row in self.rows:
            for account in (*CASE_USES, *CLAIMS):
                name = column(account)
                figures = (getattr(row, name), sums.cases[row.pk][name])
                mine = self.of_case[row.budget.year, numbers[row.application_id], account]
                assert figures == (mine, mine), (row.budget.year, account)

    @invariant()
    def bounds_of_years_hold(self) -> None:
        for year in (2026, 2027):
            sources = sum(self.years[year, account] for account in SOURCES)
            uses = [self.years[year, account] for account in USES]
            assert sources == sum(uses)
            assert min(uses) >= 0
            for account in CASE_USES:
                assert self.years[year, account] == sum(self.of_case[year, case, account] for case in range(3))
        assert self.years[2026, A.CARRIED_OUT] == self.years[2027, A.CARRIED_IN]

    @invariant()
    def bounds_of_cases_hold(self) -> None:
        assert min(self.of_case.values()) >= 0
        for number, case in enumerate(self.cases):
            rows = [row for row in self.rows if row.application_id == case.application_id]
            assert sum(row.limit_cents - row.late_returned_cents for row in rows) == REQUESTED
            reserved = sum(self.of_case[year, number, A.RESERVED] for year in (2026, 2027))
            bound = sum(self.bound(year, number) for year in (2026, 2027))
            assert reserved + bound <= REQUESTED
            assert bound <= self.decided[number]
            for year in (2026, 2027):
                mine = {account: self.of_case[year, number, account] for account in (*CASE_USES, *CLAIMS, A.RETURNED)}
                assert mine[A.CLAIM] + self.late[year, number] <= mine[A.DISBURSED]
                assert mine[A.CLAIM] == mine[A.RECEIVABLE] + mine[A.RECOVERED] + mine[A.WRITTEN_OFF]
                assert mine[A.RETURNED] <= mine[A.RECOVERED]

    def teardown(self) -> None:
        if hasattr(self, "budget"):
            report = books.check(self.budget.fund)
            assert report.errors == []


@pytest.mark.django_db
def test_books_equal_the_model_whatever_is_posted() -> None:
    """All examples share one transaction; each has a fund of its own."""
    profile = settings.get_profile(settings.get_current_profile_name())
    Books.reached.clear()

    run_state_machine_as_test(
        Books, settings=settings(profile, max_examples=min(profile.max_examples // 6, 350), stateful_step_count=50)
    )

    # Not a single move of the table was left out, or a green run would say little.
    assert set(Books.reached) == {(move.posting, move.debit) for move in TABLE}
    if "POSTINGS_TALLY" in os.environ:
        _write_tally(Path(os.environ["POSTINGS_TALLY"]))


def _write_tally(path: Path) -> None:
    """Tell the soak how much was really posted."""
    year_ends = sum(n for (posting, _), n in Books.reached.items() if posting in (Posting.CARRY, Posting.LAPSE))
    figures = {"postings": Books.reached.total(), "year_ends": year_ends, "closed": Books.years_closed}
    path.write_text("".join(f"{name} {number}\n" for name, number in figures.items()))
