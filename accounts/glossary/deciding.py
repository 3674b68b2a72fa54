"""The terms of what happens after sending: check, decision, letter, money, report."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.glossary.terms import Term

DECIDING = (
    Term(
        "announcement",
        pgettext_lazy("term", "announcement"),
        "Bekanntgabe",
        _(
            "The day from which a letter counts. By post it is the fourth day after we sent it. In the portal it is "
            "the day after you opened it. From that day on the time to sue runs."
        ),
    ),
    Term(
        "award letter",
        pgettext_lazy("term", "award letter"),
        "Zuwendungsbescheid",
        _(
            "The binding letter that says how much money you get, for what and under which conditions. Only this "
            "letter counts, not an e-mail and not a word on the phone."
        ),
    ),
    Term(
        "case number",
        pgettext_lazy("term", "case number"),
        "Aktenzeichen",
        _("The number of your application. Name it whenever you write or call."),
    ),
    Term(
        "committee",
        pgettext_lazy("term", "committee"),
        "Gremium",
        _("A group of elected or appointed people who recommend or decide which projects get money."),
    ),
    Term(
        "condition",
        pgettext_lazy("term", "condition"),
        "Nebenbestimmung",
        _(
            "What the letter asks of you beside the project itself, for instance to keep receipts. Who does not keep "
            "to it may have to pay money back."
        ),
    ),
    Term(
        "criteria",
        pgettext_lazy("term", "criteria"),
        "Kriterien",
        _(
            "The questions by which the jury compares the applications. Each has a weight; all of them can be read "
            "before you apply."
        ),
    ),
    Term(
        "fast track",
        pgettext_lazy("term", "fast track"),
        "Schnellverfahren",
        _("The way for small projects: the office decides alone, without jury and committees. It goes faster."),
    ),
    Term(
        "final",
        pgettext_lazy("term", "final"),
        "bestandskräftig",
        _("Nobody can sue against the letter any more. Money can be paid from then on."),
    ),
    Term(
        "formal check",
        pgettext_lazy("term", "formal check"),
        "formale Prüfung",
        _(
            "The office looks whether everything is there and whether the rules are kept. It does not judge yet how "
            "good the idea is."
        ),
    ),
    Term(
        "funding type",
        pgettext_lazy("term", "funding type"),
        "Finanzierungsart",
        _(
            "How the grant follows the costs when the project costs less or more than planned: a fixed sum, a share "
            "of the costs, or what is missing at the end."
        ),
    ),
    Term(
        "grant period",
        pgettext_lazy("term", "grant period"),
        "Bewilligungszeitraum",
        _("The time in which the project takes place and in which its costs may arise."),
    ),
    Term(
        "jury",
        pgettext_lazy("term", "jury"),
        "Jury",
        _(
            "Experts who read the applications, give points and propose who gets money. Who is too close to a project "
            "takes no part in it."
        ),
    ),
    Term(
        "legal remedy",
        pgettext_lazy("term", "legal remedy"),
        "Rechtsbehelf",
        _(
            "What you can do when you do not agree with a letter: sue at the court. The letter says where and until "
            "when."
        ),
    ),
    Term(
        "proof of use",
        pgettext_lazy("term", "proof of use"),
        "Verwendungsnachweis",
        _(
            "A report after the project: what you did, and a list of all costs and all money. Keep the bills from the "
            "first day on."
        ),
    ),
    Term(
        "rejection letter",
        pgettext_lazy("term", "rejection letter"),
        "Ablehnungsbescheid",
        _("The binding letter that says that you get no grant, and why."),
    ),
    Term(
        "repayment",
        pgettext_lazy("term", "repayment"),
        "Erstattung",
        _(
            "Money that has to be given back, for instance because less was spent or because it was used for "
            "something else."
        ),
    ),
    Term(
        "request for documents",
        pgettext_lazy("term", "request for documents"),
        "Nachforderung",
        _(
            "The office tells you what is missing and until when it needs it. Only these places of your application "
            "open again."
        ),
    ),
    Term(
        "reserve list",
        pgettext_lazy("term", "reserve list"),
        "Nachrückliste",
        _("Good projects for which there is no money left. They move up in their order when money becomes free."),
    ),
    Term(
        "waiver",
        pgettext_lazy("term", "waiver"),
        "Rechtsbehelfsverzicht",
        _(
            "You say in writing that you will not sue against the letter. Then it is final at once and the money can "
            "come sooner. You cannot take it back."
        ),
    ),
)
