"""A grant is taken back before its letter, by two people."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import audit, clock
from accounts.exceptions import NeedsReason, NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import Membership, Proposal, User
from accounts.states import MemberRole, Outcome, Role
from grants.models import Application
from grants.states import ApplicationState as A
from payments import ledger
from payments.actions import plans
from reviews.actions import approvals, committee, halves
from reviews.exceptions import LetterExists, NoPlanMissing, NotOfABody
from reviews.models import Decision
from reviews.queries.basis import basis_of
from reviews.queries.tasks import tasks_of
from reviews.states import WITHDRAWAL, WithdrawalGround
from reviews.states import DecisionOutcome as O
from reviews.steps.committee import Word
from tests import factories as make
from tests.payments import chain
from tests.reviews.test_decisions_later import decided
from tests.reviews.worlds import World, account, fresh, money, to_committee

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


@pytest.fixture
def world() -> World:
    """One case with 80,000 cents granted by the last body."""
    world = to_committee()
    world.cases = decided(world, Word(O.FUND, 80_000))
    return world


def propose(world: World, **words: Any) -> Proposal:
    given: dict[str, Any] = {"ground": WithdrawalGround.FINANCING, "reason": "Der Hauptgeldgeber fehlt"} | words
    return approvals.propose_withdrawal(application=fresh(world.cases[0]), by=world.head, **given)


def confirm(world: World, proposal: Proposal, by: User) -> Decision:
    return approvals.confirm_withdrawal(application=fresh(world.cases[0]), proposal=proposal, by=by)


def test_proposal_alone_changes_nothing(world: World) -> None:
    propose(world)

    assert (fresh(world.cases[0]).state, money(world)) == (A.APPROVED, (920_000, 80_000))


@pytest.mark.parametrize("second", ["officer", "coordinator", "clerk"])
def test_second_person_confirms_and_the_money_is_free(world: World, second: str) -> None:
    decision = confirm(world, propose(world), getattr(world, second))

    case = fresh(world.cases[0])
    assert (case.state, money(world)) == (A.DECLINED, (1_000_000, 0))
    assert (account(case).reserved_cents, account(case).decided_cents) == (0, 0)
    assert (decision.outcome, decision.reason) == (O.DECLINE, "Der Hauptgeldgeber fehlt")
    assert Decision.objects.get(outcome=O.FUND).superseded_at is not None
    assert basis_of(case).decided_by == world.fund.authority
    line = audit.history(case).get(action=WITHDRAWAL)
    assert (line.actor, line.from_state, line.to_state) == (world.head, A.APPROVED, A.DECLINED)


def test_only_the_head_proposes_with_a_reason(world: World) -> None:
    for person in (world.officer, world.coordinator, world.clerk, world.chair.user, world.cases[0].created_by):
        with pytest.raises(NotPermitted):
            approvals.propose_withdrawal(
                application=fresh(world.cases[0]), ground=WithdrawalGround.ENDED, reason="weg", by=person
            )
    with pytest.raises(NeedsReason):
        propose(world, reason=" ")


def test_author_and_strangers_do_not_confirm(world: World) -> None:
    proposal = propose(world)

    with pytest.raises(SecondPersonNeeded):
        confirm(world, proposal, world.head)
    for person in (world.chair.user, world.cases[0].created_by, make.make_staff(make.make_fund(), Role.CASE_OFFICER)):
        with pytest.raises(NotPermitted):
            confirm(world, proposal, person)
    assert (fresh(world.cases[0]).state, money(world)) == (A.APPROVED, (920_000, 80_000))


def test_nobody_is_second_for_the_own_organisation(world: World) -> None:
    proposal, organisation = propose(world), world.cases[0].organisation
    assert organisation is not None
    Membership.objects.create(organisation=organisation, user=world.officer, role=MemberRole.READER)

    with pytest.raises(NotPermitted):
        confirm(world, proposal, world.officer)


def test_one_proposal_at_a_time_and_each_can_be_dropped(world: World) -> None:
    first = propose(world)
    with pytest.raises(NotPossible):
        propose(world)

    halves.drop(application=fresh(world.cases[0]), proposal=first, by=world.officer, note="Es ist noch Zeit")
    second = propose(world)
    halves.drop(application=fresh(world.cases[0]), proposal=second, by=world.head)

    assert list(Proposal.objects.order_by("pk").values_list("outcome", flat=True)) == [
        Outcome.DECLINED, Outcome.WITHDRAWN,
    ]  # fmt: skip
    assert fresh(world.cases[0]).state == A.APPROVED


@pytest.mark.parametrize("word", [Word(O.DECLINE, reason="nein"), Word(O.RESERVE, 80_000, rank=1)])
def test_only_a_grant_is_taken_back(word: Word) -> None:
    world = to_committee()
    world.cases = decided(world, word)

    with pytest.raises(NotPossible):
        propose(world)


def test_a_letter_stands_in_the_way() -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    proposal = approvals.propose_withdrawal(
        application=fresh(case.application), ground=WithdrawalGround.ENDED, reason="Aufgelöst", by=case.office.head
    )
    chain.draft(case)

    with pytest.raises(LetterExists):
        approvals.confirm_withdrawal(application=fresh(case.application), proposal=proposal, by=case.office.second)
    assert (case.reload().state, case.books) == (A.APPROVED, (250_000, 0, 0, 0))
    halves.drop(application=fresh(case.application), proposal=proposal, by=case.office.second)
    with pytest.raises(LetterExists):
        approvals.propose_withdrawal(
            application=fresh(case.application), ground=WithdrawalGround.ENDED, reason="Aufgelöst", by=case.office.head
        )


def test_a_plan_that_never_came() -> None:
    chain.at(chain.NOW)
    case = chain.make_case(decided_cents=200_000, requested_cents=250_000)
    plans.request_plan(application=case.application, due=clock.today() + timedelta(days=14), by=case.office.officer)

    def take() -> Proposal:
        return approvals.propose_withdrawal(
            application=fresh(case.application), ground=WithdrawalGround.PLAN_MISSING, reason="Zwei Fristen vorbei",
            by=case.office.head,
        )  # fmt: skip

    chain.days_later(14)
    with pytest.raises(NoPlanMissing):
        take()
    chain.days_later(15)
    with pytest.raises(NoPlanMissing):
        take()
    later = clock.today() + timedelta(days=14)
    plans.extend_plan(application=fresh(case.application), due=later, reason="Sommerferien", by=case.office.officer)
    with pytest.raises(NoPlanMissing):
        take()
    chain.days_later(30)
    approvals.confirm_withdrawal(application=fresh(case.application), proposal=take(), by=case.office.officer)

    assert case.reload().state == A.DECLINED
    assert case.application.due_date is None
    assert (case.books, case.available) == ((0, 0, 0, 0), 1_000_000)


def test_what_was_taken_back_is_no_recording_error(world: World) -> None:
    confirm(world, propose(world), world.officer)

    with pytest.raises(NotOfABody):
        committee.propose_correction(application=fresh(world.cases[0]), reason="Zahlendreher", by=world.clerk)
    assert ledger.account_of(world.cases[0]) == account(world.cases[0])


# --- pages --------------------------------------------------------------------------------------------------


def page(case: Application) -> str:
    return reverse("reviews:withdraw_approval", args=[case.pk])


def sent(case: Application, step: str, proposal: Proposal | None = None, **more: str) -> dict[str, str]:
    return {"step": step, "version": f"{case.version}-{proposal.pk if proposal else 0}", **more}


def test_from_the_proposal_to_the_rejection_through_the_pages(client: Client, world: World) -> None:
    case = fresh(world.cases[0])
    client.force_login(world.head)
    assert page(case) in client.get(reverse("reviews:case", args=[case.pk])).text
    client.post(page(case), sent(case, "propose", ground="ended", reason="Der Verein ist aufgelöst"))
    proposal = audit.open_proposal(WITHDRAWAL, case)
    assert proposal is not None

    client.force_login(world.officer)
    assert [task.href for task in tasks_of(world.officer) if task.href == page(case)] == [page(case)]
    shown = client.get(reverse("reviews:case", args=[case.pk])).text
    assert (page(case) in shown, "Der Verein ist aufgelöst" in shown) == (True, True)
    client.post(page(case), sent(case, "confirm", proposal))

    assert (fresh(case).state, money(world)) == (A.DECLINED, (1_000_000, 0))
    assert page(case) not in [task.href for task in tasks_of(world.officer)]


def test_missing_ground_keeps_the_text(client: Client, world: World) -> None:
    case = fresh(world.cases[0])
    client.force_login(world.head)

    answer = client.post(page(case), sent(case, "propose", reason="Lange Begründung"))

    assert (answer.status_code, "Lange Begründung" in answer.text) == (200, True)
    assert audit.open_proposal(WITHDRAWAL, case) is None


def test_who_comes_second_to_confirm_reads_409(client: Client, world: World) -> None:
    case, proposal = fresh(world.cases[0]), propose(world)
    confirm(world, proposal, world.officer)
    client.force_login(world.coordinator)

    assert client.post(page(case), sent(case, "confirm", proposal)).status_code == 409
