"""On what a letter rests: the body that decided, or the authority itself."""

from accounts import audit
from accounts.clock import berlin_day, today
from grants.models import Application
from grants.states import ApplicationState as A
from payments.terms import Basis
from reviews.queries.committee import final_decision
from reviews.states import DecisionOutcome

# Steps that bring a case back to a state it was decided into before.
_NO_DECISION = ("recall_award", "recall_rejection", "accept_plan")


def basis_of(application: Application) -> Basis:
    """Return who decided the case and when.

    The valid decision of the deciding body counts where it says what the case is; formal rejections, moves up
    the reserve list and withdrawn approvals are decided by the authority on the day they were confirmed.
    """
    decision = final_decision(application)
    wanted = DecisionOutcome.FUND if application.state == A.APPROVED else DecisionOutcome.DECLINE
    if decision is not None and decision.outcome == wanted:
        return Basis(decision.body, decision.decided_on)
    entry = (
        audit.history(application)
        .filter(to_state__in=(application.state, A.INELIGIBLE))
        .exclude(action__in=_NO_DECISION)
        .order_by("pk")
        .last()
    )
    return Basis(application.fund.authority, berlin_day(entry.at) if entry else today())
