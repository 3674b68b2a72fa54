"""Lists from spreadsheets: what was brought in, and how to bring in more."""

from functools import partial
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.exceptions import NotPermitted, Refused
from accounts.exports import XLSX_TYPE
from accounts.http import person
from accounts.models import Fund
from accounts.permissions import fund_ids
from grants import filestore
from grants import permissions as may
from grants.actions import imports as actions
from grants.forms.office_imports import ListForm
from grants.imports.columns import COLUMNS
from grants.imports.template import template
from grants.limits import LISTS
from grants.models import Import, Round
from grants.serving import sealed
from grants.states import TAKES_LISTS, ImportKind
from grants.views.round_settings import editable_round
from grants.views.uploading import hand_over, take_files

PER_PAGE: Final = 30
_NAMES: Final = {ImportKind.APPLICATIONS: "vorlage-antraege", ImportKind.AWARDS: "vorlage-fruehere-foerderungen"}


def imports_of(request: HttpRequest) -> QuerySet[Import]:
    """Return the imports of the funds that the person runs or audits."""
    funds = fund_ids(person(request), *may.IMPORT_READERS)
    rows = Import.objects.select_related("fund", "round", "uploaded_by")
    return rows if funds is None else rows.filter(fund__in=funds)


@login_required
@never_cache
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """List what was brought in, the newest first, and the ways to bring in more."""
    who = person(request)
    if fund_ids(who, *may.IMPORT_READERS) == set():
        raise Http404
    page = Paginator(imports_of(request).order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    held = fund_ids(who, *may.ROUND_EDITORS)
    funds = Fund.objects.all() if held is None else Fund.objects.filter(pk__in=held)
    rounds = (
        Round.objects.filter(fund__in=funds, state__in=TAKES_LISTS).only("pk", "name", "fund").order_by("-opens_at")
    )
    context = {"page_obj": page, "funds": list(funds.only("name", "slug")), "rounds": list(rounds[:PER_PAGE])}
    return render(request, "grants/import_list.html", context)


# --- Bringing a list in -------------------------------------------------------------------------------------


@csrf_exempt
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def into_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring in a list of applications; `take_files` reads the body and checks the token."""
    round_ = editable_round(request, pk)
    if round_.state not in TAKES_LISTS:
        raise Http404
    return _upload(request, ImportKind.APPLICATIONS, round_.fund, round_)


@csrf_exempt
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def into_fund(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring in a list of what the fund granted in former years."""
    fund = get_object_or_404(Fund, slug=slug)
    if not may.round_editor(fund, person(request)):
        raise Http404
    return _upload(request, ImportKind.AWARDS, fund, None)


def _upload(request: HttpRequest, kind: ImportKind, fund: Fund, round_: Round | None) -> HttpResponse:
    show = partial(_show_upload, request, kind, fund, round_, None)
    if request.method != "POST":
        return show([], 200)
    return take_files(request, LISTS, show=show, take=partial(_take, kind=kind, fund=fund, round_=round_))


def _take(request: HttpRequest, *, kind: ImportKind, fund: Fund, round_: Round | None) -> HttpResponse:
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_upload(request, kind, fund, round_, form, [], 200)
    made: list[Import] = []

    def keep(stored: filestore.Stored) -> None:
        made.append(actions.start_import(kind=kind, fund=fund, round_=round_, by=person(request), stored=stored))

    try:
        hand_over(filestore.store(form.cleaned_data["file"], LISTS), keep)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        form.add_error("file", str(refusal.message))
        return _show_upload(request, kind, fund, round_, form, [], 200)
    return redirect("grants:import", made[0].pk)


def _show_upload(
    request: HttpRequest,
    kind: ImportKind,
    fund: Fund,
    round_: Round | None,
    form: ListForm | None,
    complaints: list[str],
    status: int,
) -> HttpResponse:
    context = {
        "form": form or ListForm(),
        "complaints": complaints,
        "fund": fund,
        "round": round_,
        "kind": kind.value,
        "columns": COLUMNS[kind],
        "crumbs": crumbs(kind.label),
    }
    return render(request, "grants/import_upload.html", context, status=status)


def crumbs(last: Any) -> list[tuple[Any, str]]:
    """Return the way to a page of the imports."""
    return [(_("Imports"), reverse("grants:imports")), (last, "")]


@login_required
@never_cache
@require_safe
def blank(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out the workbook to begin with."""
    if kind not in ImportKind.values or fund_ids(person(request), *may.IMPORT_READERS) == set():
        raise Http404
    answer = HttpResponse(template(ImportKind(kind)), content_type=XLSX_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{_NAMES[ImportKind(kind)]}.xlsx"'
    return sealed(answer)
