"""More requests than there are threads: who waited too long gets a quick answer, and nothing that counts is lost."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.http import WAITED
from config import overload
from config.overload import WaitingRoom
from grants import arrival
from grants.models import Application
from grants.states import RoundState
from tests.factories import make_round
from tests.grants.factories import make_sendable, sender_of
from tests.services import wait_until

MULTIPART = "multipart/form-data; boundary=x"


@pytest.fixture
def waited() -> Iterator[dict[str, float]]:
    """Every request of the test waited that many seconds for its thread."""
    seconds = {"seconds": 0.0}

    class Wait(dict[str, float]):
        def __setitem__(self, key: str, value: float) -> None:
            overload._waited.set(value)

    yield Wait(seconds)
    overload._waited.set(0.0)


@pytest.mark.parametrize(
    ("seconds", "method", "length", "headers", "status"),
    [
        (1.4, "GET", 0, {}, 404), (1.6, "GET", 0, {}, 503), (1.6, "HEAD", 0, {}, 503),
        (2.9, "POST", 1_000, {}, 404), (3.1, "POST", 1_000, {}, 503),
        (0.9, "POST", 1_000, {"X-Autosave": "1"}, 404), (1.1, "POST", 1_000, {"X-Autosave": "1"}, 503),
        (0.9, "POST", 300_000, {}, 404), (1.1, "POST", 300_000, {}, 503),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_files_make_room_first_then_pages_then_what_a_person_sends(
    client: Client,
    waited: dict[str, float],
    seconds: float,
    method: str,
    length: int,
    headers: dict[str, str],
    status: int,
) -> None:
    waited["seconds"] = seconds

    answer = client.generic(method, "/no-such-page/", b"x" * length, MULTIPART, headers=headers)

    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == ("10" if status == 503 else None)


def test_turning_away_asks_nothing_and_keeps_the_headers(client: Client, waited: dict[str, float]) -> None:
    waited["seconds"] = 60

    answer = client.get("/")

    assert answer.status_code == 503
    assert "Wir sind gerade nicht erreichbar" in answer.content.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_file_that_is_turned_away_is_read_away(client: Client, waited: dict[str, float]) -> None:
    waited["seconds"] = 60

    answer = client.generic("POST", "/no-such-page/", b"x" * 300_000, MULTIPART)

    assert (answer.status_code, answer.wsgi_request.read(1)) == (503, b"")


@pytest.mark.django_db
def test_the_load_balancer_is_answered_however_long_it_waited(client: Client, waited: dict[str, float]) -> None:
    waited["seconds"] = 60

    assert client.get("/health/").status_code == 200


@pytest.mark.django_db
def test_no_client_says_how_long_it_waited(client: Client) -> None:
    answer = client.get("/no-such-page/", headers={WAITED: "60", "miteinander-waited": "60"})

    assert answer.status_code == 404
    assert answer.wsgi_request.META[WAITED] == 0.0


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))


@pytest.mark.committing
@pytest.mark.parametrize("fault", ["overload", "database away"])
def test_an_application_that_could_not_be_taken_comes_again_in_time(waited: dict[str, float], fault: str) -> None:
    draft, client = make_sendable(), Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(sender_of(draft))
    url = reverse("grants:review", args=[draft.pk])
    typed = fields(client.get(url).content.decode())
    first = clock.now()

    if fault == "overload":
        waited["seconds"] = 7.0
        turned_away = client.post(url, typed)
        waited["seconds"] = 0.0
    else:
        with connection.execute_wrapper(_gone):
            turned_away = client.post(url, typed)
    again = fields(turned_away.content.decode())

    assert turned_away.status_code == 503
    assert int(turned_away.headers["Retry-After"]) in (10, 30)
    assert Application.objects.get().submitted_at is None
    assert again.keys() == {"csrfmiddlewaretoken", "version", "arrival"}
    kept = arrival.kept(again["arrival"], application=draft.pk, version=draft.version)
    assert kept is not None
    assert client.post(url, again).headers["Location"] == reverse("grants:receipt", args=[draft.pk])
    assert Application.objects.get().submitted_at == kept
    assert (kept < first) is (fault == "overload")


@pytest.mark.committing
def test_time_spent_waiting_for_a_thread_is_not_the_applicants(client: Client, waited: dict[str, float]) -> None:
    deadline = clock.now().replace(microsecond=0) - timedelta(seconds=2)
    draft = make_sendable(round=make_round(state=RoundState.CLOSED, deadline_at=deadline))
    client.force_login(sender_of(draft))
    waited["seconds"] = 2.9

    client.post(reverse("grants:review", args=[draft.pk]), {"version": draft.version})

    assert Application.objects.get().late is False


@pytest.mark.django_db
def test_the_first_try_counts_however_often_it_is_turned_away(client: Client, waited: dict[str, float]) -> None:
    waited["seconds"] = 7.0
    url, typed = reverse("grants:review", args=[9]), {"version": "3", "csrfmiddlewaretoken": 'a"><b'}
    page = client.post(url, typed).content.decode()
    token = fields(page)["arrival"]

    later = fields(client.post(url, typed | {"arrival": token}).content.decode())["arrival"]

    known = {"application": 9, "version": 3}
    assert arrival.kept(later, **known) == arrival.kept(token, **known) is not None
    assert "a&quot;&gt;&lt;b" in page


def _gone(*_args: object) -> None:
    raise OperationalError("server closed the connection unexpectedly")


def test_work_knows_how_long_it_waited_for_a_thread() -> None:
    free = threading.Event()
    with WaitingRoom(max_workers=1) as room:
        first = room.submit(free.wait, 10)
        wait_until(first.running, 10, "the first piece of work")
        second = room.submit(overload._waited.get)
        free.set()

        assert first.result(10)
        assert second.result(10) > 0.0


def test_the_larger_the_crowd_the_longer_the_time_over_which_it_comes_again() -> None:
    few, many = overload._Tally(), overload._Tally()
    few.add(7.0)
    for _ in range(2_000):
        many.add(7.0)

    assert {few.retry_seconds() for _ in range(50)} == {10}
    moments = {many.retry_seconds() for _ in range(2_000)}
    assert (min(moments), max(moments)) == (10, 60)
