"""The ledger: the only door for money.

Every function runs inside the open transaction of an action, locks the budget row first and then the case,
and is done once per key: the same key again changes nothing, the same key with other content is a `KeyClash`.
Amounts are integer cents. The legal moves stand in `payments.postings`; triggers and constraints hold them
and keep every balance, so that no fault here can give out money twice.
"""

from payments.ledger.book import Locked, hold, lock
from payments.ledger.budgets import (
    appropriate,
    block,
    budget_of,
    lapse,
    open_budget,
    put_in_force,
    reduce,
    supplement,
    unblock,
)
from payments.ledger.cases import (
    account_of,
    bounce,
    cancel_order,
    commit,
    decide,
    decommit,
    open_case,
    order,
    pay,
    release_all,
    reserve_to,
    set_decided,
)
from payments.ledger.claims import (
    claim,
    interest_claim,
    interest_recover,
    interest_waive,
    recover,
    return_repaid,
    write_off,
)
from payments.ledger.many import Entry, open_cases, post_many
from payments.ledger.refusals import (
    AppropriatedBefore,
    Busy,
    CarriedBefore,
    CommittedBefore,
    KeyClash,
    NoBudget,
    NoDecree,
    NotInForce,
    NotReturnable,
    OtherPart,
    OverBudget,
    OverCase,
    YearClosed,
    YearOver,
)
from payments.ledger.years import carry, carry_all, close_year, end_authority

__all__ = [
    "AppropriatedBefore", "Busy", "CarriedBefore", "CommittedBefore", "Entry", "KeyClash", "Locked", "NoBudget",
    "NoDecree", "NotInForce", "NotReturnable", "OtherPart", "OverBudget", "OverCase", "YearClosed", "YearOver",
    "account_of", "appropriate", "block", "bounce", "budget_of", "cancel_order", "carry", "carry_all", "claim",
    "close_year", "commit", "decide", "decommit", "end_authority", "hold", "interest_claim", "interest_recover",
    "interest_waive", "lapse", "lock", "open_budget", "open_case", "open_cases", "order", "pay", "post_many",
    "put_in_force", "recover", "reduce", "release_all", "reserve_to", "return_repaid", "set_decided", "supplement",
    "unblock", "write_off",
]  # fmt: skip
