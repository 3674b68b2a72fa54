"""Two funds side by side, for instance two district boards: nobody who works for one finds anything of the other."""

import io
from collections.abc import Iterator

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Organisation, User
from grants.models import Application, BodyMember, BodySession, Round
from notifications.models import Letter
from payments.models import Payment
from tests.architecture.addresses import ROWS
from tests.architecture.addresses.visitors import MAY, REFUSED, Visitor, address, word_of
from tests.world import Side, World, undone

pytestmark = [pytest.mark.django_db, pytest.mark.once]

MARK, CENTS, EUROS = "Nachbarbezirk", 77_777, "777,77"
LISTS = ("grants:office_applications", "payments:letters", "reviews:search", "notifications:outbox")


@pytest.fixture
def marked(world: World) -> Iterator[Side]:
    """Everything of the far fund that has a name or an amount carries one that nothing else has."""
    far = world.far
    with undone():
        Application.objects.filter(fund=far.fund).update(
            title=f"{MARK} Titel", title_key=MARK.lower(), summary=f"{MARK} Text", search_key=MARK.lower(),
            municipality=f"{MARK} Ort", applied_cents=CENTS, requested_cents=CENTS,
        )  # fmt: skip
        Organisation.objects.filter(pk=far.organisation.pk).update(name=f"{MARK} e. V.", search_key=MARK.lower())
        Round.objects.filter(pk=far.draft_round.pk).update(name=f"{MARK} Runde")
        BodyMember.objects.filter(body__fund=far.fund).update(name=f"{MARK} Mitglied")
        BodySession.objects.filter(body__fund=far.fund).update(place=f"{MARK} Saal")
        User.objects.filter(pk__in=[user.pk for user in vars(far.staff).values()]).update(full_name=f"{MARK} Person")
        yield far


def read(visitor: Visitor, url: str) -> str:
    """Return what the person reads there: a page, a table as a file; empty when there is nothing."""
    answer = visitor.ask("get", url)
    if word_of(answer) != MAY:
        return ""
    if "spreadsheetml" in answer.headers.get("Content-Type", ""):
        rows = load_workbook(io.BytesIO(visitor.raw), read_only=True).active
        return "\n".join(str(cell) for row in rows.iter_rows(values_only=True) for cell in row) if rows else ""
    return visitor.body


def telling(body: str) -> list[str]:
    return [word for word in (MARK, EUROS) if word in body]


@pytest.mark.parametrize("kind", ["coordinator"])
def test_no_page_of_the_own_fund_tells_of_the_other(
    world: World, visitors: dict[str, Visitor], marked: Side, kind: str
) -> None:
    own = {address(row, world.near) for row in ROWS if row.shows and ":demo" not in row.name and kind in row.get}

    assert [
        (url, telling(read(visitors[kind], url))) for url in sorted(own) if telling(read(visitors[kind], url))
    ] == []


def _choices(far: Side) -> list[str]:
    """Every name by which a page takes a choice from its address, with what it would be in the other fund.

    Words are typed otherwise than they are written there: a page may say again what it was asked.
    """
    letter, payment = Letter.objects.filter(fund=far.fund)[0], Payment.objects.filter(award__fund=far.fund)[0]
    return [
        f"round={far.open_round.pk}", f"round={far.open_round.slug}", f"officer={far.staff.officer.pk}",
        f"fund={far.fund.pk}", f"case={far.submitted.pk}", f"letter={letter.pk}", f"payment={payment.pk}",
        f"municipality={MARK.lower()} ort", f"q={MARK.lower()}", f"q={far.submitted.case_number}", "q=777.77",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["coordinator"])
def test_no_list_search_or_file_takes_a_choice_of_the_other(
    visitors: dict[str, Visitor], marked: Side, kind: str
) -> None:
    lists = [f"{reverse(name)}?{choice}" for name in LISTS for choice in _choices(marked)]
    cases = reverse("grants:office_applications")
    files = [f"{cases}?format={file}&{choice}" for file in ("csv", "xlsx") for choice in ("", *_choices(marked)[:3])]

    found = [(url, word) for url in (*lists, *files) for word in telling(read(visitors[kind], url))]

    assert found == []


@pytest.mark.parametrize("kind", ["officer", "finance_b"])
def test_no_address_or_guessed_number_of_the_other_answers(
    visitors: dict[str, Visitor], marked: Side, kind: str
) -> None:
    """Each page and file that the person may open in the own fund, with the records of the other."""
    rows = [row for row in ROWS if row.shows and row.at and not row.fixed and kind in row.get]

    found = {row.title: visitors[kind].glance(address(row, marked)) for row in rows}

    assert {title: word for title, word in found.items() if word != REFUSED} == {}


def test_files_of_the_other_are_refused_by_their_case_and_by_ones_own(
    world: World, visitors: dict[str, Visitor], marked: Side
) -> None:
    """A file of the other fund is not handed out under the address of a case of the own fund either."""
    near, far = world.near, marked
    for name, own, foreign in (
        ("grants:attachment", near.submitted.pk, far.submitted_file.pk),
        ("grants:attachment_preview", near.submitted.pk, far.submitted_file.pk),
        ("grants:body_member", near.body.pk, far.body_member.pk),
        ("grants:body_session", near.body.pk, far.body_session.pk),
    ):
        for kind in ("coordinator", "head", "officer"):
            assert visitors[kind].glance(reverse(name, args=[own, foreign])) == REFUSED


def test_the_marks_are_read_by_who_works_there(visitors: dict[str, Visitor], marked: Side) -> None:
    """The control: the other fund's own staff read them on the same pages."""
    there = visitors["other_staff"]
    pages = ("grants:office_applications", "grants:office_rounds", "payments:letters")

    assert all(MARK in read(there, reverse(name)) for name in pages[:2])
    assert MARK in read(there, f"{reverse('reviews:search')}?q={MARK}")
    assert MARK in read(there, reverse("grants:body", args=[marked.body.pk]))
    assert EUROS in read(there, f"{reverse('grants:office_applications')}?format=csv")
