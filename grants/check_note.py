"""The note on a formal check that has ended (Antragsprüfungsvermerk, D01): what was asked, found, written, by whom."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.days import instant
from accounts.models import Proposal, User
from accounts.money import format_cents
from grants.checklist import ITEMS, Answer, question_of
from grants.models import Application, FormalCheck
from grants.receipts import sender_of
from notifications.models import Document
from notifications.pdf import NoteData, NotePart, Row
from notifications.states import DocumentKind

_GROUNDS = {
    "late": gettext_lazy("It came late, and the round rejects late applications."),
    "documents_missing": gettext_lazy("Requested documents were not handed in, in spite of a reminder."),
}


def notes_of(application: Application) -> QuerySet[Document]:
    """Return the notes on the checks of a case that have ended, oldest first."""
    found = Document.objects.filter(case_key=application.case_key, kind=DocumentKind.CHECK_NOTE)
    return found.defer("data").order_by("pk")


def accepted_note(application: Application, check: FormalCheck, *, by: User, now: datetime) -> NoteData:
    """Return the note on a check that ended with acceptance, in German, the language of the file.

    Args:
        application: just accepted.
        check: its checklist as it stands.
        by: who accepted.
        now: when.
    """
    with translation.override("de"):
        ended = Row(_("Accepted by"), _signed(by, now))
        return _note(application, check, _("Formally accepted"), now, (), (ended,))


def rejected_note(
    application: Application, check: FormalCheck | None, proposal: Proposal, *, by: User, now: datetime
) -> NoteData:
    """Return the note on a check that ended with a rejection.

    Args:
        application: just found not eligible.
        check: its checklist, if it came to one.
        proposal: of the first officer, with the reasons.
        by: who confirmed.
        now: when.
    """
    with translation.override("de"):
        reasons = NotePart(
            _("Why it is not eligible"),
            tuple(Row(_("Not met"), _ground(code)) for code in proposal.payload.get("codes", ())),
            _paragraphs(proposal.reason),
        )
        acted = (
            Row(_("Proposed by"), _signed(proposal.proposed_by, proposal.proposed_at)),
            Row(_("Confirmed by a second person"), _signed(by, now)),
        )
        return _note(application, check, _("Not eligible"), now, (reasons,), acted)


def _ground(code: str) -> str:
    return str(_GROUNDS.get(code) or question_of(code))


def _signed(person: User, at: datetime) -> str:
    return f"{person}, {instant(at)}"


def _note(
    application: Application,
    check: FormalCheck | None,
    outcome: str,
    now: datetime,
    reasons: tuple[NotePart, ...],
    acted: tuple[Row, ...],
) -> NoteData:
    return NoteData(
        sender=sender_of(application.fund),
        case_number=application.case_number or "",
        title=_("Note on the formal check"),
        made_at=now,
        parts=(
            NotePart("", tuple(_case(application, outcome)), ()),
            *reasons,
            *(_found(check) if check is not None else ()),
            NotePart(_("Who checked"), tuple(_people(application, check, acted)), ()),
        ),
    )


def _case(application: Application, outcome: str) -> Iterator[Row]:
    received = instant(application.submitted_at) if application.submitted_at else ""
    late = _("late")
    yield Row(_("Case number"), application.case_number or "")
    yield Row(_("Organisation"), str(application.organisation or ""))
    yield Row(_("Project"), application.title)
    yield Row(_("Round"), f"{application.fund}: {application.round}")
    yield Row(_("Received"), f"{received} ({late})" if application.late else received)
    yield Row(_("Requested"), format_cents(application.requested_cents))
    yield Row(_("Result"), outcome)


def _found(check: FormalCheck) -> Sequence[NotePart]:
    return (
        NotePart(_("Without these no grant is possible"), tuple(_answers(check.answers, mandatory=True)), ()),
        NotePart(_("Also to be checked"), tuple(_answers(check.answers, mandatory=False)), ()),
        NotePart(_("Necessity and adequacy of the costs"), (), _paragraphs(check.costs_note)),
        *((NotePart(_("Other notes"), (), _paragraphs(check.note)),) if check.note.strip() else ()),
    )


def _answers(answers: Mapping[str, str], *, mandatory: bool) -> Iterator[Row]:
    for item in ITEMS:
        if item.mandatory == mandatory:
            answer = answers.get(item.code, "")
            yield Row(str(item.question), str(Answer(answer).label) if answer else _("not answered"))


def _people(application: Application, check: FormalCheck | None, acted: tuple[Row, ...]) -> Iterator[Row]:
    yield Row(_("Case officer"), str(application.officer or ""))
    if check is not None and check.edited_by is not None:
        yield Row(_("Checklist last written by"), _signed(check.edited_by, check.edited_at))
    yield from acted


def _paragraphs(text: str) -> tuple[str, ...]:
    """Return what an officer wrote line by line; a sheet keeps no line breaks inside a paragraph."""
    return tuple(line.strip() for line in text.splitlines() if line.strip()) or ("–",)
