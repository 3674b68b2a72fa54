"""The receipt's data: who sent what and when, what comes next, and a copy of everything as sent."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import translation

from accounts import languages
from accounts.models import Fund, Organisation
from accounts.money import format_cents, format_plain
from accounts.states import OrganisationKind
from grants.models import Application, Round
from grants.sections import FIELDS, Section
from grants.snapshots import ORGANISATION, SUMS
from grants.states import AttachmentKind, CostKind, FundingKind, FundingState
from grants.words import heading_of
from notifications.dates import berlin_day, fmt_day, fmt_day_long, three_months_after
from notifications.pdf import TEMPLATE_VERSION
from notifications.pdf.data import Address, PlanLine, PlanTable, ReceiptData, Row, Sender
from notifications.pdf.data import Section as Part


def receipt(application: Application, *, version: int, data: dict[str, Any]) -> ReceiptData:
    """Return the receipt of a sent application, in German, the language of the file.

    Args:
        application: just sent.
        version: number of the frozen version.
        data: its snapshot; the copy shows this and nothing else.
    """
    organisation, received_at = application.organisation, application.submitted_at
    if organisation is None or received_at is None:
        raise ValueError("a receipt is for an application that was sent")
    with translation.override("de"):
        return ReceiptData(
            template_version=TEMPLATE_VERSION,
            sender=sender_of(application.fund),
            recipient=address_of(organisation),
            case_number=application.case_number or "",
            fund=application.fund.name,
            round_name=application.round.name,
            project_title=application.title,
            version=version,
            received_at=received_at,
            on_time=not application.late,
            next_dates=next_dates(application.round, received_at),
            sections=sections(data),
            attachments=tuple(
                Row(str(AttachmentKind(file["kind"]).label), file["name"]) for file in data["attachments"]
            ),
        )


def sender_of(fund: Fund) -> Sender:
    """Return the fund as the head of a letter or sheet."""
    return Sender(
        authority=fund.authority,
        department=fund.office,
        street=fund.street,
        postcode=fund.postcode,
        city=fund.city,
        officer=fund.office,
        phone=fund.phone,
        mail=fund.email,
        web=fund.website,
        closing="",
        signatory="",
        function="",
    )


def address_of(organisation: Organisation) -> Address:
    """Return the postal address as it stands in a letter."""
    return Address(
        name=organisation.name,
        extra="",
        street=organisation.street,
        postcode=organisation.postcode,
        city=organisation.city,
        country="",
    )


def next_dates(round_: Round, received_at: datetime) -> tuple[Row, ...]:
    """Return what comes next: end of the round, sessions of jury and committees, the day a decision is due."""
    sessions = list(_sessions(round_))
    due = three_months_after(berlin_day(received_at))
    return (
        Row("Ende der Antragsfrist", fmt_day_long(berlin_day(round_.deadline_at))),
        *(Row(name, fmt_day_long(day)) for name, day in sessions),
        Row("Entscheidung voraussichtlich bis", fmt_day_long(max([due, *(day for _name, day in sessions)]))),
    )


def _sessions(round_: Round) -> Iterator[tuple[str, date]]:
    """Yield who meets when, as far as the days are known."""
    if round_.jury_size and round_.jury_on:
        yield "Sitzung der Jury", round_.jury_on
    for body in round_.committee_chain:
        if body.get("on"):
            yield str(body["body"]), date.fromisoformat(body["on"])


# --- the copy ---------------------------------------------------------------------------------------


def text_of(field: str, value: object) -> str:
    """Return a stored value as a person reads it."""
    if isinstance(value, bool):
        return str(translation.gettext("yes") if value else translation.gettext("no"))
    if field in ("starts_on", "ends_on", "tax_exempt_date") and value:
        return fmt_day(date.fromisoformat(str(value)))
    if field == "contact_language":
        return languages.name_of(str(value))
    return "" if value is None else str(value)


def sections(data: dict[str, Any]) -> tuple[Part, ...]:
    """Return the copy of a snapshot: labels with values and the two plans, in the active language."""
    return (
        Part(str(Section.APPLICANT.label), _organisation_rows(data), ()),
        Part(str(Section.PROJECT.label), _rows(Section.PROJECT, data), ()),
        Part(str(Section.CONTENT.label), _rows(Section.CONTENT, data), ()),
        Part(str(Section.EFFECT.label), _rows(Section.EFFECT, data), ()),
        Part(str(Section.PLAN.label), _sums(data), _tables(data)),
        Part(str(Section.DECLARATIONS.label), _rows(Section.DECLARATIONS, data), ()),
    )


def _rows(section: Section, data: dict[str, Any]) -> tuple[Row, ...]:
    fields = data["fields"]
    rows = [
        Row(heading_of(Application, name), text_of(name, fields[name])) for name in FIELDS[section] if name in fields
    ]
    if section == Section.PROJECT and data["follows"]:
        rows.append(Row(str(translation.gettext("Follows the case")), data["follows"]))
    return tuple(rows)


def _organisation_rows(data: dict[str, Any]) -> tuple[Row, ...]:
    organisation = data["organisation"] or {}
    rows = []
    for name in ORGANISATION:
        value = organisation.get(name)
        if value in ("", None):
            continue
        shown = str(OrganisationKind(value).label) if name == "kind" else text_of(name, value)
        rows.append(Row(heading_of(Organisation, name), shown))
    account = data["bank_account"]
    if account:
        rows.append(Row(heading_of(Application, "bank_account"), f"{account['holder']}, {account['masked']}"))
    return (*rows, *_rows(Section.APPLICANT, data))


def _sums(data: dict[str, Any]) -> tuple[Row, ...]:
    sums = data["sums"]
    return tuple(
        Row(heading_of(Application, name), format_cents(sums[name])) for name in SUMS if sums.get(name) is not None
    )


def _number(hundredths: int) -> str:
    return format_plain(hundredths).removesuffix(",00")


def _tables(data: dict[str, Any]) -> tuple[PlanTable, ...]:
    costs = tuple(
        PlanLine(line["label"], _cost_detail(line), line["amount_cents"], line["eligible"])
        for line in data["cost_lines"]
    )
    funds = tuple(
        PlanLine(_source(line), _funding_detail(line), line["amount_cents"]) for line in data["funding_lines"]
    )
    grant = PlanLine(heading_of(Application, "requested_cents"), "", data["sums"]["requested_cents"])
    return (
        PlanTable(str(translation.gettext("Cost plan")), costs),
        PlanTable(str(translation.gettext("Financing plan")), (*funds, grant)),
    )


def _cost_detail(line: dict[str, Any]) -> str:
    kind = dict(CostKind.choices).get(line["kind"], "")
    return f"{kind}: {_number(line['quantity_hundredths'])} × {format_cents(line['unit_cents'])}"


def _source(line: dict[str, Any]) -> str:
    return line["label"] or str(dict(FundingKind.choices).get(line["kind"], ""))


def _funding_detail(line: dict[str, Any]) -> str:
    kind = str(dict(FundingKind.choices).get(line["kind"], ""))
    if line["kind"] == FundingKind.OWN_WORK:
        hours = translation.gettext("hours")
        return f"{kind}: {_number(line['hours_hundredths'])} {hours}"
    if line["kind"] == FundingKind.OWN_CASH:
        return kind
    # Whether others have promised their money decides whether the financing is secured.
    status = str(dict(FundingState.choices).get(line["status"], ""))
    return ", ".join(text for text in (kind, status) if text)
