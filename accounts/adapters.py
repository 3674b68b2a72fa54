"""How the sign-in library meets this house."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.utils import passthrough_next_redirect_url
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.backends import may_sign_in
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by e-mail address; mails go through the outbox, in the reader's language."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail address or password is not right. Please try again."),
        "too_many_login_attempts": _("Too many attempts. Please wait ten minutes, or set a new password by e-mail."),
        "enter_current_password": _("Please enter your current password."),
        "incorrect_password": _("The password is not right. Please try again."),
        "incorrect_code": _("The code is not right. Codes change every 30 seconds; please enter the one shown now."),
        "email_taken": _("This address cannot be used. Please choose another one."),
        "rate_limited": _("Too many requests. Please wait a moment and try again."),
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Take name and language from the sign-up form."""
        user.full_name = form.cleaned_data["full_name"]
        user.language = form.cleaned_data["language"]
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the language of the person, not of the page from which the mail was caused."""
        person = User.objects.filter(email=email).first() or context.get("user")
        language = person.language if isinstance(person, User) else translation.get_language()
        with translation.override(language):
            super().send_mail(template_prefix, email, {**context, **_always(self.request)})

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Carry the page for which somebody signs up through the mail, which may be opened in another browser."""
        url = super().get_email_confirmation_url(request, emailconfirmation)
        carried: str = passthrough_next_redirect_url(request, url, REDIRECT_FIELD_NAME)
        return carried

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Lead on who came for no page: a new person to the welcome, by the sign-in; all others to the profile."""
        if self.request.user.is_authenticated:
            return reverse("accounts:profile")
        known = email_address.user.last_login is not None
        return f"{reverse('account_login')}?next={reverse('accounts:profile' if known else 'accounts:welcome')}"

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Welcome who is signed in by the confirmation of a first address; everybody else starts at the tasks."""
        if request.resolver_match and request.resolver_match.url_name == "account_confirm_email":
            return reverse("accounts:welcome")
        url: str = super().get_login_redirect_url(request)
        return url

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Lead a new person on, when the link was opened in the browser of the sign-up."""
        return reverse("accounts:welcome")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the profile."""
        return reverse("accounts:profile")

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Treat whom the backend would not take as a closed account; the library itself asks only `is_active`."""
        answer: HttpResponse | None
        if may_sign_in(user):
            answer = super().pre_login(request, user, **kwargs)
        else:
            answer = self.respond_user_inactive(request, user)
        return answer

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Go on in the language that the person chose once."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_language(response, user.language)
        return response


def _always(request: HttpRequest) -> dict[str, Any]:
    """What every mail about an account may need."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "contact_url": request.build_absolute_uri(reverse("accounts:legal", args=["kontakt"])),
        "confirm_days": app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS,
        "reset_days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
    }


def remember_language(response: HttpResponse, language: str) -> None:
    """Set the language for the pages that follow."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
