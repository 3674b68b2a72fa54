"""Reads and rules of a code by letter: what it looks like, when it opens something, and for whom it never does."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import audit
from accounts.models import Organisation, Person, Proposal, User
from accounts.permissions import roles_of
from grants import permissions as may
from grants.models import Application, TakeoverCode
from grants.states import UNSENT

#: The proposal that a second person confirms where people of the organisation can still sign in.
PROPOSAL: Final = "issue_code"
VALID_FOR: Final = timedelta(days=30)
# Without what looks alike on paper: I, L, O, 0, 1. Twelve signs are 59 bits, and ten tries.
_SIGNS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUPS, _IN_GROUP = 3, 4
_SALT: Final = "grants.takeover"


def new_code() -> str:
    """Return a code as it is printed, for example ``K7QF-2MXA-93TB``."""
    groups = ("".join(secrets.choice(_SIGNS) for _sign in range(_IN_GROUP)) for _group in range(_GROUPS))
    return "-".join(groups)


def hash_of(code: str, organisation_id: int) -> str:
    """Return what is kept of a code; the same signs for another organisation give another hash."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return salted_hmac(_SALT, f"{organisation_id}:{plain}", algorithm="sha256").hexdigest()


def opens(row: TakeoverCode, code: str, *, now: datetime) -> bool:
    """Tell whether the code is the right one and still holds; it takes the same time whatever is wrong."""
    right = constant_time_compare(hash_of(code, row.organisation_id), row.code_hash)
    return right & is_open(row, now)


def is_open(row: TakeoverCode, now: datetime) -> bool:
    """Tell whether the code was neither used nor made void, is not locked and not too old."""
    return row.used_at is None and row.voided_at is None and not row.is_locked() and now < row.expires_at


def code_for(case_number: str) -> TakeoverCode | None:
    """Return the newest code that was issued with this case number."""
    typed = case_number.strip()
    rows = TakeoverCode.objects.filter(application__case_number__in={typed, typed.upper()})
    return rows.select_related("application", "organisation").order_by("-pk").first()


def latest(organisation_id: int) -> TakeoverCode | None:
    """Return the newest code of an organisation, whichever of its cases it was issued with."""
    rows = TakeoverCode.objects.filter(organisation=organisation_id)
    return rows.select_related("issued_by", "confirmed_by", "used_by").order_by("-pk").first()


def may_issue(application: Application, person: Person) -> bool:
    """Tell whether the person may have a code printed: an officer of the case's fund, for a case that was sent."""
    return application.state not in UNSENT and may.case_officer(application, person)


def needs_two(organisation: Organisation) -> bool:
    """Tell whether a second person must confirm: somebody acts for the organisation already (one query)."""
    return organisation.memberships.filter(ended_at__isnull=True).exists()


def has_address(organisation: Organisation) -> bool:
    """Tell whether a letter can reach it."""
    return bool(organisation.street and organisation.postcode and organisation.city)


def proposal_of(application: Application) -> Proposal | None:
    """Return the code of a case that waits for its second person, if any."""
    return audit.open_proposal(PROPOSAL, application)


def is_of_the_office(organisation: Organisation, person: User) -> bool:
    """Tell whether the person works for a fund to which the organisation applied: nobody is on both sides."""
    funds = {held.fund_id for held in roles_of(person)}
    if not funds:
        return False
    return None in funds or Application.objects.filter(organisation=organisation, fund__in=funds).exists()
