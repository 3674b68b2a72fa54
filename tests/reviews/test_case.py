"""The whole case: which parts each role reads."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.states import Role
from grants.models import Application
from grants.states import ApplicationState
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]
REASON = "Mitglied im Vorstand des Vereins"


def page(person: User, case: Application, part: str) -> tuple[int, str]:
    """Return status and text of one part of the case, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    answer = client.get(reverse("reviews:case", args=[case.pk]), {"part": part})
    return answer.status_code, answer.content.decode()


@pytest.fixture
def case() -> Application:
    """A case with a juror who is recused for a reason."""
    found = make.make_application(state=ApplicationState.IN_REVIEW)
    juror = make.make_juror(found.round)
    sheet = make.make_review(found, juror)
    with transaction.atomic():
        audit.perform(sheet.declare_conflict, by=juror.user, reason=REASON, at=found.submitted_at, why=REASON)
    return found


@pytest.mark.parametrize("role", [Role.FINANCE_A, Role.FINANCE_B, Role.TREASURY, Role.HEAD_OF_FINANCE])
def test_finance_reads_the_case_but_nothing_of_the_jury(case: Application, role: Role) -> None:
    person = make.make_staff(case.fund, role)

    assert page(person, case, "jury")[0] == 404
    status, text = page(person, case, "history")
    assert status == 200
    assert REASON not in text


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.COORDINATOR, Role.HEAD_OF_UNIT, Role.AUDITOR])
def test_office_and_auditor_read_the_whole_history(case: Application, role: Role) -> None:
    status, text = page(make.make_staff(case.fund, role), case, "history")

    assert status == 200
    assert REASON in text


def test_unknown_part_is_not_found(case: Application) -> None:
    assert page(make.make_staff(case.fund, Role.CASE_OFFICER), case, "secrets")[0] == 404
