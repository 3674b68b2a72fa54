"""One search for everybody, within what each may see."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import person
from accounts.models import User
from accounts.money import BadAmount, parse_cents
from accounts.permissions import own_organisations
from accounts.text import register_key, search_key
from grants.models import Application
from grants.office import cases_of
from grants.queries import applications_of
from payments.models import CaseLetter

LIMIT = 30


@dataclass(frozen=True)
class Found:
    """One hit and whether the person sees it as the applicant."""

    application: Application
    own: bool


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find cases by number, title, organisation, register number, place, exact amount or number of a letter."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:200]
    hits = find(asked, person(request)) if asked else []
    return render(request, "reviews/search.html", {"asked": asked, "hits": hits[:LIMIT], "more": len(hits) > LIMIT})


def find(asked: str, who: User) -> list[Found]:
    """Return at most LIMIT + 1 cases that match all words, own ones first, then newest."""
    own = own_organisations(who)
    mine, handled = Q(pk__in=_ids(applications_of(who))), Q(pk__in=_ids(cases_of(who)))
    # The numbers of letters are the office's until the letter is announced.
    wanted = (mine | handled) & _matches(asked) | handled & _letter(asked)
    rows = Application.objects.filter(wanted).select_related("organisation", "round").order_by("-pk")
    found = [Found(row, row.organisation_id in own or row.organisation_id is None) for row in rows[: LIMIT + 1]]
    return sorted(found, key=lambda hit: not hit.own)


def _ids(rows: QuerySet[Application]) -> QuerySet[Application, int]:
    return rows.order_by().values_list("pk", flat=True)


def _matches(asked: str) -> Q:
    words = search_key(asked).split()
    text = Q()
    for word in words[:8]:
        text &= Q(search_key__contains=word) | Q(organisation__search_key__contains=word)
    if not words:
        return Q(pk__in=[])
    # "VR 4711", "VR4711" and "vr-4711" are one register number.
    key = register_key(asked)
    if any(sign.isdecimal() for sign in key):
        text |= Q(organisation__register_key=key)
    try:
        cents = parse_cents(asked)
    except BadAmount:
        return text
    return text | Q(requested_cents=cents) | Q(applied_cents=cents)


def _letter(asked: str) -> Q:
    """Return what finds a case by the whole number of a letter; other words are not looked for among letters."""
    if "-" not in asked or not any(sign.isdecimal() for sign in asked):
        return Q(pk__in=[])
    letters = CaseLetter.objects.filter(letter__number__in=[asked, asked.upper()])
    return Q(pk__in=letters.order_by().values("application"))
