"""The measuring keeps working: client, counting, sink, bars and the writer of the report. No time is asserted."""

import asyncio
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from benchmarks import bars, client, names, report, tables
from benchmarks.__main__ import complete
from benchmarks.client import Answer, File, Visitor, closed_loop, open_arrivals, share, steady
from benchmarks.counting import Browser
from benchmarks.figures import Figures, Sheet
from benchmarks.jobs import JOBS
from benchmarks.people import session_of
from benchmarks.sink import Sink
from tests.factories import make_fund, make_staff

pytestmark = pytest.mark.once


# --- Names, bars, report ------------------------------------------------------------------------------------


def test_every_job_has_its_name_in_the_list() -> None:
    assert set(JOBS) == {*names.BARE, *names.ALL, names.MILLION}


def test_every_bar_is_about_a_job_that_is_measured() -> None:
    known = set(JOBS) | {"draw-and-send"}

    assert {bar.job for bar in bars.BARS} | {bar.of for bar in bars.BARS if bar.of} <= known


def sheet(web_ms: float | None = None, database_ms: float | None = None) -> Sheet:
    made = Sheet(1_000)
    made.add(Figures("floor", web_ms=2.0, database_ms=0.5, per_second=400))
    made.add(Figures("list", queries=10, size=50_000, per_second=100, web_ms=web_ms, database_ms=database_ms))
    return made


def test_bar_is_missed_by_so_much() -> None:
    bar = bars.Bar("list", "cpu_ms", 6, "list", of="floor")

    (verdict,) = bars.judge([sheet(web_ms=15.0, database_ms=3.75)], [bar])

    assert (verdict.value, verdict.holds, bar.miss(verdict.value)) == (7.5, False, "by 25%")
    assert str(verdict) == "list at 1,000: 7.50, at most 6: missed by 25%"


def test_bar_for_the_least_is_met() -> None:
    bar = bars.Bar("list", "per_second", 0.25, "list", least=True, of="floor")

    (verdict,) = bars.judge([sheet(web_ms=1.0)], [bar])

    assert (verdict.value, verdict.holds) == (0.25, True)


def test_bar_that_nobody_measured_is_named() -> None:
    bar = bars.Bar("submit", "queries", 25, "submit")

    assert bars.judge([sheet()], [bar]) == []
    assert bars.unmeasured([sheet()], [bar]) == [bar]


def test_bar_of_one_size_says_nothing_about_others() -> None:
    bar = bars.Bar("list", "queries", 1, "list", sizes=(10_000,))

    assert bars.judge([sheet()], [bar]) == []


def test_ceilings_of_the_first_size_hold_for_all() -> None:
    first, second = sheet(), Sheet(10_000)
    first.add(Figures("draw-award", per_second=40))
    first.add(Figures("smtp-reuse", per_second=360))

    complete([first, second])

    assert second.value("draw-award", "per_second") == 40
    assert second.value("draw-and-send", "per_second") == pytest.approx(36)


def test_figures_travel_as_json(tmp_path: Path) -> None:
    made = sheet(web_ms=1.5)
    made.facts = {"data": "1 MB"}
    made.save(tmp_path / "figures.json")

    assert Sheet.load(tmp_path / "figures.json") == made


def test_table_tells_the_miss_in_bold() -> None:
    made = sheet(web_ms=20.0)
    made.figures["list"].queries = 13
    verdicts = bars.judge([made])

    text = tables.bars_table([made], verdicts)

    assert "| list: statements | ≤ 12 | **13, missed by 8%** |" in text.splitlines()
    assert "| list: bytes | ≤ 60,000 | 50,000 |" in text.splitlines()
    assert "list: statements at 1,000: 13.00, at most 12: missed by 8%" in tables.missed([made], verdicts)


def test_section_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.md"
    path.write_text("# Measured\n\nBy hand.\n")

    report.write("bench", "first", path)
    report.write("soak", "other", path)
    report.write("bench", "second\\1", path)

    assert path.read_text() == (
        "# Measured\n\nBy hand.\n\n"
        "<!-- bench: begin, written by make bench -->\nsecond\\1\n<!-- bench: end -->\n\n"
        "<!-- soak: begin, written by make soak -->\nother\n<!-- soak: end -->\n"
    )


def test_share_is_the_nearest_rank() -> None:
    assert [share(range(1, 101), part) for part in (50, 95, 100)] == [51, 96, 100]
    assert share([], 95) == 0


# --- The client ---------------------------------------------------------------------------------------------


@pytest.fixture
def port(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """A web server for the client, which calls it by a name that it knows and speaks as through a proxy."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    monkeypatch.setattr(client, "HOST", "localhost")
    monkeypatch.setattr(client, "SESSION_COOKIE", "sessionid")
    return int(live_server.url.rpartition(":")[2])


def test_client_keeps_its_session(port: int) -> None:
    visitor = Visitor(port, session_of(make_staff(make_fund(), "case_officer").email))

    async def ask() -> list[Answer]:
        answers = await open_arrivals(steady(20, 0.2), lambda _number, due: visitor.get("/", due=due))
        answers += (await closed_loop(lambda _number: visitor.get("/"), clients=2, seconds=0, least=2))[0]
        visitor.close()
        return answers

    answers = asyncio.run(ask())

    assert [answer.status for answer in answers] == [200] * 6
    assert all(b"data-signed-in" in answer.body and answer.due <= answer.first <= answer.done for answer in answers)


def test_client_sends_forms_with_its_token(port: int) -> None:
    async def ask() -> list[Answer]:
        visitor = Visitor(port)
        plain = await visitor.post("/sprache/", {"language": "en", "next": "/"})
        assert visitor.cookies["django_language"] == "en"
        with_file = await visitor.post("/sprache/", {"language": "de", "next": "/"}, {"file": File("a.pdf", b"%PDF")})
        assert visitor.cookies["django_language"] == "de"
        slow = await visitor.post("/sprache/", {"language": "en"}, bytes_per_second=1e6)
        visitor.close()
        return [plain, with_file, slow]

    assert [answer.status for answer in asyncio.run(ask())] == [302, 302, 302]


def test_client_says_when_nobody_answers() -> None:
    answer = asyncio.run(Visitor(1).get("/"))

    assert (answer.status, answer.body) == (0, b"")
    assert "ConnectionRefusedError" in answer.error


@pytest.mark.django_db
def test_counting_knows_statements_rows_and_bytes(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ALLOWED_HOSTS = [client.HOST]
    officer = make_staff(make_fund(), "case_officer")
    browser = Browser(officer.email)
    browser.ask("/")

    counted = browser.count("/")

    assert (counted.status, counted.queries > 0, counted.rows > 0, counted.size > 1000) == (200, True, True, True)


# --- The sink -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    server = Sink().start()
    yield server
    server.stop()


def send(sink: Sink, number: str) -> str:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "a@example.org", "b@example.org", f"<{number}@example.org>"
    message.set_content("Ein Hinweis.")
    try:
        with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as server:
            server.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        return type(error).__name__
    return "sent"


def test_sink_counts_and_fails_as_told(sink: Sink) -> None:
    sink.forget()
    sink.plan("451", "drop")

    outcomes = [send(sink, number) for number in ("one", "two", "two")]
    told = sink.report()

    assert outcomes == ["SMTPDataError", "SMTPServerDisconnected", "sent"]
    assert [message_id for message_id, _ in told.accepted] == ["<two@example.org>", "<two@example.org>"]
    assert (told.refused, told.second_copies, sink.count()) == (1, 1, 2)
    assert told.first_at == {"<two@example.org>": told.accepted[0][1]}


def test_sink_refuses_and_accepts_again(sink: Sink) -> None:
    sink.refuse()
    assert send(sink, "three") == "ConnectionRefusedError"

    sink.accept()

    assert send(sink, "four") == "sent"


def test_sink_has_moods(sink: Sink) -> None:
    sink.mood(1, "550", seed=3)
    assert send(sink, "five") == "SMTPDataError"

    sink.mood(0)

    assert send(sink, "six") == "sent"
