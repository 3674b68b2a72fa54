"""Records of the ledger, of awards, of payments and of comparisons with the bank."""

from payments.models.awards import Award, CaseLetter
from payments.models.comparisons import BankComparison
from payments.models.ledger import Budget, CaseAccount, Transfer
from payments.models.payouts import Payment, PaymentExport

__all__ = ["Award", "BankComparison", "Budget", "CaseAccount", "CaseLetter", "Payment", "PaymentExport", "Transfer"]
