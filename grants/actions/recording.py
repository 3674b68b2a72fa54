"""What officers do with an application that did not come online: one action, one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import audit, clock
from accounts import steps as people
from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible
from accounts.models import Organisation, Proposal, User
from accounts.permissions import forget_memberships, forget_roles, is_member
from accounts.states import Outcome
from grants import permissions as may
from grants import queries, recording, steps
from grants.actions.drafts import mark_edited, writable
from grants.actions.sending import lock_organisation
from grants.exceptions import (
    AlreadySent,
    CaseChanged,
    ChannelUnknown,
    NotYetReceived,
    RecordingWaits,
    RoundNotOpen,
    ScanMissing,
    TitleMissing,
)
from grants.models import Application, Round
from grants.states import RECORDED
from grants.states import ApplicationState as S
from grants.steps.checks.common import permit


@dataclass(frozen=True)
class Receipt:
    """How an application came (one of RECORDED), and when it reached us."""

    channel: str
    received_at: datetime

    def check(self) -> None:
        """Raises: ChannelUnknown, NotYetReceived."""
        if self.channel not in RECORDED:
            raise ChannelUnknown
        if self.received_at > clock.now():
            raise NotYetReceived


def begin_for(*, round_: Round, organisation: Organisation, receipt: Receipt, by: User) -> Application:
    """Begin to record what came, for an organisation that is known. A second press finds the draft of the first.

    Raises:
        NotPermitted: not a case officer of the round's fund, or it is the officer's own organisation.
        RoundNotOpen: the round takes nothing in.
        ChannelUnknown, NotYetReceived: see `Receipt`.
    """
    with transaction.atomic(durable=True):
        fresh = _taking(round_, by)
        receipt.check()
        if is_member(by, organisation.pk):
            raise NotPermitted
        return _begin(fresh, organisation, receipt, by)


def begin_for_new(*, round_: Round, fields: dict[str, Any], receipt: Receipt, by: User) -> Application:
    """Enter an organisation that nobody acts for yet, and begin to record what came from it; errors as above."""
    with transaction.atomic(durable=True):
        fresh = _taking(round_, by)
        receipt.check()
        same = Application.objects.filter(
            round=fresh, created_by=by, on_behalf=True, version=1, received_at=receipt.received_at,
            organisation__name=fields["name"],
        )  # fmt: skip
        return same.first() or _begin(fresh, people.enter_organisation(by=by, fields=fields), receipt, by)


def _taking(round_: Round, by: User) -> Round:
    fresh = audit.locked(round_)
    forget_roles(by)
    forget_memberships(by)
    if not may.records(fresh, by):
        raise NotPermitted
    if fresh.state not in queries.INTAKE:
        raise RoundNotOpen
    return fresh


def _begin(round_: Round, organisation: Organisation, receipt: Receipt, by: User) -> Application:
    return steps.begin_on_behalf(
        round_, by=by, organisation=organisation, channel=receipt.channel, received_at=receipt.received_at
    )


def correct_receipt(*, application: Application, by: User, seen_version: int, receipt: Receipt) -> Application:
    """Mend how and when it came, before it is recorded; both values stay in the history.

    Raises:
        NotPermitted, AlreadySent, Changed: see `writable`.
        ChannelUnknown, NotYetReceived: see `Receipt`.
    """
    with transaction.atomic(durable=True):
        fresh = _draft(application, by, seen_version)
        receipt.check()
        was = {"channel": fresh.channel, "received": str(fresh.received_at)}
        fresh.channel, fresh.received_at = receipt.channel, receipt.received_at
        mark_edited(fresh, by=by, fields=[], written=["channel", "received_at"])
        now = {"channel": receipt.channel, "received": receipt.received_at.isoformat()}
        audit.record("correct_receipt", fresh, by=by, data={"was": was, "is": now})
        return fresh


def propose_recording(*, application: Application, by: User, seen_version: int, reason: str) -> Proposal:
    """Record the draft as received: a second person confirms it. A newer one takes the place of one's own.

    Raises:
        NotPermitted, AlreadySent, Changed: see `writable`.
        NeedsReason: how it came is not told.
        ScanMissing, TitleMissing: see there; nothing else has to be complete (VwVfG § 24 (3)).
        NotPossible: a colleague has recorded it, and that waits.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        fresh = _draft(application, by, seen_version)
        if not fresh.title:
            raise TitleMissing
        if recording.lacks_scan(fresh):
            raise ScanMissing
        earlier = recording.proposal_of(fresh)
        if earlier is not None and earlier.proposed_by_id == by.pk:
            audit.decide(earlier, by=by, outcome=Outcome.WITHDRAWN)
        payload = {"version": fresh.version, "channel": fresh.channel, "received": str(fresh.received_at)}
        return audit.propose(recording.PROPOSAL, fresh, by=by, payload=payload, reason=reason)


def _draft(application: Application, by: User, seen_version: int) -> Application:
    fresh = writable(application, by=by, seen_version=seen_version)
    if not fresh.on_behalf or fresh.state != S.DRAFT:
        raise NotPossible
    return fresh


def confirm_recording(*, application: Application, proposal: Proposal, by: User) -> Application:
    """Confirm, as a second person, that it came as recorded: now it is a case.

    Raises:
        AlreadySent: it is one already.
        SecondPersonNeeded: who recorded it cannot confirm.
        NotPermitted: neither case officer nor coordinator of the fund, or the own organisation.
        CaseChanged: somebody wrote in it since; it must be recorded anew.
        RoundNotOpen: the round takes nothing in any more.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(application)
        permit(fresh, by, may.case_second_officer)
        if fresh.state != S.DRAFT:
            raise AlreadySent
        if proposal.payload.get("version") != fresh.version:
            raise CaseChanged
        if fresh.round.state not in queries.INTAKE:
            raise RoundNotOpen
        lock_organisation(fresh.organisation)
        audit.decide(proposal, by=by, outcome=Outcome.CONFIRMED)
        return steps.record_on_behalf(fresh, by=by, recorder=proposal.proposed_by, reason=proposal.reason)


def decline_recording(*, application: Application, proposal: Proposal, by: User, note: str) -> Proposal:
    """Say that it did not come as recorded, with a note; the draft can be mended and recorded anew.

    Raises:
        NeedsReason: no note.
        NotPermitted, SecondPersonNeeded, LostRace: as for `confirm_recording`.
    """
    if not note.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        fresh = audit.locked(application)
        permit(fresh, by, may.case_second_officer)
        return audit.decide(proposal, by=by, outcome=Outcome.DECLINED, note=note)


def withdraw_recording(*, application: Application, proposal: Proposal, by: User) -> Proposal:
    """Take one's own recording back. Raises: NotPermitted, LostRace."""
    with transaction.atomic(durable=True):
        audit.locked(application)
        return audit.decide(proposal, by=by, outcome=Outcome.WITHDRAWN)


def enter_account(*, application: Application, by: User, holder: str, iban: str) -> Application:
    """Enter the bank account that stands on the paper; a second person compares it before money goes there.

    Raises:
        NotPermitted: no case officer of the fund, or somebody acts for the organisation and enters it themselves.
        AlreadySent: it left the state in which the page was opened.
        BankAccountKnown: it is entered already.
    """
    with transaction.atomic(durable=True):
        fresh = writable(application, by=by, seen_version=None)
        if fresh.organisation is None or not recording.may_enter_account(fresh, by):
            raise NotPermitted
        organisation = audit.locked(fresh.organisation)
        fresh.bank_account = people.enter_bank_account(organisation=organisation, holder=holder, iban=iban, by=by)
        return mark_edited(fresh, by=by, fields=["bank_account"], written=["bank_account"])


def correct_organisation(
    *, application: Application, by: User, seen_version: int, fields: dict[str, Any]
) -> Organisation:
    """Mend what was entered about an organisation for which nobody acts online.

    Raises:
        NotPermitted: no case officer of the fund, or somebody acts for the organisation and mends it themselves.
        LostRace: somebody saved it since the page was opened.
        RecordingWaits: it waits for its second person.
    """
    with transaction.atomic(durable=True):
        fresh = writable(application, by=by, seen_version=None)
        if fresh.organisation is None or not recording.may_correct_organisation(fresh, by):
            raise NotPermitted
        if recording.proposal_of(fresh) is not None:
            raise RecordingWaits
        organisation = audit.locked(fresh.organisation)
        if organisation.version != seen_version:
            raise LostRace
        return people.mend_organisation(organisation, by=by, fields=fields)
