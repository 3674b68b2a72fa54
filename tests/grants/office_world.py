"""A fund with an office and sent cases, for tests of the office's side."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from accounts import clock
from accounts.models import Fund, User
from accounts.states import Role
from grants.checklist import ITEMS
from grants.models import Application, FormalCheck, Round
from grants.states import ApplicationState as S
from grants.states import RoundState, VersionReason
from grants.steps import freeze
from tests.factories import make_application, make_auditor, make_fund, make_round, make_staff

ALL_YES = {item.code: "yes" for item in ITEMS}


@dataclass
class Office:
    """The people of one fund; each is made when first asked for."""

    fund: Fund
    round: Round

    @cached_property
    def officer(self) -> User:
        return make_staff(self.fund, Role.CASE_OFFICER, full_name="Olga Offizier")

    @cached_property
    def second(self) -> User:
        return make_staff(self.fund, Role.CASE_OFFICER, full_name="Zweite Person")

    @cached_property
    def coordinator(self) -> User:
        return make_staff(self.fund, Role.COORDINATOR)

    @cached_property
    def head(self) -> User:
        return make_staff(self.fund, Role.HEAD_OF_UNIT)

    @cached_property
    def auditor(self) -> User:
        return make_auditor(self.fund)

    def case(self, state: str = S.SUBMITTED, **fields: Any) -> Application:
        """A sent case with its frozen version and, from the check on, its checklist."""
        made = make_application(round=self.round, state=state, **fields)
        freeze(made, reason=VersionReason.SUBMIT, by=made.created_by, now=clock.now())
        if state != S.SUBMITTED:
            FormalCheck.objects.create(application=made)
        return made

    def checked(self, **fields: Any) -> Application:
        """A case in formal check whose checklist is complete."""
        made = self.case(S.FORMAL_CHECK, **fields)
        FormalCheck.objects.filter(application=made).update(answers=ALL_YES, costs_note="Angemessen.")
        return made


def make_office(state: str = RoundState.CLOSED, **fields: Any) -> Office:
    """A fund whose round is over, unless told otherwise."""
    fund = fields.pop("fund", None) or make_fund()
    now = clock.now()
    dates = {"opens_at": now - timedelta(days=60), "deadline_at": now - timedelta(days=1)}
    known = {} if state in (RoundState.OPEN, RoundState.DRAFT, RoundState.PUBLISHED) else dates
    return Office(fund, make_round(fund, state=state, **known | fields))
