# The two commands: `make demo` runs the demo company end to end, `make test` proves the project.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SMALL := target/small_company

.DEFAULT_GOAL := help
.PHONY: help demo test kills mutants lint format docs lock clean

help: ## Show the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-8s %s\n", $$1, $$2 }'

demo: $(READY) ## Run the demo company end to end into warehouse/, and say where to look
	@$(BIN)/tieout demo

test: lint ## Lint, dbt build with all tests on the small company, pytest
	@rm -rf $(SMALL)
	@$(BIN)/tieout land --systems imports --imports tests/fixtures/small_company --output $(SMALL)
	@$(BIN)/tieout check --as-of 2026-02-28 --output $(SMALL)
	@TIEOUT_OUTPUT=$(SMALL) $(BIN)/dbt --quiet build --vars '{as_of: "2026-02-28"}'
	@tests/components.sh
	@$(BIN)/python -m pytest

mutants: $(READY) ## Break every rule of every control in every place, and see that a test notices (tests/fixtures/control_survivors.csv: what none does)
	@ALL_MUTANTS=1 $(BIN)/python -m pytest -q tests/python/test_controls.py

lint: $(READY) ## Check style and types: ruff, mypy, sqlfluff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar models tests

format: $(READY) ## Rewrite Python and SQL in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --processes 2 models

docs: $(READY) ## Write the docs site of what is built in warehouse/
	@$(BIN)/tieout docs

lock: $(READY) ## Pin the dependencies of pyproject.toml anew, with hashes, for every Python from 3.10
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra dev --universal --python-version 3.10 --generate-hashes \
		--no-strip-extras --no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock

clean: ## Remove the virtual environment and everything that was built
	rm -rf .venv warehouse target logs build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis

# Installed from the lock file alone, hashes checked; the project itself is linked, so edits take effect at once.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Tieout needs Python 3.10 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 …")'
	@echo "Installing into .venv (a minute or two, once) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
	@touch $@
