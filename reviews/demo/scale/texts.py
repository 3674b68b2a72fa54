"""Invented names and titles in quantity: put together from parts, so that search and sorting mean something."""

from random import Random
from typing import Final, NamedTuple

from accounts.states import OrganisationKind as K
from reviews.demo import words

# Parts of town with their municipality.
PLACES: Final = (
    *words.PLACES,
    ("Ahlem", "Hannover"), ("Badenstedt", "Hannover"), ("Bemerode", "Hannover"), ("Bornum", "Hannover"),
    ("Bothfeld", "Hannover"), ("Buchholz", "Hannover"), ("Calenberger Neustadt", "Hannover"),
    ("Davenstedt", "Hannover"),
    ("Döhren", "Hannover"), ("Groß-Buchholz", "Hannover"), ("Hainholz", "Hannover"), ("Herrenhausen", "Hannover"),
    ("Kirchrode", "Hannover"), ("Kleefeld", "Hannover"), ("Leinhausen", "Hannover"), ("Limmer", "Hannover"),
    ("Linden-Mitte", "Hannover"), ("Linden-Süd", "Hannover"), ("List", "Hannover"), ("Misburg", "Hannover"),
    ("Nordstadt", "Hannover"), ("Oberricklingen", "Hannover"), ("Oststadt", "Hannover"), ("Roderbruch", "Hannover"),
    ("Vahrenwald", "Hannover"), ("Wettbergen", "Hannover"), ("Wülfel", "Hannover"), ("Zoo", "Hannover"),
    ("Altwarmbüchen", "Isernhagen"), ("Großburgwedel", "Burgwedel"), ("Bissendorf", "Wedemark"),
    ("Mellendorf", "Wedemark"),
    ("Grasdorf", "Laatzen"), ("Rethen", "Laatzen"), ("Berenbostel", "Garbsen"), ("Havelse", "Garbsen"),
    ("Luthe", "Wunstorf"), ("Steinhude", "Wunstorf"), ("Egestorf", "Barsinghausen"), ("Völksen", "Springe"),
    ("Bennigsen", "Springe"), ("Arnum", "Hemmingen"), ("Gehrden", "Gehrden"), ("Höver", "Sehnde"), ("Ilten", "Sehnde"),
    ("Hänigsen", "Uetze"), ("Arpke", "Lehrte"), ("Ahlten", "Lehrte"), ("Ramlingen", "Burgdorf"),
    ("Pattensen", "Pattensen"), ("Engelbostel", "Langenhagen"), ("Godshorn", "Langenhagen"),
)  # fmt: skip

# How a project's title may begin, go on or end; `{}` is the idea's own title.
_SHAPES: Final = (
    "{}", "{}", "{} – Sommerprogramm", "{} – für alle Generationen", "{}, Fortsetzung", "Offen für alle: {}",
    "{} – mehrsprachig", "{} am Wochenende", "{} – Brücken bauen", "Über Grenzen: {}", "{} – jetzt erst recht",
    "Öffentlich: {}", "Ältere und Jüngere: {}", "{} – zweiter Durchgang", "{} mit Kinderbetreuung", "Zusammen: {}",
    "{} – Frühlingsreihe", "{} – Übungsräume", "Straßenfest und mehr: {}", "{} – Gespräche in fünf Sprachen",
)  # fmt: skip

_WHO: Final = (
    ("Türkisch-Deutscher", "Elternverein"), ("Kurdischer", "Kulturverein"), ("Afghanischer", "Frauenkreis"),
    ("Eritreischer", "Jugendtreff"), ("Griechischer", "Tanzkreis"), ("Spanischer", "Chor"), ("Arabischer", "Lesekreis"),
    ("Portugiesischer", "Sportverein"), ("Bosnischer", "Nachbarschaftsverein"), ("Russischsprachiger", "Seniorenkreis"),
    ("Tamilischer", "Musikverein"), ("Koreanischer", "Schulverein"), ("Rumänischer", "Trachtenverein"),
    ("Interkultureller", "Bürgerverein"), ("Ökumenischer", "Besuchsdienst"), ("Freier", "Theaterverein"),
    ("Überparteilicher", "Bildungsverein"), ("Ländlicher", "Mobilitätsverein"), ("Bunter", "Kinderladen"),
    ("Somalischer", "Familienverein"), ("Vietnamesischer", "Gartenverein"), ("Äthiopischer", "Kaffeekreis"),
    ("Ukrainischer", "Hilfsverein"), ("Tschetschenischer", "Ringerverein"), ("Mehrsprachiger", "Bücherverein"),
)  # fmt: skip
_NAMES: Final = (
    "Regenbogen", "Brückenschlag", "Ankommen", "Zuhause", "Horizonte", "Weltenbummler", "Miteinander", "Kompass",
    "Anker", "Hoffnung", "Löwenzahn", "Schmetterling", "Mosaik", "Sonnenblume", "Wurzeln", "Flügel", "Dialog",
    "Lichtblick", "Kaleidoskop", "Übermorgen",
)  # fmt: skip

MORE_FIRST: Final = (
    *words.FIRST, "Ayşe", "Bülent", "Çağla", "Dörte", "Emre", "Friederike", "Gülsüm", "Halil", "İbrahim", "Jasmin",
    "Käthe", "Łukasz", "Małgorzata", "Nguyệt", "Oğuz", "Petra", "Rüdiger", "Şirin", "Tatjana", "Ümit", "Volker",
    "Wójtek", "Xenia", "Yvonne", "Zoë", "Björn", "Chloé", "Đorđe", "Eszter", "Søren",
)  # fmt: skip
MORE_LAST: Final = (
    *words.LAST, "Äikäs", "Böhm", "Çetin", "Dąbrowski", "Ełk", "Förster", "Güneş", "Hüttner", "İnci", "Jäger", "Köhler",
    "Löwe", "Müller", "Nuñez", "Ölmez", "Pérez", "Quast", "Rößler", "Şahin", "Thürnau", "Ünal", "Voß", "Weiß", "Xhaka",
    "Yağmur", "Żak", "Bergström", "Szabó", "Đukić", "O’Neill",
)  # fmt: skip


class Named(NamedTuple):
    """What an organisation is called and what kind it is."""

    name: str
    kind: K
    legal_form: str


def organisation(number: int) -> Named:
    """Return the name of the `number`th organisation; no two are alike."""
    place = PLACES[number % len(PLACES)][0]
    adjective, kind = _WHO[number // len(PLACES) % len(_WHO)]
    rest = number // (len(PLACES) * len(_WHO))
    own = f" „{_NAMES[rest % len(_NAMES)]}“" if rest else ""
    serial = f" {rest // len(_NAMES) + 1}" if rest >= len(_NAMES) else ""
    if number % 17 == 5:
        return Named(f"Kirchengemeinde {place} und {adjective} {kind}{own}{serial}", K.PARISH, "Körperschaft")
    if number % 17 == 11:
        return Named(f"Initiative {adjective} {kind}{own}{serial} {place}", K.INITIATIVE, "")
    return Named(f"{adjective} {kind}{own}{serial} {place} e. V.", K.ASSOCIATION, "e. V.")


def person(random: Random) -> str:
    """Draw the name of a person."""
    return f"{random.choice(MORE_FIRST)} {random.choice(MORE_LAST)}"


def title(idea: words.Idea, place: str, random: Random) -> str:
    """Draw the title of a project."""
    return random.choice(_SHAPES).format(idea.title.format(place=place))[:120]
