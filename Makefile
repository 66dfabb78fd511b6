# Two commands matter: `make demo` shows what Bartizan does, `make test` passes the whole suite.
# Both need Python 3.11 or newer with its venv module, and set up everything else themselves.

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-ready
DEV := $(VENV)/.dev-ready
FRONTEND := $(VENV)/.frontend-ready
FRONTEND_DEV := $(VENV)/.frontend-dev-ready
DEMO_SYSTEM := examples/helpdesk-copilot/system.yaml
DEMO_REPORT := build/demo/helpdesk-copilot.html
DEMO_FILES := examples/sensitive-data
DEMO_SCAN := build/demo/sensitive-data.txt
DEMO_ARTEFACTS := examples/supply-chain
DEMO_PAGE := build/demo/supply-chain.html
DEMO_BOM := build/demo/supply-chain.cdx.json
DEMO_AGENTS := examples/agents/traces.jsonl --cards examples/agents/cards.yaml

.DEFAULT_GOAL := help
.PHONY: help demo up test check bench docs fuzz thorough clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUNTIME)  ## review a system, scan files, call a model through the gateway, hold agents to what they read; print what was found and where reports are
	@mkdir -p $(dir $(DEMO_REPORT))
	@$(BIN)/bartizan review $(DEMO_SYSTEM) --format html -o $(DEMO_REPORT)
	@$(BIN)/bartizan review $(DEMO_SYSTEM) --format text
	@echo
	@echo "The whole report: $(CURDIR)/$(DEMO_REPORT)"
	@echo
	@echo "Scanning $(DEMO_FILES). The first time, compiling what is looked for takes some ten seconds."
	@$(BIN)/bartizan scan data $(DEMO_FILES) --fail-on none > $(DEMO_SCAN)
	@sed '/^FILES/,$$d' $(DEMO_SCAN)
	@echo "The whole scan: $(CURDIR)/$(DEMO_SCAN)"
	@echo
	@echo "Scanning $(DEMO_ARTEFACTS): what comes along with a project, an order in it that no editor shows."
	@$(BIN)/bartizan scan $(DEMO_ARTEFACTS) --fail-on none -o $(DEMO_PAGE)
	@$(BIN)/bartizan scan $(DEMO_ARTEFACTS) --fail-on none | sed '/^ADVICE/,$$d'
	@$(BIN)/bartizan bom $(DEMO_ARTEFACTS) -o $(DEMO_BOM)
	@echo "The page: $(CURDIR)/$(DEMO_PAGE)"
	@echo "The bill of materials: $(CURDIR)/$(DEMO_BOM)"
	@echo
	@echo "Three calls of a model through the gateway, to a made-up provider:"
	@echo
	@$(BIN)/bartizan gateway --demo --once
	@echo
	@echo "Four sessions of agents that read mails, two of which obey an order in one; and why the first of these was stopped:"
	@echo
	@$(BIN)/bartizan flow replay $(DEMO_AGENTS)
	@echo
	@$(BIN)/bartizan flow explain $(DEMO_AGENTS) --session 2 --call 1

up: $(RUNTIME) $(FRONTEND)  ## the console with a made-up organisation, and a gateway beside it, on this machine
	@$(BIN)/bartizan up --demo

test: $(DEV) $(FRONTEND_DEV)  ## checks, then every test
	@scripts/check
	@scripts/test

check: $(DEV)  ## style, types, import contracts, sizes, docs
	@scripts/check

bench: $(DEV)  ## speed and recall, as ratios
	@scripts/bench

docs: $(DEV)  ## the documentation, into build/site
	@scripts/docs

fuzz: $(DEV)  ## the property tests with many more examples
	@HYPOTHESIS_PROFILE=fuzz scripts/test -m property

thorough: $(DEV) $(FRONTEND_DEV)  ## the long tables of hostile input to the console, of which the suite runs a part
	@scripts/test -m thorough

clean:  ## remove what was made, the virtual environment too
	rm -rf build dist site $(VENV) .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(RUNTIME): requirements/build.txt requirements/runtime.txt pyproject.toml scripts/setup
	@scripts/setup $(VENV) requirements/build.txt requirements/runtime.txt
	@touch $@

# Pages work without these packages, but are plain: what can't be installed ends nothing, and is tried again next time.
$(FRONTEND): package.json scripts/frontend scripts/frontend.json | $(RUNTIME)
	@$(BIN)/python scripts/frontend && touch $@ || true

$(FRONTEND_DEV): package.json scripts/frontend scripts/frontend.json | $(RUNTIME)
	@$(BIN)/python scripts/frontend --dev && touch $@ $(FRONTEND) || true

$(DEV): $(RUNTIME) requirements/dev.txt
	@scripts/setup $(VENV) requirements/dev.txt
	@touch $@
