"""The names of all jobs, in the order in which they are measured, for whoever has no Django at hand."""

# Asked of a bare application.
BARE = ("bare-template", "bare-query", "bare-list", "bare-rows", "bare-signed-in")
# Ceilings that know nothing of sizes: measured once in a run.
ONCE = (
    "commits-1", "commits-8", "hot-row", "noop", "draw-page", "smtp", "smtp-reuse", "smtp-letter", "draw-award",
    "draw-rejection", "draw-receipt",
)  # fmt: skip
PAGES = (
    "floor", "list", "list-filtered", "list-searched", "list-last", "case", "home", "dashboard", "score", "ranking",
    "budget", "score-submit", "submit", "sign-in", "export",
)  # fmt: skip
WORK = ("notices", "letter-award", "letter-rejection", "letter-receipt", "notice-letter", "decisions", "books")
# The check of the books in an installation that has nothing but a million transfers.
MILLION = "books-million"
# The last minutes before a deadline, a part of the soak.
LAST_MINUTES = "deadline"
ALL = (*ONCE, *PAGES, *WORK)
