"""Rows of the jury and the committees: seats, sheets with scores, votes, papers, decisions."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts import audit, bulk
from accounts.models import User
from grants.models import Round
from grants.states import ApplicationState as A
from reviews.demo import words
from reviews.demo.scale.life import passed, reason_of
from reviews.demo.scale.outline import Stage
from reviews.demo.scale.scene import Case, Scene
from reviews.demo.scenes import PAST_COMMITTEE, PAST_SCORING, PAST_VOTE
from reviews.models import Decision, Juror, JurySession, Paper, PaperItem, Review, Score, ScoringPeriod, Vote
from reviews.states import DecisionOutcome as O
from reviews.states import Recommendation as Word
from reviews.states import ReviewState as S

_OUTCOMES = {Word.FUND: O.FUND, Word.RESERVE: O.RESERVE, Word.DECLINE: O.DECLINE, Word.PARTIAL: O.FUND}


def seat_jury(scene: Scene, people: Sequence[User]) -> None:
    """Give the people their seats; the first chairs, the second stands in. Old juries have ended."""
    at, over = scene.at("check"), scene.outline.year < scene.world.today.year - 1
    for place, user in enumerate(people):
        juror = Juror.objects.create(
            round=scene.round, user=user, chairs=place == 0, deputy_chair=place == 1, appointed_at=at,
            appointed_by=scene.cast["koordination"], ended_at=scene.at("settle") if over else None,
        )  # fmt: skip
        scene.jurors.append(juror)
    ScoringPeriod.objects.create(
        round=scene.round, due_date=(scene.at("assign") + timedelta(days=21)).date(),
        started_by=scene.cast["koordination"], started_at=scene.at("assign"),
    )  # fmt: skip


def hold_session(scene: Scene) -> JurySession:
    """Open the jury's session with everybody present."""
    session = JurySession.objects.create(
        round=scene.round, held_on=scene.day("vote"), place="Haus der Region", opened_by=scene.jurors[0].user,
        opened_at=scene.at("vote"),
    )  # fmt: skip
    session.present.set(scene.jurors)
    return session


# --- Sheets ------------------------------------------------------------------------------------------------


def write_sheets(scene: Scene, cases: Sequence[Case]) -> None:
    """Write a sheet of each juror for each case of the jury, with scores where it was filled in."""
    judged = [case for case in cases if passed(case, PAST_SCORING | {A.IN_REVIEW})]
    sheets = list(_sheets(scene, judged))
    bulk.write([sheet for sheet, _level in sheets])
    filled = ((sheet.pk, level) for sheet, level in sheets if sheet.submitted_at)
    bulk.write_values(Score, _SCORE, (score for key, level in filled for score in _scores(scene, key, level)))


def _sheets(scene: Scene, cases: Sequence[Case]) -> Iterator[tuple[Review, float]]:
    keys = bulk.numbers(Review, len(cases) * len(scene.jurors))
    for case in cases:
        recused = scene.random.randrange(len(scene.jurors)) if _conflict(scene) else None
        for place, juror in enumerate(scene.jurors):
            state = _state(scene, case, is_recused=place == recused)
            yield _sheet(scene, case, juror, state, next(keys)), case.level


def _conflict(scene: Scene) -> bool:
    """One case in sixteen has a juror who is too close; where all six shall count, none."""
    return scene.outline.stage != Stage.RANKING and scene.random.random() < 0.06


def _state(scene: Scene, case: Case, *, is_recused: bool) -> S:
    if is_recused:
        return S.RECUSED
    if case.aim != A.IN_REVIEW:
        return S.LOCKED
    return scene.random.choices((S.SUBMITTED, S.IN_PROGRESS, S.ASSIGNED), (50, 20, 30))[0]


_VERSIONS = {S.ASSIGNED: 1, S.IN_PROGRESS: 2, S.SUBMITTED: 3, S.LOCKED: 4, S.RECUSED: 2}


def _sheet(scene: Scene, case: Case, juror: Juror, state: S, key: int) -> Review:
    at, filled = scene.at("score"), state in (S.SUBMITTED, S.LOCKED)
    return Review(
        pk=key, application=case.application, juror=juror, state=state.value, assigned_at=scene.at("assign"),
        declared_at=at if filled or state == S.IN_PROGRESS else None, submitted_at=at if filled else None,
        recused_at=at if state == S.RECUSED else None, version=_VERSIONS[state],
        recused_reason="Mitglied im Vorstand" if state == S.RECUSED else "",
        recommendation=(Word.FUND if case.level > 3 else Word.DECLINE).value if filled else "",
        comment=words.SCORE_REASONS[len(juror.user.full_name) % len(words.SCORE_REASONS)] if filled else "",
    )  # fmt: skip


_SCORE = ("review_id", "criterion_id", "value", "not_judged", "reason", "weight", "question")


def _scores(scene: Scene, sheet: int, level: float) -> Iterator[list[Any]]:
    draw, reasons = scene.random.gauss, words.SCORE_REASONS
    for criterion in scene.criteria:
        value = min(5, max(0, round(draw(level, 0.9))))
        reason = reasons[(criterion.position + value) % len(reasons)] if value in (0, 1, 5) else ""
        yield [sheet, criterion.pk, value, False, reason, criterion.weight, criterion.name]


# --- Votes, papers, decisions ------------------------------------------------------------------------------


def write_votes(scene: Scene, cases: Sequence[Case], session: JurySession) -> None:
    """Write the jury's proposals, and what was withheld from a juror with a conflict."""
    voted = [case for case in cases if case.word is not None and passed(case, PAST_VOTE)]
    keys = list(bulk.numbers(Vote, len(voted)))
    away = dict(
        Review.objects.filter(application__in=[case.application for case in voted], state=S.RECUSED)
        .order_by()
        .values_list("application", "juror")
    )
    bulk.write([
        _vote(scene, case, session, key, absent=case.application.pk in away)
        for case, key in zip(voted, keys, strict=True)
    ])  # fmt: skip
    bulk.write([
        Vote.recused.through(vote_id=key, juror_id=away[case.application.pk])
        for case, key in zip(voted, keys, strict=True)
        if case.application.pk in away
    ])  # fmt: skip


def _vote(scene: Scene, case: Case, session: JurySession, key: int, *, absent: bool) -> Vote:
    word = case.word or Word.DECLINE
    return Vote(
        pk=key, application=case.application, session=session, recommendation=word.value,
        amount_cents=case.proposed_cents, rank=case.rank, reason=reason_of(case), yes=len(scene.jurors) - absent,
        recorded_by=scene.jurors[0].user, recorded_at=scene.at("vote"),
    )  # fmt: skip


def write_paper(scene: Scene) -> Paper:
    """Write the paper for the committees, without its lines."""
    return Paper.objects.create(
        round=scene.round, number=f"{scene.outline.year % 100}/{scene.round.pk:04}", paper_date=scene.day("paper"),
        title=f"Förderung von Integrationsprojekten, {scene.round.name}", created_by=scene.cast["koordination"],
        created_at=scene.at("paper"),
    )  # fmt: skip


def write_items(paper: Paper, cases: Sequence[Case], start: int) -> None:
    """Write the lines of the paper."""
    listed = [case for case in cases if case.word is not None]
    bulk.write([_item(paper, place, case) for place, case in enumerate(listed, start=start + 1)])


def _item(paper: Paper, place: int, case: Case) -> PaperItem:
    word = case.word or Word.DECLINE
    return PaperItem(
        paper=paper, application=case.application, position=place, recommendation=word.value,
        amount_cents=case.proposed_cents,
    )  # fmt: skip


def write_decisions(scene: Scene, cases: Sequence[Case], paper: Paper) -> None:
    """Write what the bodies said about each case."""
    decided = [case for case in cases if passed(case, PAST_COMMITTEE)]
    bulk.write([
        _decision(scene, case, paper, step, body) for case in decided for step, body in enumerate(scene.bodies)
    ])  # fmt: skip
    bulk.write([_postponement(scene, case, paper) for case in cases if case.aim == A.RANKED])


def _postponement(scene: Scene, case: Case, paper: Paper) -> Decision:
    return Decision(
        application=case.application, paper=paper, body=scene.bodies[0], step=0, outcome=O.POSTPONE.value,
        reason="In die Fraktionen gezogen.", decided_on=scene.day("paper"), recorded_by=scene.cast["gremium"],
        recorded_at=scene.at("paper") + timedelta(days=3),
    )  # fmt: skip


def _decision(scene: Scene, case: Case, paper: Paper, step: int, body: str) -> Decision:
    final = step == len(scene.bodies) - 1
    outcome = _OUTCOMES[case.word or Word.DECLINE] if final else O.RECOMMEND
    amount = case.granted_cents if final and outcome == O.FUND else case.proposed_cents
    return Decision(
        application=case.application, paper=paper, body=body, step=step, outcome=outcome.value,
        amount_cents=amount, rank=case.rank if final else None, decided_on=scene.day("decide"),
        reason=reason_of(case) if outcome == O.DECLINE else "", recorded_by=scene.cast["gremium"],
        recorded_at=scene.at("decide"),
    )  # fmt: skip


# --- The round's own history -------------------------------------------------------------------------------

_ROUND_STEPS = (
    ("publish", "PUBLISHED", "leitung"), ("open", "OPEN", None), ("close", "CLOSED", None),
    ("start_scoring", "SCORING", "koordination"), ("hold_session", "JURY", None),
    ("submit_papers", "COMMITTEE", "koordination"), ("record_decision", "DECIDED", "gremium"),
    ("letters_done", "RUNNING", None), ("archive", "ARCHIVED", "leitung"),
)  # fmt: skip


def round_history(scene: Scene) -> list[audit.Line]:
    """Return the lines of the round's own life up to its state."""
    lines, before = [], "DRAFT"
    for place, (action, state, name) in enumerate(_ROUND_STEPS):
        lines.append(_round_line(scene.round, (action, before, state), scene, _round_at(scene, place), name))
        if state == scene.round.state:
            break
        before = state
    return lines


def _round_at(scene: Scene, place: int) -> datetime:
    opened = scene.round.opens_at
    early = (opened - timedelta(days=14), opened, scene.round.deadline_at + timedelta(minutes=1))
    return (
        early[place]
        if place < len(early)
        else scene.at(("assign", "vote", "paper", "decide", "deem", "settle")[place - 3])
    )


def _round_line(round_: Round, step: tuple[str, str, str], scene: Scene, at: datetime, name: str | None) -> audit.Line:
    action, before, after = step
    actor = scene.cast[name].pk if name else None
    return audit.Line(at, actor, scene.fund.pk, "", "grants.round", round_.pk, round_.name, action, before, after)
