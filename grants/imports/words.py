"""What is said about a file, a column and a cell that cannot be taken."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

#: Why a whole file is no list.
FAILURES: Final[Words] = {
    "broken": _("The file cannot be read. Please open it in your spreadsheet program, save it again and send that."),
    "size": _("The file holds far more than a list of 5,000 rows. Please copy the list alone into a new file."),
    "encoding": _("The text of the file cannot be read. Please save it as CSV UTF-8, or as an Excel workbook."),
    "quotes": _(
        "A quotation mark in row %(row)s has no partner. Please mend it, or save the list as an Excel workbook."
    ),
    "no_headings": _("No headings were found. The first row of the list must name its columns."),
    "no_rows": _("There are headings, but no row below them."),
    "rows": _("The list has more than 5,000 rows. Please divide it into several files."),
    "columns": _("The list has more than 100 columns. Please leave out those that are not needed."),
    "joined": _("Very many cells of the sheet were joined. Please undo that, then send the file again."),
    "infected": _("The virus scanner refuses this file."),
    "gone": _("The file is not there any more. Please upload it again."),
    "closed": _("The round has gone on since, so nothing more comes into it. Nothing was written."),
    "internal": _("The list could not be worked on. Nothing was written. The operator finds the cause in the log."),
}

#: What is wrong with a cell, or with a row at the cell where it shows.
COMPLAINTS: Final[Words] = {
    "missing": _("Nothing is entered here, but it is needed."),
    "too_long": _("The text is too long: at most %(limit)s characters."),
    "amount": _("This is no amount in euros. Write it like 1.234,56."),
    "amount_negative": _("An amount must not be negative."),
    "amount_decimals": _("An amount has at most two digits after the comma."),
    "amount_size": _("The amount is too large."),
    "amount_zero": _("The amount must be above zero."),
    "day": _("This is no day. Write it like 24.12.2025."),
    "future": _("This day lies in the future."),
    "order": _("The end lies before the beginning."),
    "number": _("This is no whole number."),
    "year": _("This is no year. Write it with four digits."),
    "yes_no": _("Write yes or no."),
    "kind": _("This kind of applicant is not known. The second sheet of the template names all kinds."),
    "email": _("This is no e-mail address."),
    "formula": _("The formula was never calculated. Please save the file in your spreadsheet program."),
    "error_value": _("The spreadsheet shows an error in this cell."),
    "joined": _("This cell was joined with others. Please undo that and fill in each cell."),
    "balance": _("Costs and financing differ: the grant and all other money must add up to the total cost."),
    "above_cost": _("The grant is higher than the total cost."),
    "twice": _("The same row stands in the list twice."),
    "number_twice": _("Another row of the list has the same number."),
    "case_taken": _("There is a case with this number already."),
    "case_reserved": _("Numbers of this form are given by the program. Leave it empty, or write it in another way."),
    "own": _("You belong to this organisation. Somebody else has to record its application."),
    "changed": _("This row was imported before, with other content."),
}  # fmt: skip

#: Named, but no error: what becomes of such rows is decided before the import.
CHANGED: Final = "changed"
