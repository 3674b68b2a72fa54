"""Add transfers by the hundred thousand, all of which the triggers have checked: for the check of the books."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from accounts import bulk, clock
from accounts.models import Fund, Organisation, User
from grants.models import Application, Round
from grants.states import ApplicationState, RoundState
from payments import ledger
from payments.models import Budget, CaseAccount
from payments.states import Posting
from reviews.demo.bar import Bar

FUNDS = 10
# Cases that are opened at once, spread over the funds.
STEP = 100
ASKED_CENTS, GRANTED_CENTS, PAID_CENTS = 100_000, 90_000, 50_000
LIFE = (
    (Posting.RESERVE, ASKED_CENTS), (Posting.RELEASE, ASKED_CENTS - GRANTED_CENTS), (Posting.COMMIT, GRANTED_CENTS),
    (Posting.ORDER, PAID_CENTS), (Posting.CANCEL_ORDER, PAID_CENTS), (Posting.ORDER, PAID_CENTS),
    (Posting.PAY, PAID_CENTS), (Posting.DECOMMIT, GRANTED_CENTS - PAID_CENTS), (Posting.CLAIM, 10_000),
    (Posting.RECOVER, 10_000),
)  # fmt: skip


class Command(BaseCommand):
    help = "Adds funds whose cases have ten transfers each, a million in all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--transfers", type=int, default=1_000_000)

    def handle(self, *args: Any, transfers: int, **options: Any) -> None:
        started, now = time.monotonic(), clock.now()
        count, bar = transfers // len(LIFE), Bar(self.stdout)
        with transaction.atomic():
            rounds, budgets, applicant = _books(count, now)
        for first in range(0, count, STEP):
            last = min(count, first + STEP)
            with transaction.atomic():
                accounts = _cases(rounds, budgets, applicant, range(first, last), now)
            for wanted in range(0, len(LIFE), 5):
                with transaction.atomic():
                    ledger.post_many(_entries(accounts, applicant[1], now, wanted))
            bar.show("transfers", last * len(LIFE), count * len(LIFE))
        self.stdout.write(f"{count * len(LIFE)} transfers in {time.monotonic() - started:.0f} s")


def _books(count: int, now: datetime) -> tuple[list[Round], list[Budget], tuple[Organisation, User]]:
    serial, by = Fund.objects.count(), User.objects.create_user(f"buch{time.time_ns()}@verein.example")
    owner = Organisation.objects.create(kind="association", name="Verein der großen Zahl")
    rounds, budgets = [], []
    for number in range(serial, serial + FUNDS):
        name = f"Buch {number}"
        fund = Fund.objects.create(name=name, slug=f"buch-{number}", authority="Amt", case_prefix=f"X{number}")
        round_ = Round(
            pk=next(bulk.numbers(Round, 1)), fund=fund, name=name, slug="buch", budget_year=now.year,
            opens_at=now - timedelta(days=60), deadline_at=now - timedelta(days=30), state=RoundState.RUNNING.value,
        )  # fmt: skip
        bulk.write([round_])
        budget = ledger.open_budget(fund, now.year)
        ledger.put_in_force(budget, decree="Haushaltssatzung", in_force_from=date(now.year, 1, 1))
        ledger.appropriate(budget, (count // FUNDS + 1) * ASKED_CENTS, key=f"buch:{budget.pk}", by=by)
        rounds.append(round_)
        budgets.append(budget)
    return rounds, budgets, (owner, by)


def _cases(
    rounds: list[Round], budgets: list[Budget], applicant: tuple[Organisation, User], places: range, now: datetime
) -> list[CaseAccount]:
    """Open cases, one fund after the other."""
    owner, by = applicant
    keys, accounts = bulk.numbers(Application, len(places)), bulk.numbers(CaseAccount, len(places))
    cases, made = [], []
    for place, key in zip(places, keys, strict=True):
        round_, budget = rounds[place % FUNDS], budgets[place % FUNDS]
        case = Application(
            pk=key, fund_id=round_.fund_id, round=round_, organisation=owner, state=ApplicationState.AWARDED.value,
            created_by=by, submitted_at=now, case_number=f"X-{budget.pk}-{place}", title="Posten im großen Buch",
            requested_cents=ASKED_CENTS, cost_cents=ASKED_CENTS, eligible_cents=ASKED_CENTS,
        )  # fmt: skip
        cases.append(case)
        made.append(
            CaseAccount(
                pk=next(accounts), budget=budget, application=case, limit_cents=ASKED_CENTS,
                decided_cents=GRANTED_CENTS, decision=1,
            )
        )  # fmt: skip
    bulk.write(cases)
    ledger.open_cases(made)
    return made


def _entries(accounts: list[CaseAccount], by: User, now: datetime, first: int) -> Iterator[ledger.Entry]:
    """Yield five of the ten transfers of each case."""
    for place, (posting, cents) in enumerate(LIFE[first : first + 5], start=first):
        for account in accounts:
            yield ledger.Entry(
                posting, account.budget_id, account.pk, cents, f"buch:{account.pk}:{place}", now, now.date(), by.pk,
                decision=1 if posting == Posting.COMMIT else None,
            )  # fmt: skip
