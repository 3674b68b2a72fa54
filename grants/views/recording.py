"""Applications on paper, by phone or in person: entered by an officer, confirmed by a second one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.forms import BankAccountForm, OrganisationForm
from accounts.http import conflict, person, posted
from accounts.models import Organisation, User
from accounts.permissions import fund_ids
from accounts.states import Role
from grants import permissions as may
from grants import recording
from grants.actions import recording as actions
from grants.forms.recording import FindOrganisationForm, ReceiptForm
from grants.models import Application
from grants.sections import Section
from grants.views.loading import page_of

PER_PAGE = 25
# As many as one can choose from at a glance; more words find fewer.
FOUND = 20


@login_required
@never_cache
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Look for the organisation that applies, and see what is being recorded."""
    who = person(request)
    if fund_ids(who, *may.RECORDERS) == set():
        raise Http404
    form = FindOrganisationForm(request.GET or None)
    words = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    begins = fund_ids(who, Role.CASE_OFFICER) != set()
    context = {
        "form": form,
        "words": words,
        "begins": begins,
        "found": list(recording.organisations_found(who, words)[:FOUND]) if words and begins else [],
        "most": FOUND,
        "crumbs": [*crumbs()[:1], (_("Applications on paper"), "")],
        "page_obj": Paginator(recording.drafts_of(who), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "grants/office_record.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, organisation_pk: int) -> HttpResponse:
    """Tell how and when the application of a known organisation came, and go on to the form."""
    who = _officer(request)
    rows = recording.organisations_for(who, request.GET.get("number", ""))
    organisation = get_object_or_404(rows, pk=organisation_pk)
    return _begin(request, who, organisation=organisation)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin_new(request: HttpRequest) -> HttpResponse:
    """The same for an organisation, an initiative or a person that nobody has entered yet."""
    return _begin(request, _officer(request))


def _officer(request: HttpRequest) -> User:
    who = person(request)
    if fund_ids(who, Role.CASE_OFFICER) == set():
        raise Http404
    return who


def _begin(request: HttpRequest, who: User, organisation: Organisation | None = None) -> HttpResponse:
    form = ReceiptForm(posted(request), rounds=recording.rounds_for(who))
    entry = None if organisation else OrganisationForm(posted(request))
    if request.method == "POST":
        whole = form.is_valid() & (entry is None or entry.is_valid())
        try:
            made = _begun(form, entry, organisation, who) if whole else None
        except NotPermitted as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            made = None
            form.add_error(None, str(refusal.message))
        if made is not None:
            return redirect(page_of(made))
    context = {"form": form, "entry": entry, "organisation": organisation, "crumbs": crumbs(_("Record an application"))}
    return render(request, "grants/office_record_begin.html", context)


def crumbs(*more: str, draft: Application | None = None) -> list[tuple[str, str]]:
    """Return the way to a page of what is being recorded: the lists, the draft if it lies below one, the page."""
    way = [
        (_("Applications"), reverse("grants:office_applications")),
        (_("Applications on paper"), reverse("grants:office_record")),
    ]
    if draft is not None:
        way.append((_("Check and record"), reverse("grants:office_recorded", args=[draft.pk])))
    return [*way, *((title, "") for title in more)]


def _begun(form: ReceiptForm, entry: OrganisationForm | None, organisation: Organisation | None, who: User) -> Any:
    common: dict[str, Any] = {"round_": form.cleaned_data["round"], "receipt": _receipt(form), "by": who}
    if organisation is not None:
        return actions.begin_for(organisation=organisation, **common)
    return actions.begin_for_new(fields=entry.cleaned_data if entry else {}, **common)


def _receipt(form: ReceiptForm) -> actions.Receipt:
    return actions.Receipt(form.cleaned_data["channel"], form.cleaned_data["received_at"])


def load_draft(request: HttpRequest, pk: int) -> Application:
    """Return a draft that the person's office is recording, else 404."""
    return get_object_or_404(recording.drafts_of(person(request)), pk=pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def received(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend how and when it came."""
    application = load_draft(request, pk)
    who, back = person(request), reverse("grants:office_recorded", args=[pk])
    if not may.applicant_edits(application, who):
        raise Http404
    form = ReceiptForm(posted(request), application=application)
    way = crumbs(_("Correct the receipt"), draft=application)
    context = {"form": form, "application": application, "back": back, "crumbs": way}
    if request.method == "POST" and form.is_valid():
        mend = partial(
            actions.correct_receipt, application=application, by=who, seen_version=form.seen_version(),
            receipt=_receipt(form),
        )  # fmt: skip
        return _mended(request, mend, form, "grants/office_record_received.html", context, back)
    return render(request, "grants/office_record_received.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the bank account that stands on the paper."""
    who = person(request)
    application = get_object_or_404(recording.seen_by(who), pk=pk)
    organisation = application.organisation
    if organisation is None or not recording.may_enter_account(application, who):
        raise Http404
    form = BankAccountForm(posted(request), organisation=organisation)
    back = reverse("grants:section", args=[pk, Section.APPLICANT.value])
    context = {"form": form, "organisation": organisation, "back": back}
    if request.method == "POST" and form.is_valid():
        enter = partial(actions.enter_account, application=application, by=who, **form.cleaned_data)
        return _mended(request, enter, form, "grants/office_record_account.html", context, back)
    return render(request, "grants/office_record_account.html", context)


def _mended(
    request: HttpRequest,
    mend: Callable[[], object],
    form: Any,
    template: str,
    context: dict[str, Any],
    back: str,
) -> HttpResponse:
    try:
        mend()
    except LostRace as refusal:
        return conflict(request, template, context, refusal)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return render(request, template, context)
    success(request, _("Saved."))
    return redirect(back)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend what was entered about an organisation for which nobody acts online."""
    application = load_draft(request, pk)
    who, back = person(request), reverse("grants:office_recorded", args=[pk])
    shown = application.organisation
    if shown is None or not recording.may_correct_organisation(application, who):
        raise Http404
    form = OrganisationForm(posted(request), initial=OrganisationForm.of(shown))
    way = crumbs(_("Change organisation"), draft=application)
    context = {"form": form, "organisation": shown, "back": back, "crumbs": way}
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("version", "")
        mend = partial(
            actions.correct_organisation, application=application, by=who, fields=form.cleaned_data,
            seen_version=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else 0,
        )  # fmt: skip
        return _mended(request, mend, form, "grants/office_record_organisation.html", context, back)
    return render(request, "grants/office_record_organisation.html", context)
