"""The turn of the year by two people at the same moment, and what it means for payments. On both engines."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.exceptions import LostRace, NotPossible
from accounts.models import Membership, User
from accounts.states import MemberRole, Role
from payments import ledger
from payments.actions import awards, payouts
from payments.actions import budget as actions
from payments.models import Budget, CaseAccount, Payment
from payments.queries.budget import open_cases
from payments.queries.hindrances import hindrances
from payments.states import PaymentState
from reviews.queries.tasks import tasks_of
from tests import factories
from tests.payments import chain
from tests.payments.books import balances

Threads = Callable[[Sequence[Callable[[], Any]]], list[Any]]
JANUARY = datetime(2027, 1, 11, 9, tzinfo=UTC)


def certified_in_november() -> tuple[chain.Case, Payment]:
    """A payment certified before the turn of the year, looked at in January."""
    chain.at(chain.NOW)
    case = chain.make_case()
    chain.final_award(case)
    payment = payouts.certify(payment=chain.request(case, 100_000), by=case.office.finance_a)
    chain.at(JANUARY)
    return case, payment


def propose(case: chain.Case) -> Any:
    cases = {account.pk: account.open_cents for account in open_cases(case.budget)}
    return actions.propose_carry(budget=case.budget, cases=cases, reason="Jahresende", by=case.office.finance_a)


def text(person: User, name: str, *args: Any) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="accounts.backends.AuthenticationBackend")
    return client.get(reverse(name, args=args)).content.decode()


@pytest.mark.django_db
def test_page_of_a_payment_names_who_has_to_act_until_the_money_is_carried() -> None:
    case, payment = certified_in_november()
    head = factories.make_staff(case.office.fund, Role.HEAD_OF_FINANCE)
    finance_b = case.office.finance_b
    with pytest.raises(ledger.YearOver):
        payouts.order(payment=payment, by=finance_b)
    shown = text(finance_b, "payments:payment", payment.pk)
    assert "Order the payment" not in shown
    assert "has to be carried to 2027 first" in shown
    assert "has to be carried to 2027 first" in text(finance_b, "payments:payments")
    carry = reverse("payments:budget_carry", args=[case.office.fund.slug, 2026])
    assert carry not in shown
    assert carry in text(case.office.finance_a, "payments:payment", payment.pk)

    proposal = propose(case)
    assert "is proposed; as soon as the head of finance" in text(finance_b, "payments:payment", payment.pk)
    actions.confirm(proposal=proposal, by=head)

    assert "Order the payment" in text(finance_b, "payments:payment", payment.pk)
    assert payouts.order(payment=payment, by=finance_b).state == PaymentState.ORDERED
    later = Budget.objects.get(fund=case.office.fund, year=2027)
    assert balances(case.budget) == {"appropriation": 1_000_000, "available": 750_000, "carried_out": 250_000}
    assert balances(later) == {"carried_in": 250_000, "committed": 150_000, "ordered": 100_000}


@pytest.mark.django_db
def test_money_carried_once_is_not_promised_a_second_year() -> None:
    case, payment = certified_in_november()
    head = factories.make_staff(case.office.fund, Role.HEAD_OF_FINANCE)
    actions.confirm(proposal=propose(case), by=head)
    seen = Payment.objects.select_related("award__letter").get(pk=payment.pk)
    assert hindrances([seen], head, today=date(2027, 12, 31)) == {}

    over = hindrances([seen], head, today=date(2028, 1, 1))

    assert "nicht mehr ausgezahlt" in over[payment.pk].text
    assert not over[payment.pk].href


@pytest.mark.django_db
def test_desk_asks_for_the_turn_of_the_year_only_while_nobody_proposed_it() -> None:
    case, _payment = certified_in_november()
    head = factories.make_staff(case.office.fund, Role.HEAD_OF_FINANCE)

    def titles(person: User) -> set[str]:
        with translation.override("en"):
            return {str(task.title) for task in tasks_of(person)}

    carry = "Carry open money to the next year"
    assert carry in titles(case.office.finance_a)
    assert carry in titles(head)
    assert carry not in titles(case.office.finance_b)

    proposal = propose(case)
    assert carry not in titles(head)
    assert "Confirm a change of the budget or decline it" in titles(head)
    actions.confirm(proposal=proposal, by=head)

    assert titles(head) == set()


@pytest.mark.committing
def test_two_heads_carry_once(committed_db: None, in_threads: Threads) -> None:
    case, _payment = certified_in_november()
    heads = [factories.make_staff(case.office.fund, Role.HEAD_OF_FINANCE) for _ in range(2)]
    proposal = propose(case)

    results = in_threads([partial(actions.confirm, proposal=proposal, by=head) for head in heads])

    lost = [result for result in results if isinstance(result, Exception)]
    assert [type(result) for result in lost] == [LostRace]
    later = Budget.objects.get(fund=case.office.fund, year=2027)
    assert balances(later) == {"carried_in": 250_000, "committed": 250_000}
    assert CaseAccount.objects.get(budget=later).origin_year == 2026


@pytest.mark.committing
def test_two_people_propose_once(committed_db: None, in_threads: Threads) -> None:
    case, _payment = certified_in_november()

    results = in_threads([partial(propose, case)] * 2)

    lost = [result for result in results if isinstance(result, Exception)]
    assert len(lost) == 1
    assert isinstance(lost[0], NotPossible | LostRace)


@pytest.mark.committing
def test_giving_the_award_up_and_carrying_at_once_leave_one_truth(committed_db: None, in_threads: Threads) -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    award = chain.final_award(case)
    chain.at(JANUARY)
    head = factories.make_staff(case.office.fund, Role.HEAD_OF_FINANCE)
    proposal = propose(case)

    from_awards = partial(awards.relinquish, award=award, by=case.owner, reason="x")
    results = in_threads([from_awards, partial(actions.confirm, proposal=proposal, by=head)])

    assert all(isinstance(result, LostRace) for result in results if isinstance(result, Exception))
    accounts = CaseAccount.objects.filter(application=case.application)
    assert sum(account.open_cents for account in accounts) in (0, 250_000)
    books = Budget.objects.filter(fund=case.office.fund)
    assert sum(budget.carried_out_cents for budget in books) == sum(budget.carried_in_cents for budget in books)


@pytest.mark.django_db
def test_who_is_alone_reads_that_nobody_else_can_confirm() -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    chain.final_award(case)
    head = factories.make_staff(case.office.fund, Role.HEAD_OF_FINANCE)
    cases = {account.pk: account.open_cents for account in open_cases(case.budget)}
    proposal = actions.propose_carry(budget=case.budget, cases=cases, reason="x", by=head)
    assert "Nobody but you can confirm it" in text(head, "payments:budget_proposal", proposal.pk)

    factories.make_staff(case.office.fund, Role.HEAD_OF_FINANCE)

    assert "Nobody but you can confirm it" not in text(head, "payments:budget_proposal", proposal.pk)


@pytest.mark.django_db
def test_nobody_carries_the_case_of_the_own_organisation() -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    chain.final_award(case)
    head = factories.make_staff(case.office.fund, Role.HEAD_OF_FINANCE)
    Membership.objects.create(organisation=case.organisation, user=head, role=MemberRole.OWNER, represents=True)
    account = CaseAccount.objects.get(application=case.application)
    assert case.application.title not in text(head, "payments:budget_carry", case.office.fund.slug, 2026)
    with pytest.raises(actions.OwnCase):
        actions.propose_carry(budget=case.budget, cases={account.pk: 250_000}, reason="x", by=head)
    proposal = propose(case)
    assert case.application.title not in text(head, "payments:budget_proposal", proposal.pk)

    with pytest.raises(actions.OwnCase):
        actions.confirm(proposal=proposal, by=head)

    assert balances(account) == {"committed": 250_000}
