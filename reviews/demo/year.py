"""The demo's two funds and their rounds, played from the first draft to the last payment."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction

from accounts import audit, clock
from accounts.clock import BERLIN
from accounts.models import SYSTEM, AffiliationGroup, Fund, Organisation
from grants import steps as grants
from grants.models import Application, Round
from grants.rubric import add_default_rubric
from grants.states import ApplicationState as A
from notifications import rendering
from notifications import steps as notices
from notifications.dates import is_working_day, next_working_day
from payments import ledger
from payments.states import SubBudget
from reviews.demo import drafts, legal, payouts, scenes, words
from reviews.demo.drafts import Frame
from reviews.demo.people import Cast, hire, sign_in
from reviews.demo.scenes import FUNDED, Stage, at
from reviews.demo.talk import talk

BUDGET_CENTS = 15_000_000
DISTRICT_BUDGET_CENTS = 2_000_000
# For small projects, which the office decides: up to so much each, from a part of the budget of their own.
SMALL_CENTS = 500_000
SMALL_BUDGET_CENTS = 3_000_000
Progress = Callable[[str, int], None]

# How the cases of each round are meant to end; repeated until the round's share of the cases is used up.
OPEN_AIMS = (A.DRAFT, A.SUBMITTED, A.DRAFT, A.SUBMITTED, A.DRAFT, A.WITHDRAWN, A.SUBMITTED, A.DISCARDED)
SCORING_AIMS = (
    A.RETURNED, A.IN_REVIEW, A.FORMAL_CHECK, A.REVIEWED, A.FAST_TRACK, A.ELIGIBLE, A.IN_REVIEW, A.INELIGIBLE,
    A.IN_REVIEW, A.SUBMITTED, A.IN_REVIEW, A.REVIEWED, A.IN_REVIEW,
)  # fmt: skip
COMMITTEE_AIMS = (
    A.PLAN_REVISION, A.IN_COMMITTEE, A.APPROVED, A.AWARDED, A.DECLINED, A.RESERVE_LISTED, A.REJECTED, A.RANKED,
    A.IN_COMMITTEE, A.APPROVED, A.AWARDED, A.RESERVE_LISTED, A.DECLINED, A.IN_COMMITTEE,
)  # fmt: skip
# Which of them, by their place in the pattern, are small projects that the office decides.
SCORING_SMALL, COMMITTEE_SMALL, FINISHED_SMALL = frozenset({4}), frozenset({9, 10}), frozenset({3, 4})
FINISHED_AIMS = (A.AWARDED, A.REJECTED, A.AWARDED, A.AWARDED, A.REJECTED, A.AWARDED, A.WITHDRAWN, A.AWARDED)
DISTRICT_AIMS = (A.DRAFT, A.SUBMITTED)


@dataclass
class Demo:
    """What the whole demo shares."""

    random: Random
    today: date
    main: Fund
    district: Fund
    cast: Cast
    organisations: list[Organisation]


def play(applications: int, seed: int, progress: Progress) -> Demo:
    """Fill an empty installation with the demo.

    Args:
        applications: how many in all, spread over the rounds.
        seed: the same seed on the same day gives the same data.
        progress: told the name of each part and how many cases it holds.

    Returns: people and funds, for whoever adds to them.
    """
    clock.freeze(None)
    real_now = clock.now()
    demo = _cast(Random(seed), clock.berlin_day(real_now), applications)  # noqa: S311 - invented data, no secret
    shares = _shares(applications)
    for (name, scene), count in zip(_SCENES, shares, strict=True):
        progress(name, count)
        scene(demo, count)
    at(real_now)
    rendering.render_due(seconds=600)
    with transaction.atomic():
        notices.deem_sent(real_now)
    clock.freeze(None)
    return demo


def _shares(applications: int) -> list[int]:
    """Split the number of cases over the five rounds; each gets at least one."""
    weights = (20, 20, 26, 24, 10)
    shares = [max(1, applications * weight // 100) for weight in weights]
    shares[2] = max(1, shares[2] + applications - sum(shares))
    return shares


def _cast(random: Random, today: date, applications: int) -> Demo:
    at(_moment(date(today.year - 1, 1, 4), 9))
    with transaction.atomic():
        main, district = _funds()
        cast = hire(main, district)
        legal.publish(cast["admin"])
        _budgets(main, district, today.year, cast)
        organisations = _organisations(cast, random, max(6, min(40 + applications // 4, applications)))
        group = AffiliationGroup.objects.create(fund=main, name="Dachverband Begegnung")
        group.organisations.add(organisations[3])
        group.people.add(cast["jury3"])
    return Demo(random, today, main, district, cast, organisations)


def _funds() -> tuple[Fund, Fund]:
    main = Fund.objects.create(
        name="Miteinander – Gemeinsam für Integration", slug="miteinander",
        purpose="Gefördert werden Projekte, in denen Menschen mit und ohne Einwanderungsgeschichte zusammenkommen.",
        authority="Region Hannover", office="Koordinierungsstelle Integration", street="Hildesheimer Straße 20",
        postcode="30169", city="Hannover", phone="0511 616-0", email="fonds@demo.example",
        case_prefix="MIT", debtor_name="Region Hannover",
        debtor_iban="DE02120300000000202051", debtor_bic="BYLADEM1001",
    )  # fmt: skip
    district = Fund.objects.create(
        name="Integrationsbeirat Linden-Limmer", slug="linden-limmer",
        purpose="Kleine Projekte im Stadtbezirk, entschieden vom Integrationsbeirat.",
        authority="Landeshauptstadt Hannover", office="Stadtbezirksmanagement Linden-Limmer",
        street="Lindener Marktplatz 1", postcode="30449", city="Hannover", email="bezirk@demo.example",
        case_prefix="LIN", debtor_name="Landeshauptstadt Hannover", debtor_iban="DE02500105170137075030",
    )  # fmt: skip
    return main, district


def _budgets(main: Fund, district: Fund, year: int, cast: Cast) -> None:
    for fund, part, cents, by in (
        (main, SubBudget.JURY, BUDGET_CENTS, cast["kaemmerei"]),
        (main, SubBudget.FAST_TRACK, SMALL_BUDGET_CENTS, cast["kaemmerei"]),
        (district, SubBudget.JURY, DISTRICT_BUDGET_CENTS, cast["bezirk"]),
    ):
        for budget_year in (year - 1, year, year + 1):
            budget = ledger.open_budget(fund, budget_year, part)
            decree = f"Haushaltssatzung {budget_year}"
            ledger.put_in_force(budget, decree=decree, in_force_from=date(budget_year, 1, 1))
            ledger.appropriate(budget, cents, key=f"budget:{budget.pk}", by=by, reason=decree)


def _organisations(cast: Cast, random: Random, count: int) -> list[Organisation]:
    for name, full_name in (("antrag", "Amina Yıldız"), ("verein2", "Piotr Nowak")):
        cast.people[name] = sign_in(name, full_name)
    owners = {0: cast["antrag"], 1: cast["verein2"]}
    made = [drafts.found(number, cast, random, owner=owners.get(number)) for number in range(count)]
    for organisation, owner in zip(made, owners.values(), strict=False):
        drafts.keep(organisation, owner, now=clock.now())
    return made


# --- Rounds --------------------------------------------------------------------------------------------------


def _moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), BERLIN)


def _round(
    demo: Demo, fund: Fund, name: str, slug: str, year: int, opens: date, deadline: date, **rules: object
) -> Round:
    """Create and publish a round; it opens and closes by the scheduler's own steps."""
    at(_moment(opens - timedelta(days=14), 10))
    by = demo.cast["leitung"] if fund == demo.main else demo.cast["bezirk"]
    if fund == demo.main:
        rules["fast_track_max_cents"] = SMALL_CENTS
    with transaction.atomic():
        made = Round.objects.create(
            fund=fund, name=name, slug=slug, budget_year=year, opens_at=_moment(opens, 8),
            deadline_at=datetime.combine(deadline, time(23, 59, 59), BERLIN),
            guideline=words.GUIDELINE.format(year=year - 1), accessibility_checked=True,
            priorities=list(words.PRIORITIES), committee_chain=_chain(deadline),
            jury_on=next_working_day(deadline + timedelta(days=51)), **rules,
        )  # fmt: skip
        add_default_rubric(made)
        published = audit.perform(made.publish, by=by)
        at(_moment(opens, 8, 1))
        opened: Round = audit.perform(published.open, by=SYSTEM)
    return opened


def _chain(deadline: date) -> list[dict[str, object]]:
    committee, council = (next_working_day(deadline + timedelta(days=days)) for days in (65, 77))
    return [
        {"body": "Ausschuss für Integration", "on": committee.isoformat(), "decides": False},
        {"body": "Regionsausschuss", "on": council.isoformat(), "decides": True},
    ]


def _last_working_day(day: date) -> date:
    """The day itself, or the last one before it on which offices work: nobody decides on a Sunday."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def _aims(pattern: Sequence[A], count: int) -> Iterator[A]:
    return (pattern[place % len(pattern)] for place in range(count))


def _collect(
    demo: Demo,
    stage: Stage,
    pattern: Sequence[A],
    count: int,
    frame: Frame,
    opens: date,
    deadline: date,
    small: frozenset[int] = frozenset(),
) -> None:
    """Everybody writes and sends; six in ten in the last three days, one in ten in the last hour."""
    aims = list(_aims(pattern, count))
    arrivals = sorted(_arrival(demo.random, opens, deadline) for _aim in aims)
    for place, (aim, arrival) in enumerate(zip(aims, arrivals, strict=True)):
        organisation = demo.organisations[place % len(demo.organisations)]
        owner = demo.cast.owner(organisation)
        late = aim == A.SUBMITTED and stage.round.deadline_at < at(arrival)
        begun = at(arrival - timedelta(hours=3 if late else 30))
        is_small = place % len(pattern) in small
        shown = replace(frame, maximum_cents=min(frame.maximum_cents, SMALL_CENTS)) if is_small else frame
        with transaction.atomic():
            case = drafts.draft(shown, organisation, owner, demo.random, now=begun)
        stage.aims[case.pk] = aim
        if is_small:
            stage.small.add(case.pk)
        _leave(stage, case, aim, arrival)


def _leave(stage: Stage, case: Application, aim: A, arrival: datetime) -> None:
    if aim == A.DRAFT:
        return
    if aim == A.DISCARDED:
        with transaction.atomic():
            grants.discard(case, by=stage.owner(case))
        return
    scenes.submit(stage, case, arrival)
    if aim == A.WITHDRAWN:
        now = at(arrival + timedelta(hours=20))
        with transaction.atomic():
            fresh = Application.objects.select_related("round", "fund").get(pk=case.pk)
            grants.withdraw(fresh, by=stage.owner(case), reason="Das Projekt findet nicht statt.", now=now)


def _arrival(random: Random, opens: date, deadline: date) -> datetime:
    end = datetime.combine(deadline, time(23, 59), BERLIN)
    drawn = random.random()
    if drawn < 0.1:
        return end - timedelta(minutes=random.randint(1, 59))
    hours = 71 if drawn < 0.6 else max(96, (deadline - opens).days * 24 - 12)
    return end - timedelta(hours=random.randint(2, hours), minutes=random.randint(0, 59), seconds=random.randint(0, 59))


def _close(stage: Stage, moment: datetime) -> None:
    at(moment)
    with transaction.atomic():
        audit.perform(stage.reload().close, by=SYSTEM)


def _cap(pattern: Sequence[A], count: int, maximum: int, budget: int = BUDGET_CENTS) -> int:
    """Return the largest request (cents) with which all cases that get money still fit the budget."""
    funded = sum(aim in FUNDED | {A.IN_COMMITTEE, A.RANKED, A.REVIEWED} for aim in _aims(pattern, count))
    return min(maximum, max(30_000, budget * 9 // 10 // max(1, funded)))


# --- The scenes, oldest first ------------------------------------------------------------------------------------


def _finished(demo: Demo, count: int) -> None:
    """Last year's round: everything announced, final, and money on its way."""
    year = demo.today.year - 1
    opens, deadline = date(year, 2, 1), date(year, 3, 15)
    round_ = _round(demo, demo.main, f"Miteinander {year}", f"miteinander-{year}", year, opens, deadline)
    stage = Stage(round_, demo.cast, demo.random)
    frame = Frame(round_, _cap(FINISHED_AIMS, count, round_.maximum_cents), date(year, 8, 1))
    _collect(demo, stage, FINISHED_AIMS, count, frame, opens, deadline, FINISHED_SMALL)
    _to_vote(stage, date(year, 3, 16))
    scenes.hand_in(stage, _moment(date(year, 5, 12), 11))
    scenes.decide(stage, _moment(date(year, 6, 3), 17))
    at(_moment(date(year, 6, 4), 9))
    with transaction.atomic():
        audit.perform(stage.reload().record_decision, by=demo.cast["gremium"])
    made = scenes.write_letters(stage, _moment(date(year, 6, 8), 9), A.AWARDED, A.REJECTED)
    scenes.approve(stage, made, _moment(date(year, 6, 9), 9))
    scenes.check_accounts(stage, _moment(date(year, 6, 9), 11), A.AWARDED)
    scenes.sign(stage, made, _moment(date(year, 6, 10), 9))
    payouts.announce(stage, _moment(date(year, 6, 11), 9))
    payouts.pay_out(stage, _moment(date(year, 8, 5), 9))
    payouts.carry_over(stage, _moment(date(year, 12, 28), 10))


def _to_vote(stage: Stage, closes: date) -> None:
    """From the closed deadline to the jury's votes."""
    _close(stage, _moment(closes, 0, 1))
    jurors = scenes.seat_jury(stage)
    scenes.check(stage, _moment(closes + timedelta(days=4), 10))
    scenes.decide_small(stage, _moment(closes + timedelta(days=6), 10))
    scenes.score(stage, jurors, _moment(closes + timedelta(days=16), 10))
    scenes.close_scoring(stage, _moment(closes + timedelta(days=40), 10))
    scenes.vote(stage, jurors, _moment(closes + timedelta(days=50), 14))


def _in_committee(demo: Demo, count: int) -> None:
    """This year's first round: decided in part, the first letters signed, none announced."""
    year, deadline = demo.today.year, demo.today - timedelta(days=85)
    opens = deadline - timedelta(days=40)
    round_ = _round(demo, demo.main, f"Miteinander {year}", f"miteinander-{year}", year, opens, deadline)
    stage = Stage(round_, demo.cast, demo.random)
    frame = Frame(round_, _cap(COMMITTEE_AIMS, count, round_.maximum_cents), demo.today + timedelta(days=40))
    _collect(demo, stage, COMMITTEE_AIMS, count, frame, opens, deadline, COMMITTEE_SMALL)
    _to_vote(stage, deadline + timedelta(days=1))
    scenes.hand_in(stage, _moment(demo.today - timedelta(days=20), 11))
    decided = _last_working_day(demo.today - timedelta(days=8))
    scenes.decide(stage, _moment(decided, 17))
    scenes.postpone_some(stage, _moment(decided, 18))
    scenes.ask_for_plans(stage, _moment(demo.today - timedelta(days=6), 9))
    made = scenes.write_letters(stage, _moment(demo.today - timedelta(days=3), 9), A.AWARDED, A.REJECTED)
    scenes.approve(stage, made, _moment(demo.today - timedelta(days=2), 9))
    scenes.check_accounts(stage, _moment(demo.today - timedelta(days=2), 11), A.AWARDED)
    scenes.sign(stage, made, _moment(demo.today - timedelta(days=1), 9))


def _in_scoring(demo: Demo, count: int) -> None:
    """This year's second round: the jury is scoring, some cases are still in the formal check."""
    year, deadline = demo.today.year, demo.today - timedelta(days=30)
    opens = deadline - timedelta(days=40)
    name, slug = f"Miteinander {year}, zweite Runde", f"miteinander-{year}-2"
    round_ = _round(demo, demo.main, name, slug, year, opens, deadline)
    stage = Stage(round_, demo.cast, demo.random)
    frame = Frame(round_, _cap(SCORING_AIMS, count, round_.maximum_cents), demo.today + timedelta(days=100))
    _collect(demo, stage, SCORING_AIMS, count, frame, opens, deadline, SCORING_SMALL)
    closes = deadline + timedelta(days=1)
    _close(stage, _moment(closes, 0, 1))
    jurors = scenes.seat_jury(stage)
    scenes.check(stage, _moment(closes + timedelta(days=5), 10))
    talk(stage, _moment(closes + timedelta(days=5), 10))
    scenes.decide_small(stage, _moment(closes + timedelta(days=6), 10))
    scenes.score(stage, jurors, _moment(closes + timedelta(days=12), 10))
    scenes.close_scoring(stage, _moment(closes + timedelta(days=27), 10))


def _open(demo: Demo, count: int) -> None:
    """Next year's round: open now, drafts and first arrivals."""
    year, opens = demo.today.year + 1, demo.today - timedelta(days=14)
    deadline = demo.today + timedelta(days=21)
    round_ = _round(
        demo, demo.main, f"Miteinander {year}", f"miteinander-{year}", year, opens, deadline,
        announced_cents=BUDGET_CENTS + SMALL_BUDGET_CENTS,
    )  # fmt: skip
    stage = Stage(round_, demo.cast, demo.random)
    # After the last session, as the round's rule about the start wants it.
    frame = Frame(round_, round_.maximum_cents, max(date(year, 3, 1), deadline + timedelta(days=100)))
    _collect(demo, stage, OPEN_AIMS, count, frame, opens, demo.today - timedelta(days=2))


def _district(demo: Demo, count: int) -> None:
    """The district board's own small fund."""
    year, opens = demo.today.year + 1, demo.today - timedelta(days=10)
    deadline = demo.today + timedelta(days=30)
    round_ = _round(
        demo, demo.district, f"Linden-Limmer {year}", f"linden-limmer-{year}", year, opens, deadline,
        maximum_cents=150_000, announced_cents=DISTRICT_BUDGET_CENTS, jury_size=0, min_reviews=0, quorum=0,
        places=["Hannover"],
    )  # fmt: skip
    stage = Stage(round_, demo.cast, demo.random)
    frame = Frame(round_, 150_000, date(year, 2, 1))
    _collect(demo, stage, DISTRICT_AIMS, count, frame, opens, demo.today - timedelta(days=1))


_SCENES: tuple[tuple[str, Callable[[Demo, int], None]], ...] = (
    ("last year's round", _finished),
    ("the round before the committees", _in_committee),
    ("the round that the jury scores", _in_scoring),
    ("the open round", _open),
    ("the district board's fund", _district),
)
