"""The columns that a list may have, how each is read, and by which headings it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from accounts.text import search_key
from grants.imports import cells
from grants.imports.cells import Reader
from grants.states import ImportKind

# Shorter words stand in too many headings to tell anything.
_SIGNS_OF_PART: Final = 6


@dataclass(frozen=True)
class Column:
    """One thing that a row tells.

    Attributes:
        name: what it becomes.
        label: its heading in the template.
        reads: what turns a cell into a value.
        help: what belongs there, for the template.
        example: of the template, as typed in Germany.
        known_as: other headings, in plain small letters.
        required: no row without it.
        limit: most characters of a text.
    """

    name: str
    label: str | StrPromise
    reads: Reader
    help: str | StrPromise
    example: str = ""
    known_as: tuple[str, ...] = ()
    required: bool = False
    limit: int = 0


_NUMBER: Final = Column(
    "number", _("Running number"), cells.line,
    _("Your own number of the row. By it a row is known again when you import a newer list."),
    "1", ("lfd. nr.", "lfd nr", "lfdnr", "laufende nr", "nr", "nummer", "no", "id"), limit=40,
)  # fmt: skip
_REGISTER: Final = Column(
    "register_number", _("Register number"), cells.line, _("For example VR 1234."), "VR 1234",
    ("registernummer", "vereinsregisternummer", "vr nr", "vr", "registernr"), limit=40,
)  # fmt: skip
_MUNICIPALITY: Final = Column(
    "municipality", _("Municipality of the project"), cells.line, _("Where the project takes place."), "Garbsen",
    ("kommune", "projektort", "durchfuehrungsort", "kommune des projekts", "municipality", "stadt/gemeinde"), limit=80,
)  # fmt: skip

_APPLICATIONS: Final[tuple[Column, ...]] = (
    _NUMBER,
    Column(
        "case_number", _("Case number"), cells.line,
        _("A number from the old list that shall be kept. Left empty, the program gives one."),
        "", ("aktenzeichen", "az", "geschaeftszeichen", "vorgangsnummer", "case no"), limit=40,
    ),
    Column(
        "received", _("Received on"), cells.moment,
        _("Day of receipt, with the time if you know it. Whether it came late is judged by it."),
        "24.02.2026", ("eingang", "eingangsdatum", "eingegangen", "eingang am", "datum", "received", "antragseingang"),
        required=True,
    ),
    Column(
        "organisation", _("Applicant"), cells.line, _("Name of the organisation, or of the person."),
        "Beispielverein e. V.",
        ("antragsteller", "antragsteller*in", "antragstellerin", "antragstellende", "traeger", "organisation", "verein",
         "name", "projekttraeger", "applicant"),
        required=True, limit=160,
    ),
    Column(
        "kind", _("Kind of applicant"), cells.kind,
        _("Association, initiative, municipality and so on. The second sheet of the template names all kinds."),
        "Verein", ("art", "traegerart", "rechtsform/art", "typ", "art der organisation", "kind"), required=True,
    ),
    Column("legal_form", _("Legal form"), cells.line, _("As in its statutes."), "e. V.", ("rechtsform",), limit=60),
    _REGISTER,
    Column("register_court", _("Register court"), cells.line, _("Where it is registered."), "Amtsgericht Hannover",
           ("registergericht", "amtsgericht", "gericht"), limit=80),
    Column("street", _("Street and number"), cells.line, _("Address for letters."), "Musterweg 1",
           ("strasse", "anschrift", "adresse", "street"), limit=120),
    Column("postcode", _("Postcode"), cells.postcode, _("Five digits."), "30823", ("plz", "zip"), limit=10),
    Column("city", _("Town"), cells.line, _("Seat of the applicant."), "Garbsen",
           ("ort", "sitz", "wohnort", "stadt", "city"), limit=80),
    Column("representatives", _("Represented by"), cells.line, _("Who may sign."), "Erika Muster",
           ("vertretungsberechtigt", "vorstand", "vertreten durch", "unterzeichner"), limit=200),
    Column("contact_name", _("Contact person"), cells.line, _("Who answers questions."), "Erika Muster",
           ("ansprechpartner", "ansprechpartnerin", "ansprechperson", "kontakt", "contact"), limit=120),
    Column("contact_email", _("E-mail address of the contact person"), cells.email,
           _("Nobody is written to by the import."), "erika@example.org", ("e-mail", "mail", "e-mail-adresse")),
    Column("contact_phone", _("Phone of the contact person"), cells.line, _("With area code."), "0511 12345",
           ("telefon", "tel", "telefonnummer", "phone"), limit=40),
    Column(
        "title", _("Title of the project"), cells.line, _("As in the application."), "Sprachcafé am Nachmittag",
        ("projekt", "projekttitel", "titel", "projektname", "massnahme", "bezeichnung", "title", "project"),
        required=True, limit=120,
    ),
    _MUNICIPALITY,
    Column("summary", _("Summary"), cells.lines, _("What is planned, in short."), "",
           ("kurzbeschreibung", "beschreibung", "inhalt", "summary", "projektbeschreibung"), limit=1500),
    Column("starts_on", _("Project starts"), cells.day, _("First day."), "01.04.2026",
           ("beginn", "projektbeginn", "start", "von")),
    Column("ends_on", _("Project ends"), cells.day, _("Last day."), "31.12.2026",
           ("ende", "projektende", "bis")),
    Column("planned_participants", _("Planned number of participants"), cells.number, _("A whole number."), "40",
           ("teilnehmer", "teilnehmerzahl", "teilnehmende", "anzahl teilnehmer", "anzahl tn")),
    Column(
        "cost_cents", _("Total cost"), cells.cents,
        _("All costs. Left empty, they are what the grant and all other money add up to."), "5.000,00",
        ("gesamtkosten", "kosten", "projektkosten", "gesamtausgaben", "ausgaben", "total cost"),
    ),
    Column("own_cents", _("Own money"), cells.cents, _("What the applicant pays itself."), "500,00",
           ("eigenmittel", "eigenanteil")),
    Column("public_cents", _("Other public money"), cells.cents, _("From other public bodies."), "0,00",
           ("drittmittel", "oeffentliche mittel", "andere oeffentliche mittel", "weitere foerderung")),
    Column("other_cents", _("Donations and income"), cells.cents, _("Whatever else comes in."), "0,00",
           ("spenden", "einnahmen", "sonstige einnahmen", "teilnahmebeitraege", "sonstige mittel")),
    Column(
        "requested_cents", _("Requested grant"), cells.cents, _("What is asked of this fund."), "4.500,00",
        ("beantragt", "beantragte summe", "beantragte foerderung", "antragssumme", "antragshoehe", "zuwendung",
         "beantragte zuwendung", "foerdersumme", "requested", "betrag"),
        required=True,
    ),
    Column("publication_consent", _("May be published"), cells.yes,
           _("Yes only if the applicant has agreed to it. Left empty, it counts as no."), "nein",
           ("veroeffentlichung", "einwilligung veroeffentlichung", "veroeffentlichen")),
)  # fmt: skip

_AWARDS: Final[tuple[Column, ...]] = (
    _NUMBER,
    Column("budget_year", _("Budget year"), cells.year, _("Year from which the money came."), "2023",
           ("haushaltsjahr", "jahr", "foerderjahr", "year"), required=True),
    Column(
        "organisation", _("Organisation"), cells.line, _("Who got the money."), "Beispielverein e. V.",
        ("zuwendungsempfaenger", "zuwendungsempfaengerin", "empfaenger", "traeger", "antragsteller", "verein", "name",
         "projekttraeger", "antragsteller*in"),
        required=True, limit=160,
    ),
    Column(
        "private", _("Private person or initiative"), cells.yes,
        _("Yes for people and for initiatives without legal form: they are named only if they have agreed."), "nein",
        ("privatperson", "person", "natuerliche person", "initiative", "private"), required=True,
    ),
    _REGISTER,
    Column("city", _("Town of the organisation"), cells.line, _("Its seat."), "Garbsen",
           ("ort", "sitz", "stadt", "city"), limit=80),
    Column("title", _("Title of the project"), cells.line, _("What the money was for."), "Sprachcafé am Nachmittag",
           ("projekt", "projekttitel", "titel", "projektname", "massnahme", "bezeichnung", "verwendungszweck"),
           required=True, limit=120),
    _MUNICIPALITY,
    Column(
        "amount_cents", _("Awarded amount"), cells.cents, _("What was granted."), "4.500,00",
        ("bewilligt", "bewilligte summe", "bewilligter betrag", "foerdersumme", "betrag", "zuwendung", "summe", "hoehe",
         "amount", "bewilligungssumme"),
        required=True,
    ),
    Column(
        "publish", _("Publish"), cells.yes,
        _("Whether it stands by name on the public list. Left empty: yes for organisations, no for private people."),
        "ja", ("veroeffentlichen", "veroeffentlichung", "oeffentlich", "einwilligung"),
    ),
)  # fmt: skip

COLUMNS: Final[Mapping[str, tuple[Column, ...]]] = {
    ImportKind.APPLICATIONS: _APPLICATIONS,
    ImportKind.AWARDS: _AWARDS,
}


def guess(kind: str, headings: Sequence[str]) -> dict[str, int]:
    """Return which column of a file is probably which, by its heading; each is taken once.

    A heading that says exactly a known word goes before one that only holds it.
    """
    free = {place: _plain(heading) for place, heading in enumerate(headings) if heading}
    found: dict[str, int] = {}
    for exactly in (True, False):
        for column in COLUMNS[kind]:
            place = None if column.name in found else _place(_words(column), free, exactly=exactly)
            if place is not None:
                found[column.name] = place
                del free[place]
    return found


def _place(words: Sequence[str], free: Mapping[int, str], *, exactly: bool) -> int | None:
    for word in words:
        for place, heading in free.items():
            if heading == word or (not exactly and len(word) >= _SIGNS_OF_PART and word in heading):
                return place
    return None


def _words(column: Column) -> list[str]:
    """Return the headings of a column: its own in German and English, then the usual ones."""
    labels = []
    for language in ("de", "en"):
        with translation.override(language):
            labels.append(str(column.label))
    return [_plain(word) for word in (*labels, *column.known_as)]


def _plain(heading: str) -> str:
    return "".join(sign for sign in search_key(heading) if sign.isalnum())
