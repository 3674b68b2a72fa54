"""Pages about oneself: welcome, profile, export, language."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, kept
from accounts.adapters import remember_language
from accounts.forms import ProfileForm
from accounts.http import person, posted
from accounts.models import User
from accounts.permissions import roles_of
from accounts.queries import living_roles, organisations_of


@login_required
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Say to a new person what comes next."""
    me = person(request)
    return render(
        request,
        "accounts/welcome.html",
        {"memberships": organisations_of(me), "is_staff_of_funds": bool(roles_of(me))},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def kept_text(request: HttpRequest) -> HttpResponse:
    """Show what was typed when the session ended, until the person has it."""
    waiting = kept.kept_for(request, person(request))
    if waiting is None:
        return redirect("home")
    if request.method == "POST":
        kept.drop(request)
        return redirect(waiting.path)
    return render(request, "accounts/kept.html", {"kept": waiting.texts, "path": waiting.path})


@login_required
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Show one's own account."""
    me = person(request)
    context = {
        "memberships": organisations_of(me),
        "roles": living_roles().filter(user=me),
        "second_factor": is_mfa_enabled(me),
    }
    return render(request, "accounts/profile_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile_edit(request: HttpRequest) -> HttpResponse:
    """Change one's own name, language and phone."""
    me = person(request)
    initial = {"full_name": me.full_name, "language": me.language, "phone": me.phone}
    form = ProfileForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = actions.edit_profile(by=me, **form.cleaned_data)
        response = redirect("accounts:profile")
        remember_language(response, saved.language)
        with translation.override(saved.language):
            messages.success(request, _("Your profile is saved."))
        return response
    return render(request, "accounts/profile_edit.html", {"form": form})


@require_http_methods(["POST"])
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Change the language of the pages, and keep it for a person who is signed in."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and translation.check_for_language(language):
        actions.set_language(by=request.user, language=language)
    return i18n.set_language(request)
