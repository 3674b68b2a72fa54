"""One case over all floors, part by part, so that no page loads what it does not show."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Proposal, User
from accounts.money import format_cents
from accounts.permissions import has_role
from accounts.states import Outcome, Role
from accounts.wording import sentence
from grants import permissions as may
from grants.models import Application
from grants.office import REJECTIONS
from grants.receipts import text_of
from grants.sections import FIELDS, Section
from grants.states import ApplicationState as A
from grants.words import heading_of
from payments.models import Award, CaseAccount, CaseLetter, Payment
from reviews.models import Decision, Vote
from reviews.queries.fast_track import fits_fast_track
from reviews.states import CORRECTION, WITHDRAWAL

Text = str | Promise


@dataclass(frozen=True)
class Figure:
    """A key figure of the case."""

    label: Text
    value: str
    note: Text = ""
    href: str = ""


@dataclass(frozen=True)
class Fact:
    """A label with what the applicant wrote."""

    label: Text
    value: object


@dataclass(frozen=True)
class Block:
    """A section of the form with its filled-in facts."""

    title: Text
    items: list[Fact]


@dataclass(frozen=True)
class Step:
    """Something the person may do next, and where; what is done only now and then is never the main button."""

    label: Text
    href: str
    rare: bool = False


WRITTEN = (Section.APPLICANT, Section.PROJECT, Section.CONTENT, Section.EFFECT, Section.DECLARATIONS)


def blocks(application: Application, sections: Iterable[Section] = WRITTEN) -> list[Block]:
    """Return what the applicant wrote, section by section; the plan and the files have tables of their own."""
    found = (Block(section.label, list(_facts(application, FIELDS[section]))) for section in sections)
    return [block for block in found if block.items]


def _facts(application: Application, names: Iterable[str]) -> Iterable[Fact]:
    for name in names:
        value = getattr(application, name)
        if value not in (None, ""):
            yield Fact(heading_of(Application, name), text_of(name, value))


def figures(application: Application, decision: Decision | None, accounts: list[CaseAccount]) -> list[Figure]:
    """Return the amounts of the case from request to payment."""
    asked = application.applied_cents or application.requested_cents
    shown = [Figure(_("Requested"), format_cents(asked)), Figure(_("Total cost"), format_cents(application.cost_cents))]
    if decision is not None and decision.amount_cents:
        shown.append(Figure(_("Decided"), format_cents(decision.amount_cents)))
    for label, cents in (
        (_("Reserved"), sum(a.reserved_cents for a in accounts)),
        (_("Committed"), sum(a.committed_cents + a.ordered_cents for a in accounts)),
        (_("Paid"), sum(a.disbursed_cents for a in accounts)),
    ):
        if cents:
            shown.append(Figure(label, format_cents(cents)))
    return shown


def valid_decision(application: Application) -> Decision | None:
    """Return the last word of a body that is not superseded."""
    return application.decisions.filter(superseded_at=None).order_by("-pk").first()


def money(application: Application) -> dict[str, Any]:
    """Return letters, award, payments and accounts of the case (four queries)."""
    return {
        "letters": list(CaseLetter.objects.filter(application=application).select_related("letter__signatory")),
        "awards": list(Award.objects.filter(application=application).select_related("account")),
        "payments": list(
            Payment.objects.filter(award__application=application).select_related(
                "certified_by", "ordered_by", "exported_by"
            )
        ),
        "accounts": list(CaseAccount.objects.filter(application=application).select_related("budget__fund")),
    }


def jury(application: Application) -> dict[str, Any]:
    """Return votes and decisions of the case, newest first (two queries)."""
    return {
        "votes": list(Vote.objects.filter(application=application).select_related("recorded_by", "session")),
        "decisions": list(Decision.objects.filter(application=application).select_related("recorded_by", "paper")),
    }


def earlier_awards(application: Application) -> list[dict[str, Any]]:
    """Return what the organisation was granted in this fund before, by year."""
    rows = (
        Award.objects.filter(fund=application.fund_id, application__organisation=application.organisation_id)
        .exclude(application=application)
        .exclude(state="VOID")
        .values("application__round__budget_year")
        .annotate(total=Sum("amount_cents"))
        .order_by("-application__round__budget_year")
    )
    return [{"year": str(row["application__round__budget_year"]), "cents": row["total"]} for row in rows]


# What a state waits for: role, word, name of the page (with the case's number). A name that stands in `_ONLY`
# is offered only where its condition holds.
_STEPS: tuple[tuple[tuple[A, ...], Role, Text, str], ...] = (
    ((A.SUBMITTED, A.FORMAL_CHECK, A.RETURNED), Role.CASE_OFFICER, _("Go to the formal check"), "grants:office_check"),
    ((A.INELIGIBLE,), Role.HEAD_OF_UNIT, _("Reopen the formal check"), "grants:office_check"),
    ((A.ELIGIBLE,), Role.COORDINATOR, _("Put on the fast track"), "reviews:fast_track"),
    ((A.FAST_TRACK,), Role.HEAD_OF_UNIT, _("Decide this small project"), "reviews:fast_track"),
    ((A.INELIGIBLE, A.DECLINED), Role.CASE_OFFICER, _("Prepare the rejection letter"), "reviews:draft_letter"),
    ((A.APPROVED,), Role.CASE_OFFICER, _("Prepare the award letter"), "reviews:draft_letter"),
    ((A.APPROVED, A.PLAN_REVISION), Role.CASE_OFFICER, _("Cost plan and revised plan"), "payments:plan"),
    ((A.IN_COMMITTEE,), Role.COMMITTEE_CLERK, _("Record the decision"), "reviews:decision"),
    ((A.APPROVED, A.PLAN_REVISION), Role.HEAD_OF_UNIT, _("Take the grant back"), "reviews:withdraw_approval"),
)
_RARE = frozenset({"reviews:withdraw_approval"})
_ONLY: dict[str, Callable[[Application], bool]] = {"reviews:fast_track": fits_fast_track}

# The page on which a second person confirms what waits for one.
_HALVES: dict[str, str] = {
    **dict.fromkeys(REJECTIONS, "grants:office_check"),
    CORRECTION: "reviews:correction",
    WITHDRAWAL: "reviews:withdraw_approval",
}


def steps_for(application: Application, who: Person) -> list[Step]:
    """Return what the person may do with the case now; the pages behind check again."""
    found = []
    for states, role, label, name in _STEPS:
        fits = name not in _ONLY or _ONLY[name](application)
        if application.state in states and has_role(who, application.fund_id, role) and fits:
            try:
                found.append(Step(label, reverse(name, args=[application.pk]), rare=name in _RARE))
            except NoReverseMatch:
                continue
    return found


@dataclass(frozen=True)
class Waiting:
    """A step that somebody proposed and a second person has to confirm; `href` is empty for who may not."""

    title: str
    who: User
    at: datetime
    reason: str
    href: str


def waiting_for_second(application: Application, who: Person) -> list[Waiting]:
    """Return what was proposed about the case and waits for a second person (one query)."""
    rows = Proposal.objects.filter(case_key=application.case_key, kind__in=_HALVES, outcome=Outcome.OPEN)
    opens = may.case_second_person(application, who)
    return [
        Waiting(
            sentence(f"propose_{row.kind}"), row.proposed_by, row.proposed_at, row.reason,
            reverse(_HALVES[row.kind], args=[application.pk]) if opens else "",
        )
        for row in rows.select_related("proposed_by").order_by("pk")
    ]  # fmt: skip
