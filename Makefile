# Every target sets up what it needs; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help demo test check lint bench clean

help:  ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: .venv/.run  ## The whole way on a simulated market: data, features, training, validation, paper trading
	$(BIN)/cambio demo

test: .venv/.dev  ## All tests and doctests
	$(BIN)/pytest -n 2 --dist worksteal

check: lint test  ## Everything that must be green: lint, types, import contracts, tests, docs

lint: .venv/.dev  ## Format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.bench  ## The headline figures, each beside its peer
	$(BIN)/python -m benchmarks

clean:  ## Remove the virtual environment and everything the product wrote
	rm -rf .venv var

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cambio needs Python 3.11 or newer; set PYTHON=...")'
	$(PYTHON) -m venv .venv

# One stamp a set of packages; constraints.txt pins the versions that were tried together.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e
.venv/.run: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing cambio and its dependencies into .venv (a few minutes, once) ..."
	$(INSTALL) '.[train,fast,mlflow,postgres,redis,report]'
	@touch $@
.venv/.dev: .venv/.run
	$(INSTALL) '.[train,fast,mlflow,postgres,redis,report,dev]'
	@touch $@
.venv/.bench: .venv/.run
	$(INSTALL) '.[train,fast,mlflow,postgres,redis,report,bench]'
	@touch $@
