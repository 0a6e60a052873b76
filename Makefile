# Weft: `make` lists what can be done. Everything is made inside this folder: .venv (packages), var (data).

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
# One more than two cores: browser tests wait more than they compute; a fourth worker only takes from the others.
JOBS ?= 3
WEFT_HOME ?= $(CURDIR)/var
ARGS ?=
UPGRADE ?=

BIN := $(VENV)/bin
READY := $(VENV)/.weft-ready
FRONTEND := core/web/frontend
MANIFEST := core/web/static/dist/manifest.json
NODE_READY := $(FRONTEND)/node_modules/.weft-ready
LOCK := compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
	--no-emit-find-links --no-progress --quiet $(if $(UPGRADE),--upgrade)
PYTEST := $(BIN)/pytest
# Compiled modules are kept, whatever the environment says: the tests start many processes.
export PYTHONDONTWRITEBYTECODE =
PARALLEL := -n $(JOBS) --dist loadfile

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# --- set-up -----------------------------------------------------------------------------------------------------------

.PHONY: venv
venv: $(READY) ## Make .venv with the locked packages and weft itself in editable form

# uv is ten times faster; where it cannot work, pip installs the same locked set.
$(READY): requirements/dev.txt requirements/uv.txt setup.cfg setup.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt || true
	@echo "Installing the locked packages into $(VENV)"
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/dev.txt \
		|| $(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@SKIP_ASSETS=1 $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: assets
assets: $(MANIFEST) ## Build the front-end assets when their sources changed

ASSET_SOURCES := $(shell find $(FRONTEND) plugins/*/frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

$(NODE_READY): $(FRONTEND)/package-lock.json $(FRONTEND)/package.json
	@tools/with_node.sh $(FRONTEND) $(BIN) npm ci
	@touch $@

$(MANIFEST): $(READY) $(NODE_READY) $(ASSET_SOURCES)
	@tools/with_node.sh $(FRONTEND) $(BIN) npm run build
	@touch $@

.PHONY: setup
setup: venv assets ## Packages and assets: everything that running Weft needs

.PHONY: system
system: ## Install Debian's Chromium and fonts for the browser tests, where they are missing
	@tools/system_packages.sh

# --- use --------------------------------------------------------------------------------------------------------------

export WEFT_HOME

.PHONY: run
run: setup ## Set up, load demo data into an empty ./var, serve on 127.0.0.1:8000 (PORT=...)
	@if [ -z "$$WEFT_DATABASE_URL" ] && [ ! -e "$(WEFT_HOME)/weft.sqlite3" ]; then demo=--demo; fi; \
	WEFT_BIND=$${WEFT_BIND:-127.0.0.1:$(PORT)} exec $(BIN)/weft serve $$demo

# --- tests ------------------------------------------------------------------------------------------------------------

.PHONY: test
test: setup system ## Set up and run the whole test suite (ARGS="-k name" picks)
	@url=$$($(BIN)/python tools/find_postgres.py) || exit 1; \
	if [ -n "$$url" ]; then export WEFT_TEST_POSTGRES_URL="$$url"; fi; \
	unset WEFT_HOME; $(PYTEST) $(PARALLEL) $(ARGS)

.PHONY: test-fast
test-fast: venv ## Run the tests that need no browser, no PostgreSQL and little time
	@unset WEFT_HOME; $(PYTEST) $(PARALLEL) -m "not slow and not browser and not postgres" $(ARGS)

.PHONY: test-pythons
test-pythons: assets ## Run the fast tests on every supported Python that is installed
	@unset WEFT_HOME; tools/test_pythons.sh $(ARGS)

.PHONY: test-matrix
test-matrix: setup ## Compare every right of everybody at every door with an oracle
	@unset WEFT_HOME; WEFT_MATRIX=whole $(PYTEST) -n $(JOBS) --dist worksteal -o faulthandler_timeout=0 tests/security $(ARGS)

.PHONY: test-permissions
test-permissions: test-matrix

.PHONY: guide-pictures
guide-pictures: setup system ## Make the pictures of the user guides anew
	@unset WEFT_HOME; WEFT_GUIDE_PICTURES=1 $(PYTEST) -o faulthandler_timeout=0 tests/browser/journeys/test_guide_pictures.py

.PHONY: coverage
coverage: setup ## Run the suite and show which lines no test reaches
	@unset WEFT_HOME; $(BIN)/coverage erase; $(BIN)/coverage run -m pytest $(ARGS); \
	$(BIN)/coverage combine --quiet; $(BIN)/coverage report

.PHONY: bench
bench: setup ## Measure beside bare SQL (docs/performance.md); ARGS="--records 1000000"
	@unset WEFT_HOME; $(BIN)/python -m bench $(ARGS)

.PHONY: bench-http
bench-http: setup ## Measure over HTTP beside a bare Flask service; ARGS="--records 100000 --database both"
	@unset WEFT_HOME; $(BIN)/python -m bench.http $(ARGS)

.PHONY: bench-lists
bench-lists: setup ## Measure how long lists of 100,000 rows take to paint; ARGS="--records 350000"
	@unset WEFT_HOME; $(BIN)/python -m bench.lists $(ARGS)

.PHONY: bench-card
bench-card: setup ## Measure the 360 view and the customer card with all plugins; ARGS="--database both"
	@unset WEFT_HOME; $(BIN)/python -m bench.card $(ARGS)

.PHONY: bench-documents
bench-documents: setup ## Measure 100,000 documents, an upload of 1 GB and a plan of 2,000 tasks
	@unset WEFT_HOME; $(BIN)/python -m bench.library $(ARGS); $(BIN)/python -m bench.upload; $(BIN)/python -m bench.plan

# --- checks -----------------------------------------------------------------------------------------------------------

.PHONY: check
check: lint types imports translations frontend wheel sbom ## Everything CI checks beside the tests

.PHONY: lint
lint: venv ## Lint and check the formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

.PHONY: types
types: venv ## Check the types
	@$(BIN)/python tools/devlinks.py
	$(BIN)/mypy

.PHONY: imports
imports: venv ## Check the import rules between core, plugins and portals
	$(BIN)/lint-imports

.PHONY: translations
translations: venv ## Check that every text has its Chinese translation
	$(BIN)/python tools/check_translations.py

.PHONY: frontend
frontend: assets ## Check and test the TypeScript islands
	@tools/with_node.sh $(FRONTEND) $(BIN) npm run check
	@tools/with_node.sh $(FRONTEND) $(BIN) npm test -- --passWithNoTests

.PHONY: wheel
wheel: setup ## Build the wheel, install it into a clean environment, start it, open the sign-in page
	@unset WEFT_HOME; $(BIN)/python tools/check_wheel.py

# --- upkeep -----------------------------------------------------------------------------------------------------------

.PHONY: fmt
fmt: venv ## Format the code and repair what ruff can repair
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: messages
messages: venv ## Bring the .po files up to date with the sources (ARGS="crm" for one package)
	$(BIN)/python tools/extract_messages.py $(ARGS)

.PHONY: lock
lock: ## Write the lock files anew (UPGRADE=1 takes newer versions)
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet -r requirements/uv.txt; }
	@export UV_CUSTOM_COMPILE_COMMAND="make lock"; \
	$(BIN)/uv pip $(LOCK) requirements/uv.in -o requirements/uv.txt && \
	$(BIN)/uv pip $(LOCK) --extra postgres setup.cfg -o requirements/runtime.txt && \
	$(BIN)/uv pip $(LOCK) --extra dev -c requirements/runtime.txt setup.cfg -o requirements/dev.txt

.PHONY: sbom
sbom: venv ## Write what Weft is made of, Python and front end, as CycloneDX into dist/
	@mkdir -p dist
	@$(BIN)/cyclonedx-py requirements requirements/runtime.txt --mc-type application --output-reproducible \
		--output-format JSON --output-file dist/weft-python.cdx.json
	@tools/with_node.sh $(FRONTEND) $(BIN) npm sbom --sbom-format cyclonedx --omit dev > dist/weft-frontend.cdx.json
	@ls dist/*.cdx.json

.PHONY: clean
clean: ## Remove what was built; .venv and var stay
	@rm -rf build dist devlinks *.egg-info core/web/static/dist .coverage .coverage.* htmlcov test-results \
		.hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find core plugins portals tests tools bench -name __pycache__ -not -path '*/node_modules/*' -prune -exec rm -rf {} +
