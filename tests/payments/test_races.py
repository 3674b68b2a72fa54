"""Two people at the same moment: one wins, the other is told, nothing is half done. On both engines."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from accounts.exceptions import LostRace, NotPossible
from accounts.states import Role
from notifications.actions import letters as office
from notifications.models import Letter
from notifications.states import LetterState
from payments.actions import awards, letters, payouts, recalls
from payments.exceptions import TooMuchRequested
from payments.models import Award, Payment, PaymentExport, Transfer
from payments.states import AwardState, PaymentState, Posting
from tests import factories
from tests.payments import chain

pytestmark = pytest.mark.committing

Threads = Callable[[Sequence[Callable[[], Any]]], list[Any]]
TIMES = 3


@pytest.fixture(autouse=True)
def monday(committed_db: None) -> None:
    chain.at(chain.NOW)


def outcome(results: Sequence[Any]) -> tuple[int, int]:
    """How many won, how many were told to look again; anything else is a fault."""
    won = [result for result in results if not isinstance(result, Exception)]
    lost = [result for result in results if isinstance(result, LostRace | NotPossible)]
    assert len(won) + len(lost) == len(results), results
    return len(won), len(lost)


def test_two_signatures_make_one_award(in_threads: Threads) -> None:
    for _ in range(TIMES):
        case = chain.make_case()
        letter = chain.approve(case, chain.draft(case))

        results = in_threads([partial(chain.sign, case, letter)] * 2)

        assert outcome(results) == (1, 1)
        assert case.books == (0, 250_000, 0, 0)
        assert Award.objects.filter(application=case.application).count() == 1
        commits = Transfer.objects.filter(posting=Posting.COMMIT, case__application=case.application)
        assert [transfer.amount_cents for transfer in commits] == [250_000]


def test_two_officers_approve_once(in_threads: Threads) -> None:
    case = chain.make_case()
    third = factories.make_staff(case.office.fund, Role.CASE_OFFICER)
    letter = chain.draft(case)

    results = in_threads(
        [
            lambda: office.approve(letter=letter, by=case.office.second, seen_sha256=letter.document.sha256),
            lambda: office.approve(letter=letter, by=third, seen_sha256=letter.document.sha256),
        ]
    )

    assert outcome(results) == (1, 1)
    assert Letter.objects.get(pk=letter.pk).version == 2


def test_two_drafts_make_one_letter(in_threads: Threads) -> None:
    case = chain.make_case()

    results = in_threads([lambda: chain.draft(case)] * 2)

    assert outcome(results) == (1, 1)
    assert Letter.objects.count() == 1


def test_recall_and_dispatch_at_once_leave_one_truth(in_threads: Threads) -> None:
    for _ in range(TIMES):
        case = chain.make_case()
        letter = chain.released(case)
        proposal = recalls.propose_recall(letter=letter, by=case.office.head, reason="x")

        results = in_threads(
            [
                partial(chain.post, case, letter),
                partial(recalls.confirm_recall, proposal=proposal, by=case.office.signatory),
            ]
        )

        assert outcome(results)[0] == 1
        state = Letter.objects.get(pk=letter.pk).state
        voided = state == LetterState.VOID
        assert case.books == ((250_000, 0, 0, 0) if voided else (0, 250_000, 0, 0))
        assert chain.award_of(case).state == (AwardState.VOID if voided else AwardState.ISSUED)


@pytest.fixture
def final() -> chain.Case:
    case = chain.make_case()
    chain.final_award(case)
    return case


def test_two_payers_export_once(final: chain.Case, in_threads: Threads) -> None:
    second = factories.make_staff(final.office.fund, Role.TREASURY)
    payment = chain.ordered(final, 1_000)

    results = in_threads(
        [
            partial(payouts.export, fund=final.office.fund, checks=chain.checks(payment), by=by)
            for by in (final.office.treasury, second)
        ]
    )

    assert outcome(results) == (1, 1)
    assert PaymentExport.objects.count() == 1


def test_two_orders_move_the_money_once(final: chain.Case, in_threads: Threads) -> None:
    second = factories.make_staff(final.office.fund, Role.FINANCE_B)
    certified = payouts.certify(payment=chain.request(final, 1_000), by=final.office.finance_a)

    results = in_threads([partial(payouts.order, payment=certified, by=by) for by in (final.office.finance_b, second)])

    assert outcome(results) == (1, 1)
    assert final.books == (0, 249_000, 1_000, 0)


def test_confirm_and_bounce_at_once_book_one_of_them(final: chain.Case, in_threads: Threads) -> None:
    payment = chain.exported(final, chain.ordered(final, 1_000))[0]
    day = payment.exported_at.date() if payment.exported_at else None
    assert day is not None

    results = in_threads(
        [
            lambda: payouts.confirm(payment=payment, by=final.office.treasury, booked_on=day),
            lambda: payouts.bounce(payment=payment, by=final.office.treasury, reason="AC04"),
        ]
    )

    assert outcome(results) == (1, 1)
    paid = Payment.objects.get(pk=payment.pk).state == PaymentState.PAID
    assert final.books == ((0, 249_000, 0, 1_000) if paid else (0, 250_000, 0, 0))


def test_many_requests_never_pass_the_award(final: chain.Case, in_threads: Threads) -> None:
    def stubborn() -> Payment:
        while True:
            try:
                return chain.request(final, 100_000)
            except LostRace:
                continue

    results = in_threads([stubborn] * 6)

    assert len([result for result in results if isinstance(result, TooMuchRequested)]) == 4
    assert sum(Payment.objects.values_list("amount_cents", flat=True)) == 200_000


def test_the_same_page_requests_once(final: chain.Case, in_threads: Threads) -> None:
    award = chain.award_of(final)

    results = in_threads([lambda: chain.ask(final, 100_000, award)] * 4)

    assert len([result for result in results if isinstance(result, LostRace)]) == 3
    assert Payment.objects.get().amount_cents == 100_000


def test_request_and_relinquish_at_once_never_both(final: chain.Case, in_threads: Threads) -> None:
    award = chain.award_of(final)

    results = in_threads(
        [
            lambda: chain.request(final, 1_000),
            lambda: awards.relinquish(award=award, by=final.owner, reason="x"),
        ]
    )

    assert outcome(results) == (1, 1)
    given_up = chain.award_of(final).state == AwardState.RELINQUISHED
    assert Payment.objects.count() == (0 if given_up else 1)
    assert final.books == ((0, 0, 0, 0) if given_up else (0, 250_000, 0, 0))


def test_two_releases_send_each_letter_once(in_threads: Threads) -> None:
    case = chain.make_case()
    second = factories.make_staff(case.office.fund, Role.HEAD_OF_UNIT)
    letter = chain.signed(case)

    results = in_threads(
        [partial(letters.release_letters, round_=case.application.round, by=by) for by in (case.office.head, second)]
    )

    assert outcome(results) == (1, 1)
    assert Letter.objects.get(pk=letter.pk).state == LetterState.RELEASED
