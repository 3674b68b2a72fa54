"""What a request must not get by lying about itself: another host, a way out of the site, a fetch from the server."""

import ast
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from notifications.models import Notice
from tests import factories as make
from tests.architecture.sources import product

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ELSEWHERE = (
    "https://boese.example/",
    "//boese.example/",
    "/\\boese.example",
    "https:boese.example",
    "javascript:alert(1)",
)
# What fetches addresses; the product has no reason to.
FETCHERS = {"urllib.request", "http.client", "requests", "httpx", "urllib3", "aiohttp", "ftplib", "socket"}


@pytest.mark.parametrize("host", ["boese.example", "testserver.boese.example", "testserver/x", ""])
def test_host_header_is_one_of_ours_or_nothing(client: Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 400


def test_links_in_mails_name_our_host_whatever_the_request_says(client: Client, settings: Settings) -> None:
    # The test runner puts a mail box of its own in place.
    settings.EMAIL_BACKEND = "notifications.mail.OutboxBackend"
    user = make.make_user()
    headers = {"x-forwarded-host": "boese.example", "forwarded": "host=boese.example", "x-host": "boese.example"}

    answer = client.post(reverse("account_reset_password"), {"email": user.email}, headers=headers)

    assert answer.status_code == 302
    text = Notice.objects.get().body
    assert f"{settings.SITE_URL}/" in text
    assert "boese.example" not in text


def ways_out(target: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Addresses that lead on to a page of the visitor's choice."""
    yield reverse("account_login"), {"login": "da@example.org", "password": make.PASSWORD, "next": target}
    yield reverse("set_language"), {"language": "en", "next": target}
    yield reverse("account_logout"), {"next": target}


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_address_leads_out_of_the_site(target: str) -> None:
    user = make.make_user("da@example.org")
    for url, data in ways_out(target):
        client = Client()
        if url != reverse("account_login"):
            client.force_login(get_user_model().objects.get(pk=user.pk))
        answer = client.post(url, data)
        assert "boese" not in answer.headers.get("Location", ""), url
        assert not answer.headers.get("Location", "").startswith("javascript"), url


def modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


def test_the_server_fetches_nothing() -> None:
    """No address of a user can be fetched where nothing fetches addresses."""
    found = [
        (name, module)
        for name, tree in product()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        )
        if module in FETCHERS or module.split(".")[0] in FETCHERS
    ]

    # The supervisor of `make run` asks its own port; files go to the scanner that the setting names.
    assert {name for name, _ in found} <= {"config/supervisor.py", "grants/scanning.py"}
