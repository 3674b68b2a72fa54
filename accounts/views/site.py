"""Legal pages, feedback on barriers, and the demo's own pages."""

import hashlib
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, clock, glossary
from accounts.context import LEGAL_PAGES
from accounts.exceptions import LostRace, Refused
from accounts.forms import ClockForm, FeedbackForm, LegalTextForm
from accounts.http import conflict, person, posted, refused
from accounts.models import AccessibilityFeedback, ClockShift, LegalText, User
from accounts.permissions import administers_all
from accounts.prose import blocks, has_open_places
from accounts.queries import (
    LEGAL_LANGUAGES,
    current_legal_texts,
    default_legal_text,
    demo_people,
    legal_language,
    legal_text,
    legal_versions,
    open_feedback,
)
from accounts.text import search_key

TITLES = dict(LEGAL_PAGES)
FEEDBACK_AN_HOUR = 5
READ_OR_SEND = ["GET", "HEAD", "POST"]


def _known(slug: str) -> str:
    if slug not in TITLES:
        raise Http404
    return slug


def _is_administrator(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and administers_all(request.user)


@require_safe
def legal(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one of the pages that the law wants."""
    language = legal_language(get_language())
    text, version = legal_text(_known(slug), language)
    administrator = _is_administrator(request)
    context = {
        "title": TITLES[slug],
        "slug": slug,
        "blocks": list(blocks(text)),
        "version": version,
        "language": language,
        "administrator": administrator,
        "open_places": administrator and has_open_places(text),
        "feedback_link": slug == "barrierefreiheit",
    }
    return render(request, "accounts/legal_detail.html", context)


@require_safe
def glossary_list(request: HttpRequest) -> HttpResponse:
    """Explain the terms of the field, sorted as the reader's language calls them."""
    terms = sorted(glossary.TERMS.values(), key=lambda term: search_key(str(term.word)))
    return render(request, "accounts/glossary.html", {"terms": terms})


@require_http_methods(READ_OR_SEND)
def accessibility_feedback(request: HttpRequest) -> HttpResponse:
    """Take what somebody tells us about a barrier, also without an account."""
    me = request.user if isinstance(request.user, User) else None
    form = FeedbackForm(posted(request), initial={"page": request.GET.get("page", "")[:300]})
    status = 200
    if request.method == "POST" and form.is_valid():
        if _too_often(request):
            form.add_error(None, _("We got several messages from you just now. Please send the next one in an hour."))
            status = 429
        else:
            actions.give_feedback(by=me, **form.cleaned_data)
            messages.success(request, _("Thank you. Your message has arrived; we will work on it."))
            return redirect("accounts:legal", "barrierefreiheit")
    return render(request, "accounts/feedback_edit.html", {"form": form}, status=status)


def _too_often(request: HttpRequest) -> bool:
    # Only a hash of the address is kept, for an hour.
    address = str(get_adapter(request).get_client_ip(request))
    key = f"feedback:{hashlib.sha256(address.encode()).hexdigest()}"
    if cache.add(key, 1, timeout=3600):
        return False
    return cache.incr(key) > FEEDBACK_AN_HOUR


# --- Administrators ------------------------------------------------------------------------------------


@login_required
@require_safe
def legal_list(request: HttpRequest) -> HttpResponse:
    """List the legal pages with what is still to be filled in."""
    if not administers_all(person(request)):
        raise Http404
    current = current_legal_texts()
    pages = [(slug, title, language) for slug, title in LEGAL_PAGES for language in LEGAL_LANGUAGES]
    rows = [_legal_row(slug, title, language, current.get((slug, language))) for slug, title, language in pages]
    return render(request, "accounts/legal_list.html", {"rows": rows})


def _legal_row(slug: str, title: str | Promise, language: str, version: LegalText | None) -> dict[str, Any]:
    text = version.body if version else default_legal_text(slug, language)
    return {"slug": slug, "title": title, "language": language, "version": version, "open": has_open_places(text)}


@login_required
@require_http_methods(READ_OR_SEND)
def legal_edit(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Publish a new version of a legal page."""
    me = person(request)
    if not administers_all(me) or language not in LEGAL_LANGUAGES:
        raise Http404
    text, version = legal_text(_known(slug), language)
    form = LegalTextForm(posted(request), initial={"body": text, "seen_id": version.pk if version else 0})
    context: dict[str, Any] = {
        "form": form,
        "title": TITLES[slug],
        "slug": slug,
        "language": language,
        "versions": legal_versions(slug, language).defer("body"),
        "current_id": version.pk if version else 0,
    }
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_legal_text(slug=slug, language=language, by=me, **form.cleaned_data)
        except LostRace as refusal:
            return conflict(request, "accounts/legal_edit.html", context, refusal)
        messages.success(request, _("The page is published."))
        return redirect("accounts:legal_list")
    return render(request, "accounts/legal_edit.html", context)


@login_required
@require_safe
def legal_version(request: HttpRequest, slug: str, language: str, pk: int) -> HttpResponse:
    """Show a version of a legal page: an earlier one, or the one that holds now."""
    if not administers_all(person(request)):
        raise Http404
    version = get_object_or_404(legal_versions(slug, language), pk=pk)
    context = {
        "title": TITLES[_known(slug)],
        "version": version,
        "slug": slug,
        "language": language,
        "blocks": list(blocks(version.body)),
        "holds": version == legal_versions(slug, language).first(),
    }
    return render(request, "accounts/legal_version.html", context)


@login_required
@require_safe
def feedback_list(request: HttpRequest) -> HttpResponse:
    """List the feedback on barriers."""
    if not administers_all(person(request)):
        raise Http404
    return render(request, "accounts/feedback_list.html", {"feedback": open_feedback()[:200]})


@login_required
@require_http_methods(["POST"])
def feedback_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a feedback as answered."""
    me = person(request)
    if not administers_all(me):
        raise Http404
    try:
        actions.answer_feedback(feedback=get_object_or_404(AccessibilityFeedback, pk=pk), by=me)
    except Refused as refusal:
        return refused(request, refusal, "/administration/feedback/")
    messages.success(request, _("Marked as answered."))
    return redirect("accounts:feedback_list")


# --- Demo ----------------------------------------------------------------------------------------------


def _demo_only() -> None:
    if not settings.DEMO:
        raise Http404


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """Name the people of the demo and their password; 404 in production."""
    _demo_only()
    return render(request, "accounts/demo.html", {"people": demo_people(), "password": settings.DEMO_PASSWORD})


@require_http_methods(READ_OR_SEND)
def demo_clock(request: HttpRequest) -> HttpResponse:
    """Move the demo's clock; 404 in production."""
    _demo_only()
    shift = ClockShift.objects.first()
    form = ClockForm(posted(request), initial={"days": shift.days if shift else 0})
    if request.method == "POST" and form.is_valid():
        actions.move_clock(days=form.cleaned_data["days"])
        messages.success(request, _("The clock is set."))
        return redirect("accounts:demo_clock")
    return render(request, "accounts/demo_clock.html", {"form": form, "now": clock.now()})
