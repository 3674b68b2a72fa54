"""What monitoring is told, and that it is told in time whatever hangs."""

import re
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from accounts import clock
from config import monitoring
from config.monitoring import Finding
from grants.states import Scan
from notifications.models import Document, Notice, Sweep
from notifications.states import NoticeState
from payments.tasks import check_books
from tests.architecture.sources import ROOT
from tests.factories import make_application
from tests.grants.factories import make_attachment
from tests.notifications.factories import make_letter, make_notice
from tests.services import Broker

TOKEN = "monitoring-asks-with-these-0123456789"
AUTH = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(committed_db: None, broker: Broker, settings: Settings) -> None:
    """An installation in which everything is well."""
    settings.MONITORING_TOKEN = TOKEN
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    for name in settings.SWEEPS_LATE_AFTER:
        Sweep.objects.create(name=name, done_at=clock.now())


def details(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/health/details/", headers=AUTH)
    body = answer.json()
    assert body["ok"] is (answer.status_code == 200)
    return answer.status_code, body["checks"]


def failed(client: Client) -> set[str]:
    return {name for name, check in details(client)[1].items() if not check["ok"]}


def figures(client: Client) -> dict[tuple[str, ...], float]:
    text = client.get("/metrics/", headers=AUTH).content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value for sample in samples}


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/details/", "/metrics/"])
def test_only_who_knows_the_token_is_told(client: Client, settings: Settings, path: str) -> None:
    assert client.get(path, headers={"Authorization": "Bearer "}).status_code == 404

    settings.MONITORING_TOKEN = TOKEN
    for wrong in ({}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}, {"Authorization": "Bearer ä"}):
        answer = client.get(path, headers=wrong)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert client.post(path, headers=AUTH).status_code == 405


@pytest.mark.usefixtures("watched")
def test_all_is_well(client: Client) -> None:
    status, checks = details(client)

    assert status == 200
    assert set(checks) == {
        "database", "migrations", "notices", "documents", "scheduler", "books", "broker", "disk",
        "scanner",
    }  # fmt: skip
    assert checks["migrations"] == {"ok": True, "missing": 0}
    assert checks["notices"] == {
        "ok": True, "waiting": 0, "oldest_seconds": 0.0, "overdue_seconds": 0.0, "failed": 0, "held": 0,
    }  # fmt: skip


@pytest.mark.usefixtures("watched")
def test_late_notices_and_documents_are_told(client: Client) -> None:
    hour_ago = clock.now() - timedelta(hours=1)
    with clock.hold(hour_ago):
        make_notice(next_try_at=hour_ago + timedelta(minutes=70))
    make_notice(state=NoticeState.FAILED)
    make_notice(state=NoticeState.HELD)
    make_letter(rendered=False)
    # Refused for now an hour ago, to be tried again later: old, but nobody is late.
    assert failed(client) == set()

    Notice.objects.filter(state=NoticeState.OWED).update(next_try_at=hour_ago)
    Document.objects.update(next_try_at=hour_ago)
    status, checks = details(client)

    assert status == 503
    assert {name for name, check in checks.items() if not check["ok"]} == {"notices", "documents"}
    notices = checks["notices"]
    assert (notices["waiting"], notices["failed"], notices["held"]) == (1, 1, 1)
    assert 3600 <= notices["overdue_seconds"] < 3660
    assert 3600 <= notices["oldest_seconds"] < 3660


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize(("minutes", "wrong"), [(14, set()), (16, {"scanner"})])
def test_files_that_wait_long_for_the_scanner_are_told(client: Client, minutes: int, wrong: set[str]) -> None:
    make_attachment(make_application(), scan=Scan.WAITING, uploaded_at=clock.now() - timedelta(minutes=minutes))
    make_attachment(make_application(), scan=Scan.CLEAN, uploaded_at=clock.now() - timedelta(days=1))

    assert failed(client) == wrong
    assert figures(client)["miteinander_scanner_waiting",] == 1


@pytest.mark.usefixtures("watched")
def test_scheduler_that_is_gone_is_told_with_its_age(client: Client) -> None:
    Sweep.objects.filter(name="grants.sweep").update(done_at=clock.now() - timedelta(minutes=4))
    Sweep.objects.filter(name="reviews.sweep").delete()

    status, checks = details(client)

    assert status == 503
    assert checks["scheduler"]["ok"] is False
    ages = checks["scheduler"]["age_seconds"]
    assert 240 <= ages["grants.sweep"] < 300
    assert ages["reviews.sweep"] is None


@pytest.mark.usefixtures("watched")
def test_books_that_are_wrong_are_told_the_next_morning(client: Client) -> None:
    check_books()
    assert failed(client) == set()

    Sweep.objects.filter(name="payments.check_books").update(findings="one sentence\nanother")
    assert failed(client) == {"books"}
    assert figures(client)["miteinander_books_findings",] == 2


@pytest.mark.once
@pytest.mark.usefixtures("watched")
def test_broker_that_hangs_or_is_gone_is_told(client: Client, broker: Broker) -> None:
    broker.pause()
    assert failed(client) == {"broker"}
    broker.resume()
    assert failed(client) == set()

    broker.kill()
    assert failed(client) == {"broker"}


@pytest.mark.once
@pytest.mark.usefixtures("watched")
def test_folder_that_is_gone_or_a_full_disk_is_told(client: Client, settings: Settings, tmp_path: Path) -> None:
    total = shutil.disk_usage(tmp_path).total
    assert details(client)[1]["disk"]["total_bytes"] == total

    settings.MEDIA_ROOT = tmp_path / "nowhere"
    assert failed(client) == {"disk"}


@pytest.mark.once
@pytest.mark.usefixtures("watched")
def test_missing_migration_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    known = monitoring._on_disk()
    monkeypatch.setattr(monitoring, "_on_disk", lambda: known | {("grants", "0099_of_tomorrow")})

    status, checks = details(client)

    assert (status, checks["migrations"]) == (503, {"ok": False, "missing": 1})


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A question that is not answered until the test is over."""
    over, asked = threading.Event(), SimpleNamespace(times=0)

    def probe() -> list[Finding]:
        asked.times += 1
        over.wait(60)
        return []

    monkeypatch.setattr(monitoring, "SECONDS", 0.05)
    monkeypatch.setattr(monitoring, "_QUESTIONS", (monitoring._Question("database", probe),))
    yield asked
    over.set()


def test_what_hangs_is_told_as_failed_and_not_asked_for_ever(hanging: SimpleNamespace) -> None:
    for _ in range(8):
        assert monitoring.look() == [Finding("database", ok=False, figures={"error": "TimeoutError"})]

    assert hanging.times == monitoring._MOST_WAITING


@pytest.mark.once
@pytest.mark.usefixtures("watched")
def test_figures_count_requests_by_view_and_status(client: Client) -> None:
    before = figures(client)
    client.get("/calls/")
    client.get("/calls/")
    client.get("/no-such-page/")
    client.generic("BREW", "/calls/")
    after = figures(client)

    def more(*key: str) -> float:
        return after.get(key, 0) - before.get(key, 0)

    assert more("miteinander_requests_total", "GET", "200", "grants:calls") == 2
    assert more("miteinander_requests_total", "GET", "404", "-") == 1
    assert more("miteinander_requests_total", "other", "405", "grants:calls") == 1
    assert more("miteinander_request_seconds_count", "GET", "grants:calls") == 2
    assert after["miteinander_requests_in_flight",] == 1
    assert after["miteinander_up", "database"] == after["miteinander_up", "broker"] == 1
    assert after["miteinander_notices_waiting",] == 0
    assert ("miteinander_scheduler_age_seconds", "payments.sweep") in after


@pytest.mark.once
@pytest.mark.usefixtures("watched")
def test_figures_count_refused_sign_ins(client: Client) -> None:
    before = figures(client)["miteinander_sign_in_failures_total",]

    assert authenticate(email="nobody@example.org", password="wrong") is None

    assert figures(client)["miteinander_sign_in_failures_total",] == before + 1


@pytest.mark.django_db
def test_looking_costs_as_many_queries_for_one_notice_as_for_many() -> None:
    make_notice()
    with CaptureQueriesContext(connection) as few:
        monitoring._database()
    for _ in range(20):
        make_notice()
    with CaptureQueriesContext(connection) as many:
        findings = {finding.name: finding for finding in monitoring._database()}

    assert findings["notices"].figures["waiting"] == 21
    assert len(few) == len(many) == 9


@pytest.mark.once
@pytest.mark.usefixtures("watched")
def test_rules_speak_of_figures_that_there_are(client: Client) -> None:
    rules = (ROOT / "docs/deploy/alerts.yml").read_text()
    named = set(re.findall(r"miteinander_[a-z_]+", rules))
    client.get("/calls/")

    known = {name for name, *_ in figures(client)}

    assert len(named) > 10
    assert named - known == set()
