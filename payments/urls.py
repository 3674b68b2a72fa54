"""Addresses of payments."""

from django.urls import URLPattern, URLResolver, path

from payments.views import (
    accounts,
    awards,
    budget,
    budget_carry,
    budget_steps,
    calendar,
    comparisons,
    exports,
    letters,
    office_awards,
    payouts,
    plans,
    portal,
    public_figures,
    published,
    rounds,
    way,
)

app_name = "payments"
urlpatterns: list[URLPattern | URLResolver] = [
    # The addressee and grantee; the first address is that of grants:application, whose page this one extends
    path("applications/<int:pk>/", way.application, name="application"),
    path("applications/<int:pk>/dates.ics", calendar.dates, name="dates"),
    path("letters/<int:pk>/", portal.letter, name="letter"),
    path("letters/<int:pk>/pdf/", portal.letter_copy, name="letter_copy"),
    path("awards/<int:pk>/", awards.award, name="award"),
    path("awards/payments/<int:pk>/", awards.award_payment, name="award_payment"),
    # Everybody
    path("funds/<slug:fund>/awards/", published.published, name="published"),
    path("funds/<slug:fund>/figures/", public_figures.figures, name="figures"),
    path("funds/<slug:fund>/news.atom", public_figures.feed, name="feed"),
    # The office
    path("office/letters/", letters.letters, name="letters"),
    path("office/letters/sign/", letters.letters_sign, name="letters_sign"),
    path("office/letters/release/<int:pk>/", letters.letters_release, name="letters_release"),
    path("office/letters/<int:pk>/", letters.letter_office, name="letter_office"),
    path("office/letters/<int:pk>/pdf/", letters.letter_pdf, name="letter_pdf"),
    path("office/cases/<int:pk>/plan/", plans.plan, name="plan"),
    path("office/awards/<int:pk>/", office_awards.award_office, name="award_office"),
    path("office/rounds/<int:pk>/publish/", rounds.publish, name="publish_round"),
    # Finance
    path("payments/", payouts.payments, name="payments"),
    path("payments/export/", exports.export, name="export"),
    path("payments/comparison/<int:pk>/", comparisons.compare, name="compare"),
    path("payments/exports/<int:pk>/", exports.export_page, name="export_page"),
    path("payments/exports/<int:pk>/file/", exports.export_file, name="export_file"),
    path("payments/accounts/", accounts.bank_accounts, name="bank_accounts"),
    path("payments/accounts/<int:pk>/", accounts.bank_account, name="bank_account"),
    path("payments/<int:pk>/", payouts.payment, name="payment"),
    # The budget
    path("budget/", budget.budgets, name="budgets"),
    path("budget/new/", budget_steps.budget_new, name="budget_new"),
    path("budget-changes/<int:pk>/", budget_steps.budget_proposal, name="budget_proposal"),
    path("budget/<slug:fund>/<int:year>/", budget.budget, name="budget"),
    path("budget/<slug:fund>/<int:year>/transfers/", budget.budget_transfers, name="budget_transfers"),
    path("budget/<slug:fund>/<int:year>/carry/", budget_carry.budget_carry, name="budget_carry"),
    path("budget/<slug:fund>/<int:year>/<slug:step>/", budget_steps.budget_change, name="budget_change"),
]
