"""What somebody had typed when the session ended: it waits behind the sign-in, for that person alone.

The session that a form was opened in is gone when the form arrives, so a signed cookie tells who was signed in last in
this browser. Without it nothing is kept; the text of one person is never shown to the next.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.apps import apps
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext

from accounts.models import User

COOKIE: Final = "last-person"
Labels = dict[str, str | Promise]
_SALT: Final = "accounts.kept"
_SLOT: Final = "kept"
_MAX_CHARS: Final = 200_000
_BOOKKEEPING: Final = (
    "csrfmiddlewaretoken", "version", "next", "token", "code", "step", "seen", "save", "draft", "add_row", "arrival",
    "touched", "page",
    "TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS", "DELETE",
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """Texts by the names of their fields, and the page on which they were typed."""

    path: str
    texts: list[tuple[str, str]]


def typed(data: QueryDict) -> list[tuple[str, str]]:
    """Return what a person typed into a form: label and text; no passwords, no bank accounts, no bookkeeping."""
    nearest = _nearest({_own_name(name) for name in data})
    return [
        (_label(name, nearest), text)
        for name, values in data.lists()
        for text in map(str, values)
        if text.strip() and _own_name(name) not in _BOOKKEEPING and "password" not in name and "iban" not in name
    ]


def _own_name(name: str) -> str:
    """Return the name of a field without the prefix and the number of its row."""
    return name.rpartition("-")[2]


def _label(name: str, nearest: list[Labels]) -> str:
    """Return how the records nearest to the form call a field; where they differ, only that it is an entry."""
    own = _own_name(name)
    words = {str(labels[own]) for labels in nearest if own in labels}
    label = words.pop() if len(words) == 1 else gettext("entry")
    row = next((f" {int(part) + 1}" for part in name.split("-")[:-1] if part.isdecimal()), "")
    return f"{label[:1].upper()}{label[1:]}{row}"


def _nearest(names: set[str]) -> list[Labels]:
    """Return the labels of the records that share most names with a form, which itself is not at hand here."""
    shared = [len(labels.keys() & names) for labels in _records()]
    return [labels for labels, count in zip(_records(), shared, strict=True) if count == max(shared)]


@cache
def _records() -> list[Labels]:
    return [
        {
            field.name: field.verbose_name
            for field in model._meta.concrete_fields
            if isinstance(field.verbose_name, Promise)
        }
        for model in apps.get_models()
    ]


def remember_person(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note in the browser who is signed in, until it is closed."""
    value = str(request.user.pk)
    if request.get_signed_cookie(COOKIE, default="", salt=_SALT) != value:
        response.set_signed_cookie(
            COOKIE, value, salt=_SALT, httponly=True, samesite="Lax", secure=request.is_secure(), path="/"
        )


def keep(request: HttpRequest) -> bool:
    """Keep what an anonymous request sent for who was signed in before; tell whether there was anything to keep."""
    owner = request.get_signed_cookie(COOKIE, default="", salt=_SALT)
    texts = typed(request.POST)
    if not owner or not texts or sum(len(text) for _, text in texts) > _MAX_CHARS:
        return False
    request.session[_SLOT] = {"owner": owner, "path": request.path, "texts": texts}
    return True


def kept_for(request: HttpRequest, who: User) -> Kept | None:
    """Return what waits for a person who has signed in again."""
    slot = request.session.get(_SLOT)
    if slot is None or slot["owner"] != str(who.pk):
        return None
    return Kept(slot["path"], [(name, text) for name, text in slot["texts"]])


def drop(request: HttpRequest) -> None:
    """Forget what was kept."""
    request.session.pop(_SLOT, None)
