"""Jobs that read pages, as the people who use them every day."""

import re
from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import quote

from django.db.models import Count
from django.urls import reverse

from accounts.models import User
from benchmarks.asking import Page, Visit
from benchmarks.stack import DOMAIN
from grants.models import Application, Round
from grants.office import cases_of
from grants.states import ApplicationState as A
from payments.queries.budget import budgets_for
from reviews.demo.scale import DENSE_SLUG, RANKING_SLUG
from reviews.models import Juror, Review
from reviews.states import ReviewState

OFFICER = f"sachbearbeitung@{DOMAIN}"
LIST = "grants:office_applications"
IN_TURN = 10
# The people of the seed; those whom other jobs invent have addresses elsewhere.
SEEDED = ".example"
T = TypeVar("T")


def floor() -> list[Visit]:
    return [Visit(OFFICER, "/bench/floor/")]


def plain_list() -> list[Visit]:
    return [Visit(OFFICER, reverse(LIST))]


def filtered_list() -> list[Visit]:
    return [Visit(OFFICER, f"{reverse(LIST)}?state={A.AWARDED}&sort=amount")]


def searched_list() -> list[Visit]:
    """Search a word with an umlaut, in capitals, that stands in some title but in few."""
    titles = cases_of(User.objects.get(email=OFFICER)).filter(title__regex="[äöüÄÖÜ]").order_by("-pk")
    words = [word for title in titles.values_list("title", flat=True)[:500] for word in re.findall(r"\w{5,}", title)]
    umlauts = [word for word in words if re.search("[äöü]", word.lower())]
    word = min(set(umlauts), key=lambda each: (umlauts.count(each), each))
    return [Visit(OFFICER, f"{reverse(LIST)}?q={quote(word.upper())}")]


def last_page() -> list[Visit]:
    count = cases_of(User.objects.get(email=OFFICER)).count()
    return [Visit(OFFICER, f"{reverse(LIST)}?page={-(-count // 60)}")]


def cases() -> list[Visit]:
    """Awarded cases with payments: those on whose pages most is to be seen."""
    awarded = cases_of(User.objects.get(email=OFFICER)).filter(state=A.AWARDED)
    paid = awarded.annotate(payments=Count("awards__payments")).filter(payments__gt=0).order_by("pk")
    return [
        Visit(OFFICER, reverse("reviews:case", args=[pk])) for pk in _spread(list(paid.values_list("pk", flat=True)))
    ]


def home() -> list[Visit]:
    """The applicant who has the most applications."""
    known = Application.objects.filter(created_by__email__endswith=SEEDED)
    busy = known.values("created_by").annotate(count=Count("pk")).order_by("-count", "created_by")[0]
    return [Visit(User.objects.get(pk=busy["created_by"]).email, "/")]


def dashboards() -> list[Visit]:
    """The jurors of the dense round, each with a sheet for every case of it."""
    seats = Juror.objects.filter(round__slug=DENSE_SLUG).select_related("user").order_by("pk")
    return [Visit(seat.user.email, reverse("reviews:jury")) for seat in seats]


def sheets() -> list[Visit]:
    """Sheets that are being filled in."""
    begun = Review.objects.filter(juror__round__slug=DENSE_SLUG, state=ReviewState.IN_PROGRESS).order_by("pk")
    found = list(begun.select_related("juror__user")[:200])
    return [Visit(each.juror.user.email, reverse("reviews:sheet", args=[each.pk])) for each in _spread(found)]


def ranking() -> list[Visit]:
    """The ranking of 153 applications with six sheets each, for who coordinates and for the chair."""
    round_ = Round.objects.get(slug=RANKING_SLUG)
    path = reverse("reviews:ranking", args=[round_.pk])
    return [Visit(f"koordination@{DOMAIN}", path), Visit(round_.jurors.get(chairs=True).user.email, path)]


def budget() -> list[Visit]:
    """The budget with the most cases in it."""
    who = User.objects.get(email=f"finanzen-a@{DOMAIN}")
    fullest = budgets_for(who).annotate(accounts=Count("cases")).order_by("-accounts", "pk")[0]
    return [Visit(who.email, reverse("payments:budget", args=[fullest.fund.slug, fullest.year]))]


def _spread(found: Sequence[T]) -> list[T]:
    return list(found[:: max(1, len(found) // IN_TURN)])[:IN_TURN]


PAGES = (
    Page("floor", floor),
    Page("list", plain_list),
    Page("list-filtered", filtered_list),
    Page("list-searched", searched_list),
    Page("list-last", last_page),
    Page("case", cases),
    Page("home", home),
    Page("dashboard", dashboards),
    Page("score", sheets),
    Page("ranking", ranking, clients=4),
    Page("budget", budget),
)
