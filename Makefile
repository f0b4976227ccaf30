# A thin front: what each task does stands in setup/tasks.py. Every task installs what it needs first.
PYTHON ?= python3
TASK = @command -v $(PYTHON) > /dev/null \
	|| { echo "Python bulunamadı: Python 3.11 kurun (sudo apt install python3 python3-venv)."; exit 1; }; \
	$(PYTHON) -m setup.start
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run install test check format bench lock revision clean

run: ## Install, build, migrate, load the demo and serve on http://127.0.0.1:8000 (SAHA_HOST, SAHA_PORT)
	$(TASK) run

install: ## Install everything development needs into .venv
	$(TASK) install

test: ## Run the whole suite on both databases, with JavaRosa and a browser (ARGS="-k mahalle")
	$(TASK) test $(ARGS)

check: ## Formatting, lint, types, import rules, and the web application's own checks
	$(TASK) check

format: install ## Format the Python sources
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

bench: ## Run the benchmarks, which print JSON lines (ARGS="intake --only postgresql")
	$(TASK) bench $(ARGS)

lock: ## Resolve pyproject.toml into the lock files
	$(TASK) lock

revision: ## Write the next database revision from the tables (MESSAGE="Give visits a reason")
	$(TASK) revision "$(MESSAGE)"

clean: ## Delete what make has built; data below var/ stays
	@rm -rf .venv build webapp/node_modules webapp/dist var/cache var/setup.log \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
