# make run [PORT=8123]   the whole product with a demo, on this machine
# make bench [SIZES=1000] [JOBS=floor,list] [KEEP=1]   how fast everything is, and the last minutes before a deadline, about
#                        40 minutes; ends with 1 when a bar is missed
# make lock              writes requirements/*.txt anew from pyproject.toml, keeping versions where it can
# make test              everything that is tested; installs what the tests need
# make soak [PARTS=storm,deadline] [SEEDS=2]   every fault with all seeds, about 45 minutes; fails when a bar is missed
.POSIX:
PORT = 8000

.PHONY: run test bench soak lock help
help:
	@sed -n 's/^# //p' Makefile

run:
	@$(SETUP) run
	@PORT=$(PORT) exec .venv/bin/python -m config.supervisor

test:
	@$(SETUP) test
	@exec .venv/bin/python -m tools.check

bench:
	@$(SETUP) test
	@SIZES="$(SIZES)" JOBS="$(JOBS)" KEEP="$(KEEP)" exec .venv/bin/python -m benchmarks

soak:
	@$(SETUP) test
	@PARTS=$(PARTS) SEEDS=$(SEEDS) FACTORS=$(FACTORS) exec .venv/bin/python -m benchmarks.soak

lock:
	@$(SETUP) test
	@$(LOCK) -o requirements/production.txt
	@$(LOCK) --group embedded -o requirements/run.txt
	@$(LOCK) --group embedded --group test --group lint -o requirements/test.txt

LOCK = .venv/bin/uv pip compile -q --python-version 3.11 --generate-hashes --no-header pyproject.toml
SETUP = python=$$(command -v python3.11 || { python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	2>/dev/null && command -v python3; }) || { echo "Python 3.11 is missing. On Debian and Ubuntu:"; \
	echo "    apt-get install python3.11 python3.11-venv"; exit 1; }; "$$python" tools/bootstrap.py
