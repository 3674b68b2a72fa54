"""Reads of what the office records for somebody who does not apply online."""

from typing import Final

from django.db.models import Q, QuerySet

from accounts import audit
from accounts.models import Membership, Organisation, Person, Proposal
from accounts.permissions import fund_ids, own_organisations
from accounts.states import Role
from accounts.text import register_key, search_key
from grants import permissions as may
from grants.models import Application, Round
from grants.permissions import RECORDERS
from grants.queries import INTAKE, open_fields
from grants.states import ApplicationState as S
from grants.states import AttachmentKind, IntakeChannel

#: The proposal that a second person confirms; the transition has the same name.
PROPOSAL: Final = "record_on_behalf"
#: Where the office writes in a case on behalf of the applicant.
_WRITTEN: Final = (S.DRAFT, S.RETURNED, S.PLAN_REVISION)
#: Of what came in writing there is an original; what was said stands in the officer's words.
_IN_WRITING: Final = (IntakeChannel.PAPER, IntakeChannel.EMAIL)


def seen_by(person: Person) -> QuerySet[Application]:
    """Return what the office writes on behalf of applicants, for who does or confirms it; never the own case.

    Whether the person may also write is asked with `permissions.applicant_edits`.
    """
    return _recorded(person, *RECORDERS).filter(state__in=_WRITTEN)


def drafts_of(person: Person) -> QuerySet[Application]:
    """Return what the offices of the person are recording, newest first."""
    return _recorded(person, *RECORDERS).filter(state=S.DRAFT).order_by("-pk")


def _recorded(person: Person, *roles: Role) -> QuerySet[Application]:
    funds = fund_ids(person, *roles)
    rows = Application.objects.filter(on_behalf=True).exclude(organisation__in=own_organisations(person))
    rows = rows.select_related("round", "fund", "organisation")
    return rows if funds is None else rows.filter(fund__in=funds)


def rounds_for(person: Person) -> QuerySet[Round]:
    """Return the rounds into which the person may record an application, the newest first."""
    funds = fund_ids(person, Role.CASE_OFFICER)
    rows = Round.objects.filter(state__in=INTAKE).select_related("fund").order_by("-opens_at", "pk")
    return rows if funds is None else rows.filter(fund__in=funds)


def organisations_for(person: Person, register_number: str = "") -> QuerySet[Organisation]:
    """Return the organisations that an officer may choose.

    Those with a case in the officer's funds, and the one whose register number the paper names: a fund does not
    learn from this who applies to another one.
    """
    funds = fund_ids(person, Role.CASE_OFFICER)
    known = Application.objects.filter(Q(submitted_at__isnull=False) | Q(on_behalf=True))
    known = known if funds is None else known.filter(fund__in=funds)
    condition = Q(pk__in=known.values("organisation"))
    key = register_key(register_number)
    if len(key) > 1:
        condition |= Q(register_key=key)
    return Organisation.objects.filter(condition).exclude(pk__in=own_organisations(person))


def organisations_found(person: Person, words: str) -> QuerySet[Organisation]:
    """Return those of them whose name, town or register number hold all the words."""
    rows = organisations_for(person, words)
    condition = Q()
    for word in search_key(words).split():
        condition &= Q(search_key__contains=word)
    return rows.filter(condition | Q(register_key=register_key(words) or None)).order_by("search_key", "pk")


def proposal_of(application: Application) -> Proposal | None:
    """Return the recording of a draft that waits for its second person, if any."""
    return audit.open_proposal(PROPOSAL, application) if application.on_behalf else None


def may_correct_organisation(application: Application, person: Person) -> bool:
    """Tell whether the office mends what it entered about the organisation: only until a second person confirmed it."""
    return application.state == S.DRAFT and _speaks_for(application, person)


def may_enter_account(application: Application, person: Person) -> bool:
    """Tell whether the office enters the bank account that stands on the paper."""
    return _speaks_for(application, person) and "bank_account" in open_fields(application)


def _speaks_for(application: Application, person: Person) -> bool:
    """Whether nobody acts for the organisation online, and no other fund knows it."""
    organisation_id = application.organisation_id
    if not application.on_behalf or not may.case_officer(application, person):
        return False
    elsewhere = Application.objects.filter(organisation=organisation_id).exclude(fund=application.fund_id)
    people = Membership.objects.filter(organisation=organisation_id, ended_at__isnull=True)
    return not people.exists() and not elsewhere.exists()


def lacks_scan(application: Application) -> bool:
    """Tell whether a scan is needed and not there (one query)."""
    if application.channel not in _IN_WRITING:
        return False
    return not application.attachments.filter(kind=AttachmentKind.SCAN, removed_at=None).exists()
