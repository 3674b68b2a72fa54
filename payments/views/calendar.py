"""The dates of an application for the applicant's own calendar."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import clock
from grants import applicant_view
from grants.views.loading import is_draft, visible
from payments.calendar_file import Case, calendar
from payments.queries.way import whole_way


@login_required
@never_cache
@require_GET
def dates(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the days that are still to come; nothing in it that the case page does not say."""
    found = visible(request, pk)
    steps = applicant_view.timeline(found, announced=False) if is_draft(found) else whole_way(found).timeline
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    page = settings.SITE_URL + reverse("grants:application", args=[pk])
    case = Case(str(found), f"{found.case_key.replace(':', '-')}@{host}", page)
    answer = HttpResponse(calendar(steps, case, now=clock.now()), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.case_number or pk}.ics"'
    return answer
