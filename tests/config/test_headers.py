"""What every answer carries."""

import pytest
from django.test import Client

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
    assert client.get("/health/").status_code == 200
