"""Forms of sign-in and sign-up."""

from allauth.account import forms as allauth_forms


class LoginForm(allauth_forms.LoginForm): ...


class SignupForm(allauth_forms.SignupForm): ...
