"""Applications from a list: sent cases with everything that their pages ask for. Nobody is told of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db.models import Prefetch, prefetch_related_objects

from accounts import audit, bulk
from accounts.clock import BERLIN, berlin_day
from accounts.models import Organisation, User
from grants.imports.cells import Moment
from grants.imports.checking import Entry, Values
from grants.imports.organisations import PRIVATE, Known
from grants.models import (
    Application,
    ApplicationVersion,
    Attachment,
    CostLine,
    FundingLine,
    Import,
    ImportedCase,
    Round,
)
from grants.snapshots import digest, snapshot
from grants.states import ApplicationState, CostKind, FundingKind, IntakeChannel, VersionReason
from grants.steps.numbers import give_case_numbers
from grants.steps.plans import CostInput, FundingInput, plan_rows
from notifications.dates import deadline_includes, end_of_berlin_day, three_months_after
from notifications.models import Timer
from notifications.states import TimerKind

_ORGANISATION: Final = (
    "kind", "legal_form", "register_number", "register_court", "street", "postcode", "city", "representatives",
)  # fmt: skip
_APPLICATION: Final = (
    "contact_name", "contact_email", "contact_phone", "title", "municipality", "summary", "starts_on", "ends_on",
    "planned_participants", "publication_consent",
)  # fmt: skip
# In the language of the file; the words of the list itself are all there is to say.
_COST: Final = "Gesamtkosten laut Liste"
_REST: Final = "Übrige Finanzierung laut Liste"
_FUNDING: Final = (
    ("own_cents", FundingKind.OWN_CASH, "Eigenmittel laut Liste"),
    ("public_cents", FundingKind.PUBLIC, "Öffentliche Mittel laut Liste"),
    ("other_cents", FundingKind.DONATION, "Spenden und Einnahmen laut Liste"),
)
_NO_FILES: Final = Prefetch("attachments", Attachment.objects.none(), to_attr="living_files")


def write_cases(batch: Import, round_: Round, entries: Sequence[Entry], *, by: User, now: datetime) -> int:
    """Write applications into a round that the caller has locked; return how many.

    They are received when the list says, late ones are flagged by that. A version of what the list says is frozen.
    The office is warned three months after receipt, but not of cases that are older today: those it imports itself.

    Args:
        batch: the list.
        round_: takes applications now.
        entries: checked, and compared with what there is.
        by: who imports.
        now: when.
    """
    made = _applications(round_, entries, by=by, now=now)
    lines = [_plan(application, entry.values) for application, entry in zip(made, entries, strict=True)]
    bulk.write(made)
    bulk.write([line for costs, _funds in lines for line in costs])
    bulk.write([line for _costs, funds in lines for line in funds])
    prefetch_related_objects(made, "cost_lines", "funding_lines", _NO_FILES)
    bulk.write([_version(application, by=by, now=now) for application in made])
    bulk.write([timer for application in made for timer in _timers(application, now)])
    bulk.write([_origin(batch, application, entry) for application, entry in zip(made, entries, strict=True)])
    audit.record_many(
        _history(batch, application, entry, by, now) for application, entry in zip(made, entries, strict=True)
    )
    return len(made)


def _applications(round_: Round, entries: Sequence[Entry], *, by: User, now: datetime) -> list[Application]:
    organisations = _organisations(round_, entries, now)
    numbers = bulk.numbers(Application, len(entries))
    made = [
        _application(round_, next(numbers), entry.values, organisation, by=by, now=now)
        for entry, organisation in zip(entries, organisations, strict=True)
    ]
    _number(round_, made)
    for application in made:
        application.index()
    return made


def _organisations(round_: Round, entries: Sequence[Entry], now: datetime) -> list[Organisation]:
    """Return whose application each is: one that the fund knows, else one that is entered now."""
    known = Known(round_.fund)
    numbers = bulk.numbers(Organisation, len(entries))
    found: list[int] = []
    fresh: dict[int, Organisation] = {}
    for entry in entries:
        pk = known.find(entry.values, private=entry.values["kind"] in PRIVATE)
        if pk is None:
            made = _organisation(next(numbers), entry.values, now)
            fresh[made.pk], pk = made, made.pk
            known.add(made)
        found.append(pk)
    bulk.write(list(fresh.values()))
    there = fresh | Organisation.objects.in_bulk([pk for pk in found if pk not in fresh])
    return [there[pk] for pk in found]


def _organisation(pk: int, values: Values, now: datetime) -> Organisation:
    made = Organisation(pk=pk, name=values["organisation"], created_at=now, **_given(values, _ORGANISATION))
    made.index()
    return made


def _given(values: Values, names: Iterable[str]) -> dict[str, Any]:
    """Return what the list says; the rest stays as a new record has it."""
    return {name: values[name] for name in names if values[name] is not None}


def _application(
    round_: Round, pk: int, values: Values, organisation: Organisation, *, by: User, now: datetime
) -> Application:
    received, late = _received(round_, values["received"])
    return Application(
        pk=pk,
        fund=round_.fund,
        round=round_,
        organisation=organisation,
        state=ApplicationState.SUBMITTED,
        channel=IntakeChannel.IMPORT,
        received_at=received,
        case_number=values["case_number"] or None,
        created_by=by,
        created_at=now,
        edited_at=now,
        submitted_at=received,
        submitted_by=by,
        late=late,
        requested_cents=values["requested_cents"],
        applied_cents=values["requested_cents"],
        **_given(values, _APPLICATION),
    )


def _received(round_: Round, told: Moment) -> tuple[datetime, bool]:
    """Return when it came, and whether that was late. Without a time, the whole last day was in time."""
    if told.time is not None:
        at = datetime.combine(told.day, told.time, BERLIN)
        return at, not deadline_includes(round_.deadline_at, at)
    at, last_day = datetime.combine(told.day, time(12), BERLIN), berlin_day(round_.deadline_at)
    return (min(at, round_.deadline_at) if told.day == last_day else at), told.day > last_day


def _number(round_: Round, made: Sequence[Application]) -> None:
    """Give case numbers to those that bring none, by the year of their receipt."""
    by_year = defaultdict(list)
    for application in made:
        if application.case_number is None and application.submitted_at is not None:
            by_year[berlin_day(application.submitted_at).year].append(application)
    for year, rows in sorted(by_year.items()):
        given = give_case_numbers(round_.fund, round_.fund.case_prefix, year, len(rows))
        for application, number in zip(rows, given, strict=True):
            application.case_number = number


def _plan(application: Application, values: Values) -> tuple[list[CostLine], list[FundingLine]]:
    """Return a plan of one position, for the list tells no more; it always balances."""
    funding = [
        FundingInput(kind=kind, label=label, amount_cents=values[name])
        for name, kind, label in _FUNDING
        if values[name]
    ]
    named = sum(line.amount_cents for line in funding) + values["requested_cents"]
    total = named if values["cost_cents"] is None else values["cost_cents"]
    if total > named:
        funding.append(FundingInput(kind=FundingKind.OWN_CASH, label=_REST, amount_cents=total - named))
    return plan_rows(application, [CostInput(kind=CostKind.OTHER, label=_COST, unit_cents=total)], funding)


def _version(application: Application, *, by: User, now: datetime) -> ApplicationVersion:
    data = snapshot(application)
    return ApplicationVersion(
        application=application,
        number=1,
        reason=VersionReason.SUBMIT,
        data=data,
        sha256=digest(data),
        made_at=application.submitted_at or now,
        made_by=by,
    )


def _timers(application: Application, now: datetime) -> list[Timer]:
    received = application.submitted_at or now
    due = end_of_berlin_day(three_months_after(berlin_day(received)))
    if due <= now + timedelta(days=1):
        return []
    timer = Timer(
        key=f"decision_due:{application.pk}",
        kind=TimerKind.DECISION_DUE,
        fund=application.fund,
        case_key=application.case_key,
        subject_id=application.pk,
        due_at=due,
        created_at=now,
    )
    return [timer]


def _origin(batch: Import, application: Application, entry: Entry) -> ImportedCase:
    return ImportedCase(
        application=application, batch=batch, round_id=application.round_id, key=entry.key, digest=entry.digest,
        row=entry.row,
    )  # fmt: skip


def _history(batch: Import, application: Application, entry: Entry, by: User, now: datetime) -> audit.Line:
    return audit.Line(
        at=now,
        actor_id=by.pk,
        fund_id=application.fund_id,
        case_key=application.case_key,
        subject_type=audit.subject_type(application),
        subject_id=application.pk,
        subject_label=str(application)[:200],
        action="import_case",
        to_state=ApplicationState.SUBMITTED,
        data={"file": batch.name, "row": entry.row, "import": batch.pk},
    )
