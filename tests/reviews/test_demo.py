"""The demo: every state, books that balance, the same data for the same seed, refused outside demo mode."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from shutil import copyfile

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import clock
from accounts.context import LEGAL_PAGES
from accounts.models import Fund, LegalText, User
from accounts.prose import has_open_places
from accounts.queries import LEGAL_LANGUAGES
from grants.models import Application, CaseMessage, Round
from grants.states import ApplicationState as A
from grants.states import MessageSide, RoundState
from notifications.models import Notice
from notifications.states import NoticeState
from payments.actions import payouts
from payments.models import Budget, Payment
from payments.queries.hindrances import hindrances
from payments.states import PaymentState, SubBudget
from reviews.demo import scale
from reviews.demo.people import JURORS, STAFF

ROOT = Path(__file__).resolve().parents[2]
SIGN_INS = [
    *(name for name, _full, _roles in STAFF),
    *(f"jury{number}" for number in range(1, len(JURORS) + 1)),
    "antrag", "verein2", "pruefung", "admin", "bezirk",
]  # fmt: skip
DIGEST = (
    "from grants.models import Application as A; from payments.models import Transfer as T; "
    "print([list(A.objects.order_by('pk').values_list('title','state','requested_cents','case_number')), "
    "list(T.objects.order_by('pk').values_list('posting','amount_cents'))])"
)


def _payments_can_go_on() -> None:
    """Last year's open money was carried, so that B orders and C hands over what waits for them."""
    waiting = Payment.objects.filter(state__in=(PaymentState.CHECKED, PaymentState.ORDERED))
    rows = list(waiting.select_related("award__letter"))
    assert rows
    assert hindrances(rows, rows[0].requested_by, today=clock.today()) == {}
    past = Budget.objects.filter(fund__slug="miteinander", year=clock.today().year - 1)
    assert [budget.spent_cents - budget.disbursed_cents for budget in past] == [0, 0]
    assert sum(budget.carried_out_cents for budget in past) > 0
    finance_b = User.objects.get(email="finanzen-b@demo.example")
    for payment in waiting.filter(state=PaymentState.CHECKED):
        assert payouts.order(payment=payment, by=finance_b).state == PaymentState.ORDERED


# On the other database the demo in quantity begins with the same story.
@pytest.mark.once
@pytest.mark.committing
def test_demo_fills_every_state_and_its_books_are_right() -> None:
    call_command("seed_demo", applications=70, seed=1, stdout=StringIO())

    states = set(Application.objects.values_list("state", flat=True))
    assert Application.objects.count() == 70
    assert states == set(A.values)
    assert set(Round.objects.values_list("state", flat=True)) == {
        RoundState.OPEN, RoundState.SCORING, RoundState.COMMITTEE, RoundState.RUNNING,
    }  # fmt: skip
    assert not any(has_open_places(text.body) for text in LegalText.objects.all())
    assert LegalText.objects.count() == len(LEGAL_PAGES) * len(LEGAL_LANGUAGES)
    assert PaymentState.PAID in set(Payment.objects.values_list("state", flat=True))
    main = Budget.objects.filter(fund__slug="miteinander")
    assert set(main.values_list("sub_budget", "appropriation_cents")) == {
        (SubBudget.JURY, 15_000_000), (SubBudget.FAST_TRACK, 3_000_000),
    }  # fmt: skip
    _payments_can_go_on()
    small = Application.objects.exclude(routed_by=None)
    assert set(small.values_list("case_accounts__budget__sub_budget", flat=True)) == {SubBudget.FAST_TRACK}
    assert {A.FAST_TRACK, A.APPROVED, A.AWARDED, A.REJECTED} == set(small.values_list("state", flat=True))
    talk = [(word.application.state, word.side, word.read_at is None) for word in CaseMessage.objects.all()]
    assert talk == [
        (A.RETURNED, MessageSide.APPLICANT, False), (A.RETURNED, MessageSide.OFFICE, False),
        (A.RETURNED, MessageSide.APPLICANT, True),
    ]  # fmt: skip
    assert not Notice.objects.filter(state=NoticeState.OWED).exists()
    call_command("check_books", stdout=StringIO())
    for name in SIGN_INS:
        assert Client().login(email=f"{name}@demo.example", password=settings.DEMO_PASSWORD), name


@pytest.mark.committing
def test_second_start_leaves_the_demo_as_it_is() -> None:
    Fund.objects.create(name="Da", slug="da", authority="Amt", case_prefix="DA")
    said = StringIO()

    call_command("seed_demo", stdout=said)

    assert "There is data already" in said.getvalue()
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_demo_is_refused_outside_demo_mode(settings: Settings) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError, match="demo mode only"):
        call_command("seed_demo")
    with pytest.raises(clock.ClockIsFixed):
        clock.shift(days=1)


@pytest.mark.once
@pytest.mark.django_db
def test_same_seed_gives_the_same_data(tmp_path: Path, fresh_database: Path) -> None:
    first, second = (_digest(tmp_path / name, fresh_database) for name in ("one", "two"))

    assert "AWARDED" in first
    assert first == second


def _digest(folder: Path, database: Path) -> str:
    """Fill a demo of its own and return what it holds."""
    folder.mkdir()
    copyfile(database, folder / "miteinander.sqlite3")
    env = {**os.environ, "MITEINANDER_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings.demo"}
    seed = [sys.executable, "manage.py", "seed_demo", "--applications", "6", "--seed", "3"]
    subprocess.run(seed, cwd=ROOT, env=env, check=True, capture_output=True)
    shell = [sys.executable, "manage.py", "shell", "-v0", "-c", DIGEST]
    return subprocess.run(shell, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout


@pytest.mark.earnest
@pytest.mark.committing
def test_command_tells_the_story_first_and_adds_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "STORY", 5)
    monkeypatch.setattr(scale, "SCALE_FROM", 40)
    said = StringIO()

    call_command("seed_demo", applications=40, seed=2, review_round=4, stdout=said)

    assert Application.objects.count() == 40
    assert Round.objects.filter(fund__slug="miteinander", slug=scale.RANKING_SLUG).exists()
    assert "The demo is ready: 40 applications." in said.getvalue()
    call_command("check_books", stdout=StringIO())


@pytest.mark.django_db
def test_round_for_the_lists_takes_at_most_half() -> None:
    with pytest.raises(CommandError, match="at most half"):
        call_command("seed_demo", applications=400, review_round=201)
