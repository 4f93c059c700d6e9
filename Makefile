# The two commands: `make demo` runs the demo company end to end, `make test` proves the project.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SMALL := target/small_company
PLANTS_SEEDS ?= 1 2 3 4 5 6 7 8 9 10

.DEFAULT_GOAL := help
.PHONY: help demo test quick parse small-company spark spark-cluster plants kills faults step-kills audit mutants margin recall lint lint-python lint-sql lint-models lint-functions format docs printed screenshots lock wheel clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: $(READY) ## Run the demo company end to end into warehouse/, and say where to look
	@$(BIN)/tieout demo

test: $(READY) .venv/.spark ## Lint, dbt build with all tests on the small company, pytest
	@tests/components.sh
	@$(MAKE) --no-print-directory -j4 small-company lint-models lint-functions lint-python
	@TIEOUT_SMALL_COMPANY=$(SMALL) $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

quick: $(READY) ## Before each commit: ruff, mypy, dbt parse, the tests that build nothing
	@$(MAKE) --no-print-directory -j2 lint-python parse
	@$(BIN)/python -m pytest -q -m unit

parse: $(READY)
	@$(BIN)/dbt --quiet parse

small-company: $(READY)
	@rm -rf $(SMALL)
	@$(BIN)/tieout land --systems imports --imports tests/fixtures/small_company --output $(SMALL)
	@$(BIN)/tieout check --as-of 2026-02-28 --output $(SMALL)
	@TIEOUT_OUTPUT=$(SMALL) DBT_TARGET_PATH=$(CURDIR)/$(SMALL)/dbt $(BIN)/dbt --quiet build --vars '{as_of: "2026-02-28"}'

spark: .venv/.spark ## Build and publish the small company with DuckDB and on Spark, and compare every cell (three quarters of an hour)
	@if [ -d target/spark ]; then chmod -R u+w target/spark; rm -rf target/spark; fi
	@$(BIN)/tieout land --systems imports --imports tests/fixtures/small_company --output target/spark/duckdb
	@$(BIN)/tieout check --as-of 2026-02-28 --output target/spark/duckdb
	@mkdir target/spark/spark && cp target/spark/duckdb/*.duckdb target/spark/spark/
	@$(BIN)/tieout build --as-of 2026-02-28 --output target/spark/duckdb
	@$(BIN)/tieout build --as-of 2026-02-28 --output target/spark/spark --engine spark
	@$(BIN)/python tests/compare_marts.py --inside target/spark/duckdb/build.duckdb target/spark/spark/build.duckdb
	@$(BIN)/tieout publish --output target/spark/duckdb
	@$(BIN)/tieout publish --output target/spark/spark
	@$(BIN)/python tests/compare_marts.py target/spark/duckdb/published/tieout.duckdb target/spark/spark/published/tieout.duckdb
	@$(BIN)/python tests/compare_marts.py --inside target/spark/duckdb/history.duckdb target/spark/spark/history.duckdb

spark-cluster: .venv/.spark small-company ## Build a sample on a Spark cluster of a master and two workers, one of which is killed on the way, and compare every cell
	@TIEOUT_SPARK_CLUSTER=1 TIEOUT_SMALL_COMPANY=$(SMALL) $(BIN)/python -m pytest -q -rP tests/python/test_spark_cluster.py

mutants: $(READY) ## Break every rule of every control and its frames in every place, and see that a test notices (tests/fixtures/control_survivors.csv: what none does)
	@ALL_MUTANTS=1 $(BIN)/python -m pytest -q tests/python/test_controls.py

margin: $(READY) ## Plans, costs and margins of two hundred random companies, against their laws and a plain reference
	@TIEOUT_MARGIN_COMPANIES=200 $(BIN)/python -m pytest -q tests/python/test_margin_property.py

recall: $(READY) ## Build five demo companies of other histories, and hold what the controls find against what was planted
	@TIEOUT_RECALL_SEEDS="1 2 3 4 5" $(BIN)/python -m pytest -q tests/python/test_recall.py

lint: lint-python lint-sql ## Check style and types: ruff, mypy, sqlfluff, SQL that another engine would read otherwise

lint-python: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

lint-sql: lint-models lint-functions

lint-models: $(READY)
	@$(BIN)/python tests/lint_sql.py lint --disable-progress-bar --processes 2 models tests

lint-functions: $(READY)
	@$(BIN)/python tests/portable.py target/functions
	@# What macros wrote has no layout of its own.
	@$(BIN)/python tests/lint_sql.py lint --disable-progress-bar --processes 2 --templater raw \
		--exclude-rules layout,AL03,AL07,AM03,AM04,RF02,RF03,RF04,ST03,ST06 target/functions

plants: $(READY) ## Plant faults in ten companies beside ten right ones, and see what the controls say (half an hour)
	@PLANTS_SEEDS="$(PLANTS_SEEDS)" $(BIN)/python -m pytest tests/python/test_plants.py -q --no-header

kills: $(READY) ## Kill the demo ten times, run it again, and compare
	@TIEOUT_KILLS=10 $(BIN)/python -m pytest tests/python/test_demo.py -k "killed or again"

faults: $(READY) .venv/.spark ## Break everything that can break: servers, files, databases, disks, memory, 1,000 kills (hours); STEP_KILLS=60 for fewer
	@TIEOUT_ALL_FAULTS=1 TIEOUT_STEP_KILLS=$(or $(STEP_KILLS),1000) TIEOUT_STEPS=land,check,build,publish,docs,pack $(BIN)/python -m pytest \
		tests/python/test_misbehaving_http.py tests/python/test_hostile_files.py tests/python/test_secrets.py \
		tests/python/test_lock.py tests/python/test_database_faults.py tests/python/test_killed_steps.py \
		tests/python/test_spark_build.py -rP

step-kills: $(READY) ## Kill the steps of a demo of scale 0.05, STEP_KILLS times (1,000 take a day), each from the state it begins with
	@$(BIN)/tieout demo --scale 0.05 --output target/kills
	@$(BIN)/python tests/python/killed_demo.py target/kills $(or $(STEP_KILLS),1000) 1

audit: $(READY) ## Ask the Python advisory database about every pinned dependency, in an environment of its own; fails where one is known to be open
	@$(BIN)/python tests/audit.py

format: $(READY) ## Rewrite Python and SQL in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/python tests/lint_sql.py fix --processes 2 models

docs: $(READY) ## Write the docs site of what is built in warehouse/
	@$(BIN)/tieout docs

printed: $(READY) ## Write anew what README and the guides print, from a demo company built for it
	@$(BIN)/python tests/printed.py

screenshots: $(READY) ## Take the pictures of README and docs anew, from the pack that `make demo` left
	@$(BIN)/python tests/screenshots.py

lock: $(READY) ## Pin the dependencies of pyproject.toml anew, with hashes, for every Python from 3.10
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra dev --universal --python-version 3.10 --generate-hashes \
		--no-strip-extras --no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock
	@# What Spark needs besides, in the versions of the rest.
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra spark --universal --python-version 3.10 --generate-hashes \
		--no-strip-extras --no-emit-index-url --no-emit-find-links --no-header --constraint requirements.lock \
		--output-file requirements-spark.lock

wheel: $(READY) ## Build the wheel into dist/
	@rm -rf build
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir dist .

clean: ## Remove the virtual environment and everything that was built
	@# What is published is read-only, its folders too.
	@for folder in warehouse target; do if [ -d $$folder ]; then chmod -R u+w $$folder; fi; done
	rm -rf .venv warehouse target logs build dist *.egg-info pipelines/*.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis

# What only Spark needs, in the versions of the rest.
.venv/.spark: requirements-spark.lock $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-spark.lock
	@touch $@

# Installed from the lock file alone, hashes checked; the project itself is linked, so edits take effect at once.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Tieout needs Python 3.10 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 …")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python has no venv (on Debian and Ubuntu: apt install python3-venv). Another one: make PYTHON=python3.12 …"; exit 1; }
	@echo "Installing into .venv (a minute or two, once) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
	@touch $@
