"""Who may sign in, and stay signed in."""

from allauth.account import auth_backends
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from accounts.models import User


def may_sign_in(user: AbstractBaseUser | None) -> bool:
    """Tell whether the account is open; the demo's people, whose password many know, only in the demo."""
    return isinstance(user, User) and user.is_active and (settings.DEMO or not user.is_invented)


class AuthenticationBackend(auth_backends.AuthenticationBackend):  # type: ignore[misc]  # the library is untyped
    """By e-mail address and password."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        """Asked at the sign-in, and at each page for the person whom the session names."""
        return may_sign_in(user)
