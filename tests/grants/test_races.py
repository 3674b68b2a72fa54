"""Several people at the same moment, on both engines."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.exceptions import LostRace
from grants import actions, arrival
from grants.exceptions import AlreadySent, Changed, Incomplete
from grants.models import Application, ApplicationVersion, CaseCounter, Round
from grants.states import ApplicationState as S
from notifications.models import Document, Notice
from tests.factories import make_fund, make_member, make_organisation, make_round
from tests.grants.factories import make_sendable, sender_of

InThreads = Callable[[Sequence[Callable[[], Any]]], list[Any]]

pytestmark = pytest.mark.committing


def press(pk: int, version: int) -> Callable[[], Application]:
    def send() -> Application:
        draft = Application.objects.select_related("round", "fund", "organisation").get(pk=pk)
        return actions.submit(application=draft, by=sender_of(draft), seen_version=version)

    return send


def test_two_tabs_send_once(in_threads: InThreads) -> None:
    draft = make_sendable()

    results = in_threads([press(draft.pk, draft.version)] * 2)

    sent = [r for r in results if isinstance(r, Application)]
    assert len(sent) == 1
    assert all(isinstance(r, AlreadySent) for r in results if not isinstance(r, Application))
    assert CaseCounter.objects.get().last == 1
    assert (ApplicationVersion.objects.count(), Document.objects.count(), Notice.objects.count()) == (1, 1, 1)


def test_twenty_at_once_get_numbers_without_gap_or_double(in_threads: InThreads) -> None:
    round_ = make_round(make_fund(case_prefix="MIT"))
    drafts = [make_sendable(round=round_) for _ in range(20)]

    results = in_threads([press(draft.pk, draft.version) for draft in drafts])

    numbers = sorted(int(str(r.case_number).rpartition("-")[2]) for r in results if isinstance(r, Application))
    assert numbers == list(range(1, 21))
    assert Notice.objects.filter(code="N01").count() == 20


def test_two_drafts_of_one_organisation_keep_the_limit(in_threads: InThreads) -> None:
    round_, organisation = make_round(max_applications=1), make_organisation()
    by = make_member(organisation)
    drafts = [make_sendable(round=round_, organisation=organisation, by=by) for _ in range(4)]

    results = in_threads([press(draft.pk, draft.version) for draft in drafts])

    assert sum(isinstance(r, Application) for r in results) == 1
    assert sum(isinstance(r, Incomplete) for r in results) == 3
    assert CaseCounter.objects.get().last == 1


def test_two_tabs_save_and_one_is_told(in_threads: InThreads) -> None:
    draft = make_sendable()

    def save(title: str) -> Callable[[], Application]:
        return lambda: actions.save_fields(
            application=Application.objects.get(pk=draft.pk),
            by=sender_of(draft),
            seen_version=draft.version,
            values={"title": title},
        )

    results = in_threads([save("Eins"), save("Zwei")])

    assert [type(r) for r in results if isinstance(r, Exception)] == [Changed]
    saved = next(r for r in results if isinstance(r, Application))
    assert Application.objects.get().title == saved.title


def test_send_while_another_saves(in_threads: InThreads) -> None:
    draft = make_sendable()

    def save() -> Application:
        return actions.save_fields(
            application=Application.objects.get(pk=draft.pk),
            by=sender_of(draft),
            seen_version=draft.version,
            values={"title": "Anders"},
        )

    results = in_threads([press(draft.pk, draft.version), save])

    assert sum(isinstance(r, LostRace) for r in results) == 1
    fresh = Application.objects.get()
    if fresh.state == S.SUBMITTED:
        assert fresh.title == ApplicationVersion.objects.get().data["fields"]["title"] == draft.title
    else:
        assert fresh.title == "Anders"


def test_double_start_makes_one_draft(in_threads: InThreads) -> None:
    round_, organisation = make_round(), make_organisation()
    by = make_member(organisation)

    def start() -> Application:
        return actions.start(round_=Round.objects.get(pk=round_.pk), by=by, organisation=organisation)

    results = in_threads([start] * 3)

    assert {r.pk for r in results} == {Application.objects.get().pk}


@pytest.mark.postgresql
def test_busy_record_asks_to_press_again_and_keeps_the_time(client: Client, in_threads: InThreads) -> None:
    draft = make_sendable()
    client.force_login(sender_of(draft))
    url = reverse("grants:review", args=[draft.pk])
    taken, answered = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Application.objects.select_for_update().get(pk=draft.pk)
            taken.set()
            answered.wait(20)

    def press_meanwhile() -> Any:
        taken.wait(20)
        try:
            return client.post(url, {"version": draft.version})
        finally:
            answered.set()

    _held, answer = in_threads([hold, press_meanwhile])

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    token = answer.context["arrival"]
    again = client.post(url, {"version": draft.version, "arrival": token})
    assert again.headers["Location"] == reverse("grants:receipt", args=[draft.pk])
    kept = arrival.kept(token, application=draft.pk, version=draft.version)
    assert Application.objects.get().submitted_at == kept
