"""Pages on which people do things with one record: what is offered, what was pressed, what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise

from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.kept import typed

Text = str | Promise


@dataclass
class Act:
    """One thing the person may do now: its words, its form, and the action behind it.

    `run` gets the cleaned data and calls one action; what it returns as text is told instead of `done`.
    """

    name: str
    title: Text
    submit: Text
    done: Text
    run: Callable[[dict[str, Any]], object]
    text: Text = ""
    form: Callable[..., forms.Form] = forms.Form
    options: dict[str, Any] = field(default_factory=dict)
    danger: bool = False
    bound: forms.Form | None = None
    #: Not possible now, and the page says why: no button, but a press from an older page is answered in words.
    hindered: bool = False
    #: Possible, and rarely what is wanted: never the main step.
    aside: bool = False

    @property
    def shown(self) -> forms.Form:
        """The form as sent, else an empty one; its ids do not clash with those of other acts."""
        return self.bound or self.form(auto_id=f"id_{self.name}_%s", **self.options)

    def bind(self, data: Any) -> forms.Form:
        self.bound = self.form(data, auto_id=f"id_{self.name}_%s", **self.options)
        return self.bound


def act_on(
    request: HttpRequest,
    record: models.Model,
    acts: Sequence[Act],
    *,
    known: frozenset[str],
    template: str,
    context: Callable[[], dict[str, Any]],
    back: str,
    version: str = "",
) -> HttpResponse:
    """Show the page, or do what was pressed and go back to it.

    Args:
        request: GET or POST with `step` and `version`.
        record: as loaded for this person.
        acts: what the person may do with it now, the main one first.
        known: every step that there is on this page, so that an old page is told from a forged one.
        template: of the page.
        context: its context, asked for only when it is shown.
        back: where to go after the step.
        version: what an open page remembers of a record without a version of its own.
    """
    seen = version or str(getattr(record, "version", ""))

    def page() -> HttpResponse:
        bound = next((act.bound for act in acts if act.bound is not None), None)
        shown = {"acts": acts, "form": bound, "version": seen, **context()}
        return render(request, template, shown)

    if request.method != "POST":
        return page()
    name = request.POST.get("step", "")
    if name not in known:
        raise Http404
    act = next((act for act in acts if act.name == name), None)
    if request.POST.get("version", "") != seen:
        return _conflict(request, LostRace(), back)
    if act is None:
        raise Http404
    form = act.bind(request.POST)
    return _run(request, act, form, page, back) if form.is_valid() else page()


def _run(request: HttpRequest, act: Act, form: forms.Form, page: Callable[[], HttpResponse], back: str) -> HttpResponse:
    try:
        told = act.run(form.cleaned_data)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except LostRace as refusal:
        return _conflict(request, refusal, back)
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return page()
    messages.success(request, told if isinstance(told, str) else str(act.done))
    return HttpResponseRedirect(back)


def _conflict(request: HttpRequest, refusal: LostRace, back: str) -> HttpResponse:
    context = {"refusal": refusal.message, "back": back, "kept": typed(request.POST)}
    return render(request, "409.html", context, status=409)
