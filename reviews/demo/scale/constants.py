"""Names and sizes that others build on."""

from typing import Final

# From this many applications on, the first ones are the told story and the others come in quantity.
SCALE_FROM: Final = 200
STORY: Final = 70

# Two rounds of the main fund, of this year's budget: one whose sheets are all locked, for the ranking; one that the
# jury still scores, for the lists. Both have juries of six.
RANKING_SLUG: Final = "miteinander-rangfolge"
RANKING_CASES: Final = 153
DENSE_SLUG: Final = "miteinander-grosse-runde"
# Jurors of the ranking round are the demo's jury1 … jury6; those of the dense round sign in with these names.
DENSE_JURORS: Final = ("gutachten1", "gutachten2", "gutachten3", "gutachten4", "gutachten5", "gutachten6")

# The other funds: their short names begin so. The demo's staff works for all of them.
FUND_PREFIX: Final = "stadtbezirk-"
ROUND_CASES: Final = 150
YEARS: Final = 10
JURORS_PER_ROUND: Final = 3
# Money of one round, from which its grants are paid (cents).
ROUND_MONEY_CENTS: Final = 22_000_000
# So many cases are held in memory and written in one transaction.
BATCH: Final = 300
# So many transfers are posted in one transaction.
TRANSFERS: Final = 50
