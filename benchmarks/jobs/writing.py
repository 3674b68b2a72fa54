"""Jobs that send something: a score sheet, an application, a sign-in."""

import os
from functools import partial

from django.conf import settings
from django.urls import reverse

from accounts import clock
from benchmarks.asking import Page, Visit
from benchmarks.jobs.pages import OFFICER
from grants.models import Criterion
from grants.states import ApplicationState as A
from reviews import steps
from reviews.models import Review
from reviews.states import Recommendation
from tests import factories as make
from tests.grants.factories import make_sendable
from tests.reviews.worlds import make_world, start, within

SHEETS = int(os.environ.get("BENCH_SHEETS") or 240)
DRAFTS = int(os.environ.get("BENCH_DRAFTS") or 120)
JURORS = 6


def sheets_to_hand_in() -> list[Visit]:
    """Sheets of a round of its own, each declared free of conflict, with every answer and reason."""
    world = start(make_world(jurors=JURORS, cases=max(2, SHEETS // JURORS), state=A.ELIGIBLE))
    rubric = list(Criterion.objects.filter(round=world.round))
    sheets = list(Review.objects.filter(juror__in=world.jurors).select_related("juror__user"))
    return [_hand_in(within(partial(_declare, sheet)), rubric) for sheet in sheets]


def _declare(sheet: Review) -> Review:
    declared: Review = steps.declare_none(sheet, by=sheet.juror.user, now=clock.now())
    return declared


def _hand_in(sheet: Review, rubric: list[Criterion]) -> Visit:
    fields = {f"score_{criterion.pk}": "3" for criterion in rubric}
    fields |= {f"reason_{criterion.pk}": "Klares Ziel, gute Beteiligung." for criterion in rubric}
    fields |= {"recommendation": Recommendation.FUND, "proposed": "700,00", "comment": "Ein gutes Projekt."}
    fields |= {"version": str(sheet.version)}
    return Visit(sheet.juror.user.email, reverse("reviews:sheet", args=[sheet.pk]), fields, expects=302)


def drafts_to_send() -> list[Visit]:
    """Complete drafts of an open round, each of an association of its own."""
    round_ = make.make_round()
    drafts = [make_sendable(round=round_) for _ in range(DRAFTS)]
    return [
        Visit(
            draft.created_by.email,
            reverse("grants:review", args=[draft.pk]),
            {"version": str(draft.version)},
            expects=302,
        )
        for draft in drafts
    ]


def sign_ins() -> list[Visit]:
    fields = {"login": OFFICER, "password": settings.DEMO_PASSWORD}
    return [Visit("", reverse("account_login"), fields, expects=302, alone=True)]


WRITING = (
    Page("score-submit", sheets_to_hand_in, once=True),
    Page("submit", drafts_to_send, once=True),
    Page("sign-in", sign_ins),
)
