# Every command sets up what it needs: a fresh clone with Python 3.11+ and make is enough.
# The environments are kept apart because sam and checkov pin other versions than the engine does.

SHEET ?= examples/catalog.csv
OUT   ?= out/
ENVIRONMENT ?= default

VENV  := .venv
SAM   := .venv-sam
AUDIT := .venv-audit
BIN   := $(VENV)/bin

# The locks are complete and hashed, so nothing has to be resolved.
INSTALL := -m pip install --quiet --disable-pip-version-check --no-input
LOCKED  := $(INSTALL) --no-deps --require-hashes -r

# Whatever the shell holds, these commands spend nothing and reach no account.
PENNILESS := env $(foreach name,$(filter HIAPI_%,$(.VARIABLES)),-u $(name))
AWAY      := env SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 \
	AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help environments run launch test test-fast test-without-engine test-e2e test-artifacts lint audit build deploy \
	sam-local bench chaos mutants events lock clean

help: ## says what each command does
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- environments

$(VENV)/bin/python:
	@python=$$(tools/find-python) && "$$python" -m venv $(VENV)

$(VENV)/.local: requirements/local.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Rowshot needs (once)."
	@$(BIN)/python $(LOCKED) requirements/local.txt
	@$(BIN)/python $(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.local
	@echo "Installing what the tests need (once)."
	@$(BIN)/python $(LOCKED) requirements/dev.txt
	@touch $@

$(SAM)/.installed: requirements/sam.txt
	@echo "Installing AWS SAM (once; it is large)."
	@python=$$(tools/find-python) && "$$python" -m venv $(SAM)
	@$(SAM)/bin/python $(LOCKED) $< --no-compile
	@touch $@

$(AUDIT)/.installed: requirements/audit.txt
	@echo "Installing checkov and bandit (once; they are large)."
	@python=$$(tools/find-python) && "$$python" -m venv $(AUDIT)
	@$(AUDIT)/bin/python $(LOCKED) $< --no-compile
	@touch $@

tools/node_modules/.installed: tools/package-lock.json
	@command -v npm >/dev/null || { echo "npm (Node.js) is needed for the state machine's validator and dynalite." >&2; exit 1; }
	@cd tools && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

environments: $(VENV)/.dev $(SAM)/.installed $(AUDIT)/.installed tools/node_modules/.installed

# ---------------------------------------------------------------- the pipeline

run: $(VENV)/.local ## the whole pipeline on SHEET (default examples/catalog.csv) into OUT (default out/); spends nothing
	@$(PENNILESS) $(BIN)/rowshot run "$(SHEET)" --out "$(OUT)"

launch: $(VENV)/.local ## writes launch.csv, a launch of 200 products in 810 pictures, and prices it at $20.25
	@$(BIN)/python examples/launch.py launch.csv
	@$(PENNILESS) $(BIN)/rowshot plan launch.csv

bench: $(VENV)/.dev ## measures Rowshot beside its peers, and writes docs/performance.md; BENCH="start cost" for some
	@$(PENNILESS) $(BIN)/python -m bench $(BENCH)

chaos: $(VENV)/.dev ## hundreds of seeded runs through random faults; CHAOS="--seed 44 --count 1" repeats one
	@$(PENNILESS) $(BIN)/python tests/chaos $(CHAOS)

mutants: $(VENV)/.dev ## whether the tests can fail: plants small mistakes, one at a time; MUTANTS="--only claims --all" for others
	@$(PENNILESS) $(BIN)/python tests/mutants $(MUTANTS)

# ---------------------------------------------------------------- checks

test: test-without-engine test-e2e ## every test that needs no cloud

test-fast: CHOSEN := -m "not slow" ## the tests that need no engine, without those that take minutes
test-fast test-without-engine: $(VENV)/.dev
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory tools/node_modules/.installed; fi
	@tools/need chromium chromium "the tests of the pages in a browser"
	@$(PENNILESS) $(BIN)/pytest $(wildcard tests/unit tests/handlers tests/contract) $(CHOSEN) -n auto --dist worksteal

test-e2e: $(VENV)/.dev
	@$(PENNILESS) $(BIN)/pytest tests/e2e -n auto --dist loadgroup

test-artifacts: $(VENV)/.dev $(SAM)/.installed
	@$(AWAY) $(PENNILESS) $(BIN)/pytest tests/artifacts

lint: $(VENV)/.dev $(SAM)/.installed tools/node_modules/.installed ## style, types, template, state machine, links
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/cfn-lint template.yaml
	$(AWAY) $(SAM)/bin/sam validate --lint --template template.yaml
	$(BIN)/python tools/render_asl.py template.yaml .aws-sam/statemachine
	tools/node_modules/.bin/asl-validator --json-path .aws-sam/statemachine/render.asl.json
	tools/node_modules/.bin/asl-validator --json-path .aws-sam/statemachine/finish.asl.json
	$(BIN)/python tools/check_links.py
	$(BIN)/python tools/check_traces.py

audit: $(VENV)/.dev $(SAM)/.installed $(AUDIT)/.installed ## security of template, code and packages
	$(AUDIT)/bin/checkov --config-file .checkov.yaml --file template.yaml
	$(AUDIT)/bin/python tools/audit_code.py layers/shared functions local simulators
	$(BIN)/pip check
	$(SAM)/bin/pip check
	$(AUDIT)/bin/pip check

# ---------------------------------------------------------------- AWS

build: $(SAM)/.installed ## builds functions and layers with the runtime's own Python
	@tools/sam-build

deploy: $(VENV)/.local ## deploys to the AWS account of the shell, after asking; ENVIRONMENT=… for another one of samconfig.toml
	@test -z "$$CI" || { echo "make deploy is for people: it changes an AWS account." >&2; exit 1; }
	@$(BIN)/python tools/check_account.py $(ENVIRONMENT)
	@$(MAKE) --no-print-directory build
	@env SAM_CLI_TELEMETRY=0 $${AWS_REGION:+AWS_DEFAULT_REGION="$$AWS_REGION"} \
		$(SAM)/bin/sam deploy --config-env $(ENVIRONMENT)

sam-local: $(VENV)/.dev build ## every function in sam's containers, or under Lambda's emulator without a container engine
	@cd tests && $(AWAY) $(PENNILESS) ../$(BIN)/python -m support.artifacts $(if $(SERVE),--serve)

# ---------------------------------------------------------------- upkeep

events: $(VENV)/.dev ## writes the sample events anew, after a change of a job or a setting
	@cd tests && ../$(BIN)/python -m support.samples

# What is locked stays as it is unless UPGRADE=--upgrade (or --upgrade-package NAME) says otherwise.
lock: $(VENV)/.dev ## resolves every requirements file again; UPGRADE=--upgrade for newer versions
	@tools/lock $(UPGRADE)

clean: ## removes environments, builds and caches; keeps out/ and the local ledger in .rowshot/
	rm -rf $(VENV) $(SAM) $(AUDIT) .venv-* .aws-sam tools/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
