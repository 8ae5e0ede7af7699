# The front door. `make run` on a fresh machine sets everything up, collects, builds and serves the dashboard.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
MODELGAP := $(BIN)/modelgap
PORT ?= 8501

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "modelgap needs Python 3.11 or newer; got $$($(PYTHON) --version). Set PYTHON=python3.12 or the like." >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the dependencies into .venv (a few minutes on a fresh machine) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,dask]'
	@touch $@

.PHONY: help
help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.installed ## Make the environment in .venv, with .venv/bin/modelgap in it

.PHONY: pipeline
pipeline: setup ## Load the published figures, collect what is due, build and publish the warehouse
	@$(MODELGAP) import published
	@$(MODELGAP) collect --due --suite bundled
	@$(MODELGAP) build

.PHONY: run
run: pipeline ## The pipeline, then serve the dashboard on PORT (8501)
	@$(MODELGAP) dashboard --port $(PORT)

.PHONY: test
test: setup ## Check the style and pass the tests
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/python -m pytest

.PHONY: bench
bench: pipeline ## Measure, as ratios taken in one run
	@set -e; for file in bench/bench_*.py; do echo "== $$file"; $(BIN)/python $$file; done

.PHONY: clean
clean: ## Remove the environment and the caches, never the data
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis *.egg-info
