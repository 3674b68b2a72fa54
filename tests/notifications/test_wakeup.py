"""The wake-up is only a hint: a broker that hangs keeps one request for half a second, and no other at all."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from notifications import wakeup
from tests.services import Broker

pytestmark = [pytest.mark.committing, pytest.mark.once]

Threads = Callable[[Sequence[Callable[[], Any]]], list[Any]]


@pytest.fixture(autouse=True)
def awake() -> Iterator[None]:
    wakeup.breaker.reset()
    yield
    wakeup.breaker.reset()


def nudge() -> bool:
    return wakeup.send(wakeup.NOTICES)


def waiting(broker: Broker) -> int:
    return int(broker.client.llen("notices"))


def test_many_requests_at_once_wake_the_worker_after_the_last_of_them(broker: Broker, in_threads: Threads) -> None:
    assert in_threads([nudge] * 16) == [True] * 16
    assert 1 <= waiting(broker) <= 16

    before = waiting(broker)
    assert nudge() is True
    assert waiting(broker) == before + 1


def test_one_request_finds_out_for_all_that_the_broker_hangs(
    broker: Broker, in_threads: Threads, caplog: pytest.LogCaptureFixture
) -> None:
    broker.pause()

    assert False in in_threads([nudge] * 16)
    assert caplog.text.count("wakeup_lost") == 1
    assert nudge() is False
    assert caplog.text.count("wakeup_lost") == 1


def test_who_comes_while_another_sends_leaves_it_to_that_one() -> None:
    turn = wakeup._Turn()

    assert turn.want("a") is True
    assert turn.next() == "a"
    assert turn.want("b") is False
    assert turn.want("b") is False
    assert [turn.next(), turn.next()] == ["b", None]
    assert turn.want("c") is True
    turn.end()
    assert turn.want("d") is True
    assert [turn.next(), turn.next()] == ["d", None]


def test_after_the_pause_it_is_tried_again(broker: Broker) -> None:
    broker.pause()
    assert nudge() is False
    broker.resume()
    assert nudge() is False

    wakeup.breaker.reset()

    assert nudge() is True
