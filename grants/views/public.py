"""Pages for everybody beside those of the calls: a fund, and a round's form on paper."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import clock
from grants import applicant_view, queries
from grants.blank_form import blank_form
from grants.public_calendar import calendar
from grants.states import RoundState
from grants.views.calls import PER_PAGE, public_round
from grants.year import year
from notifications import pdf
from notifications.files import answer

_CURRENT = (RoundState.OPEN, RoundState.PUBLISHED)


@require_GET
def fund(request: HttpRequest, fund: str) -> HttpResponse:
    """A fund for everybody: what it is for, where one can apply, the dates of the year, its earlier rounds."""
    shown = get_object_or_404(queries.shown_funds(), slug=fund)
    rounds = queries.public_rounds().filter(fund=shown)
    current = list(rounds.filter(state__in=_CURRENT).order_by("state", "deadline_at", "pk")[:PER_PAGE])
    page = Paginator(rounds.exclude(state__in=_CURRENT), PER_PAGE).get_page(request.GET.get("page"))
    told = current[0] if current else rounds.first()
    context = {
        "fund": shown,
        "current": current,
        "open_now": [round_ for round_ in current if round_.state == RoundState.OPEN],
        "told": told,
        "dates": year(told, clock.now()) if told else [],
        "page_obj": page,
        "earlier": [(round_, applicant_view.round_words(round_)) for round_ in page],
        "lists_awards": queries.lists_awards(shown.pk),
    }
    return render(request, "grants/fund_detail.html", context)


@require_GET
def fund_dates(_request: HttpRequest, fund: str) -> HttpResponse:
    """Hand out the public dates of a fund as a calendar file, which a calendar program may follow."""
    shown = get_object_or_404(queries.shown_funds(), slug=fund)
    rounds = queries.public_rounds().filter(fund=shown)[:PER_PAGE]
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    content = calendar(rounds, now=clock.now(), site=settings.SITE_URL, host=host)
    found = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    found["Content-Disposition"] = f'attachment; filename="{shown.slug}.ics"'
    return found


@require_GET
def paper(request: HttpRequest, fund: str, slug: str) -> HttpResponse:
    """The whole form of a round on one page, to be printed and filled in by hand."""
    round_ = public_round(fund, slug)
    context = {
        "round": round_,
        "sheet": blank_form(round_, today=clock.today()),
        "is_open": round_.state == RoundState.OPEN,
    }
    return render(request, "grants/form_blank.html", context)


@require_GET
def paper_pdf(_request: HttpRequest, fund: str, slug: str) -> FileResponse:
    """The same as a PDF, drawn here and now: it is no letter and is kept nowhere."""
    round_ = public_round(fund, slug)
    name = slugify(" ".join((_("application form"), round_.name)))
    return answer(pdf.build_blank(blank_form(round_, today=clock.today())), name=f"{name}.pdf")
