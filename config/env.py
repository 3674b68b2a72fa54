"""A small typed reader of environment variables that reports everything wrong at once."""

import ipaddress
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

    def secret(self, name: str, minimum: int = 50, *, required: bool = True) -> str:
        """Return a secret of at least ``minimum`` characters that does not look like a placeholder."""
        value = self.text(name, None if required else "")
        self._judge(name, value, minimum)
        return value

    def secrets(self, name: str, minimum: int = 50) -> list[str]:
        """Return former secrets, comma-separated, as strong as the one that took their place."""
        values = self.words(name, "")
        for value in values:
            self._judge(name, value, minimum)
        return values

    def _judge(self, name: str, value: str, minimum: int) -> None:
        if value and (len(value) < minimum or len(set(value)) < 10):
            self.complaints.append(f"{name} is too weak: it needs at least {minimum} random characters.")
        elif any(word in value.lower() for word in WEAK_WORDS):
            self.complaints.append(f"{name} looks like a placeholder: use random characters.")

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Return one of ``allowed``, whatever its case."""
        value = self.text(name, default).upper()
        if value in allowed:
            return value
        self.complaints.append(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
        return default

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
        if not _is_url(value):
            self.complaints.append(f"{name} is no URL; in a password, @ : / # are written as %40 %3A %2F %23.")
            return ""
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


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        # An unwritten # or @ of a password cuts the address short without a word.
        return parts.port != 0 and not parts.fragment and parts.netloc.count("@") < 2
    except ValueError:
        return False


def is_near(host: str | None) -> bool:
    """Tell whether a host is this machine, a private address, or a bare name of the private network it stands in."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return bool(host) and "." not in str(host)
    return address.is_loopback or address.is_private


def weak_neighbours(*, email: str, redis: str, database: str) -> list[str]:
    """Return complaints about the URLs of mail server, broker and database: incomplete, or open on the way."""
    mail, broker, data = urlsplit(email), urlsplit(redis), urlsplit(database)
    tls = parse_qs(mail.query).get("tls", ["start"])[-1]
    wrong = {
        "EMAIL_URL must name the mail server: smtp://host.": email and not mail.hostname,
        "EMAIL_URL must say tls=start, tls=yes or tls=no.": tls not in {"start", "yes", "no"},
        "EMAIL_URL sends through another network without TLS: tls=no is for a relay nearby.": tls == "no"
        and mail.hostname
        and not is_near(mail.hostname),
        "EMAIL_URL has a user without a password, or the other way round.": bool(mail.username) != bool(mail.password),
        "REDIS_URL must name the broker: redis://host, or redis+socket:///path.": redis
        and not (broker.hostname or broker.path.strip("/")),
        "REDIS_URL reaches into another network without a password.": broker.hostname
        and not is_near(broker.hostname)
        and not broker.password,
        "DATABASE_URL must name role and database: postgresql://role:password@host/database.": database
        and not (data.username and data.path.strip("/")),
    }
    return [complaint for complaint, is_so in wrong.items() if is_so]


def weak_scanner(url: str) -> list[str]:
    """Return complaints about the address of the virus scanner: incomplete, or open on the way."""
    parts = urlsplit(url)
    wrong = {
        "CLAMAV_ADDRESS must name a socket, unix:///path, or a host, tcp://host:3310.": url
        and not (parts.path.strip("/") if parts.scheme == "unix" else parts.hostname),
        "CLAMAV_ADDRESS reaches into another network: files would go there in the open.": parts.scheme == "tcp"
        and bool(parts.hostname)
        and not is_near(parts.hostname),
    }
    return [complaint for complaint, is_so in wrong.items() if is_so]


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
