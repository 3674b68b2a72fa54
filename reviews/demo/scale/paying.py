"""Rows of payments, and the entries of the ledger from the order on."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts import audit, bulk
from notifications.dates import use_by
from notifications.rendering import store
from payments import ledger
from payments.models import Award, CaseAccount, Payment, PaymentExport
from payments.states import Account, NameCheck, Posting
from payments.states import PaymentState as S
from payments.steps.payouts import EXPORT_FOLDER, end_to_end_id
from reviews.demo.scale.granting import Books, Ending
from reviews.demo.scale.scene import Case, Scene, moment
from reviews.demo.words import PURPOSE

P = Posting
# Stands for the files that were handed to the bank long ago.
_XML = b'<?xml version="1.0" encoding="UTF-8"?>\n<Muster/>\n'
# How far the request of a payment in this state came.
_REACHED = {S.REQUESTED: 0, S.REFUSED: 0, S.CHECKED: 1, S.ORDERED: 2, S.EXPORTED: 3, S.CANCELLED: 3, S.PAID: 4}
_OPEN_ENDS = {
    Ending.REQUESTED: S.REQUESTED, Ending.CHECKED: S.CHECKED, Ending.ORDERED: S.ORDERED, Ending.EXPORTED: S.EXPORTED,
}  # fmt: skip


@dataclass
class Desk:
    """What finance does with the awards of a batch."""

    scene: Scene
    books: Books
    export: PaymentExport
    numbers: Any
    payments: list[Payment] = field(default_factory=list)
    # Accounts in the year after, by application.
    later: dict[int, int] = field(default_factory=dict)


def pay(
    scene: Scene, cases: Sequence[Case], awards: Mapping[int, Award], books: Books, ends: Mapping[int, Ending]
) -> None:
    """Let the money of the awards go as it is meant to; the entries are added to the books."""
    paid = [case for case in cases if case.application.pk in awards and ends[case.application.pk] != Ending.SIGNED]
    if not paid:
        return
    desk = Desk(scene, books, _export(scene), bulk.numbers(Payment, 2 * len(paid)))
    _open_later(desk, [case for case in paid if _is_open(ends[case.application.pk])])
    for case in paid:
        _Purse(desk, case, awards[case.application.pk]).go(ends[case.application.pk])
    desk.export.count = sum(payment.export_id is not None for payment in desk.payments)
    desk.export.total_cents = sum(p.amount_cents for p in desk.payments if p.export_id is not None)
    bulk.write([desk.export])
    bulk.write(desk.payments)


def _is_open(end: Ending) -> bool:
    """Tell whether money is left at the end of the year, which is carried to the next."""
    return end in (Ending.CARRIED, Ending.UNASKED, *_OPEN_ENDS)


def _export(scene: Scene) -> PaymentExport:
    return PaymentExport(
        pk=next(bulk.numbers(PaymentExport, 1)), fund=scene.fund, message_id=f"MUSTER-{scene.round.pk}",
        file=f"{EXPORT_FOLDER}/muster.xml", sha256=hashlib.sha256(_XML).hexdigest(), total_cents=0, count=0,
        created_by=scene.cast["kasse"], created_at=scene.at("export"),
    )  # fmt: skip


def lay_out() -> None:
    """Put the sample among the payment files."""
    store(Path(settings.MEDIA_ROOT) / EXPORT_FOLDER / "muster.xml", _XML)


def _open_later(desk: Desk, cases: Sequence[Case]) -> None:
    scene = desk.scene
    budget = scene.world.budgets[scene.outline.fund, scene.outline.year + 1]
    keys = bulk.numbers(CaseAccount, len(cases))
    rows = [
        CaseAccount(
            pk=key, budget_id=budget, application=case.application, limit_cents=0,
            repaid_returns=scene.round.repaid_returns,
        )
        for case, key in zip(cases, keys, strict=True)
    ]  # fmt: skip
    ledger.open_cases(rows)
    desk.later = {row.application_id: row.pk for row in rows}


@dataclass
class _Purse:
    """The money of one award."""

    desk: Desk
    case: Case
    award: Award
    payments: int = 0

    def go(self, end: Ending) -> None:
        total = self.award.amount_cents
        half = total // 2
        if end == Ending.RELINQUISHED:
            self.enter(P.DECOMMIT, total, "request", "leitung")
        elif end in (Ending.UNASKED, *_OPEN_ENDS):
            self.wait(_OPEN_ENDS.get(end))
        elif end == Ending.ONCE:
            self.pay(total, "request")
        elif end == Ending.BOUNCED:
            self.come_back(total)
        else:
            self.pay(half, "request")
            self.after_half(end, total - half)

    def after_half(self, end: Ending, rest: int) -> None:
        """Pay the second half, save some of it, claim some back, or carry it to the next year."""
        if end == Ending.CARRIED:
            self.carry(Account.COMMITTED, rest)
            if self.desk.scene.outline.year < self.desk.scene.world.today.year - 1:
                self.pay_later(rest)
            return
        saved = rest // 5 if end == Ending.SAVED else 0
        self.pay(rest - saved, "second")
        if saved:
            self.enter(P.DECOMMIT, saved, "settle", "finanzen-a")
        if end == Ending.RECOVERED:
            claim = max(2, rest // 4)
            self.enter(P.CLAIM, claim, "settle", "leitung")
            self.enter(P.RECOVER, claim // 2, "settle", "kasse")
            self.enter(P.WRITE_OFF, claim - claim // 2, "settle", "kaemmerei")

    def enter(self, posting: Posting, cents: int, step: str, by: str, *, key: str = "") -> None:
        """Add an entry in the year of the round."""
        at, books = self.desk.scene.at(step), self.desk.books
        books.entries.append(
            ledger.Entry(
                posting, books.budget_id, books.accounts[self.case.application.pk], cents,
                key or f"{posting.value}:{self.award.pk}", at, at.date(), self.desk.scene.cast[by].pk,
            )
        )  # fmt: skip

    def pay(self, cents: int, step: str) -> None:
        """Request, certify, order, hand over, book: all at the days of `step`."""
        payment = self.request(cents, step, S.PAID)
        self.enter(P.ORDER, cents, step, "finanzen-b", key=f"payment:{payment.pk}:order")
        self.enter(P.PAY, cents, step, "kasse", key=f"payment:{payment.pk}:pay")

    def come_back(self, cents: int) -> None:
        """The first transfer comes back, the second one arrives."""
        payment = self.request(cents, "request", S.CANCELLED)
        self.enter(P.ORDER, cents, "order", "finanzen-b", key=f"payment:{payment.pk}:order")
        self.enter(P.CANCEL_ORDER, cents, "book", "kasse", key=f"payment:{payment.pk}:bounce")
        self.pay(cents, "second")

    def wait(self, state: S | None) -> None:
        """Leave the request where it is, and carry the money to the next year."""
        total = self.award.amount_cents
        ordered = state in (S.ORDERED, S.EXPORTED)
        if state is not None:
            payment = self.request(total, "request", state)
            if ordered:
                self.enter(P.ORDER, total, "order", "finanzen-b", key=f"payment:{payment.pk}:order")
        self.carry(Account.ORDERED if ordered else Account.COMMITTED, total)

    def carry(self, account: Account, cents: int) -> None:
        """Carry open money at the end of the year."""
        scene, books = self.desk.scene, self.desk.books
        day, application = date(scene.outline.year, 12, 28), self.case.application.pk
        books.entries.append(
            ledger.Entry(
                P.CARRY, books.budget_id, books.accounts[application], cents, f"carry:{self.award.pk}",
                moment(day, 10), day, scene.cast["kaemmerei"].pk, other_case_id=self.desk.later[application],
                debit=account,
            )
        )  # fmt: skip

    def pay_later(self, cents: int) -> None:
        """Pay carried money in the year after."""
        scene, application = self.desk.scene, self.case.application.pk
        day = date(scene.outline.year + 1, 2, 20)
        payment = self.request(cents, "request", S.PAID, on=day)
        budget = scene.world.budgets[scene.outline.fund, scene.outline.year + 1]
        for posting, by in ((P.ORDER, "finanzen-b"), (P.PAY, "kasse")):
            self.desk.books.entries.append(
                ledger.Entry(
                    posting, budget, self.desk.later[application], cents, f"payment:{payment.pk}:{posting.value}",
                    moment(day, 10), day, scene.cast[by].pk,
                )
            )  # fmt: skip

    def request(self, cents: int, step: str, state: S, *, on: date | None = None) -> Payment:
        """Add a payment in this state."""
        at = moment(on, 9) if on else self.desk.scene.at(step)
        self.payments += 1
        payment = _payment(self, cents, state, at)
        self.desk.payments.append(payment)
        self.case.lines.extend(_lines(self, payment, at))
        return payment


def _payment(purse: _Purse, cents: int, state: S, at: datetime) -> Payment:
    application, cast, reached = purse.case.application, purse.desk.scene.cast, _REACHED[state]
    payment = Payment(
        pk=next(purse.desk.numbers), fund=purse.desk.scene.fund, award=purse.award, number=purse.payments,
        state=state.value, amount_cents=cents, purpose=PURPOSE, planned_use_by=use_by(at.date(), 2),
        bank_account=application.bank_account, requested_by=purse.case.owner, requested_at=at, version=reached + 1,
        end_to_end_id=end_to_end_id(application.case_number or "", purse.payments),
    )  # fmt: skip
    if reached >= 1:
        payment.certified_by, payment.certified_at = cast["finanzen-a"], at
    if reached >= 2:
        payment.ordered_by, payment.ordered_at = cast["finanzen-b"], at
    if reached >= 3:
        payment.exported_by, payment.exported_at, payment.export = cast["kasse"], at, purse.desk.export
        payment.name_check = NameCheck.MATCH.value
    if reached >= 4:
        payment.confirmed_by, payment.booked_on, payment.use_by = cast["kasse"], at.date(), use_by(at.date(), 2)
    if state == S.CANCELLED:
        payment.note = "Konto erloschen (AC04)"
    return payment


_STEPS = (
    ("request_payment", "", S.REQUESTED, ""), ("certify", S.REQUESTED, S.CHECKED, "finanzen-a"),
    ("order", S.CHECKED, S.ORDERED, "finanzen-b"), ("hand_over", S.ORDERED, S.EXPORTED, "kasse"),
    ("confirm", S.EXPORTED, S.PAID, "kasse"),
)  # fmt: skip
_BACK = (("bounce", S.EXPORTED, S.FAILED, "kasse"), ("give_up", S.FAILED, S.CANCELLED, "finanzen-b"))


def _lines(purse: _Purse, payment: Payment, at: datetime) -> list[audit.Line]:
    steps = [*_STEPS[: _REACHED[S(payment.state)] + 1], *(_BACK if payment.state == S.CANCELLED else ())]
    case, cast = purse.case, purse.desk.scene.cast
    return [
        audit.Line(
            at, cast[name].pk if name else case.owner.pk, payment.fund_id, case.key, "payments.payment", payment.pk,
            payment.end_to_end_id, action, str(before), str(after),
        )
        for action, before, after, name in steps
    ]  # fmt: skip
