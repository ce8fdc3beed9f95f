# The two commands of a newcomer are `make run` and `make test`. Everything else is what they are made of.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The home of the settings: from the environment, else from .env, else var. `make HOME_DIR=…` wins, for dinglin as well.
WRITTEN_HOME := $(shell sed -n 's/^ *DINGLIN_HOME *= *//p' .env 2>/dev/null | tail -1 | tr -d "\"' ")
HOME_DIR := $(or $(DINGLIN_HOME),$(WRITTEN_HOME),var)
export DINGLIN_HOME := $(HOME_DIR)
MODEL := $(HOME_DIR)/models/e5-small-zh/model_int8.onnx
EAR := $(HOME_DIR)/models/second_ear.json
NODE_SDK := tests/conformance/node/node_modules/.package-lock.json

.PHONY: setup run test check lint types clean soak lock migration

# The invented town goes into a sandbox only; a township's database is left alone.
# Compiled here, as pip does it with packages: where nothing may be written later (many containers) each start would
# compile 600 modules, for two seconds.
setup: $(VENV)/.installed $(MODEL) $(EAR)
	@$(BIN)/python -m compileall -q bot evals knowledge sandbox skills township workflows dinglin.py
	@$(BIN)/dinglin migrate --quiet
	@$(BIN)/dinglin ingest --samples --if-sandbox

run: setup
	@$(BIN)/dinglin demo

# Three on two cores: what comes first, whole towns over the wire, waits two thirds of its time.
test: setup $(VENV)/.dev $(NODE_SDK)
	@$(BIN)/python -m tests.extras
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: lint types test

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

# The pip that Debian and pyenv bring (23) fails on the tree of chromadb: a newer one goes into the venv first.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv (or make PYTHON=python3.11 …)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "The venv module is missing: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25'

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(MODEL): | $(VENV)/.installed
	$(BIN)/python -m knowledge.build_embedder --out $(dir $(MODEL))

$(EAR): evals/datasets/emergency.jsonl evals/hearing.py $(wildcard bot/dialogue/hearing/signs.* bot/dialogue/hearing/likeness.*) | $(VENV)/.installed
	$(BIN)/python -m evals.hearing --out $@

# DingTalk's own Node SDK, against which the sandbox is tried as well. Without npm or a registry its tests are skipped.
$(NODE_SDK): tests/conformance/node/package-lock.json
	@command -v npm >/dev/null && npm ci --prefix tests/conformance/node --ignore-scripts --silent --fetch-retries 1 --fetch-timeout 30000 && touch $@ || true

# After a change of the dependencies in pyproject.toml. Takes some minutes.
lock: | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --allow-unsafe --extra dev --extra postgres -o requirements-dev.lock pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --allow-unsafe -c requirements-dev.lock -o requirements.lock pyproject.toml

# After a change of a table: make migration MESSAGE="what changes"
migration: $(VENV)/.dev
	$(BIN)/alembic revision --autogenerate -m "$(MESSAGE)"

# Half an hour: every fault of the sandbox in turn at twenty messages a second, and twenty kills, on both engines.
soak: setup
	@$(BIN)/dinglin bench soak --engine sqlite --minutes 15 --kills 10 --check
	@$(BIN)/dinglin bench soak --engine postgres --processes 2 --minutes 15 --kills 10 --check

# Of data only the folder of a demonstration goes: a home elsewhere may be a township's.
clean:
	rm -rf $(VENV) var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
