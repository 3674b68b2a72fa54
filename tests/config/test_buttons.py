"""Addresses that only take a button's press lead a browser to the page on which the button stands."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html,*/*;q=0.8"}


def test_opened_like_a_page_it_leads_to_the_page_above(client: Client) -> None:
    admin = make.make_administrator()
    client.force_login(admin)

    answer = client.get(reverse("accounts:feedback_answer", args=[1]), headers=BROWSER, follow=True)

    assert answer.redirect_chain == [(reverse("accounts:feedback_list"), 302)]
    assert "Es wurde noch nichts getan." in answer.content.decode()


def test_without_a_page_above_it_leads_to_the_start(client: Client) -> None:
    assert client.get(reverse("set_language"), headers=BROWSER)["Location"] == "/"


def test_scripts_get_the_plain_refusal(client: Client) -> None:
    assert client.get(reverse("set_language"), headers={"Accept": "application/json"}).status_code == 405
    assert client.put(reverse("set_language"), headers=BROWSER).status_code == 405
