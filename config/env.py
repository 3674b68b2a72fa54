"""A small typed reader of environment variables that reports everything wrong at once."""

from collections.abc import Mapping
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

WEAK_WORDS = ("changeme", "change-me", "insecure", "secret", "password", "example")
# What the examples in docs/deploy leave to be filled in.
PLACEHOLDER = "…"


class Env:
    """Reads settings from ``values`` and collects complaints instead of stopping at the first one.

    Call :meth:`check` after the last read; until then wrong values come back as harmless blanks.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.complaints: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        """Return the value of ``name`` without outer blanks; without ``default`` it must be there."""
        value = self._values.get(name, "").strip()
        if PLACEHOLDER in value:
            self.complaints.append(f"{name} still has a {PLACEHOLDER} of the example in it.")
        if value:
            return value
        if default is None:
            self.complaints.append(f"{name} is missing.")
        return default or ""

    def secret(self, name: str, minimum: int = 50) -> str:
        """Return a secret of at least ``minimum`` characters that does not look like a placeholder."""
        value = self.text(name)
        if value and (len(value) < minimum or len(set(value)) < 10):
            self.complaints.append(f"{name} is too weak: it needs at least {minimum} random characters.")
        elif any(word in value.lower() for word in WEAK_WORDS):
            self.complaints.append(f"{name} looks like a placeholder: use random characters.")
        return value

    def number(self, name: str, default: int) -> int:
        """Return ``name`` as a whole number."""
        value = self.text(name, str(default))
        if value.isdecimal():
            return int(value)
        self.complaints.append(f"{name} must be a whole number, not {value!r}.")
        return default

    def flag(self, name: str, default: bool = False) -> bool:
        """Return ``name`` as yes (1, true, yes, on) or no (0, false, no, off)."""
        value = self.text(name, "yes" if default else "no").lower()
        if value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
            self.complaints.append(f"{name} must be yes or no, not {value!r}.")
        return value in {"1", "true", "yes", "on"}

    def words(self, name: str, default: str | None = None) -> list[str]:
        """Return a comma-separated list without blanks."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def url(self, name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
        """Return a URL whose scheme is one of ``schemes``."""
        value = self.text(name, default)
        if value and urlsplit(value).scheme not in schemes:
            self.complaints.append(f"{name} must begin with {' or '.join(s + '://' for s in schemes)}.")
        return value

    def address(self, name: str, default: str) -> str:
        """Return a bare e-mail address; each mail puts its own name in front."""
        value = self.text(name, default)
        if parseaddr(value) != ("", value) or "@" not in value or not value.isascii():
            self.complaints.append(f"{name} must be an address without a name, like noreply@example.org.")
        return value

    def check(self) -> None:
        """Raise ``ImproperlyConfigured`` that names every wrong value, if there is one."""
        if self.complaints:
            raise ImproperlyConfigured("Wrong environment:\n" + "\n".join(f"- {line}" for line in self.complaints))


def email_settings(url: str) -> dict[str, str | int | bool | None]:
    """Split ``EMAIL_URL`` into what the worker's mail connection needs.

    ``smtp://user:pass@host:587?tls=start`` upgrades by STARTTLS, ``tls=yes`` (port 465) speaks TLS from
    the first byte, ``tls=no`` not at all; ``demo://`` writes message files below ``MEDIA_ROOT``.
    """
    parts = urlsplit(url)
    tls = parse_qs(parts.query).get("tls", ["start"])[-1]
    return {
        "scheme": parts.scheme,
        "host": parts.hostname or "",
        "port": parts.port or (465 if tls == "yes" else 587),
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": parts.scheme == "smtp" and tls == "start",
        "use_ssl": parts.scheme == "smtp" and tls == "yes",
    }
