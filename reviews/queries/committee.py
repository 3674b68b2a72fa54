"""Papers, the chain of bodies, the reserve list."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.dateparse import parse_date

from grants.models import Application, Round
from grants.states import ApplicationState as A
from notifications.states import LetterState
from payments.models import CaseLetter
from reviews.models import Decision, Paper, PaperItem
from reviews.states import DecisionOutcome

# A case in one of these still has to pass the jury before the whole list can go to the committees.
BEFORE_VOTE = (A.ELIGIBLE, A.IN_REVIEW, A.REVIEWED)


@dataclass(frozen=True)
class Body:
    """One body of the round's chain."""

    step: int
    name: str
    meets_on: date | None
    decides: bool


def chain(round: Round) -> list[Body]:
    """Return the bodies in order; the last one always decides."""
    last = len(round.committee_chain) - 1
    return [
        Body(
            step, str(body["body"]), parse_date(str(body.get("on") or "")), bool(body.get("decides")) or step == last
        )
        for step, body in enumerate(round.committee_chain)
    ]  # fmt: skip


def current_item(application: Application) -> PaperItem | None:
    """Return the application's place in its latest paper."""
    return application.paper_items.select_related("paper").order_by("-paper", "-pk").first()


def recommendations(item: PaperItem) -> QuerySet[Decision]:
    """Return what bodies before the last one said about the item, in order."""
    return item.application.decisions.filter(
        paper=item.paper_id, outcome=DecisionOutcome.RECOMMEND, superseded_at__isnull=True
    ).order_by("step")


def next_body(application: Application, item: PaperItem | None) -> Body | None:
    """Return the body whose word is recorded next."""
    bodies = chain(application.round)
    passed = recommendations(item).count() if item else 0
    return bodies[passed] if passed < len(bodies) else None


def last_amount_cents(application: Application, item: PaperItem | None) -> int:
    """Return the amount last proposed: by the body before, else by the paper."""
    said = recommendations(item).last() if item else None
    return said.amount_cents if said else item.amount_cents if item else 0


def final_decision(application: Application) -> Decision | None:
    """Return the valid decision of the deciding body."""
    return application.decisions.filter(
        superseded_at__isnull=True, outcome__in=[DecisionOutcome.FUND, DecisionOutcome.RESERVE, DecisionOutcome.DECLINE]
    ).first()  # fmt: skip


def has_living_letter(application: Application) -> bool:
    """Tell whether a letter of the case exists that is not void."""
    return CaseLetter.objects.filter(application=application).exclude(letter__state=LetterState.VOID).exists()


def before_vote(round: Round) -> QuerySet[Application]:
    """Return the cases that still have to pass the jury."""
    return Application.objects.filter(round=round, state__in=BEFORE_VOTE)


def reserve_list(round: Round) -> QuerySet[Decision]:
    """Return the valid reserve decisions by rank."""
    return (
        Decision.objects.filter(
            application__round=round,
            application__state=A.RESERVE_LISTED,
            outcome=DecisionOutcome.RESERVE,
            superseded_at__isnull=True,
        )
        .select_related("application__organisation", "application__round")
        .order_by("rank", "pk")
    )


def reserve_ends_on(round: Round) -> date:
    """Return the last day of the reserve list: as set, else 31 December of the budget year."""
    return round.reserve_list_until or date(round.budget_year, 12, 31)


def in_committee(round: Round) -> QuerySet[Application]:
    """Return the cases that are before the committees."""
    return (
        Application.objects.filter(round=round, state=A.IN_COMMITTEE)
        .select_related("organisation", "round")
        .order_by("case_number")
    )


def papers(round: Round) -> QuerySet[Paper]:
    """Return the papers of a round, newest first."""
    return Paper.objects.filter(round=round).select_related("created_by")
