"""Papers, the chain of bodies, the reserve list."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.dateparse import parse_date

from grants.models import Application, Round
from grants.states import ApplicationState as A
from notifications.states import LetterState
from payments.models import CaseLetter
from reviews.models import Decision, Paper, PaperItem
from reviews.queries.ranking import FUNDING
from reviews.states import FINAL_OUTCOMES, DecisionOutcome

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
    return body_after(application.round, recommendations(item).count() if item else 0)


def body_after(round: Round, passed: int) -> Body | None:
    """Return the body that follows when so many have spoken."""
    bodies = chain(round)
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


def was_decided_by_body(application: Application) -> bool:
    """Tell whether the valid decision is one that a body made on a paper, and not the office itself."""
    decision = final_decision(application)
    return decision is not None and decision.paper_id is not None


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


def paper(pk: int) -> Paper | None:
    """Return a paper with its round."""
    return Paper.objects.filter(pk=pk).select_related("round__fund", "created_by").first()


@dataclass(frozen=True)
class Line:
    """One line of a paper as it was handed in."""

    item: PaperItem
    reserved_cents: int


def items(paper: Paper, *, hidden: Collection[int]) -> list[Line]:
    """Return the lines of a paper without those of the reader's own organisations (one query)."""
    rows = paper.items.exclude(application__organisation__in=hidden).select_related("application__organisation")
    return [Line(i, i.amount_cents if i.recommendation in FUNDING else 0) for i in rows.order_by("position")]


@dataclass(frozen=True)
class Pending:
    """One case of the clerk's list: where it stands in the chain."""

    application: Application
    item: PaperItem | None
    said: list[Decision]
    body: Body | None
    final: Decision | None

    @property
    def proposed_cents(self) -> int:
        """What was proposed last."""
        return self.said[-1].amount_cents if self.said else self.item.amount_cents if self.item else 0


def decision_list(round: Round, *, hidden: Collection[int]) -> list[Pending]:
    """Return every case that was in a paper of the round, by its place in the latest one (three queries)."""
    rows = PaperItem.objects.filter(paper__round=round).exclude(application__organisation__in=hidden)
    latest = {
        item.application_id: item
        for item in rows.select_related("application__organisation", "paper").order_by("paper", "position")
    }
    said: dict[int, list[Decision]] = {}
    for decision in Decision.objects.filter(application__in=latest, superseded_at__isnull=True).order_by("pk"):
        said.setdefault(decision.application_id, []).append(decision)
    bodies = chain(round)
    return [_pending(item, said.get(pk, []), bodies) for pk, item in latest.items()]


def _pending(item: PaperItem, decisions: list[Decision], bodies: list[Body]) -> Pending:
    here = [d for d in decisions if d.paper_id == item.paper_id and d.outcome == DecisionOutcome.RECOMMEND]
    final = next((d for d in decisions if d.outcome in FINAL_OUTCOMES), None)
    waits = item.application.state == A.IN_COMMITTEE and len(here) < len(bodies)
    return Pending(item.application, item, here, bodies[len(here)] if waits else None, final)


def next_rank(round: Round) -> int:
    """Return the first free rank on the reserve list."""
    last = reserve_list(round).last()
    return (last.rank or 0) + 1 if last else 1
