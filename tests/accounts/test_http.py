"""The answer to a refused step says what happened, and blames nobody who was not there."""

import pytest
from django.http import Http404
from django.test import RequestFactory

from accounts.exceptions import LostRace, NotPermitted, NotPossible, Refused
from accounts.http import refused

pytestmark = pytest.mark.django_db


def page_of(refusal: Refused) -> str:
    answer = refused(RequestFactory().post("/rounds/2/finish/"), refusal, "/rounds/2/")
    assert answer.status_code == 409
    return answer.content.decode()


def test_lost_race_says_that_somebody_was_faster() -> None:
    assert "<h1>Jemand war schneller</h1>" in page_of(LostRace())


def test_other_refusal_says_that_it_is_not_possible_now() -> None:
    page = page_of(NotPossible())

    assert "<h1>Das geht gerade nicht</h1>" in page
    assert "schneller" not in page
    assert 'href="/rounds/2/"' in page


def test_what_is_not_theirs_is_hidden() -> None:
    with pytest.raises(Http404):
        page_of(NotPermitted())
