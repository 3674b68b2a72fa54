"""The terms that an application needs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.glossary.terms import Term

APPLYING = (
    Term(
        "application",
        pgettext_lazy("term", "application"),
        "Antrag",
        _("What you send us: who you are, what you plan, what it costs and how much money you ask for."),
    ),
    Term(
        "cost plan",
        pgettext_lazy("term", "cost plan"),
        "Kostenplan",
        _("A list of everything that the project costs: how many, the price for one, the sum."),
    ),
    Term(
        "double funding",
        pgettext_lazy("term", "double funding"),
        "Doppelförderung",
        _(
            "The same costs are paid twice from public money. This is not allowed. Two public funders may share the "
            "costs, if both know of each other."
        ),
    ),
    Term(
        "eligible costs",
        pgettext_lazy("term", "eligible costs"),
        "zuwendungsfähige Kosten",
        _("Costs that the grant may be used for. What the guideline leaves out, you pay from other money."),
    ),
    Term(
        "executing unit",
        pgettext_lazy("term", "executing unit"),
        "durchführende Stelle",
        _(
            "The group, school or department that runs the project, when it is not the one that gets the letter and "
            "the money."
        ),
    ),
    Term(
        "exemption notice",
        pgettext_lazy("term", "exemption notice"),
        "Freistellungsbescheid",
        _(
            "The letter from the tax office which says that an association serves the public good and pays no tax for "
            "it."
        ),
    ),
    Term(
        "financing gap",
        pgettext_lazy("term", "financing gap"),
        "Finanzierungslücke",
        _(
            "What is missing when you take all money together and compare it with the costs. In the plan it must be "
            "zero."
        ),
    ),
    Term(
        "financing plan",
        pgettext_lazy("term", "financing plan"),
        "Finanzierungsplan",
        _(
            "A list of all money for the project: the grant, your own share, entry fees, donations, other funders. "
            "Its sum is exactly the sum of the cost plan."
        ),
    ),
    Term(
        "grant",
        pgettext_lazy("term", "grant"),
        "Zuwendung",
        _(
            "Public money for a project. You do not pay it back, as long as you use it for what the letter says and "
            "can show it."
        ),
    ),
    Term(
        "guideline",
        pgettext_lazy("term", "guideline"),
        "Richtlinie",
        _("The rules of the fund: who may apply, what may be paid and what not."),
    ),
    Term(
        "input tax",
        pgettext_lazy("term", "input tax"),
        "Vorsteuer",
        _(
            "The value added tax in your bills. Some organisations get it back from the tax office. Then the plan "
            "counts prices without this tax."
        ),
    ),
    Term(
        "legal form",
        pgettext_lazy("term", "legal form"),
        "Rechtsform",
        _(
            "What an organisation is by law: a registered association, a parish, a company, a town. A group of people "
            "without one is an initiative."
        ),
    ),
    Term(
        "own share",
        pgettext_lazy("term", "own share"),
        "Eigenanteil",
        _("The part of the costs that you bring yourselves: your own money, and the hours that you work without pay."),
    ),
    Term(
        "own work",
        pgettext_lazy("term", "own work"),
        "Eigenleistung",
        _(
            "Hours that people work for the project without pay. Each hour counts a fixed amount, up to a limit. It "
            "helps to reach your own share; it is never paid out."
        ),
    ),
    Term(
        "representative",
        pgettext_lazy("term", "representative"),
        "vertretungsberechtigte Person",
        _(
            "A person who may sign for the organisation. In an association this is usually the board; the statutes "
            "say who."
        ),
    ),
    Term(
        "round",
        pgettext_lazy("term", "round"),
        "Förderrunde",
        _("One call for applications with its own deadline, its own money and its own rules."),
    ),
    Term(
        "smallest grant",
        pgettext_lazy("term", "smallest grant"),
        "kleinste Zuwendung",
        _(
            "The amount below which you could not do the project at all. The jury can then propose less than you "
            "asked for."
        ),
    ),
    Term(
        "start of the project",
        pgettext_lazy("term", "start of the project"),
        "Maßnahmenbeginn",
        _(
            "The first order, contract or purchase for the project. Planning and asking for prices are not a start. "
            "Who starts too early loses the grant."
        ),
    ),
    Term(
        "statutes",
        pgettext_lazy("term", "statutes"),
        "Satzung",
        _("The written rules of an association: its purpose, its members, its board."),
    ),
)
