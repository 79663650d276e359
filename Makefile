# Everything that is done here by hand or by CI, one target each; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
# Where the machine has no Node.js, the environment has one.
export PATH := $(PATH):$(CURDIR)/$(BIN)
BIOME := node_modules/.bin/biome
# Two workers on the two cores; sockets to this machine only. Plugins stand here and not in pyproject.toml, so that the
# money cases run without them. Files go in their order, so that many short ones stand at the end and no worker is left
# alone with a long one. PYTEST adds arguments: make test PYTEST="tests/unit -k money".
TESTS := -n 2 --dist loadfile --no-loadscope-reorder --disable-socket --allow-unix-socket --allow-hosts=127.0.0.1,::1,localhost
PYTEST ?=

.DEFAULT_GOAL := help
.PHONY: help install run dev test check format demo migration translations workflows pictures pins histories proof bench soak

help: ## List these targets
	@awk -F ':.*## ' '/^[a-zA-Z0-9_-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Make .venv and install what the office needs
	@$(PYTHON) tools/set_up.py

run: ## Install, then start the office (HOST, PORT, DATABASE_URL, REDIS_URL, INSTANCE_DIR, DEMO, ADMIN_PASSWORD)
	@$(PYTHON) tools/set_up.py
	@exec $(BIN)/python run.py

dev: ## Install what tests and checks need as well
	@$(PYTHON) tools/set_up.py --dev

test: dev ## Run every test (PYTEST="…" adds arguments)
	$(BIN)/python -m pytest $(TESTS) $(PYTEST)

check: dev ## Format, lint, types, imports, templates, SQL dialects, translations, migrations, and the laws that sources can be asked about
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIOME) check --error-on-warnings
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/templates.py
	$(BIN)/python tools/dialects.py
	$(BIN)/python tools/translations.py check
	$(BIN)/python tools/migration.py check
	$(BIN)/python -m pytest -q tests/architecture

format: dev ## Format the sources and the scripts, and mend what can be mended safely
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .
	$(BIOME) check --write

demo: install ## Make communities with a believable history in an empty database (ROOMS, MONTHS)
	$(BIN)/flask --app app db upgrade
	$(BIN)/flask --app app sync
	$(BIN)/flask --app app demo $(if $(ROOMS),--rooms $(ROOMS)) $(if $(MONTHS),--months $(MONTHS))

migration: dev ## Write a migration from the documents as declared now (m="what changes", ARGS="--default table.column=value --rename table.old=new --drop table.column")
	@$(BIN)/python tools/migration.py "$(m)" $(ARGS)

translations: dev ## Collect the message ids of sources and templates into translations/en
	@$(BIN)/python tools/translations.py update

workflows: dev ## Draw the declared workflows in docs/workflows.md
	@$(BIN)/python -m tools.workflows

pictures: dev ## Take the README's pictures anew, of an office on the demo in Chromium
	@$(BIN)/python -m tools.pictures

pins: dev ## Pin the installed versions in requirements.txt and requirements-dev.txt
	@$(BIN)/python tools/pins.py

histories: dev ## Random histories of the money against a plain ledger (RUNS, STEPS, ON=postgresql or mariadb)
	STATEFUL_RUNS=$(or $(RUNS),1000) STATEFUL_STEPS=$(or $(STEPS),50) STATEFUL_ON=$(or $(ON),sqlite) \
		$(BIN)/python -m pytest $(filter-out -n 2,$(TESTS)) tests/stateful

proof: dev ## The counts that take long: histories on each database, every figure of many books, the demo walked by everybody
	for on in sqlite postgresql mariadb; do $(MAKE) histories RUNS=$(or $(RUNS),100) ON=$$on || exit 1; done
	FIGURES_SEEDS=$(or $(SEEDS),1,2,3,4,5,6,7,8) WALK=whole $(BIN)/python -m pytest $(TESTS) \
		tests/integration/reports/test_every_figure.py tests/integration/demo/test_demo_walk.py \
		tests/journeys/test_reads.py

bench: dev ## Measure, a JSON object a line (FOR=10: for about so many seconds)
	@$(BIN)/python -m bench.bench $(if $(FOR),--seconds $(FOR))

soak: dev ## Work on a running office for long and see that nothing breaks (FOR=600: seconds, ON=sqlite or mariadb)
	@$(BIN)/python -m bench.soak $(if $(FOR),--seconds $(FOR)) $(if $(ON),--on $(ON))
