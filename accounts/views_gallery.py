"""The gallery: every component of the pages with invented data, for who builds pages. Demo only."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.charts import Segment, Series, line_chart, spread_bar, stacked_bar
from accounts.context import NavItem
from accounts.fields import AmountField, BerlinDateField, LongTextField, NormalisedField
from accounts.rows import rows_of
from accounts.widgets import AmountInput, ScaleSelect

# Sample texts are data of the gallery, in German like the demo's, and not part of the translations.
_SCALE = [(str(step), str(step)) for step in range(6)]
_STATES = [
    ("DRAFT", "Entwurf"),
    ("SUBMITTED", "Eingegangen"),
    ("RETURNED", "Unterlagen nachgefordert"),
    ("AWARDED", "Bewilligt"),
    ("REJECTED", "Abgelehnt"),
]


class SampleForm(forms.Form):
    """One field of every kind."""

    title = NormalisedField(label="Titel des Projekts", max_length=120, help_text="Kurz und verständlich.")
    kind = forms.ChoiceField(
        label="Rechtsform", choices=[("", "Bitte wählen"), ("ev", "Eingetragener Verein"), ("gg", "gGmbH")]
    )
    summary = LongTextField(
        label="Was haben Sie vor?", max_length=1200, help_text="Wer macht was, mit wem, wo und wie oft?"
    )
    begins_date = BerlinDateField(label="Beginn", help_text="Zum Beispiel 01.03.2027")
    amount = AmountField(label="Beantragte Förderung", max_cents=3_000_000, help_text="Höchstens 30.000,00 €")
    website = NormalisedField(label="Internetseite", max_length=200, required=False)
    audience = forms.MultipleChoiceField(
        label="Wen erreichen Sie?",
        choices=[("k", "Kinder und Jugendliche"), ("f", "Familien"), ("s", "Seniorinnen und Senioren")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    vat = forms.ChoiceField(
        label="Sind Sie vorsteuerabzugsberechtigt?",
        choices=[("j", "Ja"), ("n", "Nein")],
        widget=forms.RadioSelect,
    )
    statute = forms.FileField(label="Satzung", help_text="PDF, höchstens 20 MB", required=False)
    truthful = forms.BooleanField(label="Meine Angaben sind vollständig und richtig.")


class SampleLine(forms.Form):
    """A line of a cost plan."""

    purpose = NormalisedField(label="Wofür", max_length=120)
    amount = AmountField(label="Betrag", widget=AmountInput(attrs={"data-sum": "costs"}))


class SampleScore(forms.Form):
    """One criterion of a sheet."""

    points = forms.ChoiceField(
        label="Nutzen für die Menschen",
        help_text="0 nicht erkennbar · 3 gut · 5 herausragend",
        choices=_SCALE,
        widget=ScaleSelect,
    )
    reason = LongTextField(label="Begründung", max_length=800, required=False)


class SampleFilter(forms.Form):
    """The filters of a list."""

    q = NormalisedField(label="Suche", max_length=80, required=False)
    state = forms.ChoiceField(label="Stand", choices=[("", "Alle"), *_STATES], required=False)


class SampleReason(forms.Form):
    """What a confirm panel asks for."""

    reason = LongTextField(label="Begründung", max_length=600)


def _at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, 5, tzinfo=UTC)


def _timeline() -> list[SimpleNamespace]:
    step = SimpleNamespace
    return [
        step(title="Antrag eingegangen", phase="done", at=_at(2, 9), who="Nachbarschaftshilfe Linden e. V."),
        step(title="Formal geprüft", phase="done", at=_at(9, 13), who="Sachbearbeitung"),
        step(
            title="Die Jury liest Ihren Antrag",
            phase="now",
            due_date=date(2026, 12, 11),
            who="Jury",
            text="Sie müssen im Moment nichts tun.",
        ),
        step(title="Die Politik entscheidet", phase="next", due_date=date(2027, 2, 16), who="Regionsversammlung"),
        step(title="Sie erhalten den Bescheid", phase="next"),
    ]


def _rows() -> list[SimpleNamespace]:
    names = ["Sprachcafé am Markt", "Fahrradwerkstatt für alle", "Gemeinsam kochen in Garbsen"]
    return [
        SimpleNamespace(
            number=f"MIT-2027-{number:04d}",
            title=names[number % 3],
            cents=1_234_556 + number * 177_700,
            state=code,
            label=label,
            at=_at(3 + number, 8),
        )
        for number, (code, label) in enumerate(_STATES, start=1)
    ]


def _history() -> list[SimpleNamespace]:
    entry = SimpleNamespace
    return [
        entry(
            at=_at(9, 13),
            actor="Svenja Brandt",
            verb="Formal zugelassen",
            from_label="In formaler Prüfung",
            to_label="Formal zugelassen",
        ),
        entry(
            at=_at(5, 10),
            actor="Svenja Brandt",
            verb="Zurückgegeben",
            from_label="In formaler Prüfung",
            to_label="Unterlagen nachgefordert",
            reason="Die Satzung fehlt.\nBitte laden Sie sie bis zum 12.11.2026 hoch.",
        ),
    ]


def _charts() -> dict[str, Any]:
    bar = stacked_bar(
        [
            Segment("Ausgezahlt", 3_150_000),
            Segment("Angeordnet", 1_200_000),
            Segment("Gebunden", 4_830_050),
            Segment("Reserviert", 2_400_000),
            Segment("Verfügbar", 3_419_950, "rest"),
        ],
        "Haushalt 2027",
        "Von 150.000,00 € sind 115.800,50 € vergeben oder vorgemerkt.",
        chart_id="budget",
    )
    months = ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"]
    lines = line_chart(
        months,
        [
            Series("Plan", [1_250_000 * number for number in range(1, 13)]),
            Series("Ausgezahlt", [0, 400_000, 1_900_000, 3_150_000, 4_600_000, *[None] * 7]),
        ],
        "Abfluss der Mittel 2027",
        "Bis Mai sind 46.000,00 € abgeflossen, geplant waren 62.500,00 €.",
        limit_cents=15_000_000,
        chart_id="flow",
    )
    return {"bar": bar, "lines": lines}


def _forms() -> dict[str, Any]:
    lines = rows_of(SampleLine, max_num=25)
    wrong = {"title": "", "amount": "1e9", "begins_date": "31.02.2027", "vat": "j", "summary": "Wir kochen."}
    return {
        "sample": SampleForm(prefix="gut"),
        "wrong": SampleForm({f"falsch-{name}": value for name, value in wrong.items()}, prefix="falsch"),
        "plan": lines(
            prefix="kosten",
            initial=[{"purpose": "Honorare", "amount": 480_000}, {"purpose": "Raummiete", "amount": 90_050}],
        ),
        "criteria": [SampleScore(prefix=f"k{number}") for number in (1, 2)],
        "filters": SampleFilter(),
        "reason": SampleReason(prefix="grund"),
    }


def _figures() -> list[SimpleNamespace]:
    figure = SimpleNamespace
    return [
        figure(label="Anträge", value="71", note="12 mehr als im Vorjahr"),
        figure(label="Beantragt", value="1.204.330,00 €", note="das Achtfache der Mittel"),
        figure(label="Verfügbar", value="34.199,50 €", href="#charts"),
        figure(label="Blätter der Jury", value="212 von 284", note="noch 14 Tage"),
    ]


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show all components; 404 outside the demo."""
    if not settings.DEMO:
        raise Http404
    task = SimpleNamespace
    money = SimpleNamespace
    context = {
        **_forms(),
        **_charts(),
        "navigation": [
            NavItem("Meine Aufgaben", "#main", active=True, count=4),
            NavItem("Anträge", "#tables"),
            NavItem("Haushalt", "#charts"),
            NavItem("Bescheide", "#lists", count=2),
        ],
        "crumbs": [("Anträge", "#tables"), ("MIT-2027-0042", "")],
        "tabs": [
            NavItem("Antrag", "#tabs", active=True),
            NavItem("Bewertung", "#tabs", count=3),
            NavItem("Verlauf", "#tabs"),
        ],
        "states": _STATES,
        "rows": _rows(),
        "spread": spread_bar(48, 71.5, 88),
        "page_obj": Paginator(range(300), 25).page(4),
        "figures": _figures(),
        "timeline": _timeline(),
        "tasks": [
            task(title="Organisation und Kontakt", href="#tasks", status="done"),
            task(title="Projekt", href="#tasks", status="started", hint="2 Angaben fehlen noch"),
            task(title="Kosten und Finanzierung", href="#tasks", status="error"),
            task(title="Erklärungen", href="#tasks", status="open"),
            task(title="Prüfen und absenden", status="blocked", hint="Erst wenn alles vollständig ist"),
        ],
        "history": _history(),
        "files": [
            SimpleNamespace(name="Satzung.pdf", href="#files", size=482_133, kind="Satzung", at=_at(2, 9)),
            SimpleNamespace(name="Angebot Raummiete.pdf", href="#files", size=88_201, kind="", at=None),
        ],
        "sums": [
            money(label="Kosten", cents=570_050, key="costs", strong=False),
            money(label="Eigenmittel", cents=70_050, key="", strong=False),
            money(label="Förderung", cents=500_000, key="", strong=True),
        ],
        "deadline_at": _at(22, 22),
        "now": _at(20, 17),
        "facts": [
            ("Träger", "Nachbarschaftshilfe Linden e. V."),
            ("Zeitraum", "01.03.2027 bis 30.11.2027"),
            ("Internetseite", ""),
        ],
    }
    return render(request, "gallery.html", context)
