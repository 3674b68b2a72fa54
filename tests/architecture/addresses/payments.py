"""Who may open what of letters, awards, payments and budgets."""

from typing import Any

from tests.architecture.addresses.rows import (
    BINDS,
    EVERYBODY,
    FINANCE,
    FOLLOWS,
    MEMBERS,
    NOBODY,
    OFFICERS,
    READS,
    Post,
    Where,
    button,
    kinds,
    look,
    page,
    pk,
    step,
)

LETTERS = FOLLOWS | kinds("mail_room")
SIGN = kinds("signatory", "head")
PAYMENTS = OFFICERS | FINANCE | kinds("coordinator", "head", "auditor")
CHECK_ACCOUNTS = OFFICERS | kinds("coordinator", "finance_a")
PROPOSE = kinds("finance_a", "finance_head")
FINANCE_A, FINANCE_B, TREASURY = kinds("finance_a"), kinds("finance_b"), kinds("treasury")


def _year(side: Any) -> list[Any]:
    return [side.fund.slug, side.budget.year]


def _letter(record: str, **more: Any) -> Any:
    return lambda side: {"version": getattr(side, record).version, "seen": getattr(side, record).document.sha256} | more


def _change(name: str) -> Where:
    return lambda side: [*_year(side), name]


ROWS = (
    # The addressee and grantee: nothing before the announcement.
    # Shares its address with grants:application and answers before it.
    look("payments:application", MEMBERS, pk("in_review")),
    look("payments:dates", MEMBERS, pk("in_review")),
    look("payments:dates", MEMBERS, pk("draft"), "of a draft"),
    page(
        "payments:letter", MEMBERS, pk("letter_published"), "to open",
        posts=[Post(BINDS, step("retrieve", "letter_published", sure="on"))],
    ),
    look("payments:letter_copy", NOBODY, pk("letter_published"), "before it was opened"),
    page("payments:letter", MEMBERS, pk("letter_announced"), "announced", posts=[Post(NOBODY)]),
    look("payments:letter_copy", MEMBERS, pk("letter_announced"), "announced"),
    page("payments:letter", NOBODY, pk("letter_signed"), "signed"),
    page("payments:letter", NOBODY, pk("letter_posted"), "on its way"),
    look("payments:letter_copy", NOBODY, pk("letter_posted"), "on its way"),
    page(
        "payments:award", MEMBERS, pk("award"),
        posts=[
            Post(
                BINDS,
                step("request", "award", amount_cents="10,00", purpose="Honorare", planned_use_by="31.12.2026"),
            )
        ],
    ),
    page("payments:award", NOBODY, pk("inner_award"), "before the announcement"),
    page(
        "payments:award_payment", MEMBERS, pk("requested"), posts=[Post(BINDS, step("withdraw", "requested"))]
    ),
    look("payments:published", EVERYBODY, lambda side: [side.fund.slug], fixed=True),
    look("payments:figures", EVERYBODY, lambda side: [side.fund.slug], fixed=True),
    look("payments:feed", EVERYBODY, lambda side: [side.fund.slug], fixed=True),
    # The office.
    look("payments:letters", LETTERS),
    page("payments:letters_sign", SIGN),
    page(
        "payments:letters_release", kinds("head"), pk("decided_round"),
        posts=[Post(kinds("head"), step("release_all", "decided_round"))],
    ),
    page(
        "payments:letter_office", LETTERS, pk("letter_generated"), "to approve",
        posts=[
            Post(kinds("second", "deputy", "coordinator"), _letter("letter_generated", step="approve")),
            Post(OFFICERS, _letter("letter_generated", step="void")),
        ],
    ),
    page(
        "payments:letter_office", LETTERS, pk("letter_approved"), "to sign",
        posts=[Post(kinds("signatory"), _letter("letter_approved", step="sign"))],
    ),
    page(
        "payments:letter_office", LETTERS, pk("letter_signed"), "signed",
        posts=[Post(SIGN, _letter("letter_signed", step="propose_recall"))],
    ),
    page(
        "payments:letter_office", LETTERS, pk("letter_recalled"), "with a proposed recall",
        posts=[
            Post(kinds("head"), _letter("letter_recalled", step="confirm_recall")),
            Post(SIGN, _letter("letter_recalled", step="decline_recall")),
        ],
    ),
    look("payments:letter_pdf", LETTERS, pk("letter_signed")),
    page(
        "payments:plan", FOLLOWS, pk("approved"), posts=[Post(OFFICERS, step("request_plan", "approved"))]
    ),
    page("payments:award_office", READS, pk("award"), posts=[Post(NOBODY)]),
    page("payments:publish_round", kinds("head"), pk("draft_round")),
    # Finance.
    look("payments:payments", PAYMENTS),
    button("payments:export", TREASURY),
    page("payments:compare", TREASURY, pk("fund")),
    look("payments:export_page", TREASURY | kinds("auditor"), pk("export")),
    look("payments:export_file", TREASURY | kinds("auditor"), pk("export")),
    look("payments:bank_accounts", CHECK_ACCOUNTS | kinds("auditor")),
    page(
        "payments:bank_account", CHECK_ACCOUNTS | kinds("auditor"), pk("new_account"),
        posts=[Post(CHECK_ACCOUNTS, lambda _side: {"step": "check", "version": "new"})],
    ),
    page(
        "payments:payment", PAYMENTS, pk("requested"), "requested",
        posts=[Post(FINANCE_A, step("certify", "requested")), Post(FINANCE_A, step("refuse", "requested"))],
    ),
    page(
        "payments:payment", PAYMENTS, pk("certified"), "certified",
        posts=[Post(FINANCE_B, step("order", "certified")), Post(FINANCE_B, step("give_back", "certified"))],
    ),
    page(
        "payments:payment", PAYMENTS, pk("ordered"), "ordered", posts=[Post(FINANCE_B, step("cancel", "ordered"))]
    ),
    page(
        "payments:payment", PAYMENTS, pk("exported"), "exported",
        posts=[Post(TREASURY, step("confirm", "exported")), Post(TREASURY, step("bounce", "exported"))],
    ),
    page(
        "payments:payment", PAYMENTS, pk("failed"), "failed", posts=[Post(FINANCE_B, step("give_up", "failed"))]
    ),
    # The budget.
    look("payments:budgets", READS),
    page("payments:budget_new", PROPOSE),
    page(
        "payments:budget_proposal", READS, pk("proposal"),
        posts=[
            Post(kinds("finance_head"), lambda _side: {"step": "confirm"}),
            Post(kinds("finance_a"), lambda _side: {"step": "withdraw"}),
        ],
    ),
    look("payments:budget", READS, _year),
    look("payments:budget_transfers", READS, _year),
    page("payments:budget_change", PROPOSE, _change("block")),
    page("payments:budget_carry", PROPOSE, _year),
)  # fmt: skip
