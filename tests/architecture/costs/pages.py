"""What each page that shows rows costs: statements for 3 and for 300 rows, and rows taken for each row shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Proposal
from notifications.models import Letter
from notifications.states import LetterState
from payments.states import BudgetStep
from tests.architecture.addresses.rows import Where, pk
from tests.architecture.costs import fill
from tests.architecture.costs.fill.copying import code, mark, of
from tests.world import Side

MARKED = r"[Zz]eile[ -](\d+)"


@dataclass(frozen=True)
class Cost:
    """One page with many rows of one kind.

    Attributes:
        name: of the address.
        who: kind of person who asks.
        rows: writes so many of what the page lists.
        asks: statements, whatever the number of rows.
        takes: rows taken from the database for each one shown; 0 where the page shows a figure only.
        ahead: rows taken ahead, which only tell that there are more.
        at: arguments of the address.
        query: of the address, asked once the rows are there.
        shown: finds in the page what tells one row from another.
    """

    name: str
    who: str
    rows: fill.Filling
    asks: int
    takes: int = 1
    ahead: int = 0
    at: Where | None = None
    query: str | Callable[[Side], str] = ""
    shown: str = MARKED
    label: str = ""

    @property
    def title(self) -> str:
        return " ".join(part for part in (self.name, self.label or str(self.query)[:20], self.who) if part)


def _call(side: Any) -> list[str]:
    return [side.fund.slug, side.open_round.slug]


def _fund(side: Any) -> list[str]:
    return [side.fund.slug]


def _year(side: Any) -> list[Any]:
    return [side.fund.slug, side.budget.year]


def _carry(side: Any) -> list[int]:
    return [Proposal.objects.get(kind=BudgetStep.CARRY, fund=side.fund).pk]


def _picked(_side: Side) -> str:
    waiting = Letter.objects.filter(state=LetterState.RELEASED).values_list("pk", flat=True)
    return "?" + "&".join(f"letter={number}" for number in waiting)


NOTICE = {"key": code, "message_id": code, "subject": mark}
PAPER = {"path": code, "name": mark, "sha256": code}
FORMER = {"key": code, "organisation_name": mark, "publish": True}
INVITED = {"email": lambda n: f"{code(n)}@example.org", "token_hash": code}

ACCOUNTS = (
    # Every page knows the person's associations; these ask for their people as well.
    Cost("accounts:welcome", "owner", fill.associations, 7, takes=2),
    Cost("accounts:profile", "owner", fill.associations, 9, takes=2),
    Cost("accounts:organisations", "owner", fill.associations, 7, takes=2),
    Cost("accounts:organisation", "owner", fill.members, 10, at=pk("organisation"), label="people"),
    Cost("accounts:organisation", "owner", fill.bank_accounts, 10, at=pk("organisation"), label="accounts"),
    Cost("accounts:organisation", "owner", fill.history("organisation"), 10, at=pk("organisation"), label="history"),
    Cost("accounts:people", "admin", fill.staff, 9, takes=2),
    Cost("accounts:person", "admin", fill.roles, 10, at=pk("person"), shown=r"(\d+),77"),
    Cost("accounts:deputies", "admin", of("deputyship"), 11, shown=r"deputies/(\d+)/end"),
    Cost("accounts:deputies", "admin", fill.staff, 11, takes=2, label="menus"),
    Cost("accounts:funds", "admin", fill.funds, 7),
    Cost("accounts:fund", "admin", fill.history("fund"), 9, at=pk("fund")),
    Cost("accounts:fund", "admin", of("letterhead_change", values=lambda n: {"phone": ["", mark(n)]}), 9, at=pk("fund"),
         label="letterheads"),
    Cost("accounts:legal_list", "admin", fill.legal_versions, 7, takes=0),
    Cost(
        "accounts:legal_edit", "admin", fill.legal_versions, 8, at=lambda _side: ["impressum", "de"],
        shown=r"impressum/de/(\d+)/",
    ),
    Cost("accounts:demo", "stranger", fill.demo_people, 9),
    Cost("accounts:feedback_list", "admin", of("feedback", message=mark), 7),
)  # fmt: skip

NOTIFICATIONS = (
    Cost("notifications:messages", "owner", of("message", **NOTICE), 9),
    Cost("notifications:outbox", "officer", of("stuck", **NOTICE), 12),
    Cost("notifications:outbox", "officer", of("undrawn", key=code), 12, label="documents"),
    Cost("notifications:outbox_again_all", "officer", of("stuck", **NOTICE), 8),
    Cost("notifications:outbox_detail", "officer", fill.history("stuck"), 8, at=pk("stuck")),
    Cost("notifications:restored", "admin", fill.history("restored"), 11, at=pk("restored")),
    Cost("notifications:dispatch", "mail_room", fill.letters("letter_to_post"), 9),
    Cost("notifications:dispatch", "mail_room", fill.letters("letter_posted"), 9, query="?show=away"),
    Cost("notifications:dispatch_labels", "mail_room", fill.letters("letter_to_post"), 5),
    Cost("notifications:dispatch_many", "mail_room", fill.letters("letter_to_post"), 7, query=_picked, label="many"),
    Cost(
        "notifications:dispatch_letter", "mail_room", fill.history("letter_to_post"), 8, at=pk("letter_to_post")
    ),
    Cost("notifications:staff_invitations", "admin", of("staff_invitation", **INVITED), 9),
    Cost("notifications:hand_over", "owner", fill.members, 8, at=pk("organisation")),
    Cost("notifications:member_invitations", "owner", of("member_invitation", **INVITED), 9, at=pk("organisation")),
)  # fmt: skip

GRANTS = (
    Cost("grants:calls", "anonymous", fill.rounds("open_round"), 3),
    Cost("grants:fund", "anonymous", fill.rounds("closed_round"), 6, at=_fund),
    Cost("grants:start", "owner", fill.associations, 10, at=_call),
    Cost("grants:applications", "owner", fill.cases("draft"), 9),
    Cost("grants:files", "owner", fill.files("draft"), 12, at=pk("draft")),
    Cost("grants:files", "owner", of("kept_paper", **PAPER), 12, at=pk("draft"), label="papers"),
    Cost("grants:papers", "owner", of("kept_paper", **PAPER), 8, at=pk("organisation")),
    Cost("grants:review", "owner", fill.files("draft"), 11, at=pk("draft")),
    Cost("grants:messages", "owner", fill.messages("submitted"), 9, ahead=1, at=pk("submitted")),
    Cost("grants:notices", "owner", fill.notices_of("paid_case"), 8, at=pk("paid_case")),
    Cost("grants:office_applications", "officer", fill.cases("submitted"), 12),
    Cost("grants:office_applications", "officer", fill.cases("submitted"), 8, query="?format=csv"),
    Cost("grants:office_check", "officer", fill.cases("formal"), 16, ahead=1, at=pk("formal"), label="neighbours"),
    Cost("grants:office_applications", "officer", fill.rounds("closed_round"), 12, label="menu of rounds"),
    Cost("grants:bulk_step", "officer", fill.bulk_lines, 10, at=pk("bulk_step")),
    Cost(
        "grants:office_versions", "officer", fill.versions("returned"), 8, at=pk("returned"),
        shown=r'value="(\d{3})"',
    ),
    Cost("grants:office_record", "officer", fill.cases("recorded"), 8),
    Cost("grants:bodies", "coordinator", of("body", name=mark), 9),
    Cost("grants:body", "coordinator", of("body_member", name=mark), 10, at=pk("body")),
    Cost("grants:body_member_new", "coordinator", of("body_member", name=mark), 8, at=pk("body")),
    Cost("grants:office_rounds", "coordinator", fill.rounds("closed_round"), 8),
    Cost("grants:office_round", "coordinator", fill.criteria, 8, at=pk("draft_round")),
    Cost("grants:office_round_rubric", "coordinator", fill.criteria, 8, at=pk("draft_round")),
    Cost("grants:imports", "coordinator", of("list_checked", name=mark, path=code), 10),
    Cost("grants:import", "coordinator", of("list_problem", value=mark), 8, at=pk("list_checked")),
    Cost("grants:import_errors", "coordinator", of("list_problem", value=mark), 6, at=pk("list_checked")),
)  # fmt: skip

PAYMENTS = (
    Cost("payments:application", "owner", fill.files("paid_case"), 15, at=pk("paid_case"), label="files"),
    Cost(
        "payments:application", "owner", fill.versions("paid_case"), 15, at=pk("paid_case"), label="versions",
        shown=r"/versions/(\d{3})/",
    ),
    # One event is told to several people: the last five events are found among the last twenty notices.
    Cost(
        "payments:application", "owner", fill.notices_of("paid_case"), 15, ahead=15, at=pk("paid_case"),
        label="messages",
    ),
    Cost(
        "payments:application", "owner", fill.payments_over_time, 15, at=pk("paid_case"), label="payments",
        shown=r"(\d\d:\d\d)",
    ),
    Cost("payments:award", "owner", fill.payments("requested"), 11, at=pk("award")),
    Cost("payments:published", "anonymous", fill.awards, 6, at=_fund),
    Cost("payments:published", "anonymous", fill.awards, 7, at=_fund, query="?q=zeile"),
    # A page on which the awards of the books end goes on with those of former years.
    Cost("payments:published", "anonymous", of("former_award", **FORMER), 7, at=_fund, label="former awards"),
    Cost("payments:figures", "anonymous", fill.rounds("decided_round"), 6, at=_fund),
    Cost("payments:feed", "anonymous", fill.rounds("open_round"), 4, at=_fund),
    Cost("grants:fund_dates", "anonymous", fill.rounds("open_round"), 3, at=_fund),
    Cost("payments:letters", "officer", fill.letters("letter_generated"), 11, takes=2),
    Cost("payments:letters_sign", "signatory", fill.letters("letter_approved"), 7),
    Cost("payments:letters_release", "head", fill.letters("letter_signed"), 9, at=pk("decided_round")),
    Cost("payments:letters_release", "head", fill.cases("approved"), 9, at=pk("decided_round"), label="missing"),
    Cost("payments:letter_office", "officer", fill.history("letter_signed"), 9, at=pk("letter_signed")),
    Cost("payments:award_office", "officer", fill.payments("requested"), 12, at=pk("award")),
    Cost("payments:award_office", "officer", fill.history("award"), 12, at=pk("award"), label="history"),
    *(
        Cost("payments:payments", who, fill.payments(name), asks, query=f"?tab={tab}")
        for tab, who, name, asks in (
            ("certify", "finance_a", "requested", 10), ("order", "finance_b", "certified", 10),
            ("export", "treasury", "ordered", 12), ("confirm", "treasury", "exported", 11),
            ("returned", "finance_b", "failed", 9), ("all", "finance_a", "requested", 10),
        )
    ),
    Cost("payments:payments", "treasury", fill.exports, 12, label="files"),
    Cost("payments:export_page", "treasury", fill.payments("exported"), 8, at=pk("export")),
    Cost("payments:bank_accounts", "finance_a", fill.bank_accounts, 8),
    Cost("payments:bank_account", "finance_a", fill.history("new_account"), 11, at=pk("new_account")),
    Cost("payments:payment", "finance_a", fill.history("requested"), 8, at=pk("requested")),
    Cost("payments:budgets", "finance_a", fill.budgets, 8, shown=r"/(3\d{3})/"),
    Cost("payments:budget", "finance_a", fill.accounts, 9, at=_year),
    Cost("payments:budget", "finance_a", fill.accounts, 6, at=_year, query="?format=csv"),
    Cost("payments:budget_proposal", "finance_head", fill.carried, 9, at=_carry),
    Cost("payments:budget_carry", "finance_a", fill.accounts, 9, at=_year),
    Cost("payments:budget_transfers", "finance_a", fill.accounts, 8, at=_year),
    Cost("payments:budget_transfers", "finance_a", fill.accounts, 6, at=_year, query="?format=csv"),
)  # fmt: skip

CASE = "reviews:case"
HOME = (
    Cost("home", "anonymous", fill.rounds("open_round"), 2),
    Cost("home", "owner", fill.cases("draft"), 13, label="drafts"),
    Cost("home", "owner", fill.letters("letter_published"), 13, label="letters", shown=r"/letters/(\d+)/"),
    Cost("home", "officer", fill.cases("submitted"), 11, takes=0, label="cases"),
    Cost("home", "second", fill.letters("letter_generated"), 11, takes=0, label="letters"),
    Cost("home", "signatory", fill.letters("letter_approved"), 8, takes=0, label="letters"),
    Cost("home", "head", fill.letters("letter_signed"), 10, takes=0, label="letters"),
    Cost("home", "mail_room", fill.letters("letter_to_post"), 7, takes=0, label="letters"),
    Cost("home", "coordinator", fill.rounds("closed_round"), 12, label="rounds"),
    Cost("home", "clerk", fill.cases("in_committee"), 9, takes=0, label="cases"),
    Cost("home", "finance_a", fill.payments("requested"), 9, takes=0, label="payments"),
    Cost("home", "finance_b", fill.payments("certified"), 7, takes=0, label="payments"),
    Cost("home", "treasury", fill.payments("ordered"), 7, takes=0, label="payments"),
    Cost("home", "finance_head", fill.proposals, 8, label="proposals"),
    Cost("home", "juror", fill.cases("in_review"), 7, takes=0, label="sheets"),
    Cost("home", "chair", fill.cases("reviewed"), 9, takes=0, label="votes"),
    Cost("home", "auditor", fill.cases("submitted"), 6, takes=0, label="cases"),
    Cost("home", "admin", fill.staff, 9, takes=0, label="people"),
)

REVIEWS = (
    Cost(CASE, "officer", fill.files("paid_case"), 14, at=pk("paid_case"), query="?part=application"),
    Cost(CASE, "officer", fill.votes("granted"), 12, at=pk("granted"), query="?part=jury"),
    Cost(CASE, "officer", fill.payments("requested"), 14, at=pk("paid_case"), query="?part=money"),
    Cost(
        CASE, "officer", fill.letters("letter_announced"), 14, at=pk("paid_case"), query="?part=money",
        label="letters",
    ),
    Cost(CASE, "officer", fill.history("paid_case"), 13, at=pk("paid_case"), query="?part=history"),
    Cost(CASE, "officer", fill.notices_of("paid_case"), 13, at=pk("paid_case"), query="?part=history", label="notices"),
    Cost("reviews:case_messages", "officer", fill.messages("submitted"), 13, ahead=1, at=pk("submitted")),
    Cost("reviews:own_data", "owner", fill.cases("draft"), 28, label="cases"),
    Cost("reviews:own_data", "owner", of("message", **NOTICE), 28, label="notices"),
    Cost("reviews:search", "officer", fill.cases("submitted"), 7, ahead=1, query="?q=zeile"),
    Cost("reviews:search", "owner", fill.cases("draft"), 7, ahead=1, query="?q=zeile"),
    Cost("reviews:jury", "juror", fill.cases("in_review"), 10),
    Cost("reviews:sheet", "juror", fill.files("in_review"), 13, at=pk("sheet"), label="files"),
    Cost("reviews:sheet", "juror", fill.other_sheets("locked_sheet"), 14, at=pk("locked_sheet"), label="others"),
    Cost("reviews:conflicts", "chair", fill.matches, 9),
    Cost("reviews:conflicts", "chair", fill.quiet_cases, 9, takes=0, label="without any"),
    Cost("reviews:session", "chair", fill.seats("locked_sheet"), 10, at=pk("jury_round")),
    Cost("reviews:ranking", "chair", fill.cases("reviewed"), 10, takes=33, at=pk("jury_round")),
    Cost("reviews:ranking", "coordinator", fill.cases("reviewed"), 10, takes=33, at=pk("jury_round")),
    Cost("reviews:rounds", "coordinator", fill.rounds("closed_round"), 8),
    Cost("reviews:round", "coordinator", fill.cases("in_review"), 10, takes=0, at=pk("scoring_round")),
    Cost("reviews:round", "coordinator", fill.papers, 10, at=pk("committee_round"), label="papers"),
    Cost("reviews:desk", "coordinator", fill.cases("in_review"), 13, takes=0, at=pk("scoring_round")),
    Cost("reviews:jurors", "coordinator", fill.seats("sheet"), 8, at=pk("scoring_round")),
    Cost("reviews:assign", "coordinator", fill.cases("eligible"), 12, at=pk("closed_round")),
    Cost("reviews:scoring", "coordinator", fill.cases("in_review"), 9, at=pk("scoring_round")),
    Cost("reviews:paper", "coordinator", fill.cases("ranked"), 10, takes=33, at=pk("jury_round")),
    Cost("reviews:paper_read", "coordinator", fill.paper_items, 9, at=pk("paper")),
    Cost("reviews:groups", "coordinator", fill.groups, 10, takes=2),
    Cost("reviews:group", "coordinator", fill.organisations_that_applied, 12, at=pk("group")),
    Cost("reviews:group_new", "coordinator", fill.organisations_that_applied, 9),
    Cost("reviews:decisions", "clerk", fill.cases("in_committee"), 10, takes=2, at=pk("committee_round")),
    Cost("reviews:reserve_list", "head", fill.cases("listed"), 9, at=pk("committee_round")),
)  # fmt: skip

COSTS = (*ACCOUNTS, *NOTIFICATIONS, *GRANTS, *PAYMENTS, *HOME, *REVIEWS)
