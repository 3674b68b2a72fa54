"""The demo in quantity: every state in its number, books that balance, pages that open, the same data for a seed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from schwifty import IBAN

from accounts import audit, bulk, clock
from accounts.clock import BERLIN
from accounts.models import AuditEntry, Fund, User
from grants.models import Application, ApplicationVersion, Round
from grants.snapshots import digest
from grants.states import ApplicationState as A
from grants.states import RoundState
from notifications import files, pdf
from notifications.models import Document, Letter, Notice
from notifications.states import DocumentKind, NoticeState
from payments import ledger
from payments.models import Award, Budget, Payment, Transfer
from payments.queries import books
from payments.states import AwardState, PaymentState, Posting
from reviews.demo import bar, scale
from reviews.demo.people import hire
from reviews.demo.scale import building
from reviews.demo.scale.outline import Stage, outlines, sizes
from reviews.demo.scale.world import iban
from reviews.models import Review
from reviews.queries.ranking import ranking
from reviews.states import ReviewState
from tests import factories as make
from tests.world import undone

# Quantities are a matter of PostgreSQL; the embedded demo tells the story alone.
pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

NOW = datetime(2026, 11, 20, 9, tzinfo=BERLIN)
ALL, DENSE, BATCH = 400, 20, 40
CASES = {
    A.REJECTED: 89, A.AWARDED: 103, A.WITHDRAWN: 18, A.DECLINED: 5, A.INELIGIBLE: 2, A.APPROVED: 5,
    A.RESERVE_LISTED: 3, A.PLAN_REVISION: 2, A.IN_COMMITTEE: 11, A.RANKED: 2, A.FORMAL_CHECK: 2, A.REVIEWED: 119,
    A.IN_REVIEW: 13, A.SUBMITTED: 10, A.ELIGIBLE: 4, A.RETURNED: 2, A.DRAFT: 8, A.DISCARDED: 2,
}  # fmt: skip


@dataclass
class Made:
    """What was said while the demo was filled, and what the first of two times left."""

    steps: list[tuple[str, int]]
    first: list[Any]


def fill() -> list[tuple[str, int]]:
    """Fill a demo without its story; returns what it said."""
    said: list[tuple[str, int]] = []
    main = make.make_fund(slug="miteinander", case_prefix="MIT")
    district = make.make_fund(slug="linden", case_prefix="LIN")
    scale.play(
        hire(main, district), main, ALL, told=0, seed=2, now=NOW, dense=DENSE,
        progress=lambda name, done, _total: said.append((name, done)),
    )  # fmt: skip
    return said


def content() -> list[Any]:
    """Everything that a seed decides, in the order in which it was made."""
    return [
        list(Application.objects.order_by("pk").values_list("title", "state", "requested_cents", "case_number")),
        list(Transfer.objects.order_by("pk").values_list("posting", "amount_cents", "on_date")),
        list(Review.objects.order_by("pk").values_list("state", "comment", "juror__user__full_name")),
        list(Letter.objects.order_by("pk").values_list("number", "state", "addressee")),
        list(User.objects.order_by("pk").values_list("email", "full_name")),
    ]


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Made]:
    patch = pytest.MonkeyPatch()
    patch.setattr(settings, "MEDIA_ROOT", tmp_path_factory.mktemp("media"))
    patch.setattr(building, "BATCH", BATCH)
    with django_db_blocker.unblock():
        with undone():
            fill()
            first = content()
        with undone():
            steps = fill()
            clock.freeze(NOW)
            yield Made(steps, first)
    patch.undo()


def test_every_state_is_there_in_its_number(made: Made) -> None:
    assert dict(Counter(Application.objects.values_list("state", flat=True))) == CASES
    assert dict(Counter(Round.objects.values_list("state", flat=True))) == {
        RoundState.OPEN: 1, RoundState.CLOSED: 1, RoundState.SCORING: 2, RoundState.JURY: 1, RoundState.COMMITTEE: 1,
        RoundState.DECIDED: 2, RoundState.RUNNING: 4, RoundState.ARCHIVED: 10,
    }  # fmt: skip
    assert dict(Counter(Award.objects.values_list("state", flat=True))) == {
        AwardState.ISSUED: 6, AwardState.ACTIVE: 91, AwardState.FINAL: 3, AwardState.RELINQUISHED: 3,
    }  # fmt: skip
    assert dict(Counter(Payment.objects.values_list("state", flat=True))) == {
        PaymentState.PAID: 157, PaymentState.CANCELLED: 7,
    }  # fmt: skip


def test_the_books_are_right(made: Made) -> None:
    report = books.check()

    assert report.errors == []
    assert dict(Counter(Transfer.objects.values_list("posting", flat=True))) == {
        Posting.APPROPRIATE: 24, Posting.BLOCK: 24, Posting.UNBLOCK: 24, Posting.RESERVE: 117, Posting.RELEASE: 28,
        Posting.COMMIT: 103, Posting.ORDER: 164, Posting.PAY: 157, Posting.CARRY: 16, Posting.CANCEL_ORDER: 7,
        Posting.DECOMMIT: 20, Posting.CLAIM: 5, Posting.RECOVER: 5, Posting.WRITE_OFF: 5, Posting.LAPSE: 18,
    }  # fmt: skip
    assert report.transfers == Transfer.objects.count()
    closed = set(Budget.objects.exclude(closed_at=None).values_list("year", flat=True))
    assert closed == set(range(2016, 2025))


def test_same_seed_same_data(made: Made) -> None:
    assert made.first == content()


def test_no_more_than_a_batch_is_held_at_once(made: Made) -> None:
    done = [count for name, count in made.steps if name == "applications"]

    assert done[-1] == ALL
    assert max(after - before for before, after in zip([0, *done], done, strict=False)) == BATCH


def test_ranking_round_has_six_locked_sheets_for_each_case(made: Made) -> None:
    round_ = Round.objects.get(slug=scale.RANKING_SLUG)
    shown = ranking(round_, User.objects.get(email="koordination@demo.example"))

    assert round_.state == RoundState.JURY
    assert len(shown.rows) == ALL // 4
    assert {len(row.by_juror) for row in shown.rows} == {6}
    assert len({row.figures.mean for row in shown.rows}) > ALL // 8
    sheets = Review.objects.filter(application__round=round_)
    assert set(sheets.values_list("state", flat=True)) == {ReviewState.LOCKED}


def test_dense_round_has_six_sheets_for_each_undecided_case(made: Made) -> None:
    sheets = Review.objects.filter(application__round__slug=scale.DENSE_SLUG)

    assert sheets.count() == 6 * DENSE
    assert set(sheets.values_list("application__state", flat=True)) == {A.REVIEWED, A.IN_REVIEW}
    assert {ReviewState.LOCKED, ReviewState.SUBMITTED, ReviewState.IN_PROGRESS} <= set(
        sheets.values_list("state", flat=True)
    )


def test_what_was_sent_has_its_hash_and_what_was_written_can_be_drawn(made: Made) -> None:
    assert all(version.sha256 == digest(version.data) for version in ApplicationVersion.objects.all())
    for kind in ("L01", "L02", "C01"):
        document = Document.objects.filter(kind=kind).order_by("pk")[0]
        assert pdf.render(kind, document.data)[:5] == b"%PDF-"
        assert files.content_of(document)[:5] == b"%PDF-"
    assert list(Letter.objects.exclude(signed_sha256=F("document__sha256"))) == []


def test_the_past_owes_nobody_a_message(made: Made) -> None:
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SENT}


def test_history_ends_in_the_state_of_the_case(made: Made) -> None:
    last = dict(
        AuditEntry.objects.filter(subject_type="grants.application")
        .exclude(to_state="")
        .order_by("pk")
        .values_list("subject_id", "to_state")
    )

    assert dict(Application.objects.exclude(state=A.DRAFT).values_list("pk", "state")) == last


# --- Pages -------------------------------------------------------------------------------------------------

STAFF = ("sachbearbeitung", "koordination", "leitung", "gremium", "finanzen-a", "pruefung")


def ask(who: User | str, name: str, *parts: object, query: str = "") -> tuple[int, str]:
    """Ask for a page as one of the demo's people; returns status and text."""
    client = Client()
    user = User.objects.get(email=f"{who}@demo.example") if isinstance(who, str) else who
    client.force_login(user, backend="accounts.backends.AuthenticationBackend")
    answer = client.get(reverse(name, args=parts) + query)
    content = answer.getvalue() if answer.streaming else answer.content
    return answer.status_code, content.decode(errors="replace")


def one_of(state: A) -> Application:
    """Return a case in this state that is not of the rounds for measurements."""
    return Application.objects.filter(state=state).order_by("pk").select_related("created_by")[0]


@pytest.mark.parametrize("state", [state for state in CASES if state not in (A.DRAFT, A.DISCARDED)])
def test_pages_of_a_case_open_in_every_state(made: Made, state: A) -> None:
    case = one_of(state)

    assert {who: ask(who, "reviews:case", case.pk)[0] for who in STAFF} == dict.fromkeys(STAFF, 200)
    # The copies of old rounds are left out.
    kept = Document.objects.filter(case_key=case.case_key, kind=DocumentKind.RECEIPT).exists()
    for name, status in (("application", 200), ("receipt", 200), ("copy", 200 if kept else 404)):
        assert ask(case.created_by, f"grants:{name}", case.pk)[0] == status, name
    assert ask(case.created_by, "grants:version", case.pk, 1)[0] == 200
    assert ask("sachbearbeitung", "grants:office_versions", case.pk)[0] == 200
    assert ask(case.created_by, "grants:file", case.pk, case.attachments.all()[0].pk)[0] == 200


def test_pages_of_money_and_letters_open(made: Made) -> None:
    for state in (AwardState.ISSUED, AwardState.FINAL, AwardState.ACTIVE, AwardState.RELINQUISHED):
        award = Award.objects.filter(state=state).order_by("pk").select_related("application__created_by")[0]
        assert ask("sachbearbeitung", "payments:award_office", award.pk)[0] == 200
        assert ask("sachbearbeitung", "payments:letter_office", award.letter_id)[0] == 200
        assert ask("sachbearbeitung", "payments:letter_pdf", award.letter_id)[0] == 200
    for paid in (PaymentState.PAID, PaymentState.CANCELLED):
        payment = Payment.objects.filter(state=paid).order_by("pk")[0]
        assert ask("finanzen-a", "payments:payment", payment.pk)[0] == 200, paid
    payment = Payment.objects.filter(state=PaymentState.PAID).order_by("pk")[0]
    assert ask(payment.requested_by, "payments:award_payment", payment.pk)[0] == 200
    assert ask("kasse", "payments:export_file", payment.export_id)[0] == 200
    budget = Budget.objects.filter(fund__slug="miteinander", year=2024).get()
    assert ask("finanzen-a", "payments:budget", budget.fund.slug, budget.year)[0] == 200


def test_lists_and_the_jury_s_pages_open(made: Made) -> None:
    found = ask("sachbearbeitung", "reviews:search", query="?q=öffentlich")
    listed = ask("sachbearbeitung", "grants:office_applications", query="?q=strasse")
    dense = Round.objects.get(slug=scale.DENSE_SLUG)
    sheet = Review.objects.filter(application__round=dense, state=ReviewState.IN_PROGRESS).order_by("pk")[0]

    assert (found[0], listed[0]) == (200, 200)
    assert "Öffentlich" in found[1]
    assert ask("jury1", "reviews:jury")[0] == 200
    assert ask(sheet.juror.user, "reviews:sheet", sheet.pk)[0] == 200
    ranked = Round.objects.get(slug=scale.RANKING_SLUG)
    assert ask("jury1", "reviews:ranking", ranked.pk)[0] == 200
    assert ask(one_of(A.AWARDED).created_by, "home")[0] == 200


# --- The parts ---------------------------------------------------------------------------------------------


@pytest.mark.once
def test_rounds_at_full_size_have_150_cases_and_every_application_has_one() -> None:
    parts = sizes(100_000, told=70)
    rounds = outlines(parts, date(2026, 11, 20))

    assert sum(outline.cases for outline in rounds) == 99_930
    assert [outline.cases for outline in rounds if outline.stage == Stage.DENSE] == [10_000]
    assert Counter(outline.cases for outline in rounds)[150] == len(rounds) - 3
    assert len({(outline.fund, outline.slug) for outline in rounds}) == len(rounds)
    assert {outline.stage for outline in rounds} == set(Stage)
    assert {outline.fund for outline in rounds} == set(range(13))


@pytest.mark.once
def test_invented_accounts_have_right_check_digits() -> None:
    assert IBAN(iban(5_000_001)).is_valid


def test_a_transfer_of_a_list_is_refused_like_any_other() -> None:
    budget = make.make_budget(make.make_fund(), appropriation_cents=1_000)
    moment = clock.now()
    entries = [
        ledger.Entry(Posting.BLOCK, budget.pk, None, cents, f"list:{cents}", moment, moment.date(), None)
        for cents in (700, 301)
    ]

    with pytest.raises(ledger.OverBudget), transaction.atomic():
        ledger.post_many(entries)

    assert not Transfer.objects.filter(key__startswith="list:").exists()
    assert ledger.post_many(entries[:1]) == 1
    budget.refresh_from_db()
    assert (budget.available_cents, budget.blocked_cents) == (300, 700)


def test_rows_written_at_once_obey_the_database(made: Made) -> None:
    fund = Fund.objects.order_by("pk")[0]
    key = next(bulk.numbers(Fund, 1))

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.write([Fund(pk=key, name=fund.name, slug="andere", authority="Amt", case_prefix="X")])

    assert bulk.write([Fund(pk=key, name="Andere", slug="andere", authority="Amt", case_prefix="X")]) == 1
    assert Fund.objects.get(pk=key).slug == "andere"
    assert bulk.write([]) == 0


def test_lines_of_history_are_kept_as_told(made: Made) -> None:
    line = audit.Line(NOW, None, None, "case:0", "grants.application", 0, "X-1", "submit", "DRAFT", "SUBMITTED")

    assert audit.record_many([line]) == 1
    kept = AuditEntry.objects.get(case_key="case:0")
    assert (kept.at, kept.action, kept.to_state, kept.data, kept.actor) == (NOW, "submit", "SUBMITTED", {}, None)


class Screen(StringIO):
    """A terminal, or not, as a management command sees it."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def write(self, msg: str = "", *, ending: str | None = None) -> int:
        return super().write(msg + ("\n" if ending is None else ending))


@pytest.mark.once
@pytest.mark.parametrize(("terminal", "lines", "returns"), [(True, 1, 100), (False, 20, 0)])
def test_bar_moves_in_one_line_on_a_terminal_only(terminal: bool, lines: int, returns: int) -> None:
    screen = Screen(terminal=terminal)
    shown = bar.Bar(screen)

    for done in range(1, 101):
        shown.show("applications", done, 100)

    assert screen.getvalue().count("\n") == lines
    assert screen.getvalue().count("\r") == returns
    assert "100 % of 100" in screen.getvalue()
