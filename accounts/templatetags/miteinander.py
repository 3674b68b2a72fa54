"""Filters and tags of all pages: money, days, instants, states, addresses that keep their filters."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from django import template
from django.core.paginator import Paginator
from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi

from accounts import days, glossary, languages
from accounts.money import format_cents
from accounts.summary import SummaryError, emptied_by, errors_of, errors_of_rows
from accounts.tones import tone_of

register = template.Library()

NOTHING = "–"


@register.filter
def euros(cents: int | Literal[""] | None) -> str:
    """An amount in cents as ``1.234,56 €``; nothing known shows a dash."""
    if cents is None or cents == "":
        return NOTHING
    # Kept together among words that run from right to left, sign and unit included.
    return f"\u2066{format_cents(cents)}\u2069" if get_language_bidi() else format_cents(cents)


@register.filter
def berlin(value: datetime | None) -> str:
    """An instant as the wall clock in Hannover: ``22.11.2026, 14:05 Uhr``."""
    return days.instant(value) if value else NOTHING


@register.filter
def berlin_seconds(value: datetime | None) -> str:
    """An instant to the second, where a deadline was at stake: ``22.11.2026, 14:05:09 Uhr``."""
    return days.instant_seconds(value) if value else NOTHING


@register.filter
def berlin_long(value: datetime | None) -> str:
    """A deadline with its weekday: ``Sonntag, 22. November 2026, 14:05 Uhr``."""
    return days.instant_long(value) if value else NOTHING


@register.filter
def day(value: date | None) -> str:
    """A day as ``22.11.2026``. An instant is taken to its day in Hannover first."""
    return days.day(value) if value else NOTHING


@register.filter
def day_long(value: date | None) -> str:
    """A day with its weekday, where a deadline is meant: ``Sonntag, 22. November 2026``."""
    return days.day_long(value) if value else NOTHING


@register.filter
def language_name(code: str) -> str:
    """How a language calls itself, for example ``Einfache Sprache``."""
    return languages.name_of(code)


@register.filter
def language_tag(code: str) -> str:
    """What goes into ``lang="…"`` for a language."""
    return languages.tag_of(code)


@register.filter
def in_fours(text: str) -> str:
    """A long key in groups of four, as people read and type it."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@register.simple_tag
def state_badge(state: str, label: str | Promise = "", tone: str = "") -> SafeString:
    """A state as word, colour and shape (the shape is the style sheet's).

    Args:
        state: the code, which gives the tone.
        label: the word; the code itself when none is given.
        tone: overrules the tone (success, info, warning, danger, neutral).
    """
    return format_html('<span class="mt-badge mt-badge--{}">{}</span>', tone or tone_of(str(state)), label or state)


@register.simple_tag(takes_context=True)
def term(context: Context, key: str, word: str | Promise = "") -> SafeString:
    """A word of the field that explains itself when it is pressed; on later use in the same page only the word.

    Args:
        context: of the page, which remembers what it has explained.
        key: of the glossary, for example ``own share``.
        word: as the sentence needs it; the term itself when none is given.

    Raises:
        KeyError: the glossary has no such term.
    """
    known = glossary.TERMS[key]
    explained = _explained(context)
    if key in explained:
        return format_html("{}", word or known.word)
    explained.add(key)
    drawn = render_to_string("components/term.html", {"term": known, "word": word or known.word})
    # Drawn by a template, which escapes; only its line ends go.
    return SafeString(drawn.strip())  # nosec B703


def _explained(context: Context) -> set[str]:
    request = context.get("request")
    known: set[str] = vars(request).setdefault("explained_terms", set()) if isinstance(request, HttpRequest) else set()
    return known


@register.inclusion_tag("components/button.html")
def button(label: str | Promise, kind: str = "secondary", **options: object) -> dict[str, object]:
    """A button, or with ``href`` a link that looks like one.

    Args:
        label: the word on it.
        kind: primary, secondary, tertiary, danger.
        options: href; or name, value, form_id, formnovalidate; icon for both.
    """
    return {"label": label, "kind": kind, **options}


@register.inclusion_tag("components/notice.html")
def notice(kind: str, text: str | Promise, **options: object) -> dict[str, object]:
    """A notice box.

    Args:
        kind: info, success, warning, danger, or a level of a message (debug, error).
        text: what it says.
        options: title; href and link; live=True when it reports on what the person just did.
    """
    known = {"debug": "info", "error": "danger", "": "info"}
    return {"kind": known.get(kind, kind), "text": text, **options}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: "BaseForm | BaseFormSet[BaseForm] | Sequence[BaseForm] | None") -> dict[str, object]:
    """All errors of one or several forms, lists of forms and formsets, each a link to its field.

    A refusal that belongs to no field is told here only; the form below does not repeat it.
    """
    errors: list[SummaryError] = []
    emptied: set[str] = set()
    for form in forms:
        if isinstance(form, BaseFormSet):
            errors.extend(errors_of_rows(form))
        elif isinstance(form, Sequence):
            errors.extend(error for row in form for error in errors_of(row))
        elif form:
            errors.extend(errors_of(form))
            emptied |= emptied_by(form)
            form.told_above = True  # type: ignore[attr-defined]  # for components/form.html
    return {
        "errors": errors,
        "count": len({error.href or error.message for error in errors}),
        "wrong_entries": any(error.href for error in errors),
        "emptied": emptied,
    }


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The query string of this page with some parts changed; None or "" removes a part.

    The page number falls away unless it is what changes: a new filter starts on the first page.
    """
    request = context.get("request")
    parts = request.GET.copy() if isinstance(request, HttpRequest) else QueryDict(mutable=True)
    for name, value in {"page": None, **changes}.items():
        if value in (None, ""):
            parts.pop(name, None)
        else:
            parts[name] = str(value)
    return f"?{parts.urlencode()}"


@register.inclusion_tag("components/sort_link.html", takes_context=True)
def sort_link(context: Context, field: str, label: str | Promise) -> dict[str, object]:
    """A column head that sorts: first press ascending, second descending (``?sort=-field``)."""
    request = context.get("request")
    current = request.GET.get("sort", "") if isinstance(request, HttpRequest) else ""
    direction = {field: "ascending", f"-{field}": "descending"}.get(current, "")
    target = f"-{field}" if direction == "ascending" else field
    return {"label": label, "direction": direction, "href": query(context, sort=target)}


@register.simple_block_tag(end_name="endtable")
def table(content: str, caption: str | Promise, hide_caption: bool = False, cards: bool = True) -> SafeString:
    """A data table that scrolls inside its own frame and turns into cards on a phone.

    Args:
        content: thead, tbody, tfoot; each td of a card names its column in ``data-label``.
        caption: says what the table holds; also names the scroll frame.
        hide_caption: for readers only, where a heading above says the same.
        cards: rows become cards below 48 rem; False keeps columns and scrolls sideways.
    """
    return format_html(
        '<div class="mt-table-wrap" role="region" aria-label="{caption}" tabindex="0">'
        '<table class="kern-table mt-table{cards}">'
        '<caption class="{caption_class}">{caption}</caption>{content}</table></div>',
        caption=caption,
        cards=" mt-table--cards" if cards else "",
        caption_class="kern-sr-only" if hide_caption else "mt-table__caption",
        content=content,
    )


@register.filter
def page_window(paginator: "Paginator[Any]", current: int) -> list[int]:
    """The page numbers to show: first, last, and those around the current one; 0 stands for a gap."""
    last = paginator.num_pages
    shown = sorted({1, last, *range(max(1, current - 1), min(last, current + 1) + 1)})
    window: list[int] = []
    for number in shown:
        if window and number - window[-1] > 1:
            window.append(0)
        window.append(number)
    return window
