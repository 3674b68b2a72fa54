"""Production starts only with a complete environment, and says all that is missing at once."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.celery import app
from config.env import Env, email_settings
from tests.architecture.sources import ROOT
from tools.check import production_sample


def check_deploy(**changes: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], **production_sample(), **changes}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_production_names_everything_that_is_missing() -> None:
    missing = dict.fromkeys(production_sample(), "")
    missing["DJANGO_SETTINGS_MODULE"] = "config.settings.production"

    done = check_deploy(**missing)

    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if line.startswith("- ")] == [
        "- SECRET_KEY is missing.",
        "- FIELD_ENCRYPTION_KEY is missing.",
        "- ALLOWED_HOSTS is missing.",
        "- SITE_URL is missing.",
        "- DATABASE_URL is missing.",
        "- REDIS_URL is missing.",
        "- EMAIL_URL is missing.",
        "- MEDIA_ROOT is missing.",
    ]


def test_production_is_never_a_demo() -> None:
    env = {"PATH": os.environ["PATH"], **production_sample(), "DEMO": "True", "DJANGO_DEMO": "1"}
    script = "from django.conf import settings; print(settings.DEMO, hasattr(settings, 'DEMO_PASSWORD'))"

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False False"


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert scheduled - set(app.tasks) == set()


def read(**values: str) -> Env:
    return Env(values)


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("short", "X is too weak: it needs at least 50 random characters."),
        ("a" * 80, "X is too weak: it needs at least 50 random characters."),
        ("changeme0123456789" * 4, "X looks like a placeholder: use random characters."),
    ],
)
def test_weak_secret_is_refused(value: str, complaint: str) -> None:
    env = read(X=value)

    env.secret("X")

    assert env.complaints == [complaint]


def test_all_complaints_come_at_once() -> None:
    env = read(A="x", B="ftp://x", C="maybe")
    env.number("A", 1)
    env.url("B", ("redis",))
    env.flag("C")

    with pytest.raises(ImproperlyConfigured) as caught:
        env.check()

    assert str(caught.value).splitlines()[1:] == [
        "- A must be a whole number, not 'x'.",
        "- B must begin with redis://.",
        "- C must be yes or no, not 'maybe'.",
    ]


@pytest.mark.parametrize(
    ("url", "port", "use_tls", "use_ssl"),
    [
        ("smtp://mail.example", 587, True, False),
        ("smtp://mail.example?tls=yes", 465, False, True),
        ("smtp://mail.example:25?tls=no", 25, False, False),
        ("demo://", 587, False, False),
    ],
)
def test_email_url_sets_port_and_encryption(url: str, port: int, use_tls: bool, use_ssl: bool) -> None:
    parsed = email_settings(url)

    assert (parsed["port"], parsed["use_tls"], parsed["use_ssl"]) == (port, use_tls, use_ssl)


def test_email_url_keeps_special_characters_of_a_password() -> None:
    parsed = email_settings("smtp://post%40amt:p%2Fw%3A1@mail.example")

    assert (parsed["username"], parsed["password"]) == ("post@amt", "p/w:1")


@pytest.mark.parametrize("value", ["Förderung <a@example.org>", "Fund <a@example.org>", "noreply", "büro@x.example"])
def test_sender_is_an_address_without_a_name(value: str) -> None:
    env = read(SENDER=value)

    assert env.address("SENDER", "noreply@example.org") == value
    assert env.complaints == ["SENDER must be an address without a name, like noreply@example.org."]


def test_what_the_examples_leave_open_is_named() -> None:
    env = read(URL="postgresql://application:…@localhost/miteinander")

    env.url("URL", ("postgresql",))

    assert env.complaints == ["URL still has a … of the example in it."]
