"""Builds everything, round by round."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction

from accounts import audit, bulk
from accounts.clock import BERLIN
from accounts.models import Fund, User
from grants.models import Application, Round
from grants.rubric import add_default_rubric
from grants.states import ApplicationState as A
from grants.states import RoundState
from grants.steps.numbers import give_case_numbers
from notifications.dates import next_working_day
from notifications.outbox_many import keep_many
from payments import ledger
from reviews.demo import words
from reviews.demo.people import Cast
from reviews.demo.scale import applying, granting, judging, letters, life, paper, paying, telling, world
from reviews.demo.scale.constants import BATCH, JURORS_PER_ROUND, TRANSFERS
from reviews.demo.scale.drawing import Sketch, draw, sketch
from reviews.demo.scale.outline import Outline, Sizes, Stage, district, outlines, sizes
from reviews.demo.scale.scene import Case, Scene, moment
from reviews.demo.scale.world import World
from reviews.models import JurySession, Paper

# Told what is being built, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

_JURIED = (Stage.SCORING, Stage.COMMITTEE, Stage.DECIDED, Stage.FINISHED, Stage.RANKING, Stage.DENSE)
_MET = (Stage.COMMITTEE, Stage.DECIDED, Stage.FINISHED, Stage.RANKING)
_HANDED_IN = (Stage.COMMITTEE, Stage.DECIDED, Stage.FINISHED)
_STATES = {
    Stage.OPEN: RoundState.OPEN, Stage.CHECK: RoundState.CLOSED, Stage.SCORING: RoundState.SCORING,
    Stage.COMMITTEE: RoundState.COMMITTEE, Stage.DECIDED: RoundState.DECIDED, Stage.RANKING: RoundState.JURY,
    Stage.DENSE: RoundState.SCORING,
}  # fmt: skip


def play(
    cast: Cast,
    main: Fund,
    applications: int,
    *,
    told: int,
    seed: int,
    now: datetime,
    progress: Progress,
    dense: int | None = None,
) -> None:
    """Add to the told story what is missing to so many applications.

    Args:
        cast: the demo's people.
        main: the main fund.
        applications: how many in all.
        told: how many of them the story has.
        seed: same seed, same day, same data.
        now: this instant.
        progress: told how far it is.
        dense: cases of the round for the lists; None: as fits the number.
    """
    _hurry()
    parts = sizes(applications, told=told, dense=dense)
    made = World(cast, now.astimezone(BERLIN).date(), seed, [main])
    rounds = outlines(parts, made.today)
    _people(made, parts, rounds, progress)
    done, total = 0, sum(outline.cases for outline in rounds)
    sheet = paper.lay_out()
    paying.lay_out()
    for outline in rounds:
        for cases in _play_round(made, outline, sheet):
            done += cases
            progress("applications", done, total)
    world.close_old_years(made, now)


def _hurry() -> None:
    """Let PostgreSQL answer before a commit is on the disk: whoever loses the end of a seed starts it anew.

    It keeps the plans by which it follows foreign keys; those made while the tables were empty would read all of them.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off; SET enable_seqscan TO off; SET jit TO off; DISCARD PLANS")


def _people(made: World, parts: Sizes, rounds: list[Outline], progress: Progress) -> None:
    world.add_funds(made, parts.funds)
    world.add_budgets(made, rounds)
    # An association applies again and again; the round for the lists takes several applications of each.
    count = max(parts.round_cases, parts.ranking, sum(outline.cases for outline in rounds) // 12)
    founded = datetime.combine(date(made.today.year - 11, 1, 10), time(9), BERLIN)
    done = 0
    for more in world.add_organisations(made, count, founded):
        done += more
        progress("organisations", done, count)


# --- One round ---------------------------------------------------------------------------------------------


def _play_round(made: World, outline: Outline, sheet: paper.Sample) -> Iterator[int]:
    """Build a round in parts of bounded size; yields how many cases each had."""
    if not outline.cases:
        return
    random = made.random("round", outline.number)
    with transaction.atomic():
        fund = made.funds[outline.fund]
        scene = Scene(made, outline, fund, _round(made, outline, fund), random, money_cents=outline.money_cents)
        scene.criteria = add_default_rubric(scene.round)
        session, bundle = _bodies(scene)
        audit.record_many(judging.round_history(scene))
    sketches = sketch(scene, outline.cases)
    for start in range(0, len(sketches), BATCH):
        with transaction.atomic():
            entries = _play_batch(scene, sketches[start : start + BATCH], start, sheet, (session, bundle))
        _post(entries)
        yield len(sketches[start : start + BATCH])


def _post(entries: list[ledger.Entry]) -> None:
    """Hand the transfers to the ledger, few at a time: see `ledger.post_many`."""
    for start in range(0, len(entries), TRANSFERS):
        with transaction.atomic():
            ledger.post_many(entries[start : start + TRANSFERS])


def _round(made: World, outline: Outline, fund: Fund) -> Round:
    deadline = datetime.combine(outline.deadline, time(23, 59, 59), BERLIN)
    special = outline.stage in (Stage.RANKING, Stage.DENSE)
    row = Round(
        pk=next(bulk.numbers(Round, 1)), fund=fund, name=_name(outline, fund), slug=outline.slug,
        state=_state(made, outline).value, guideline=words.GUIDELINE.format(year=outline.year - 1),
        accessibility_checked=True, budget_year=outline.year, created_at=deadline - timedelta(days=60),
        opens_at=moment(outline.deadline - timedelta(days=40), 8), deadline_at=deadline,
        priorities=list(words.PRIORITIES), committee_chain=_chain(outline, fund), max_applications=3,
        jury_size=6 if special else JURORS_PER_ROUND, min_reviews=4 if special else 2, quorum=4 if special else 2,
    )  # fmt: skip
    bulk.write([row])
    return row


def _name(outline: Outline, fund: Fund) -> str:
    if outline.stage == Stage.RANKING:
        return f"Miteinander {outline.year}, Runde zur Rangfolge"
    if outline.stage == Stage.DENSE:
        return f"Miteinander {outline.year}, große Runde"
    place = district(outline.fund)[0] if outline.fund else "Miteinander"
    return f"{place} {outline.year}, {outline.serial}. Aufruf ({outline.number + 1})"


def _state(made: World, outline: Outline) -> RoundState:
    if outline.stage != Stage.FINISHED:
        return _STATES[outline.stage]
    return RoundState.RUNNING if outline.year >= made.today.year - 2 else RoundState.ARCHIVED


def _chain(outline: Outline, fund: Fund) -> list[dict[str, object]]:
    day = next_working_day(outline.deadline + timedelta(days=80)).isoformat()
    last: dict[str, object] = {
        "body": "Regionsausschuss" if outline.fund == 0 else "Stadtbezirksrat",
        "on": day,
        "decides": True,
    }
    if outline.fund:
        return [last]
    return [{"body": "Ausschuss für Integration", "on": day, "decides": False}, last]


def _bodies(scene: Scene) -> tuple[JurySession | None, Paper | None]:
    """Seat the jury and let it meet, as far as the round has come."""
    stage = scene.outline.stage
    if stage not in _JURIED:
        return None, None
    judging.seat_jury(scene, _jurors(scene))
    session = judging.hold_session(scene) if stage in _MET else None
    return session, judging.write_paper(scene) if stage in _HANDED_IN else None


def _jurors(scene: Scene) -> list[User]:
    if scene.outline.stage == Stage.DENSE:
        return scene.world.dense_jurors
    return scene.cast.jurors if scene.outline.stage == Stage.RANKING else scene.world.jurors[scene.outline.fund]


def _play_batch(
    scene: Scene,
    sketches: list[Sketch],
    start: int,
    sheet: paper.Sample,
    bodies: tuple[JurySession | None, Paper | None],
) -> list[ledger.Entry]:
    """Draw some cases out, let them live, and write all their rows, from the floor up; the transfers are returned."""
    entries: list[ledger.Entry] = []
    numbers = [_applicant(scene, start + place) for place in range(len(sketches))]
    cases = draw(scene, sketches, numbers, bulk.numbers(Application, len(sketches)))
    _number(scene, cases)
    life.live(scene, cases, start)
    applying.write(scene, cases, sheet)
    judging.write_sheets(scene, cases)
    session, bundle = bodies
    if session is not None:
        judging.write_votes(scene, cases, session)
    if bundle is not None:
        judging.write_items(bundle, cases, start)
        judging.write_decisions(scene, cases, bundle)
        entries = _settle(scene, cases, sheet)
    audit.record_many(line for case in cases for line in sorted(case.lines, key=lambda line: line.at))
    keep_many(message for case in cases for message in telling.messages(scene, case))
    return entries


def _applicant(scene: Scene, place: int) -> int:
    """Return who applies: the organisations take turns, so that each applies again in later rounds."""
    count = len(scene.world.organisations)
    return (scene.outline.number * 151 + place) % count


def _number(scene: Scene, cases: list[Case]) -> None:
    sent = [case.application for case in cases if case.application.submitted_at is not None]
    if not sent:
        return
    year = scene.outline.deadline.year
    numbers = give_case_numbers(scene.fund, scene.fund.case_prefix, year, len(sent))
    for application, number in zip(sent, numbers, strict=True):
        application.case_number = number
    for case in cases:
        if case.aim == A.DISCARDED:
            case.forget()


def _settle(scene: Scene, cases: list[Case], sheet: paper.Sample) -> list[ledger.Entry]:
    """Write awards, payments and letters; return the transfers in the order in which they were made."""
    books = granting.open_books(scene, cases)
    granting.cut_reservations(scene, cases, books)
    written = letters.write_letters(scene, cases, sheet)
    ends = {one.case.application.pk: granting.ending(scene, scene.random) for one in written if one.is_award}
    awards = granting.write_awards(scene, written, books, ends)
    paying.pay(scene, cases, awards, books, ends)
    return books.entries
