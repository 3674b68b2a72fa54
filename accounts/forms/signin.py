"""The sign-in library's forms in this product's words, without placeholders in place of labels."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import languages
from accounts.fields import NormalisedField

MAX_PASSWORD = 256  # a longer one only costs computing time


class Plain(forms.Form):
    """Drops the placeholders and names the fields as everywhere else."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in self.labels:
                field.label = self.labels[name]
            if isinstance(field.widget, forms.PasswordInput):
                field.validators.append(_not_endless)
            if name == "password1":
                field.help_text = _("At least 12 characters. Use it nowhere else.")


def _not_endless(value: str) -> None:
    if len(value) > MAX_PASSWORD:
        raise ValidationError(_("Please choose a password with at most 256 characters."), code="max_length")


class LoginForm(Plain, account.LoginForm):  # type: ignore[misc]
    labels = {"login": _("E-mail address"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The way to a new password stands below the form, as a sentence of its own.
        self.fields["password"].help_text = ""
        if self.request is not None:
            self.fields["login"].initial = self.request.GET.get("login", "")[:254]


class SignupForm(Plain, account.SignupForm):  # type: ignore[misc]
    """Name, e-mail address, password, language."""

    labels = {"email": _("E-mail address"), "password1": _("Password")}
    field_order = ["full_name", "email", "password1", "language"]

    full_name = NormalisedField(
        label=_("First and last name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language of our mails"), choices=languages.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language() or settings.LANGUAGE_CODE


class ChangeEmailForm(Plain, account.AddEmailForm):  # type: ignore[misc]
    labels = {"email": _("New e-mail address")}


class ChangePasswordForm(Plain, account.ChangePasswordForm):  # type: ignore[misc]
    labels = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }


class ResetPasswordForm(Plain, account.ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": _("E-mail address")}


class ResetPasswordKeyForm(Plain, account.ResetPasswordKeyForm):  # type: ignore[misc]
    labels = {"password1": _("New password"), "password2": _("New password, once more")}


class ReauthenticateForm(Plain, account.ReauthenticateForm):  # type: ignore[misc]
    labels = {"password": _("Password")}


class AuthenticateForm(Plain, mfa.AuthenticateForm):  # type: ignore[misc]
    labels = {"code": _("Code of the app, or a recovery code")}


class MfaReauthenticateForm(Plain, mfa.ReauthenticateForm):  # type: ignore[misc]
    labels = {"code": _("Code of the app, or a recovery code")}


class ActivateTOTPForm(Plain, totp.ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": _("Code that the app shows now")}
