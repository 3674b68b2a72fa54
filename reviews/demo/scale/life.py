"""What happened to each case, step by step, as the product's own steps would have left it: state, words, history."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from grants.checklist import CODES
from grants.states import ApplicationState as A
from reviews.demo import words
from reviews.demo.scale.scene import Case, Scene
from reviews.demo.scenes import PAST_CHECK, PAST_COMMITTEE, PAST_SCORING, PAST_VOTE
from reviews.states import Recommendation as Word

_CHECKED = PAST_CHECK | {A.FORMAL_CHECK, A.RETURNED, A.INELIGIBLE}
ANSWERS = dict.fromkeys(CODES, "yes")
FAILED = ANSWERS | {"not_begun": "no"}
_CODES = {"codes": ["not_begun"]}


def live(scene: Scene, cases: Sequence[Case], start: int) -> None:
    """Let all cases, the first of which is the round's `start`th, go as far as they are meant to."""
    for place, case in enumerate(cases, start=start + 1):
        _vote(case, place)
        for step in _STEPS:
            step(scene, case)
        case.application.index()
        # A hundred thousand made-up titles tell nothing, and each would be compared with all others.
        case.application.title_compared = case.application.title_key
        if case.state != case.aim:
            raise ValueError(f"{case.label}: {case.state} instead of {case.aim}")


def passed(case: Case, states: set[A]) -> bool:
    """Tell whether the case went through the part of the procedure behind which these states lie."""
    return case.aim in states and not case.formal


def _vote(case: Case, rank: int) -> None:
    """Say what the jury proposes. What the deciding body cut was proposed whole."""
    if not passed(case, PAST_VOTE):
        return
    asked, decided = case.application.requested_cents, passed(case, PAST_COMMITTEE)
    if case.aim == A.RESERVE_LISTED:
        case.word, case.proposed_cents, case.rank = Word.RESERVE, asked, rank
    elif not case.granted_cents:
        case.word = Word.DECLINE
    elif case.granted_cents < asked and not decided:
        case.word, case.proposed_cents = Word.PARTIAL, case.granted_cents
    else:
        case.word, case.proposed_cents = Word.FUND, asked


def _send(scene: Scene, case: Case) -> None:
    application, owner = case.application, case.owner
    if case.aim == A.DISCARDED:
        case.step("discard", application.created_at + timedelta(hours=20), owner, A.DISCARDED)
    elif application.submitted_at is not None:
        case.step(
            "submit", application.submitted_at, owner, A.SUBMITTED,
            data={"late": application.late, "case_number": application.case_number},
        )  # fmt: skip
    if case.aim == A.WITHDRAWN and application.submitted_at is not None:
        at = application.submitted_at + timedelta(hours=20)
        case.step("withdraw", at, owner, A.WITHDRAWN, reason="Das Projekt findet nicht statt.")


def _check(scene: Scene, case: Case) -> None:
    if case.aim not in _CHECKED and not case.formal:
        return
    at, officer = scene.at("check"), scene.cast["sachbearbeitung"]
    case.application.officer = officer
    case.step("start_check", at, officer, A.FORMAL_CHECK)
    if case.aim == A.FORMAL_CHECK:
        return
    if case.aim == A.RETURNED:
        due = (at + timedelta(days=28)).date()
        case.application.due_date = due
        case.step("request_documents", at, officer, A.RETURNED, reason=words.MISSING, data={"due": due.isoformat()})
        return
    rejected = case.formal or case.aim == A.INELIGIBLE
    case.note("edit_check", at, officer, data={"answers": FAILED if rejected else ANSWERS})
    if rejected:
        case.note("propose_reject_formally", at, officer, reason=words.FORMAL_REASON, data=_CODES)
        second = scene.cast["sachbearbeitung2"]
        case.note("confirm_reject_formally", at, second, data=_CODES)
        case.step("reject_formally", at, second, A.INELIGIBLE, reason=words.FORMAL_REASON)
    else:
        case.step("accept", at, officer, A.ELIGIBLE)


def _score(scene: Scene, case: Case) -> None:
    coordinator = scene.cast["koordination"]
    if passed(case, PAST_SCORING | {A.IN_REVIEW}):
        case.step("assign_jury", scene.at("assign"), coordinator, A.IN_REVIEW)
        case.note(
            "assign_jurors", scene.at("assign"), coordinator, data={"jurors": [juror.pk for juror in scene.jurors]}
        )
    if passed(case, PAST_SCORING):
        case.step("close_scoring", scene.at("close"), coordinator, A.REVIEWED)
    if passed(case, PAST_VOTE):
        case.step("rank", scene.at("vote"), scene.jurors[0].user, A.RANKED, reason=reason_of(case))
        case.step("submit_to_committee", scene.at("paper"), coordinator, A.IN_COMMITTEE)
    if case.aim == A.RANKED:
        at = scene.at("paper") + timedelta(days=3)
        case.step("postpone", at, scene.cast["gremium"], A.RANKED, reason="In die Fraktionen gezogen.")


def reason_of(case: Case) -> str:
    """Return why the jury proposes what it proposes."""
    texts = words.VOTE_DECLINE if case.word == Word.DECLINE else words.VOTE_FUND
    return words.VOTE_PARTIAL if case.word == Word.PARTIAL else texts[len(case.application.title) % len(texts)]


_DECIDED = {Word.FUND: ("decide_fund", A.APPROVED), Word.RESERVE: ("decide_reserve", A.RESERVE_LISTED)}


def _decide(scene: Scene, case: Case) -> None:
    if not passed(case, PAST_COMMITTEE) or case.word is None:
        return
    at, clerk = scene.at("decide"), scene.cast["gremium"]
    for _body in scene.bodies[:-1]:
        case.step("record_step", at, clerk, A.IN_COMMITTEE)
    action, state = _DECIDED.get(case.word, ("decide_decline", A.DECLINED))
    case.step(action, at, clerk, state, reason=reason_of(case) if state == A.DECLINED else "")
    if case.partial:
        _revise(scene, case)


def _revise(scene: Scene, case: Case) -> None:
    """Ask for a plan at the amount decided; whoever goes on has handed it in."""
    officer, due = scene.cast["sachbearbeitung"], scene.day("draft")
    application = case.application
    application.offered_cents = case.granted_cents
    case.step(
        "request_plan", scene.at("ask_plan"), officer, A.PLAN_REVISION,
        data={"due": due.isoformat(), "offered_cents": case.granted_cents},
    )  # fmt: skip
    if case.aim == A.PLAN_REVISION:
        application.due_date = due
        return
    application.plan_sent_at = scene.at("take_plan")
    case.step("submit_plan", scene.at("take_plan"), case.owner, A.PLAN_REVISION)
    case.step("accept_plan", scene.at("take_plan"), officer, A.APPROVED)


def _sign(scene: Scene, case: Case) -> None:
    head = scene.cast["leitung"]
    if case.aim == A.AWARDED:
        case.step("issue_award", scene.at("sign"), head, A.AWARDED)
    elif case.aim == A.REJECTED:
        case.step("issue_rejection", scene.at("sign"), head, A.REJECTED)


_STEPS: tuple[Callable[[Scene, Case], None], ...] = (_send, _check, _score, _decide, _sign)
