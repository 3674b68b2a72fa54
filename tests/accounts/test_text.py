import pytest

from accounts.models import User
from accounts.text import search_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Müller  Straße", "mueller strasse"),
        ("MÜLLER STRASSE", "mueller strasse"),
        ("Mu\u0308ller", "mueller"),
        ("İstanbul Derneği", "istanbul dernegi"),
        ("ISPARTA ılıca", "isparta ilica"),
        ("Київ", "киів"),
        ("Їжак", "іжак"),
        ("José Ñandú", "jose nandu"),
        ("Łódź", "lodz"),
        ("Ａ\u00a0Ｂ", "a b"),
        ("", ""),
    ],
)
def test_search_key(text: str, key: str) -> None:
    assert search_key(text) == key


def test_search_key_joins_what_is_there() -> None:
    assert search_key("Ä", "", "B") == "ae b"


@pytest.mark.django_db
def test_longest_names_fit_their_column() -> None:
    user = User.objects.create_user("a" * 200 + "@example.org", full_name="ß" * 120)

    user.refresh_from_db()
    assert user.search_key.startswith("ss" * 120)
