"""Letters to try: a plain one of each kind, changed by ``dataclasses.replace`` where a test needs it."""

from datetime import UTC, date, datetime

from notifications.pdf import (
    TEMPLATE_VERSION,
    Address,
    AwardLetterData,
    Instalment,
    PlanLine,
    PlanTable,
    ReceiptData,
    RejectionLetterData,
    Row,
    Section,
    Sender,
)

SENDER = Sender(
    authority="Region Hannover",
    department="Koordinierungsstelle Migration und Teilhabe",
    street="Hildesheimer Straße 20",
    postcode="30169",
    city="Hannover",
    officer="Frau Petersen",
    phone="0511 000-1234",
    mail="miteinander@region.example",
    web="region.example/miteinander",
    closing="Im Auftrag",
    signatory="Dr. Katharina Vogt",
    function="Leiterin der Koordinierungsstelle",
)

RECIPIENT = Address(
    name="Kulturbrücke Linden e. V.",
    extra="z. Hd. Frau Aylin Özdemir",
    street="Limmerstraße 12 b",
    postcode="30451",
    city="Hannover",
    country="",
)

REMEDY = (
    "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Klage beim "
    "Verwaltungsgericht Hannover erhoben werden."
)

COSTS = (
    PlanLine("Honorare für Kursleitung", "40 Stunden × 45,00 €", 180_000),
    PlanLine("Raummiete", "10 Termine × 120,00 €", 120_000),
    PlanLine("Material", "Papier, Farben, Nähzubehör", 65_050),
    PlanLine("Fahrtkosten", "Fahrkarten für Ehrenamtliche", 30_000),
    PlanLine("Verpflegung", "Getränke und Imbiss", 20_000),
    PlanLine("Feuerwerk zum Abschluss", "", 15_000, eligible=False),
)

FINANCING = (
    PlanLine("Eigenmittel", "Vereinskasse", 80_000),
    PlanLine("Eigene Arbeitsleistung", "20 Stunden × 15,00 €", 30_000),
    PlanLine("Teilnahmebeiträge", "", 20_000),
    PlanLine("Zuwendung aus dem Fonds", "", 300_050),
)


def award() -> AwardLetterData:
    """A partial award as a fixed amount to an association."""
    return AwardLetterData(
        template_version=TEMPLATE_VERSION,
        sender=SENDER,
        recipient=RECIPIENT,
        case_number="MIT-2026-0042",
        letter_date=date(2026, 12, 15),
        fund="Miteinander – Gemeinsam für Integration",
        legal_basis="Richtlinie der Region Hannover über die Gewährung von Zuwendungen aus dem Fonds "
        "„Miteinander – Gemeinsam für Integration“ in der Fassung vom 1. Januar 2026",
        budget_year=2026,
        decided_by="Regionsausschuss",
        decided_on=date(2026, 12, 8),
        application_date=date(2026, 9, 29),
        application_version=2,
        project_title="Nähcafé der Generationen",
        purpose="Durchführung von zehn offenen Nähwerkstätten in Hannover-Linden, in denen zugewanderte und "
        "alteingesessene Menschen voneinander lernen",
        period_from=date(2027, 1, 1),
        period_to=date(2027, 12, 31),
        funding_type="FIXED",
        requested_cents=350_000,
        amount_cents=300_050,
        eligible_cents=415_050,
        cost_lines=COSTS,
        financing_lines=FINANCING,
        instalments=(Instalment("1. Rate (einmalig)", "nach Bestandskraft, auf Anforderung", 300_050),),
        use_by_months=2,
        shift_tolerance_percent=20,
        interest_points=5,
        proof_kind="einfacher Verwendungsnachweis aus Sachbericht und zahlenmäßigem Nachweis",
        proof_due=date(2028, 6, 30),
        ancillary="ANBest-P",
        ancillary_version="Stand 1. Januar 2025",
        ancillary_text=(),
        special_conditions=(
            "Die Teilnahme an den Werkstätten muss kostenfrei oder zu einem ermäßigten Beitrag möglich sein.",
            "Mindestens zwei Termine finden außerhalb des Stadtgebietes statt.",
        ),
        partial_reasons=(
            "Die Kosten für das Feuerwerk dienen nicht dem Zuwendungszweck und sind nicht zuwendungsfähig.",
            "Die Honorare wurden auf den im Fonds üblichen Stundensatz begrenzt.",
        ),
        remedy=REMEDY,
        waiver=True,
    )


def rejection() -> RejectionLetterData:
    """A rejection on the merits."""
    return RejectionLetterData(
        template_version=TEMPLATE_VERSION,
        sender=SENDER,
        recipient=RECIPIENT,
        case_number="MIT-2026-0043",
        letter_date=date(2026, 12, 15),
        fund="Miteinander – Gemeinsam für Integration",
        legal_basis="Richtlinie der Region Hannover über die Gewährung von Zuwendungen aus dem Fonds in der "
        "Fassung vom 1. Januar 2026",
        decided_by="Regionsausschuss",
        decided_on=date(2026, 12, 8),
        application_date=date(2026, 9, 29),
        application_version=1,
        deadline_at=datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC),
        received_at=datetime(2026, 9, 30, 22, 0, 7, tzinfo=UTC),
        project_title="Fest der Sprachen",
        requested_cents=1_250_000,
        kind="merit",
        reasons=(
            "Die Beteiligung von Menschen mit Einwanderungsgeschichte an Planung und Durchführung ist nicht erkennbar.",
            "Die Wirkung des Projekts über den Veranstaltungstag hinaus ist gering.",
        ),
        remedy=REMEDY,
    )


def receipt() -> ReceiptData:
    """A receipt in time with a short application."""
    return ReceiptData(
        template_version=TEMPLATE_VERSION,
        sender=SENDER,
        recipient=RECIPIENT,
        case_number="MIT-2026-0042",
        fund="Miteinander – Gemeinsam für Integration",
        round_name="Förderrunde 2026",
        project_title="Nähcafé der Generationen",
        version=2,
        received_at=datetime(2026, 9, 29, 17, 4, 31, tzinfo=UTC),
        on_time=True,
        next_dates=(
            Row("Formale Prüfung", "bis Freitag, 16. Oktober 2026"),
            Row("Entscheidung voraussichtlich", "Dienstag, 8. Dezember 2026"),
        ),
        sections=(
            Section(
                "Antragstellende Organisation",
                (Row("Name", RECIPIENT.name), Row("Rechtsform", "eingetragener Verein"), Row("Vorsteuerabzug", "")),
                (),
            ),
            Section(
                "Projekt",
                (
                    Row("Titel", "Nähcafé der Generationen"),
                    Row("Kurzbeschreibung", "Zehn offene Werkstätten.\nJede dauert drei Stunden. {kein} TODO"),
                ),
                (),
            ),
            Section(
                "Kosten und Finanzierung",
                (),
                (PlanTable("Ausgaben", COSTS), PlanTable("Finanzierung", FINANCING)),
            ),
        ),
        attachments=(Row("Satzung.pdf", "212 kB"), Row("Freistellungsbescheid.pdf", "88 kB")),
    )
