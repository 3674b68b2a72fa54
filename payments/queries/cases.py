from django.db.models import QuerySet

from accounts.models import BankAccount, Person, User
from accounts.permissions import fund_ids, memberships_of
from accounts.states import FINANCE_ROLES, OFFICE_ROLES, Role
from notifications.models import Letter
from notifications.states import LetterState
from payments.models import Award, CaseLetter, Payment

# What an applicant may see of a letter: from the portal's opening, or the day it was announced.
_SEEN_BY_APPLICANT = (LetterState.PUBLISHED, LetterState.ANNOUNCED)


def members(organisation_id: int | None) -> QuerySet[User]:
    """Return everybody who acts for the organisation today."""
    return User.objects.filter(
        memberships__organisation=organisation_id, memberships__ended_at__isnull=True, is_active=True
    ).order_by("pk")


def signing_owners(organisation_id: int | None) -> QuerySet[User]:
    """Return the owners who represent the organisation."""
    return members(organisation_id).filter(
        memberships__organisation=organisation_id, memberships__ended_at__isnull=True, memberships__represents=True
    )


def _in_funds(person: Person, *roles: Role) -> dict[str, object]:
    funds = fund_ids(person, *roles)
    return {} if funds is None else {"fund_id__in": funds}


def letters_for(person: Person) -> QuerySet[Letter]:
    """Return the letters of the funds in which the person works with letters, or audits."""
    scope = _in_funds(person, *OFFICE_ROLES, Role.MAIL_ROOM, Role.AUDITOR)
    return Letter.objects.filter(**scope).select_related(
        "document", "author", "approved_by", "signatory", "signed_by", "case__application__organisation"
    )


def letters_of_member(person: Person) -> QuerySet[CaseLetter]:
    """Return the letters that the person may read as the addressee: only published or announced ones."""
    organisations = [m.organisation_id for m in memberships_of(person)]
    return CaseLetter.objects.filter(
        application__organisation__in=organisations, letter__state__in=_SEEN_BY_APPLICANT
    ).select_related("letter__document", "application")


def awards_for(person: Person) -> QuerySet[Award]:
    """Return the awards of the funds in which the person works or audits."""
    scope = _in_funds(person, *OFFICE_ROLES, *FINANCE_ROLES, Role.AUDITOR)
    return Award.objects.filter(**scope).select_related("application__organisation", "account", "letter", "fund")


def payments_for(person: Person) -> QuerySet[Payment]:
    """Return the payments of the funds in which the person works with money, or audits."""
    scope = _in_funds(person, *FINANCE_ROLES, Role.CASE_OFFICER, Role.COORDINATOR, Role.HEAD_OF_UNIT, Role.AUDITOR)
    return Payment.objects.filter(**scope).select_related(
        "award__application__organisation", "award__account", "bank_account", "certified_by", "ordered_by",
        "exported_by", "requested_by", "export",
    )  # fmt: skip


def accounts_to_check(person: Person) -> QuerySet[BankAccount]:
    """Return the bank accounts that wait for a second person, of organisations with a case in the person's funds."""
    scope = _in_funds(person, Role.CASE_OFFICER, Role.FINANCE_A, Role.COORDINATOR)
    cases = {f"organisation__applications__{key}": value for key, value in scope.items()}
    return (
        BankAccount.objects.filter(
            checked_by__isnull=True, replaced_at__isnull=True, organisation__applications__isnull=False, **cases
        )
        .exclude(organisation__in=[m.organisation_id for m in memberships_of(person)])
        .select_related("organisation", "entered_by")
        .distinct()
    )
