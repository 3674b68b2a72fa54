"""Production starts only with a complete environment, and says all that is missing at once."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.celery import app
from config.env import Env, email_settings, is_near, weak_neighbours
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


@pytest.mark.parametrize(
    ("pooled", "options", "cursors"),
    [
        ("no", "-c lock_timeout=3000 -c idle_in_transaction_session_timeout=60000", False),
        ("yes", None, True),
    ],
)
def test_pooler_gets_no_options_and_no_cursors(pooled: str, options: str | None, cursors: bool) -> None:
    env = {"PATH": os.environ["PATH"], **production_sample(), "DATABASE_POOLED": pooled}
    script = (
        "from django.conf import settings; database = settings.DATABASES['default'];"
        " print(repr((database['OPTIONS'].get('options'), database.get('DISABLE_SERVER_SIDE_CURSORS', False))))"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == repr((options, cursors))


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


def test_production_names_everything_that_is_weak() -> None:
    key = production_sample()["SECRET_KEY"]

    done = check_deploy(
        SECRET_KEY=key, FIELD_ENCRYPTION_KEY=key, SECRET_KEY_FALLBACKS="old", MONITORING_TOKEN="guess",
        EMAIL_URL="smtp://mail.example:25?tls=no", REDIS_URL="redis://:p#ss@broker.example", LOG_LEVEL="loud",
        MEDIA_ROOT="/srv/static/media", STATIC_ROOT="/srv/static",
    )  # fmt: skip

    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if line.startswith("- ")] == [
        "- SECRET_KEY_FALLBACKS is too weak: it needs at least 50 random characters.",
        "- FIELD_ENCRYPTION_KEY must differ from SECRET_KEY: one can be changed without the other.",
        "- MONITORING_TOKEN is too weak: it needs at least 32 random characters.",
        "- REDIS_URL is no URL; in a password, @ : / # are written as %40 %3A %2F %23.",
        "- EMAIL_URL sends through another network without TLS: tls=no is for a relay nearby.",
        "- MEDIA_ROOT must not lie in STATIC_ROOT: its files are private, those are public.",
        "- LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, not 'LOUD'.",
    ]


@pytest.mark.parametrize(
    "value", ["smtp://u:p@ss#1@mail.example", "smtp://u:p@ss@mail.example", "smtp://mail.example:x"]
)
def test_url_with_signs_that_cut_it_short_is_none(value: str) -> None:
    env = read(EMAIL_URL=value)

    assert env.url("EMAIL_URL", ("smtp",)) == ""
    assert env.complaints == ["EMAIL_URL is no URL; in a password, @ : / # are written as %40 %3A %2F %23."]


@pytest.mark.parametrize(
    ("email", "complaint"),
    [
        ("smtp://", "EMAIL_URL must name the mail server: smtp://host."),
        ("smtp://mail.example?tls=maybe", "EMAIL_URL must say tls=start, tls=yes or tls=no."),
        ("smtp://anna@mail.example", "EMAIL_URL has a user without a password, or the other way round."),
    ],
)
def test_incomplete_mail_server_is_named(email: str, complaint: str) -> None:
    assert weak_neighbours(email=email, redis="", database="") == [complaint]


@pytest.mark.parametrize(
    ("redis", "complaints"),
    [
        ("redis://broker:6379/0", []),
        ("redis+socket:///run/broker", []),
        ("rediss://:word@broker.example/0", []),
        ("redis://", ["REDIS_URL must name the broker: redis://host, or redis+socket:///path."]),
        ("redis://broker.example/0", ["REDIS_URL reaches into another network without a password."]),
    ],
)
def test_open_broker_is_named(redis: str, complaints: list[str]) -> None:
    assert weak_neighbours(email="", redis=redis, database="") == complaints


@pytest.mark.parametrize("database", ["postgresql://localhost", "postgresql://application@localhost"])
def test_database_needs_a_role_and_a_name(database: str) -> None:
    [complaint] = weak_neighbours(email="", redis="", database=database)

    assert complaint.startswith("DATABASE_URL must name role and database")


@pytest.mark.parametrize(
    ("host", "near"),
    [
        *(("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.2.3.4", True), ("broker", True)),
        *(("mail.example", False), ("8.8.8.8", False), (None, False)),
    ],
)
def test_neighbour_is_known_by_its_host(host: str | None, near: bool) -> None:
    assert is_near(host) is near
