"""Two funds with everybody and one of everything, for tests that ask who may open what.

`make_world` builds the near side (one fund, one association, one person for each role) and the far side (another
fund and association), each with records in the states that the pages need. Build it once per module inside
`kept_open()`, and put what a request changed back with `undone()`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import clock
from accounts.models import AccessibilityFeedback, FundRole, LegalText, LetterheadChange, Membership, User
from accounts.states import MemberRole, Role
from grants.actions import bulk, filters
from grants.actions import office as checks
from grants.check_note import accepted_note, notes_of
from grants.checklist import ITEMS
from grants.models import (
    Application,
    Attachment,
    Body,
    CaseMessage,
    CaseMessageFile,
    FormalCheck,
    FormerAward,
    Import,
    ImportProblem,
    OrganisationDocument,
    Round,
)
from grants.receipts import receipt
from grants.states import ApplicationState as A
from grants.states import (
    BodyKind,
    BulkKind,
    ImportKind,
    ImportStage,
    IntakeChannel,
    MessageSide,
    RoundState,
    SeatKind,
    VersionReason,
)
from grants.steps import freeze
from grants.steps.checks.common import order_note
from notifications import documents
from notifications.actions import invitations
from notifications.models import Document, Invitation, Letter
from notifications.rendering import render_due
from notifications.states import NoticeState
from notifications.transport import demo_folder
from payments import ledger
from payments.actions import awards, letters, payouts
from payments.actions import budget as budgets
from payments.actions.recalls import propose_recall
from payments.models import Award, Payment
from payments.states import BudgetStep, SubBudget
from reviews import steps as jury_steps
from reviews.actions import approvals, fast_track
from reviews.actions.committee import propose_correction
from reviews.models import Juror, Review
from reviews.states import DecisionOutcome, WithdrawalGround
from reviews.steps.committee import Word
from tests import factories as make
from tests.grants.office_world import ALL_YES
from tests.grants.office_world import Office as CheckOffice
from tests.notifications.factories import make_notice
from tests.payments import chain
from tests.reviews import worlds

PDF = b"%PDF-1.7\n%%EOF\n"
# The letter of the paid award was posted then, and is announced on the day on which both sides stand still.
BEFORE = chain.NOW
NOW = BEFORE + timedelta(days=4)


@contextmanager
def undone() -> Iterator[None]:
    """Run a block and take back what it wrote; an action inside may still open its own durable transaction."""
    with transaction.atomic():
        # What Django does for its own test cases: a durable block may stand inside this one.
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        try:
            yield
        finally:
            transaction.set_rollback(True)


@dataclass
class Staff:
    """The people of a fund by role."""

    coordinator: User
    officer: User
    second: User
    head: User
    signatory: User
    clerk: User
    mail_room: User
    finance_a: User
    finance_b: User
    treasury: User
    finance_head: User

    @property
    def office(self) -> dict[str, User]:
        """What `chain.Office` wants besides fund and auditor."""
        names = ("officer", "second", "head", "signatory", "mail_room", "finance_a", "finance_b", "treasury")
        return {name: getattr(self, name) for name in names}


STAFF_ROLES = {
    "coordinator": Role.COORDINATOR,
    "officer": Role.CASE_OFFICER,
    "second": Role.CASE_OFFICER,
    "head": Role.HEAD_OF_UNIT,
    "signatory": Role.SIGNATORY,
    "clerk": Role.COMMITTEE_CLERK,
    "mail_room": Role.MAIL_ROOM,
    "finance_a": Role.FINANCE_A,
    "finance_b": Role.FINANCE_B,
    "treasury": Role.TREASURY,
    "finance_head": Role.HEAD_OF_FINANCE,
}
JURY = ("chair", "juror", "undeclared", "recused", "juror4", "juror5")


@dataclass
class Side:
    """One fund, one association, and one of everything in them; records by name."""

    staff: Staff
    owner: User
    reader: User
    jurors: dict[str, User]
    records: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.records[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass
class World:
    """Both sides, and who asks: kind of person → user."""

    near: Side
    far: Side
    people: dict[str, User]


def make_world() -> World:
    """Build both sides and one person of each kind."""
    near, far = _side("Nah"), _side("Fern")
    people = {
        "stranger": make.make_user(full_name="Fremde Person"),
        "owner": near.owner,
        "editor": make.make_member(near.organisation, MemberRole.EDITOR, full_name="Eda Editor"),
        "reader": near.reader,
        "other_owner": far.owner,
        **{kind: near.jurors[kind] for kind in ("juror", "undeclared", "recused", "chair")},
        **vars(near.staff),
        "deputy": make.make_user(full_name="Dele Deputy"),
        "auditor": make.make_auditor(near.fund),
        "admin": make.make_administrator(),
        "other_staff": make.make_staff(far.fund, *dict.fromkeys(STAFF_ROLES.values())),
    }
    near.records["deputyship"] = make.make_deputy(
        near.fund, principal=near.staff.officer, deputy=people["deputy"], named_by=people["admin"]
    )
    far.records["deputyship"] = make.make_deputy(
        far.fund, principal=far.staff.officer, deputy=make.make_user(), named_by=people["admin"]
    )
    for side, officer in ((near, near.staff.officer), (far, people["other_staff"])):
        side.records |= {
            "kept_filter": filters.save_filter(by=officer, name="Verspätet", query="late=yes"),
            "bulk_step": bulk.prepare(
                by=officer, kind=BulkKind.ASSIGN, cases=[side.submitted.pk], officer=side.staff.second
            ),
        }
    # Last of all: before somebody has compared with the bank no payment file is made.
    restored = make.make_restoration(by=people["admin"])
    for side in (near, far):
        side.records |= {
            "restored": restored,
            "role": FundRole.objects.get(user=side.staff.officer),
            "person": side.staff.officer,
            "staff_invitation": invitations.invite_staff(
                by=people["admin"], email=f"neu{side.fund.pk}@example.org", full_name="Neu", fund=side.fund,
                role=Role.MAIL_ROOM,
            ),
            "legal_version": LegalText.objects.create(
                slug="impressum", language="de", body="Region", edited_by=people["admin"]
            ),
            "feedback": AccessibilityFeedback.objects.create(message="Zu klein", page="/"),
            "undrawn": _copy_of(side.formal),
            "check_note": _note_on(side.formal, by=side.staff.officer),
            "letterhead_change": LetterheadChange.objects.create(
                fund=side.fund, valid_from=NOW.date() + timedelta(days=90), values={"phone": ["", "0511 5"]},
                made_by=people["admin"], made_at=NOW,
            ),
        }  # fmt: skip
    return World(near, far, people)


def _side(word: str) -> Side:
    fund = make.make_fund(name=f"Fonds {word}", slug=f"fonds-{word.lower()}")
    organisation = make.make_organisation(name=f"Verein {word}")
    staff = Staff(
        **{kind: make.make_staff(fund, role, full_name=f"{kind} {word}") for kind, role in STAFF_ROLES.items()}
    )
    owner = make.make_member(organisation, full_name=f"Olga {word}")
    reader = make.make_member(organisation, MemberRole.READER, full_name=f"Rea {word}")
    jurors = {kind: make.make_user(full_name=f"{kind} {word}") for kind in JURY}
    side = Side(staff, owner, reader, jurors, {"fund": fund, "organisation": organisation})
    clock.freeze(BEFORE)
    _people_of(side)
    _budget(side)
    _paying(side)
    _applications(side)
    _checks(side)
    _lists(side)
    _rounds(side)
    _scoring(side)
    _session(side)
    _committee(side)
    _small_projects(side)
    _letters(side)
    _notices(side)
    return side


def _people_of(side: Side) -> None:
    side.records |= {
        "membership": Membership.objects.get(user=side.reader),
        "new_account": make.make_bank_account(side.organisation, side.owner),
        "group": make.make_group(side.fund, side.organisation),
    }
    body = Body.objects.create(fund=side.fund, name="Integrationsbeirat", kind=BodyKind.BOARD)
    side.records |= {
        "body": body,
        "body_member": body.members.create(name="Maria Muster", kind=SeatKind.MULTIPLIER, starts_on=make.LONG_AGO),
        "body_session": body.sessions.create(on=NOW.date() + timedelta(days=30)),
    }
    side.records["kept_paper"] = OrganisationDocument.objects.create(
        organisation=side.organisation, kind="register", name="Registerauszug.pdf", size=len(PDF), sha256="1" * 64,
        path=_put(f"world/paper-{side.organisation.pk}"), content_type="application/pdf", uploaded_by=side.owner,
    )  # fmt: skip
    side.records["member_invitation"] = invitations.invite_member(
        by=side.owner, organisation=side.organisation, email=f"mit{side.fund.pk}@example.org", role=MemberRole.EDITOR
    )
    # The link itself is in the mail only; a row with a known token stands for it.
    Invitation.objects.filter(pk=side.member_invitation.pk).update(
        token_hash=invitations.token_hash(f"token-{side.fund.slug}")
    )
    side.records["token"] = f"token-{side.fund.slug}"


def _budget(side: Side) -> None:
    side.records["budget"] = make.make_budget(side.fund, 2026, 20_000_000)
    side.records["proposal"] = budgets.propose_change(
        budget=side.budget, step=BudgetStep.SUPPLEMENT, by=side.staff.finance_a, amount_cents=100_000,
        seen_cents=20_000_000, reason="Nachtrag",
    )  # fmt: skip


def _put(path: str) -> str:
    """Put a file into the store."""
    full = Path(settings.MEDIA_ROOT) / settings.UPLOAD_FOLDER / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(PDF)
    return path


def attach(application: Application) -> Attachment:
    """Put a file into the store and file it with the case."""
    path = _put(f"world/{application.pk}")
    return Attachment.objects.create(
        application=application, kind="statutes", name=f"Satzung-{application.pk}.pdf", path=path, size=len(PDF),
        content_type="application/pdf", sha256="0" * 64, uploaded_by=application.created_by,
    )  # fmt: skip


def case_of(side: Side, round_: Round, state: str, **fields: Any) -> Application:
    """A case of the side's association with a frozen version and a file."""
    made = make.make_application(round=round_, organisation=side.organisation, by=side.owner, state=state, **fields)
    attach(made)
    if state != A.DRAFT:
        freeze(made, reason=VersionReason.SUBMIT, by=side.owner, now=clock.now())
    return made


def _applications(side: Side) -> None:
    open_round = make.make_round(side.fund, slug=f"offen-{side.fund.slug}")
    draft = case_of(side, open_round, A.DRAFT)
    submitted = case_of(side, open_round, A.SUBMITTED)
    _copy_of(submitted)
    render_due(seconds=30)
    side.records |= {
        "open_round": open_round,
        "draft": draft,
        "draft_file": draft.attachments.get(),
        "submitted": submitted,
        "submitted_file": submitted.attachments.get(),
        "thread_file": _written(submitted),
        "revision": case_of(side, open_round, A.PLAN_REVISION, offered_cents=80_000, due_date=NOW.date()),
        "recorded": _on_paper(side, open_round),
    }


def _on_paper(side: Side, round_: Round) -> Application:
    """The office is recording what came on paper, from an initiative for which nobody acts online."""
    return make.make_application(
        round=round_, organisation=make.make_organisation(name=f"Papier {side.fund.pk}"), by=side.staff.officer,
        channel=IntakeChannel.PAPER, received_at=clock.now() - timedelta(days=1), on_behalf=True,
    )  # fmt: skip


def _written(case: Application) -> CaseMessageFile:
    """The applicant has written to the office, with a file."""
    message = CaseMessage.objects.create(
        application=case, side=MessageSide.APPLICANT, text="Dürfen wir eine Rechnung nachreichen?",
        sent_by=case.created_by, sent_at=NOW,
    )  # fmt: skip
    return CaseMessageFile.objects.create(
        message=message, name="Rechnung.pdf", path=_put(f"world/thread-{case.pk}"), size=len(PDF),
        content_type="application/pdf", sha256="1" * 64, uploaded_by=case.created_by,
    )  # fmt: skip


def _note_on(case: Application, *, by: User) -> Document:
    """The note on a check of the case that has ended before."""
    with transaction.atomic():
        order_note(case, accepted_note(case, FormalCheck(answers=ALL_YES), by=by, now=NOW))
    return notes_of(case).get()


def _copy_of(case: Application) -> Document:
    version = case.versions.get()
    data = receipt(case, version=version.number, data=version.data).to_json()
    with transaction.atomic():
        return documents.order("C01", key=f"copy:{case.pk}", fund=case.fund, case_key=case.case_key, data=data)


def _checks(side: Side) -> None:
    office = CheckOffice(side.fund, side.open_round)
    own = {"organisation": side.organisation, "by": side.owner}
    returned = office.checked(**own)
    checks.request_documents(
        application=returned, by=side.staff.officer, fields=["statutes", "summary"],
        message="Satzung fehlt", due_date=clock.today() + timedelta(days=14),
    )  # fmt: skip
    proposed = office.checked(**own)
    FormalCheck.objects.filter(application=proposed).update(answers={**ALL_YES, ITEMS[0].code: "no"})
    proposal = checks.propose_rejection(
        application=proposed, kind="reject_formally", by=side.staff.officer, reason="Sitz nicht in der Region"
    )
    side.records |= {
        "formal": office.checked(**own),
        "returned": Application.objects.get(pk=returned.pk),
        "proposed": proposed,
        "rejection": proposal,
        "ineligible": office.case(A.INELIGIBLE, **own),
    }


def _lists(side: Side) -> None:
    """Lists from a spreadsheet: one with an error, and one that was imported."""
    file = {"size": len(PDF), "content_type": "text/csv", "uploaded_by": side.staff.coordinator, "fund": side.fund}
    checked = Import.objects.create(
        name="Anträge.csv", path=_put(f"world/list-{side.fund.pk}"), sha256="2" * 64, **file,
        kind=ImportKind.APPLICATIONS, round=side.open_round, stage=ImportStage.CHECKED, total_rows=1,
        headings=[["Antragsteller", []]], mapping={"organisation": 0},
        counts={"new": 0, "same": 0, "changed": 0, "errors": 1, "bad_rows": 1},
    )  # fmt: skip
    done = Import.objects.create(
        name="Förderungen.csv", path=_put(f"world/done-{side.fund.pk}"), sha256="3" * 64, **file,
        kind=ImportKind.AWARDS, stage=ImportStage.DONE, ordered_by=side.staff.head, ended_at=NOW,
        counts={"new": 1, "same": 0, "changed": 0, "corrected": 0},
    )  # fmt: skip
    side.records |= {
        "list_checked": checked,
        "list_done": done,
        "list_problem": ImportProblem.objects.create(
            batch=checked, row=2, place=0, column="organisation", code="missing"
        ),
        "former_award": FormerAward.objects.create(
            fund=side.fund, batch=done, key="n:2020:1", digest="4" * 64, budget_year=2020,
            organisation_name="Alter Verein", title="Fest", amount_cents=50_000, private=False, publish=False,
        ),
    }  # fmt: skip


def _rounds(side: Side) -> None:
    closed = make.make_round(
        side.fund, RoundState.CLOSED, opens_at=NOW - timedelta(days=60), deadline_at=NOW - timedelta(days=1)
    )
    side.records |= {
        "closed_round": closed,
        "eligible": case_of(side, closed, A.ELIGIBLE),
        "draft_round": make.make_round(side.fund, RoundState.DRAFT),
        "published_round": make.make_round(side.fund, RoundState.PUBLISHED, opens_at=NOW + timedelta(days=5)),
    }
    side.records["ending_seat"] = make.make_juror(closed)


def _jury(side: Side) -> worlds.World:
    """A round whose jury are the side's jurors; min_reviews is small so that one may be out."""
    round_ = make.make_round(
        side.fund, RoundState.CLOSED, jury_size=6, min_reviews=2, quorum=2, budget_year=2026,
        opens_at=NOW - timedelta(days=60), deadline_at=NOW - timedelta(days=1),
    )  # fmt: skip
    seats = [
        make.make_juror(round_, chairs=kind == "chair", deputy_chair=kind == "juror5", user=user)
        for kind, user in side.jurors.items()
    ]
    staff = side.staff
    return worlds.World(side.fund, round_, staff.coordinator, staff.clerk, staff.head, staff.officer, seats)


def _seat(world: worlds.World, user: User) -> Juror:
    return next(seat for seat in world.jurors if seat.user_id == user.pk)


def _recuse(side: Side, world: worlds.World, case: Application) -> Review:
    sheet = world.sheet(case, _seat(world, side.jurors["recused"]))
    with transaction.atomic():
        jury_steps.recuse(sheet, by=side.jurors["recused"], why="Vorstand", now=clock.now(), own=True)
    return Review.objects.get(pk=sheet.pk)


def _scoring(side: Side) -> None:
    world = _jury(side)
    world.cases = [case_of(side, world.round, A.ELIGIBLE)]
    worlds.start(world)
    case = world.cases[0]
    for kind in ("juror", "chair"):
        worlds.fill(world, case, _seat(world, side.jurors[kind]), 4, hand_in=False)
    worlds.fill(world, case, _seat(world, side.jurors["juror4"]), 3)
    side.records |= {
        "scoring_round": world.round,
        "in_review": worlds.fresh(case),
        "review_file": case.attachments.get(),
        "sheet": Review.objects.get(pk=world.sheet(case, _seat(world, side.jurors["juror"])).pk),
        "chair_sheet": world.sheet(case, _seat(world, side.jurors["chair"])),
        "undeclared_sheet": world.sheet(case, _seat(world, side.jurors["undeclared"])),
        "recused_sheet": _recuse(side, world, case),
        "handed_in": world.sheet(case, _seat(world, side.jurors["juror4"])),
    }


def scored_jury(side: Side, cases: int) -> worlds.World:
    """A jury whose cases are scored by all but the two who did not declare or are out."""
    world = _jury(side)
    world.cases = [case_of(side, world.round, A.ELIGIBLE) for _ in range(cases)]
    worlds.start(world)
    for case in world.cases:
        _recuse(side, world, case)
        for kind in ("chair", "juror", "juror4", "juror5"):
            worlds.fill(world, case, _seat(world, side.jurors[kind]), 4)
        with transaction.atomic():
            jury_steps.close_scoring(worlds.fresh(case), by=world.coordinator)
    world.cases = [worlds.fresh(case) for case in world.cases]
    return world


def _meet(side: Side, world: worlds.World) -> Any:
    here = [_seat(world, side.jurors[kind]) for kind in ("chair", "juror", "juror4", "juror5")]
    with transaction.atomic():
        found = Round.objects.get(pk=world.round.pk)
        session = jury_steps.open_session(found, here, by=side.jurors["chair"], held_on=clock.today(), now=clock.now())
    world.round = Round.objects.get(pk=world.round.pk)
    return session


def _session(side: Side) -> None:
    world = scored_jury(side, 2)
    session = _meet(side, world)
    side.records |= {
        "jury_round": world.round,
        "reviewed": world.cases[0],
        "ranked": worlds.vote(world, session, world.cases[1], 80_000),
        "locked_sheet": world.sheet(world.cases[0], _seat(world, side.jurors["juror"])),
    }


def _committee(side: Side) -> None:
    world = scored_jury(side, 4)
    session = _meet(side, world)
    for case in world.cases:
        worlds.vote(world, session, case, 80_000)
    worlds.hand_in(world)
    waiting, granted, listed, wrong = world.cases
    for case, outcome, rank in (
        (granted, DecisionOutcome.FUND, None), (listed, DecisionOutcome.RESERVE, 1), (wrong, DecisionOutcome.FUND, None)
    ):  # fmt: skip
        decide(world, case, outcome, rank)
    side.records |= {
        "committee_round": world.round,
        "paper": world.round.papers.get(),
        "in_committee": waiting,
        "granted": worlds.fresh(granted),
        "listed": worlds.fresh(listed),
        "corrected": worlds.fresh(wrong),
    }
    side.records["correction"] = propose_correction(
        application=side.corrected, reason="Falscher Betrag", by=side.staff.clerk
    )


def _small_projects(side: Side) -> None:
    """Small projects before the fast track, on it, and behind it with a grant that somebody wants to take back."""
    make.make_budget(side.fund, 2026, 1_000_000, sub_budget=SubBudget.FAST_TRACK)
    round_ = make.make_round(
        side.fund, RoundState.CLOSED, budget_year=2026, fast_track_max_cents=500_000,
        opens_at=NOW - timedelta(days=60), deadline_at=NOW - timedelta(days=1),
    )  # fmt: skip
    small, routed, regretted = (case_of(side, round_, A.ELIGIBLE) for _ in range(3))
    for case in (routed, regretted):
        fast_track.route(application=worlds.fresh(case), by=side.staff.coordinator)
    fast_track.grant(application=worlds.fresh(regretted), amount_cents=50_000, by=side.staff.head)
    side.records |= {"small": small, "routed": worlds.fresh(routed), "regretted": worlds.fresh(regretted)}
    side.records["withdrawal"] = approvals.propose_withdrawal(
        application=side.regretted, ground=WithdrawalGround.ENDED, reason="Aufgelöst", by=side.staff.head
    )


def decide(world: worlds.World, case: Application, outcome: DecisionOutcome, rank: int | None) -> None:
    """Let every body of the chain speak; the last one with `outcome`."""
    case = worlds.to_last_body(world, worlds.fresh(case))
    word = Word(outcome, 80_000, rank=rank) if rank else Word(outcome, 80_000)
    with transaction.atomic():
        jury_steps.record_decision(case, word, by=world.clerk, decided_on=clock.today(), now=clock.now())


def _office(side: Side) -> chain.Office:
    return chain.Office(fund=side.fund, auditor=side.staff.head, **side.staff.office)


def decided_case(side: Side, round_: Round, cents: int = 250_000, **fields: Any) -> chain.Case:
    """A case of the side's association with reserved money and a decided amount, ready for its letter."""
    case = case_of(side, round_, A.APPROVED, **{"requested_cents": cents, "applied_cents": cents} | fields)
    with transaction.atomic():
        account = ledger.open_case(case, side.budget)
        ledger.reserve_to(account, target_cents=cents, key=f"r:{case.pk}", by=side.staff.officer)
        ledger.set_decided(account, cents, by=side.staff.officer)
    return chain.Case(_office(side), side.budget, side.organisation, side.owner, case, side.account)


def _paying(side: Side) -> None:
    """An award that is final, and a payment in every state."""
    side.records["account"] = make.make_bank_account(
        side.organisation, side.owner, checked_by=side.staff.officer, checked_at=clock.now(), usable_from=chain.TODAY
    )
    round_ = make.make_round(side.fund, RoundState.DECIDED, budget_year=2026, announcement="post")
    case = decided_case(side, round_)
    chain.post(case, chain.released(case))
    clock.freeze(NOW)
    chain.all_sweeps()
    award = awards.waive_remedy(award=chain.award_of(case), by=side.owner)
    side.records |= {
        "paid_case": case.application,
        "letter_announced": award.letter,
        "failed": _failed(chain.exported(case, chain.ordered(case, 10_000, award))[0], side),
        "exported": chain.exported(case, chain.ordered(case, 10_000, award))[0],
        "ordered": chain.ordered(case, 10_000, award),
        "certified": payouts.certify(payment=chain.request(case, 10_000, award), by=side.staff.finance_a),
        "requested": chain.request(case, 10_000, award),
        "award": Award.objects.get(pk=award.pk),
    }
    side.records["export"] = side.exported.export


def _failed(payment: Payment, side: Side) -> Payment:
    return payouts.bounce(payment=payment, by=side.staff.treasury, reason="Konto erloschen")


def _letters(side: Side) -> None:
    """A letter in every state; those of `decided_round` have not gone out."""
    decided = make.make_round(side.fund, RoundState.DECIDED, budget_year=2026, announcement="portal")
    generated, approved, signed, recalled = (decided_case(side, decided) for _ in range(4))
    side.records |= {
        "decided_round": decided,
        "approved": decided_case(side, decided).application,
        "letter_generated": chain.draft(generated),
        "letter_approved": chain.approve(approved, chain.draft(approved)),
        "letter_signed": chain.signed(signed),
        "letter_recalled": chain.signed(recalled),
    }
    side.records["recall"] = propose_recall(letter=side.letter_recalled, by=side.staff.signatory, reason="Falsch")
    away = make.make_round(side.fund, RoundState.DECIDED, budget_year=2026, announcement="portal")
    posted, due, portal = (
        decided_case(side, away),
        decided_case(side, away),
        decided_case(side, away, electronic_announcement=True),
    )
    gone = [chain.signed(case) for case in (posted, due, portal)]
    letters.release_letters(round_=away, by=side.staff.head)
    chain.post(posted, gone[0])
    for name, letter in zip(("letter_posted", "letter_to_post", "letter_published"), gone, strict=True):
        side.records[name] = Letter.objects.get(pk=letter.pk)
    side.records["inner_award"] = chain.award_of(signed)


def _notices(side: Side) -> None:
    failed: dict[str, Any] = {"state": NoticeState.FAILED, "error": "550 no such mailbox"}
    side.records |= {
        "message": make_notice(side.owner, fund=side.fund, subject="Ihr Antrag"),
        "stuck": make_notice(side.owner, fund=side.fund, subject="Steckt fest", **failed),
        "mail_number": _mail(side),
    }


def _mail(side: Side) -> int:
    number: int = side.fund.pk
    mail = "From: a@example.org\nTo: b@example.org\nSubject: x\nDate: Fri, 06 Nov 2026 09:00:00 +0000\n\nText\n"
    (demo_folder() / f"{number:08}.eml").write_text(mail)
    return number
