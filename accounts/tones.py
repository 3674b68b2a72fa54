"""Which colour and shape the badge of a state has.

A state that no list names is neutral: it only says where a case is.
"""

_TONES: dict[str, frozenset[str]] = {
    "success": frozenset(
        {
            "ACCEPTED",
            "ACTIVE",
            "ANNOUNCED",
            "APPROVED",
            "AWARDED",
            "CONFIRMED",
            "DECIDED",
            "ELIGIBLE",
            "FINAL",
            "GRANTED",
            "LOCKED",
            "PAID",
            "SENT",
            "SETTLED",
            "SIGNED",
            "SUBMITTED_SHEET",
            "VERIFIED",
        }
    ),
    "info": frozenset(
        {
            "CHECKED",
            "COMMITTEE",
            "EXPORTED",
            "FAST_TRACK",
            "FORMAL_CHECK",
            "IN_COMMITTEE",
            "IN_PROGRESS",
            "IN_REVIEW",
            "ISSUED",
            "JURY",
            "NOTIFIED",
            "OPEN",
            "ORDERED",
            "POSTED",
            "PROOF_SUBMITTED",
            "PUBLISHED",
            "RANKED",
            "RELEASED",
            "REQUESTED",
            "REVIEWED",
            "RUNNING",
            "SCORING",
            "SENDING",
            "SUBMITTED",
        }
    ),
    "warning": frozenset(
        {
            "CHALLENGED",
            "CHANGE_PENDING",
            "DEFERRED",
            "DUNNING",
            "HEARING",
            "IN_DEPTH",
            "PENDING",
            "PLAN_REVISION",
            "PROOF_DUE",
            "PROOF_RETURNED",
            "REPAYMENT_ORDERED",
            "RESERVE_LISTED",
            "RETURNED",
        }
    ),
    "danger": frozenset(
        {
            "BOUNCED",
            "CANCELLED",
            "DECLINED",
            "ENFORCEMENT",
            "FAILED",
            "INELIGIBLE",
            "RECUSED",
            "REFUSED",
            "REJECTED",
            "VOID",
        }
    ),
}


_TONE_OF = {state: tone for tone, states in _TONES.items() for state in states}


def tone_of(state: str) -> str:
    """The badge tone of a state code: success, info, warning, danger, or neutral."""
    return _TONE_OF.get(state, "neutral")
