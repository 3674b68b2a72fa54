"""Draws the applications of a round: who asks for what, and when it arrived."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from accounts.models import BankAccount, Organisation, User
from accounts.states import MemberRole
from grants.models import Application
from grants.states import ApplicationState as A
from grants.steps.plans import plan_rows
from reviews.demo import amounts, words
from reviews.demo.drafts import plan_lines, smallest_cents
from reviews.demo.scale import texts
from reviews.demo.scale.outline import Stage
from reviews.demo.scale.scene import Case, Scene, moment
from reviews.demo.scale.world import World

# How often (in hundredths) a case of an unfinished round stands where.
_SHARES: dict[Stage, tuple[tuple[A, int], ...]] = {
    Stage.OPEN: ((A.DRAFT, 45), (A.SUBMITTED, 40), (A.DISCARDED, 10), (A.WITHDRAWN, 5)),
    Stage.CHECK: (
        (A.SUBMITTED, 30), (A.FORMAL_CHECK, 30), (A.RETURNED, 15), (A.ELIGIBLE, 15), (A.INELIGIBLE, 5),
        (A.WITHDRAWN, 5),
    ),
    Stage.SCORING: (
        (A.IN_REVIEW, 60), (A.REVIEWED, 25), (A.ELIGIBLE, 5), (A.RETURNED, 3), (A.FORMAL_CHECK, 3),
        (A.INELIGIBLE, 2), (A.WITHDRAWN, 2),
    ),
    Stage.COMMITTEE: ((A.IN_COMMITTEE, 88), (A.RANKED, 5), (A.INELIGIBLE, 4), (A.WITHDRAWN, 3)),
    Stage.DECIDED: ((A.APPROVED, 93), (A.INELIGIBLE, 4), (A.WITHDRAWN, 3)),
    Stage.FINISHED: ((A.AWARDED, 91), (A.REJECTED, 5), (A.WITHDRAWN, 4)),
    Stage.RANKING: ((A.REVIEWED, 100),),
    Stage.DENSE: ((A.REVIEWED, 80), (A.IN_REVIEW, 20)),
}  # fmt: skip
# Who got money in a round whose letters are being written, and who got none.
_GRANTED = ((A.AWARDED, 60), (A.APPROVED, 40))
_REFUSED = ((A.REJECTED, 55), (A.DECLINED, 30), (A.RESERVE_LISTED, 15))


def choose(shares: Sequence[tuple[A, int]], random: Random) -> A:
    """Draw a state by its share."""
    states, weights = zip(*shares, strict=True)
    drawn: A = random.choices(states, weights)[0]
    return drawn


@dataclass
class Sketch:
    """A case before it is drawn out: how good it is, what it asks for and what becomes of it (cents)."""

    arrival: datetime
    aim: A
    level: float
    asked_cents: int
    granted_cents: int = 0


def sketch(scene: Scene, count: int) -> list[Sketch]:
    """Draw so many cases of a round in order of arrival, and who of them gets money."""
    random, shares = scene.random, _SHARES[scene.outline.stage]
    made = [
        Sketch(
            _arrival(scene), choose(shares, random), random.uniform(1.6, 4.6),
            amounts.request_cents(random, scene.round.maximum_cents),
        )
        for _place in range(count)
    ]  # fmt: skip
    _share_money(scene, made)
    return sorted(made, key=lambda one: one.arrival)


def draw(scene: Scene, sketches: Sequence[Sketch], numbers: Sequence[int], keys: Iterable[int]) -> list[Case]:
    """Draw the cases out, for these organisations (their places in the world's list)."""
    applicants = _applicants(scene.world, numbers)
    return [_case(scene, key, applicant, one) for key, applicant, one in zip(keys, applicants, sketches, strict=False)]


def _applicants(world: World, numbers: Sequence[int]) -> list[tuple[Organisation, User, BankAccount]]:
    wanted = [world.organisations[number] for number in numbers]
    organisations = Organisation.objects.in_bulk(set(wanted))
    owners = {
        user.memberships.all()[0].organisation_id: user
        for user in User.objects.filter(
            memberships__organisation__in=wanted, memberships__role=MemberRole.OWNER
        ).prefetch_related("memberships")
    }
    accounts = {a.organisation_id: a for a in BankAccount.objects.filter(organisation__in=wanted)}
    return [(organisations[pk], owners[pk], accounts[pk]) for pk in wanted]


def _arrival(scene: Scene) -> datetime:
    """Six in ten in the last three days, one in ten in the last hour; of an open round in the days before today."""
    random, deadline = scene.random, scene.outline.deadline
    if scene.outline.stage == Stage.OPEN:
        back = timedelta(days=random.randint(1, 12), seconds=random.randint(0, 80_000))
        return moment(scene.world.today, 0) - back
    end, drawn = moment(deadline, 23, 59), random.random()
    if drawn < 0.1:
        return end - timedelta(seconds=random.randint(30, 3_500))
    hours = 71 if drawn < 0.6 else 900
    return end - timedelta(hours=random.randint(1, hours), seconds=random.randint(0, 3_599))


def _case(scene: Scene, key: int, applicant: tuple[Organisation, User, BankAccount], one: Sketch) -> Case:
    random, (organisation, owner, account) = scene.random, applicant
    idea, (place, town) = random.choice(words.IDEAS), random.choice(texts.PLACES)
    application = _application(scene, key, one.aim, idea, place)
    application.organisation, application.bank_account, application.created_by = organisation, account, owner
    application.municipality, application.contact_name, application.contact_email = town, owner.full_name, owner.email
    application.created_at = application.edited_at = one.arrival - timedelta(hours=30)
    case = Case(
        application, owner, organisation, idea, one.aim, one.level, granted_cents=one.granted_cents,
        formal=one.aim == A.REJECTED and one.level == 0,
    )  # fmt: skip
    draw_plan(case, one.asked_cents, random)
    if one.aim not in (A.DRAFT, A.DISCARDED):
        application.submitted_at, application.submitted_by = one.arrival, owner
        application.applied_cents = application.requested_cents
    return case


def draw_plan(case: Case, requested_cents: int, random: Random) -> None:
    """Give a case a plan that asks for so much."""
    application = case.application
    application.requested_cents, application.smallest_cents = requested_cents, smallest_cents(requested_cents)
    costs, funding = plan_lines(case.idea, requested_cents, random, rate=application.round.in_kind_rate_cents)
    case.costs, case.funds = plan_rows(application, costs, funding)


def _application(scene: Scene, key: int, aim: A, idea: words.Idea, place: str) -> Application:
    random = scene.random
    starts_on = scene.outline.deadline + timedelta(days=random.randint(150, 210))
    return Application(
        pk=key, fund=scene.fund, round=scene.round, state=aim.value, title=texts.title(idea, place, random),
        contact_phone=f"0511 55{random.randint(1000, 9999)}", first_application=random.random() < 0.4,
        summary=idea.summary.format(place=place), aims=idea.aims, activities=idea.activities,
        places=f"{place}, Stadtteilzentrum", starts_on=starts_on,
        ends_on=starts_on + timedelta(days=random.choice((120, 180, 240, 300))), target_groups=idea.groups,
        planned_participants=random.choice((15, 25, 40, 60, 120)), participation=random.choice(words.PARTICIPATION),
        partners=random.choice(words.PARTNERS), innovation=random.choice(words.INNOVATION),
        lasting=random.choice(words.LASTING), publicity="Aushänge, Vereinsseite und Stadtteilzeitung",
        priority=random.choice(words.PRIORITIES), not_begun=True, financing_secured=True, no_double_funding=True,
        truthful=True, privacy_read=True, electronic_announcement=random.random() < 0.5, publication_consent=True,
    )  # fmt: skip


# --- Who gets money ----------------------------------------------------------------------------------------


def _share_money(scene: Scene, sketches: Sequence[Sketch]) -> None:
    """Walk down the cases by quality and grant while the round's money lasts; the others go without."""
    for one in sorted(sketches, key=lambda one: -one.level):
        if one.aim == A.REJECTED:
            # For formal reasons: nobody looked at its quality.
            one.level = 0
        elif one.aim in (A.APPROVED, A.AWARDED, A.IN_COMMITTEE, A.RANKED):
            _grant(scene, one)
            one.aim = _outcome(scene, one)


def _grant(scene: Scene, one: Sketch) -> None:
    """Propose money if enough is left; one in five gets three quarters of what it asked for."""
    if one.level < 2.4 or one.asked_cents > scene.money_cents:
        return
    scene.money_cents -= one.asked_cents
    part = scene.random.random() < 0.2
    one.granted_cents = one.asked_cents * 3 // 4 // 100 * 100 if part else one.asked_cents


def _outcome(scene: Scene, one: Sketch) -> A:
    """Return where a case ends; whoever is granted less is asked for a new plan before the letter."""
    if scene.outline.stage == Stage.FINISHED:
        return A.AWARDED if one.granted_cents else A.REJECTED
    if scene.outline.stage != Stage.DECIDED:
        return one.aim
    if not one.granted_cents:
        return choose(_REFUSED, scene.random)
    drawn = choose(_GRANTED, scene.random)
    if drawn == A.APPROVED and one.granted_cents < one.asked_cents:
        return A.PLAN_REVISION
    return drawn
