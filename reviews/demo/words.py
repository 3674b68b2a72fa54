"""Invented organisations, projects and reasons. Any likeness to real ones is chance; the addresses do not exist."""

from dataclasses import dataclass
from typing import Final

from accounts.states import OrganisationKind as K


@dataclass(frozen=True)
class Idea:
    """A kind of project; `{place}` stands for a part of town."""

    title: str
    summary: str
    aims: str
    activities: str
    groups: str
    costs: tuple[tuple[str, str, int], ...]  # kind, what for, weight among the costs


PLACES: Final = (
    ("Linden-Nord", "Hannover"), ("Sahlkamp", "Hannover"), ("Vahrenheide", "Hannover"), ("Mühlenberg", "Hannover"),
    ("Stöcken", "Hannover"), ("Ricklingen", "Hannover"), ("Südstadt", "Hannover"), ("Garbsen Auf der Horst", "Garbsen"),
    ("Laatzen-Mitte", "Laatzen"), ("Langenhagen-Wiesenau", "Langenhagen"), ("Lehrte", "Lehrte"),
    ("Barsinghausen", "Barsinghausen"), ("Wunstorf", "Wunstorf"), ("Neustadt", "Neustadt am Rübenberge"),
    ("Springe", "Springe"), ("Seelze-Letter", "Seelze"), ("Ronnenberg-Empelde", "Ronnenberg"), ("Burgdorf", "Burgdorf"),
)  # fmt: skip

NAMES: Final = (
    ("Brücke der Kulturen", K.ASSOCIATION), ("Frauentreff Regenbogen", K.ASSOCIATION),
    ("Anadolu Nachbarn", K.ASSOCIATION), ("Ukrainisches Haus", K.ASSOCIATION),
    ("Junge Stimmen", K.ASSOCIATION), ("Sportfreunde Leinewelle", K.ASSOCIATION),
    ("Theater am Deich", K.ASSOCIATION), ("Afrika-Forum", K.ASSOCIATION), ("Sprachbogen", K.ASSOCIATION),
    ("Netzwerk Ankommen", K.FEDERATION), ("Kulturladen Sonnenseite", K.ASSOCIATION),
    ("Väterwerkstatt", K.ASSOCIATION), ("Kirchengemeinde Sankt Anna", K.PARISH),
    ("Familienzentrum Lindenblüte", K.DAYCARE), ("Förderverein der Schule am Park", K.ASSOCIATION),
    ("Kurdischer Elternkreis", K.ASSOCIATION), ("Nachbarschaftsgarten Leineaue", K.INITIATIVE),
    ("Seniorentreff Mittendrin", K.ASSOCIATION), ("Musik verbindet", K.ASSOCIATION),
    ("Vietnamesischer Kulturverein", K.ASSOCIATION), ("Stadt Seelenburg", K.MUNICIPALITY),
    ("Mädchenraum", K.ASSOCIATION), ("Fahrradküche Kette rechts", K.INITIATIVE),
    ("Gemeinde Al-Noor", K.PARISH), ("Schachfreunde Turmbauer", K.ASSOCIATION),
    ("Polnische Bibliothek", K.ASSOCIATION), ("Lernhaus Apfelbaum", K.ASSOCIATION),
    ("Chor ohne Grenzen", K.ASSOCIATION), ("Selbsthilfe Neubeginn", K.ASSOCIATION),
    ("Iranischer Kulturkreis", K.ASSOCIATION), ("Digitalpaten", K.ASSOCIATION),
    ("Interkultureller Garten Wurzelwerk", K.ASSOCIATION), ("Elterncafé Dialog", K.INITIATIVE),
    ("Filmklub Weitwinkel", K.ASSOCIATION), ("Hebammen im Stadtteil", K.ASSOCIATION),
    ("Bildungswerk Horizont", K.ASSOCIATION), ("Syrische Werkstatt", K.ASSOCIATION),
    ("Boxclub Fairplay", K.ASSOCIATION), ("Roma-Haus Phiren", K.ASSOCIATION),
    ("Bürgerverein Miteinander leben", K.ASSOCIATION),
)  # fmt: skip

FIRST: Final = (
    "Amina", "Olena", "Mehmet", "Katharina", "Thanh", "Samuel", "Leyla", "Jürgen", "Fatou", "Anna", "Yusuf", "Marta",
    "Reza", "Ingrid", "Dilan", "Piotr", "Nour", "Sabine", "Kofi", "Elif", "Hannes", "Zeynep", "Tomasz", "Renate",
)  # fmt: skip
LAST: Final = (
    "Yıldız", "Kowalczyk", "Özgür", "Brandt", "Nguyễn", "Mensah", "Al-Hassan", "Petersen", "Schevchenko", "Diallo",
    "Hartmann", "Karimi", "Nowak", "Öztürk", "Bauer", "Demir", "Traoré", "Lindemann", "Haddad", "Winter", "Çelik",
)  # fmt: skip
STREETS: Final = ("Lindenallee", "Am Markt", "Gartenstraße", "Schulweg", "Mühlenstraße", "Nordring", "Kastanienweg")

IDEAS: Final = (
    Idea(
        "Erzählcafé der Nachbarschaft {place}",
        "Einmal im Monat treffen sich Menschen aus {place} zum Erzählen, Zuhören und Kochen. Zugewanderte und "
        "Alteingesessene stellen abwechselnd das Thema.",
        "Zwölf Abende mit je mindestens 20 Gästen; die Hälfte der Abende leiten Menschen mit eigener "
        "Einwanderungsgeschichte.",
        "Zwölf Erzählabende, zwei Vorbereitungstreffen im Monat, ein Abschlussfest im Stadtteilzentrum.",
        "Nachbarinnen und Nachbarn jeden Alters, besonders neu Zugezogene und Alleinlebende",
        (
            ("rent", "Raummiete Stadtteilzentrum", 3),
            ("food", "Lebensmittel für die Abende", 1),
            ("fees", "Honorar Moderation", 5),
            ("publicity", "Plakate in fünf Sprachen", 2),
        ),
    ),
    Idea(
        "Fahrradkurs für Frauen in {place}",
        "Frauen lernen in kleinen Gruppen Rad fahren und reparieren. Am Ende fährt jede mit eigenem, selbst "
        "hergerichtetem Rad nach Hause.",
        "Drei Kurse mit je zehn Teilnehmerinnen; mindestens 24 fahren am Ende sicher im Verkehr.",
        "Drei Kurse zu je acht Terminen, zwei Werkstatttage, eine gemeinsame Ausfahrt.",
        "Frauen mit und ohne Fluchterfahrung, auch mit Kindern",
        (
            ("material", "Ersatzteile und Helme", 4),
            ("fees", "Honorar Kursleitung", 5),
            ("travel", "Transport der Räder", 1),
        ),
    ),
    Idea(
        "Theaterwerkstatt „Ich und wir“ {place}",
        "Jugendliche entwickeln ein eigenes Stück über Ankommen und Dazugehören und zeigen es an drei Orten.",
        "15 Jugendliche, drei Aufführungen mit zusammen 250 Gästen, ein Film als Dokumentation.",
        "Wöchentliche Proben über sechs Monate, ein Probenwochenende, drei Aufführungen.",
        "Jugendliche von 14 bis 19 Jahren",
        (
            ("fees", "Honorar Theaterpädagogik", 6),
            ("material", "Bühne und Kostüme", 2),
            ("rent", "Probenraum", 2),
            ("publicity", "Programmhefte", 1),
        ),
    ),
    Idea(
        "Sprachtandem am Abend in {place}",
        "Ehrenamtliche und Lernende treffen sich in festen Paaren, dazu gibt es offene Abende mit Kinderbetreuung.",
        "40 Tandems über zehn Monate; die Hälfte trifft sich über das Projekt hinaus weiter.",
        "Vermittlung, monatliche offene Abende, drei Schulungen für Ehrenamtliche.",
        "Erwachsene mit ersten Deutschkenntnissen und deutschsprachige Nachbarn",
        (
            ("allowance", "Ehrenamtspauschalen", 4),
            ("rent", "Raummiete", 2),
            ("material", "Lernmaterial", 2),
            ("fees", "Honorar Schulungen", 2),
        ),
    ),
    Idea(
        "Gemeinsam gärtnern in {place}",
        "Auf einer Brachfläche entsteht ein Garten für alle. Beete werden gemeinsam geplant, gepflegt und geerntet.",
        "30 Beete, 60 Beteiligte aus mindestens zehn Herkunftsländern, ein öffentliches Erntefest.",
        "Planungswerkstatt, Bau der Beete, wöchentliche Gartentage, Erntefest.",
        "Familien, Ältere, Menschen in Gemeinschaftsunterkünften",
        (
            ("material", "Holz, Erde, Pflanzen", 6),
            ("fees", "Honorar Gartenfachkraft", 3),
            ("rent", "Pacht der Fläche", 1),
        ),
    ),
    Idea(
        "Mütter lernen mit – Elterncafé {place}",
        "Im Elterncafé lernen Mütter neben der Schule ihrer Kinder Deutsch für den Alltag und das Schulsystem kennen.",
        "25 Mütter nehmen regelmäßig teil; zehn übernehmen ein Ehrenamt in der Schule.",
        "Wöchentliche Treffen mit Kinderbetreuung, sechs Informationsabende mit Dolmetschung.",
        "Mütter von Grundschulkindern",
        (("fees", "Honorar Kursleitung", 4), ("interpreting", "Dolmetschen", 3), ("material", "Material", 1)),
    ),
    Idea(
        "Fußball kennt keine Grenzen – Turnier in {place}",
        "Vereine, Schulen und Unterkünfte stellen gemischte Mannschaften. Gespielt wird mit Fairplay-Punkten.",
        "16 Mannschaften, jede mit Spielerinnen und Spielern aus mindestens drei Ländern.",
        "Ein Turniertag, vier Trainings zur Vorbereitung, ein Workshop gegen Rassismus im Sport.",
        "Kinder und Jugendliche von 10 bis 17 Jahren",
        (
            ("material", "Trikots und Bälle", 4),
            ("rent", "Platzmiete", 2),
            ("fees", "Honorar Workshop", 2),
            ("food", "Verpflegung", 1),
        ),
    ),
    Idea(
        "Ausstellung „Koffergeschichten“ {place}",
        "Menschen erzählen ihre Wanderung an einem Gegenstand. Daraus entsteht eine Ausstellung, die durch "
        "Bibliotheken zieht.",
        "30 Geschichten, fünf Stationen, 800 Besucherinnen und Besucher.",
        "Erzählwerkstätten, Fotografie, Gestaltung, Eröffnung an fünf Orten.",
        "Menschen mit Einwanderungsgeschichte aller Generationen",
        (
            ("fees", "Honorar Kuratierung und Fotografie", 5),
            ("material", "Ausstellungsbau", 3),
            ("publicity", "Begleitheft", 2),
            ("travel", "Transport", 1),
        ),
    ),
    Idea(
        "Digital dabei – Handyhilfe in {place}",
        "Junge Leute mit mehreren Sprachen helfen Älteren mit Telefon, Formularen und Terminen im Netz.",
        "48 Sprechstunden, 150 Beratungen, zwölf geschulte junge Helferinnen und Helfer.",
        "Schulung, wöchentliche Sprechstunde, Merkblätter in sechs Sprachen.",
        "Ältere Menschen, besonders aus der ersten Einwanderergeneration",
        (
            ("allowance", "Ehrenamtspauschalen", 4),
            ("material", "Leihgeräte", 3),
            ("publicity", "Merkblätter", 1),
            ("admin_flat", "Verwaltungspauschale", 1),
        ),
    ),
    Idea(
        "Chorprojekt „Lieder der Welt“ {place}",
        "Ein offener Chor singt Lieder, die seine Mitglieder mitbringen, und tritt bei Stadtteilfesten auf.",
        "35 Sängerinnen und Sänger aus zwölf Ländern, vier Auftritte, ein Liederbuch.",
        "Wöchentliche Proben, zwei Stimmbildungstage, vier Konzerte.",
        "Erwachsene, Vorkenntnisse nicht nötig",
        (("fees", "Honorar Chorleitung", 6), ("rent", "Probenraum", 2), ("material", "Noten und Liederbuch", 1)),
    ),
    Idea(
        "Gegen das Alleinsein – Besuchspaten {place}",
        "Freiwillige besuchen ältere Zugewanderte in ihrer Sprache und begleiten sie zu Angeboten im Viertel.",
        "20 Patenschaften, jede mit mindestens 15 Besuchen.",
        "Gewinnung und Schulung, Besuche, monatlicher Austausch, ein Fest der Generationen.",
        "Ältere Menschen mit Einwanderungsgeschichte",
        (("staff", "Koordination, Minijob", 6), ("travel", "Fahrtkosten", 2), ("material", "Material", 1)),
    ),
    Idea(
        "Koch- und Gesundheitskurs {place}",
        "Familien kochen gesund und günstig nach Rezepten aus vielen Ländern; eine Fachkraft berät zur Ernährung.",
        "Vier Kurse mit je zwölf Familien, ein Rezeptheft in fünf Sprachen.",
        "Vier Kurse zu je sechs Terminen, ein Rezeptheft, ein Tag der offenen Küche.",
        "Familien mit kleinem Einkommen",
        (("fees", "Honorar Ernährungsberatung", 5), ("rent", "Küchenmiete", 3), ("publicity", "Rezeptheft", 2)),
    ),
)

PARTICIPATION: Final = (
    "Das Vorhaben wurde in drei offenen Treffen mit den Teilnehmenden geplant; eine Sprechergruppe entscheidet mit.",
    "Ein Beirat aus sechs Teilnehmenden begleitet das Projekt und wählt die Themen aus.",
    "Die Idee stammt aus der Gruppe selbst. Die Hälfte der Leitung liegt bei Menschen mit Einwanderungsgeschichte.",
)
PARTNERS: Final = (
    "Stadtteilzentrum, Grundschule und Volkshochschule",
    "Integrationsbeirat, Bibliothek und zwei Sportvereine",
    "Jugendamt, Kirchengemeinde und Seniorenbüro",
)
LASTING: Final = (
    "Die Gruppe trifft sich nach dem Projekt selbst organisiert weiter; Material und Räume bleiben nutzbar.",
    "Geschulte Freiwillige führen das Angebot im Verein fort.",
    "Das Heft und die Unterlagen stehen anderen Vereinen frei zur Verfügung.",
)
INNOVATION: Final = (
    "Neu ist die Verbindung von Begegnung und praktischem Lernen an einem Ort.",
    "Erstmals planen Jugend- und Seniorengruppen gemeinsam.",
    "Das Angebot geht zu den Menschen: in Höfe, Unterkünfte und auf den Wochenmarkt.",
)
PRIORITIES: Final = ("Teilhabe im Quartier", "Sprache und Bildung", "Begegnung und Abbau von Vorurteilen")

SCORE_REASONS: Final = (
    "Die Ziele sind klar benannt und überprüfbar.", "Die Beteiligung bleibt unbestimmt.",
    "Das Angebot ist ohne Vorkenntnisse offen für alle.", "Ähnliche Angebote gibt es im Stadtteil schon.",
    "Der Zeitplan wirkt sehr knapp.", "Die Kosten sind nachvollziehbar.", "Überzeugende Partner vor Ort.",
)  # fmt: skip
VOTE_FUND: Final = (
    "Überzeugt durch echte Beteiligung und klare Ziele.",
    "Schließt im Stadtteil eine Lücke; Kosten angemessen.",
    "Gute Verankerung, das Angebot wirkt über das Projekt hinaus.",
)
VOTE_PARTIAL: Final = "Förderung ohne die Position Öffentlichkeitsarbeit; das Projekt ist auch so durchführbar."
VOTE_DECLINE: Final = (
    (
        "Die Beteiligung der Zielgruppe ist nicht erkennbar, die Ziele sind nicht überprüfbar. Andere Vorhaben waren "
        "nach den Kriterien der Richtlinie vorrangig."
    ),
    (
        "Das Vorhaben entspricht im Kern einem bestehenden Regelangebot. Die Mittel reichen nur für die besser "
        "bewerteten Vorhaben."
    ),
)
SMALL_DECLINE: Final = (
    "Das Vorhaben richtet sich nach seiner Beschreibung nur an die eigenen Mitglieder. Eine Begegnung mit anderen "
    "Menschen im Stadtteil, die die Richtlinie voraussetzt, ist nicht vorgesehen."
)
FORMAL_REASON: Final = (
    "Das Projekt hat nach den vorgelegten Verträgen bereits vor der Antragstellung begonnen (Nr. 1.3 VV zu § 44 LHO)."
)
MISSING: Final = (
    "Bitte reichen Sie den aktuellen Freistellungsbescheid nach und erläutern Sie die Honorare im Kostenplan."
)
ASKED: Final = (
    "Guten Tag, das Finanzamt hat uns den neuen Freistellungsbescheid noch nicht geschickt. "
    "Reicht Ihnen fürs Erste eine Kopie unseres Antrags?"
)
ANSWERED: Final = "Ja, die Kopie genügt vorerst. Den Bescheid reichen Sie bitte nach, sobald er da ist."
THANKED: Final = "Vielen Dank! Dann legen wir die Kopie noch heute zu den Unterlagen."
COSTS_NOTE: Final = (
    "Die Ausgaben sind notwendig und der Höhe nach angemessen; Honorarsätze entsprechen den ortsüblichen Sätzen."
)
PURPOSE: Final = "Honorare und Miete der ersten beiden Monate"
GUIDELINE: Final = "Richtlinie Miteinander – Gemeinsam für Integration, Fassung vom 1. Januar {year}"
