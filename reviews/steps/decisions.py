"""Decisions as a record, whoever made them: their money and their notices follow."""

from datetime import date, datetime

from django.urls import reverse

from accounts import days
from accounts.clock import berlin_day
from accounts.models import Person, User
from grants.models import Application
from payments import ledger
from payments.steps.letters import owe_to_applicant
from reviews.models import Decision
from reviews.states import DecisionOutcome as O


def of_the_office(
    application: Application, outcome: O, *, by: User, now: datetime, amount_cents: int = 0, reason: str = ""
) -> Decision:
    """Record a decision of the authority itself, without a body and a paper.

    Args:
        application: as the decision left it.
        outcome: FUND or DECLINE.
        by: who decided.
        now: instant of the decision.
        amount_cents: what was granted.
        reason: needed to decline.
    """
    return Decision.objects.create(
        application=application, body=application.fund.authority, outcome=outcome, amount_cents=amount_cents,
        reason=reason, decided_on=berlin_day(now), recorded_by=by, recorded_at=now,
    )  # fmt: skip


def supersede(decision: Decision, *, now: datetime) -> None:
    """Take a decision out of force; it stays on record."""
    decision.superseded_at = now
    decision.save(update_fields=["superseded_at"])


def settle_money(decision: Decision, budget: ledger.Locked | None, by: Person) -> None:
    """Let the money follow a decision: a grant reserves its amount and is the case's decided one, else it is released.

    Args:
        decision: final; the word of a body that only recommends moves nothing.
        budget: locked by the caller; None where no money is concerned.
        by: who recorded it.
    """
    if budget is None:
        return
    application, key = decision.application, f"decision:{decision.pk}"
    if decision.outcome == O.FUND:
        ledger.decide(application, budget, decision.amount_cents, key=key, by=by)
    else:
        ledger.release_all(ledger.open_case(application, budget), key=key, by=by)


def tell_decision(decision: Decision) -> None:
    """Owe the notice that a decision brings: a result only where the round tells results before the letter."""
    application, key = decision.application, f"decision:{decision.pk}"
    early = application.round.notify_decision
    if decision.outcome == O.POSTPONE:
        tell_applicant("N09", application, key)
    elif decision.outcome == O.FUND and early:
        tell_applicant("N10", application, key)
    elif decision.outcome == O.RESERVE and early:
        tell_applicant("N11", application, key)


def tell_applicant(code: str, application: Application, key: str, *, on: date | None = None) -> None:
    """Owe a notice to everybody who acts for the applicant; it never holds an amount or a result."""
    owe_to_applicant(
        code,
        application,
        key=f"{code}:{application.pk}:{key}",
        context={"on": days.later(days.day, on)},
        link=reverse("grants:application", args=[application.pk]),
    )
