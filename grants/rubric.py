"""The rubric a new round starts with: what a juror judges, by how much it counts, and what 0, 3 and 5 mean.

The words become rows of the round and are edited there; so they stand in the fund's own language.
"""

from dataclasses import dataclass
from typing import Final

from grants.models import Criterion, Round


@dataclass(frozen=True)
class Line:
    """A criterion with its weight in points and the words for the scores 0, 3 and 5."""

    code: str
    name: str
    weight: int
    help: str
    low: str
    middle: str
    high: str


DEFAULT_RUBRIC: Final = (
    Line(
        "AIM",
        "Beitrag zum Förderziel und Bedarf",
        20,
        "Was verändert das Projekt für das Zusammenleben? Ist der Bedarf vor Ort belegt?",
        "Kein Bezug zum Förderziel, Bedarf nicht erkennbar.",
        "Bezug zum Förderziel klar, Bedarf nachvollziehbar beschrieben.",
        "Trifft das Förderziel genau, Bedarf belegt, Wirkung messbar geplant.",
    ),
    Line(
        "PART",
        "Aktive Beteiligung von Menschen mit Migrationsgeschichte",
        20,
        "Wer plant, entscheidet und leitet mit? Oder ist man nur Zielgruppe?",
        "Menschen mit Migrationsgeschichte kommen nur als Publikum vor.",
        "Sie wirken an der Umsetzung mit und werden in der Planung gehört.",
        "Sie haben das Projekt entwickelt, leiten es oder entscheiden gleichberechtigt.",
    ),
    Line(
        "LOW",
        "Niedrige Schwelle und guter Zugang",
        15,
        "Ort, Zeit, Sprache, Kosten, Barrierefreiheit, Kinderbetreuung: Kann kommen, wer kommen soll?",
        "Hohe Hürden, kein Weg zu den Menschen beschrieben.",
        "Die wichtigsten Hürden sind erkannt und verringert.",
        "Zugang durchdacht: aufsuchend, mehrsprachig, kostenlos und barrierearm.",
    ),
    Line(
        "INNO",
        "Innovation",
        15,
        "Was ist neu: für den Ort, für die Gruppe oder in der Methode?",
        "Wiederholt ein bestehendes Angebot.",
        "Bekannter Ansatz, für diesen Ort oder diese Gruppe neu.",
        "Neuer Ansatz, von dem andere lernen können.",
    ),
    Line(
        "SUST",
        "Wirkung nach der Förderung",
        10,
        "Was bleibt, wenn das Geld ausgegeben ist?",
        "Endet mit der Förderung ohne Spur.",
        "Einzelne Ergebnisse oder Kontakte bleiben.",
        "Fortführung ist geplant und gesichert.",
    ),
    Line(
        "PLAN",
        "Umsetzbarkeit",
        10,
        "Passen Zeitplan, Personal, Räume und Erfahrung zum Vorhaben?",
        "Nicht umsetzbar, wie es beschrieben ist.",
        "Umsetzbar, einzelne Punkte sind noch offen.",
        "Zeitplan, Zuständigkeiten und Räume sind geklärt.",
    ),
    Line(
        "TRAN",
        "Übertragbarkeit",
        5,
        "Können andere Orte oder Gruppen es nachmachen?",
        "Nicht übertragbar.",
        "Teile sind übertragbar.",
        "Gut übertragbar, die Weitergabe ist eingeplant.",
    ),
    Line(
        "COST",
        "Angemessene Kosten",
        5,
        "Stehen Aufwand und Nutzen in einem guten Verhältnis?",
        "Kosten nicht nachvollziehbar oder überhöht.",
        "Kosten im üblichen Rahmen.",
        "Sparsam, mit viel eigenem Einsatz und belegten Preisen.",
    ),
)


def add_default_rubric(round: Round) -> list[Criterion]:
    """Give a round without criteria the default ones; returns them in their order."""
    return Criterion.objects.bulk_create(
        Criterion(
            round=round,
            code=line.code,
            name=line.name,
            help=line.help,
            anchor_low=line.low,
            anchor_middle=line.middle,
            anchor_high=line.high,
            weight=line.weight,
            position=position,
        )
        for position, line in enumerate(DEFAULT_RUBRIC, start=1)
    )
