"""A recused juror never sees a document, a score or a figure of the case, and counts nowhere."""

from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.exceptions import NotPermitted, NotPossible
from accounts.models import Membership, Organisation
from grants.models import Application, Attachment
from grants.states import ApplicationState as A
from notifications.models import Notice
from reviews import steps
from reviews.actions import sheets as actions
from reviews.actions.sweeping import end_seats_of_staff
from reviews.exceptions import ConflictOpen, NoQuorum, TooFewJurors, TooFewSheets, VotesDoNotAddUp
from reviews.models import Juror
from reviews.queries.ranking import ranking
from reviews.queries.seats import leads_case
from reviews.states import Recommendation
from reviews.states import ReviewState as S
from tests import factories as make
from tests.reviews.worlds import (
    World,
    fill,
    fresh,
    give_money,
    make_world,
    meet,
    score,
    start,
    to_committee,
    vote,
    within,
)

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


def recuse(world: World, number: int, case: int = 0) -> None:
    """Juror `number` declares a conflict in a case."""
    sheet = world.sheet(world.cases[case], world.jurors[number])
    within(lambda: steps.recuse(sheet, by=world.jurors[number].user, why="Vorstand", now=clock.now(), own=True))


def attach(world: World) -> Attachment:
    root = Path(settings.MEDIA_ROOT) / settings.UPLOAD_FOLDER / "aa"
    root.mkdir(parents=True, exist_ok=True)
    (root / "file").write_bytes(b"%PDF-1.7")
    return Attachment.objects.create(
        application=world.cases[0], kind="statutes", name="Satzung.pdf", path="aa/file", size=8,
        content_type="application/pdf", sha256="0" * 64, uploaded_by=world.cases[0].created_by,
    )  # fmt: skip


def organisation_of(case: Application) -> Organisation:
    """The organisation that every sent case has."""
    assert case.organisation is not None
    return case.organisation


def test_recused_sheet_leaves_numerator_and_denominator() -> None:
    world = score(start(make_world(jurors=4)), (5, 3, 3, 3))
    assert ranking(world.round, world.coordinator).rows[0].figures.mean == 70

    recuse(world, 0)

    row = ranking(world.round, world.coordinator).rows[0]
    assert (row.figures.mean, row.figures.spread, row.figures.sheets) == (Fraction(60), Fraction(0), 3)
    assert row.by_juror.keys() == {juror.pk for juror in world.jurors[1:]}


def test_too_few_sheets_send_the_case_back_and_void_the_vote() -> None:
    world = score(start(make_world(jurors=4, min_reviews=4)))
    stand_in = make.make_juror(world.round, stand_in=True)
    session = meet(world)
    assert vote(world, session, world.cases[0], 80_000).state == A.RANKED

    recuse(world, 3)

    case = fresh(world.cases[0])
    assert case.state == A.IN_REVIEW
    assert not case.votes.filter(superseded_at__isnull=True).exists()
    told = Notice.objects.filter(key__startswith="N07:lost").values_list("user", flat=True)
    assert sorted(told) == sorted([stand_in.user_id, world.coordinator.pk])


def test_enough_sheets_left_keep_the_case_where_it_is() -> None:
    world = score(start(make_world(jurors=4, min_reviews=3)))
    recuse(world, 3)
    assert fresh(world.cases[0]).state == A.REVIEWED


def test_stand_in_brings_a_case_back_to_its_number_of_sheets() -> None:
    world = score(start(make_world(jurors=4, min_reviews=4)))
    stand_in = make.make_juror(world.round, stand_in=True)
    recuse(world, 3)
    with pytest.raises(TooFewSheets):
        within(lambda: steps.close_scoring(fresh(world.cases[0]), by=world.coordinator))

    case = within(lambda: steps.assign(fresh(world.cases[0]), [stand_in], by=world.coordinator, now=clock.now()))
    fill(world, case, stand_in, 4)
    within(lambda: steps.close_scoring(fresh(case), by=world.coordinator))

    assert fresh(case).state == A.REVIEWED
    assert ranking(world.round, world.coordinator).rows[0].figures.sheets == 4


@pytest.mark.parametrize("when", ["before", "while scoring", "after handing in", "after scoring"])
def test_recused_juror_finds_no_page_of_the_case(client: Client, when: str) -> None:
    world = start(make_world(jurors=4))
    juror, case, attachment = world.jurors[2], world.cases[0], attach(world)
    if when == "while scoring":
        fill(world, case, juror, 4, hand_in=False)
    if when == "after handing in":
        fill(world, case, juror, 4)
    if when == "after scoring":
        score(world)
        meet(world)
    recuse(world, 2)
    sheet = world.sheet(case, juror)
    client.force_login(juror.user)

    urls = [reverse(f"reviews:{name}", args=[sheet.pk]) for name in ("sheet", "sheet_conflict", "sheet_chair")]
    urls += [reverse("reviews:sheet_file", args=[sheet.pk, attachment.pk]), reverse("reviews:vote", args=[case.pk])]
    urls += [reverse("reviews:decision", args=[case.pk]), reverse("reviews:case", args=[case.pk])]

    assert [client.get(url).status_code for url in urls] == [404] * len(urls)
    assert client.post(reverse("reviews:sheet_autosave", args=[sheet.pk]), {}).status_code == 404
    assert client.post(reverse("reviews:sheet", args=[sheet.pk]), {}).status_code == 404


def test_file_opens_after_the_declaration_only(client: Client) -> None:
    world = start(make_world())
    attachment, sheet = attach(world), world.sheet(world.cases[0], world.jurors[2])
    url = reverse("reviews:sheet_file", args=[sheet.pk, attachment.pk])
    client.force_login(world.jurors[2].user)
    assert client.get(url).status_code == 404

    fill(world, world.cases[0], world.jurors[2], 3, hand_in=False)

    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer) == b"%PDF-1.7"
    answer.close()


def test_ranking_hides_the_row_its_rank_and_its_money_from_the_recused(client: Client) -> None:
    world = score(start(make_world(cases=3)), (4, 4, 4, 4))
    give_money(world, 200_000)
    meet(world)
    recuse(world, 2, case=1)
    client.force_login(world.jurors[2].user)

    page = client.get(reverse("reviews:ranking", args=[world.round.pk]))

    assert world.cases[1].title not in page.content.decode()
    assert str(world.cases[1].case_number) not in page.content.decode()
    built = ranking(world.round, world.jurors[2].user)
    assert [row.application.pk for row in built.rows] == sorted(c.pk for c in (world.cases[0], world.cases[2]))
    assert ([row.rank for row in built.rows], built.hidden, built.asked_cents) == ([1, 1], 1, 160_000)


def test_money_of_the_list_is_the_same_for_the_recused() -> None:
    """Else the difference would be what the hidden case was given."""
    world = to_committee(cases=2, cents=80_000, money=1_000_000)
    recuse(world, 2, case=1)

    built = [ranking(world.round, person) for person in (world.jurors[2].user, world.jurors[1].user, world.coordinator)]

    assert [(len(one.rows), one.available_cents) for one in built] == [(1, 1_000_000), (2, 1_000_000), (2, 1_000_000)]


def test_recused_chair_reads_no_conflict_of_the_same_case(client: Client) -> None:
    world = start(make_world(cases=2))
    recuse(world, 2, case=0)
    recuse(world, 2, case=1)
    recuse(world, 0, case=0)
    client.force_login(world.chair.user)

    page = client.get(reverse("reviews:conflicts")).content.decode()

    assert str(world.cases[0].case_number) not in page
    assert str(world.cases[1].case_number) in page


class TestJurorWhoStandsInForStaff:
    def stand_in(self, world: World) -> Juror:
        juror = world.jurors[2]
        make.make_deputy(world.fund, principal=world.officer, deputy=juror.user, named_by=world.coordinator)
        return juror

    def test_seat_is_closed_at_once(self, client: Client) -> None:
        world = start(make_world())
        sheet = fill(world, world.cases[0], world.jurors[2], 4, hand_in=False)
        juror = self.stand_in(world)
        client.force_login(juror.user)

        assert client.get(reverse("reviews:sheet", args=[sheet.pk])).status_code == 404
        with pytest.raises(NotPermitted):
            fill(world, world.cases[0], juror, 4)
        assert world.sheet(world.cases[0], juror).state == S.IN_PROGRESS

    def test_seat_ends_with_the_next_sweep(self) -> None:
        world = start(make_world())
        juror = self.stand_in(world)

        end_seats_of_staff()

        assert [ended.pk for ended in Juror.objects.filter(ended_at__isnull=False)] == [juror.pk]

    def test_seat_is_kept_when_the_days_are_over(self) -> None:
        world = start(make_world())
        juror, today = world.jurors[2], clock.today()
        make.make_deputy(
            world.fund, principal=world.officer, deputy=juror.user, named_by=world.coordinator,
            from_date=today - timedelta(days=9), to_date=today - timedelta(days=1),
        )  # fmt: skip

        end_seats_of_staff()

        assert not Juror.objects.filter(ended_at__isnull=False).exists()
        fill(world, world.cases[0], juror, 4)
        assert world.sheet(world.cases[0], juror).state == S.SUBMITTED


def test_juror_who_never_declared_sees_no_figure_of_the_case() -> None:
    world = start(make_world(jurors=4))
    for juror in world.jurors[:3]:
        fill(world, world.cases[0], juror, 4)
    within(lambda: steps.close_scoring(fresh(world.cases[0]), by=world.coordinator))
    meet(world)
    assert ranking(world.round, world.jurors[3].user).rows == []


def test_member_of_the_applicant_is_hinted_and_blocked_until_the_chair_clears() -> None:
    world = make_world(jurors=4)
    case, juror = world.cases[0], world.jurors[2]
    Membership.objects.create(organisation=organisation_of(case), user=juror.user, role="reader")
    start(world)
    sheet = world.sheet(case, juror)
    assert case.organisation is not None
    assert sheet.conflict_hint == f"member|{case.organisation.name}"
    with pytest.raises(NotPossible):
        within(lambda: steps.declare_none(sheet, by=juror.user, now=clock.now()))
    with pytest.raises(NotPermitted):
        actions.clear_hint(review=sheet, why="x", by=world.deputy.user)

    actions.clear_hint(review=sheet, why="ruht seit Jahren", by=world.chair.user)

    assert fill(world, case, juror, 3).state == S.SUBMITTED


def test_federation_of_the_applicant_is_found_over_another_member() -> None:
    world = make_world(jurors=4)
    case, juror, sister = world.cases[0], world.jurors[2], make.make_organisation()
    assert case.organisation is not None
    Membership.objects.create(organisation=sister, user=juror.user, role="owner")
    make.make_group(world.fund, case.organisation, sister, name="Verband")
    start(world)
    assert world.sheet(case, juror).conflict_hint == "group|Verband"


def test_federation_noted_late_blocks_a_begun_sheet_and_the_closing() -> None:
    world = start(make_world(jurors=4))
    case = world.cases[0]
    for juror in world.jurors:
        fill(world, case, juror, 4)
    group = make.make_group(world.fund, world.jurors[2].user, name="Verband")
    assert case.organisation is not None
    group.organisations.add(case.organisation)
    within(lambda: steps.refresh_hints([world.sheet(case, world.jurors[2])], fund_id=world.fund.pk))

    assert not world.sheet(case, world.jurors[2]).opened
    with pytest.raises(ConflictOpen):
        within(lambda: steps.close_scoring(fresh(case), by=world.coordinator))


def test_deputy_decides_the_chairs_own_case_and_leads_it() -> None:
    world = score(start(make_world(jurors=4)))
    session = meet(world)
    sheet = world.sheet(world.cases[0], world.chair)
    with pytest.raises(NotPermitted):
        actions.exclude(review=sheet, why="x", by=world.chair.user)

    actions.exclude(review=sheet, why="Vorstand", by=world.deputy.user)

    assert world.sheet(world.cases[0], world.chair).state == S.RECUSED
    case = fresh(world.cases[0])
    assert (leads_case(case, world.chair.user), leads_case(case, world.deputy.user)) == (False, True)
    with pytest.raises(VotesDoNotAddUp):
        vote(world, session, case, 80_000, yes=4)
    assert vote(world, session, case, 80_000, yes=3).state == A.RANKED
    assert list(case.votes.get().recused.values_list("pk", flat=True)) == [world.chair.pk]


def test_recused_members_make_the_quorum_fail() -> None:
    world = score(start(make_world(jurors=4, quorum=4, min_reviews=3)))
    session = meet(world)
    recuse(world, 3)
    with pytest.raises(NoQuorum):
        vote(world, session, world.cases[0], 80_000, yes=3)


def test_assignment_needs_enough_jurors_without_a_match() -> None:
    world = make_world(jurors=3, min_reviews=3)
    case = world.cases[0]
    Membership.objects.create(organisation=organisation_of(case), user=world.jurors[0].user, role="reader")
    with pytest.raises(TooFewJurors):
        within(lambda: steps.assign(case, world.jurors, by=world.coordinator, now=clock.now()))


def test_rejected_proposal_has_no_amount() -> None:
    world = score(start(make_world()))
    session = meet(world)
    case = vote(world, session, world.cases[0], 0, Recommendation.DECLINE)
    assert case.votes.get().amount_cents == 0
