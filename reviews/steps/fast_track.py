"""Small projects on the fast track: the office decides them by two people, from a part of the budget of their own."""

from datetime import datetime

from accounts.audit import perform
from accounts.exceptions import LostRace, NeedsReason, SecondPersonNeeded
from accounts.models import User
from grants.models import Application
from payments import ledger
from payments.states import SubBudget
from reviews.exceptions import FastTrackSpent
from reviews.models import Decision
from reviews.queries.fast_track import left_cents, small_cents
from reviews.states import DecisionOutcome as O
from reviews.steps.decisions import of_the_office, settle_money, tell_decision
from reviews.steps.session import check_amount


def route(application: Application, *, by: User) -> Application:
    """Put an accepted small project on the fast track; the most it may get is reserved.

    Args:
        application: accepted formally, not larger than the round's limit.
        by: coordinator.

    Raises:
        NoBudget: finance has not set the part of the budget for small projects.
        FastTrackSpent: less than that is left there, or in the round's share of it.
        NotPossible: the round has no fast track, or the request is too large for it.
    """
    budget = _lock(application)
    amount = small_cents(application)
    routed: Application = _untouched(perform(application.route_fast_track, by=by), application)
    left = left_cents(routed.round, budget)
    if amount > left:
        raise FastTrackSpent(left)
    case = ledger.open_case(routed, budget)
    ledger.reserve_to(case, target_cents=amount, key=_key("route", routed), by=by)
    return routed


def grant(application: Application, *, amount_cents: int, by: User, now: datetime, reason: str = "") -> Decision:
    """Grant a small project; the reservation follows the amount.

    Args:
        application: on the fast track.
        amount_cents: at most min(requested, maximum, eligible cost, delegated limit).
        by: head of unit, not the person who put it on the fast track.
        now: instant of the decision.
        reason: may stay empty.

    Raises:
        SecondPersonNeeded: the same person put it there.
        AmountOutOfBounds: not above 0, or above the limit.
    """
    if application.routed_by_id == by.pk:
        raise SecondPersonNeeded
    check_amount(application, amount_cents, funds=True, limit_cents=small_cents(application))
    budget = _lock(application)
    granted = _untouched(perform(application.decide_fast_track, by=by, reason=reason), application)
    decision = of_the_office(granted, O.FUND, by=by, now=now, amount_cents=amount_cents, reason=reason)
    settle_money(decision, budget, by)
    tell_decision(decision)
    return decision


def decline(application: Application, *, by: User, now: datetime, reason: str) -> Decision:
    """Reject a small project with reasons; its money is free again.

    Raises:
        NeedsReason: a rejection has reasons (VwVfG § 39).
    """
    _need(reason)
    budget = _lock(application)
    declined = _untouched(perform(application.decline_fast_track, by=by, reason=reason), application)
    decision = of_the_office(declined, O.DECLINE, by=by, now=now, reason=reason)
    settle_money(decision, budget, by)
    return decision


def hand_to_jury(application: Application, *, by: User, reason: str) -> Application:
    """Give a small project to the jury after all; its money is free again.

    Raises:
        NeedsReason: no reason given.
    """
    _need(reason)
    budget = _lock(application)
    returned = _untouched(perform(application.return_to_jury, by=by, reason=reason), application)
    ledger.release_all(ledger.open_case(returned, budget), key=_key("jury", returned), by=by)
    return returned


def _lock(application: Application) -> ledger.Locked:
    """Lock the money before the case, as everybody does who moves money."""
    return ledger.lock(ledger.budget_of(application, SubBudget.FAST_TRACK))


def _untouched(fresh: Application, seen: Application) -> Application:
    """Return the case after its step. Raises: LostRace where somebody changed it since it was shown."""
    if fresh.version != seen.version + 1:
        raise LostRace
    return fresh


def _key(step: str, application: Application) -> str:
    return f"fast-track:{step}:{application.pk}:{application.version}"


def _need(reason: str) -> None:
    if not reason.strip():
        raise NeedsReason
