"""Production's settings, whole; only the address table has the floor and the ceilings on top.

The seed needs the demo's leave and has it for its own process: web and workers run without.
"""

import os

from config.settings.production import *  # noqa: F403
from config.settings.production import INSTALLED_APPS, env

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]
ROOT_URLCONF = "benchmarks.urls"
DEMO = env.flag("BENCH_SEED")
DEMO_PASSWORD = os.environ.get("BENCH_PASSWORD", "")
env.check()
