"""L01: from the frozen data to the blocks of the award letter, its annexes and the waiver form."""

from accounts.money import format_cents, format_plain, in_words, share
from notifications.dates import fmt_day
from notifications.pdf.blocks import (
    Block,
    Document,
    Facts,
    FormLine,
    Heading,
    Items,
    NewPage,
    Para,
    Signature,
    Table,
    info_block,
    paragraphs,
    plan_table,
)
from notifications.pdf.data import AwardLetterData, refuse_placeholders
from notifications.pdf.texts import Texts

KIND = "award"


def compose(data: AwardLetterData) -> Document:
    """The whole letter. Raises: OpenPlaceholder."""
    refuse_placeholders(data, data.OFFICE_TEXTS)
    texts = Texts(KIND, data.template_version, _values(data))
    blocks = [*_grant(data, texts), *_terms(data, texts), *_law(data, texts), *_closing(data, texts)]
    return Document(
        title=f"{texts['title']} {data.case_number}",
        created_date=data.letter_date,
        sender=data.sender,
        recipient=data.recipient,
        info=info_block(data.sender, data.case_number, data.letter_date),
        subject=texts["subject"],
        blocks=(*blocks, *_annexes(data, texts)),
    )


def _values(data: AwardLetterData) -> dict[str, str]:
    sender = data.sender
    return {
        "fund": data.fund,
        "budget_year": str(data.budget_year),
        "decided_by": data.decided_by,
        "decided_on": fmt_day(data.decided_on),
        "application_date": fmt_day(data.application_date),
        "application_version": str(data.application_version),
        "project_title": data.project_title,
        "purpose": data.purpose,
        "period_from": fmt_day(data.period_from),
        "period_to": fmt_day(data.period_to),
        "requested": format_cents(data.requested_cents),
        "amount": format_cents(data.amount_cents),
        "amount_words": in_words(data.amount_cents),
        "refused": format_cents(data.requested_cents - data.amount_cents),
        "eligible": format_cents(data.eligible_cents),
        "percent": format_plain(share(data.amount_cents, 10_000, data.eligible_cents)),
        "tolerance": str(data.shift_tolerance_percent),
        "use_by_months": str(data.use_by_months),
        "interest_points": str(data.interest_points),
        "proof_kind": data.proof_kind,
        "proof_due": fmt_day(data.proof_due),
        "ancillary": data.ancillary,
        "ancillary_version": data.ancillary_version,
        "authority": sender.authority,
        "department": sender.department,
        "return_address": f"{sender.street}, {sender.postcode} {sender.city}",
        "letter_date": fmt_day(data.letter_date),
        "case_number": data.case_number,
    }


def _grant(data: AwardLetterData, texts: Texts) -> list[Block]:
    blocks: list[Block] = [
        Para(texts["reference"]),
        Para(texts["salutation"]),
        Para(texts["grant"]),
        Para(texts["amount"], strong=True),
    ]
    if data.partial:
        blocks.append(Para(texts["partial"]))
    facts = (
        (texts["fact_recipient"], ", ".join(data.recipient.lines())),
        (texts["fact_project"], data.project_title),
        (texts["fact_basis"], data.legal_basis),
        (texts["fact_period"], f"{fmt_day(data.period_from)} bis {fmt_day(data.period_to)}"),
        (texts["fact_type"], texts[f"type_{data.funding_type}"]),
        (texts["fact_eligible"], format_cents(data.eligible_cents)),
        (texts["fact_proof_due"], fmt_day(data.proof_due)),
    )
    return [*blocks, Facts(facts)]


def _terms(data: AwardLetterData, texts: Texts) -> list[Block]:
    shift = "shift_fixed" if data.funding_type == "FIXED" else "shift_binding"
    return [
        Heading(texts["heading_purpose"]),
        *paragraphs(texts.paragraphs("purpose")),
        Heading(texts["heading_funding"]),
        Para(texts[f"funding_{data.funding_type}"]),
        Para(texts["plan"]),
        Para(texts[shift]),
        Heading(texts["heading_payment"]),
        Para(texts["payment" if data.waiver else "payment_without_waiver"]),
        _instalments(data, texts),
        Para(texts["payment_use"]),
        Heading(texts["heading_proof"]),
        Para(texts["proof"]),
    ]


def _instalments(data: AwardLetterData, texts: Texts) -> Table:
    return Table(
        caption=texts["payment_table"],
        head=(texts["payment_part"], texts["payment_condition"], texts["plan_amount"]),
        rows=tuple((part.label, part.condition, format_cents(part.amount_cents)) for part in data.instalments),
        widths=(0.25, 0.5, 0.25),
    )


def _law(data: AwardLetterData, texts: Texts) -> list[Block]:
    return [
        Heading(texts["heading_ancillary"]),
        Para(texts[f"ancillary_{data.ancillary}"]),
        *paragraphs(texts.paragraphs("notify")),
        *_special(data, texts),
        Heading(texts["heading_reserve"]),
        Para(texts["reserve"]),
        Heading(texts["heading_repay"]),
        Para(texts["repay"]),
        Heading(texts["heading_reasons"]),
        Para(texts["reasons"]),
        *_partial_reasons(data, texts),
        Heading(texts["heading_costs"]),
        Para(texts["costs"]),
    ]


def _special(data: AwardLetterData, texts: Texts) -> list[Block]:
    if not data.special_conditions:
        return [Para(texts["no_special"])]
    return [Para(texts["special"]), Items(data.special_conditions, numbered=True)]


def _partial_reasons(data: AwardLetterData, texts: Texts) -> list[Block]:
    if not data.partial:
        return []
    return [Para(texts["reasons_partial"]), Items(data.partial_reasons)]


def _closing(data: AwardLetterData, texts: Texts) -> list[Block]:
    sender = data.sender
    waiver: list[Block] = [Heading(texts["heading_waiver"]), Para(texts["waiver"])] if data.waiver else []
    return [
        Heading(texts["heading_remedy"]),
        Para(data.remedy),
        *waiver,
        Signature(texts["greeting"], sender.closing, sender.signatory, sender.function),
        Para(texts["validity"], small=True),
        Heading(texts["heading_annexes"], level=3),
        Items(_annex_list(data, texts)),
    ]


def _annex_list(data: AwardLetterData, texts: Texts) -> tuple[str, ...]:
    ancillary = texts["annex_ancillary" if data.ancillary_text else "annex_ancillary_sheet"]
    waiver = (texts["annex_waiver"],) if data.waiver else ()
    return (texts["annex_plan"], ancillary, *waiver)


def _annexes(data: AwardLetterData, texts: Texts) -> list[Block]:
    plan: list[Block] = [
        NewPage(),
        Heading(texts["annex_plan"]),
        Para(texts["plan_intro"]),
        plan_table(texts, texts["plan_costs"], data.cost_lines),
        Para(texts["plan_eligible"]),
        plan_table(texts, texts["plan_financing"], data.financing_lines),
    ]
    ancillary: list[Block] = []
    if data.ancillary_text:
        ancillary = [NewPage(), Heading(texts["annex_ancillary"]), *paragraphs(data.ancillary_text)]
    return [*plan, *ancillary, *(_waiver_form(data, texts) if data.waiver else [])]


def _waiver_form(data: AwardLetterData, texts: Texts) -> list[Block]:
    facts = (
        (texts["waiver_to"], texts["waiver_address"]),
        (texts["fact_recipient"], ", ".join(data.recipient.lines())),
        (texts["waiver_act"], texts["waiver_act_value"]),
        (texts["fact_project"], data.project_title),
    )
    return [
        NewPage(),
        Heading(texts["waiver_title"]),
        Facts(facts),
        Para(texts["waiver_form"]),
        FormLine(texts["waiver_place"]),
        FormLine(texts["waiver_sign"]),
        FormLine(texts["waiver_name"]),
    ]
