"""Make the first administrator of an installation."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse

from accounts import actions, clock
from accounts.exceptions import AlreadyHeld
from accounts.models import User


class Command(BaseCommand):
    """``manage.py create_admin --email … --name …``: asks for a password, or prints a link to set one."""

    help = "Makes the first administrator, who then names everybody else on the pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take address, name, and whether to print a link even at a terminal."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--link", action="store_true", help="print a link instead of asking for a password")

    def handle(self, *, email: str, name: str, link: bool, **options: Any) -> None:
        """Make the administrator."""
        password = "" if link or not sys.stdin.isatty() else self._ask(email, name)
        try:
            validate_email(email)
            user = actions.create_first_administrator(
                email=email, full_name=name, password=password, today=clock.today()
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except AlreadyHeld as error:
            raise CommandError(
                "There is an administrator already. Further ones are named on the page People and roles."
            ) from error
        self.stdout.write(f"{user.email} is the administrator.")
        if not password:
            self.stdout.write(f"Set a password here, once: {self._link(user)}")

    def _ask(self, email: str, name: str) -> str:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Password, once more: "):
            raise CommandError("The two passwords differ.")
        try:
            validate_password(password, User(email=email, full_name=name))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return password

    def _link(self, user: User) -> str:
        parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        path = reverse("account_reset_password_from_key", kwargs=parts)
        return f"{settings.SITE_URL}{path}"
