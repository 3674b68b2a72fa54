"""The ranking adds sheets up in the database; it must say what the answers say, read one by one."""

from collections import defaultdict

import pytest

from grants.states import ApplicationState as A
from grants.states import RoundState
from reviews.figures import Mark, sheet_total, sums_of
from reviews.models import Score
from reviews.queries.ranking import ranking, sheets_by_case, thresholds
from reviews.states import ReviewState
from tests.factories import change_round
from tests.reviews.test_query_counts import crowd
from tests.reviews.worlds import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


@pytest.fixture
def world() -> World:
    """Five cases with sheets of mixed scores; one criterion in five could not be judged."""
    made = crowd(make_world(cases=0), 5, A.REVIEWED, ReviewState.LOCKED, RoundState.JURY)
    change_round(made.round, group_minimum=[{"criteria": ["AIM", "PART"], "percent": 50}])
    made.round.refresh_from_db()
    some = [score.pk for score in Score.objects.order_by("pk")[::5]]
    Score.objects.filter(pk__in=some).update(value=None, not_judged=True)
    return made


def answers(world: World) -> dict[tuple[int, int], list[Mark]]:
    found = defaultdict(list)
    for score in Score.objects.select_related("review", "criterion"):
        mark = Mark(score.criterion.code, score.weight, score.value, score.not_judged)
        found[score.review.application_id, score.review.juror_id].append(mark)
    return found


def test_the_database_adds_up_what_the_answers_give(world: World) -> None:
    limits = thresholds(world.round)
    read = answers(world)

    added = sheets_by_case([case.pk for case in world.cases], limits)

    assert {(case, juror) for case, sheets in added.items() for juror in sheets} == read.keys()
    for (case, juror), marks in read.items():
        group = [mark for mark in marks if mark.code in limits.groups[0].codes]
        assert (added[case][juror].whole, added[case][juror].groups) == (sums_of(marks), (sums_of(group),))


def test_an_answer_that_is_missing_leaves_the_sheet_out(world: World) -> None:
    sheet = Score.objects.filter(not_judged=True).order_by("pk")[0].review
    Score.objects.filter(review=sheet, not_judged=True).update(not_judged=False)

    row = next(r for r in ranking(world.round, world.coordinator).rows if r.application.pk == sheet.application_id)

    others = {juror: marks for (case, juror), marks in answers(world).items() if case == sheet.application_id}
    assert row.by_juror == {j: sheet_total(marks) for j, marks in others.items() if j != sheet.juror_id}
