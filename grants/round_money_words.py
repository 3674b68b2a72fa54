"""What happens with the money after the award, as plain sentences of the cards."""

from collections.abc import Iterator
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.money import format_cents
from grants.models import Round

_WHEN: Final[dict[str, Promise]] = {
    "on_finality": gettext_lazy("%(percent)s %% of the grant can be requested once the award is final."),
    "on_interim": gettext_lazy("%(percent)s %% of the grant can be requested after the interim proof."),
    "after_proof": gettext_lazy("%(percent)s %% of the grant can be requested after the proof of use was checked."),
}


def payment(round: Round) -> list[str]:
    """When the money comes, and what may be done with it."""
    return [
        *_instalments(round),
        _("Money must be used within %(months)s months after it was paid.") % {"months": round.use_by_months},
        _("A position may rise by %(percent)s %% if others fall.") % {"percent": round.shift_tolerance_percent},
        _("A new bank account can be used after %(days)s days.") % {"days": round.bank_cooling_days},
    ]


def _instalments(round: Round) -> Iterator[str]:
    for part in round.instalments:
        yield str(_WHEN[part["when"]]) % {"percent": part["percent"]}
    if round.final_retention_percent:
        told = _("%(percent)s %% are kept back until the proof of use was checked.")
        yield told % {"percent": round.final_retention_percent}


def proof(round: Round) -> list[str]:
    """What must be shown afterwards, and what is claimed back."""
    interim = _("An interim proof is asked for.") if round.interim_proof else _("No interim proof is asked for.")
    checks = {"months": round.basic_check_months, "percent": round.sample_percent}
    claims = {"amount": format_cents(round.recovery_minimum_cents), "points": round.interest_points}
    back = _("Money paid back in the same year returns to the fund.")
    gone = _("Money paid back goes to the general budget.")
    return [
        interim,
        _("The proof of use is due %(months)s months after the project.") % {"months": round.proof_months},
        _("Each proof is checked in short within %(months)s months; %(percent)s %% are checked in depth.") % checks,
        _("Claims below %(amount)s are not recovered; others bear %(points)s points above the base rate.") % claims,
        back if round.repaid_returns else gone,
    ]


def keeping(round: Round) -> list[str]:
    """What everybody may read, and how long it is kept."""
    years = {"rejected": round.keep_rejected_years, "funded": round.keep_funded_years}
    return [
        _("The list of awards is published.") if round.publish_awards else _("The list of awards is not published."),
        _("Rejected applications are kept for %(rejected)s years, funded ones for %(funded)s years.") % years,
    ]
