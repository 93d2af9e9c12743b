# Two commands are enough: `make test` and `make demo`. Each sets up .venv by itself the first time.

PYTHON       ?= python3
VENV         ?= .venv
REPLICATIONS ?= 200
SEED         ?= 1
WORKERS      ?= auto

BIN   := $(VENV)/bin
STAMP := $(VENV)/.stamp
UV    := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check notebooks browser browser-test compiled test-slow coverage mutation bench many-orders coverage-tables lock clean

# Notebooks and tests share what numba compiles, or each would compile it anew.
compiled test browser-test notebooks test-slow: export NUMBA_CACHE_DIR ?= $(CURDIR)/build/compiled

help:  ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 17

setup: $(STAMP)  ## make .venv with the tested versions (the other targets do this when needed)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("pbc-sim needs Python 3.11 or newer, $(PYTHON) is %d.%d. Say: make PYTHON=python3.11 ..." % v[:2])'
ifneq ($(UV),)
	uv venv -q --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)
	uv pip install -q --python $(BIN)/python -c constraints.txt -e ".[all]"
else
	$(PYTHON) -m venv $(VENV)
	@# Compiling every module at once would double the time; Python compiles what it imports.
	$(BIN)/python -m pip install -q --no-compile --disable-pip-version-check -c constraints.txt -e ".[all]"
endif
	@touch $@

demo: $(STAMP)  ## compare the contracts of the first scenario; tables and pictures land in build/demo
	$(BIN)/pbc-sim compare scenarios/office_supplies.yaml --replications $(REPLICATIONS) --seed $(SEED) --output build/demo

test: compiled  ## tests, documented examples, the apps in a browser, then the notebooks
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope
	@$(MAKE) --no-print-directory browser-test
	@$(MAKE) --no-print-directory notebooks

# loadfile: the tests of one file share a server and a page.
browser-test: $(STAMP)  ## the apps in a browser; pictures land in build/screenshots
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "browser and not slow" -p no:cacheprovider tests/browser

browser:  ## install Chromium for the tests in a browser, where apt-get can
	@if command -v chromium chromium-browser google-chrome >/dev/null; then \
		echo "browser: there is one."; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium >/dev/null; \
	else \
		echo "browser: install chromium as root; without it the tests in a browser are skipped."; \
	fi

# --nbval-current-env: otherwise the notebook's own kernelspec picks the interpreter.
# loadscope: otherwise xdist spreads the cells of one notebook over two kernels.
notebooks: $(STAMP)  ## run every notebook cell by cell
	@if [ -z "$$(find notebooks -name '*.ipynb' -not -path '*/.*' 2>/dev/null)" ]; then \
		echo "notebooks: there is no .ipynb under notebooks/, so none was run."; \
	else \
		set -x; $(BIN)/python -m pytest --nbval --nbval-current-env --nbval-cell-timeout=120 \
			--nbval-sanitize-with tests/nbval_sanitize.cfg \
			-n $(WORKERS) --dist loadscope -p no:cacheprovider notebooks; \
	fi

compiled: $(STAMP)  ## compile the rules once, so that tests and notebooks need not wait for it
	$(BIN)/python .ci/compile.py

check: $(STAMP)  ## format, lint and types; changes nothing
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

test-slow: $(STAMP)  ## the tests that take longer
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope -m slow

# Where money is computed, every branch is taken by a test.
PRICED := $(foreach part,settlement.py pricing.py limits.py reading.py streaks.py termination.py modifiers/* incentives/*,src/pbc_sim/contract/$(part))
comma  := ,
space  := $(subst ,, )

coverage: $(STAMP)  ## every branch of settlement, modifiers and incentives is taken by tests/contract
	@mkdir -p build
	$(BIN)/coverage run --branch --source=src/pbc_sim/contract --data-file=build/coverage -m pytest tests/contract src/pbc_sim/contract
	$(BIN)/coverage report --data-file=build/coverage --show-missing --fail-under=100 --include='$(subst $(space),$(comma),$(strip $(PRICED)))'

# mutmut copies what it mutates into a folder of its own, and is installed only here.
mutation: $(STAMP)  ## mutants of settlement and incentives that tests/contract does not see; takes an hour
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt "mutmut>=3.8,<4"
	PBC_SIM_EXAMPLES=3 $(BIN)/mutmut run
	$(BIN)/mutmut results

bench: $(STAMP)  ## speed of the model beside peers, pricing and start-up (docs/benchmarks.md); search, the designer
	$(BIN)/python benchmarks/report.py
	$(BIN)/python benchmarks/unused_features.py
	$(BIN)/python benchmarks/design.py
	$(BIN)/python benchmarks/app_latency.py

many-orders: $(STAMP)  ## a study of more than 100 million orders: time, and memory as it goes (some minutes)
	$(BIN)/python benchmarks/many_orders.py

coverage-tables: $(STAMP)  ## how often intervals hold the truth, into docs/coverage.md (some minutes)
	$(BIN)/python benchmarks/interval_coverage.py --output docs/coverage.md

lock:  ## renew constraints.txt: the newest versions that pyproject.toml accepts (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on the PATH: python3 -m pip install uv, in a venv"; exit 1; }
	uv pip compile -q --universal --python-version 3.11 --all-extras --upgrade --no-emit-package pbc-sim \
		--custom-compile-command "make lock" pyproject.toml -o constraints.txt

clean:  ## remove what was built, not .venv
	rm -rf build dist mutants .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
