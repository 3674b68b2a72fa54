"""Fixtures of the operator's way; one installation for all tests of this folder."""

from collections.abc import Iterator

import psycopg
import pytest

from config.messages import compile_messages
from tests.production.installation import Installation, Valkey
from tests.production.units import SERVICES, Machine
from tests.services import Postgres, SmtpSink, free_port, wait_until


@pytest.fixture(scope="package")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A machine with database, roles, broker, mail server and settings, before the first ``migrate``."""
    folder = tmp_path_factory.mktemp("operator")
    installation = Installation(Machine(folder, free_port()), Postgres().create(), Valkey(folder), SmtpSink())
    with psycopg.connect(installation.postgres.url, autocommit=True) as connection:
        for statement in (
            "CREATE ROLE owner LOGIN",
            "CREATE ROLE application LOGIN",
            "CREATE DATABASE miteinander OWNER owner",
        ):
            connection.execute(statement)
    installation.broker.start()
    installation.mail.accept()
    installation.write_settings()
    yield installation
    installation.remove()


@pytest.fixture(scope="package")
def installed(bare: Installation) -> Installation:
    """After ``migrate``."""
    done = bare.manage("migrate")
    assert done.returncode == 0, done.stderr
    assert "tables to application." in done.stdout
    return bare


@pytest.fixture(scope="package")
def running(installed: Installation) -> Installation:
    """All units started, as ``systemctl start miteinander.target`` does; the web server answers."""
    compile_messages()
    done = installed.manage("collectstatic", "--noinput", "--verbosity=0")
    assert done.returncode == 0, done.stderr
    for name in SERVICES:
        installed.service(name).start()
    web = installed["web"]
    wait_until(lambda: installed.is_well() or not web.lives, 60, "the web server")
    assert web.lives, web.log
    return installed
