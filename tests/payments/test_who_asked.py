"""Who asked for money as grantee has no hand in its payment."""

import pytest
from django.db import IntegrityError, transaction

from accounts.exceptions import NotPermitted
from accounts.models import User
from accounts.states import Role
from payments import permissions as may
from payments.actions import payouts
from payments.models import Payment
from tests import factories
from tests.payments import chain

pytestmark = pytest.mark.django_db


def test_who_asked_as_grantee_has_no_hand_in_it_after_leaving() -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    chain.final_award(case)
    payment = chain.request(case, 100_000)
    case.owner.memberships.update(ended_at=chain.NOW)
    for role in (Role.FINANCE_A, Role.FINANCE_B, Role.TREASURY):
        factories.give_role(case.owner, case.office.fund, role)
    former = User.objects.get(pk=case.owner.pk)

    with pytest.raises(NotPermitted):
        payouts.certify(payment=payment, by=former)
    with pytest.raises(NotPermitted):
        payouts.refuse(payment=payment, by=former, reason="Nein.")
    certified = payouts.certify(payment=payment, by=case.office.finance_a)
    with pytest.raises(NotPermitted):
        payouts.order(payment=certified, by=former)
    ordered = payouts.order(payment=certified, by=case.office.finance_b)
    assert not may.treasury(ordered, former)
    for hand in ("certified_by", "ordered_by", "exported_by"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(**{hand: former})
