"""One list from a spreadsheet: say which column is which, read what is wrong, and let it be written."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.exports import Column, csv_response
from accounts.http import conflict, person
from grants import permissions as may
from grants.actions import imports as actions
from grants.forms.office_imports import ColumnsForm, OrderForm
from grants.imports.findings import Finding, findings, sample_of, told_failure
from grants.models import Import
from grants.serving import serve
from grants.states import WORKED_ON, ImportStage
from grants.views.office_imports import crumbs, imports_of

# The first errors stand on the page, all of them in a file.
SHOWN: Final = 50


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a list has come; assign its columns, order it to be written, or break it off."""
    batch = get_object_or_404(imports_of(request), pk=pk)
    if request.method != "POST":
        return _show(request, batch)
    if not may.round_editor(batch.fund, person(request)):
        raise Http404
    do = _STEPS.get(request.POST.get("do", ""))
    if do is None:
        raise Http404
    return do(request, batch)


def _assign(request: HttpRequest, batch: Import) -> HttpResponse:
    form = ColumnsForm(request.POST, batch=batch)
    if not form.is_valid():
        return _show(request, batch, columns_form=form)
    act = partial(actions.assign_columns, seen_version=form.seen_version(), mapping=form.mapping())
    return _try(request, batch, act, "", columns_form=form)


def _order(request: HttpRequest, batch: Import) -> HttpResponse:
    form = OrderForm(request.POST, batch=batch)
    if not form.is_valid():
        return _show(request, batch, order_form=form)
    act = partial(actions.order_import, seen_version=form.seen_version(), with_changed=form.takes_changed())
    return _try(request, batch, act, "", order_form=form)


def _cancel(request: HttpRequest, batch: Import) -> HttpResponse:
    return _try(request, batch, actions.cancel_import, _("Broken off. Nothing of this list was written."))


_STEPS: Final[dict[str, Callable[[HttpRequest, Import], HttpResponse]]] = {
    "assign": _assign,
    "order": _order,
    "cancel": _cancel,
}


def _try(request: HttpRequest, batch: Import, act: Callable[..., object], done: str, **forms: Any) -> HttpResponse:
    try:
        act(batch=batch, by=person(request))
    except LostRace as refusal:
        fresh = imports_of(request).get(pk=batch.pk)
        for form in forms.values():
            form.show_version(fresh.version)
        return conflict(request, _TEMPLATE, _context(request, fresh, **forms), refusal)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        return render(request, _TEMPLATE, _context(request, batch, **forms) | {"refusal": refusal.message})
    if done:
        success(request, done)
    return redirect("grants:import", batch.pk)


_TEMPLATE: Final = "grants/import_page.html"


def _show(request: HttpRequest, batch: Import, **forms: Any) -> HttpResponse:
    return render(request, _TEMPLATE, _context(request, batch, **forms))


def _context(request: HttpRequest, batch: Import, **forms: Any) -> dict[str, Any]:
    runs = bool(may.round_editor(batch.fund, person(request)))
    checked = batch.stage == ImportStage.CHECKED
    assigns = batch.stage == ImportStage.COLUMNS or (checked and "columns" in request.GET) or "columns_form" in forms
    found = list(findings(batch)[:SHOWN]) if checked else []
    return {
        "batch": batch,
        "runs": runs,
        "works": batch.stage in WORKED_ON,
        "assigns": assigns and runs,
        "checked": checked,
        "columns_form": ColumnsForm(batch=batch) if assigns else None,
        "order_form": OrderForm(batch=batch) if checked else None,
        "findings": [Finding.of(batch, problem) for problem in found],
        "sample": sample_of(batch),
        "failure": told_failure(batch),
        "crumbs": crumbs(batch.name),
        **forms,
    }


_COLUMNS: Final = (
    Column(gettext_lazy("Row")), Column(gettext_lazy("Column")), Column(gettext_lazy("Heading")),
    Column(gettext_lazy("What is wrong")), Column(gettext_lazy("Entered")),
)  # fmt: skip


@login_required
@never_cache
@require_safe
def errors(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out everything that is wrong in a list."""
    batch = get_object_or_404(imports_of(request), pk=pk)
    name = _("errors")
    return csv_response(f"{name}-{batch.pk}", _COLUMNS, _lines(batch))


def _lines(batch: Import) -> Iterator[tuple[Any, ...]]:
    for problem in findings(batch).iterator(chunk_size=2000):
        found = Finding.of(batch, problem)
        yield found.row, found.letter, found.heading, found.text, found.value


@login_required
@never_cache
@require_safe
def file(request: HttpRequest, pk: int) -> FileResponse:
    """Hand out a list as it was sent."""
    return serve(get_object_or_404(imports_of(request), pk=pk))
