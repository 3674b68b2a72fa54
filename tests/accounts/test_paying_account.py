"""From which account a fund pays: one of finance proposes, the head of finance confirms, nobody else sees it whole."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.audit import open_proposal
from accounts.exceptions import NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import AuditEntry, Fund, Proposal, ProposedAccount, User
from accounts.states import Role
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]

OTHER = "DE89370400440532013000"
SENT = {"step": "propose", "name": "Regionskasse", "iban": "DE89 3704 0044 0532 0130 00", "bic": ""}


@pytest.fixture
def fund() -> Fund:
    return make.make_fund()


def propose(fund: Fund, by: User) -> Proposal:
    return actions.propose_paying_account(fund=fund, name="Regionskasse", iban=OTHER, bic="", by=by)


def page(fund: Fund) -> str:
    return reverse("accounts:paying_account", args=[fund.pk])


def test_two_people_change_it(client: Client, fund: Fund) -> None:
    client.force_login(make.make_staff(fund, Role.FINANCE_A))
    assert client.post(page(fund), SENT).status_code == 302
    assert Fund.objects.get().debtor_iban == make.IBAN
    client.force_login(make.make_staff(fund, Role.HEAD_OF_FINANCE))

    assert client.post(page(fund), {"step": "confirm"}).status_code == 302

    changed = Fund.objects.get()
    assert (changed.debtor_iban, changed.debtor_name) == (OTHER, "Regionskasse")
    assert not ProposedAccount.objects.exists()
    said = AuditEntry.objects.filter(action__endswith="paying_account").order_by("pk")
    assert [line.action for line in said] == ["propose_paying_account", "confirm_paying_account"]
    assert said[1].data == {"iban": ["•••• 2051", "•••• 3000"]}


def test_who_confirms_sees_the_whole_number_and_that_is_recorded(client: Client, fund: Fund) -> None:
    author = make.make_staff(fund, Role.FINANCE_A)
    propose(fund, author)
    seen = {}
    for role in (Role.FINANCE_B, Role.TREASURY, Role.HEAD_OF_FINANCE, Role.AUDITOR):
        client.force_login(make.make_auditor(fund) if role == Role.AUDITOR else make.make_staff(fund, role))
        shown = client.get(page(fund)).content.decode()
        seen[role] = (OTHER in shown, "3000" in shown, make.IBAN in shown)

    assert seen == {
        Role.FINANCE_B: (False, True, False),
        Role.TREASURY: (False, True, False),
        Role.HEAD_OF_FINANCE: (True, True, False),
        Role.AUDITOR: (False, True, False),
    }
    assert AuditEntry.objects.filter(action="look_at_paying_account").count() == 1


def test_administrator_neither_sees_nor_changes_it(client: Client, fund: Fund) -> None:
    admin = make.make_administrator()
    client.force_login(admin)
    assert client.get(page(fund)).status_code == 404
    assert make.IBAN not in client.get(reverse("accounts:fund", args=[fund.pk])).content.decode()
    with pytest.raises(NotPermitted):
        propose(fund, admin)


@pytest.mark.parametrize("role", [Role.FINANCE_B, Role.TREASURY, Role.CASE_OFFICER])
def test_only_the_head_of_finance_confirms(fund: Fund, role: Role) -> None:
    proposal = propose(fund, make.make_staff(fund, Role.FINANCE_A))
    with pytest.raises(NotPermitted):
        actions.confirm_paying_account(proposal=proposal, fund=fund, by=make.make_staff(fund, role))
    assert Fund.objects.get().debtor_iban == make.IBAN


def test_author_does_not_confirm_and_one_waits_at_a_time(fund: Fund) -> None:
    both = make.make_staff(fund, Role.FINANCE_A, Role.HEAD_OF_FINANCE)
    proposal = propose(fund, both)
    with pytest.raises(SecondPersonNeeded):
        actions.confirm_paying_account(proposal=proposal, fund=fund, by=both)
    with pytest.raises(NotPossible):
        propose(fund, make.make_staff(fund, Role.FINANCE_B))


@pytest.mark.parametrize("who", ["author", "head"])
def test_a_dropped_proposal_leaves_nothing(fund: Fund, who: str) -> None:
    author, head = make.make_staff(fund, Role.FINANCE_A), make.make_staff(fund, Role.HEAD_OF_FINANCE)
    proposal = propose(fund, author)

    actions.drop_paying_account(proposal=proposal, fund=fund, by=author if who == "author" else head)

    assert (open_proposal("paying_account", fund), ProposedAccount.objects.count()) == (None, 0)
    assert Fund.objects.get().debtor_iban == make.IBAN


def test_bad_account_keeps_what_was_typed(client: Client, fund: Fund) -> None:
    client.force_login(make.make_staff(fund, Role.FINANCE_A))

    answer = client.post(page(fund), SENT | {"iban": "DE1"})

    assert (answer.status_code, "Regionskasse" in answer.content.decode()) == (200, True)
    assert "iban" in answer.context["form"].errors


def test_number_is_nowhere_in_clear(fund: Fund) -> None:
    propose(fund, make.make_staff(fund, Role.FINANCE_A))

    with connection.cursor() as cursor:
        cursor.execute("SELECT iban FROM accounts_proposedaccount")
        stored = str(cursor.fetchone()[0])

    assert OTHER not in stored
    assert not [line for line in AuditEntry.objects.all() if OTHER in str(line.data)]
    assert OTHER not in str(Proposal.objects.get().payload)
