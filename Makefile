# Set up and run Mijoz from a fresh clone. Needs Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
UV := .tools/bin/uv
# Where a proxy looks into TLS only the system's own certificates help: the second try takes them.
uv = $(UV) $(1) 2>/dev/null || $(UV) --system-certs $(1)

.PHONY: setup start test lint browser spark lock clean pictures migrations

# The last two notice by themselves when there is nothing to do.
setup: .venv/.packages
	@$(BIN)/python -m mijoz.ui.assets
	@$(BIN)/python -m mijoz.locale.compile_words

# Each stamp lies in what it stands for, so that whoever deletes a folder deletes its stamp too.
.tools/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Mijoz needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try make PYTHON=python3.12")'
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.packages: requirements.lock pyproject.toml .tools/.uv
	@echo "Installing packages into .venv …"
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@$(call uv,pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock)
	@$(call uv,pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .)
	@touch $@

start: setup
	$(BIN)/mijoz start

browser: setup
	$(BIN)/python tests/browser/find_chromium.py

# Only the tests want Spark, which is too large (500 MB) to come with every set-up. It runs on Java, which is not of PyPI.
spark: .venv/.spark

.venv/.spark: requirements-spark.lock .venv/.packages
	@echo "Installing Spark into .venv …"
	@$(call uv,pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-spark.lock)
	@touch $@

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/mijoz manage makemigrations --check --dry-run

test: lint browser spark
	$(BIN)/pytest --numprocesses 2 --dist loadfile

migrations: setup
	$(BIN)/python -m mijoz.config.whole_tables

pictures: browser
	$(BIN)/python docs/pictures/take.py

lock: .tools/.uv
	$(UV) pip compile pyproject.toml --extra dev --generate-hashes --universal --python-version 3.11 --no-header --quiet --output-file requirements.lock
	$(UV) pip compile --group spark --generate-hashes --universal --python-version 3.11 --no-header --quiet --output-file requirements-spark.lock

clean:
	rm -rf .venv .tools node_modules src/mijoz/ui/static/vendor
