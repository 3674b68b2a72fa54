"""Forms of the ground floor; settings name those of the sign-in library here."""

from accounts.forms.administration import DeputyForm, EndRoleForm, FundForm, LegalTextForm, PayingAccountForm, RoleForm
from accounts.forms.organisations import BankAccountForm, HandOverForm, MembershipForm, OrganisationForm
from accounts.forms.people import ClockForm, FeedbackForm, ProfileForm, SearchForm
from accounts.forms.signin import (
    ActivateTOTPForm,
    AuthenticateForm,
    ChangeEmailForm,
    ChangePasswordForm,
    LoginForm,
    MfaReauthenticateForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
)

__all__ = [
    "ActivateTOTPForm",
    "AuthenticateForm",
    "BankAccountForm",
    "ChangeEmailForm",
    "ChangePasswordForm",
    "ClockForm",
    "DeputyForm",
    "EndRoleForm",
    "FeedbackForm",
    "FundForm",
    "HandOverForm",
    "LegalTextForm",
    "LoginForm",
    "MembershipForm",
    "MfaReauthenticateForm",
    "OrganisationForm",
    "PayingAccountForm",
    "ProfileForm",
    "ReauthenticateForm",
    "ResetPasswordForm",
    "ResetPasswordKeyForm",
    "RoleForm",
    "SearchForm",
    "SignupForm",
]
