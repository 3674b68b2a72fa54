"""What every answer carries."""

from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django.fixtures import Settings

EXPECTED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/konto/login/", "/no-such-page/"])
def test_pages_carry_the_headers(client: Client, path: str) -> None:
    response = client.get(path)

    assert {name: response.headers.get(name) for name in EXPECTED} == EXPECTED
    assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))
    assert "camera=()" in response.headers["Permissions-Policy"]


@pytest.mark.django_db
def test_policy_allows_no_inline_code_and_no_frame(client: Client) -> None:
    policy = client.get("/konto/login/").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'"} <= {
        part.strip() for part in policy.split(";")
    }


@pytest.mark.django_db
def test_health_is_asked_without_an_account(client: Client) -> None:
    answer = client.get("/health/", headers={"accept": "application/json"})

    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok\n", "text/plain")


@pytest.mark.django_db
def test_health_writes_nothing_and_tells_one_thing_whatever_is_asked(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"

    answers = {client.get(f"/health/?format={kind}").content for kind in ("json", "atom", "rss", "openmetrics")}

    assert answers == {b"ok\n"}
    assert not settings.MEDIA_ROOT.exists()


@pytest.mark.django_db
def test_health_says_when_the_database_is_gone(client: Client) -> None:
    with connection.execute_wrapper(_gone):
        answer = client.get("/health/")

    assert (answer.status_code, answer.content) == (503, b"no database\n")


@pytest.mark.django_db
def test_page_without_a_database_says_so_and_asks_nothing(client: Client) -> None:
    client.raise_request_exception = False
    with connection.execute_wrapper(_gone):
        answer = client.get("/")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Wir sind gerade nicht erreichbar" in answer.content.decode()


@pytest.mark.django_db
def test_our_own_fault_is_told_as_one(client: Client) -> None:
    client.raise_request_exception = False
    with connection.execute_wrapper(_broken):
        answer = client.get("/")

    assert answer.status_code == 500
    page = answer.content.decode()
    assert "etwas schiefgegangen" in page
    assert f"unter der Kennung <bdi>{answer['X-Request-ID']}</bdi>." in page


def _broken(*_args: object) -> None:
    raise ValueError


def _gone(*_args: object) -> None:
    raise OperationalError("server closed the connection unexpectedly")
