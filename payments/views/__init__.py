"""Pages of letters, awards and payouts; those of the budget stand in payments.views.budgets."""
