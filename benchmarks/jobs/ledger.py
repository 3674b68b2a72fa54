"""Jobs of the ledger: decisions about one budget, and the check of all books."""

import os
import time
from dataclasses import dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from benchmarks.counting import statements_of, taking_counted
from benchmarks.figures import Figures
from benchmarks.jobs.work import in_processes
from benchmarks.running import Running
from grants.models import Application
from grants.states import ApplicationState as A
from grants.states import RoundState
from payments.models import Transfer
from payments.queries import books
from reviews.actions import committee as actions
from reviews.models import JurySession, Vote
from reviews.states import DecisionOutcome, Recommendation
from reviews.steps.committee import Word
from tests import factories as make
from tests.architecture.costs.taking import Taking
from tests.reviews.worlds import DAY, World, give_money, hand_in, make_world

DECISIONS = int(os.environ.get("BENCH_DECISIONS") or 240)
CENTS = 10_000
# As many at a time as the web server has processes for, twice: one waits for the lock while another works.
CLERKS = 4


@dataclass(frozen=True)
class Decisions:
    """Whole decisions of a committee's clerk, all about the money of one budget."""

    name: str = "decisions"

    def measure(self, running: Running) -> Figures:
        world = _before_the_last_body(DECISIONS)
        first, *seen = [(case.pk, case.version) for case in world.cases]
        with taking_counted(), CaptureQueriesContext(connection) as queries:
            Taking.taken = 0
            _decide([first], world.clerk.pk)
            taken = Taking.taken
        before = running.meter.cpu()
        took, used = in_processes(
            lambda share: _decide(share, world.clerk.pk), [seen[n::CLERKS] for n in range(CLERKS)]
        )
        database = (running.meter.cpu() - before).database
        decided = Application.objects.filter(round=world.round, state=A.APPROVED).count()
        if decided != DECISIONS:
            raise RuntimeError(f"only {decided} of {DECISIONS} were decided")
        return Figures(
            self.name, queries=statements_of(queries), rows=taken, per_second=len(seen) / took,
            web_ms=used / len(seen), database_ms=database / len(seen), more={"pieces": len(seen)},
        )  # fmt: skip


def _decide(share: list[tuple[int, int]], clerk: int) -> None:
    for pk, version in share:
        case = Application.objects.select_related("round", "organisation", "fund").get(pk=pk)
        actions.record_decision(
            application=case, word=Word(DecisionOutcome.FUND, CENTS), decided_on=DAY, seen_version=version,
            by=User.objects.get(pk=clerk),
        )  # fmt: skip


def _before_the_last_body(count: int) -> World:
    """So many cases before a body that grants each what was proposed; there is money for all."""
    chain = [{"body": "Regionsausschuss", "decides": True}]
    world = make_world(cases=0, round_state=RoundState.JURY, committee_chain=chain)
    organisation = make.make_organisation()
    by = make.make_member(organisation)
    world.cases = [
        make.make_application(round=world.round, organisation=organisation, by=by, state=A.RANKED) for _ in range(count)
    ]
    session = JurySession.objects.create(round=world.round, held_on=DAY, opened_by=world.chair.user)
    Vote.objects.bulk_create(
        Vote(
            application=case, session=session, recommendation=Recommendation.FUND, amount_cents=CENTS,
            reason="gut", recorded_by=world.chair.user,
        )
        for case in world.cases
    )  # fmt: skip
    give_money(world, 2 * count * CENTS)
    hand_in(world)
    return world


@dataclass(frozen=True)
class Books:
    """The check that every balance is the sum of its transfers."""

    name: str = "books"

    def measure(self, running: Running) -> Figures:
        transfers = Transfer.objects.count()
        times = []
        for _ in range(3):
            start = time.monotonic()
            errors = books.check().errors
            times.append((time.monotonic() - start) * 1000)
            if errors:
                raise RuntimeError(f"the books do not agree: {errors[:3]}")
        return Figures(self.name, median=sorted(times)[1], p95=max(times), more={"pieces": transfers})


LEDGER = (Decisions(), Books(), Books("books-million"))
