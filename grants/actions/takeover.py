"""A code by letter: an organisation comes online, or comes back, through its postal address."""

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import NeedsReason, NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import Organisation, Proposal, User
from accounts.permissions import forget_memberships, forget_roles
from accounts.states import Outcome
from grants import permissions as may
from grants import takeover
from grants.exceptions import CaseChanged, CodeWrong, NoAddress, OfOffice
from grants.models import Application, TakeoverCode
from grants.states import UNSENT
from grants.steps import takeover as steps
from grants.steps.checks.common import permit

Issued = tuple[TakeoverCode, str]


def issue_code(*, application: Application, by: User, seen: int, reason: str) -> Issued:
    """Issue a code for an organisation for which nobody acts online yet; older codes are void.

    Args:
        application: a case of the organisation that was sent.
        by: an officer of its fund.
        seen: primary key of the newest code that the page showed; 0 for none.
        reason: why.

    Returns:
        the row, and the code itself, which is kept nowhere: it is printed now or never.

    Raises:
        NeedsReason: no reason.
        NotPermitted: no case officer of the fund, or the own organisation.
        SecondPersonNeeded: somebody acts for the organisation already; then it is proposed.
        NoAddress: a letter could not reach it.
        CaseChanged: another code was issued meanwhile.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        organisation = _locked(application, by, seen)
        if takeover.needs_two(organisation):
            raise SecondPersonNeeded
        return steps.issue(application, organisation, by=by, confirmed_by=None, reason=reason, now=clock.now())


def propose_code(*, application: Application, by: User, seen: int, reason: str) -> Proposal:
    """Ask a second person for a code for an organisation that has people already; refusals as for `issue_code`.

    Raises:
        NotPossible: it needs no second person, or one is asked already.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        organisation = _locked(application, by, seen)
        if not takeover.needs_two(organisation):
            raise NotPossible
        return audit.propose(takeover.PROPOSAL, application, by=by, payload={"seen": seen}, reason=reason)


def _locked(application: Application, by: User, seen: int) -> Organisation:
    permit(application, by, takeover.may_issue)
    if application.organisation is None:
        raise NotPossible
    # Codes of one organisation are issued and used one after the other.
    organisation = audit.locked(application.organisation)
    _check(organisation, seen)
    return organisation


def _check(organisation: Organisation, seen: int) -> None:
    if not takeover.has_address(organisation):
        raise NoAddress
    newest = takeover.latest(organisation.pk)
    if (newest.pk if newest else 0) != seen:
        raise CaseChanged


def confirm_code(*, application: Application, proposal: Proposal, by: User) -> Issued:
    """Issue, as a second person, the code that a colleague asked for.

    Raises:
        NotPermitted: neither case officer nor coordinator of the fund, or the own organisation.
        SecondPersonNeeded: who asked for it cannot confirm.
        LostRace: it was decided meanwhile. CaseChanged: another code was issued since. NoAddress.
    """
    with transaction.atomic(durable=True):
        permit(application, by, may.case_second_officer)
        if application.organisation is None or application.state in UNSENT:
            raise NotPossible
        organisation = audit.locked(application.organisation)
        _check(organisation, proposal.payload["seen"])
        audit.decide(proposal, by=by, outcome=Outcome.CONFIRMED)
        return steps.issue(
            application, organisation, by=proposal.proposed_by, confirmed_by=by, reason=proposal.reason,
            now=clock.now(),
        )  # fmt: skip


def decline_code(*, application: Application, proposal: Proposal, by: User, note: str) -> Proposal:
    """Say no to a code that a colleague asked for. Raises: NeedsReason, and as for `confirm_code`."""
    if not note.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        permit(application, by, may.case_second_officer)
        return audit.decide(proposal, by=by, outcome=Outcome.DECLINED, note=note)


def withdraw_code(*, application: Application, proposal: Proposal, by: User) -> Proposal:
    """Take one's own request for a code back. Raises: NotPermitted, LostRace."""
    with transaction.atomic(durable=True):
        permit(application, by, may.case_second_officer)
        return audit.decide(proposal, by=by, outcome=Outcome.WITHDRAWN)


def redeem_code(*, case_number: str, code: str, by: User) -> Application:
    """Use the code of a letter: from now on the person owns and represents the organisation.

    Args:
        case_number: as it stands in the letter.
        code: as it stands there; case and hyphens do not matter.
        by: the person who is signed in.

    Returns:
        the case whose number stands in the letter.

    Raises:
        CodeWrong: nothing fits, or the code was used, made void, locked, or is too old.
        OfOffice: the person works for a fund to which the organisation applied.
    """
    with transaction.atomic(durable=True):
        found = _redeemed(case_number, code, by)
    # Outside: a wrong try is counted, so its transaction must end well.
    if found is None:
        raise CodeWrong
    return found


def _redeemed(case_number: str, code: str, by: User) -> Application | None:
    row = takeover.code_for(case_number)
    if row is None:
        return None
    organisation = audit.locked(row.organisation)
    fresh, now = audit.locked(row), clock.now()
    forget_roles(by)
    forget_memberships(by)
    if not by.is_active:
        raise NotPermitted
    if takeover.is_of_the_office(organisation, by):
        raise OfOffice
    if not takeover.opens(fresh, code, now=now):
        steps.count_wrong(fresh, by=by)
        return None
    return steps.take_over(fresh, organisation, by=by, now=now)
