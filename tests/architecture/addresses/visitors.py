"""Browsers of every kind of person, and what an answer means in one word."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from itertools import cycle
from typing import Any, cast
from unittest import mock

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.architecture.addresses.rows import Row
from tests.world import Side, undone

REFUSED, SIGN_IN, WRONG_METHOD, MAY = "404", "sign-in", "405", "may"
ANSWERS = (200, 204, 302, 409, 422, 429)


class Visitor:
    """One kind of person with a browser; each request begins as if it were the first after the sign-in."""

    def __init__(self, user: User | None) -> None:
        self.client, self.body, self.raw = Client(), "", b""
        if user is not None:
            self.client.force_login(user)
        self.cookies = self.client.cookies.output().replace("Set-Cookie: ", "")

    def ask(self, method: str, url: str, data: Mapping[str, Any] | None = None) -> HttpResponse:
        """Send one request and take back what it wrote; `body` holds what was read."""
        self.client.cookies.clear()
        self.client.cookies.load(self.cookies)
        with undone():
            response: Any = getattr(self.client, method)(url, data or {})
            # Reading to the end closes the file; closing by hand would take the database along.
            self.raw = b"".join(response.streaming_content) if response.streaming else response.content
        self.body = self.raw.decode(errors="replace")
        return cast(HttpResponse, response)

    def glance(self, url: str) -> str:
        """Tell in one word what came of looking at a page that nobody draws: who may was decided before."""
        with mock.patch("django.template.backends.django.Template.render", return_value=""):
            return self.outcome("get", url)

    def outcome(self, method: str, url: str, data: Mapping[str, Any] | None = None) -> str:
        """Tell in one word what came of a request."""
        try:
            return word_of(self.ask(method, url, data))
        except Exception as error:
            return f"breaks ({error!r})"


def word_of(response: HttpResponse) -> str:
    """Tell in one word what an answer means; one that means nothing good keeps its number."""
    if response.status_code in (404, 405):
        return str(response.status_code)
    if response.status_code == 302 and response["Location"].startswith(f"{reverse(settings.LOGIN_URL)}?next="):
        return SIGN_IN
    return MAY if response.status_code in ANSWERS else f"{response.status_code}!"


def address(row: Row, side: Side) -> str:
    return reverse(row.name, args=row.at(side) if row.at else [])


class Forms(HTMLParser):
    """The forms of a page: each a list of (name, type, value); a select gives its chosen or last option."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[list[tuple[str, str, str]]] = []
        self._select: str | None = None
        self._open = False
        self.feed(text)

    @property
    def distinct(self) -> list[list[tuple[str, str, str]]]:
        """One form of each kind: the rows of a list have the same form with other numbers."""
        kinds = {
            tuple((re.sub(r"[0-9]+", "0", name), kind) for name, kind, _value in form): form for form in self.found
        }
        return list(kinds.values())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = values.get("method", "").lower() == "post"
            if self._open:
                self.found.append([])
        elif self._open and tag in ("input", "textarea", "button") and values.get("name"):
            kind = values.get("type", "text") if tag == "input" else tag
            self.found[-1].append((values["name"], kind, values.get("value", "")))
        elif self._open and tag == "select":
            self._select = values.get("name")
        elif self._open and tag == "option" and self._select:
            self.found[-1].append((self._select, "option", values.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        if tag == "select":
            self._select = None


# Kinds of fields whose values come from the page.
GIVEN = ("hidden", "radio", "option", "checkbox")


def twisted(fields: list[tuple[str, str, str]], value: str, *, typed: bool = True) -> Iterator[dict[str, str]]:
    """Yield the form as the page sends it but for one field after the other, boxes and hidden ones too.

    Of fields that differ by a number alone, as in the lines of a plan, the first one. The buttons take turns.

    Args:
        fields: of the form.
        value: what the field is sent with.
        typed: whether fields in which somebody types are twisted too.
    """
    taken = [n for n, kind, _value in fields if kind in GIVEN or (typed and kind not in ("submit", "button", "file"))]
    kinds = {re.sub(r"[0-9]+", "0", name): name for name in reversed(taken)}
    for name, data in zip(kinds.values(), cycle(filled(fields, "1")), strict=False):
        yield data | {name: value}


def filled(fields: list[tuple[str, str, str]], text: str) -> Iterator[dict[str, str]]:
    """Yield the form filled with `text` wherever somebody can type, once for each named button."""
    data: dict[str, str] = {}
    buttons: list[tuple[str, str]] = []
    for name, kind, value in fields:
        if kind in ("submit", "button"):
            buttons.append((name, value))
        elif kind == "file":
            continue
        elif kind in ("hidden", "radio", "option"):
            data[name] = value
        elif kind == "checkbox":
            data[name] = value or "on"
        else:
            data[name] = text
    for name, value in buttons or [("", "")]:
        yield data | ({name: value} if name else {})
