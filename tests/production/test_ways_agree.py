"""The plain way, the containers, the settings and their description say the same."""

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import yaml
from django.urls import URLPattern, URLResolver, get_resolver

from benchmarks.stack import NICE_OF_WORKERS
from grants.limits import MEGABYTE
from grants.uploads import request_limit
from tests.production.units import DEPLOY, SERVICES, UNITS, Unit, settings_of
from tests.services import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
NGINX = (DEPLOY / "nginx.conf").read_text()
OPERATORS = (ROOT / "docs" / "operators.md").read_text()
# What an operator sets, read where production reads it.
READ = re.compile(r'env\.[a-z]+\(\s*"([A-Z_]+)"|os\.environ(?:\.get\(|\[)"([A-Z_]+)"|\bnumber\("([A-Z_]+)"')
ROW = re.compile(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", re.MULTILINE)
# Of the owner's file and of the shell, not of production's table.
OF_CONTAINERS = {"APPLICATION_PASSWORD", "OWNER_PASSWORD"}
# Given by compose.yaml itself, not by .env.
GIVEN = {"DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "MEDIA_ROOT", "STATIC_ROOT", "BIND"}
OF_GUNICORN = {"GUNICORN_CONTROL_SOCKET", "PROMETHEUS_MULTIPROC_DIR"}


def described() -> set[str]:
    return {name for row in ROW.findall(OPERATORS) for name in re.findall(r"[A-Z_]+", row)}


def read_by_production() -> set[str]:
    sources = (ROOT / "config" / "settings" / "production.py", DEPLOY / "gunicorn.conf.py")
    return {name for path in sources for found in READ.findall(path.read_text()) for name in found if name}


def test_every_setting_is_described_and_every_description_is_read() -> None:
    assert described() == read_by_production()


def test_the_example_names_no_other_settings() -> None:
    examples = [settings_of((DEPLOY / name).read_text()).keys() for name in ("environment.example", "owner.example")]

    assert set().union(*examples) - described() == set()


def test_env_file_of_compose_has_the_same_settings() -> None:
    wanted = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))

    assert wanted == (described() | OF_CONTAINERS) - GIVEN - OF_GUNICORN


def taking_files(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """The addresses whose body the product reads itself: only they check the token afterwards."""
    for found in patterns:
        if isinstance(found, URLResolver):
            yield from taking_files(found.url_patterns, before + str(found.pattern))
        elif getattr(found.callback, "csrf_exempt", False):
            yield f"/{before}{found.pattern}"


def test_proxy_lets_files_through_wherever_they_are_taken() -> None:
    found = re.search(r"location ~ (\S+) \{\s+client_max_body_size (\d+)m;", NGINX)
    assert found
    addresses = list(taking_files(get_resolver().url_patterns))

    assert {address for address in addresses if not re.match(found[1], address)} == set()
    assert len(addresses) >= 5
    assert int(found[2]) * MEGABYTE > request_limit()


@pytest.mark.parametrize("name", SERVICES)
def test_unit_and_container_run_the_same(name: str) -> None:
    unit = [word for word in Unit.read(name).command if not word.startswith(("--hostname=", "--schedule="))]
    container = [word for word in COMPOSE[name]["command"] if not word.startswith("--schedule=")]

    assert [unit[0].rpartition("/")[2], *unit[1:]] == container


def test_unit_and_container_back_up_alike() -> None:
    assert Unit.read("backup").command[1:] == COMPOSE["backup"]["command"][1:]


def test_one_image_is_built_and_all_containers_of_the_product_are_made_of_it() -> None:
    ours = {name: service for name, service in COMPOSE.items() if name not in {"database", "broker"}}

    assert [name for name, service in COMPOSE.items() if "build" in service] == ["migrate"]
    assert {(service["image"], service["pull_policy"]) for service in ours.values()} == {
        ("miteinander:latest", "never")
    }


def test_database_is_well_only_when_others_reach_it() -> None:
    # At its first start PostgreSQL's image answers on its socket before the roles are there.
    assert "--host=127.0.0.1" in COMPOSE["database"]["healthcheck"]["test"]


def test_nightly_backup_starts_and_changes_nothing_else() -> None:
    assert COMPOSE["backup"]["depends_on"] == []


def test_second_web_of_an_update_is_the_first_on_another_port() -> None:
    web, beside = COMPOSE["web"], COMPOSE["beside"]

    assert beside == web | {"profiles": ["update"], "restart": "no", "ports": ["127.0.0.1:8001:8000"]}
    assert web["ports"] == ["127.0.0.1:8000:8000"]
    assert re.findall(r"^\s+(# )?server 127\.0\.0\.1:(\d+) max_fails=0( backup)?;", NGINX, re.MULTILINE) == [
        ("", "8000", ""), ("# ", "8001", " backup"),
    ]  # fmt: skip


def test_workers_serve_every_queue_and_nobody_else_does() -> None:
    queues = {word.partition("=")[2] for unit in SERVICES for word in Unit.read(unit).command if "--queues=" in word}

    assert queues == {"notices", "letters", "slow"}


@pytest.mark.parametrize("name", ["notices", "letters", "slow"])
def test_a_worker_has_the_time_to_finish(name: str) -> None:
    unit, container = Unit.read(name), COMPOSE[name]

    assert (unit.one("KillMode"), unit.one("TimeoutStopSec")) == ("mixed", "200")
    assert (container["init"], container["stop_grace_period"]) == (True, "200s")


@pytest.mark.parametrize("name", ["notices", "letters", "slow"])
def test_a_worker_stands_back_behind_the_web_server(name: str) -> None:
    assert (Unit.read(name).one("Nice"), COMPOSE[name]["cpu_shares"]) == (str(NICE_OF_WORKERS), 341)
    assert "cpu_shares" not in COMPOSE["web"]


@pytest.mark.parametrize("path", sorted(UNITS.glob("*.service")), ids=lambda path: path.stem)
def test_no_unit_runs_as_root_or_writes_where_it_need_not(path: Any) -> None:
    unit = Unit.read(path.stem.removeprefix("miteinander-"))

    assert (unit.one("User"), unit.one("NoNewPrivileges")) == ("miteinander", "yes")
    assert (unit.one("ProtectSystem"), unit.one("CapabilityBoundingSet")) == ("strict", "")
    assert "/etc/miteinander/owner" not in unit.lines["EnvironmentFile"] or unit.name == "backup"


def test_the_operators_steps_name_every_unit() -> None:
    for name in SERVICES:
        assert re.search(rf"miteinander-\{{[a-z,]*{name}[a-z,]*\}}", OPERATORS), name
    assert "miteinander-backup.timer" in OPERATORS


def test_wrapper_gives_the_owner_where_production_takes_him() -> None:
    script = (DEPLOY / "miteinander-manage").read_text()
    source = (ROOT / "config" / "settings" / "production.py").read_text()
    found = re.search(r"OWNER_COMMANDS = frozenset\(\{(.+?)\}\)", source)
    case = re.search(r"^\s+(\w+(?: \| \w+)+)\) \.", script, re.MULTILINE)

    assert found
    assert case
    # createcachetable is called by migrate, never by hand.
    assert set(case[1].split(" | ")) == set(shlex.split(found[1].replace(",", " "))) - {"createcachetable"}
