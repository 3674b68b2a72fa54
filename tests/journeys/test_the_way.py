"""From the fund's page to the receipt in other hands: by keys, from right to left, while the connection breaks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect
from pytest_django.fixtures import Settings

from accounts.models import User
from grants.models import Application, ApplicationVersion, Attachment, Round
from grants.states import ApplicationState
from tests import pseudo
from tests.factories import make_fund, make_member, make_organisation, make_round
from tests.grants.factories import pdf
from tests.journeys import walk
from tests.journeys.desk import DESKTOP, PHONE, Desk
from tests.journeys.hands import Hands, Keys, OnTheTrain
from tests.services import SmtpSink

pytestmark = pytest.mark.browser

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def round_(committed_db: None) -> Round:
    return make_round(make_fund(purpose="Begegnung und Teilhabe."), priorities=[walk.PURPOSE, "Sport"])


@pytest.fixture
def applicant(committed_db: None) -> User:
    return make_member(make_organisation(name="Treffpunkt e. V."), full_name="Leyla Demir")


@pytest.fixture
def papers(tmp_path: Path, settings: Settings) -> list[tuple[str, Path]]:
    """The papers that the round asks of an association."""
    settings.MEDIA_ROOT = tmp_path / "media"
    files = [(kind, tmp_path / f"{kind}.pdf") for kind in ("statutes", "exemption_notice")]
    for _kind, file in files:
        file.write_bytes(pdf())
    return files


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """What the hands before looked at closely: the same pages, in German."""
    return set()


def desk_of(
    context: BrowserContext, base: object, mail: SmtpSink, user: User, seen: set[str], *, width: int = DESKTOP
) -> Desk:
    context.set_default_timeout(30_000)
    desk = Desk(context, str(base), mail, width=width, seen=seen)
    desk.sits(user)
    return desk


def was_received(hands: Hands, draft: Application) -> None:
    """It was sent once, with everything that was written and added, and the page says its number."""
    sent = Application.objects.get()
    assert hands.page.url.endswith(reverse("grants:receipt", args=[draft.pk]))
    expect(hands.place(".mt-facts")).to_contain_text(str(sent.case_number))
    assert (sent.state, sent.late, sent.requested_cents) == (ApplicationState.SUBMITTED, False, 80_000)
    assert [sent.aims, sent.activities, sent.target_groups] == list(walk.TEXTS.values())
    assert ApplicationVersion.objects.filter(application=sent).count() == 1
    assert [file.name for file in Attachment.objects.order_by("pk")] == ["statutes.pdf", "exemption_notice.pdf"]


def test_the_whole_way_by_keys_alone_on_a_narrow_window(
    browser_context: Contexts, live_server: object, smtp_sink: SmtpSink, round_: Round, applicant: User,
    papers: list[tuple[str, Path]], seen: set[str],
) -> None:  # fmt: skip
    desk = desk_of(browser_context(width=PHONE), live_server, smtp_sink, applicant, seen, width=PHONE)
    hands = Keys(desk, width=PHONE)

    draft = walk.to_the_review(hands, round_, papers)
    hands.go(walk.SEND)

    was_received(hands, draft)


class Mirrored(Hands):
    """Hands of somebody who reads from right to left."""

    def arrive(self) -> None:
        super().arrive()
        expect(self.page.locator("html")).to_have_attribute("dir", "rtl")
        brand = "document.querySelector('.mt-brand').getBoundingClientRect().left > window.innerWidth / 2"
        assert self.page.evaluate(brand), "the name of the page stands where reading begins"


@pytest.fixture
def language(settings: Settings, tmp_path: Path) -> Iterator[str]:
    with pseudo.spoken(settings, tmp_path / "locale") as code:
        yield code


def test_the_whole_way_from_right_to_left(
    browser_context: Contexts, live_server: object, smtp_sink: SmtpSink, round_: Round, applicant: User,
    papers: list[tuple[str, Path]], language: str,
) -> None:  # fmt: skip
    desk = desk_of(browser_context(), live_server, smtp_sink, applicant, set())
    desk.context.add_cookies([{"name": "django_language", "value": language, "url": desk.base}])
    hands = Mirrored(desk)

    draft = walk.to_the_review(hands, round_, papers)
    hands.go(walk.SEND)

    was_received(hands, draft)


def test_the_whole_way_while_the_connection_breaks(
    browser_context: Contexts, live_server: object, smtp_sink: SmtpSink, round_: Round, applicant: User,
    papers: list[tuple[str, Path]], seen: set[str],
) -> None:  # fmt: skip
    desk = desk_of(browser_context(width=PHONE), live_server, smtp_sink, applicant, seen, width=PHONE)
    hands = OnTheTrain(desk, breaks_at="#id_activities", width=PHONE)

    draft = walk.to_the_review(hands, round_, papers)
    hands.sends_without_answer(walk.SEND)

    # Opened again, the page leads to the case; its receipt is the one of the only sending.
    hands.open(reverse("grants:receipt", args=[draft.pk]))
    was_received(hands, draft)
