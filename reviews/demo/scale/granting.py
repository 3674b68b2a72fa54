"""Awards, and the entries of the ledger up to the commitment."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from accounts import audit, bulk
from accounts.money import format_cents
from notifications.dates import period_to_sue_ends
from payments import ledger, terms
from payments.models import Award, CaseAccount
from payments.states import AwardState, Posting
from reviews.demo.scale.letters import Written, announced_on
from reviews.demo.scale.life import passed
from reviews.demo.scale.outline import Stage
from reviews.demo.scale.scene import Case, Scene
from reviews.demo.scenes import PAST_COMMITTEE
from reviews.states import Recommendation as Word


@dataclass
class Books:
    """What the ledger is to hear about a batch, in order, and the accounts of its cases."""

    budget_id: int
    accounts: dict[int, int] = field(default_factory=dict)
    entries: list[ledger.Entry] = field(default_factory=list)


def open_books(scene: Scene, cases: Sequence[Case]) -> Books:
    """Open accounts for the cases that shall get money, and reserve what was proposed for them."""
    books = Books(scene.world.budgets[scene.outline.fund, scene.outline.year])
    paid = [case for case in cases if case.word in (Word.FUND, Word.PARTIAL)]
    keys = bulk.numbers(CaseAccount, len(paid))
    accounts = [_account(books, case, key) for case, key in zip(paid, keys, strict=True)]
    ledger.open_cases(accounts)
    for case, account in zip(paid, accounts, strict=True):
        books.accounts[case.application.pk] = account.pk
        books.entries.append(_entry(scene, books, case, Posting.RESERVE, case.proposed_cents, "paper", "koordination"))
    return books


def _account(books: Books, case: Case, key: int) -> CaseAccount:
    application = case.application
    limit = min(application.applied_cents or 0, application.round.maximum_cents)
    decided = case.granted_cents if passed(case, PAST_COMMITTEE) else None
    return CaseAccount(
        pk=key, budget_id=books.budget_id, application=application, limit_cents=limit, decided_cents=decided,
        decision=0 if decided is None else 1, repaid_returns=application.round.repaid_returns,
    )  # fmt: skip


def _entry(
    scene: Scene,
    books: Books,
    case: Case,
    posting: Posting,
    cents: int,
    step: str,
    by: str,
    decision: int | None = None,
) -> ledger.Entry:
    at = scene.at(step)
    # Early in January this year's rounds have steps of last year, before the budget was in force.
    on = max(at.date(), date(scene.outline.year, 1, 1))
    return ledger.Entry(
        posting, books.budget_id, books.accounts[case.application.pk], cents,
        f"{step}:{case.application.pk}:{posting.value}", at, on, scene.cast[by].pk,
        decision=1 if posting == Posting.COMMIT else None,
    )  # fmt: skip


def cut_reservations(scene: Scene, cases: Sequence[Case], books: Books) -> None:
    """Release what the deciding body did not grant."""
    for case in cases:
        if case.partial and passed(case, PAST_COMMITTEE):
            cents = case.proposed_cents - case.granted_cents
            books.entries.append(_entry(scene, books, case, Posting.RELEASE, cents, "decide", "gremium"))


# --- Awards ------------------------------------------------------------------------------------------------


class Ending(enum.Enum):
    """How the money of an award went, or how far."""

    SIGNED = "signed"
    UNASKED = "unasked"
    REQUESTED = "requested"
    CHECKED = "checked"
    ORDERED = "ordered"
    EXPORTED = "exported"
    ONCE = "once"
    TWICE = "twice"
    BOUNCED = "bounced"
    SAVED = "saved"
    RECOVERED = "recovered"
    CARRIED = "carried"
    RELINQUISHED = "relinquished"


E = Ending
# How often (in hundredths) the money of an old round went how, and that of last year's.
_OLD = (
    (E.ONCE, 15),
    (E.TWICE, 35),
    (E.BOUNCED, 8),
    (E.SAVED, 18),
    (E.RECOVERED, 10),
    (E.CARRIED, 11),
    (E.RELINQUISHED, 3),
)
_RECENT = (
    (E.ONCE, 10), (E.TWICE, 24), (E.BOUNCED, 6), (E.SAVED, 12), (E.CARRIED, 18), (E.UNASKED, 12), (E.REQUESTED, 6),
    (E.CHECKED, 4), (E.ORDERED, 3), (E.EXPORTED, 3), (E.RELINQUISHED, 2),
)  # fmt: skip
_STATES = {
    E.SIGNED: AwardState.ISSUED, E.RELINQUISHED: AwardState.RELINQUISHED, E.UNASKED: AwardState.FINAL,
    E.REQUESTED: AwardState.FINAL,
}  # fmt: skip


def ending(scene: Scene, random: Random) -> Ending:
    """Draw how the money of an award goes."""
    if scene.outline.stage != Stage.FINISHED:
        return E.SIGNED
    shares = _RECENT if scene.outline.year == scene.world.today.year - 1 else _OLD
    endings, weights = zip(*shares, strict=True)
    drawn: Ending = random.choices(endings, weights)[0]
    return drawn


def write_awards(
    scene: Scene, written: Sequence[Written], books: Books, endings: Mapping[int, Ending]
) -> dict[int, Award]:
    """Write the awards of the signed letters and commit their money; return them by application."""
    granted = [one for one in written if one.is_award]
    keys, frozen = bulk.numbers(Award, len(granted)), terms.frozen_terms(scene.round)
    awards = {}
    for one in granted:
        application = one.case.application
        award = _award(scene, one, books, frozen, next(keys), endings[application.pk])
        awards[application.pk] = award
        one.case.lines.extend(_award_lines(scene, one.case, award))
        books.entries.append(_entry(scene, books, one.case, Posting.COMMIT, award.amount_cents, "sign", "leitung"))
    bulk.write(list(awards.values()))
    return awards


def _award(scene: Scene, one: Written, books: Books, frozen: dict[str, Any], key: int, end: Ending) -> Award:
    application, cents, state = one.case.application, one.case.granted_cents, _STATES.get(end, AwardState.ACTIVE)
    award = Award(
        pk=key, fund=scene.fund, application=application, letter_id=one.letter_id, state=state.value,
        account_id=books.accounts[application.pk], amount_cents=cents, terms=frozen,
        funding_type=terms.funding_type(scene.round, cents).value,
        period_from=application.starts_on or scene.day("sign"),
        period_to=application.ends_on or scene.day("sign"), created_at=scene.at("sign"), version=1,
    )  # fmt: skip
    if state != AwardState.ISSUED:
        award.notified_on = announced_on(scene)
        award.sue_until = period_to_sue_ends(award.notified_on)
        award.final_on, award.version = award.sue_until + timedelta(days=1), 3
    if state == AwardState.ACTIVE:
        award.started_on, award.version = application.starts_on, 4
    return award


_AWARD_STEPS = (
    ("become_notified", "deem", AwardState.ISSUED, AwardState.NOTIFIED),
    ("become_final", "final", AwardState.NOTIFIED, AwardState.FINAL),
)


def _award_lines(scene: Scene, case: Case, award: Award) -> list[audit.Line]:
    head = scene.cast["leitung"].pk
    lines = [_line(scene, case, award, "issue", "sign", ("", AwardState.ISSUED), head)]
    if award.state == AwardState.ISSUED:
        return lines
    lines += [_line(scene, case, award, action, at, (old, new), None) for action, at, old, new in _AWARD_STEPS]
    if award.state != AwardState.FINAL:
        action = "start" if award.state == AwardState.ACTIVE else "relinquish"
        lines.append(
            _line(scene, case, award, action, "request", (AwardState.FINAL, AwardState(award.state)), case.owner.pk)
        )
    return lines


def _line(
    scene: Scene, case: Case, award: Award, action: str, step: str, states: tuple[str, str], by: int | None
) -> audit.Line:
    before, after = states
    data = {"amount": format_cents(award.amount_cents)} if action == "issue" else {}
    return audit.Line(
        scene.at(step), by, scene.fund.pk, case.key, "payments.award", award.pk, case.label, action, str(before),
        str(after), "", data,
    )  # fmt: skip
