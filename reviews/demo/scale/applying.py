"""Rows of the grants floor: applications with plans, files, sent versions, receipts and checks."""

import hashlib
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects

from accounts import bulk
from accounts.clock import berlin_day
from accounts.models import Proposal
from accounts.states import Outcome
from grants.models import (
    Application,
    ApplicationVersion,
    Attachment,
    CostLine,
    DocumentRequest,
    FormalCheck,
    FundingLine,
)
from grants.receipts import receipt
from grants.snapshots import digest, snapshot
from grants.states import ApplicationState as A
from grants.states import AttachmentKind, VersionReason
from notifications.dates import end_of_berlin_day, three_months_after
from notifications.models import Document, Timer
from notifications.states import DocumentKind, TimerKind
from reviews.demo import words
from reviews.demo.drafts import sample
from reviews.demo.scale.drawing import draw_plan
from reviews.demo.scale.life import ANSWERS, FAILED
from reviews.demo.scale.paper import Sample
from reviews.demo.scale.scene import Case, Scene

_KINDS = ((AttachmentKind.STATUTES, "satzung.pdf"), (AttachmentKind.EXEMPTION, "freistellungsbescheid.pdf"))
_FILES = Prefetch("attachments", Attachment.objects.filter(removed_at=None).order_by("pk"), to_attr="living_files")
_UNDECIDED = {
    A.SUBMITTED, A.FORMAL_CHECK, A.RETURNED, A.INELIGIBLE, A.ELIGIBLE, A.IN_REVIEW, A.REVIEWED, A.RANKED,
    A.IN_COMMITTEE, A.RESERVE_LISTED, A.APPROVED, A.PLAN_REVISION, A.DECLINED,
}  # fmt: skip


def write(scene: Scene, cases: Sequence[Case], paper: Sample) -> None:
    """Write everything an applicant sent, and what the office noted about it."""
    bulk.write([case.application for case in cases])
    kept = [case for case in cases if case.aim != A.DISCARDED]
    _write_plans(kept)
    _attach(kept)
    sent = [case for case in kept if case.application.submitted_at is not None]
    prefetch_related_objects([case.application for case in kept], "cost_lines", "funding_lines", _FILES)
    versions = [_version(case.application, 1, VersionReason.SUBMIT, at=sent_at(case)) for case in sent]
    bulk.write(versions)
    if scene.outline.year >= scene.world.today.year - 1:
        # Of older rounds the copies are left out: they cost a third of all time and say what the version says.
        bulk.write([_receipt(version, paper) for version in versions])
    _revise(scene, [case for case in sent if case.application.plan_sent_at is not None])
    _write_checks(scene, sent)
    bulk.write([_timer(case) for case in sent])


def _write_plans(cases: Sequence[Case]) -> None:
    bulk.write([line for case in cases for line in case.costs])
    bulk.write([line for case in cases for line in case.funds])


# --- Files -------------------------------------------------------------------------------------------------


def _attach(cases: Sequence[Case]) -> None:
    bulk.write([_file(case, kind, name) for case in cases for kind, name in _KINDS])


def _file(case: Case, kind: AttachmentKind, name: str) -> Attachment:
    content = sample()
    token = hashlib.sha256(f"{case.application.pk}:{kind}".encode()).hexdigest()[:32]
    path = f"{token[:2]}/{token}"
    _lay_down(path, content)
    return Attachment(
        application=case.application, kind=kind.value, name=name, path=path, size=len(content),
        content_type="application/pdf", sha256=hashlib.sha256(content).hexdigest(), uploaded_by=case.owner,
        uploaded_at=case.application.created_at,
    )  # fmt: skip


_first: dict[Path, Path] = {}


def _lay_down(path: str, content: bytes) -> None:
    """Put a file in its place: one per folder is written, the others are links to it and take no room."""
    target = Path(settings.MEDIA_ROOT) / settings.UPLOAD_FOLDER / path
    known = _first.get(target.parent)
    if known is not None and known != target:
        try:
            os.link(known, target)
        except FileExistsError:
            return
        except OSError:
            known = None
    if known is None:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.write_bytes(content)
        _first[target.parent] = target


# --- What was sent -----------------------------------------------------------------------------------------


def sent_at(case: Case) -> datetime:
    """Return when a case was sent."""
    return case.application.submitted_at or case.application.created_at


def _version(application: Application, number: int, reason: VersionReason, *, at: datetime) -> ApplicationVersion:
    data = snapshot(application)
    return ApplicationVersion(
        application=application, number=number, reason=reason.value, data=data, sha256=digest(data), made_at=at,
        made_by=application.created_by,
    )  # fmt: skip


def _receipt(version: ApplicationVersion, paper: Sample) -> Document:
    application = version.application
    data = receipt(application, version=version.number, data=version.data).to_json()
    return paper.document(
        DocumentKind.RECEIPT, f"C01:{application.case_key}", application, data, at=version.made_at,
    )  # fmt: skip


def _revise(scene: Scene, cases: Sequence[Case]) -> None:
    """Put the revised plan in the place of the first one."""
    applications = [case.application for case in cases]
    CostLine.objects.filter(application__in=applications).delete()
    FundingLine.objects.filter(application__in=applications).delete()
    for case in cases:
        draw_plan(case, case.granted_cents, scene.random)
    _write_plans(cases)
    fresh = {row.pk: row for row in Application.objects.filter(pk__in=[row.pk for row in applications])}
    for case in cases:
        case.application = _with_sums(fresh[case.application.pk], case.application)
    Application.objects.bulk_update(
        [case.application for case in cases],
        ["requested_cents", "smallest_cents", "cost_cents", "eligible_cents", "funding_cents"],
    )
    prefetch_related_objects([case.application for case in cases], "cost_lines", "funding_lines", _FILES)
    at = scene.at("take_plan")
    bulk.write([_version(case.application, 2, VersionReason.PLAN, at=at) for case in cases])


def _with_sums(fresh: Application, drawn: Application) -> Application:
    """Return the row as stored with what the new plan adds up to; its old lines are forgotten."""
    for name in ("requested_cents", "smallest_cents", "cost_cents", "eligible_cents", "funding_cents"):
        setattr(fresh, name, getattr(drawn, name))
    fresh.round, fresh.fund, fresh.organisation = drawn.round, drawn.fund, drawn.organisation
    fresh.bank_account, fresh.created_by = drawn.bank_account, drawn.created_by
    return fresh


# --- What the office did -----------------------------------------------------------------------------------


def _write_checks(scene: Scene, cases: Sequence[Case]) -> None:
    checked = [case for case in cases if case.application.officer_id is not None]
    bulk.write([_check(scene, case) for case in checked])
    bulk.write([_request(scene, case) for case in checked if case.aim == A.RETURNED])
    rejected = [case for case in checked if case.formal or case.aim == A.INELIGIBLE]
    bulk.write([_proposal(scene, case, at=scene.at("check")) for case in rejected])


def _check(scene: Scene, case: Case) -> FormalCheck:
    failed, open_ = case.formal or case.aim == A.INELIGIBLE, case.aim in (A.FORMAL_CHECK, A.RETURNED)
    answers = {} if open_ else FAILED if failed else ANSWERS
    return FormalCheck(
        application=case.application, answers=answers, costs_note="" if open_ or failed else words.COSTS_NOTE,
        edited_by=scene.cast["sachbearbeitung"], edited_at=scene.at("check"), version=1 if open_ else 2,
    )  # fmt: skip


def _request(scene: Scene, case: Case) -> DocumentRequest:
    return DocumentRequest(
        application=case.application, fields=["exemption_notice", "cost_lines"], message=words.MISSING,
        due_date=case.application.due_date or scene.day("assign"), asked_by=scene.cast["sachbearbeitung"],
        asked_at=scene.at("check"),
    )  # fmt: skip


def _proposal(scene: Scene, case: Case, *, at: datetime) -> Proposal:
    return Proposal(
        kind="reject_formally", fund=scene.fund, case_key=case.key, subject_type="grants.application",
        subject_id=case.application.pk, subject_label=case.label, payload={"codes": ["not_begun"]},
        reason=words.FORMAL_REASON, outcome=Outcome.CONFIRMED.value, proposed_by=scene.cast["sachbearbeitung"],
        proposed_at=at, decided_by=scene.cast["sachbearbeitung2"], decided_at=at,
    )  # fmt: skip


def _timer(case: Case) -> Timer:
    application, sent = case.application, sent_at(case)
    done = None if case.aim in _UNDECIDED else sent
    return Timer(
        key=f"decision_due:{application.pk}", kind=TimerKind.DECISION_DUE.value, fund=application.fund,
        case_key=case.key, subject_id=application.pk, created_at=sent, done_at=done,
        due_at=end_of_berlin_day(three_months_after(berlin_day(sent))),
    )  # fmt: skip
