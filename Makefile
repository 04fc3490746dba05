# Shatterbelt. Needs Python 3.11 or newer and make; `make run` is the way in.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

# The first Python that is new enough and really runs: a version manager's shim may exist and yet fail.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
CASE ?= belarus
OUT ?= out/$(CASE)
# Passed on to pytest: `make test TESTS="tests/model -k sign"`.
TESTS ?=
# Where OMP_NUM_THREADS is set, nproc would say that and not the cores.
JOBS ?= $(shell env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc 2>/dev/null || echo 2)

# pip says what it does only when that fails.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-input
LOCKED := $(PIP) --require-hashes --requirement
PACKAGE := $(PIP) --no-build-isolation --no-deps --editable .

.PHONY: help
help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer with the venv module found; install one, or say make PYTHON=/path/to/python" >&2; exit 2; }
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

# One stamp for each lock, so that nothing is installed twice.
$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Shatterbelt runs on (about a minute the first time)"
	@$(LOCKED) requirements/run.txt
	@$(PACKAGE)
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing what development needs (about a minute the first time)"
	@$(LOCKED) requirements/dev.txt
	@$(PACKAGE)
	@touch $@ $(VENV)/.run

$(VENV)/.bench: requirements/bench.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the benchmarks compare with"
	@$(LOCKED) requirements/bench.txt
	@$(PACKAGE)
	@touch $@ $(VENV)/.run

.PHONY: run
run: $(VENV)/.run  ## Run the Belarus case and say where its page is
	@$(BIN)/shatterbelt run $(CASE) --out $(OUT)

.PHONY: test
test: $(VENV)/.dev  ## Run every test
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(TESTS)

.PHONY: lint
lint: $(VENV)/.dev  ## Check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

.PHONY: format
format: $(VENV)/.dev  ## Lay out the code and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: docs
docs: $(VENV)/.dev  ## Check the documentation against the program
	@$(BIN)/python -m pytest tests/docs

.PHONY: bench
bench: $(VENV)/.bench  ## Measure speed and memory, print the tables
	@$(BIN)/python benchmarks/run.py

# Universal locks: the same versions on every Python from 3.11, a hash for every file. Needs uv.
UV ?= uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-annotate --no-header pyproject.toml requirements/build.in

.PHONY: lock
lock:  ## Choose the newest versions and write the locks anew (needs uv)
	@$(COMPILE) --upgrade --extra read --output-file requirements/run.txt
	@$(COMPILE) --upgrade --extra read --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt
	@$(COMPILE) --upgrade --extra read --extra bench --constraint requirements/dev.txt --output-file requirements/bench.txt

.PHONY: clean
clean:  ## Remove the environment, caches and results
	@rm -rf $(VENV) out build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find src tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
