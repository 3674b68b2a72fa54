"""The way of an application, from the fund's page to the receipt: one walk, whatever hands walk it."""

from collections.abc import Sequence
from pathlib import Path

from django.urls import reverse
from playwright.sync_api import expect

from accounts import clock
from grants.models import Application, Round
from notifications.dates import add_months, fmt_day
from tests.journeys.hands import Hands

PURPOSE = "Begegnung"
NEXT = "button[name=next]"
SEND = "form button[type=submit]"
DECLARED = ("not_begun", "financing_secured", "no_double_funding", "truthful", "privacy_read")
# What is written in the step about aims, by its field.
TEXTS = {
    "#id_aims": "60 Menschen lernen sich kennen.",
    "#id_activities": "Zwölf Abende mit Musik und Essen.",
    "#id_target_groups": "Die Nachbarschaft",
}


def to_the_review(hands: Hands, round_: Round, papers: Sequence[tuple[str, Path]]) -> Application:
    """Walk from the fund's page to the one where everything can be read once more.

    Args:
        hands: of a person who is signed in and represents one organisation.
        round_: open, with PURPOSE among its priorities.
        papers: kinds and files that the round asks for.
    """
    can_we_apply(hands, round_)
    draft = begin(hands)
    project(hands)
    content(hands)
    plan(hands)
    attachments(hands, papers)
    for name in DECLARED:
        hands.tick(f"#id_{name}")
    hands.go(NEXT)
    assert hands.page.url.endswith(reverse("grants:review", args=[draft.pk]))
    return draft


def can_we_apply(hands: Hands, round_: Round) -> None:
    """The fund's page, the round's page, five questions, and on to the form with their answers."""
    fund, round_slug = round_.fund.slug, round_.slug
    hands.open(reverse("grants:fund", args=[fund]))
    hands.go(f"a[href='{reverse('grants:call', args=[fund, round_slug])}']")
    hands.go(f"a[href='{reverse('grants:eligibility', args=[fund, round_slug])}']")
    hands.choose("#id_kind", "association")
    hands.choose("#id_seat", "Hannover")
    hands.choose("#id_place", "Garbsen")
    hands.tick("#id_begun_0")
    hands.write("#id_amount", "800")
    hands.choose("#id_purpose", PURPOSE)
    hands.go("form.mt-form button[type=submit]")
    hands.go(".mt-card--do a.kern-btn--primary")


def begin(hands: Hands) -> Application:
    """A draft in the name of one's organisation, and its first step."""
    hands.go("form.mt-form button[type=submit]")
    draft = Application.objects.get()
    hands.go(f".mt-tasks a[href='{reverse('grants:section', args=[draft.pk, 'applicant'])}']")
    hands.go(NEXT)
    return draft


def project(hands: Hands) -> None:
    """The project in short; town and priority came along."""
    starts_on = add_months(clock.today(), 4)
    hands.write("#id_title", "Sprachcafé")
    expect(hands.place("#id_municipality")).to_have_value("Garbsen")
    hands.write("#id_starts_on", fmt_day(starts_on))
    hands.write("#id_ends_on", fmt_day(add_months(starts_on, 6)))
    hands.write("#id_summary", "Wir treffen uns.")
    expect(hands.place("#id_priority")).to_have_value(PURPOSE)
    hands.go(NEXT)


def content(hands: Hands) -> None:
    """Two steps of texts."""
    for field, text in TEXTS.items():
        hands.write(field, text)
    hands.write("#id_planned_participants", "60")
    hands.go(NEXT)
    hands.write("#id_participation", "Alle planen mit.")
    hands.go(NEXT)


def plan(hands: Hands) -> None:
    """Two lines of costs, the second one added; the grant that was thought of pays them."""
    _cost(hands, 0, "fees", "Honorar", "600")
    hands.press("[data-rows=costs] [data-rows-add]")
    _cost(hands, 2, "material", "Papier", "200")
    expect(hands.place("#id_requested")).to_have_value("800,00")
    expect(hands.place("[data-sum-verdict] .mt-badge--success")).to_be_visible()
    hands.go(NEXT)


def _cost(hands: Hands, number: int, kind: str, label: str, price: str) -> None:
    hands.choose(f"#id_costs-{number}-kind", kind)
    hands.write(f"#id_costs-{number}-label", label)
    hands.write(f"#id_costs-{number}-unit", price)


def attachments(hands: Hands, papers: Sequence[tuple[str, Path]]) -> None:
    """Each paper is told to have arrived before the next one goes up."""
    for kind, file in papers:
        hands.choose("#id_kind", kind)
        hands.attach("#id_files", file)
        expect(hands.place("[data-uploads-fresh] .mt-files")).to_contain_text(file.name)
    hands.go("a[href$='/steps/declarations/']")
