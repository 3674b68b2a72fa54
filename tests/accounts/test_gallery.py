"""The gallery belongs to the demo and needs no database."""

import pytest
from django.test import Client, override_settings


def test_gallery_shows_all_components_without_a_query(client: Client) -> None:
    answer = client.get("/gallery/")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/html; charset=utf-8"


@override_settings(DEMO=False)
def test_gallery_does_not_exist_outside_the_demo(client: Client) -> None:
    assert client.get("/gallery/").status_code == 404


@pytest.mark.parametrize("address", ["/gallery/", "/no-such-page/"])
def test_pages_carry_no_inline_script_or_style(client: Client, address: str) -> None:
    html = client.get(address).content.decode()

    assert " style=" not in html
    assert "<style" not in html
    assert html.count("<script") == html.count("<script src=")
    assert "http://" not in html
    assert "https://" not in html


def test_foreign_form_is_refused_in_our_own_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/sprache/", {"language": "en"})

    assert answer.status_code == 403
    assert 'class="mt-error"' in answer.content.decode()
