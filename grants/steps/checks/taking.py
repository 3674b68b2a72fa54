from collections.abc import Mapping
from datetime import datetime

from accounts import audit, clock
from accounts.exceptions import LostRace
from accounts.models import User
from grants import permissions as may
from grants.check_note import accepted_note
from grants.checklist import CODES, Answer, open_items
from grants.exceptions import CheckChanged, CheckIncomplete, PlanOpen, RoundStillOpen
from grants.models import Application, FormalCheck
from grants.states import RECORDED, RoundState
from grants.states import ApplicationState as S
from grants.steps.checks.common import order_note, permit, refuse_while_proposed
from grants.steps.sending import tell_applicant
from notifications.dates import deadline_includes


def start_check(application: Application, *, by: User, now: datetime, officer: User | None = None) -> Application:
    """Take a case up: its officer is named and the checklist laid out.

    Args:
        application: just sent.
        by: the case officer who begins.
        now: when.
        officer: whose case it is; None makes it that of `by`.

    Raises:
        RoundStillOpen: the round still takes applications and this one came in time.
        ProposalWaits: a rejection as late is proposed.
    """
    round_ = application.round
    waiting = round_.state == RoundState.OPEN and deadline_includes(round_.deadline_at, now)
    if waiting and not application.late:
        raise RoundStillOpen
    refuse_while_proposed(application)
    started: Application = audit.perform(application.start_check, by=by, officer=officer or by)
    FormalCheck.objects.get_or_create(application=started, defaults={"edited_by": by, "edited_at": now})
    return started


def save_check(
    application: Application,
    *,
    by: User,
    now: datetime,
    answers: Mapping[str, str],
    costs_note: str,
    note: str = "",
    seen_version: int | None = None,
) -> FormalCheck:
    """Keep the checklist as it stands, in any state of completeness; nothing changed writes nothing.

    Args:
        application: the case, in formal check.
        by: the officer who writes.
        now: when.
        answers: code of the item to "yes", "no" or "na"; unknown ones fall away.
        costs_note: on necessity and adequacy of the costs (VV to § 44 LHO).
        note: anything else.
        seen_version: version of the checklist that the page showed; None does not ask.

    Raises:
        NotPermitted: not an officer of the fund, or of one's own organisation.
        LostRace: the case left the formal check; CheckChanged: somebody saved the list meanwhile.
    """
    fresh = audit.locked(application)
    permit(fresh, by, may.case_officer)
    if fresh.state != S.FORMAL_CHECK:
        raise LostRace
    check, _ = FormalCheck.objects.get_or_create(application=fresh, defaults={"edited_by": by, "edited_at": now})
    if seen_version is not None and check.version != seen_version:
        raise CheckChanged
    known = {code: str(value) for code, value in answers.items() if code in CODES and value in Answer.values}
    if (check.answers, check.costs_note, check.note) == (known, costs_note, note):
        return check
    check.answers, check.costs_note, check.note = known, costs_note, note
    check.edited_by, check.edited_at, check.version = by, now, check.version + 1
    check.save()
    audit.record("edit_check", fresh, by=by, data={"answers": known})
    return check


def accept(application: Application, *, by: User) -> Application:
    """Accept a case formally and tell the applicant (N06).

    Raises:
        CheckIncomplete: an item is open or failed, or the note on costs is missing.
        PlanOpen: it came on paper, and amount or plan are still to be completed.
        ProposalWaits: a rejection is proposed.
    """
    refuse_while_proposed(application)
    check = FormalCheck.objects.filter(application=application).first()
    missing = open_items(check.answers if check else {})
    if check is None or not check.costs_note.strip():
        missing.append("costs_note")
    if check is None or missing:
        raise CheckIncomplete(missing)
    # Online this is asked before sending; what came on paper is taken as it came and completed during the check.
    if application.channel in RECORDED and not application.is_complete():
        raise PlanOpen
    accepted: Application = audit.perform(application.accept, by=by)
    order_note(accepted, accepted_note(accepted, check, by=by, now=clock.now()))
    tell_applicant("N06", accepted, key=f"N06:{accepted.case_key}:{accepted.version}", context={})
    return accepted
