"""People for the measurements: sessions opened in the database, and names that no earlier run has used."""

import itertools
import time
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import User
from tests import factories
from tests.notifications import factories as letter_factories

BACKEND = "accounts.backends.AuthenticationBackend"


def session_of(email: str) -> str:
    """Open a session as the sign-in form would, and return the value of its cookie."""
    user = User.objects.get(email=email)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def fresh_numbers() -> None:
    """Let what is made for the jobs be named otherwise than in an earlier run on the same database."""
    for module in (factories, letter_factories):
        vars(module)["_numbers"] = itertools.count(int(time.time()) % 100_000_000 * 10)
