# Two commands: `make ask` and `make test`. Everything else builds on the same environment in .venv.

PYTHON ?= python3
BIN := .venv/bin
UV := UV_PYTHON_DOWNLOADS=never .tools/bin/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
MEASURED := bot/consult/*,bot/curation/*,bot/safety/*,bot/storage/*,knowledge/*

# A question reaches the program through its environment: no shell line and no second expansion by make touches it.
export SUPERVISION_QUESTION := $(value Q)
unexport Q
MAKEOVERRIDES :=

# An environment with the test tools serves `ask` too.
READY := $(if $(wildcard .venv/ready-dev),.venv/ready-dev,.venv/ready)

.DEFAULT_GOAL := ask
.PHONY: ask test test-services check bench coverage screens thresholds tuned tuned-apart reading support rehearsal soak lock wheel sbom audit format clean

ask: $(READY)
	@if [ -n "$$SUPERVISION_QUESTION" ]; then $(BIN)/supervision-bot ask; else $(BIN)/supervision-bot chat; fi

test: .venv/ready-dev
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report= -m "not soak"
	$(BIN)/coverage report --include='$(MEASURED)' --fail-under=95 --skip-covered

# What needs a PostgreSQL or a Chroma server, which the tests start themselves; the index of the others is on that server too.
test-services: .venv/ready-dev
	TESTS_CHROMA=server $(BIN)/pytest -n 2 --dist loadfile -m "services and not soak"

soak: .venv/ready-dev
	$(BIN)/pytest -m soak

check: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/codespell
	$(BIN)/supervision-bot cards check

format: .venv/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screens: .venv/ready-dev
	$(BIN)/python -m bot.evals.fit_screens

thresholds: .venv/ready-dev
	$(BIN)/python -m bot.evals.settle_screens

# The last three layers of MiniLM, tuned on our lines; then `make thresholds rehearsal`. Half an hour of two cores each.
tuned: .venv/ready-dev
	$(BIN)/python -m bot.evals.fit_tuned

tuned-apart: .venv/ready-dev
	$(BIN)/python -m bot.evals.tuned_apart

reading: .venv/ready-dev
	$(BIN)/python -m bot.evals.fit_reading

support: .venv/ready-dev
	$(BIN)/python -m bot.evals.fit_support

rehearsal: .venv/ready-dev
	$(BIN)/python -m bot.evals.fit_rehearsal tests/evals/rehearsal-tuning.jsonl tests/evals/rehearsal-learn.jsonl

coverage: .venv/ready-dev
	$(BIN)/python -m bot.evals.fit_coverage

bench: .venv/ready-dev
	$(BIN)/supervision-bot bench

wheel: .venv/ready-dev
	$(UV) build --quiet --wheel --out-dir dist

sbom: .venv/ready-dev
	$(BIN)/python -m tests.meta.sbom requirements.lock build/sbom.cdx.json
	$(BIN)/python -m tests.meta.sbom requirements-deploy.lock build/sbom-deploy.cdx.json

# Status 1 where a package has a known vulnerability, 3 where the database of them cannot be reached.
audit: .venv/ready-dev .tools/audit/ready
	$(BIN)/python -m tests.meta.audit .tools/audit/bin/pip-audit requirements.lock requirements-deploy.lock requirements-dev.lock

lock: .tools/bin/uv
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) pyproject.toml --extra postgres --extra encryption --extra metrics --extra otel --extra openai --extra insights -c requirements-dev.lock -o requirements-deploy.lock
	echo "pip-audit>=2.10,<3" | $(COMPILE) - -o requirements-audit.lock
	echo "uv==$$(.tools/bin/uv --version | cut -d' ' -f2)" | $(COMPILE) - -o requirements-uv.lock

clean:
	rm -rf .venv .tools build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

.tools/bin/uv: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with: make ask PYTHON=python3.12")'
	@echo "Setting up (about half a minute, once)"
	@$(PYTHON) -m venv .tools || { echo "Python cannot make a virtual environment; on Debian or Ubuntu install python3-venv."; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

.tools/audit/ready: requirements-audit.lock | .tools/bin/uv
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .tools/audit
	@$(UV) pip sync --quiet --require-hashes --python .tools/audit/bin/python requirements-audit.lock
	@touch $@

.venv/bin/python: | .tools/bin/uv
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv

.venv/ready: requirements.lock pyproject.toml | .venv/bin/python .tools/bin/uv
	@$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@$(UV) pip install --quiet --no-deps --python $(BIN)/python --editable .
	@touch $@

.venv/ready-dev: requirements-dev.lock pyproject.toml | .venv/bin/python .tools/bin/uv
	@$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements-dev.lock
	@$(UV) pip install --quiet --no-deps --python $(BIN)/python --editable .
	@touch $@
