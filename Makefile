# Tidedesk. `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
PY := $(VENV)/bin/python
SUPERVISOR := $(PY) -m libs.common.supervisor

# The first Python that is new enough.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)

# Several files of tests at a time, each process with its own servers; ARGS="-n 0" for one.
PYTEST := $(PY) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# Processes start by the hundred: what Python has compiled is kept, whatever the machine prefers.
unexport PYTHONDONTWRITEBYTECODE

# A file per content of the lock, so that a checkout's new times install nothing.
LOCK := requirements/dev.txt
INSTALLED := $(VENV)/.installed-$(shell cksum < $(LOCK) | tr -d ' ')

# uv writes no addresses and no paths into the locks.
EXTRAS := common gateway intake ticketing notify dispatch sla kb reporting consumer s3 test quality
COMPILE := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate pyproject.toml

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
		printf '  make %-12s %s\n' "$$name" "$$what"; done

.PHONY: setup
setup: $(INSTALLED) ## the virtual environment with locked packages

$(INSTALLED): | $(LOCK)
	@echo "installing $(LOCK) into $(VENV)"
	@sh libs/common/supervisor/make_venv.sh "$(PYTHON)" $(VENV) $(LOCK)
	@rm -f $(VENV)/.installed-*
	@touch $@

.PHONY: run
run: setup console ## everything on this machine: servers, console, demo data; Ctrl-C stops it
	@$(SUPERVISOR) run

# Beside one another, as mypy leaves all cores but one idle; their outputs are not mixed.
BESIDE := --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync)

.PHONY: test
test: setup ## what CI runs: lint, then all tests in their short form
	@$(MAKE) --no-print-directory $(BESIDE) lint console
	@$(SUPERVISOR) programs
	$(PYTEST) $(ARGS)

.PHONY: test-long
test-long: setup console ## all tests, chaos and bulk runs in their long form
	@$(SUPERVISOR) programs
	$(PYTEST) --long $(ARGS)

# `make scale dispatch=4`: variables of the command line are the wishes.
WISHES := $(filter-out ARGS=% PYTHON=%,$(MAKEOVERRIDES))

.PHONY: scale
scale: setup ## replicas of what `make run` runs: make scale dispatch=4 ticketing.events=2
	@$(SUPERVISOR) scale $(WISHES)

.PHONY: demo
demo: setup ## the story, told against the system that `make run` runs
	@$(PY) -m tests.demo

.PHONY: bench
bench: setup ## measure the system that `make run` runs
	@$(PY) -m tests.bench $(ARGS)

.PHONY: soak
soak: setup ## mixed work for 20 minutes against what `make run` runs: does anything grow?
	@$(PY) -m tests.soak $(ARGS)

.PHONY: lint
lint: setup ## ruff, mypy, import-linter
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

.PHONY: console
console: setup ## build gateway/console/dist when its sources have changed
	@$(SUPERVISOR) console

.PHONY: migrate
migrate: setup ## create and upgrade the databases of DATABASE_URL
	$(PY) -m libs.common.migrate

.PHONY: topology
topology: setup ## write the committed topology file from all subscriptions
	$(PY) -m libs.common.bus.topology --write
	$(PY) -m libs.common.bus.broker_resources --write

.PHONY: lock
lock: setup ## write requirements/*.txt anew from pyproject.toml (ARGS=--upgrade for newer versions)
	$(COMPILE) $(ARGS) $(EXTRAS:%=--extra %) -o $(LOCK)
	for extra in $(EXTRAS); do \
		$(COMPILE) --extra $$extra -c $(LOCK) -o requirements/$$extra.txt || exit 1; done
	for extra in postgres node; do \
		$(COMPILE) $(ARGS) --extra $$extra -o requirements/$$extra.txt || exit 1; done
	@! grep -lE '://|^-' requirements/*.txt

.PHONY: audit-verify
audit-verify: setup ## look for edits and gaps in the operation log (ARGS="--since 2026-01-01")
	@$(PY) -m libs.common.supervisor.inside gateway.audit.verify $(ARGS)

.PHONY: backup
backup: setup ## back up what `make run` runs, while it runs (ARGS="--to FOLDER --keep 14")
	@$(PY) -m libs.common.supervisor.inside libs.common.operations.backup $(ARGS)

.PHONY: restore
restore: setup ## bring it back, `make run` being stopped (ARGS="backups/… --replace")
	@$(PY) -m libs.common.supervisor.restoring $(ARGS)

.PHONY: sbom
sbom: setup ## write .run/sbom.cdx.json: all packages of others, by the locks (CycloneDX)
	@mkdir -p .run
	@$(PY) -m libs.common.supervisor.inventory > .run/sbom.cdx.json
	@echo .run/sbom.cdx.json

.PHONY: clean
clean: ## remove data, builds and the virtual environment
	@for link in .run/*/postgres; do \
		if [ -L "$$link" ]; then rm -rf "$$(readlink "$$link")"; fi; done
	rm -rf .run $(VENV) gateway/console/dist gateway/console/node_modules
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
