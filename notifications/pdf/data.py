"""Frozen data of each letter: everything that it states, and nothing that could change later.

A letter row keeps ``to_json()``; ``from_json()`` is strict, so that an old or damaged row is never
drawn with gaps. Amounts are integer cents, days ISO dates, instants aware.
"""

import json
import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Literal, Self

from notifications.pdf.strictjson import BadLetterData, Json, dump, load

FundingType = Literal["FIXED", "SHARE", "SHORTFALL", "FULL"]
Ancillary = Literal["ANBest-P", "ANBest-Gk"]
RejectionKind = Literal["formal", "late", "merit", "budget"]

_PLACEHOLDER = re.compile(r"\{[^{}\n]*\}|\[\[.*?\]\]|\bTODO\b|\bXXX\b")


class OpenPlaceholder(ValueError):
    """A text of the office still holds a placeholder; ``field`` says where."""

    def __init__(self, field: str, placeholder: str) -> None:
        super().__init__(f"{field}: {placeholder}")
        self.field = field
        self.placeholder = placeholder


@dataclass(frozen=True)
class _Frozen:
    """JSON there and back for every letter."""

    def to_json(self) -> dict[str, Json]:
        """The data as JSON values, to be stored in the letter row."""
        return {field.name: dump(getattr(self, field.name)) for field in fields(self)}

    def to_text(self) -> str:
        """The data as canonical JSON text: the same data always gives the same text, fit for a hash."""
        return json.dumps(dump(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read back what ``to_json`` gave. Raises: BadLetterData."""
        return load(cls, value)


def refuse_placeholders(letter: object, names: tuple[str, ...]) -> None:
    """Refuse a letter in whose office texts a placeholder is left. Raises: OpenPlaceholder."""
    for name in names:
        value = getattr(letter, name)
        for text in value if isinstance(value, tuple) else (value,):
            found = _PLACEHOLDER.search(text)
            if found:
                raise OpenPlaceholder(name, found.group())


@dataclass(frozen=True)
class Address:
    """The legal entity that the letter is addressed to, as on the envelope."""

    name: str
    extra: str
    street: str
    postcode: str
    city: str
    country: str

    def lines(self) -> tuple[str, ...]:
        """The lines of the address window without empty ones."""
        town = f"{self.postcode} {self.city}".strip()
        return tuple(line for line in (self.name, self.extra, self.street, town, self.country) if line)


@dataclass(frozen=True)
class Sender:
    """The authority's letterhead, who answers questions, and who signs."""

    authority: str
    department: str
    street: str
    postcode: str
    city: str
    officer: str
    phone: str
    mail: str
    web: str
    closing: str
    signatory: str
    function: str

    def return_line(self) -> str:
        """The small line above the address."""
        town = f"{self.postcode} {self.city}".strip()
        return " · ".join(part for part in (self.authority, self.street, town) if part)


@dataclass(frozen=True)
class PlanLine:
    """One position of a cost or financing plan; ``detail`` says how the amount comes about."""

    label: str
    detail: str
    amount_cents: int
    eligible: bool = True


@dataclass(frozen=True)
class Instalment:
    """One part of the payment with the condition for it."""

    label: str
    condition: str
    amount_cents: int


@dataclass(frozen=True)
class Row:
    """A label with its value."""

    label: str
    value: str


@dataclass(frozen=True)
class AwardLetterData(_Frozen):
    """L01, the award letter (Zuwendungsbescheid), full or partial.

    ``partial_reasons`` is required where less than requested is granted (§ 39 VwVfG). ``ancillary_text``
    holds the paragraphs of the ancillary provisions for annex 2; without them the annex is a sheet of its
    own that goes with the letter. ``OFFICE_TEXTS`` must not hold placeholders; ``purpose`` may, since it
    quotes the applicant's words.
    """

    template_version: str
    sender: Sender
    recipient: Address
    case_number: str
    letter_date: date
    fund: str
    legal_basis: str
    budget_year: int
    decided_by: str
    decided_on: date
    application_date: date
    application_version: int
    project_title: str
    purpose: str
    period_from: date
    period_to: date
    funding_type: FundingType
    requested_cents: int
    amount_cents: int
    eligible_cents: int
    cost_lines: tuple[PlanLine, ...]
    financing_lines: tuple[PlanLine, ...]
    instalments: tuple[Instalment, ...]
    use_by_months: int
    shift_tolerance_percent: int
    interest_points: int
    proof_kind: str
    proof_due: date
    ancillary: Ancillary
    ancillary_version: str
    ancillary_text: tuple[str, ...]
    special_conditions: tuple[str, ...]
    partial_reasons: tuple[str, ...]
    remedy: str
    waiver: bool

    OFFICE_TEXTS = ("special_conditions", "partial_reasons", "remedy", "legal_basis", "decided_by")

    def __post_init__(self) -> None:
        costs = sum(line.amount_cents for line in self.cost_lines)
        eligible = sum(line.amount_cents for line in self.cost_lines if line.eligible)
        financing = sum(line.amount_cents for line in self.financing_lines)
        _require(0 < self.amount_cents <= self.requested_cents, "amount_cents: between 1 cent and the request")
        _require(self.amount_cents <= self.eligible_cents, "amount_cents: above the eligible costs")
        _require(self.eligible_cents == eligible, "eligible_cents: not the sum of the eligible positions")
        _require(costs == financing, "financing_lines: the plan does not balance")
        paid = sum(part.amount_cents for part in self.instalments)
        _require(paid == self.amount_cents, "instalments: do not add up to the amount")
        _require(self.period_from <= self.period_to, "period_to: before period_from")
        _require(bool(self.partial) <= bool(self.partial_reasons), "partial_reasons: missing")
        _require(bool(self.remedy.strip()), "remedy: missing")

    @property
    def partial(self) -> bool:
        """Whether less is granted than was requested."""
        return self.amount_cents < self.requested_cents


@dataclass(frozen=True)
class RejectionLetterData(_Frozen):
    """L02, the rejection (Ablehnungsbescheid), with reasons (§ 39 VwVfG) of one of four kinds."""

    template_version: str
    sender: Sender
    recipient: Address
    case_number: str
    letter_date: date
    fund: str
    legal_basis: str
    decided_by: str
    decided_on: date
    application_date: date
    application_version: int
    deadline_at: datetime | None
    received_at: datetime | None
    project_title: str
    requested_cents: int
    kind: RejectionKind
    reasons: tuple[str, ...]
    remedy: str

    OFFICE_TEXTS = ("reasons", "remedy", "legal_basis", "decided_by")

    def __post_init__(self) -> None:
        _require(bool(self.reasons), "reasons: missing")
        _require(bool(self.remedy.strip()), "remedy: missing")
        late = self.deadline_at is not None and self.received_at is not None
        _require(self.kind != "late" or late, "received_at: a late rejection states both instants")


@dataclass(frozen=True)
class PlanTable:
    """A table of plan positions with its heading; the sum is counted, not given."""

    title: str
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True)
class Section:
    """A part of the application as sent: labels with values, then its plan tables."""

    title: str
    rows: tuple[Row, ...]
    tables: tuple[PlanTable, ...]


@dataclass(frozen=True)
class ReceiptData(_Frozen):
    """Receipt with a copy of the application as it was sent.

    The applicant's words stand here as they are, so nothing in it counts as a placeholder.
    """

    template_version: str
    sender: Sender
    recipient: Address
    case_number: str
    fund: str
    round_name: str
    project_title: str
    version: int
    received_at: datetime
    on_time: bool
    next_dates: tuple[Row, ...]
    sections: tuple[Section, ...]
    attachments: tuple[Row, ...]


@dataclass(frozen=True)
class NotePart:
    """A part of a note: labels with values, then paragraphs, both as they will be read."""

    title: str
    rows: tuple[Row, ...]
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class NoteData(_Frozen):
    """A note for the file: every word of it is frozen, nothing is filled in when it is drawn.

    What officers wrote stands here as it is, so nothing in it counts as a placeholder.
    """

    sender: Sender
    case_number: str
    title: str
    made_at: datetime
    parts: tuple[NotePart, ...]


LetterData = AwardLetterData | RejectionLetterData | ReceiptData
DocumentData = LetterData | NoteData


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise BadLetterData(message)
