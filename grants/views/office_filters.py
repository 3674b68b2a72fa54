"""A person's own filters of the list of cases."""

from collections.abc import Callable
from functools import partial

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.exceptions import Refused
from accounts.http import person, posted
from accounts.models import User
from accounts.permissions import fund_ids
from grants import desk
from grants.actions import filters as actions
from grants.forms.office_bulk import FilterNameForm
from grants.forms.office_list import OfficeFilterForm
from grants.models import SavedFilter
from grants.permissions import CASE_READERS


def _reader(request: HttpRequest) -> User:
    who = person(request)
    if fund_ids(who, *CASE_READERS) == set():
        raise Http404
    return who


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def filters(request: HttpRequest) -> HttpResponse:
    """List the own filters, and keep the one that the list of cases sends here."""
    who = _reader(request)
    query = desk.kept_query(QueryDict(request.POST.get("query", "")[:2000]), OfficeFilterForm.base_fields)
    form = FilterNameForm(posted(request))
    if form.is_bound and not query:
        form.add_error(None, _("Set at least one filter in the list first."))
    if len(query) > SavedFilter.QUERY_AT_MOST:
        form.add_error(None, _("These filters are too long to be kept. Please shorten the search."))
    if form.is_bound and form.is_valid():
        save = partial(actions.save_filter, by=who, name=form.cleaned_data["name"], query=query)
        if _done(form, save):
            success(request, _("The filter is kept."))
            return redirect(f"{reverse('grants:office_applications')}?{query}")
    return render(request, "grants/filter_list.html", {"kept": desk.filters_of(who), "form": form, "query": query})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kept_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an own filter another name, or delete it."""
    who = _reader(request)
    kept = get_object_or_404(SavedFilter, person=who, pk=pk)
    if request.method == "POST" and request.POST.get("do") == "delete":
        actions.delete_filter(kept=kept, by=who)
        success(request, _("The filter is deleted."))
        return redirect("grants:office_filters")
    form = FilterNameForm(posted(request), initial={"name": kept.name})
    if form.is_bound and form.is_valid():
        rename = partial(actions.rename_filter, kept=kept, by=who, name=form.cleaned_data["name"])
        if _done(form, rename):
            success(request, _("The filter has its new name."))
            return redirect("grants:office_filters")
    return render(request, "grants/filter_edit.html", {"kept": kept, "form": form})


def _done(form: FilterNameForm, do: Callable[[], object]) -> bool:
    try:
        do()
    except Refused as refusal:
        form.add_error("name", str(refusal.message))
        return False
    return True
