"""Organisations and their drafts: what an applicant would have typed."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from django.conf import settings
from schwifty import IBAN

from accounts import steps as accounts
from accounts.models import BankAccount, Organisation, User
from accounts.states import OrganisationKind
from grants import steps as grants
from grants.filestore import Stored
from grants.models import Application, Attachment, OrganisationDocument, Round
from grants.states import AttachmentKind, CostKind, FundingKind, FundingState
from grants.steps.plans import CostInput, FundingInput
from reviews.demo import amounts, words
from reviews.demo.people import Cast, sign_in

_FORMS = {
    OrganisationKind.ASSOCIATION: "e. V.",
    OrganisationKind.FEDERATION: "e. V.",
    OrganisationKind.PARISH: "Körperschaft des öffentlichen Rechts",
    OrganisationKind.DAYCARE: "gGmbH",
    OrganisationKind.MUNICIPALITY: "Gebietskörperschaft",
    OrganisationKind.INITIATIVE: "",
}
_NAMES = {AttachmentKind.STATUTES: "satzung.pdf", AttachmentKind.EXEMPTION: "freistellungsbescheid.pdf"}


def found(number: int, cast: Cast, random: Random, *, owner: User | None = None) -> Organisation:
    """Create the `number`th organisation with an owner who represents it and an account nobody checked yet."""
    name, kind = words.NAMES[number % len(words.NAMES)]
    serial = number // len(words.NAMES)
    form = _FORMS[kind]
    full = f"{name}{f' {serial + 1}' if serial else ''}{' e. V.' if form == 'e. V.' else ''}"
    person = f"{random.choice(words.FIRST)} {random.choice(words.LAST)}"
    owner = owner or sign_in(f"kontakt{number}", person, password=False)
    organisation = accounts.add_organisation(
        by=owner,
        fields={
            "kind": kind,
            "name": full,
            "legal_form": form,
            "register_court": "Amtsgericht Hannover" if form == "e. V." else "",
            "register_number": f"VR {20000 + number}" if form == "e. V." else "",
            "representatives": owner.full_name,
            "street": f"{random.choice(words.STREETS)} {random.randint(1, 90)}",
            "postcode": f"30{random.randint(159, 669)}",
            "city": random.choice(words.PLACES)[1],
        },
    )
    cast.owners[organisation.pk] = owner
    iban = IBAN.generate("DE", bank_code="25050180", account_code=f"{1_000_000 + number:010}")
    accounts.enter_bank_account(organisation=organisation, holder=full[:70], iban=str(iban), by=owner)
    return organisation


@dataclass(frozen=True)
class Frame:
    """What the drafts of a round have in common."""

    round: Round
    maximum_cents: int
    starts_on: date


def draft(frame: Frame, organisation: Organisation, owner: User, random: Random, *, now: datetime) -> Application:
    """Write a complete draft with plan, declarations and files."""
    idea = random.choice(words.IDEAS)
    place, town = random.choice(words.PLACES)
    starts_on = frame.starts_on + timedelta(days=random.randint(0, 60))
    application = Application.objects.create(
        fund=frame.round.fund,
        round=frame.round,
        organisation=organisation,
        created_by=owner,
        created_at=now,
        edited_at=now,
        bank_account=BankAccount.objects.filter(organisation=organisation).first(),
        contact_name=owner.full_name,
        contact_email=owner.email,
        contact_phone=f"0511 55{random.randint(1000, 9999)}",
        first_application=random.random() < 0.4,
        title=idea.title.format(place=place)[:120],
        municipality=town,
        summary=idea.summary.format(place=place),
        aims=idea.aims,
        activities=idea.activities,
        places=f"{place}, Stadtteilzentrum",
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=random.choice((120, 180, 240, 300))),
        target_groups=idea.groups,
        planned_participants=random.choice((15, 25, 40, 60, 120)),
        participation=random.choice(words.PARTICIPATION),
        partners=random.choice(words.PARTNERS),
        innovation=random.choice(words.INNOVATION),
        lasting=random.choice(words.LASTING),
        publicity="Aushänge, Vereinsseite und Stadtteilzeitung",
        priority=random.choice(words.PRIORITIES),
        not_begun=True,
        financing_secured=True,
        no_double_funding=True,
        truthful=True,
        privacy_read=True,
        electronic_announcement=random.random() < 0.5,
        publication_consent=True,
    )
    plan(application, idea, amounts.request_cents(random, frame.maximum_cents), random)
    for kind in (AttachmentKind.STATUTES, AttachmentKind.EXEMPTION):
        attach(application, kind, owner, now=now)
    return application


def plan(application: Application, idea: words.Idea, requested_cents: int, random: Random) -> None:
    """Write a plan that balances."""
    costs, funding = plan_lines(idea, requested_cents, random, rate=application.round.in_kind_rate_cents)
    grants.save_plan(
        application,
        cost_lines=costs,
        funding_lines=funding,
        requested_cents=requested_cents,
        smallest_cents=smallest_cents(requested_cents),
    )


def smallest_cents(requested_cents: int) -> int | None:
    """Return the least (cents) with which a project can still be done: seven tenths in whole euros."""
    return requested_cents * 7 // 10 // 100 * 100 or None


def plan_lines(
    idea: words.Idea, requested_cents: int, random: Random, *, rate: int
) -> tuple[list[CostInput], list[FundingInput]]:
    """Draw a plan that balances: the grant, own money, now and then donations or own work at `rate` cents an hour."""
    own = requested_cents * random.randint(8, 25) // 100 // 100 * 100
    work_cents = rate * random.choice((0, 0, 4, 8)) if requested_cents > 40 * rate else 0
    donation = 10_000 if requested_cents > 300_000 and random.random() < 0.4 else 0
    total = requested_cents + own + work_cents + donation
    parts = amounts.spread(total, [weight for _kind, _label, weight in idea.costs])
    costs = [
        CostInput(kind=CostKind(kind), label=label, unit_cents=cents)
        for (kind, label, _weight), cents in zip(idea.costs, parts, strict=True)
        if cents
    ]
    funding = [
        FundingInput(kind=FundingKind.OWN_CASH, label="Eigenmittel", amount_cents=own, status=FundingState.GRANTED),
        FundingInput(kind=FundingKind.DONATION, label="Stiftung Nachbarschaft", amount_cents=donation),
        FundingInput(
            kind=FundingKind.OWN_WORK, label="Ehrenamtliche Mitarbeit", hours_hundredths=work_cents * 100 // rate
        ),
    ]
    return costs, [line for line in funding if line.amount_cents or line.hours_hundredths]


def attach(application: Application, kind: AttachmentKind, owner: User, *, now: datetime) -> None:
    """Attach the demo's one-page PDF; the file is kept once and named anew for each case."""
    stored = put(f"{application.pk}:{kind}", _NAMES[kind])
    Attachment.objects.create(application=application, kind=kind, **stored.row(by=owner, at=now))


def keep(organisation: Organisation, owner: User, *, now: datetime) -> None:
    """Let an organisation keep its two papers; the notice of the tax office holds for five years (§ 63 (5) AO)."""
    year = now.year - 1
    for kind, expires_on in ((AttachmentKind.STATUTES, None), (AttachmentKind.EXEMPTION, date(year + 5, 5, 13))):
        stored = put(f"organisation:{organisation.pk}:{kind}", _NAMES[kind])
        OrganisationDocument.objects.create(
            organisation=organisation,
            kind=kind,
            issued_on=date(year, 5, 14),
            expires_on=expires_on,
            **stored.row(by=owner, at=now),
        )


def put(seed: str, name: str) -> Stored:
    """Put the sample into the store, always under the same path for the same seed."""
    content = sample()
    token = hashlib.sha256(seed.encode()).hexdigest()[:32]
    path = f"{token[:2]}/{token}"
    target = Path(settings.MEDIA_ROOT) / settings.UPLOAD_FOLDER / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.write_bytes(content)
    return Stored(path, name, len(content), "application/pdf", hashlib.sha256(content).hexdigest())


def sample() -> bytes:
    """Return a small valid PDF that says it is a sample."""
    stream = b"BT /F1 24 Tf 72 740 Td (Muster - Demo) Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        ),
        b"<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += str(number).encode() + b" 0 obj\n" + content + b"\nendobj\n"
    table = b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    return (
        body + b"xref\n0 5\n0000000000 65535 f \n" + table
        + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n" + str(len(body)).encode() + b"\n%%EOF\n"
    )  # fmt: skip
