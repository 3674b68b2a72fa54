"""The card of a round that says which papers are needed, and what files are taken."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.states import OrganisationKind
from grants.filetypes import KINDS
from grants.forms.round_card import CardForm
from grants.forms.round_fields import boxes, number
from grants.limits import MEGABYTE, limits_of
from grants.models import Round
from grants.states import ASKED_PAPERS


class DocumentsCardForm(CardForm):
    title = _("Documents")

    documents_deadline_days = number(_("Days to hand in missing documents"), 1, 365)
    file_types = boxes(
        _("Kinds of files that are taken"),
        [(kind.extension, kind.extension.upper()) for kind in KINDS],
        help_text=_("PDF should be one of them: every program can write it."),
    )
    file_megabytes = number(_("Largest file, in MB"), 1, settings.UPLOAD_MAX_BYTES // MEGABYTE)

    def __init__(self, data: Any = None, *, round: Round) -> None:
        super().__init__(data, round=round)
        for kind in round.applicant_types:
            name = f"needs_{kind}"
            label = gettext("Needed papers: %(kind)s") % {"kind": OrganisationKind(kind).label}
            self.fields[name] = boxes(label, ASKED_PAPERS, required=False)
            self.fields[name].hide_optional = True  # type: ignore[attr-defined]  # read by the field's template
            self.initial[name] = round.required_attachments.get(kind, [])

    def read(self, round: Round) -> dict[str, Any]:
        limits = limits_of(round)
        return {
            "file_types": [kind.extension for kind in limits.kinds],
            "file_megabytes": limits.max_bytes // MEGABYTE,
        }

    def values(self) -> dict[str, Any]:
        needed = {kind: self.cleaned_data.get(f"needs_{kind}", []) for kind in self.round.applicant_types}
        return {
            "documents_deadline_days": self.cleaned_data["documents_deadline_days"],
            "file_types": self._file_types(),
            "file_max_bytes": self._file_max_bytes(),
            "required_attachments": {kind: kinds for kind, kinds in needed.items() if kinds},
        }

    def _file_types(self) -> list[str]:
        """All kinds are kept as none: a kind that the product learns later is then taken as well."""
        chosen = self.cleaned_data["file_types"]
        return [] if len(chosen) == len(KINDS) else [kind.extension for kind in KINDS if kind.extension in chosen]

    def _file_max_bytes(self) -> int | None:
        size = int(self.cleaned_data["file_megabytes"]) * MEGABYTE
        return size if size < settings.UPLOAD_MAX_BYTES else None
