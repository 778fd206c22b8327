# Formulary. `make help` lists what there is.
SHELL := /bin/sh
PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
FLASK := $(PY) -m flask --app wsgi
PORT ?= 8000
export PORT

.PHONY: help run install install-dev install-parquet test lint format bench bench-scale bench-checkout \
	bench-staff chaos screens sweep \
	backup restore verify clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## start the whole store: web, worker, payment sandbox (PORT=8000)
	@exec $(PY) -m shop.serve

install: $(VENV)/.runtime ## build .venv with what the store runs on

install-dev: $(VENV)/.dev ## … and the tools of tests and lint

install-parquet: install ## … and what reads .parquet price histories (170 MB)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements-parquet.txt

$(VENV)/.runtime: requirements.txt
	@PYTHON="$(PYTHON)" sh bin/make-venv $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt requirements-parquet.txt
	@PYTHON="$(PYTHON)" sh bin/make-venv $(VENV) requirements-dev.txt
	@touch $(VENV)/.runtime $@

test: install-dev ## every test: SQLite and PostgreSQL, and the journeys in a real Chromium
	@sh bin/need-chromium
	@sh bin/need-nginx
	@$(PY) -m pytest --durations=20

lint: install-dev ## ruff, mypy and the arrows between rooms
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

format: install-dev ## let ruff format the code
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

bench: install-dev ## the figures the README quotes, each beside a floor of the same run
	@sh bin/need-wrk
	@$(PY) -m bench

bench-scale: install-dev ## the same at a country’s size: 96,000 medicines, cached and rendered afresh
	@sh bin/need-wrk
	@$(PY) -m bench.scale

bench-checkout: install-dev ## orders a second through the whole path, on both databases (ARGS=--quick for two minutes)
	@$(PY) -m bench.checkout $(ARGS)

bench-staff: install-dev ## every staff page with a million orders behind it, beside an empty store
	@$(PY) -m bench.staff $(ARGS)

chaos: install-dev ## kill and slow down a whole store, then check every rule (SEED=n MINUTES=m DB=sqlite|postgresql)
	@$(PY) -m bench.chaos $(if $(SEED),--seed $(SEED)) --minutes $(or $(MINUTES),1) --database $(or $(DB),sqlite)

screens: install-dev ## take the pictures of docs/screens anew
	@sh bin/need-chromium
	@$(PY) -m bench.screens

sweep: install-dev ## look at every page from 320 to 1920 px, with text at 200 %, on Letter and A4
	@sh bin/need-chromium
	@$(PY) -m bench.sweep

backup: install ## copy the running store (TO=folder KEYS=folder for the keys KEEP=number)
	@$(FLASK) backup create $(if $(TO),--to "$(TO)") $(if $(KEYS),--keys-to "$(KEYS)") $(if $(KEEP),--keep $(KEEP))

restore: install ## a new store from a backup (FROM=backup INTO=new folder URL=empty PostgreSQL KEYS=folder)
	@$(FLASK) backup restore "$(FROM)" --into "$(INTO)" $(if $(URL),--database-url "$(URL)") $(if $(KEYS),--keys-from "$(KEYS)")

verify: install ## check that everything stored adds up; FROM=backup checks a backup instead
	@$(FLASK) $(if $(FROM),backup verify "$(FROM)" $(if $(KEYS),--keys-from "$(KEYS)"),verify)

clean: ## remove .venv and caches; instance/ (the data) stays
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
