"""Rows of letters: drafted, approved, signed, and, where the round is finished, announced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts import audit, bulk
from grants.states import ApplicationState as A
from notifications import letters as letter_door
from notifications.dates import deemed_announced
from notifications.models import Document, Letter
from notifications.pdf.data import RejectionKind
from notifications.states import Channel, DocumentKind, LetterState
from payments.models import CaseLetter
from payments.steps.letters.data import award_data, rejection_data
from payments.terms import Basis
from reviews.demo import words
from reviews.demo.scale.life import reason_of
from reviews.demo.scale.outline import Stage
from reviews.demo.scale.paper import Sample
from reviews.demo.scale.scene import Case, Scene

_CONDITION = "Auf die Förderung ist in allen Veröffentlichungen hinzuweisen."


@dataclass(frozen=True)
class Written:
    """A case with its letter."""

    case: Case
    letter_id: int
    document_id: int
    number: str

    @property
    def is_award(self) -> bool:
        return self.case.aim == A.AWARDED

    @property
    def kind(self) -> DocumentKind:
        return DocumentKind.AWARD if self.is_award else DocumentKind.REJECTION


def write_letters(scene: Scene, cases: Sequence[Case], paper: Sample) -> list[Written]:
    """Write the letters of all cases that have one, as far as their round has come."""
    due = [case for case in cases if case.aim in (A.AWARDED, A.REJECTED)]
    letters, documents = bulk.numbers(Letter, len(due)), bulk.numbers(Document, len(due))
    written = [Written(case, next(letters), next(documents), f"{case.application.case_number}-1") for case in due]
    bulk.write([_document(scene, one, paper) for one in written])
    letter_door.keep_many(_letter(scene, one, paper) for one in written)
    announced = scene.at("deem") if scene.outline.stage == Stage.FINISHED else None
    bulk.write([
        CaseLetter(
            application=one.case.application, letter_id=one.letter_id, created_at=scene.at("draft"),
            announcement_handled_at=announced,
        )
        for one in written
    ])  # fmt: skip
    for one in written:
        one.case.lines.extend(_letter_lines(scene, one, paper))
    return written


def _basis(scene: Scene, case: Case) -> Basis:
    if case.formal:
        return Basis(scene.fund.authority, scene.day("check"))
    return Basis(scene.bodies[-1], scene.day("decide"))


def _document(scene: Scene, one: Written, paper: Sample) -> Document:
    case, cast = one.case, scene.cast
    people: dict[str, Any] = {"officer": cast["sachbearbeitung"], "signatory": cast["leitung"]}
    common = {"basis": _basis(scene, case), "letter_date": scene.day("sign"), **people}
    if one.is_award:
        reasons = (words.VOTE_PARTIAL,) if case.partial else ()
        data = award_data(
            case.application, amount_cents=case.granted_cents, conditions=(_CONDITION,), partial_reasons=reasons,
            **common,
        ).to_json()  # fmt: skip
    else:
        kind: RejectionKind = "formal" if case.formal else "merit"
        reason = words.FORMAL_REASON if case.formal else reason_of(case)
        data = rejection_data(case.application, kind=kind, reasons=[reason], **common).to_json()
    key = f"{case.key}:{one.kind.value}:1"
    document = paper.document(one.kind, key, case.application, data, at=scene.at("draft"))
    document.pk = one.document_id
    return document


def _letter(scene: Scene, one: Written, paper: Sample) -> dict[str, Any]:
    case, cast, out = one.case, scene.cast, scene.outline.stage == Stage.FINISHED
    fields: dict[str, Any] = {
        "pk": one.letter_id, "fund": scene.fund, "case_key": case.key, "kind": one.kind.value, "number": one.number,
        "title": case.application.title, "addressee": case.organisation.name[:200], "document_id": one.document_id,
        "amount_cents": case.granted_cents if one.is_award else None, "letter_date": scene.day("sign"),
        "deemed_days": scene.round.deemed_days, "created_at": scene.at("draft"), "author": cast["sachbearbeitung"],
        "approved_by": cast["sachbearbeitung2"], "approved_at": scene.at("approve"), "signatory": cast["leitung"],
        "signed_by": cast["leitung"], "signed_at": scene.at("sign"), "signed_sha256": paper.sha256,
        "state": (LetterState.ANNOUNCED if out else LetterState.SIGNED).value, "version": 6 if out else 3,
    }  # fmt: skip
    if out:
        fields |= {
            "released_by": cast["koordination"], "released_at": scene.at("release"), "channel": Channel.POST.value,
            "posted_by": cast["poststelle"], "posted_on": scene.day("post"), "announced_on": announced_on(scene),
        }  # fmt: skip
    return fields


def announced_on(scene: Scene) -> date:
    """Return the day on which the letters of the round took effect."""
    return deemed_announced(scene.day("post"), scene.round.deemed_days)


_LETTER_STEPS = (
    ("draft", "draft", "", LetterState.GENERATED, "sachbearbeitung"),
    ("approve", "approve", LetterState.GENERATED, LetterState.APPROVED, "sachbearbeitung2"),
    ("sign", "sign", LetterState.APPROVED, LetterState.SIGNED, "leitung"),
    ("release", "release", LetterState.SIGNED, LetterState.RELEASED, "koordination"),
    ("post", "post", LetterState.RELEASED, LetterState.POSTED, "poststelle"),
    ("deem", "deem", LetterState.POSTED, LetterState.ANNOUNCED, None),
)


def _letter_lines(scene: Scene, one: Written, paper: Sample) -> list[audit.Line]:
    steps = _LETTER_STEPS if scene.outline.stage == Stage.FINISHED else _LETTER_STEPS[:3]
    label = f"{one.kind.label} {one.number}"
    return [
        audit.Line(
            scene.at(step), scene.cast[name].pk if name else None, scene.fund.pk, one.case.key,
            "notifications.letter", one.letter_id, label, action, str(before), str(after), "",
            {"sha256": paper.sha256} if action == "sign" else {},
        )
        for action, step, before, after, name in steps
    ]  # fmt: skip
