"""Who may open what of jury, committees and whole cases."""

from typing import Any

from tests.architecture.addresses.rows import (
    BINDS,
    FOLLOWS,
    JURY,
    NOBODY,
    OFFICERS,
    READS,
    SIGNED_IN,
    Post,
    Where,
    button,
    kinds,
    look,
    page,
    pk,
    step,
)

CHAIR, COORDINATOR, CLERK, HEAD = kinds("chair"), kinds("coordinator"), kinds("clerk"), kinds("head")
JUROR = kinds("juror")
SECOND = OFFICERS | kinds("clerk", "coordinator", "head")


def _file(sheet: str) -> Where:
    return lambda side: [getattr(side, sheet).pk, side.review_file.pk]


def _version(record: str) -> Any:
    return lambda side: {"version": getattr(side, record).version}


def _half(name: str, record: str, proposal: str = "", **more: Any) -> Any:
    """One half of a step for two people; the page remembers which proposal it showed."""

    def data(side: Any) -> dict[str, Any]:
        shown = getattr(side, proposal).pk if proposal else 0
        return {"step": name, "version": f"{getattr(side, record).version}-{shown}", **more}

    return data


ROWS = (
    look("reviews:case", READS, pk("in_review")),
    look("reviews:case", NOBODY, pk("draft"), "of a draft"),
    page(
        "reviews:case_messages", FOLLOWS, pk("submitted"),
        posts=[Post(OFFICERS | kinds("coordinator", "head"), lambda _side: {"text": "Gern."})],
    ),
    page("reviews:case_messages", NOBODY, pk("draft"), "of a draft"),
    look("reviews:case_message_file", FOLLOWS, lambda side: [side.submitted.pk, side.thread_file.pk]),
    look("reviews:own_data", SIGNED_IN),
    look("reviews:own_data_sheet", SIGNED_IN),
    page("reviews:end_account", SIGNED_IN),
    page("reviews:draft_letter", OFFICERS, pk("approved")),
    look("reviews:search", SIGNED_IN),
    # Jurors.
    look("reviews:jury", JURY),
    page("reviews:sheet", JUROR, pk("sheet"), "after the declaration"),
    page("reviews:sheet", kinds("undeclared"), pk("undeclared_sheet"), "before the declaration"),
    page("reviews:sheet", NOBODY, pk("recused_sheet"), "after a conflict"),
    page("reviews:sheet", JUROR, pk("locked_sheet"), "locked"),
    button("reviews:sheet_autosave", JUROR, pk("sheet")),
    button("reviews:sheet_autosave", NOBODY, pk("undeclared_sheet"), "before the declaration"),
    page("reviews:sheet_conflict", JUROR, pk("sheet")),
    page("reviews:sheet_conflict", NOBODY, pk("recused_sheet"), "after a conflict"),
    look("reviews:sheet_file", JUROR, _file("sheet")),
    look("reviews:sheet_file_preview", JUROR, _file("sheet")),
    look("reviews:sheet_file_preview", NOBODY, _file("recused_sheet"), "after a conflict"),
    look("reviews:sheet_file", NOBODY, _file("undeclared_sheet"), "before the declaration"),
    look("reviews:sheet_file", NOBODY, _file("recused_sheet"), "after a conflict"),
    # The jury's lead.
    look("reviews:conflicts", CHAIR),
    page("reviews:sheet_chair", CHAIR, pk("undeclared_sheet")),
    page("reviews:sheet_chair", NOBODY, pk("chair_sheet"), "of the chair"),
    page("reviews:session", CHAIR | COORDINATOR, pk("jury_round"), posts=[Post(CHAIR)]),
    button("reviews:minutes", CHAIR | COORDINATOR, pk("jury_round")),
    look("reviews:ranking", FOLLOWS | CHAIR, pk("scoring_round"), "before the session"),
    look("reviews:ranking", FOLLOWS | JURY, pk("jury_round"), "in the session"),
    page("reviews:vote", CHAIR, pk("reviewed"), posts=[Post(CHAIR, _version("reviewed"))]),
    button("reviews:reopen_ranking", CHAIR, pk("ranked")),
    # The applicant.
    page("reviews:withdraw", BINDS, pk("in_review")),
    # The coordinator.
    look("reviews:rounds", FOLLOWS),
    look("reviews:round", FOLLOWS, pk("scoring_round")),
    look("reviews:desk", FOLLOWS, pk("scoring_round")),
    page("reviews:jurors", COORDINATOR, pk("scoring_round")),
    page("reviews:end_seat", COORDINATOR, lambda side: [side.closed_round.pk, side.ending_seat.pk]),
    page("reviews:assign", COORDINATOR, pk("closed_round")),
    page("reviews:scoring", COORDINATOR, pk("scoring_round")),
    page("reviews:paper", COORDINATOR, pk("jury_round")),
    look("reviews:paper_read", FOLLOWS, pk("paper")),
    look("reviews:groups", COORDINATOR),
    page("reviews:group_new", COORDINATOR),
    page("reviews:group", COORDINATOR, pk("group")),
    # Clerk and head of unit.
    look("reviews:decisions", FOLLOWS, pk("committee_round")),
    button("reviews:send_back", CLERK, pk("committee_round")),
    button("reviews:finish_round", CLERK, pk("committee_round")),
    look("reviews:reserve_list", FOLLOWS, pk("committee_round")),
    page("reviews:decision", CLERK, pk("in_committee"), posts=[Post(CLERK, _version("in_committee"))]),
    page(
        "reviews:correction", SECOND, pk("granted"), "to propose",
        posts=[Post(CLERK, lambda _side: {"act": "propose", "why": "Betrag"})],
    ),
    page(
        "reviews:correction", SECOND, pk("corrected"), "to confirm",
        posts=[Post(SECOND, lambda _side: {"act": "confirm"})],
    ),
    page("reviews:move_up", kinds("head"), pk("listed")),
    page(
        "reviews:fast_track", COORDINATOR | HEAD, pk("small"), "to route",
        posts=[Post(COORDINATOR, step("route", "small"))],
    ),
    page(
        "reviews:fast_track", COORDINATOR | HEAD, pk("routed"), "to decide",
        posts=[
            Post(HEAD, step("grant", "routed", amount="500")),
            Post(HEAD, step("decline", "routed", reason="Kein Bezug")),
            Post(HEAD, step("jury", "routed", reason="Zu groß")),
        ],
    ),
    page("reviews:fast_track", NOBODY, pk("in_review"), "in a round without it"),
    page(
        "reviews:withdraw_approval", SECOND, pk("granted"), "to propose",
        posts=[Post(HEAD, _half("propose", "granted", ground="ended", reason="Aufgelöst"))],
    ),
    page(
        "reviews:withdraw_approval", SECOND, pk("regretted"), "to confirm",
        posts=[
            Post(SECOND - HEAD, _half("confirm", "regretted", "withdrawal")),
            Post(SECOND, _half("drop", "regretted", "withdrawal", reason="Doch nicht")),
        ],
    ),
)  # fmt: skip
