"""Reads of the ground floor: people, organisations, history, legal pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import (
    AccessibilityFeedback,
    AuditEntry,
    BankAccount,
    Deputy,
    Fund,
    FundRole,
    LegalText,
    Membership,
    Organisation,
    Person,
    User,
)
from accounts.models.people import DEMO_DOMAIN
from accounts.permissions import OVERSEERS, active_on, fund_ids
from accounts.states import Role
from accounts.text import search_key
from accounts.wording import sentence, state_label

LEGAL_FOLDER = Path(__file__).parent / "legal"
LEGAL_LANGUAGES = ("de", "en")


# --- History -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HistoryLine:
    """One line of a history as pages show it (components/history.html)."""

    at: datetime
    actor: str
    verb: str
    from_label: str
    to_label: str
    reason: str


def history_lines(entries: Iterable[AuditEntry]) -> list[HistoryLine]:
    """Put rows of the history into the reader's words."""
    return [_line(entry) for entry in entries]


def _line(entry: AuditEntry) -> HistoryLine:
    changed = entry.from_state != entry.to_state and bool(entry.from_state)
    return HistoryLine(
        at=entry.at,
        actor=_actor(entry),
        verb=sentence(entry.action),
        from_label=state_label(entry.subject_type, entry.from_state) if changed else "",
        to_label=state_label(entry.subject_type, entry.to_state) if changed else "",
        reason=entry.reason,
    )


def _actor(entry: AuditEntry) -> str:
    if entry.actor is None:
        return _("by itself")
    if entry.acting_for is None:
        return str(entry.actor)
    return _("%(deputy)s for %(principal)s") % {"deputy": entry.actor, "principal": entry.acting_for}


# --- People --------------------------------------------------------------------------------------------


def funds_with_planned_letterhead(today: date) -> QuerySet[Fund]:
    """Return the funds for which a change of the letterhead was planned whose day has come in the last week."""
    come = Q(letterhead_changes__valid_from__gt=today - timedelta(days=7), letterhead_changes__valid_from__lte=today)
    return Fund.objects.filter(come).distinct()


def administered_funds(person: Person) -> QuerySet[Fund]:
    """Return the funds for which the person names people."""
    known = fund_ids(person, Role.ADMINISTRATOR)
    return Fund.objects.all() if known is None else Fund.objects.filter(pk__in=known)


def living_roles() -> QuerySet[FundRole]:
    """Return the roles that were not ended, with person and fund."""
    return FundRole.objects.filter(ended_at__isnull=True).select_related("user", "fund", "given_by")


def also_in_role(held: FundRole) -> list[User]:
    """Return who else holds the same role for the fund today, by name."""
    same = FundRole.objects.filter(active_on(clock.today()), role=held.role).exclude(user=held.user_id)
    same = same.filter(Q(fund=held.fund_id) | Q(fund=None))
    return list(User.objects.filter(pk__in=same.values("user"), is_active=True).order_by("full_name", "pk"))


def people_for(reader: Person, query: str = "") -> QuerySet[User]:
    """Return whom an administrator or auditor sees: everybody, or those with a role in the funds they look after.

    Each carries `living_roles`, the roles shown beside the name.
    """
    people = User.objects.all()
    roles = living_roles()
    known = fund_ids(reader, *OVERSEERS)
    if known is not None:
        roles = roles.filter(fund__in=known)
        people = people.filter(pk__in=roles.values("user"))
    if query:
        people = people.filter(search_key__contains=search_key(query))
    return people.prefetch_related(Prefetch("fund_roles", roles, to_attr="living_roles")).order_by("search_key", "pk")


def roles_seen_by(reader: Person, person: User) -> QuerySet[FundRole]:
    """Return all roles of a person, also ended ones, in the funds that an administrator or auditor looks after."""
    rows = FundRole.objects.filter(user=person).select_related("fund", "given_by", "ended_by").order_by("-pk")
    known = fund_ids(reader, *OVERSEERS)
    return rows if known is None else rows.filter(fund__in=known)


def deputies_for(reader: Person) -> QuerySet[Deputy]:
    """Return the deputyships of the funds that an administrator or auditor looks after, living ones first."""
    known = fund_ids(reader, *OVERSEERS)
    rows = Deputy.objects.all() if known is None else Deputy.objects.filter(fund__in=known)
    return rows.select_related("fund", "principal", "deputy").order_by("ended_at", "-from_date", "pk")


def staff_of(funds: QuerySet[Fund]) -> QuerySet[User]:
    """Return everybody with a living role in one of the funds."""
    return User.objects.filter(is_active=True, fund_roles__fund__in=funds, fund_roles__ended_at__isnull=True).distinct()


# --- Organisations -------------------------------------------------------------------------------------


def organisations_of(user: User) -> QuerySet[Membership]:
    """Return the person's living memberships with their organisation and its number of members."""
    living = Count("organisation__memberships", filter=Q(organisation__memberships__ended_at__isnull=True))
    return (
        Membership.objects.filter(user=user, ended_at__isnull=True)
        .select_related("organisation")
        .annotate(members=living)
        .order_by("organisation__search_key", "pk")
    )


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Return the living memberships of an organisation with the people."""
    return organisation.memberships.filter(ended_at__isnull=True).select_related("user").order_by("pk")


def bank_accounts_of(organisation: Organisation) -> QuerySet[BankAccount]:
    """Return the accounts of an organisation, newest first, replaced ones last."""
    return organisation.bank_accounts.select_related("entered_by", "checked_by").order_by("replaced_at", "-pk")


# --- Legal pages ---------------------------------------------------------------------------------------


@cache
def default_legal_text(slug: str, language: str) -> str:
    """Return the text that comes with the product."""
    return (LEGAL_FOLDER / f"{slug}.{language}.txt").read_text(encoding="utf-8")


def legal_versions(slug: str, language: str) -> QuerySet[LegalText]:
    """Return the published versions of a page, newest first."""
    return LegalText.objects.filter(slug=slug, language=language).select_related("edited_by")


def legal_language(language: str | None) -> str:
    """Return the language in which a reader gets a legal page: German is the binding one."""
    return language if language in LEGAL_LANGUAGES else "de"


def legal_text(slug: str, language: str) -> tuple[str, LegalText | None]:
    """Return the text of a page that holds now, and its version (None: as it comes with the product)."""
    latest = legal_versions(slug, language).first()
    return (latest.body if latest else default_legal_text(slug, language)), latest


def current_legal_texts() -> dict[tuple[str, str], LegalText]:
    """Return the published version that holds now of each page and language that has one (one query)."""
    newest = LegalText.objects.order_by().values("slug", "language").annotate(newest=Max("pk")).values("newest")
    rows = LegalText.objects.filter(pk__in=newest).select_related("edited_by")
    return {(row.slug, row.language): row for row in rows}


def open_feedback() -> QuerySet[AccessibilityFeedback]:
    """Return the feedback on barriers, unanswered first."""
    return AccessibilityFeedback.objects.order_by("answered_at", "pk")


# --- Export --------------------------------------------------------------------------------------------


def own_data(user: User) -> dict[str, Any]:
    """Return what the ground floor keeps about a person, for their own export (Art. 15 and 20 GDPR)."""
    return {
        "person": {
            "email": user.email,
            "name": user.full_name,
            "language": user.language,
            "phone": user.phone,
            "joined": user.joined_at.isoformat(),
        },
        "memberships": [
            {
                "organisation": m.organisation.name,
                "role": m.role,
                "represents": m.represents,
                "since": m.joined_at.isoformat(),
                "until": m.ended_at.isoformat() if m.ended_at else None,
                "data": None if m.ended_at else _data_of(m.organisation),
            }
            for m in user.memberships.select_related("organisation")
        ],
        "roles": [
            {
                "fund": str(r.fund) if r.fund else None,
                "role": r.role,
                "from": r.starts_on.isoformat(),
                "until": r.ends_on.isoformat() if r.ends_on else None,
                "ended": r.ended_at.isoformat() if r.ended_at else None,
            }
            for r in user.fund_roles.select_related("fund")
        ],
        "history": [
            {"at": e.at.isoformat(), "action": e.action, "subject": e.subject_label}
            for e in AuditEntry.objects.filter(actor=user)
        ],
    }


# Behind an initiative or a private applicant stands a person, whose name and address these are.
_OF_ORGANISATION = (
    "kind", "name", "legal_form", "register_court", "register_number", "tax_exempt_date", "deducts_input_tax",
    "representatives", "street", "postcode", "city", "website",
)  # fmt: skip


def _data_of(organisation: Organisation) -> dict[str, Any]:
    found = {name: getattr(organisation, name) for name in _OF_ORGANISATION}
    exempt = organisation.tax_exempt_date
    return found | {"tax_exempt_date": exempt.isoformat() if exempt else None}


# --- Demo ----------------------------------------------------------------------------------------------


def demo_people() -> QuerySet[User]:
    """Return the invented people of the demo with what they may do."""
    memberships = Membership.objects.filter(ended_at__isnull=True).select_related("organisation")
    return (
        User.objects.filter(email__endswith=f"@{DEMO_DOMAIN}", is_active=True)
        .prefetch_related(
            Prefetch("fund_roles", living_roles(), to_attr="living_roles"),
            Prefetch("memberships", memberships, to_attr="living_memberships"),
        )
        .order_by("pk")
    )
