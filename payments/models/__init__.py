"""Records of the ledger, of awards and of payments."""

from payments.models.awards import Award, CaseLetter
from payments.models.ledger import Budget, CaseAccount, Transfer
from payments.models.payouts import Payment, PaymentExport

__all__ = ["Award", "Budget", "CaseAccount", "CaseLetter", "Payment", "PaymentExport", "Transfer"]
