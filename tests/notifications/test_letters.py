"""The letter's life between draft and announcement: who may, in which state, on which day."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible
from accounts.models import SYSTEM, AuditEntry, Person, User
from accounts.states import Role
from notifications import letters as door
from notifications import steps, tasks
from notifications.actions import letters as actions
from notifications.exceptions import BadDay, BadLetter, TextChanged
from notifications.models import Document, Letter, Timer
from notifications.states import DocumentKind, LetterState
from tests.factories import make_fund, make_staff
from tests.notifications import letters as samples
from tests.notifications.factories import make_letter, render_all

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]

S = LetterState
# Who may do which step from which state; everybody else and every other state is refused.
STEPS: dict[str, tuple[set[str], set[str]]] = {
    "approve": ({S.GENERATED}, {"case_officer", "coordinator"}),
    "void": ({S.GENERATED, S.APPROVED, S.RETURNED}, {"case_officer", "author", "system"}),
    "sign": ({S.APPROVED}, {"signatory", "head_of_unit"}),
    "release": ({S.SIGNED}, {"head_of_unit"}),
    "recall": ({S.SIGNED, S.RELEASED}, {"signatory", "head_of_unit"}),
    "post": ({S.RELEASED, S.EXPIRED, S.RETURNED}, {"mail_room"}),
    "publish": ({S.RELEASED}, {"system"}),
    "expire": ({S.PUBLISHED}, {"system"}),
    "deem": ({S.POSTED}, {"system"}),
    "undeliverable": ({S.POSTED, S.ANNOUNCED}, {"mail_room"}),
    "confirm_address": ({S.RETURNED}, {"case_officer", "author"}),
}


def arguments_of(step: str) -> dict[str, Any]:
    now, day = clock.now(), clock.today()
    found: dict[str, dict[str, Any]] = {
        "approve": {"at": now},
        "sign": {"at": now, "sha256": "0" * 64},
        "release": {"at": now},
        "post": {"posted_on": day},
        "publish": {"at": now},
        "deem": {"announced_on": day},
        "undeliverable": {"returned_on": day},
        "confirm_address": {"at": now, "envelope": "Neue Straße 5"},
    }
    return found.get(step, {})


@pytest.mark.parametrize("step", STEPS)
def test_each_step_from_each_state_by_each_role(step: str) -> None:
    fund, other = make_fund(), make_fund()
    author = make_staff(fund, Role.CASE_OFFICER)
    people: dict[str, Person] = {role.value: make_staff(fund, role) for role in Role}
    people |= {"author": author, "system": SYSTEM, "foreign officer": make_staff(other, *Role.values[:6])}
    letter = make_letter(fund, author=author)
    states, roles = STEPS[step]
    allowed = set()
    for state in LetterState:
        # Past the door on purpose: the table asks about every state.
        fields = {"announced_on": date(2026, 9, 9), "address_confirmed_at": clock.now()}
        Letter.objects.filter(pk=letter.pk).update(state=state, **fields)
        for name, who in people.items():
            seen = Letter.objects.get(pk=letter.pk)
            try:
                with transaction.atomic():
                    audit.perform(getattr(seen, step), by=who, **arguments_of(step))
                    allowed.add((state.value, name))
                    raise InterruptedError
            except (NotPermitted, NotPossible, InterruptedError):
                continue

    assert allowed == {(str(state), role) for state in states for role in roles}


# --- draft ------------------------------------------------------------------------------------------------


def draft(data: dict[str, Any], author: User, signatory: User) -> Letter:
    with transaction.atomic():
        return door.draft(
            DocumentKind.AWARD, key="award:1", fund=make_fund(), case_key="case:1", number="F-1-L01-1",
            title="t", addressee="a", amount_cents=300_050, data=data, author=author, signatory=signatory,
            letter_date=date(2026, 12, 15),
        )  # fmt: skip


def test_the_same_key_drafts_one_letter() -> None:
    fund = make_fund()
    people = make_staff(fund, Role.CASE_OFFICER), make_staff(fund, Role.SIGNATORY)

    first = draft(samples.award().to_json(), *people)
    assert draft(samples.award().to_json(), *people) == first
    assert Document.objects.count() == 1
    assert [entry.action for entry in audit.history(first)] == ["draft"]


@pytest.mark.parametrize("broken", [{}, {"amount_cents": "a lot"}, {"remedy": "Klage beim {GERICHT}"}])
def test_data_that_cannot_be_drawn_is_refused_at_the_draft(broken: dict[str, Any]) -> None:
    fund = make_fund()
    data = {**samples.award().to_json(), **broken} if broken else {}

    with pytest.raises(BadLetter):
        draft(data, make_staff(fund, Role.CASE_OFFICER), make_staff(fund, Role.SIGNATORY))

    assert (Letter.objects.count(), Document.objects.count()) == (0, 0)


# --- approve, void ----------------------------------------------------------------------------------------


def test_second_officer_approves_what_was_read() -> None:
    letter = make_letter()
    second = make_staff(letter.fund, Role.CASE_OFFICER)

    approved = actions.approve(letter=letter, by=second, seen_sha256="0" * 64)

    assert (approved.state, approved.approved_by) == (S.APPROVED, second)
    assert AuditEntry.objects.get(action="approve").actor == second


def test_author_does_not_approve_the_own_letter() -> None:
    letter = make_letter()

    with pytest.raises(NotPermitted):
        actions.approve(letter=letter, by=letter.author, seen_sha256="0" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(approved_by=letter.author_id)


@pytest.mark.parametrize("seen", ["1" * 64, ""])
def test_another_text_than_the_one_read_is_not_approved(seen: str) -> None:
    letter = make_letter()

    with pytest.raises(TextChanged):
        actions.approve(letter=letter, by=make_staff(letter.fund, Role.CASE_OFFICER), seen_sha256=seen)

    assert Letter.objects.get(pk=letter.pk).state == S.GENERATED


def test_letter_that_is_not_drawn_yet_is_not_approved() -> None:
    letter = make_letter(rendered=False)

    with pytest.raises(NotPossible):
        actions.approve(letter=letter, by=make_staff(letter.fund, Role.CASE_OFFICER), seen_sha256="")


def test_second_of_two_approvals_is_told_that_somebody_was_faster() -> None:
    letter = make_letter()
    one, two = (make_staff(letter.fund, Role.CASE_OFFICER) for _ in range(2))
    actions.approve(letter=Letter.objects.get(pk=letter.pk), by=one, seen_sha256="0" * 64)

    with pytest.raises(LostRace):
        actions.approve(letter=letter, by=two, seen_sha256="0" * 64)


def test_dropping_a_letter_needs_a_reason() -> None:
    letter = make_letter()
    with pytest.raises(NeedsReason):
        actions.void(letter=letter, by=letter.author, reason=" ")

    assert actions.void(letter=letter, by=letter.author, reason="Falscher Betrag").state == S.VOID
    assert AuditEntry.objects.get(action="void").reason == "Falscher Betrag"


# --- post, announced, came back ---------------------------------------------------------------------------

NOON = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)
# Signed on Friday, 27 November, released on Monday.
SIGNED: dict[str, Any] = {
    "signed_at": NOON - timedelta(days=4),
    "signed_sha256": "0" * 64,
    "released_at": NOON - timedelta(days=4),
}


@pytest.fixture
def tuesday() -> date:
    """The clock stands on Tuesday, 1 December 2026, noon in Hannover."""
    clock.freeze(NOON)
    return date(2026, 12, 1)


def released(**fields: Any) -> tuple[Letter, User]:
    letter = make_letter(state=S.RELEASED, **SIGNED, **fields)
    return letter, make_staff(letter.fund, Role.MAIL_ROOM)


def posted(day: date) -> tuple[Letter, User]:
    letter, clerk = released()
    return actions.post(letters=[(letter, letter.version)], by=clerk, posted_on=day)[0], clerk


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2026, 12, 2), "future|Zukunft"), (date(2026, 11, 26), "27.11.2026"), (date(1900, 1, 1), "27.11.2026")],
)
def test_day_of_posting_is_neither_future_nor_before_the_signature(tuesday: date, day: date, said: str) -> None:
    letter, clerk = released()

    with pytest.raises(BadDay, match=said):
        actions.post(letters=[(letter, letter.version)], by=clerk, posted_on=day)


def test_day_of_posting_is_not_before_the_release(tuesday: date) -> None:
    letter = make_letter(state=S.RELEASED, **SIGNED | {"released_at": NOON - timedelta(days=1)})
    clerk = make_staff(letter.fund, Role.MAIL_ROOM)

    with pytest.raises(BadDay, match=r"30\.11\.2026"):
        actions.post(letters=[(letter, letter.version)], by=clerk, posted_on=date(2026, 11, 29))

    assert actions.post(letters=[(letter, letter.version)], by=clerk, posted_on=date(2026, 11, 30))


def test_posted_letter_is_announced_when_the_fourth_day_begins_in_hannover(tuesday: date) -> None:
    letter, _clerk = posted(tuesday)
    # Saturday, 5 December, begins at 23:00 UTC of Friday; the day of effect does not move off a weekend.
    clock.freeze(datetime(2026, 12, 4, 22, 59, 59, tzinfo=UTC))
    tasks.sweep()
    assert Letter.objects.get(pk=letter.pk).state == S.POSTED

    clock.freeze(datetime(2026, 12, 4, 23, 0, 0, tzinfo=UTC))
    tasks.sweep()
    tasks.sweep()

    announced = Letter.objects.get(pk=letter.pk)
    assert (announced.state, announced.announced_on) == (S.ANNOUNCED, date(2026, 12, 5))
    assert AuditEntry.objects.filter(action="deem").count() == 1


def test_day_recorded_late_is_announced_on_its_own_fourth_day(tuesday: date) -> None:
    letter, _clerk = posted(date(2026, 11, 27))

    tasks.sweep()

    announced = Letter.objects.get(pk=letter.pk)
    assert (announced.state, announced.announced_on) == (S.ANNOUNCED, date(2026, 12, 1))


def test_letter_that_came_back_is_not_announced(tuesday: date) -> None:
    letter, clerk = posted(tuesday)
    clock.freeze(NOON + timedelta(days=2))
    actions.return_letter(letter=letter, by=clerk, returned_on=date(2026, 12, 3))
    clock.freeze(NOON + timedelta(days=9))

    tasks.sweep()

    returned = Letter.objects.get(pk=letter.pk)
    assert (returned.state, returned.announced_on, returned.returned_on) == (S.RETURNED, None, date(2026, 12, 3))
    assert Timer.objects.filter(done_at=None).count() == 0


def test_letter_that_came_back_after_the_fourth_day_loses_its_announcement(tuesday: date) -> None:
    letter, clerk = posted(tuesday)
    clock.freeze(NOON + timedelta(days=9))
    tasks.sweep()
    announced = Letter.objects.get(pk=letter.pk)

    returned = actions.return_letter(letter=announced, by=clerk, returned_on=date(2026, 12, 10))

    assert (returned.state, returned.announced_on) == (S.RETURNED, None)


def test_letter_posted_a_second_time_is_announced_from_the_second_day(tuesday: date) -> None:
    letter, clerk = posted(tuesday)
    clock.freeze(NOON + timedelta(days=2))
    back = actions.return_letter(letter=letter, by=clerk, returned_on=date(2026, 12, 3))
    officer = make_staff(letter.fund, Role.CASE_OFFICER)
    with transaction.atomic():
        returned = steps.confirm_address(back, by=officer, envelope="Neue Straße 5", reason="Telefonat")
    with pytest.raises(BadDay, match=r"03\.12\.2026"):
        actions.post(letters=[(returned, returned.version)], by=clerk, posted_on=date(2026, 12, 2))
    again = actions.post(letters=[(returned, returned.version)], by=clerk, posted_on=date(2026, 12, 3))[0]
    clock.freeze(NOON + timedelta(days=9))

    tasks.sweep()

    assert Letter.objects.get(pk=again.pk).announced_on == date(2026, 12, 7)


@pytest.mark.parametrize("day", [date(2026, 12, 2), date(2026, 11, 30)])
def test_day_of_return_is_neither_future_nor_before_the_posting(tuesday: date, day: date) -> None:
    letter, clerk = posted(tuesday)

    with pytest.raises(BadDay):
        actions.return_letter(letter=letter, by=clerk, returned_on=day)


def test_letters_are_posted_all_or_none(tuesday: date) -> None:
    letter, clerk = released()
    foreign = make_letter(state=S.RELEASED, **SIGNED)

    with pytest.raises(NotPermitted):
        actions.post(letters=[(letter, 1), (foreign, 1)], by=clerk, posted_on=tuesday)

    assert set(Letter.objects.values_list("state", flat=True)) == {S.RELEASED}


def test_whole_life_from_draft_to_announcement(tuesday: date, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    letter = make_letter(rendered=False)
    fund = letter.fund
    second, clerk, head = (make_staff(fund, role) for role in (Role.CASE_OFFICER, Role.MAIL_ROOM, Role.HEAD_OF_UNIT))
    render_all()
    sha256 = Document.objects.get(pk=letter.document_id).sha256

    approved = actions.approve(letter=Letter.objects.get(pk=letter.pk), by=second, seen_sha256=sha256)
    with transaction.atomic():
        signed = audit.perform(approved.sign, by=letter.signatory, at=clock.now(), sha256=sha256)
        ready = audit.perform(signed.release, by=head, at=clock.now())
    actions.post(letters=[(ready, ready.version)], by=clerk, posted_on=tuesday)
    clock.freeze(NOON + timedelta(days=4))
    tasks.sweep()

    announced = Letter.objects.get(pk=letter.pk)
    assert (announced.state, announced.announced_on) == (S.ANNOUNCED, date(2026, 12, 5))
    assert (announced.approved_by, announced.signed_by) == (second, letter.signatory)
    assert (announced.released_by, announced.posted_by) == (head, clerk)
    assert announced.signed_sha256 == announced.document.sha256 == sha256
    assert [entry.action for entry in audit.history(announced)] == [
        "draft", "approve", "sign", "release", "post", "deem",
    ]  # fmt: skip
