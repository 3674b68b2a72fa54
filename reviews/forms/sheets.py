"""The score sheet and the declarations around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import AmountField, LongTextField
from accounts.widgets import ScaleSelect
from grants.models import Criterion
from reviews.figures import TOP_SCORE, Mark, sheet_total
from reviews.models import Review, Score
from reviews.queries.ranking import bound_cents
from reviews.states import Recommendation
from reviews.steps import Answer, Summary

NOT_JUDGED = "x"
SCALE = [*((str(n), str(n)) for n in range(TOP_SCORE + 1)), (NOT_JUDGED, _("cannot judge"))]


@dataclass(frozen=True)
class CriterionRow:
    """One criterion as the page shows it: words, weight, and its two fields."""

    criterion: Criterion
    score: BoundField
    reason: BoundField


class SheetForm(forms.Form):
    """A sheet with one choice and one reason per criterion. A draft may be incomplete, a submission not."""

    recommendation = forms.ChoiceField(
        label=_("Your recommendation"), choices=Recommendation.choices, widget=forms.RadioSelect, required=False
    )
    comment = LongTextField(label=_("Comment for the session"), max_length=3000, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        review: Review,
        rubric: Sequence[Criterion],
        scores: Sequence[Score],
        complete: bool = False,
    ) -> None:
        """Build the fields of the rubric.

        Args:
            data: what was sent.
            review: sheet with application and round.
            rubric: criteria in order.
            scores: what is kept so far.
            complete: the sheet is handed in, so every answer and reason is asked for.
        """
        self.rubric, self.complete = rubric, complete
        self.reasons = set(review.application.round.reason_scores)
        super().__init__(data, initial=_initial(review, scores))
        most = bound_cents(review.application)
        self.fields["proposed"] = AmountField(label=_("Proposed amount"), required=False, max_cents=most)
        wanted = ", ".join(str(n) for n in sorted(self.reasons))
        for criterion in rubric:
            self._add(criterion, wanted)
        for field in self.fields.values():
            # What a draft may leave open is still asked for in the end; the hints say what is needed.
            field.hide_optional = True  # type: ignore[attr-defined]

    def _add(self, criterion: Criterion, wanted: str) -> None:
        self.fields[f"score_{criterion.pk}"] = forms.ChoiceField(
            label=criterion.name, choices=SCALE, widget=ScaleSelect, required=self.complete,
            error_messages={"required": _("Choose a score or “cannot judge”.")},
        )  # fmt: skip
        self.fields[f"reason_{criterion.pk}"] = LongTextField(
            label=gettext("Reason: %(criterion)s") % {"criterion": criterion.name},
            max_length=1500, required=False, widget=forms.Textarea({"rows": 2}),
            help_text=gettext("Needed for the scores %(scores)s.") % {"scores": wanted} if wanted else "",
        )  # fmt: skip

    def rows(self) -> Iterator[CriterionRow]:
        """Yield the criteria with their fields."""
        for criterion in self.rubric:
            yield CriterionRow(criterion, self[f"score_{criterion.pk}"], self[f"reason_{criterion.pk}"])

    def clean(self) -> dict[str, Any]:
        """Ask for reasons where the round wants them, and for at least one judged criterion."""
        if self.complete:
            for criterion, answer in self.answers().items():
                if answer.value in self.reasons and not answer.reason and not self.has_error(f"reason_{criterion.pk}"):
                    self.add_error(f"reason_{criterion.pk}", gettext("Give a reason for this score."))
            marks = [Mark(c.code, c.weight, a.value, a.not_judged) for c, a in self.answers().items()]
            if not self.errors and sheet_total(marks) is None:
                self.add_error(None, gettext("Judge at least one criterion, or declare a conflict."))
        return self.cleaned_data

    def answers(self) -> dict[Criterion, Answer]:
        """Return the answers that could be read."""
        return {criterion: self._answer(criterion) for criterion in self.rubric}

    def _answer(self, criterion: Criterion) -> Answer:
        choice = self.cleaned_data.get(f"score_{criterion.pk}") or ""
        reason = self.cleaned_data.get(f"reason_{criterion.pk}") or ""
        value = int(choice) if choice and choice != NOT_JUDGED else None
        return Answer(value, choice == NOT_JUDGED, reason)

    def summary(self) -> Summary:
        """Return recommendation, amount and comment as far as they could be read."""
        return Summary(
            self.cleaned_data.get("recommendation") or "",
            self.cleaned_data.get("proposed"),
            self.cleaned_data.get("comment") or "",
        )

    @property
    def seen_version(self) -> int:
        """The version of the sheet that the page showed; 0 where it was tampered with, which always loses."""
        return cast(int, self.cleaned_data.get("version") or 0)


def _initial(review: Review, scores: Sequence[Score]) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "recommendation": review.recommendation,
        "proposed": review.proposed_cents,
        "comment": review.comment,
        "version": review.version,
    }
    for score in scores:
        choice = NOT_JUDGED if score.not_judged else "" if score.value is None else str(score.value)
        initial |= {f"score_{score.criterion_id}": choice, f"reason_{score.criterion_id}": score.reason}
    return initial


class DeclarationForm(forms.Form):
    """Conflict or none, before anything opens."""

    declaration = forms.ChoiceField(
        label=_("Your declaration"),
        choices=[
            ("none", _("I have no conflict of interest in this application.")),
            ("conflict", _("I have a conflict of interest.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    why = LongTextField(
        label=_("Why there is a conflict"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """A conflict needs a reason."""
        conflict = self.cleaned_data.get("declaration") == "conflict"
        if conflict and not self.cleaned_data.get("why") and not self.has_error("why"):
            self.add_error("why", gettext("Say in a few words why."))
        return self.cleaned_data


class WhyForm(forms.Form):
    """A reason, for acts that need one."""

    why = LongTextField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 3}))
