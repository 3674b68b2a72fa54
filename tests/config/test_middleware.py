"""What every request passes on its way."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django.asserts import assertNumQueries

from accounts import clock
from config.middleware import drawn_at_one_moment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("method", "looks"), [("GET", 1), ("HEAD", 1), ("POST", 2)])
def test_only_what_is_read_is_drawn_at_one_moment(method: str, looks: int) -> None:
    def page(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{clock.now()} {clock.now()}")

    with assertNumQueries(looks):
        drawn_at_one_moment(page)(RequestFactory().generic(method, "/"))
    with assertNumQueries(1):
        clock.now()
