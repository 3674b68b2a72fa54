"""Everything kept about oneself, to take along; and the end of one's own account."""

from io import BytesIO

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.exceptions import Refused
from accounts.http import person, posted
from accounts.queries import organisations_of
from notifications import pdf
from payments.forms.common import SureForm
from reviews.actions import leaving as actions
from reviews.own_data import everything, sheet


@login_required
@never_cache
@require_safe
def own_data(request: HttpRequest) -> HttpResponse:
    """Hand out what is kept about oneself, as data."""
    answer = JsonResponse(everything(person(request)), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="miteinander-my-data.json"'
    return answer


@login_required
@never_cache
@require_safe
def own_data_sheet(request: HttpRequest) -> FileResponse:
    """Hand out the same as a PDF to read."""
    drawn = pdf.build_sheet(sheet(everything(person(request)), today=clock.today()))
    return FileResponse(
        BytesIO(drawn), as_attachment=True, filename="miteinander-my-data.pdf", content_type="application/pdf"
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # the library is untyped
def end_account(request: HttpRequest) -> HttpResponse:
    """Say what ends and what is kept, then close one's own account."""
    me = person(request)
    form = SureForm(posted(request), label=_("I want to close my account. I know that this cannot be undone."))
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_account(by=me)
        except Refused as refused:
            refusal, status = str(refused.message), 409
        else:
            logout(request)
            messages.success(request, _("Your account is closed."))
            return redirect("home")
    context = {"form": form, "memberships": organisations_of(me), "refusal": refusal}
    return render(request, "reviews/end_account.html", context, status=status)
