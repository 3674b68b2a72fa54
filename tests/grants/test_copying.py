"""Starting anew from a former application: what comes along, what does not, and who may."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.exceptions import NotPermitted
from accounts.states import MemberRole
from grants import actions
from grants.exceptions import RoundNotOpen
from grants.models import Application, FundingLine, Round
from grants.states import ApplicationState as S
from grants.states import FundingKind, FundingState, RoundState
from tests.factories import make_application, make_member, make_organisation, make_round, make_user
from tests.grants.factories import make_attachment, organisation_of, sender_of

pytestmark = pytest.mark.committing


def former(**fields: object) -> Application:
    """What was sent a year ago, with hours of own work and money of another giver."""
    made = make_application(
        state=S.REJECTED,
        title="Sprachcafé",
        executing_unit="Gruppe Nord",
        executing_unit_address="Weg 2, 30451 Hannover",
        priority="Begegnung",
        **fields,  # type: ignore[arg-type]
    )
    make_attachment(made)
    for position, (kind, status, hours, cents) in enumerate(
        [
            (FundingKind.OWN_WORK, FundingState.PLANNED, 1_000, 15_000),
            (FundingKind.PUBLIC, FundingState.GRANTED, 0, 30_000),
        ],
        start=2,
    ):
        FundingLine.objects.create(
            application=made, position=position, kind=kind, status=status, hours_hundredths=hours, amount_cents=cents
        )
    return made


def anew(source: Application, round_: Round | None = None) -> Application:
    return actions.start_anew(
        round_=round_ or make_round(), by=sender_of(source), organisation=source.organisation, former=source
    )


def test_texts_and_plan_come_along() -> None:
    source = former()

    draft = anew(source, make_round(in_kind_rate_cents=2_000))

    assert (draft.state, draft.case_number, draft.title) == (S.DRAFT, None, "Sprachcafé")
    assert (draft.summary, draft.executing_unit) == (source.summary, "Gruppe Nord")
    assert draft.executing_unit_address == "Weg 2, 30451 Hannover"
    assert (draft.requested_cents, draft.cost_cents) == (80_000, 100_000)
    lines = [(line.kind, line.status, line.amount_cents) for line in draft.funding_lines.all()]
    # Hours count at the new round's rate; what was granted then is planned now.
    assert lines == [("own_cash", "planned", 20_000), ("own_work", "planned", 20_000), ("public", "planned", 30_000)]


def test_days_declarations_and_papers_do_not() -> None:
    draft = anew(former())

    assert (draft.starts_on, draft.ends_on, draft.not_begun, draft.truthful) == (None, None, False, False)
    assert not draft.attachments.exists()


@pytest.mark.parametrize(("priorities", "kept"), [(["Begegnung"], "Begegnung"), (["Arbeit"], "")])
def test_a_priority_comes_along_where_the_round_has_it(priorities: list[str], kept: str) -> None:
    assert anew(former(), make_round(priorities=priorities)).priority == kept


def test_a_second_press_finds_the_copy_and_an_empty_start_does_not() -> None:
    source, round_ = former(), make_round()

    first = anew(source, round_)

    assert anew(source, round_) == first
    empty = actions.start(round_=round_, by=sender_of(source), organisation=source.organisation)
    assert empty != first
    assert empty.title == ""


def test_executing_unit_comes_along_into_an_empty_form_too() -> None:
    source = former()

    draft = actions.start(round_=make_round(), by=sender_of(source), organisation=source.organisation)

    assert (draft.executing_unit, draft.executing_unit_address) == ("Gruppe Nord", "Weg 2, 30451 Hannover")


@pytest.mark.parametrize("state", [s for s in RoundState.values if s != RoundState.OPEN])
def test_only_in_open_rounds(state: str) -> None:
    with pytest.raises(RoundNotOpen):
        anew(former(), make_round(state=state))


@pytest.mark.parametrize("role", [None, MemberRole.READER])
def test_only_for_who_writes_for_the_former_applicant(role: str | None) -> None:
    source = former()
    by = make_member(organisation_of(source), role) if role else make_member(make_organisation())

    with pytest.raises(NotPermitted):
        actions.start_anew(round_=make_round(), by=by, organisation=None, former=source)


def test_a_draft_is_no_former_application() -> None:
    with pytest.raises(NotPermitted):
        anew(make_application())


class TestPages:
    def test_the_only_open_round_is_chosen_and_the_copy_begins_there(self, client: Client) -> None:
        source = former(round=make_round(state=RoundState.RUNNING))
        round_ = make_round()
        client.force_login(sender_of(source))

        answer = client.get(reverse("grants:again", args=[source.pk]))

        start = f"{reverse('grants:start', args=[round_.fund.slug, round_.slug])}?from={source.pk}"
        assert answer.headers["Location"] == start
        assert f'value="{source.pk}" id="id_former_0" checked' in _loose(client.get(start).content.decode())
        answered = client.get(f"{start}&place=Garbsen", headers={"accept-language": "en"}).content.decode()
        assert "With an empty form and your answers: Garbsen" in answered
        client.post(start, {"organisation": organisation_of(source).pk, "former": source.pk})
        assert Application.objects.get(round=round_).title == "Sprachcafé"

    def test_among_several_rounds_one_chooses(self, client: Client) -> None:
        source = former(round=make_round(state=RoundState.RUNNING))
        other, own = make_round(), make_round(source.fund)
        client.force_login(sender_of(source))

        page = client.get(reverse("grants:again", args=[source.pk])).content.decode()

        assert page.index(own.name) < page.index(other.name)

    def test_without_an_open_round_the_page_says_so(self, client: Client) -> None:
        source = former(round=make_round(state=RoundState.RUNNING))
        client.force_login(sender_of(source))

        answer = client.get(reverse("grants:again", args=[source.pk]), headers={"accept-language": "en"})

        assert "No round is open now" in answer.content.decode()

    def test_strangers_cannot_begin_with_it(self, client: Client) -> None:
        source, round_ = former(), make_round()
        stranger = make_member(make_organisation())
        client.force_login(stranger)
        start = f"{reverse('grants:start', args=[round_.fund.slug, round_.slug])}?from={source.pk}"

        assert client.get(reverse("grants:again", args=[source.pk])).status_code == 404
        assert "Sprachcafé" not in client.get(start).content.decode()
        client.post(start, {"organisation": "", "former": source.pk})
        assert not Application.objects.filter(round=round_, title="Sprachcafé").exists()

    def test_who_has_sent_nothing_is_not_asked(self, client: Client) -> None:
        round_ = make_round()
        client.force_login(make_user())

        page = client.get(reverse("grants:start", args=[round_.fund.slug, round_.slug])).content.decode()

        assert 'name="former"' not in page


def _loose(page: str) -> str:
    """The attributes of a choice in one order, whatever stands between them."""
    return page.replace(' class="kern-form-check__radio"', "")
