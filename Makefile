# Everything a contributor does. `make help` lists it; each target works on a fresh machine with Python 3.11 and make:
# the first one sets up .venv from the lock files. Real servers in the tests want a JDK 21+ and Maven as well.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
unexport PYTHONPATH

# The first interpreter that is recent enough; PYTHON=... takes another.
PYTHON ?= $(firstword $(foreach name,python3.11 python3 python3.12 python3.13 python3.14,$(shell \
  $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))

# Stamps: remade when what they were made from changes.
CREATED := $(VENV)/.created
SERVED := $(VENV)/.installed-demo
DEVELOPED := $(VENV)/.installed-dev
LINKED := $(VENV)/.linked

# Node.js builds GraphiQL: the machine's own if it is recent enough, else the one from the package index.
NODE := $(shell node -e 'process.exit(+(parseInt(process.versions.node) < 20))' 2>/dev/null || echo $(VENV)/.installed-node)

## demo: serve the gateway on its embedded upstream (SEARCHWAY_HTTP and other variables are honoured)
.PHONY: demo
demo: $(CREATED)
	@$(MAKE) --silent -j2 $(SERVED) graphiql
	@$(MAKE) --silent $(LINKED)
	@echo "==> Starting the gateway on the sandbox"
	@exec searchway serve --sandbox

## test: run every test; real servers too where a JDK 21+ and Maven are found (PYTEST=... adds arguments)
.PHONY: test
test: $(CREATED)
	@$(MAKE) --silent -j2 $(DEVELOPED) graphiql
	@$(MAKE) --silent $(LINKED)
	@echo "==> Running the tests"
	@pytest $(PYTEST)

## variations: run the tests on other days, in other zones, locales and orders; wants faketime (SEED=... repeats a run)
.PHONY: variations
variations: $(CREATED)
	@$(MAKE) --silent -j2 $(DEVELOPED) graphiql
	@$(MAKE) --silent $(LINKED)
	@echo "==> Running the tests as on other days and machines"
	@.ci/variations

## check: everything that needs no running: style, types, imports, contract, generated files, images, locks
.PHONY: check
CHECKS := check-format check-lint check-types check-imports check-contract check-breaking check-generated check-schema \
  check-image check-locks
check: $(CHECKS)
	@echo "==> All checks passed"

## fix: format, and mend what the linter can mend
.PHONY: fix
fix: $(DEVELOPED)
	@echo "==> Formatting and mending"
	@ruff check --fix --quiet . || true
	@ruff format --quiet .
	@buf format --write --exclude-path proto/google proto

## generate: derive stubs, descriptors and the GraphQL schema from proto/
.PHONY: generate
generate: $(DEVELOPED) $(LINKED)
	@echo "==> Generating src/searchway/api"
	@python proto/generate.py
	@echo "==> Printing graphql/schema.graphql"
	@searchway schema > graphql/schema.graphql.new
	@mv graphql/schema.graphql.new graphql/schema.graphql

## bench: compare the gateway with servers written by hand, on one upstream double
.PHONY: bench
bench: $(DEVELOPED) $(LINKED)
	@echo "==> Running the benchmarks"
	@python -m benchmarks $(BENCH)

## wheel: build the distribution, GraphiQL's files included, into dist/
.PHONY: wheel
wheel: $(SERVED) graphiql
	@echo "==> Building the wheel"
	@hatchling build --target wheel

## lock: resolve the lock files again after a change of dependencies (LOCK=--upgrade takes newer versions)
.PHONY: lock
lock: $(CREATED)
	@command -v uv > /dev/null || $(PIP) uv
	@python .lock/lock.py $(LOCK)

## released: take the present contract and GraphQL schema as those that later changes must not break (at a release)
.PHONY: released
released: $(DEVELOPED) $(LINKED)
	@buf build proto --exclude-source-info --output proto/released.binpb
	@searchway schema > graphql/released.graphql.new
	@mv graphql/released.graphql.new graphql/released.graphql

## clean: remove the environment and everything that was built
.PHONY: clean
clean:
	@rm -rf $(VENV) dist src/searchway/graph/static .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help
help:
	@sed -n 's/^## \([a-z]*\): /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name text; do printf '%-10s %s\n' "$$name" "$$text"; done

# ---- set-up ----

$(CREATED):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: none found on PATH (PYTHON=... names one)" >&2; exit 1; }
	@echo "==> Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# The full environment holds everything that serving needs, at the same versions.
$(SERVED): .lock/demo.txt | $(CREATED) $(NODE)
	@if [ ! -e $(DEVELOPED) ] || [ .lock/demo.txt -nt $(DEVELOPED) ]; then \
	  echo "==> Installing what the gateway needs"; $(PIP) --require-hashes -r .lock/demo.txt; fi
	@touch $@

$(DEVELOPED): .lock/dev.txt | $(CREATED) $(NODE)
	@echo "==> Installing the development tools"
	@$(PIP) --require-hashes -r .lock/dev.txt
	@touch $@

$(VENV)/.installed-node: .lock/node.txt | $(CREATED)
	@echo "==> Installing Node.js into $(VENV)"
	@$(PIP) --require-hashes -r .lock/node.txt
	@touch $@

# The locks hold the build backend, so this needs no network.
$(LINKED): pyproject.toml | $(SERVED)
	@echo "==> Installing searchway itself, editable"
	@$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

# Its script knows what is up to date. A failure is no reason not to serve: the gateway says that GraphiQL is missing.
.PHONY: graphiql
graphiql: | $(CREATED) $(NODE)
	@python src/searchway/graph/graphiql/build.py || echo "==> GraphiQL could not be built: going on without it" >&2

# ---- checks ----

.PHONY: $(CHECKS)
$(CHECKS): $(DEVELOPED) $(LINKED)

check-format:
	@echo "==> Format"
	@ruff format --check --quiet .
	@buf format --diff --exit-code --exclude-path proto/google proto
check-lint:
	@echo "==> Lint"
	@ruff check --quiet .
check-types:
	@echo "==> Types"
	@mypy --no-error-summary
check-imports:
	@echo "==> Imports"
	@lint-imports --no-logo > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }
check-contract:
	@echo "==> Contract style"
	@buf lint proto
# Against the committed contract of the last release, not against another branch: a checkout without history has it too,
# and before a release numbers may still move.
check-breaking: | $(NODE)
	@echo "==> Contract compatibility"
	@buf breaking proto --against proto/released.binpb
	@python graphql/compatibility/check.py
check-generated:
	@echo "==> Generated stubs and descriptors"
	@python proto/generate.py --check
check-schema:
	@echo "==> Generated GraphQL schema"
	@searchway schema | diff -u graphql/schema.graphql - || { echo "run \`make generate\`" >&2; exit 1; }
check-image:
	@echo "==> Image"
	@hadolint docker/Dockerfile
check-locks:
	@echo "==> Locks"
	@python .lock/lock.py --check
