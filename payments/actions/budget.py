"""What finance does with a budget. Every change needs two people: one proposes, the head of finance confirms."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.exceptions import LostRace, NotPermitted, NotPossible
from accounts.models import Fund, Proposal, User
from accounts.states import Outcome
from payments import ledger
from payments import permissions as may
from payments.models import Budget, CaseAccount, Transfer
from payments.queries import budget as queries
from payments.states import BudgetStep, SubBudget
from payments.steps import budget as steps

_POSTINGS: dict[str, Callable[..., Transfer]] = {
    BudgetStep.SUPPLEMENT: ledger.supplement,
    BudgetStep.REDUCE: ledger.reduce,
    BudgetStep.BLOCK: ledger.block,
    BudgetStep.UNBLOCK: ledger.unblock,
}


class OwnCase(NotPossible):
    message = _("The list holds a case of an organisation for which you act. Another person has to decide.")


class NothingOpen(NotPossible):
    message = _("No case has open money that could be carried to the next year.")


def propose_budget(
    *,
    fund: Fund,
    year: int,
    sub_budget: SubBudget,
    amount_cents: int,
    decree: str,
    in_force_from: date,
    by: User,
    reason: str = "",
) -> Proposal:
    """Propose the budget of a year.

    Args:
        fund: whose money it is.
        year: budget year.
        sub_budget: jury or fast track.
        amount_cents: the appropriation.
        decree: the act of the assembly that votes it (NKomVG § 112).
        in_force_from: first day on which awards may be committed from it.
        by: somebody of finance.
        reason: kept in the history.

    Raises:
        NotPermitted: the person does not work in the fund's finance.
        ledger.AppropriatedBefore: the year has its budget already.
        NotPossible: a proposal waits already.
    """
    with transaction.atomic(durable=True):
        if not may.budget_proposer(fund, by):
            raise NotPermitted
        budget = ledger.open_budget(fund, year, sub_budget)
        if budget.appropriation_cents:
            raise ledger.AppropriatedBefore
        payload = {"amount_cents": amount_cents, "decree": decree, "in_force_from": in_force_from.isoformat()}
        return audit.propose(BudgetStep.SET, budget, by=by, payload=payload, reason=reason)


def propose_change(
    *, budget: Budget, step: BudgetStep, amount_cents: int, reason: str, by: User, seen_cents: int
) -> Proposal:
    """Propose a supplement, a reduction, a block, or its end.

    Args:
        budget: the budget.
        step: any but SET and CARRY.
        amount_cents: how much.
        reason: required.
        by: somebody of finance.
        seen_cents: what was available on the page that the person decided by.

    Raises:
        NotPermitted: the person does not work in the fund's finance.
        LostRace: other money moved since the page was made.
        ledger.OverBudget: less is available, or blocked.
        NotPossible: the same kind of change waits already.
    """
    with transaction.atomic(durable=True):
        if not may.budget_proposer(budget, by):
            raise NotPermitted
        fresh = ledger.lock(budget)
        if seen_cents != remaining(fresh, step):
            raise LostRace
        _check(fresh, step, amount_cents)
        return audit.propose(step, fresh, by=by, payload={"amount_cents": amount_cents}, reason=reason)


def remaining(budget: Budget, step: BudgetStep) -> int:
    """Return the figure by which a person decides about a change, in cents."""
    return budget.blocked_cents if step is BudgetStep.UNBLOCK else budget.available_cents


def _check(budget: Budget, step: BudgetStep, amount_cents: int) -> None:
    if budget.closed_at is not None:
        raise ledger.YearClosed
    left = remaining(budget, step)
    if step in (BudgetStep.REDUCE, BudgetStep.BLOCK, BudgetStep.UNBLOCK) and amount_cents > left:
        raise ledger.OverBudget(left)


def propose_carry(*, budget: Budget, cases: Mapping[int, int], reason: str, by: User) -> Proposal:
    """Propose to carry all open money of cases to the next year, where it can be used until 31 December.

    Source: Ermächtigungsübertragung (KomHKVO); the same money is carried once.

    Args:
        budget: of the year that ends or has ended.
        cases: accounts of the cases (their numbers), each with what was open of it on the page (cents).
        reason: required.
        by: somebody of finance.

    Raises:
        NotPermitted: the person does not work in the fund's finance.
        NothingOpen: no case was named.
        OwnCase: the person acts for an applicant among them.
        LostRace: money of one of them moved since the page was made.
        NotPossible: a proposal to carry money of this budget waits already.
    """
    with transaction.atomic(durable=True):
        if not may.budget_proposer(budget, by):
            raise NotPermitted
        if not cases:
            raise NothingOpen
        if queries.carries_own_case(cases, by):
            raise OwnCase
        fresh = ledger.lock(budget)
        _as_seen(fresh, cases)
        payload = {"amount_cents": sum(cases.values()), "cases": {str(pk): cents for pk, cents in cases.items()}}
        return audit.propose(BudgetStep.CARRY, fresh, by=by, payload=payload, reason=reason)


def _as_seen(budget: Budget, cases: Mapping[int, int]) -> list[CaseAccount]:
    """Return the accounts of the cases if exactly so much is still open of each."""
    found = [case for case in queries.open_cases(budget) if case.pk in cases]
    if {case.pk: case.open_cents for case in found} != dict(cases):
        raise LostRace
    return found


def confirm(*, proposal: Proposal, by: User, note: str = "") -> Budget:
    """Confirm a proposed change as head of finance; the money moves in the same transaction.

    Raises:
        NotPermitted: the person is not the fund's head of finance.
        SecondPersonNeeded: the person proposed it.
        LostRace: it was decided meanwhile, or another amount is open of a case than was proposed to be carried.
        ledger.OverBudget: the money is no longer there.
        OwnCase: the person acts for an applicant whose case is to be carried.
    """
    with transaction.atomic(durable=True):
        budget = ledger.lock(Budget.objects.get(pk=proposal.subject_id))
        if not may.head_of_finance(budget, by):
            raise NotPermitted
        if proposal.kind == BudgetStep.CARRY and queries.carries_own_case(queries.cases_named(proposal), by):
            raise OwnCase
        decided = audit.decide(proposal, by=by, outcome=Outcome.CONFIRMED, note=note)
        _carry_out(decided, budget, by)
    budget.refresh_from_db()
    return budget


def _carry_out(proposal: Proposal, budget: Budget, by: User) -> None:
    payload: dict[str, Any] = proposal.payload
    key, reason = f"proposal:{proposal.pk}", proposal.reason
    if proposal.kind == BudgetStep.SET:
        steps.set_budget(
            budget.fund, budget.year, sub_budget=SubBudget(budget.sub_budget), key=key, by=by, reason=reason,
            amount_cents=payload["amount_cents"], decree=payload["decree"],
            in_force_from=date.fromisoformat(payload["in_force_from"]),
        )  # fmt: skip
    elif proposal.kind == BudgetStep.CARRY:
        for case in _as_seen(budget, queries.cases_named(proposal)):
            ledger.carry_all(case, key=f"{key}:{case.pk}", by=by, reason=reason)
    else:
        _POSTINGS[proposal.kind](budget, payload["amount_cents"], key=key, by=by, reason=reason)


def decline(*, proposal: Proposal, by: User, note: str) -> Proposal:
    """Decline a proposed change as head of finance.

    Raises:
        NotPermitted: the person is not the fund's head of finance.
        SecondPersonNeeded: the person proposed it; withdraw it instead.
        LostRace: it was decided meanwhile.
    """
    with transaction.atomic(durable=True):
        if not may.head_of_finance(Budget.objects.get(pk=proposal.subject_id), by):
            raise NotPermitted
        return audit.decide(proposal, by=by, outcome=Outcome.DECLINED, note=note)


def withdraw(*, proposal: Proposal, by: User) -> Proposal:
    """Take the own proposal back.

    Raises:
        NotPermitted: somebody else proposed it.
        LostRace: it was decided meanwhile.
    """
    with transaction.atomic(durable=True):
        return audit.decide(proposal, by=by, outcome=Outcome.WITHDRAWN)
