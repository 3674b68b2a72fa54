"""What everybody may read of a fund beside the list of awards: figures of former rounds, and a feed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from grants.queries import shown_funds
from payments.queries import figures as queries
from payments.queries.news import news


@require_safe
def figures(request: HttpRequest, fund: str) -> HttpResponse:
    """Show how many applied, and what was funded, by round and by town."""
    shown, today = get_object_or_404(shown_funds(), slug=fund), clock.today()
    rounds = queries.by_round(shown, today)
    chosen = next((one for one in rounds if one.slug == request.GET.get("round")), None)
    told = [chosen] if chosen else rounds
    context = {
        "fund": shown,
        "rounds": rounds,
        "chosen": chosen,
        "total": queries.total(told),
        "towns": queries.by_town(shown, today, chosen.slug if chosen else "") if rounds else [],
        "fewest": queries.FEWEST,
    }
    return render(request, "payments/figures.html", context)


@require_safe
def feed(_request: HttpRequest, fund: str) -> HttpResponse:
    """Hand out the news of a fund as an Atom feed (RFC 4287)."""
    shown = get_object_or_404(shown_funds(), slug=fund)
    site = str(settings.SITE_URL)
    page, own = (site + reverse(name, args=[fund]) for name in ("grants:fund", "payments:feed"))
    made = Atom1Feed(
        title=shown.name,
        link=page,
        description=_("Rounds and awards of this fund"),
        language=get_language(),
        author_name=shown.authority,
        feed_url=own,
        feed_guid=own,
    )
    for one in news(shown, clock.now()):
        made.add_item(
            title=one.title,
            link=site + one.path,
            description=one.text,
            unique_id=f"{own}#{one.key}",
            pubdate=one.at,
            updateddate=one.at,
        )
    return HttpResponse(made.writeString("utf-8"), content_type=made.content_type)
