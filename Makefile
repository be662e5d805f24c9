# What people and CI run. `make help` lists it.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# What Python compiled is kept: the suite starts the service's commands and workers very often.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run flask test suite test-postgres deploy-check containers-check lint look fuzz bench faults simulate mails compare requirements audit clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(READY)  ## Set up what is missing, then run the service with its demo
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m demo.run

flask: $(READY)  ## Run a flask command with the demo's settings and clock: DO="roster"
	@$(BIN)/python -m demo.command $(DO)

test: $(READY) browser  ## Set up what is missing, then run every check that CI runs
	@$(MAKE) --no-print-directory --jobs=2 lint suite

suite: $(READY)  ## Run the tests alone
	@$(BIN)/python -m pytest

test-postgres: $(READY)  ## Run the stories on PostgreSQL, which a server of their own has: FILES="tests/test_story_offers.py"
	@tests/postgresql/install.sh
	@$(BIN)/python -m tests.postgresql $(FILES)

deploy-check: $(READY)  ## Follow docs/deploy.md on a fresh Debian with systemd, in a folder and without a network, as root: SUITE=trixie
	@tests/deploy/install.sh
	@$(BIN)/python -m tests.deploy --suite $(or $(SUITE),bookworm)

containers-check: $(READY)  ## Follow "In containers" of docs/deploy.md, with SQLite and with PostgreSQL, with Podman and a network of its own, as root
	@tests/deploy/install.sh containers
	@$(BIN)/python -m tests.deploy.containers

lint: $(READY)  ## Check format, style, types and which folder imports which
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary .
	@$(BIN)/lint-imports --no-logo --no-cache >$(VENV)/imports.txt || { cat $(VENV)/imports.txt; exit 1; }

look: $(READY) browser  ## Look at every page and mail in Chromium, and print what is wrong: ONLY="requester"
	@$(BIN)/python -m tests.browser.look "$(ONLY)"

fuzz: $(READY)  ## Try many more examples of what anybody may write or do, and more people and kills, than the suite does: TIMES=50
	@EXAMPLES_TIMES=$(or $(TIMES),50) $(BIN)/python -m pytest $$(grep -lE 'TIMES|IS_FUZZ|@given' tests/test_*.py)

bench: $(READY)  ## Measure matching, and the service against a bare Flask app, on this machine
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m pytest -o addopts= -q -s tests/timed_matching.py

faults: $(READY)  ## Let everything around the service fail, and print what is lost, late or sent twice: ONLY="kills mail"
	@$(BIN)/python -m tests.faults $(if $(ONLY),--only $(ONLY))

simulate: $(READY)  ## Simulate a year of the program and check it after every event: SEED=1 RATE=5 (a month) DAYS=365 SIDE_BY_SIDE=35 YEARS=0
	@$(BIN)/python -m tests.simulation --seed $(or $(SEED),1) --rate $(or $(RATE),5) --days $(or $(DAYS),365) \
	  --side-by-side $(or $(SIDE_BY_SIDE),35) --years $(or $(YEARS),0)

mails: $(READY)  ## Count whom a year mails how often, and an urgent Sunday on which nobody acts: SEED=1 RATE=5 (a month) DAYS=365
	@$(BIN)/python -m tests.simulation --mails --seed $(or $(SEED),1) --rate $(or $(RATE),5) --days $(or $(DAYS),365)

compare: $(READY)  ## Match ten years of requests by our ranking, at random and in the order of the file, then beside the best in hindsight: YEARS=10 RATE=5 (a month) SEED=1
	@$(BIN)/python -m tests.comparison --years $(or $(YEARS),10) --rate $(or $(RATE),5) --seed $(or $(SEED),1)

requirements:  ## Compile the requirements files from the short .in files
	@python3 -m venv var/pip-tools && var/pip-tools/bin/pip -q install pip-tools
	@for name in requirements requirements-dev; do \
	  var/pip-tools/bin/pip-compile --quiet --generate-hashes --strip-extras --no-header \
	    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links $$name.in -o $$name.txt; \
	done

audit: $(READY)  ## Check the lock files, write an SBOM (var/sbom.json), and ask PyPI which versions have known weaknesses
	@$(BIN)/pip install --dry-run --quiet --require-hashes -r requirements.txt -r requirements-dev.txt
	@$(BIN)/pip check
	@mkdir -p var
	@$(BIN)/python -W ignore -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml \
	  --mc-type application --output-reproducible --output-format JSON --output-file var/sbom.json
	@echo "The SBOM of what runs in earnest (CycloneDX) is in var/sbom.json."
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.txt || { \
	  echo "NOT AUDITED, or something was found: see above. If PyPI was not reached, nothing is known about"; \
	  echo "weaknesses: run this again where https://pypi.org can be reached."; exit 1; }

.PHONY: browser
browser:
	@tests/browser/install.sh
	@tests/imap/install.sh
	@tests/postgresql/install.sh

$(READY): requirements.txt requirements-dev.txt
	@echo "Setting up $(VENV) (once) …"
	@python3 -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

clean:  ## Remove what was set up, except config/ and the demo's data
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +
