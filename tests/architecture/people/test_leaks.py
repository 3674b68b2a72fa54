"""What must never be read: a conflicted juror's case, a result before its letter, an applicant's text as markup."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from accounts.models import Organisation
from grants.models import Application
from grants.states import ApplicationState as A
from grants.states import RoundState
from notifications.models import Notice
from reviews.models import JurySession, Review, Score, Vote
from reviews.states import ReviewState
from tests.architecture.addresses import ROWS
from tests.architecture.addresses.visitors import MAY, Visitor, address, word_of
from tests.factories import make_juror, make_review, make_round
from tests.world import NOW, Side, World, decided_case, undone

# Who may what is decided in Python; the floors' own tests ask both databases.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

# --- A juror with a conflict ------------------------------------------------------------------------------

SECRET = "Verborgen"
SECRET_CENTS, SECRET_EUROS = 77_777, "777,77"


@pytest.fixture
def secrets(world: World) -> Iterator[list[str]]:
    """Mark everything of the cases from which the juror is out; return the marks."""
    out = Review.objects.filter(juror__user=world.people["recused"], state="RECUSED")
    cases = Application.objects.filter(pk__in=out.values("application"))
    with undone():
        cases.update(
            title=f"{SECRET} Titel", summary=f"{SECRET} Text", search_key=f"{SECRET} titel".lower(),
            applied_cents=SECRET_CENTS, requested_cents=SECRET_CENTS,
        )  # fmt: skip
        Review.objects.filter(application__in=cases).update(comment=f"{SECRET} Kommentar")
        Score.objects.filter(review__application__in=cases).update(reason=f"{SECRET} Grund")
        Vote.objects.filter(application__in=cases).update(reason=f"{SECRET} Votum", amount_cents=SECRET_CENTS)
        yield [SECRET, SECRET_EUROS]


def _bodies(visitor: Visitor, side: Side) -> Iterator[tuple[str, str]]:
    """Every page of the table as this person reads it, but the demo's mail box; and the search for what is hidden."""
    for row in ROWS:
        url = address(row, side)
        if row.shows and ":demo" not in row.name and word_of(visitor.ask("get", url)) == MAY:
            yield url, visitor.body
    for round_ in (side.scoring_round, side.jury_round, side.committee_round):
        for name in ("ranking", "session", "decisions", "reserve_list", "paper"):
            url = reverse(f"reviews:{name}", args=[round_.pk])
            if word_of(visitor.ask("get", url)) == MAY:
                yield url, visitor.body
    for asked in (SECRET, SECRET_EUROS, side.in_review.case_number):
        url = f"{reverse('reviews:search')}?q={asked}"
        visitor.ask("get", url)
        yield url, visitor.body


def test_conflicted_juror_reads_nothing_of_the_case(
    world: World, visitors: dict[str, Visitor], secrets: list[str]
) -> None:
    pages = list(_bodies(visitors["recused"], world.near))
    # The number of a case and who applied may be known: the juror declared on that.
    found = [(url, mark) for url, body in pages if "/search/" not in url for mark in secrets if mark in body]
    searches = [body for url, body in pages if "/search/" in url]

    assert found == []
    assert not any('href="/cases/' in body or f"{SECRET} Titel" in body for body in searches)
    assert reverse("reviews:ranking", args=[world.near.jury_round.pk]) in [url for url, _body in pages]


def test_open_juror_reads_the_marks(world: World, visitors: dict[str, Visitor], secrets: list[str]) -> None:
    """The control: the marks do stand on the pages of who may read them."""
    bodies = [body for _url, body in _bodies(visitors["juror"], world.near)]
    assert any(f"{SECRET} Titel" in body for body in bodies)
    assert any(f"{SECRET} Kommentar" in body or f"{SECRET} Grund" in body for body in bodies)


# --- An applicant before the letter -----------------------------------------------------------------------

DECIDED_CENTS, DECIDED_EUROS = 123_457, "1.234,57"
TELLING = (
    "bewilligt", "abgelehnt", "beschlossen", "nachrückliste", "juryvotum", "nicht förderfähig", "punkte",
    "grant decided", "awarded", "rejected", "rejection", "reserve list", "not eligible", "jury has voted",
    SECRET.lower(), DECIDED_EUROS, "1,234.57",
)  # fmt: skip
INNER = (
    A.FORMAL_CHECK, A.INELIGIBLE, A.ELIGIBLE, A.IN_REVIEW, A.REVIEWED, A.RANKED, A.IN_COMMITTEE, A.RESERVE_LISTED,
    A.APPROVED, A.AWARDED, A.DECLINED, A.REJECTED,
)  # fmt: skip
# What an applicant must not be able to tell apart.
ALIKE = ((A.FORMAL_CHECK, A.INELIGIBLE), (A.IN_REVIEW, A.REVIEWED), (A.APPROVED, A.DECLINED, A.RESERVE_LISTED),
         (A.AWARDED, A.REJECTED))  # fmt: skip


def _of_applicant(case: Application) -> list[str]:
    own = [f"grants:{name}" for name in ("application", "receipt", "copy", "review", "files", "messages", "notices")]
    own += [
        "payments:application",
        "payments:dates",
        "reviews:withdraw",
        "reviews:case",
        "payments:plan",
        "reviews:vote",
    ]
    lists = ("home", "grants:applications", "notifications:messages", "reviews:own_data", "reviews:search")
    return [
        *(reverse(name, args=[case.pk]) for name in own),
        *(reverse(name) for name in lists),
        reverse("grants:version", args=[case.pk, 1]),
        reverse("payments:published", args=[case.fund.slug]),
        f"{reverse('payments:published', args=[case.fund.slug])}?q={case.case_number}",
        f"{reverse('reviews:search')}?q={case.case_number}",
        f"{reverse('reviews:search')}?q={DECIDED_EUROS}",
        *(reverse("notifications:message", args=[n.pk]) for n in Notice.objects.filter(case_key=case.case_key)),
    ]


def _read(visitor: Visitor, case: Application, state: str) -> dict[str, str]:
    """Return what the applicant reads on each page while the case is in a state, without the tokens of forms."""
    with undone():
        Application.objects.filter(pk=case.pk).update(state=state)
        read = {}
        for url in _of_applicant(case):
            if word_of(visitor.ask("get", url)) == MAY and not visitor.body.startswith("%PDF"):
                read[url] = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce-\S+', "", visitor.body)
        return read


@pytest.fixture
def unannounced(world: World) -> Iterator[Side]:
    """The association without the one case whose letter is announced: that one may be called granted."""
    with undone():
        Application.objects.filter(pk=world.near.paid_case.pk).update(organisation=world.far.organisation)
        yield world.near


@pytest.fixture
def decided(unannounced: Side) -> Iterator[Application]:
    """A case with a decided amount that nobody may guess, a vote and scores."""
    with undone():
        round_ = make_round(unannounced.fund, RoundState.DECIDED, budget_year=2026)
        asked = {"requested_cents": 300_000, "applied_cents": 300_000}
        case = decided_case(unannounced, round_, DECIDED_CENTS, **asked).application
        sheet = make_review(case, make_juror(round_), ReviewState.LOCKED, comment=f"{SECRET} Kommentar")
        session = JurySession.objects.create(round=round_, held_on=NOW.date(), opened_by=sheet.juror.user)
        Vote.objects.create(
            application=case, session=session, recommendation="fund", amount_cents=DECIDED_CENTS,
            reason=f"{SECRET} Votum", recorded_by=sheet.juror.user,
        )  # fmt: skip
        yield case


@pytest.mark.parametrize(
    ("state", "language"),
    [*((state, "de") for state in INNER), *((state, "en") for state in (A.RESERVE_LISTED, A.APPROVED, A.REJECTED))],
)
def test_applicant_reads_no_result_before_the_letter(
    visitors: dict[str, Visitor], decided: Application, state: str, language: str
) -> None:
    visitor = visitors["owner"]
    with undone(), translation.override(language):
        decided.created_by.language = language
        decided.created_by.save(update_fields=["language"])
        read = _read(visitor, decided, state)

    assert reverse("grants:application", args=[decided.pk]) in read
    assert [(url, word) for url, body in read.items() for word in TELLING if word in _told(body)] == []


def _told(body: str) -> str:
    """The words of a page in small letters, without what stands in attributes."""
    text = re.sub(r"<(script|style).*?</\1>", "", body, flags=re.S)
    return re.sub(r"<[^>]*>", " ", text).lower()


@pytest.mark.parametrize("name", ["letter_generated", "letter_approved", "letter_signed", "letter_posted"])
def test_applicant_reads_nothing_of_a_letter_on_its_way(
    unannounced: Side, visitors: dict[str, Visitor], name: str
) -> None:
    case = getattr(unannounced, name).case.application
    read = _read(visitors["owner"], case, case.state)
    assert [(url, word) for url, body in read.items() for word in TELLING if word in _told(body)] == []


@pytest.mark.parametrize("alike", ALIKE, ids="=".join)
def test_applicant_cannot_tell_inner_states_apart(
    visitors: dict[str, Visitor], decided: Application, alike: tuple[str, ...]
) -> None:
    first, *others = (_read(visitors["owner"], decided, state) for state in alike)
    for other in others:
        assert first == other


# --- Markup and formulas ----------------------------------------------------------------------------------

MARKUP, FORMULA = "<script>alert(1)</script>", '=HYPERLINK("http://evil.example","x")'
# Downloads, which no browser reads as a page.
NO_PAGE = ("%PDF", "<?xml", "{", "BEGIN:VCALENDAR")


@pytest.fixture
def hostile(world: World) -> Iterator[Side]:
    """Both texts of applicants that stand in every list: the title as markup, the name as a formula."""
    with undone():
        Application.objects.filter(fund=world.near.fund).update(title=MARKUP, summary=MARKUP, municipality=FORMULA)
        Organisation.objects.filter(pk=world.near.organisation.pk).update(name=f"{FORMULA}{MARKUP}")
        yield world.near


@pytest.mark.parametrize("kind", ["owner", "officer", "finance_a", "auditor", "chair"])
def test_text_of_applicants_is_never_markup(hostile: Side, visitors: dict[str, Visitor], kind: str) -> None:
    visitor = visitors[kind]
    shown, raw = 0, []
    for row in ROWS:
        url = address(row, hostile)
        if row.shows and word_of(visitor.ask("get", url)) == MAY and not visitor.body.startswith(NO_PAGE):
            shown += "&lt;script&gt;alert(1)" in visitor.body
            raw += [url] * (MARKUP in visitor.body)
    assert raw == []
    assert shown > 0


EXPORTS = ("grants:office_applications", "payments:budget", "payments:budget_transfers")


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_hold_no_formula(hostile: Side, visitors: dict[str, Visitor], name: str) -> None:
    row = next(row for row in ROWS if row.name == name)
    url = address(row, hostile)
    finance = visitors["finance_head"]

    finance.ask("get", f"{url}?format=csv")
    cells = [cell for line in csv.reader(io.StringIO(finance.body), delimiter=";") for cell in line]
    assert [cell for cell in cells if cell.lstrip("\ufeff").startswith(("=", "+", "@", "\t"))] == []

    finance.ask("get", f"{url}?format=xlsx")
    book = load_workbook(io.BytesIO(finance.raw))
    kinds = {cell.data_type for sheet in book for line in sheet for cell in line}
    assert "f" not in kinds
    if name == EXPORTS[0]:
        assert any(FORMULA in cell for cell in cells)
