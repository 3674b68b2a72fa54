"""The world of both sides, built once for all modules here."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tests.architecture.addresses.rows import ANONYMOUS
from tests.architecture.addresses.visitors import Visitor
from tests.world import World, make_world, undone


def _plain_404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same answer without drawing a page: the table asks thousands of times."""
    return HttpResponse("nothing here", status=404)


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    patch = pytest.MonkeyPatch()
    patch.setattr(settings, "MEDIA_ROOT", tmp_path_factory.mktemp("media"))
    patch.setattr("config.urls.handler404", _plain_404)
    with django_db_blocker.unblock(), undone():
        yield make_world()
    patch.undo()


@pytest.fixture(scope="package")
def visitors(world: World) -> dict[str, Visitor]:
    return {ANONYMOUS: Visitor(None)} | {kind: Visitor(user) for kind, user in world.people.items()}
