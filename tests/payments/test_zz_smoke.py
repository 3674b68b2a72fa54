import pytest
from tests.payments import chain
from payments.actions import payouts
@pytest.mark.django_db
def test_smoke():
    chain.at(chain.NOW)
    case = chain.make_case()
    print(case.books, case.available)
    l = chain.signed(case); print(l.state, case.books, case.available)
    from payments.actions import letters
    letters.release_letters(round_=case.application.round, by=case.office.head)
    chain.post(case,l); chain.days_later(4); chain.all_sweeps()
    a=chain.award_of(case); print(a.state,a.notified_on,a.sue_until)
    from payments.actions import awards
    a=awards.waive_remedy(award=a,by=case.owner); print(a.state)
    p=chain.ordered(case,100_000); print(case.books)
    p,=chain.exported(case,p)
    p=payouts.confirm(payment=p,by=case.office.treasury,booked_on=p.exported_at.date()); print(p.state,p.use_by,case.books)
    from notifications.models import Notice
    print(list(Notice.objects.values_list('code',flat=True)))
