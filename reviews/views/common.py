"""What the pages of a round share: who may load it, its tabs."""

from collections.abc import Callable

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.context import NavItem
from accounts.http import person
from accounts.models import Machine, User
from accounts.permissions import fund_ids, has_role, is_member
from accounts.states import OFFICE_ROLES, Role
from grants.models import Application, Round
from reviews import permissions as may
from reviews.queries.ranking import may_see_ranking
from reviews.queries.seats import leads_round, rounds_visible

Check = Callable[[Round, User], bool]


def coordinates(round: Round, who: User) -> bool:
    """Tell whether the person coordinates the round's fund."""
    return has_role(who, round.fund_id, Role.COORDINATOR)


def clerks(round: Round, who: User) -> bool:
    """Tell whether the person records what the committees decide."""
    return has_role(who, round.fund_id, Role.COMMITTEE_CLERK)


def heads(round: Round, who: User) -> bool:
    """Tell whether the person heads the unit."""
    return has_role(who, round.fund_id, Role.HEAD_OF_UNIT)


def seconds(round: Round, who: User) -> bool:
    """Tell whether the person may be the second one of a step that somebody else proposed."""
    return bool(may.second_person(round, who))


def follows(round: Round, who: User) -> bool:
    """Tell whether the person follows the round as staff or auditor."""
    return bool(may.follows(round, who))


def may_follow_any(who: User) -> bool:
    """Tell whether the person follows rounds of any fund."""
    return fund_ids(who, *OFFICE_ROLES, Role.AUDITOR) != set()


def ranks(round: Round, who: User) -> bool:
    """Tell whether the person may see the ranking."""
    return may_see_ranking(round, who, follows=follows(round, who))


def leads_or_coordinates(round: Round, who: User) -> bool:
    """Tell whether the person leads the jury or coordinates the round."""
    return coordinates(round, who) or leads_round(round, who)


def is_stale(request: HttpRequest, record: Machine) -> bool:
    """Tell whether a form was sent from a page that showed another version of the record."""
    return request.method == "POST" and request.POST.get("version") != str(record.version)


def load_round(request: HttpRequest, pk: int, *allowed: Check) -> Round:
    """Load a round for somebody who passes one of the checks; 404 for everybody else."""
    who = person(request)
    round_: Round = get_object_or_404(rounds_visible(who), pk=pk)
    if not any(check(round_, who) for check in allowed):
        raise Http404
    return round_


def load_case(request: HttpRequest, pk: int, *allowed: Check) -> Application:
    """Load a sent case of such a round; never one of the person's own organisation."""
    who = person(request)
    cases = Application.objects.select_related("round__fund", "organisation", "fund", "submitted_by")
    application: Application = get_object_or_404(cases.exclude(case_number=None), pk=pk)
    if not any(check(application.round, who) for check in allowed) or is_member(who, application.organisation_id):
        raise Http404
    return application


_TABS: tuple[tuple[str, str | Promise, Check], ...] = (
    ("reviews:round", _("Overview"), follows),
    ("reviews:desk", _("Desk"), follows),
    ("reviews:jurors", _("Jury"), coordinates),
    ("reviews:assign", _("Assign"), coordinates),
    ("reviews:scoring", _("Scoring"), coordinates),
    ("reviews:session", _("Session"), leads_or_coordinates),
    ("reviews:ranking", _("Ranking"), ranks),
    ("reviews:paper", _("Committee paper"), coordinates),
    ("reviews:decisions", _("Decisions"), follows),
    ("reviews:reserve_list", _("Reserve list"), follows),
)


def tabs(request: HttpRequest, round: Round) -> list[NavItem]:
    """Return the round's pages that this person may open."""
    who = person(request)
    found = [(name, label) for name, label, check in _TABS if check(round, who)]
    links = [(label, reverse(name, args=[round.pk])) for name, label in found]
    return [NavItem(label, url, request.path == url) for label, url in links]
