"""From the first draft to the paid award, in German, as people walk it: by links and buttons only.

Four applications: one is granted in full and paid, one in part after a revised plan, one is rejected, one postponed.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, expect
from pytest_django.fixtures import Settings

from accounts.models import User
from grants.models import Application
from grants.states import ApplicationState
from notifications.models import Letter
from payments.models import Payment
from reviews.models import Review
from tests.factories import IBAN
from tests.grants.factories import pdf
from tests.journeys.desk import DESKTOP, LINK, PHONE, Desk, de, refused, tick
from tests.journeys.town import Town, make_town, seat_of
from tests.services import SmtpSink, Worker, wait_until

pytestmark = pytest.mark.browser

Contexts = Callable[..., BrowserContext]
EMAIL, PASSWORD = "amina@example.org", "ein langer Satz als Passwort"
NBSP = "\u00a0"


def berlin(month: int, day: int, hour: int = 9) -> datetime:
    """An hour of 2026 in UTC, for the clock."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


Desks = Callable[..., Desk]


@pytest.fixture
def desks(
    browser_context: Contexts, live_server: object, smtp_sink: SmtpSink, worker: Worker, settings: Settings
) -> Desks:
    # Django's test runner keeps sign-in mails in memory; here they take the product's own way.
    settings.EMAIL_BACKEND = "notifications.mail.OutboxBackend"

    def desk(*, width: int, scripts: bool) -> Desk:
        context = browser_context(width=width, js=scripts)
        context.set_default_timeout(60_000)
        return Desk(context, str(live_server), smtp_sink, scripts=scripts)

    return desk


def test_from_the_draft_to_the_paid_award(desks: Desks, tmp_path: Path) -> None:
    desk, town = desks(width=DESKTOP, scripts=True), make_town()

    amina, case = goes_to_the_jury(desk, town, tmp_path)
    committees_decide(desk, town, case)
    plan_is_revised(desk, town)
    letters_go_out(desk, town, case)
    letter_is_read(desk, amina, case)
    money_is_paid(desk, town, amina)
    books_agree(desk, town, case)
    everybody_else_sees_nothing(desk, town, case)


def test_from_the_draft_to_the_committees_without_scripts_on_a_phone(desks: Desks, tmp_path: Path) -> None:
    """As far as pages have scripts that help: those of letters and money that follow have next to none."""
    desk, town = desks(width=PHONE, scripts=False), make_town()

    _amina, case = goes_to_the_jury(desk, town, tmp_path)

    case.refresh_from_db()
    assert case.state == ApplicationState.IN_COMMITTEE


def goes_to_the_jury(desk: Desk, town: Town, tmp_path: Path) -> tuple[User, Application]:
    """The first half of the way: the money, the application, the check, the jury, and the list for the committees."""
    finance_sets_the_budget(desk, town)
    amina = signs_up(desk)
    enters_the_organisation(desk)
    case = applies(desk, tmp_path)
    bank_account_is_checked(desk, town)
    desk.at(berlin(3, 16))
    is_formally_accepted(desk, town, case)
    jury_scores(desk, town, case)
    jury_votes(desk, town, case)
    return amina, case


# --- 6. Finance sets the budget ------------------------------------------------------------------------


def finance_sets_the_budget(desk: Desk, town: Town) -> None:
    desk.sits(town.finance_a)
    desk.menu("Budget")
    desk.follow("Set a budget", within="main")
    desk.fill(year="2026", amount_cents="20.000,00", decree="Haushaltssatzung 2026", in_force_from="01.01.2026")
    desk.press("Propose")
    desk.sees("You proposed this. Another person, the head of finance, confirms it.")

    desk.sits(town.finance_head)
    desk.follow("Confirm a change of the budget or decline it")
    desk.sees(f"20.000,00{NBSP}€")
    desk.press("Confirm")
    desk.menu("Budget")
    expect(row(desk, "Miteinander 2026")).to_contain_text(f"20.000,00{NBSP}€")


# --- 1. An association applies -------------------------------------------------------------------------


def signs_up(desk: Desk) -> User:
    """From the public page to a confirmed account."""
    desk.context.clear_cookies()
    desk.open("/")
    desk.follow("Read and apply")
    desk.sees("Begegnung und Teilhabe.", f"30.000,00{NBSP}€")
    desk.follow("Start an application", within="main")
    desk.follow("Create an account", within="main")
    desk.fill(full_name="Amina Yıldız", email=EMAIL, password1=PASSWORD)
    desk.press("Create account")
    mail = desk.reads("Please confirm your e-mail address", to=EMAIL)
    link = LINK.search(mail.get_content())
    assert link
    desk.open(link[0])
    desk.press("Confirm address")
    if "login" in desk.page.url:
        desk.fill(login=EMAIL, password=PASSWORD)
        desk.press("Sign in")
    return User.objects.get(email=EMAIL)


def enters_the_organisation(desk: Desk) -> None:
    desk.follow("Enter organisation")
    desk.fill(kind="association", name="Brücke der Kulturen e. V.", legal_form="e. V.", representatives="Amina Yıldız")
    desk.fill(register_court="Amtsgericht Hannover", register_number="VR 4711", street="Kastanienweg 9")
    desk.fill(postcode="3016", city="Hannover")
    desk.press("Save")
    desk.sees("Enter five digits, for instance 30159.")
    expect(desk.page.locator("main [name=street]")).to_have_value("Kastanienweg 9")
    desk.fill(postcode="30161")
    desk.press("Save")
    # Back where the way to the application was left.
    desk.sees("Your organisation is entered. You can write applications for it now.", "Miteinander 2026")
    desk.menu("My organisations")
    desk.follow("Brücke der Kulturen e. V.", within="main")
    desk.follow("Enter bank account")
    desk.fill(holder="Brücke der Kulturen e. V.", iban=IBAN)
    desk.press("Save")
    desk.sees("Brücke der Kulturen e. V.", "waits for a check by the office")


def applies(desk: Desk, folder: Path) -> Application:
    """A draft in seven steps, a look over everything, and off it goes."""
    desk.menu("My tasks")
    desk.follow("Miteinander 2026", within="main")
    desk.follow("Start an application", within="main")
    desk.press("Begin")
    draft = Application.objects.get(created_by__email=EMAIL)
    if not desk.page.url.endswith("/steps/applicant/"):
        desk.follow("Organisation and contact", within="main")
    desk.press("Save and continue")
    project_in_short(desk)
    project_in_detail(desk)
    costs_and_financing(desk)
    attachments(desk, folder)
    for name in ("not_begun", "financing_secured", "no_double_funding", "truthful", "privacy_read"):
        desk.fill(**{name: "on"})
    desk.press("Save and continue")
    desk.sees("Review and send", "Sprachcafé am Markt", f"4.000,00{NBSP}€")
    desk.press("Send the application")
    draft.refresh_from_db()
    desk.sees("Your application has been received", str(draft.case_number), "02.03.2026, 10:00:00")
    mail = desk.reads(str(draft.case_number), to=EMAIL)
    assert "Sprachcafé am Markt" in mail.get_content()
    desk.follow("To the application")
    desk.sees("Received", "The way of your application")
    return draft


def project_in_short(desk: Desk) -> None:
    desk.fill(title="Sprachcafé am Markt", municipality="Hannover", starts_on="01.08.2026", ends_on="31.12.2026")
    desk.fill(summary="Menschen aus dem Stadtteil treffen sich jede Woche.")
    desk.press("Save and continue")


def project_in_detail(desk: Desk) -> None:
    text = "Wir treffen uns jede Woche. <b>Alle</b> sind willkommen."
    desk.fill(aims=text, activities=text, target_groups="Nachbarschaft", planned_participants="40")
    desk.press("Save and continue")
    desk.fill(participation=text)
    desk.press("Save and continue")


def costs_and_financing(desk: Desk) -> None:
    """Two lines of costs and one of money; a wrong amount is named and nothing typed is lost."""
    cost, fund = "#id_costs-{}-{}", "#id_funds-0-{}"
    for number, kind, label, quantity, unit in (
        (0, "fees", "Honorare", "10", "300"),
        (1, "material", "Bücher", "1", "1e9"),
    ):
        if not desk.page.locator(cost.format(number, "kind")).count():
            desk.press("Add a position")
        for name, value in (("kind", kind), ("label", label), ("quantity", quantity), ("unit", unit)):
            desk.fill_at(cost.format(number, name), value)
    for name, value in (("kind", "own_cash"), ("label", "Verein"), ("amount", "500,00")):
        desk.fill_at(fund.format(name), value)
    desk.fill_at("#id_requested", "4.000,00")
    desk.press("Save and continue")
    expect(desk.page.locator("[data-error-summary]")).to_be_visible()
    expect(desk.page.locator(cost.format(1, "unit"))).to_have_value("1e9")
    desk.fill_at(cost.format(1, "unit"), "1.500,00")
    if desk.scripts:
        expect(desk.page.locator(".mt-money output").first).to_have_text(f"4.500,00{NBSP}€")
    desk.press("Save and continue")


def attachments(desk: Desk, folder: Path) -> None:
    for kind in ("statutes", "exemption_notice"):
        path = folder / f"{kind}.pdf"
        path.write_bytes(pdf())
        desk.fill(kind=kind)
        desk.page.locator("#id_files").set_input_files(path)
        desk.press("Upload")
        # Not the list of what is on its way, which the page takes along when it comes anew.
        expect(desk.page.locator(".mt-files").filter(has_text=f"{kind}.pdf").first).to_be_visible()
    desk.follow("Go on to the next step")


def bank_account_is_checked(desk: Desk, town: Town) -> None:
    desk.sits(town.second)
    desk.follow("Bank accounts to check")
    desk.follow("Brücke der Kulturen e. V.")
    desk.fill(sure="on")
    desk.press("Confirm the account")
    desk.sees("The account is confirmed.")


# --- 2. The formal check -------------------------------------------------------------------------------


def is_formally_accepted(desk: Desk, town: Town, case: Application) -> None:
    """The first by the list and with the whole checklist; the others the same way."""
    for application in (case, *town.others.values()):
        desk.sits(town.officer)
        desk.follow("Applications to check")
        desk.follow(application.title, within="main")
        if "/check/" not in desk.page.url:
            desk.follow("Go to the formal check", within="main")
        desk.press("Start the formal check")
        for radio in desk.page.locator("main input[type=radio][value=yes]").all():
            tick(radio)
        desk.fill(costs_note="Honorare und Sachkosten sind nötig und angemessen.")
        desk.press("Accept formally")
        desk.sees("The application is formally accepted and the applicant was told.")


# --- 3. The jury ---------------------------------------------------------------------------------------


def jury_scores(desk: Desk, town: Town, case: Application) -> None:
    coordinator_prepares(desk, town)
    *scoring, conflicted = town.jurors
    declares_a_conflict(desk, conflicted)
    for points, juror in zip(("4", "5", "3"), scoring, strict=True):
        scores_all(desk, juror, points)
    desk.sits(town.coordinator)
    desk.follow("Take the round to its next step")
    desk.follow("Watch and close the scoring")
    desk.press("Close the scoring")
    assert set(Application.objects.values_list("state", flat=True)) == {"REVIEWED"}
    case.refresh_from_db()


def coordinator_prepares(desk: Desk, town: Town) -> None:
    desk.sits(town.coordinator)
    desk.follow("Take the round to its next step")
    desk.follow("Jury", within="main nav, main .mt-tabs")
    for number, juror in enumerate(town.jurors):
        desk.fill(email=juror.email, seat="member" if number else "chair")
        desk.press("Appoint")
    desk.sees(*(str(juror) for juror in town.jurors))
    desk.follow("Assign", within="main nav, main .mt-tabs")
    desk.press("Assign")
    desk.fill(due_date="27.03.2026")
    desk.press("Start the scoring")
    desk.sees("Scoring has begun. The jurors are told by e-mail.")


def declares_a_conflict(desk: Desk, juror: User) -> None:
    desk.sits(juror)
    desk.follow("Sheets to fill in")
    for _number in range(4):
        desk.follow("Next sheet", within="main")
        desk.sees_not("Sprachcafé am Markt")
        desk.fill(declaration="conflict", why="Mein Verein arbeitet mit allen Antragstellenden zusammen.")
        desk.press("Declare")
    with refused(desk, 404):
        desk.page.goto(f"/jury/sheets/{Review.objects.filter(juror__user=juror)[0].pk}/")


def scores_all(desk: Desk, juror: User, points: str) -> None:
    desk.sits(juror)
    desk.follow("Sheets to fill in")
    for _number in range(4):
        desk.follow("Next sheet", within="main")
        desk.fill(declaration="none")
        desk.press("Declare")
        for radio in desk.page.locator(f"main [data-criterion] input[type=radio][value='{points}']").all():
            tick(radio)
        for reason in desk.page.locator("main [data-criterion] textarea").all():
            reason.fill("Überzeugend begründet.")
        desk.fill(recommendation="fund")
        desk.press("Hand in sheet")
        desk.sees("Your sheet is handed in.")


# --- 4. Ranking, vote, committees ----------------------------------------------------------------------


def jury_votes(desk: Desk, town: Town, case: Application) -> None:
    desk.at(berlin(3, 30))
    desk.sits(town.jurors[0])
    desk.follow("Applications to vote on")
    for juror in town.jurors[:3]:
        tick(desk.page.locator(f"main input[name=present][value='{seat_of(town, juror).pk}']"))
    desk.press("Open the session")
    desk.sees("80,0")
    for title, cents, word in (
        (case.title, "4.000,00", "fund"), ("Nähwerkstatt", "3.500,00", "fund"), ("Reise nach Rom", "", "decline"),
        ("Gartenfest", "2.000,00", "fund"),
    ):  # fmt: skip
        desk.follow(title, within="main table")
        desk.fill(recommendation=word, amount=cents, reason="Die Jury ist sich einig.")
        desk.press("Record the proposal")
        desk.sees("The proposal is recorded.")
    desk.sits(town.coordinator)
    desk.follow("Take the round to its next step")
    desk.follow("Prepare the paper for the committees")
    desk.sees(f"9.500,00{NBSP}€", f"20.000,00{NBSP}€")
    desk.fill(number="2026-07")
    desk.press("Hand in the list and reserve the money")
    desk.sees("The list is handed in and its money is reserved.", f"9.500,00{NBSP}€")


def committees_decide(desk: Desk, town: Town, case: Application) -> None:
    titles = (case.title, "Nähwerkstatt", "Reise nach Rom", "Gartenfest")
    desk.at(berlin(4, 21))
    desk.sits(town.clerk)
    desk.follow("Decisions to record")
    if "/decisions/" not in desk.page.url:
        desk.follow(case.title)
        desk.follow("Record the decision")
        desk.follow("All decisions")
    for title in titles:
        decide(desk, title, outcome="recommend")
    desk.at(berlin(4, 28))
    decide(desk, titles[0], outcome="fund", amount="4.000,00")
    decide(desk, titles[1], outcome="fund", amount="3.500,00")
    decide(desk, titles[2], outcome="decline", reason="Andere Vorhaben waren stärker.")
    decide(desk, titles[3], outcome="postpone", reason="Die Finanzierung ist noch offen.")
    desk.press("The round is decided")
    desk.sees("The round is decided. The letters come next.")


def decide(desk: Desk, title: str, **fields: str) -> None:
    desk.follow(title, within="main table")
    desk.fill(**fields)
    desk.press("Record the decision")
    desk.sees("The decision is recorded.")


# --- 5. Revised plan, letters --------------------------------------------------------------------------


def plan_is_revised(desk: Desk, town: Town) -> None:
    """The partial grant: the office asks for a plan that fits, the association sends it."""
    partial = town.others["partial"]
    desk.sits(town.officer)
    desk.follow("Grants decided, letter or plan to prepare")
    desk.follow("Nähwerkstatt", within="main")
    desk.follow("Cost plan and revised plan", within="main")
    desk.press("Ask for the plan")
    desk.reads(str(partial.case_number), to=partial.created_by.email)

    desk.sits(partial.created_by)
    desk.follow("Revise your cost plan")
    desk.sees(f"3.500,00{NBSP}€")
    desk.follow("Adjust the plan")
    desk.fill_at("#id_costs-0-unit", "4.500,00")
    desk.fill_at("#id_requested", "3.500,00")
    desk.press("Save and go on to handing in")
    desk.press("Hand in")
    desk.sees("Thank you. We have received it.")

    desk.sits(town.officer)
    desk.follow("Revised plans to look at")
    if "/plan/" not in desk.page.url:
        desk.follow("Nähwerkstatt", within="main")
        desk.follow("Cost plan and revised plan", within="main")
    desk.press("Accept the plan")


def letters_go_out(desk: Desk, town: Town, case: Application) -> None:
    desk.at(berlin(5, 4))
    drafts_letters(desk, town, case)
    wait_until(lambda: Letter.objects.exclude(document__sha256="").count() == 3, 60, "the worker renders three letters")
    for _number in range(3):
        desk.sits(town.second)
        desk.follow("Letters to approve")
        desk.page.locator("main table th a").first.click()
        desk.look()
        desk.press("I have read it: approve")
        desk.sees("The letter is approved for signature.")
    for _number in range(3):
        desk.sits(town.head)
        desk.follow("Letters to sign")
        desk.page.locator("main table th a").first.click()
        desk.look()
        desk.press("I have read it: sign")
        desk.sees("The letter is signed.")
    # Who signed does not release: her deputy does.
    desk.sits(town.coordinator)
    desk.menu("Letters")
    desk.follow("Look and release")
    desk.press("Release all letters")
    desk.sees(de("Letters released: %(count)d.", count=3))
    posts_them(desk, town)


def drafts_letters(desk: Desk, town: Town, case: Application) -> None:
    desk.sits(town.officer)
    for title, fields in (
        (case.title, {}),
        ("Nähwerkstatt", {"partial_reasons": "Mehr Geld ist in dieser Runde nicht da."}),
    ):
        desk.menu("My tasks")
        desk.follow("Grants decided, letter or plan to prepare")
        desk.follow(title, within="main")
        desk.follow("Prepare the award letter", within="main")
        desk.fill(**fields)
        desk.press("Draft the letter")
        desk.sees("The letter is drafted. A second officer reads and approves it.")
    desk.menu("My tasks")
    desk.follow("Rejections, letter to prepare")
    desk.follow("Reise nach Rom", within="main")
    desk.follow("Prepare the rejection letter", within="main")
    desk.fill(reasons="Andere Vorhaben wurden höher bewertet.")
    desk.press("Draft the letter")
    desk.sees("The letter is drafted. A second officer reads and approves it.")


def posts_them(desk: Desk, town: Town) -> None:
    desk.sits(town.mail_room)
    desk.follow("Letters to post")
    for box in desk.page.locator("main input[name=letter]").all():
        tick(box)
    desk.press("Post the picked letters …")
    desk.fill(posted_on="04.05.2026")
    desk.press(de("Record %(count)s letters as posted", count=3))
    desk.sees(de("Recorded: %(count)s letters were posted.", count=3))


# --- 8. What the applicant sees ------------------------------------------------------------------------


def letter_is_read(desk: Desk, amina: User, case: Application) -> None:
    """Nothing of the result before the fourth day; then the letter, word for word."""
    desk.at(berlin(5, 7))
    desk.sits(amina)
    desk.follow(case.title)
    desk.sees("Decided – the letter follows")
    desk.sees_not("Granted")
    desk.at(berlin(5, 8))
    desk.sits(amina)
    desk.follow(case.title)
    desk.sees("Granted")
    desk.follow("Award letter", within="main")
    desk.sees(f"4.000,00{NBSP}€ (in Worten: viertausend Euro)", "Region Hannover")
    desk.follow("Back to your application")


# --- 6. Three people pay -------------------------------------------------------------------------------


def money_is_paid(desk: Desk, town: Town, amina: User) -> None:
    desk.at(berlin(6, 9))
    desk.sits(amina)
    desk.follow("You can request the money")
    desk.fill(amount_cents="4.000,01", purpose="Honorare ab August", planned_use_by="31.07.2026")
    desk.press("Request the payment")
    expect(desk.page.locator("main [name=amount_cents]")).to_have_value("4.000,01")
    desk.fill(amount_cents="4.000,00")
    desk.press("Request the payment")
    desk.sees("Your request has reached us. Three people check, order and pay it.")

    pays(desk, town.finance_a, "Payments to certify", "Certify")
    pays(desk, town.finance_b, "Payments to order", "Order")
    desk.sits(town.treasury)
    desk.follow("Payments to hand to the bank")
    desk.press("Make the file for the bank")
    desk.look()
    desk.sees("Please say for each payment what the bank's comparison of the name gave.")
    desk.page.locator("main select[name$=result]").select_option("match")
    desk.press("Make the file for the bank")
    desk.sees(f"4.000,00{NBSP}€")
    desk.sits(town.treasury)
    desk.follow("Payments to confirm")
    desk.page.locator("main table th a").first.click()
    desk.look()
    desk.fill(on="09.06.2026")
    desk.press("Confirm as paid")
    desk.sees("The payment is confirmed.")
    assert Payment.objects.get().state == "PAID"


def pays(desk: Desk, who: User, task: str, button: str) -> None:
    desk.sits(who)
    desk.follow(task)
    desk.page.locator("main table th a").first.click()
    desk.look()
    desk.press(button)


# --- 7. The books --------------------------------------------------------------------------------------


def books_agree(desk: Desk, town: Town, case: Application) -> None:
    desk.sits(town.auditor)
    desk.menu("Budget")
    desk.follow("Miteinander 2026", within="main")
    page = desk.page.locator("main")
    for word, amount in (
        ("Appropriation", "20.000,00"), ("Available", "10.500,00"), ("Reserved", "2.000,00"), ("Committed", "3.500,00"),
        ("Disbursed", "4.000,00"),
    ):  # fmt: skip
        expect(page).to_contain_text(re.compile(rf"{de(word)}\s*{re.escape(amount)}{NBSP}€"))
    expect(row(desk, case.title)).to_contain_text(f"4.000,00{NBSP}€")


def everybody_else_sees_nothing(desk: Desk, town: Town, case: Application) -> None:
    """A letter's addressee reads only the own case."""
    desk.sits(town.others["rejected"].created_by)
    with refused(desk, 404):
        desk.page.goto(f"/applications/{case.pk}/")


def row(desk: Desk, text: str) -> Locator:
    """Return the table row with that text."""
    return desk.page.locator("main tr", has_text=text).first
