"""Steps for many cases: choose, look at what will happen, press once, read what happened."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, posted
from accounts.models import User
from grants import bulk, desk, office
from grants.actions import bulk as actions
from grants.forms.office_bulk import BulkForm, WriteToStatesForm, form_for
from grants.forms.office_list import OfficeFilterForm
from grants.models import BulkStep
from grants.states import BulkKind
from grants.steps.bulk import text_for

PER_PAGE = 60
NEW, STEP = "grants/bulk_new.html", "grants/bulk_step.html"
# Every number of so many digits fits into a column of 64 bits.
_DIGITS = 18


def _works(request: HttpRequest) -> User:
    """Return the person, who takes such steps in some fund. Raises: Http404."""
    who = person(request)
    if desk.funds_desked(who) == set():
        raise Http404
    return who


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask what a step for the chosen cases needs to know, then lay out its preview."""
    who = _works(request)
    kind = request.GET.get("act", BulkKind.ASSIGN)
    if kind not in BulkKind.values:
        raise Http404
    keys = _chosen(request, who)
    form = form_for(kind, posted(request), person=who)
    if keys and form.is_bound and form.is_valid():
        return _prepare(request, who, BulkKind(kind), keys, form, NEW)
    return render(request, NEW, _asked(BulkKind(kind), keys, form))


def _asked(kind: BulkKind, keys: Collection[int], form: BulkForm) -> dict[str, Any]:
    return {
        "kind": kind,
        "count": min(len(keys), desk.CASES_AT_MOST),
        "too_many": len(keys) > desk.CASES_AT_MOST,
        "most": desk.CASES_AT_MOST,
        "form": form,
        "crumbs": _crumbs(kind.label),
    }


def _chosen(request: HttpRequest, who: User) -> list[int]:
    """Return the keys of the ticked cases, or of all that the filters find; one more than a step takes tells so."""
    cases = office.cases_of(who)
    if request.GET.get("all"):
        cases = cases.filter(OfficeFilterForm(request.GET, person=who).condition())
    else:
        ticked = [key for key in request.GET.getlist("case") if key.isascii() and key.isdecimal()]
        cases = cases.filter(pk__in=[int(key) for key in ticked if len(key) <= _DIGITS])
    return list(cases.order_by("submitted_at", "pk").values_list("pk", flat=True)[: desk.CASES_AT_MOST + 1])


def _prepare(
    request: HttpRequest, who: User, kind: BulkKind, keys: Collection[int], form: BulkForm, template: str
) -> HttpResponse:
    try:
        step = actions.prepare(by=who, kind=kind, cases=keys, **form.words())
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return render(request, template, _asked(kind, keys, form))
    return redirect("grants:bulk_step", step.pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Write to all applicants of a round whose cases are in one of some states."""
    who = _works(request)
    form = WriteToStatesForm(posted(request), person=who, chosen=request.GET.get("round", ""))
    if not form.is_bound or not form.is_valid():
        return render(request, NEW, _writing(form))
    found = office.cases_of(who).filter(round=form.cleaned_data["round"], state__in=form.cleaned_data["states"])
    keys = list(found.order_by("submitted_at", "pk").values_list("pk", flat=True)[: desk.CASES_AT_MOST + 1])
    if keys and len(keys) <= desk.CASES_AT_MOST:
        return _prepare(request, who, BulkKind.MESSAGE, keys, form, NEW)
    many = _("These are more than %(most)s applications. Choose fewer states.") % {"most": desk.CASES_AT_MOST}
    form.add_error("states", many if keys else _("No application of this round is in one of these states."))
    return render(request, NEW, _writing(form))


def _writing(form: BulkForm) -> dict[str, Any]:
    return {"kind": BulkKind.MESSAGE, "form": form, "writes": True, "crumbs": _crumbs(BulkKind.MESSAGE.label)}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a step will do or did; the one press that starts it."""
    found = get_object_or_404(desk.steps_of(_works(request)), pk=pk)
    if request.method != "POST":
        return render(request, STEP, _shown(request, found))
    try:
        confirmed = actions.confirm(step=found, by=person(request))
    except NotPermitted as refusal:
        raise Http404 from refusal
    except LostRace as refusal:
        return conflict(request, STEP, _shown(request, found), refusal)
    except Refused as refusal:
        return render(request, STEP, _shown(request, found) | {"refusal": refusal.message})
    bulk.begin(desk.steps_of(person(request)).get(pk=confirmed.pk))
    success(request, _("Started. Each application stands below with what became of it."))
    return redirect("grants:bulk_step", pk)


def _shown(request: HttpRequest, found: BulkStep) -> dict[str, Any]:
    counts = desk.counts_of(found)
    page = Paginator(desk.lines_of(found), PER_PAGE).get_page(request.GET.get("page"))
    writes = found.kind == BulkKind.MESSAGE and found.confirmed_at is None
    sample = desk.first_waiting(found) if writes else None
    return {
        "step": found,
        "counts": counts,
        "page_obj": page,
        "sample": text_for(sample, found) if sample else "",
        "sample_case": sample,
        "crumbs": _crumbs(found.get_kind_display()),
    }


def _crumbs(title: Any) -> list[tuple[Any, str]]:
    return [(_("Applications"), reverse("grants:office_applications")), (title, "")]
