"""From the decided case to the booked payment, with the books after each step; three pairs of hands."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible
from accounts.states import Role
from notifications.models import Notice
from payments import ledger
from payments.actions import awards, payouts
from payments.exceptions import (
    AccountReplaced,
    BankNotChecked,
    DebtorAccountMissing,
    NoOtherAccount,
    NothingChosen,
    NotThisDay,
    TooMuchRequested,
)
from payments.models import Award, Payment, PaymentExport
from payments.queries import requestable_cents
from payments.states import AwardState, PaymentState
from tests import factories
from tests.payments import chain
from tests.payments.chain import Case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(db: None) -> None:
    chain.at(chain.NOW)


@pytest.fixture
def case() -> Case:
    return chain.make_case(reserved_cents=300_000, requested_cents=300_000, applied_cents=250_000)


def test_whole_chain_books_each_step_to_the_cent() -> None:
    case = chain.make_case()
    assert (case.books, case.available) == ((250_000, 0, 0, 0), 750_000)

    letter = chain.approve(case, chain.draft(case))
    assert case.books == (250_000, 0, 0, 0)

    chain.sign(case, letter)
    assert (case.books, case.available) == ((0, 250_000, 0, 0), 750_000)

    payouts_from = chain.NOW
    chain.at(payouts_from)
    from payments.actions import letters

    letters.release_letters(round_=case.application.round, by=case.office.head)
