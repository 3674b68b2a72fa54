"""Every text of the product has its German, and what applicants read as help and status its plain German."""

import ast
import re
from functools import cache
from io import BytesIO

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.architecture.sources import FLOORS, ROOT, calls, committed, product

KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")

LANGUAGES = sorted(path.name for path in (ROOT / "locale").iterdir() if path.is_dir())

Message = tuple[str | None, str]


@cache
def used() -> dict[Message, str]:
    """Return context and text of every message in the sources, with a file that uses it."""
    found: dict[Message, str] = {}
    for path in committed():
        name = path.relative_to(ROOT)
        if path.suffix == ".py" and name.parts[0] in FLOORS:
            source = path.read_text(encoding="utf-8")
        elif path.suffix in {".html", ".txt"} and "templates" in name.parts:
            blanked = templatize(path.read_text(encoding="utf-8"), origin=str(name))
            source = "\n".join(line.strip() for line in blanked.splitlines())  # no indentation to stumble over
        else:
            continue
        for _, message, _, context in extract("python", BytesIO(source.encode()), KEYWORDS):
            texts = message if isinstance(message, tuple) else (message,)
            text = texts[1] if context and len(texts) > 1 and texts[0] == context else texts[0]
            found[(context, text)] = str(name)
    return found


@cache
def catalogue(language: str) -> Catalog:
    with (ROOT / f"locale/{language}/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale="de")


def german() -> Catalog:
    return catalogue("de")


# Where the help, the rules and the state of an application are told: each sentence there is also said in plain words.
PLAIN = (
    "accounts/days.py", "accounts/fields.py", "accounts/glossary/", "accounts/money.py", "grants/applicant_view/",
    "grants/call_words.py", "grants/eligibility.py", "grants/filestore.py", "grants/filetypes/", "grants/limits.py",
    "grants/forms/eligibility.py", "grants/forms/files.py", "grants/forms/messages.py", "grants/forms/plan.py",
    "grants/forms/sections.py", "grants/forms/starting.py", "grants/rules/", "grants/year.py",
    "payments/queries/afterwards.py", "templates/components/binding.html", "templates/components/countdown.html",
    "templates/components/timeline.html", "templates/grants/_problems.html", "templates/grants/_step_",
    "templates/grants/_thread", "templates/grants/application_", "templates/grants/call_",
    "templates/grants/eligibility.html", "templates/grants/fund_detail.html", "templates/grants/notices.html",
    "templates/grants/paper_", "templates/reviews/home_public.html",
)  # fmt: skip
LONGEST_SENTENCE = 15
# Words of offices; the glossary explains those that a reader will meet all the same.
HARD = re.compile(
    r"\b(gemäß|bezüglich|hinsichtlich|diesbezüglich|seitens|mittels|sowie|ggf\.|bzw\.|unverzüglich|erforderlich\w*|"
    r"entsprechend\w*|Nachforderung|Eigenanteil\w*|Eigenleistung\w*|zuwendungsfähig\w*|förderfähig\w*|Zuwendung\w*|"
    r"Bekanntgabe|bestandskräftig|Gremi\w+|Frist\w*|Verwendungsnachweis\w*|vertretungsberechtigt\w*|Träger\w*)\b",
    re.I,
)


def test_every_text_has_its_german() -> None:
    missing = [
        f"{where}: {text!r}"
        for (context, text), where in used().items()
        if text and ((message := german().get(text, context)) is None or not all(_strings(message.string)))
    ]

    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language: str) -> None:
    assert [message.id for message in catalogue(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_placeholders(language: str) -> None:
    broken = [
        message.id
        for message in catalogue(language)
        if message.id
        for text in _strings(message.string)
        if text and _placeholders(text) != _placeholders(_strings(message.id)[-1])
    ]

    assert broken == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_german_says_sie(language: str) -> None:
    familiar = re.compile(r"\b(du|dein\w*|dir|dich|euch|euer)\b", re.I)
    texts = [text for message in catalogue(language) if message.id for text in _strings(message.string)]

    assert [text for text in texts if familiar.search(text)] == []


def test_help_and_status_are_told_in_plain_german() -> None:
    missing = [
        f"{where}: {text!r}"
        for (context, text), where in used().items()
        if where.startswith(PLAIN)
        and text.endswith((".", "?", "!"))
        and catalogue("de_Easy").get(text, context) is None
    ]

    assert missing == []


def test_plain_german_is_short_and_in_common_words() -> None:
    told = [text for message in catalogue("de_Easy") if message.id for text in _strings(message.string)]
    sentences = [sentence for text in told for sentence in re.split(r"(?<=[.!?:;–])\s+", PLACEHOLDER.sub("X", text))]

    assert [sentence for sentence in sentences if len(sentence.split()) > LONGEST_SENTENCE] == []
    assert [sentence for sentence in sentences if HARD.search(sentence)] == []


def test_plain_german_is_a_text_of_its_own() -> None:
    """A copy of the German text would be a label only; few sentences were plain enough before."""
    texts = [message for message in catalogue("de_Easy") if message.id and isinstance(message.id, str)]
    told = [message for message in texts if len(_strings(message.id)[0].split()) > 5]
    same = [
        message.id
        for message in told
        if (usual := german().get(message.id, message.context)) and usual.string == message.string
    ]

    assert len(told) > 400
    assert len(same) * 20 < len(told)


def _strings(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (value or "",) if value is None or isinstance(value, str) else tuple(value)


def _placeholders(text: str) -> set[tuple[str, str]]:
    return set(PLACEHOLDER.findall(text))


def test_no_text_hides_in_a_formatted_string() -> None:
    """What collects the texts does not look inside of one, so such a text would never be translated."""
    hidden = [
        f"{name}:{call.lineno}"
        for name, tree in product()
        for string in ast.walk(tree)
        if isinstance(string, ast.JoinedStr)
        for call in calls(string)
        if isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
    ]
    assert hidden == []
