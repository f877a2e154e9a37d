# One command for everything: `make help`. Every recipe works on a fresh clone.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install demo test test-deep check format bench docs pictures lock clean packages neo4j frontend page

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
NPM := npm --prefix frontend
NODE_MODULES := frontend/node_modules/.package-lock.json
PAGE := snapgraph/web/page/index.html
PAGE_SOURCES := $(shell find frontend/src frontend/public -type f) $(wildcard frontend/*.*)
WORKERS ?= 2
ARGS ?=
NAME ?=

# A module stays with one worker, so that its database is cloned once.
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist loadscope
# What vite needs: 20.19, or 22.12 and newer.
HAS_NODE := command -v npm >/dev/null && node -e \
	'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

##@ Use

help:  ## Show this help
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/runtime.stamp page  ## The whole job on embedded servers: observe, capture, compare, export, serve (ARGS=--once ends by itself)
	@$(BIN)/snapgraph demo $(ARGS)

##@ Work on it

frontend: $(PAGE)  ## Build the page into snapgraph/web/page (needs Node.js 20.19 or newer)

install: $(VENV)/dev.stamp  ## Make .venv with exactly the locked dependencies

test: packages install neo4j check frontend  ## Everything that must hold: checks, then all tests on real servers (ARGS=… goes to pytest)
	@$(NPM) test --silent
	@$(PYTEST) $(ARGS)

test-deep: packages install neo4j frontend  ## The same tests at full count, and those marked deep (hours)
	@$(PYTEST) --deep --timeout 7200 $(ARGS)

check: install $(NODE_MODULES)  ## Lint, format, types, import contract
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports >$(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }
	@$(NPM) run lint --silent

format: install  ## Mend what the linter and the formatter can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: install neo4j  ## Benchmarks as ratios against a floor of the same run (NAME=capture for one)
	@$(BIN)/python -m bench $(NAME)

lock: $(VENV)/bin/python  ## Resolve the dependencies anew into requirements/*.txt (versions and hashes, no addresses)
	@$(PIP) install uv
	@$(COMPILE) pyproject.toml --extra embedded --group build --group dev --output-file requirements/dev.txt
	@$(COMPILE) pyproject.toml --extra embedded --group build -c requirements/dev.txt --output-file requirements/demo.txt
	@$(COMPILE) pyproject.toml -c requirements/dev.txt --output-file requirements/server.txt
	@$(COMPILE) --group build -c requirements/dev.txt --output-file requirements/build.txt

docs: install  ## Write docs/reference and .env.example anew from the code
	@$(BIN)/python -m tests.architecture.reference

pictures: packages install frontend  ## Take the pictures of the pages in docs/ anew, in a real browser
	@$(BIN)/pytest --quiet -p no:xdist tests/e2e/page/test_pictures.py
	@mkdir -p docs/pictures
	@for name in live-light live-dark compare-light compare-dark snapshots-light; do \
		cp test-artefacts/page/howto-$$name.png docs/pictures/$$name.png; \
	done

clean:  ## Remove what can be made again (not .snapgraph, which is data)
	@rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist test-artefacts frontend/node_modules snapgraph/web/page
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# Steps that others need.

$(NODE_MODULES): frontend/package-lock.json frontend/package.json
	@$(HAS_NODE) || { echo "The page needs Node.js 20.19 or newer with npm: https://nodejs.org"; exit 1; }
	@echo "installing the libraries of the page into frontend/node_modules"
	@$(NPM) ci --silent --no-audit --no-fund
	@touch $@

$(PAGE): $(NODE_MODULES) $(PAGE_SOURCES)
	@echo "building the page"
	@$(NPM) run build --silent -- --logLevel warn
	@touch $@

# The demo runs without its page where there is no Node.js, and says so.
page:
	@if $(HAS_NODE); then $(MAKE) --no-print-directory frontend; \
	else echo "The page needs Node.js 20.19 or newer with npm: the demo runs without it"; fi

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements/demo.txt pyproject.toml | $(VENV)/bin/python
	@echo "installing the dependencies into $(VENV)"
	@$(PIP) install --requirement requirements/demo.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/runtime.stamp
	@echo "installing the tools for tests and checks into $(VENV)"
	@$(PIP) install --requirement requirements/dev.txt
	@touch $@

neo4j: install
	@if [ -z "$${NEO4J_URI:-}" ] && command -v java >/dev/null && command -v mvn >/dev/null; then $(BIN)/python -m tests.fixtures.neo4j_server >/dev/null; fi

# PostgreSQL 15 is the oldest that is supported, curl types the README, and chromium looks at the page. Installed quietly where that is possible,
# Postgres without its default cluster; elsewhere pytest's report header says that the tests of 15 are left out.
packages:
	@missing=""; \
	[ -x /usr/lib/postgresql/15/bin/postgres ] || missing="postgresql-15"; \
	command -v curl >/dev/null || missing="$$missing curl"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		export DEBIAN_FRONTEND=noninteractive; \
		[ -e /etc/postgresql-common ] || { mkdir /etc/postgresql-common; \
			echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf; }; \
		apt-get -qq update >/dev/null || true; \
		for package in $$missing; do \
			echo "installing Debian's $$package for the tests"; \
			apt-get -qq install --yes --no-install-recommends $$package >/dev/null || echo "$$package cannot be installed"; \
		done; \
	fi
