"""What this machine can do at best, so that a figure says something: the ceilings of the same run."""

import io
import os
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import urlsplit

import psycopg
import redis
from django.conf import settings
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.asking import Page, Visit
from benchmarks.figures import Figures
from benchmarks.jobs.pages import OFFICER
from benchmarks.jobs.work import Drained, in_processes
from benchmarks.running import Running
from benchmarks.tasks import NOOP
from config.celery import app
from tests.services import ROOT

SECONDS = float(os.environ.get("BENCH_SECONDS") or 2)
NOOPS = 2000
MAILS = 400
LETTER_BYTES = 30_000
QUEUE = "notices"
FONT = ROOT / "notifications" / "fonts" / "DejaVuSans.ttf"


def _bare(name: str, who: str = "") -> Page:
    return Page(f"bare-{name}", lambda: [Visit(who, f"/bench/{name}/")])


# Asked of a bare Django application, see `benchmarks.bare_settings`.
BARE = (_bare("template"), _bare("query"), _bare("list"), _bare("rows"), _bare("signed-in", OFFICER))


# --- Queue ----------------------------------------------------------------------------------------------------


def send_noops(running: Running) -> int:
    for _ in range(NOOPS):
        app.send_task(NOOP, queue=QUEUE)
    return NOOPS


def queue_is_empty(running: Running) -> bool:
    with redis.Redis(unix_socket_path=urlsplit(settings.CELERY_BROKER_URL).path) as broker:
        return not broker.exists(QUEUE, "unacked")


# --- Letters --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OnePage:
    """One page of ReportLab with an embedded font, in one process."""

    name: str = "draw-page"

    def measure(self, running: Running) -> Figures:
        pdfmetrics.registerFont(TTFont("Bench", str(FONT)))
        count = 100
        took, used = in_processes(lambda _: [_draw_page() for _ in range(count)], [1])
        return Figures(self.name, size=len(_draw_page()), per_second=count / took, workers_ms=used / count)


def _draw_page() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Bench", 11)
    for line in range(40):
        canvas.drawString(70, 780 - 17 * line, f"{line}: Gefördert werden Projekte, in denen Menschen zusammenkommen.")
    canvas.save()
    return out.getvalue()


# --- Mail -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Smtp:
    """Plain mails to the sink from one process: a connection for each, one for all, or one with a letter attached."""

    name: str
    reuse: bool = True
    attached: int = 0

    def measure(self, running: Running) -> Figures:
        message = self._message()
        start = time.monotonic()
        if self.reuse:
            self._send(running, message, MAILS)
        else:
            for _ in range(MAILS):
                self._send(running, message, 1)
        return Figures(self.name, per_second=MAILS / (time.monotonic() - start), more={"pieces": MAILS})

    def _send(self, running: Running, message: EmailMessage, count: int) -> None:
        with smtplib.SMTP("127.0.0.1", running.sink.port) as server:
            for _ in range(count):
                server.send_message(message)

    def _message(self) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "fonds@example.org", "verein@example.org", "Ihr Antrag"
        message["Message-ID"] = "<ceiling@example.org>"
        message.set_content("Guten Tag,\n\nIhr Antrag ist eingegangen.\n" * 6)
        if self.attached:
            message.add_attachment(os.urandom(self.attached), "application", "pdf", filename="bescheid.pdf")
        return message


# --- Database -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Commits:
    """Transactions of one statement, each brought to the disk, from one or from eight connections."""

    name: str
    clients: int
    statement: str

    def measure(self, running: Running) -> Figures:
        url = os.environ["MIGRATION_DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("CREATE TABLE IF NOT EXISTS bench_hot (id int PRIMARY KEY, n bigint)")
            server.execute("CREATE TABLE IF NOT EXISTS bench_log (id bigserial PRIMARY KEY, n bigint)")
            server.execute("INSERT INTO bench_hot VALUES (1, 0) ON CONFLICT DO NOTHING")
            done = self._count(url)
            server.execute("DROP TABLE bench_hot, bench_log")
        return Figures(self.name, per_second=done)

    def _count(self, url: str) -> float:
        each = 500
        took, _ = in_processes(_commit(url, self.statement, each), [1] * self.clients)
        return self.clients * each / took


def _commit(url: str, statement: str, times: int) -> Callable[[int], None]:
    def run(_share: int) -> None:
        with psycopg.connect(url, autocommit=True) as server:
            for _ in range(times):
                server.execute(statement.encode())

    return run


INSERT = "INSERT INTO bench_log (n) VALUES (1)"
UPDATE = "UPDATE bench_hot SET n = n + 1 WHERE id = 1"

CEILINGS = (
    Commits("commits-1", 1, INSERT),
    Commits("commits-8", 8, INSERT),
    Commits("hot-row", 8, UPDATE),
    Drained("noop", send_noops, queue_is_empty),
    OnePage(),
    Smtp("smtp", reuse=False),
    Smtp("smtp-reuse"),
    Smtp("smtp-letter", attached=LETTER_BYTES),
)
