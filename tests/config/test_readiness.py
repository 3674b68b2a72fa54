"""A start that would only fail later is refused at once, with all that is wrong."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from pytest_django.fixtures import Settings

from accounts.encryption import SecretCharField
from accounts.models import BankAccount
from config import monitoring, readiness
from config.messages import compile_messages
from tests.architecture.sources import ROOT
from tests.factories import make_bank_account, make_fund, make_member, make_organisation
from tools.check import production_sample

pytestmark = pytest.mark.django_db

KEY = "another-key-of-the-tests-0123456789-abcdefghij"


@pytest.fixture(autouse=True)
def ready(settings: Settings, tmp_path: Path) -> None:
    compile_messages()
    settings.DEMO = False
    settings.MEDIA_ROOT, settings.STATIC_ROOT = tmp_path / "media", tmp_path / "static"
    for folder in (settings.MEDIA_ROOT, settings.STATIC_ROOT):
        folder.mkdir()
    (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")


@pytest.fixture
def another_key(settings: Settings) -> Iterator[None]:
    def forget() -> None:
        for field in BankAccount._meta.get_fields():
            if isinstance(field, SecretCharField):
                field.__dict__.pop("keys", None)
                field.__dict__.pop("f", None)

    settings.FIELD_ENCRYPTION_KEY = KEY
    forget()
    yield
    forget()


def test_ready_installation_begins() -> None:
    readiness.refuse_if_wrong(serves=True)


def test_everything_that_is_wrong_is_said_at_once(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "nowhere"
    settings.STATIC_ROOT = tmp_path / "empty"

    with pytest.raises(SystemExit) as caught:
        readiness.refuse_if_wrong(serves=True)

    assert str(caught.value).splitlines() == [
        "This installation is not ready:",
        f"- MEDIA_ROOT ({tmp_path / 'nowhere'}) is no folder in which this process may write.",
        f"- STATIC_ROOT ({tmp_path / 'empty'}) holds no collected files: run manage.py collectstatic --noinput.",
    ]


def test_worker_needs_no_static_files(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "empty"

    assert readiness.complaints(serves=False) == []


def test_missing_migrations_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    known = monitoring._on_disk()
    monkeypatch.setattr(monitoring, "_on_disk", lambda: known | {("grants", "0098_a"), ("grants", "0099_b")})

    assert readiness.complaints(serves=True) == ["The database lacks 2 migrations: run manage.py migrate."]


def test_key_that_opens_no_bank_data_is_refused(request: pytest.FixtureRequest) -> None:
    organisation = make_organisation()
    make_bank_account(organisation, make_member(organisation))
    make_fund()
    assert readiness.complaints(serves=True) == []

    request.getfixturevalue("another_key")

    [complaint] = readiness.complaints(serves=True)
    assert complaint.startswith("FIELD_ENCRYPTION_KEY does not open the bank data in this database.")


@pytest.mark.postgresql
def test_pooled_connection_whose_role_waits_without_end() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")

    assert readiness.complaints(serves=False) == [
        "The database role has no lock_timeout: see DATABASE_POOLED in docs/operators.md."
    ]


def test_database_that_is_away_is_no_reason_not_to_begin() -> None:
    def away(*_args: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(away):
        readiness.refuse_if_wrong(serves=True)


@pytest.mark.once
def test_gunicorn_does_not_begin_in_an_installation_that_is_not_ready(tmp_path: Path) -> None:
    env = {
        **production_sample(),
        "PATH": str(Path(sys.executable).parent),
        "TMPDIR": str(tmp_path),
        "BIND": "127.0.0.1:0",
    }
    env |= {"MEDIA_ROOT": str(tmp_path / "nowhere"), "STATIC_ROOT": str(tmp_path / "collected")}
    command = [sys.executable, "-m", "gunicorn", "--config", "docs/deploy/gunicorn.conf.py", "config.wsgi"]

    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 1
    assert "- MEDIA_ROOT" in done.stderr
    assert "- STATIC_ROOT" in done.stderr
    assert "Booting worker" not in done.stderr


@pytest.mark.once
def test_gunicorn_names_the_number_that_is_none(tmp_path: Path) -> None:
    env = {**production_sample(), "TMPDIR": str(tmp_path), "WEB_THREADS": "many"}
    command = [sys.executable, "-m", "gunicorn", "--config", "docs/deploy/gunicorn.conf.py", "config.wsgi"]

    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)

    assert "- WEB_THREADS must be a whole number from 1, not 'many'." in done.stderr
