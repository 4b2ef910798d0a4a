# `make` alone lists the commands. Each does all of its own set-up; Python 3.11 or newer is all it needs.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SERVICES := orders emails reports
OWN    := shared/contracts shared/mesh $(SERVICES:%=services/%) clients/python
export PYTHONPATH := deploy

.DEFAULT_GOAL := help
.PHONY: help up demo test lint contracts messages rolling fuzz-api bench-flow bench-broker bench-api bench-emails bench-reports topology manifests client reference wording pictures report-pictures lock clean

help:           ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

up: install     ## run the whole mesh in the foreground, on embedded servers; Ctrl-C stops it
	@$(BIN)/python -m embedded up

demo: install   ## the main job without a person: 20 orders through the mesh, checked; then stop
	@$(BIN)/python -m embedded demo

test: install   ## all tests, four at a time, on real servers that they start themselves
	@$(BIN)/python -m pytest -n 4 --dist worksteal $(TESTS)

lint: install   ## style, types and import rules
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

rolling: install  ## old and new builds side by side, rolled in every order under load; half an hour (ARGS="--only NAME")
	@PYTHONPATH=deploy:tests:tests/support $(BIN)/python -m rolling $(ARGS)

fuzz-api: install  ## the orders API, asked 20,000 times what it allows, and what not; a quarter of an hour (ARGS="--seed N")
	@PYTHONPATH=deploy:tests:tests/support $(BIN)/python -m fuzzing $(ARGS)

contracts: install  ## what changed in the messages since their releases, and in which order it may be deployed
	@$(BIN)/mesh contracts check

bench-flow: install  ## orders through the whole mesh per second, beside the same flow as people write it today
	@$(BIN)/python -m bench.flow

topology: install  ## write deploy/rabbitmq/topology.json anew: the services' queues, and what each may do
	@$(BIN)/python deploy/rabbitmq/topology.py > $(VENV)/topology.json
	@mv $(VENV)/topology.json deploy/rabbitmq/topology.json

bench-broker: install  ## messages per second on each broker, beside stock Celery, dramatiq and FastStream
	@$(BIN)/python -m bench.broker

bench-api: install  ## orders placed, read and listed per second, beside FastAPI; half an hour (ARGS="--only placing")
	@$(BIN)/python -m bench.api $(ARGS)

bench-emails: install  ## receipts per second of one worker, beside the usual Celery task; a quarter of an hour
	@$(BIN)/python -m bench.emails $(ARGS)

bench-reports: install  ## events to figures per second, and each report in each format; half an hour (ARGS="--only files")
	@$(BIN)/python -m bench.reports $(ARGS)

manifests: install  ## write each package's manifest.json anew: what its build takes and sends
	@for service in $(SERVICES); do \
	    $(BIN)/$$service manifest --anew > $(VENV)/manifest.json && \
	    mv $(VENV)/manifest.json services/$$service/src/$$service/manifest.json || exit; done

client: install  ## write what of clients/python follows from the API's description anew
	@$(BIN)/orders openapi > $(VENV)/openapi.json
	@$(BIN)/python clients/python/generate clients/python/src/meshwork_client < $(VENV)/openapi.json
	@$(BIN)/ruff format --quiet clients/python/src/meshwork_client

reference: install  ## write docs/reference/orders-api.md anew, from the API's description
	@$(BIN)/orders openapi --page > $(VENV)/orders-api.md
	@mv $(VENV)/orders-api.md docs/reference/orders-api.md

messages: install  ## write docs/messages.md and its AsyncAPI document anew, from the contracts
	@$(BIN)/mesh contracts asyncapi --page > docs/messages.md
	@$(BIN)/mesh contracts asyncapi > docs/messages.json

wording: install  ## bring the catalogs up to what mails and reports say: new sentences are to be translated
	@for service in emails reports; do \
	    (cd services/$$service && $(CURDIR)/$(BIN)/pybabel --quiet extract -F babel.cfg --add-location file \
	        -o $(CURDIR)/$(VENV)/$$service.pot src) && \
	    $(BIN)/pybabel --quiet update --domain $$service --input-file $(VENV)/$$service.pot --no-wrap \
	        --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
	        --output-dir services/$$service/src/$$service/locale || exit; done

pictures: install  ## write docs/mails anew: every mail as Debian's chromium shows it (needs chromium, fonts-roboto-unhinted)
	@PYTHONPATH=deploy:tests/support $(BIN)/python -m pictures

report-pictures: install  ## write docs/reports anew: a sample of every report, and its pages as pictures (needs poppler-utils)
	@PYTHONPATH=deploy:tests/support $(BIN)/python -m reportpictures

lock:           ## resolve requirements.lock anew (needs uv)
	@deploy/lock --upgrade

clean:          ## remove the virtual environment and the embedded servers' data
	rm -rf $(VENV) .meshwork

# The virtual environment is made again whenever the lock or a distribution's pyproject changes.
.PHONY: install
install: $(VENV)/installed
$(VENV)/installed: requirements.lock $(OWN:%=%/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Meshwork needs Python 3.11 or newer; name one with `make PYTHON=python3.x`")'
	@echo "installing into $(VENV): $$(grep -c == requirements.lock) packages, once; about a minute"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "installing the six distributions of this checkout"
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(OWN:%=-e ./%)
	@touch $@
