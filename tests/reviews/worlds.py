"""Juries in mid-work, made of the floor's own steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, TypeVar

from django.db import transaction

from accounts import clock
from accounts.models import Fund, User
from accounts.states import Role
from grants.models import Application, Criterion, Round
from grants.states import ApplicationState, RoundState
from payments import ledger
from payments.models import Budget, CaseAccount
from reviews import steps
from reviews.models import Juror, JurySession, Review
from reviews.states import DecisionOutcome, Recommendation, ReviewState
from reviews.steps import Answer, Ballot, Summary
from reviews.steps.committee import Word
from tests import factories as make

DAY = date(2026, 11, 20)
Result = TypeVar("Result")


@dataclass
class World:
    """One fund with a round, its staff, its jury and its cases."""

    fund: Fund
    round: Round
    coordinator: User
    clerk: User
    head: User
    officer: User
    jurors: list[Juror]
    cases: list[Application] = field(default_factory=list)

    @property
    def chair(self) -> Juror:
        return self.jurors[0]

    @property
    def deputy(self) -> Juror:
        return self.jurors[1]

    def sheet(self, case: Application, juror: Juror) -> Review:
        return Review.objects.get(application=case, juror=juror)


def make_world(*, jurors: int = 4, cases: int = 1, state: str = ApplicationState.ELIGIBLE, **rules: Any) -> World:
    """A closed round with a chair, a deputy and members; applications wait for the jury."""
    fund = make.make_fund()
    rules = {"jury_size": jurors, "min_reviews": min(3, jurors), "quorum": min(3, jurors)} | rules
    round_ = make.make_round(fund, rules.pop("round_state", RoundState.CLOSED), budget_year=2026, **rules)
    seats = [
        make.make_juror(
            round_, chairs=number == 0, deputy_chair=number == 1, user=make.make_user(full_name=f"Jury {number}")
        )
        for number in range(jurors)
    ]  # fmt: skip
    world = World(
        fund, round_,
        make.make_staff(fund, Role.COORDINATOR), make.make_staff(fund, Role.COMMITTEE_CLERK),
        make.make_staff(fund, Role.HEAD_OF_UNIT), make.make_staff(fund, Role.CASE_OFFICER), seats,
    )  # fmt: skip
    world.cases = [make.make_application(round=round_, state=state) for _ in range(cases)]
    return world


def past_day() -> date:
    """A day on which something happened: DAY, or today where a test has stopped the clock before it."""
    return min(DAY, clock.today())


def within(call: Callable[..., Result], *arguments: Any) -> Result:
    """Run steps as an action would: in a transaction."""
    with transaction.atomic():
        return call(*arguments)


def fresh(case: Application) -> Application:
    return Application.objects.select_related("round", "organisation", "fund").get(pk=case.pk)


def start(world: World) -> World:
    """Assign everybody everything and begin the scoring."""
    now = clock.now()
    for case in world.cases:
        within(partial(steps.assign, case, world.jurors, by=world.coordinator, now=now))
    world.round = within(lambda: steps.start_scoring(world.round, by=world.coordinator, now=now, due_date=DAY))
    world.cases = [fresh(case) for case in world.cases]
    return world


def answers_of(round_: Round, value: int | None) -> dict[Criterion, Answer]:
    return {c: Answer(value, reason="weil") for c in Criterion.objects.filter(round=round_).order_by("position")}


def fill(world: World, case: Application, juror: Juror, value: int | None, *, hand_in: bool = True) -> Review:
    """Declare no conflict and score every criterion alike."""
    sheet: Review = world.sheet(case, juror)
    if sheet.state == ReviewState.ASSIGNED:
        sheet = within(lambda: steps.declare_none(sheet, by=juror.user, now=clock.now()))
    answers = answers_of(world.round, value)
    if not hand_in:
        return within(lambda: steps.save_scores(sheet, answers, Summary()))
    return within(lambda: steps.submit_sheet(sheet, answers, Summary(), by=juror.user, now=clock.now()))


def score(world: World, values: Sequence[int] = (4, 4, 4, 4)) -> World:
    """Every juror hands in every sheet with the same score throughout, and scoring closes."""
    for case in world.cases:
        for juror, value in zip(world.jurors, values, strict=True):
            fill(world, case, juror, value)
        within(partial(steps.close_scoring, fresh(case), by=world.coordinator))
    world.cases = [fresh(case) for case in world.cases]
    return world


def meet(world: World) -> JurySession:
    """Open the session with everybody present."""
    world.round = Round.objects.get(pk=world.round.pk)
    session: JurySession = within(
        lambda: steps.open_session(world.round, world.jurors, by=world.chair.user, held_on=past_day(), now=clock.now())
    )
    world.round = Round.objects.get(pk=world.round.pk)
    return session


def vote(
    world: World, session: JurySession, case: Application, cents: int, word: str = Recommendation.FUND, **more: Any
) -> Application:
    """The jury agrees on one case."""
    here = len(session.present.all())
    ballot = Ballot(Recommendation(word), cents, "gutes Projekt", yes=more.pop("yes", here), **more)
    within(lambda: steps.record_vote(fresh(case), session, ballot, by=world.chair.user, now=clock.now()))
    return fresh(case)


def give_money(world: World, cents: int, year: int = 2026) -> Budget:
    """A budget in force with so much available."""

    def write() -> Budget:
        budget = ledger.open_budget(world.fund, year)
        ledger.put_in_force(budget, decree="Haushalt", in_force_from=date(year, 1, 1))
        ledger.appropriate(budget, cents, key=f"appropriate:{budget.pk}", by=world.head)
        return budget

    made: Budget = within(write)
    return Budget.objects.get(pk=made.pk)


def hand_in(world: World, number: str = "1") -> None:
    """The coordinator hands the list in."""
    world.round = Round.objects.get(pk=world.round.pk)
    within(
        lambda: steps.make_paper(
            world.round, number=number, title="Vorlage", paper_date=past_day(), by=world.coordinator, now=clock.now()
        )
    )
    world.round = Round.objects.get(pk=world.round.pk)
    world.cases = [fresh(case) for case in world.cases]


def to_committee(*, cases: int = 1, cents: int = 80_000, money: int = 1_000_000, **rules: Any) -> World:
    """Cases before the committees with `cents` reserved each."""
    world = score(start(make_world(cases=cases, **rules)))
    give_money(world, money)
    session = meet(world)
    for case in world.cases:
        vote(world, session, case, cents)
    hand_in(world)
    return world


def to_last_body(world: World, case: Application) -> Application:
    """The first body recommends as proposed."""
    word = Word(DecisionOutcome.RECOMMEND, 80_000)
    within(lambda: steps.record_decision(case, word, by=world.clerk, decided_on=past_day(), now=clock.now()))
    return fresh(case)


def account(case: Application) -> CaseAccount:
    return CaseAccount.objects.get(application=case)


def money(world: World) -> tuple[int, int]:
    """Available and reserved cents of the budget."""
    budget = Budget.objects.get(fund=world.fund, year=2026)
    return budget.available_cents, budget.reserved_cents
