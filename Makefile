# Two commands: `make run` opens the portal, `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Of `make bench`: 1 is 2,000 services with a million changes. KEEP=folder keeps the stores for the next run.
FACTOR ?= 0.05
KEEP ?=
# Of `make soak`: how often a process is killed, and the seed of the first round.
KILLS ?= 1000
SEED ?= 1
# And how many broken repositories each kind of check is given.
INPUTS ?= 100000
# Processes that share the tests.
JOBS ?= 2

.PHONY: run test lint bench soak clean

run: $(VENV)/.installed
	$(BIN)/python milepost.py run

# Every process that the tests start would put the code together anew where bytecode is not kept.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/.installed lint
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal

lint: $(VENV)/.installed
	$(BIN)/ruff check .

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks.compare --factor $(FACTOR) $(if $(KEEP),--keep $(KEEP))
	$(BIN)/python -m benchmarks.clone
	$(BIN)/python -m benchmarks.evidence
	$(BIN)/python -m benchmarks.proofs
	$(BIN)/python -m benchmarks.pages --factor $(FACTOR) $(if $(KEEP),--home $(KEEP)/pages)
	$(BIN)/python -m benchmarks.load --factor $(FACTOR) $(if $(KEEP),--home $(KEEP)/pages)
	$(BIN)/python -m benchmarks.github

soak: $(VENV)/.installed
	$(BIN)/python -m tests.soak --kills $(KILLS) --seed $(SEED)
	$(BIN)/python -m tests.soak.proofs --inputs $(INPUTS) --seed $(SEED)

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Milepost needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "The first time, packages are put into $(VENV) (about 1 GB): this takes a few minutes."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) tests/artifacts
