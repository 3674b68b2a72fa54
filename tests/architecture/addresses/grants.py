"""Who may open what of rounds and applications."""

from typing import Any

from tests.architecture.addresses.rows import (
    ADMIN,
    BINDS,
    EVERYBODY,
    FOLLOWS,
    MEMBERS,
    NOBODY,
    OFFICERS,
    READS,
    SIGNED_IN,
    WRITES,
    Post,
    Where,
    button,
    kinds,
    look,
    page,
    pk,
)

EDITORS = kinds("coordinator", "head")
HEAD = kinds("head")
DESK = OFFICERS | kinds("coordinator", "head")
IMPORTS = EDITORS | {"auditor"}
SECOND = kinds("second", "deputy", "coordinator")
RECORDERS = OFFICERS | {"coordinator"}


def _call(side: Any) -> list[str]:
    return [side.fund.slug, side.open_round.slug]


def _fund(side: Any) -> list[str]:
    return [side.fund.slug]


def _with(record: str, *more: Any) -> Where:
    return lambda side: [getattr(side, record).pk, *more]


def _file(record: str, file: str) -> Where:
    return lambda side: [getattr(side, record).pk, getattr(side, file).pk]


def _version(record: str) -> Any:
    return lambda side: {"version": getattr(side, record).version}


ROWS = (
    look("grants:calls", EVERYBODY),
    look("grants:call", EVERYBODY, _call, fixed=True),
    look("grants:call", NOBODY, lambda side: [side.fund.slug, side.draft_round.slug], "in preparation"),
    look("grants:eligibility", EVERYBODY, _call, fixed=True),
    look("grants:fund", EVERYBODY, _fund, fixed=True),
    look("grants:fund_dates", EVERYBODY, _fund, fixed=True),
    look("grants:blank_form", EVERYBODY, _call, fixed=True),
    look("grants:blank_form_pdf", EVERYBODY, _call, fixed=True),
    page("grants:start", SIGNED_IN, _call, fixed=True),
    # The applicant.
    look("grants:applications", SIGNED_IN),
    look("grants:application", MEMBERS, pk("draft"), "as a draft"),
    look("grants:application", MEMBERS, pk("in_review"), "as a case"),
    page("grants:section", WRITES, _with("draft", "project"), "of a draft"),
    page("grants:section", WRITES, _with("returned", "project"), "that was reopened"),
    page("grants:section", NOBODY, _with("draft", "no-such-step"), "that is unknown"),
    page("grants:autosave", WRITES, _with("draft", "project")),
    page("grants:files", WRITES, pk("draft")),
    look("grants:file", MEMBERS, _file("draft", "draft_file")),
    look("grants:file_preview", MEMBERS, _file("draft", "draft_file")),
    page("grants:file_replace", WRITES, _file("draft", "draft_file")),
    page("grants:file_keep", WRITES, _file("draft", "draft_file")),
    button("grants:attach_papers", WRITES, pk("draft")),
    page("grants:papers", MEMBERS, pk("organisation"), posts=[Post(WRITES)]),
    look("grants:paper", MEMBERS, pk("kept_paper")),
    look("grants:paper_preview", MEMBERS, pk("kept_paper")),
    page("grants:paper_dates", WRITES, pk("kept_paper")),
    page("grants:paper_remove", WRITES, pk("kept_paper")),
    page("grants:file_remove", WRITES, _file("draft", "draft_file")),
    page("grants:review", MEMBERS, pk("draft"), posts=[Post(BINDS, _version("draft"))]),
    look("grants:receipt", MEMBERS, pk("submitted")),
    look("grants:copy", MEMBERS, pk("submitted")),
    look("grants:version", MEMBERS, _with("submitted", 1)),
    look("grants:version_pdf", MEMBERS, _with("submitted", 1)),
    look("grants:notices", MEMBERS, pk("submitted")),
    look("grants:notices", NOBODY, pk("draft"), "of a draft"),
    page("grants:messages", MEMBERS, pk("submitted"), posts=[Post(WRITES, lambda _side: {"text": "Und noch etwas"})]),
    page("grants:messages", NOBODY, pk("draft"), "of a draft"),
    look("grants:message_file", MEMBERS, _file("submitted", "thread_file")),
    look("grants:again", WRITES, pk("submitted")),
    page("grants:discard", WRITES, pk("draft")),
    page("grants:discard", NOBODY, pk("submitted"), "of a case"),
    page("grants:resubmit", WRITES, pk("returned"), posts=[Post(WRITES, _version("returned"))]),
    page("grants:send_plan", WRITES, pk("revision"), posts=[Post(WRITES, _version("revision"))]),
    page("grants:code", SIGNED_IN),
    # What the office records for somebody else: nobody but the office finds it, through whatever page.
    look("grants:office_record", RECORDERS),
    page("grants:office_record_new", OFFICERS),
    page("grants:office_record_begin", OFFICERS, pk("organisation")),
    page("grants:office_recorded", RECORDERS, pk("recorded"), posts=[Post(OFFICERS, lambda _side: {"do": "record"})]),
    page("grants:office_record_received", OFFICERS, pk("recorded")),
    page("grants:office_record_account", OFFICERS, pk("recorded")),
    page("grants:office_record_organisation", OFFICERS, pk("recorded")),
    look("grants:application", RECORDERS, pk("recorded"), "of the office"),
    page("grants:section", OFFICERS, _with("recorded", "project"), "of the office"),
    page("grants:autosave", OFFICERS, _with("recorded", "project"), "of the office"),
    page("grants:files", OFFICERS, pk("recorded"), "of the office"),
    page("grants:discard", OFFICERS, pk("recorded"), "of the office"),
    page("grants:messages", NOBODY, pk("recorded"), "of the office"),
    page(
        "grants:office_code", RECORDERS, pk("submitted"), posts=[Post(OFFICERS, lambda _side: {"do": "propose"})],
    ),
    look("grants:office_receipt", FOLLOWS, pk("submitted")),
    look("grants:office_request_letter", FOLLOWS, pk("returned")),
    look("grants:office_request_letter", NOBODY, pk("formal"), "where nothing is asked for"),
    page("grants:office_code", NOBODY, pk("recorded"), "of a draft"),
    # The office's cases.
    look("grants:office_applications", READS),
    page("grants:office_filters", READS),
    page("grants:office_filter", kinds("officer"), pk("kept_filter")),
    page("grants:bulk_new", DESK),
    page("grants:bulk_write", DESK),
    page("grants:bulk_step", kinds("officer"), pk("bulk_step")),
    page(
        "grants:office_check", FOLLOWS, pk("formal"), "while it runs",
        posts=[Post(OFFICERS, lambda _side: {"do": "save"})],
    ),
    page(
        "grants:office_check", FOLLOWS, pk("submitted"), "before it begins",
        posts=[Post(OFFICERS, lambda _side: {"do": "start"})],
    ),
    page(
        "grants:office_check", FOLLOWS, pk("proposed"), "with a proposed rejection",
        posts=[Post(SECOND | OFFICERS, lambda side: {"do": "confirm", "version": side.rejection.pk})],
    ),
    page("grants:office_check", NOBODY, pk("draft"), "of a draft"),
    page("grants:office_documents", OFFICERS, pk("formal")),
    page("grants:office_extend", OFFICERS, pk("returned")),
    page("grants:office_reject", OFFICERS, _with("formal", "reject_formally")),
    page("grants:office_reopen", HEAD, pk("ineligible")),
    look("grants:office_versions", FOLLOWS, pk("returned")),
    look("grants:office_note", FOLLOWS, _file("formal", "check_note")),
    look("grants:office_note", NOBODY, _file("submitted", "check_note"), "of another case"),
    look("grants:attachment", READS, _file("submitted", "submitted_file")),
    look("grants:attachment_preview", READS, _file("submitted", "submitted_file")),
    look("grants:attachment_preview", NOBODY, _file("draft", "draft_file"), "of a draft"),
    look("grants:attachment", NOBODY, _file("draft", "draft_file"), "of a draft"),
    # Bodies: read by the office and whoever names people.
    look("grants:bodies", FOLLOWS | ADMIN),
    page("grants:body_new", EDITORS | ADMIN),
    look("grants:body", FOLLOWS | ADMIN, pk("body")),
    page("grants:body_edit", EDITORS | ADMIN, pk("body")),
    page("grants:body_member_new", EDITORS | ADMIN, pk("body")),
    page("grants:body_member", EDITORS | ADMIN, lambda side: [side.body.pk, side.body_member.pk]),
    page("grants:body_session_new", EDITORS | ADMIN, pk("body")),
    page("grants:body_session", EDITORS | ADMIN, lambda side: [side.body.pk, side.body_session.pk]),
    # The office's rounds.
    look("grants:office_rounds", FOLLOWS),
    page("grants:office_round_create", EDITORS),
    look("grants:office_round", FOLLOWS, pk("draft_round")),
    look("grants:office_round_preview", FOLLOWS, pk("draft_round")),
    page("grants:office_round_copy", EDITORS, pk("draft_round")),
    page("grants:office_round_extend", HEAD, pk("open_round")),
    page("grants:office_round_unpublish", HEAD, pk("published_round")),
    page("grants:office_round_rubric", EDITORS, pk("draft_round")),
    page("grants:office_round_committees", EDITORS, pk("draft_round")),
    page("grants:office_round_card", EDITORS, _with("draft_round", "money")),
    # Lists from spreadsheets.
    look("grants:imports", IMPORTS),
    page("grants:import_into_round", EDITORS, pk("open_round")),
    page("grants:import_into_round", NOBODY, pk("draft_round"), "in preparation"),
    page("grants:import_into_fund", EDITORS, _fund),
    look("grants:import_template", IMPORTS, lambda _side: ["awards"], fixed=True),
    page(
        "grants:import", IMPORTS, pk("list_checked"),
        posts=[Post(EDITORS, lambda _side: {"do": "assign"}), Post(EDITORS, lambda _side: {"do": "cancel"})],
    ),
    page(
        "grants:import", IMPORTS, pk("list_done"), "when it is over",
        posts=[Post(EDITORS, lambda _side: {"do": "cancel"})],
    ),
    look("grants:import_errors", IMPORTS, pk("list_checked")),
    look("grants:import_file", IMPORTS, pk("list_checked")),
)  # fmt: skip
