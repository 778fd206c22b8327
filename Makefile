# Formulary. `make help` lists what there is.
SHELL := /bin/sh
PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
FLASK := $(PY) -m flask --app wsgi
PORT ?= 8000
export PORT

.PHONY: help run install install-dev install-parquet test lint format bench bench-scale bench-checkout \
	bench-staff bench-search bench-review chaos demo-safety screens sweep audit \
	backup restore verify clean
.DEFAULT_GOAL := help

help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## start the whole store: web, worker, payment sandbox (PORT=8000)
	@exec $(PY) -m shop.serve

install: $(VENV)/.runtime ## build .venv with runtime dependencies

install-dev: $(VENV)/.dev ## also install test and lint tools

install-parquet: install ## also install what reads .parquet price histories (170 MB)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements-parquet.txt

$(VENV)/.runtime: requirements.txt
	@PYTHON="$(PYTHON)" sh bin/make-venv $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt requirements-parquet.txt
	@PYTHON="$(PYTHON)" sh bin/make-venv $(VENV) requirements-dev.txt
	@touch $(VENV)/.runtime $@

test: install-dev ## run all tests: SQLite and PostgreSQL, and journeys in a real Chromium
	@sh bin/need-chromium
	@sh bin/need-nginx
	@$(PY) -m pytest --durations=20

lint: install-dev ## run ruff, mypy, and import-linter
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

format: install-dev ## format the code with ruff
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

bench: install-dev ## measure the public pages next to a floor of the same run; writes docs/figures.md
	@sh bin/need-wrk
	@sh bin/need-chromium
	@$(PY) -m bench

bench-scale: install-dev ## the same with 96,000 medicines, cached and freshly rendered
	@sh bin/need-wrk
	@$(PY) -m bench.scale

bench-checkout: install-dev ## measure orders per second on both databases (ARGS=--quick fills in a million orders first, and takes about 12 minutes)
	@$(PY) -m bench.checkout $(ARGS)

bench-staff: install-dev ## measure staff pages with a million orders, next to an empty store
	@$(PY) -m bench.staff $(ARGS)

bench-search: install-dev ## count what people find in their own words, on two shelves (ARGS="--missed --keep FOLDER")
	@$(PY) -m bench.finding $(ARGS)

bench-review: install-dev ## measure the drug review of one prescription beside 30 medicines, next to a floor (ARGS="--facts FOLDER")
	@$(PY) -m bench.review $(ARGS)

chaos: install-dev ## kill and slow down parts of a running store, then check every rule (SEED=n MINUTES=m DB=sqlite|postgresql)
	@$(PY) -m bench.chaos $(if $(SEED),--seed $(SEED)) --minutes $(or $(MINUTES),1) --database $(or $(DB),sqlite)

demo-safety: install-dev ## try to sell one medicine of every refused class by every path, and print the table (DB=postgresql)
	@$(PY) -m bench.safety --database $(or $(DB),sqlite)

screens: install-dev ## retake the screenshots in docs/screens
	@sh bin/need-chromium
	@$(PY) -m bench.screens

sweep: install-dev ## check every page from 320 to 1920 px, with text at 200%, on Letter and A4
	@sh bin/need-chromium
	@$(PY) -m bench.sweep

audit: install-dev bench/audit/node_modules ## check HTML with vnu and html-validate, and pages with Lighthouse (ARGS="--runs 1 --no-write")
	@sh bin/need-chromium
	@$(PY) -m bench.audit $(ARGS)

bench/audit/node_modules: bench/audit/package.json bench/audit/package-lock.json
	@sh bin/need-node
	@npm ci --prefix bench/audit --omit=dev --omit=optional --no-audit --no-fund --loglevel=error
	@touch $@

backup: install ## back up the running store (TO=folder KEYS=folder for the keys, KEEP=number)
	@$(FLASK) backup create $(if $(TO),--to "$(TO)") $(if $(KEYS),--keys-to "$(KEYS)") $(if $(KEEP),--keep $(KEEP))

restore: install ## restore a backup into a new store (FROM=backup INTO=new-folder URL=empty-PostgreSQL KEYS=folder)
	@$(FLASK) backup restore "$(FROM)" --into "$(INTO)" $(if $(URL),--database-url "$(URL)") $(if $(KEYS),--keys-from "$(KEYS)")

verify: install ## check all stored data; FROM=backup checks a backup instead
	@$(FLASK) $(if $(FROM),backup verify "$(FROM)" $(if $(KEYS),--keys-from "$(KEYS)"),verify)

clean: ## remove .venv and caches; keeps instance/ (the data)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
