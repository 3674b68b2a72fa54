"""Sign-up, sign-in, passwords, addresses, second step: the library in this product's frame."""

import re
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.checks import invented_people
from accounts.models import User
from notifications.models import Notice
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]

NEW = {
    "full_name": "Olena Новак",
    "email": "Olena@Example.org",
    "password1": "ein-gutes-Kennwort",
    "language": "en",
}


@pytest.fixture(autouse=True)
def real_outbox(settings: Settings) -> None:
    # The test runner puts a mail box of its own in place.
    settings.EMAIL_BACKEND = "notifications.mail.OutboxBackend"


def link_of(notice: Notice) -> str:
    found = re.search(r"http://testserver(\S+)", notice.body)
    assert found is not None
    return found.group(1)


def sign_in(client: Client, email: str, password: str = make.PASSWORD) -> int:
    return client.post(reverse("account_login"), {"login": email, "password": password}).status_code


def sign_in_and_confirm(client: Client, user: User) -> None:
    sign_in(client, user.email)
    assert client.get(reverse("account_reauthenticate")).status_code == 200
    assert client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD}).status_code == 302


# --- Sign-up -------------------------------------------------------------------------------------------


def test_sign_up_confirm_and_go_on(client: Client) -> None:
    response = client.post(reverse("account_signup"), NEW)

    assert response.headers["Location"] == reverse("account_email_verification_sent")
    user = User.objects.get()
    assert (user.email, user.full_name, user.language) == ("olena@example.org", "Olena Новак", "en")
    assert sign_in(Client(), user.email, NEW["password1"]) == 302
    assert not EmailAddress.objects.get().verified

    notice = Notice.objects.first()
    assert notice is not None
    assert notice.subject == "Please confirm your e-mail address"
    assert notice.erase_body
    confirm = link_of(notice)
    assert client.get(confirm).status_code == 200
    assert not EmailAddress.objects.get().verified
    done = client.post(confirm)
    assert done.headers["Location"] == reverse("accounts:welcome")
    assert EmailAddress.objects.get().verified


def test_who_tried_to_sign_in_before_the_confirmation_is_welcomed_too(client: Client) -> None:
    client.post(reverse("account_signup"), NEW)
    sign_in(client, NEW["email"], NEW["password1"])
    notice = Notice.objects.first()
    assert notice is not None

    assert client.post(link_of(notice)).headers["Location"] == reverse("accounts:welcome")


def test_mails_with_a_link_say_how_long_it_holds(client: Client) -> None:
    client.post(reverse("account_signup"), NEW | {"language": "de"})
    assert "Der Link gilt 3 Tage.\n" in Notice.objects.get().body
    make.make_user("alt@example.org")

    client.post(reverse("account_reset_password"), {"email": "alt@example.org"})

    assert "Der Link gilt 3 Tage und nur einmal.\n" in Notice.objects.get(email="alt@example.org").body


def test_link_opened_elsewhere_leads_to_sign_in_and_then_on(client: Client) -> None:
    client.post(reverse("account_signup"), NEW)
    notice = Notice.objects.get()

    done = Client().post(link_of(notice))

    assert done.headers["Location"] == f"{reverse('account_login')}?next={reverse('accounts:welcome')}"


def test_a_sign_up_leads_back_to_where_it_began_also_in_another_browser(client: Client) -> None:
    begun = "/calls/fonds/runde/start/?kind=initiative"
    client.post(reverse("account_signup"), NEW | {"next": begun})
    confirm = link_of(Notice.objects.get())

    page = Client().get(confirm).content.decode()
    elsewhere = Client().post(confirm, {"next": begun})

    assert f'name="next" value="{begun}"' in page
    assert elsewhere.headers["Location"] == begun


def test_a_sign_up_leads_to_no_foreign_page(client: Client) -> None:
    client.post(reverse("account_signup"), NEW | {"next": "https://boese.example/"})

    assert "boese" not in Notice.objects.get().body


def test_sign_in_on_the_page_of_a_round_comes_back_to_it(client: Client) -> None:
    round_ = make.make_round()
    address = reverse("grants:call", args=[round_.fund.slug, round_.slug])

    page = client.get(address).content.decode()

    assert f'href="{reverse("account_login")}?next={quote(address, safe="")}"' in page


def test_sign_up_with_a_known_address_looks_the_same_and_mails_the_owner(client: Client) -> None:
    make.make_user("olena@example.org", language="de")

    response = client.post(reverse("account_signup"), NEW)

    assert response.headers["Location"] == reverse("account_email_verification_sent")
    assert User.objects.count() == 1
    assert "/konto/" in Notice.objects.get().body


@pytest.mark.parametrize(
    "bad",
    [
        {"full_name": ""}, {"full_name": "x" * 121}, {"email": "nein"}, {"password1": "kurz"},
        {"password1": "olena@example.org"}, {"password1": "x" * 100_000}, {"language": "tlh"},
        {"password1": "123456789012345"},
    ],
)  # fmt: skip
def test_bad_sign_up_is_named_and_nothing_typed_is_lost(client: Client, bad: dict[str, str]) -> None:
    response = client.post(reverse("account_signup"), NEW | {"full_name": "Olena Getippt"} | bad)

    assert response.status_code == 200
    text = response.content.decode()
    assert "mt-summary" in text
    assert "full_name" in bad or "Olena Getippt" in text
    assert User.objects.count() == 0


def test_extra_fields_give_no_rights(client: Client) -> None:
    client.post(reverse("account_signup"), NEW | {"is_staff": "on", "is_superuser": "on", "role": "administrator"})

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.fund_roles.count()) == (False, False, 0)


# --- Sign-in -------------------------------------------------------------------------------------------


def test_sign_in_goes_on_in_the_persons_language_with_a_new_session(client: Client) -> None:
    user = make.make_user(language="en")
    client.get(reverse("account_login"))
    before = client.session.session_key

    assert sign_in(client, user.email.upper()) == 302

    assert client.session.session_key != before
    assert client.cookies["django_language"].value == "en"


@pytest.mark.parametrize(("email", "password"), [("da@example.org", "falsch"), ("nie@example.org", "falsch")])
def test_wrong_password_and_unknown_address_read_alike(client: Client, email: str, password: str) -> None:
    make.make_user("da@example.org")
    texts = set()
    for address in ("da@example.org", email):
        response = client.post(reverse("account_login"), {"login": address, "password": password})
        assert response.status_code == 200
        text = re.sub(r'value="[^"]*"', "", response.content.decode())
        texts.add(re.sub(r"csrf\S*", "", text))

    assert len(texts) == 1


def test_at_most_ten_guesses_in_ten_minutes_even_with_the_right_password(client: Client) -> None:
    user = make.make_user()
    for _ in range(10):
        assert sign_in(client, user.email, "falsch") == 200

    assert sign_in(Client(), user.email) == 200


def test_closed_account_cannot_sign_in(client: Client) -> None:
    user = make.make_user(is_active=False)

    response = client.post(reverse("account_login"), {"login": user.email, "password": make.PASSWORD})

    assert "_auth_user_id" not in client.session
    assert response.status_code in (200, 302)


def test_foreign_address_to_go_on_to_is_ignored(client: Client) -> None:
    user = make.make_user()
    data = {"login": user.email, "password": make.PASSWORD, "next": "https://boese.example/"}

    assert client.post(reverse("account_login"), data).headers["Location"] == "/"


def test_sign_in_page_takes_an_address_from_its_link(client: Client) -> None:
    page = client.get(reverse("account_login"), {"login": 'a"><script>@demo.example'}).content.decode()

    assert "a&quot;&gt;&lt;script&gt;@demo.example" in page


def test_sign_out_needs_a_post(client: Client) -> None:
    client.force_login(make.make_user())

    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


# --- Password and address ------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False])
def test_reset_answers_alike_and_mails_alike(client: Client, known: bool) -> None:
    if known:
        make.make_user("wer@example.org")

    response = client.post(reverse("account_reset_password"), {"email": "wer@example.org"})

    assert response.headers["Location"] == reverse("account_reset_password_done")
    assert Notice.objects.count() == 1


def test_reset_by_link_works_once(client: Client) -> None:
    user = make.make_user()
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = link_of(Notice.objects.get())

    form = client.get(link).headers["Location"]
    new = {"password1": "noch-ein-Kennwort", "password2": "noch-ein-Kennwort"}
    assert client.post(form, new | {"password2": "anders-als-oben"}).status_code == 200
    assert client.post(form, new).status_code == 302

    assert sign_in(Client(), user.email, new["password1"]) == 302
    assert "mt-form" not in Client().get(link).content.decode()


def test_change_password_needs_the_old_one_and_tells_the_person(client: Client) -> None:
    user = make.make_user()
    client.force_login(user)
    url = reverse("account_change_password")
    new = {"password1": "noch-ein-Kennwort", "password2": "noch-ein-Kennwort"}

    assert client.post(url, new | {"oldpassword": "falsch"}).status_code == 200
    done = client.post(url, new | {"oldpassword": make.PASSWORD})

    assert done.headers["Location"] == reverse("accounts:profile")
    assert Notice.objects.get().email == user.email


def test_an_open_session_alone_does_not_change_the_address(client: Client) -> None:
    user = make.make_user("alt@example.org")
    client.force_login(user)
    url, change = reverse("account_email"), {"email": "dieb@example.org", "action_add": "1"}

    answer = client.post(url, change)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not EmailAddress.objects.filter(email="dieb@example.org").exists()
    assert not Notice.objects.exists()
    assert "Passwort" in client.get(answer.headers["Location"]).content.decode()

    # Who knows the password goes on; the address that was typed is not lost.
    done = client.post(answer.headers["Location"], {"password": make.PASSWORD})
    assert done.status_code == 302
    assert EmailAddress.objects.filter(email="dieb@example.org").exists()


def test_change_address_holds_after_its_confirmation(client: Client) -> None:
    user = make.make_user("alt@example.org")
    sign_in_and_confirm(client, user)

    client.post(reverse("account_email"), {"email": "neu@example.org", "action_add": "1"})
    user.refresh_from_db()
    assert user.email == "alt@example.org"
    assert client.get(reverse("account_email")).status_code == 200
    link = link_of(Notice.objects.get(email="neu@example.org"))
    # Who has been here before is not welcomed as somebody new.
    assert client.post(link).headers["Location"] == reverse("accounts:profile")

    user.refresh_from_db()
    assert user.email == "neu@example.org"
    told = Notice.objects.filter(email="alt@example.org").first()
    assert told is not None
    assert "Uhr\n" in told.body
    assert "http://testserver/legal/kontakt/" in told.body


def test_changed_address_confirmed_elsewhere_leads_by_the_sign_in_to_the_profile(client: Client) -> None:
    sign_in_and_confirm(client, make.make_user("alt@example.org"))
    client.post(reverse("account_email"), {"email": "neu@example.org", "action_add": "1"})

    done = Client().post(link_of(Notice.objects.get(email="neu@example.org")))

    assert done.headers["Location"] == f"{reverse('account_login')}?next={reverse('accounts:profile')}"


# --- Second step ---------------------------------------------------------------------------------------


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return f"{hotp_value(secret, counter):06}"


def test_set_up_and_use_the_second_step(client: Client) -> None:
    user = make.make_user()
    sign_in_and_confirm(client, user)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert f"<code>{secret[:4]} {secret[4:8]} " in page.content.decode()
    assert 'href="otpauth://totp/' in page.content.decode()

    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})

    assert done.status_code == 302
    for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        assert client.get(reverse(name)).status_code == 200
    other = Client()
    first = other.post(reverse("account_login"), {"login": user.email, "password": make.PASSWORD})
    assert first.headers["Location"] == reverse("mfa_authenticate")
    assert other.get(reverse("accounts:profile")).status_code == 302
    second = other.get(reverse("mfa_authenticate"))
    assert second.status_code == 200
    assert "Sicherheitsschlüssel" not in second.content.decode()
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert other.post(reverse("mfa_authenticate"), {"code": "abc"}).status_code == 200
    assert other.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert other.get(reverse("accounts:profile")).status_code == 200


def test_second_step_asks_again_who_it_is(client: Client) -> None:
    user = make.make_user()
    TOTP.activate(user, generate_totp_secret())
    client.force_login(user)

    answer = client.get(reverse("mfa_deactivate_totp"))

    assert answer.status_code == 302
    assert "reauthenticate" in answer.headers["Location"]
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.get(reverse("account_reauthenticate")).status_code in (200, 302)


def test_security_keys_pages(client: Client) -> None:
    sign_in_and_confirm(client, make.make_user())

    assert client.get(reverse("mfa_list_webauthn")).status_code == 200
    page = client.get(reverse("mfa_add_webauthn"))
    assert page.status_code == 200
    assert "mfa/js/webauthn.js" in page.content.decode()


# --- The demo's people ---------------------------------------------------------------------------------


def test_people_of_the_demo_sign_in_in_the_demo(client: Client) -> None:
    make.make_user("antrag@demo.example")

    assert sign_in(client, "antrag@demo.example") == 302


def test_people_of_the_demo_are_strangers_elsewhere(client: Client, settings: Settings) -> None:
    invented = make.make_user("antrag@demo.example")
    before = Client()
    assert sign_in(before, invented.email) == 302
    settings.DEMO = False

    answer = client.post(reverse("account_login"), {"login": "Antrag@demo.example", "password": make.PASSWORD})

    assert answer.headers["Location"] == reverse("account_inactive")
    assert client.get(reverse("accounts:profile")).status_code == 302
    # A session from before ends too.
    assert before.get(reverse("accounts:profile")).status_code == 302
    assert sign_in(Client(), make.make_user("anna@notdemo.example").email) == 302


def test_people_of_the_demo_are_named_to_the_operator(settings: Settings) -> None:
    make.make_fund()
    make.make_user("antrag@demo.example")
    make.make_user("anna@example.org")
    assert invented_people(databases=["default"]) == []

    settings.DEMO = False
    (found,) = invented_people(databases=["default"])

    assert (found.id, found.msg) == (
        "accounts.W001", "This database holds invented people of the demo: antrag@demo.example."
    )  # fmt: skip
