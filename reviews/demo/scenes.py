"""What happens to the cases of a round, in the order of the year. Each scene is a moment; the clock stands still."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from accounts import clock
from accounts.models import BankAccount, User
from grants import steps as grants
from grants.checklist import CODES
from grants.models import Application, Criterion, Round
from grants.states import ApplicationState as A
from grants.steps import checks
from notifications import rendering
from notifications import steps as letters
from notifications.models import Letter
from notifications.pdf.data import RejectionKind
from payments.actions import awards as award_actions
from payments.actions import letters as letter_actions
from payments.actions import plans as plan_actions
from payments.models import CaseLetter
from payments.steps import letters as letter_steps
from payments.terms import Basis
from reviews import steps
from reviews.demo import words
from reviews.demo.people import Cast
from reviews.models import Juror, Review
from reviews.queries.basis import basis_of
from reviews.queries.committee import chain, final_decision
from reviews.queries.session import present_at
from reviews.states import DecisionOutcome, Recommendation, ReviewState
from reviews.steps import fast_track
from reviews.steps.committee import Word
from reviews.steps.session import Ballot
from reviews.steps.sheets import Answer, Summary

# States behind the formal check, the scoring, the vote and the committee: a case aimed there passes them.
PAST_COMMITTEE = {A.APPROVED, A.PLAN_REVISION, A.AWARDED, A.DECLINED, A.REJECTED, A.RESERVE_LISTED}
PAST_VOTE = PAST_COMMITTEE | {A.IN_COMMITTEE, A.RANKED}
PAST_SCORING = PAST_VOTE | {A.REVIEWED}
PAST_CHECK = PAST_SCORING | {A.ELIGIBLE, A.IN_REVIEW, A.FAST_TRACK}
FUNDED = {A.APPROVED, A.PLAN_REVISION, A.AWARDED}


@dataclass
class Stage:
    """A round being played: its people, its chance, where each case is meant to end, and which are small projects."""

    round: Round
    cast: Cast
    random: Random
    aims: dict[int, A] = field(default_factory=dict)
    small: set[int] = field(default_factory=set)

    def cases(self, *aims: A) -> list[Application]:
        """Return the cases meant to end in one of these states, fresh, in order of number."""
        wanted = [pk for pk, aim in self.aims.items() if aim in aims]
        return list(
            Application.objects.filter(pk__in=wanted)
            .select_related("round__fund", "fund", "organisation")
            .order_by("case_number", "pk")
        )

    def for_jury(self, *aims: A) -> list[Application]:
        """Return those cases without the small projects."""
        return [case for case in self.cases(*aims) if case.pk not in self.small]

    def owner(self, application: Application) -> User:
        """Return who signs for the case's organisation."""
        return self.cast.owners[application.organisation_id or 0]

    @property
    def officer(self) -> User:
        return self.cast["sachbearbeitung"]

    def reload(self) -> Round:
        """Fetch the round as the last scene left it."""
        self.round = Round.objects.select_related("fund").get(pk=self.round.pk)
        return self.round


def at(moment: datetime) -> datetime:
    """Let the demo's clock stand at a moment and return it."""
    clock.freeze(moment)
    return moment


def submit(stage: Stage, application: Application, moment: datetime) -> None:
    """The owner sends the application."""
    at(moment)
    with transaction.atomic():
        grants.submit(application, by=stage.owner(application), now=moment)


def check(stage: Stage, moment: datetime) -> None:
    """The officer checks what is in; who is meant to stop here stops here."""
    at(moment)
    for arrived in stage.cases(*PAST_CHECK, A.FORMAL_CHECK, A.RETURNED, A.INELIGIBLE):
        aim = stage.aims[arrived.pk]
        with transaction.atomic():
            case = checks.start_check(arrived, by=stage.officer, now=moment)
            if aim == A.RETURNED:
                _request(case, stage.officer, now=moment)
            elif aim == A.INELIGIBLE:
                _ineligible(case, stage, now=moment)
            elif aim != A.FORMAL_CHECK:
                _accept(case, stage.officer, now=moment)


def _accept(case: Application, officer: User, *, now: datetime) -> None:
    answers = dict.fromkeys(CODES, "yes")
    checks.save_check(case, by=officer, now=now, answers=answers, costs_note=words.COSTS_NOTE)
    checks.accept(case, by=officer)


def _request(case: Application, officer: User, *, now: datetime) -> None:
    due = clock.berlin_day(now) + timedelta(days=case.round.documents_deadline_days * 2)
    checks.request_documents(
        case, by=officer, now=now, fields=["exemption_notice", "cost_lines"], message=words.MISSING, due_date=due
    )


def _ineligible(case: Application, stage: Stage, *, now: datetime) -> None:
    answers = dict.fromkeys(CODES, "yes") | {"not_begun": "no"}
    checks.save_check(case, by=stage.officer, now=now, answers=answers, costs_note="")
    proposal = checks.propose_rejection(case, "reject_formally", by=stage.officer, now=now, reason=words.FORMAL_REASON)
    checks.confirm_rejection(case, proposal, by=stage.cast["sachbearbeitung2"], now=now)


def decide_small(stage: Stage, moment: datetime) -> None:
    """The coordinator puts the small projects on the fast track; days later the head of unit decides about most."""
    at(moment)
    for case in stage.cases(*PAST_CHECK):
        if case.pk in stage.small:
            with transaction.atomic():
                fast_track.route(case, by=stage.cast["koordination"])
    now = at(moment + timedelta(days=6))
    for case in stage.cases(*PAST_COMMITTEE):
        if case.pk in stage.small:
            with transaction.atomic():
                _decide_small(stage, case, now=now)


def _decide_small(stage: Stage, case: Application, *, now: datetime) -> None:
    head = stage.cast["leitung"]
    if stage.aims[case.pk] in FUNDED:
        fast_track.grant(case, amount_cents=case.requested_cents, by=head, now=now)
    else:
        fast_track.decline(case, by=head, now=now, reason=words.SMALL_DECLINE)


def seat_jury(stage: Stage) -> list[Juror]:
    """Six people take their seats; the first chairs, the second stands in for the chair."""
    now = clock.now()
    with transaction.atomic():
        return [
            steps.appoint_juror(
                stage.round, user, by=stage.cast["koordination"], now=now, chairs=place == 0, deputy_chair=place == 1
            )
            for place, user in enumerate(stage.cast.jurors)
        ]


def score(stage: Stage, jurors: Sequence[Juror], moment: datetime) -> None:
    """The coordinator assigns, the jurors score; where scoring still runs some sheets stay open."""
    at(moment)
    cases = stage.for_jury(*PAST_SCORING, A.IN_REVIEW)
    stragglers = [case.pk for case in stage.cases(A.SUBMITTED, A.FORMAL_CHECK, A.RETURNED)]
    with transaction.atomic():
        for case in cases:
            steps.assign(case, jurors, by=stage.cast["koordination"], now=moment)
        due = clock.berlin_day(moment) + timedelta(days=21)
        steps.start_scoring(
            stage.reload(), by=stage.cast["koordination"], now=moment, due_date=due, stragglers=stragglers
        )
    at(moment + timedelta(days=9))
    for case in cases:
        with transaction.atomic():
            _sheets(stage, case)


# How good the jury finds a case, by where it ends; 0 to 5.
_LEVELS = {A.DECLINED: (1.9, 2.7), A.REJECTED: (1.9, 2.7), A.RESERVE_LISTED: (2.8, 3.1)}


def _sheets(stage: Stage, case: Application) -> None:
    done = stage.aims[case.pk] != A.IN_REVIEW
    criteria = list(stage.round.criteria.all())
    low, high = _LEVELS.get(stage.aims[case.pk], (2.9, 4.5))
    level = stage.random.uniform(low, high)
    conflict = stage.random.random() < 0.12
    sheets = Review.objects.filter(application=case).select_related("juror__user", "application__round").order_by("pk")
    for place, sheet in enumerate(sheets):
        if conflict and place == 4:
            steps.recuse(sheet, by=sheet.juror.user, why="Mitglied im Vorstand", now=clock.now(), own=True)
        elif (done or stage.random.random() < 0.55) and sheet.is_unblocked():
            _fill(stage, sheet, criteria, level)


def _fill(stage: Stage, sheet: Review, criteria: Iterable[Criterion], level: float) -> None:
    now, juror = clock.now(), sheet.juror.user
    opened = steps.declare_none(sheet, by=juror, now=now)
    if opened.state != ReviewState.IN_PROGRESS:
        return
    answers = {criterion: _answer(stage.random, level) for criterion in criteria}
    word = Recommendation.FUND if level > 3 else Recommendation.DECLINE
    summary = Summary(recommendation=word, comment=stage.random.choice(words.SCORE_REASONS))
    steps.submit_sheet(opened, answers, summary, by=juror, now=now)


def _answer(random: Random, level: float) -> Answer:
    value = min(5, max(0, round(random.gauss(level, 0.9))))
    return Answer(value=value, reason=random.choice(words.SCORE_REASONS) if value in (0, 1, 5) else "")


def close_scoring(stage: Stage, moment: datetime) -> None:
    """Scoring ends for the cases that are meant to go on."""
    at(moment)
    for case in stage.for_jury(*PAST_SCORING):
        with transaction.atomic():
            steps.close_scoring(case, by=stage.cast["koordination"])


def vote(stage: Stage, jurors: Sequence[Juror], moment: datetime) -> None:
    """The jury meets and votes on each scored case."""
    at(moment)
    chair = stage.cast["jury1"]
    with transaction.atomic():
        session = steps.open_session(
            stage.reload(), jurors, by=chair, held_on=clock.berlin_day(moment), now=moment, place="Haus der Region"
        )
    for rank, case in enumerate(stage.for_jury(*PAST_VOTE), start=1):
        with transaction.atomic():
            ballot = _ballot(stage, case, rank, votes=len(present_at(session, case)))
            steps.record_vote(case, session, ballot, by=chair, now=moment)


def proposed_cents(stage: Stage, case: Application) -> int:
    """Return what the jury proposes (cents): all, or for a plan to be revised a part."""
    share = 75 if stage.aims[case.pk] == A.PLAN_REVISION else 100
    return case.requested_cents * share // 100 // 100 * 100 if share < 100 else case.requested_cents


def _ballot(stage: Stage, case: Application, rank: int, *, votes: int) -> Ballot:
    aim = stage.aims[case.pk]
    cents = proposed_cents(stage, case)
    if aim in (A.DECLINED, A.REJECTED):
        reason = stage.random.choice(words.VOTE_DECLINE)
        return Ballot(Recommendation.DECLINE, 0, reason, yes=votes)
    if aim == A.RESERVE_LISTED:
        return Ballot(Recommendation.RESERVE, cents, words.VOTE_FUND[0], yes=votes, rank=rank)
    if cents < case.requested_cents:
        return Ballot(Recommendation.PARTIAL, cents, words.VOTE_PARTIAL, yes=votes - 1, no=1, rank=rank)
    return Ballot(Recommendation.FUND, cents, stage.random.choice(words.VOTE_FUND), yes=votes, rank=rank)


def hand_in(stage: Stage, moment: datetime) -> None:
    """The coordinator hands the list to the committees; the money is reserved."""
    at(moment)
    with transaction.atomic():
        steps.make_paper(
            stage.reload(),
            number=f"{stage.round.budget_year % 100}/{stage.round.pk:03}",
            title=f"Förderung von Integrationsprojekten, {stage.round.name}",
            paper_date=clock.berlin_day(moment),
            by=stage.cast["koordination"],
            now=moment,
        )


def decide(stage: Stage, moment: datetime) -> None:
    """Every body of the chain says its word, the last one decides."""
    at(moment)
    clerk, day = stage.cast["gremium"], clock.berlin_day(moment)
    bodies = chain(stage.reload())
    for rank, case in enumerate(stage.for_jury(*PAST_COMMITTEE), start=1):
        with transaction.atomic():
            for body in bodies:
                case.refresh_from_db()
                recommended = Word(DecisionOutcome.RECOMMEND, proposed_or_none(stage, case))
                word = _word(stage, case, rank) if body.decides else recommended
                steps.record_decision(case, word, by=clerk, decided_on=day, now=moment)


def proposed_or_none(stage: Stage, case: Application) -> int:
    """Return the proposed amount (cents); nothing for a case to be declined."""
    return 0 if stage.aims[case.pk] in (A.DECLINED, A.REJECTED) else proposed_cents(stage, case)


def _word(stage: Stage, case: Application, rank: int) -> Word:
    aim = stage.aims[case.pk]
    if aim in (A.DECLINED, A.REJECTED):
        return Word(DecisionOutcome.DECLINE, reason=stage.random.choice(words.VOTE_DECLINE))
    if aim == A.RESERVE_LISTED:
        return Word(DecisionOutcome.RESERVE, proposed_cents(stage, case), rank=rank)
    return Word(DecisionOutcome.FUND, proposed_cents(stage, case))


def postpone_some(stage: Stage, moment: datetime) -> None:
    """What is meant to wait as ranked was put off by the committee."""
    at(moment)
    for case in stage.cases(A.RANKED):
        with transaction.atomic():
            steps.postpone(
                case, by=stage.cast["gremium"], reason="In die Fraktionen gezogen.",
                decided_on=clock.berlin_day(moment), now=moment,
            )  # fmt: skip


def ask_for_plans(stage: Stage, moment: datetime) -> None:
    """Whoever got less than asked for is asked for a revised plan."""
    at(moment)
    for case in stage.cases(A.PLAN_REVISION):
        due = clock.berlin_day(moment) + timedelta(days=stage.round.plan_deadline_days)
        plan_actions.request_plan(application=case, due=due, by=stage.officer)


def write_letters(stage: Stage, moment: datetime, *aims: A) -> list[Letter]:
    """The officer drafts the letters of these cases, the worker renders them."""
    at(moment)
    day, made = clock.berlin_day(moment), []
    for case in stage.cases(*aims):
        with transaction.atomic():
            made.append(_letter(stage, case, basis_of(case), day + timedelta(days=2)))
    while not rendering.render_due(seconds=60):
        continue
    return made


def _letter(stage: Stage, case: Application, basis: Basis, letter_date: date) -> Letter:
    signatory = stage.cast["leitung"]
    if case.state == A.APPROVED:
        return letter_steps.draft_award(
            case, basis=basis, by=stage.officer, signatory=signatory, letter_date=letter_date,
            conditions=("Auf die Förderung ist in allen Veröffentlichungen hinzuweisen.",),
        )  # fmt: skip
    kind: RejectionKind = "formal" if case.state == A.INELIGIBLE else "merit"
    decision = final_decision(case)
    reason = decision.reason if decision else words.FORMAL_REASON
    return letter_steps.draft_rejection(
        case, kind=kind, reasons=[reason], basis=basis, by=stage.officer, signatory=signatory, letter_date=letter_date
    )


def approve(stage: Stage, drafts: Iterable[Letter], moment: datetime) -> None:
    """A second officer releases the drafts for signature."""
    at(moment)
    for letter in drafts:
        letter.document.refresh_from_db()
        with transaction.atomic():
            letters.approve(letter, by=stage.cast["sachbearbeitung2"], seen_sha256=letter.document.sha256)


def check_accounts(stage: Stage, moment: datetime, *aims: A) -> None:
    """A second person checks the bank accounts of those who are to get money."""
    at(moment)
    grantees = [case.organisation_id for case in stage.cases(*aims)]
    for account in BankAccount.objects.filter(organisation__in=grantees, checked_at=None):
        award_actions.check_bank_account(account=account, by=stage.officer)


def sign(stage: Stage, drafts: Iterable[Letter], moment: datetime) -> None:
    """The head of unit signs; each signature commits money."""
    at(moment)
    for letter in drafts:
        fresh = Letter.objects.select_related("document").get(pk=letter.pk)
        letter_actions.sign_letter(letter=fresh, by=stage.cast["leitung"], seen_sha256=fresh.document.sha256)


def living_letters(stage: Stage) -> list[Letter]:
    """Return the letters of the round."""
    cases = CaseLetter.objects.filter(application__round=stage.round).select_related("letter__document", "letter__fund")
    return [case.letter for case in cases.order_by("pk")]
