"""What the office's views share: loading what may be seen, one page for one act, and the answer to a refusal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.messages import success
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.forms.versioned import VersionedForm
from accounts.http import conflict, person
from grants import office
from grants.exceptions import CaseChanged
from grants.models import Application

Text = str | Promise
Predicate = Callable[[Any, Any], bool]
ACT = "grants/office_act.html"


def load_case(request: HttpRequest, pk: int) -> Application:
    """Return a sent case whose check the person may look into, else 404."""
    rows = office.office_cases_of(person(request))
    return get_object_or_404(rows.select_related("round", "fund", "organisation", "officer"), pk=pk)


def permit(record: Any, request: HttpRequest, predicate: Predicate) -> None:
    """Hide a page from whom the step is not for. Raises: Http404."""
    if not predicate(record, person(request)):
        raise Http404


@dataclass(frozen=True)
class Act:
    """The words of a page for one act."""

    title: Text
    lead: Text
    submit: Text
    done: Text
    text: Text = ""
    danger: bool = False


def check_page(application: Application) -> str:
    """Return the address of the case's formal check."""
    return reverse("grants:office_check", args=[application.pk])


def act_on_case(
    request: HttpRequest,
    application: Application,
    form: VersionedForm,
    words: Act,
    do: Callable[[], object],
    *,
    states: tuple[str, ...],
    template: str = ACT,
) -> HttpResponse:
    """Show the page of one act, or do it and go back to the check.

    Args:
        request: of the person.
        application: as it is now.
        form: bound on POST.
        words: of the page.
        do: calls the action; the form is valid then.
        states: in which the act makes sense; an old page is answered 409 with its text kept.
        template: of the page.
    """
    context = _context(application, form, words)
    if request.method != "POST":
        return (
            redirect(check_page(application)) if application.state not in states else render(request, template, context)
        )
    valid = form.is_valid()
    if application.state not in states or form.seen_version() != application.version:
        return _lost(request, template, application, context, CaseChanged())
    if not valid:
        return render(request, template, context)
    try:
        do()
    except LostRace as refusal:
        application.refresh_from_db()
        return _lost(request, template, application, context, refusal)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return render(request, template, context)
    success(request, str(words.done))
    return redirect(check_page(application))


def _lost(
    request: HttpRequest, template: str, application: Application, context: dict[str, Any], refusal: LostRace
) -> HttpResponse:
    context["form"].show_version(application.version)
    return conflict(request, template, context, refusal)


def _context(application: Application, form: VersionedForm, words: Act) -> dict[str, Any]:
    return {
        "form": form,
        "words": words,
        "kicker": application.case_number,
        "state": application.state,
        "state_label": application.get_state_display(),
        "back": check_page(application),
        "crumbs": [
            (_("Applications"), reverse("grants:office_applications")),
            (application.case_number, reverse("reviews:case", args=[application.pk])),
            (_("Formal check"), check_page(application)),
            (words.title, ""),
        ],
    }
