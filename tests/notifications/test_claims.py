"""Whether the process behind a lease still works."""

import os
import subprocess
import sys

from notifications import claims
from tests.services import wait_until


def test_own_process_lives() -> None:
    assert claims._lives(os.getpid())


def test_killed_process_that_nobody_collected_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert claims._lives(child.pid)

    child.kill()
    wait_until(lambda: not claims._lives(child.pid), 20, "the killed process")

    os.kill(child.pid, 0)  # its number is still taken
    child.communicate()
    assert not claims._lives(child.pid)
