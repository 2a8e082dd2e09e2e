# The project's commands. Each does its own set-up; `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BOOK := _build/html/index.html
NOTEBOOKS ?=

CANDIDATES := $(if $(PYTHON),$(PYTHON),python3.12 python3.13 python3.11 python3 python)
FIND_PYTHON = for p in $(CANDIDATES); do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$p; break; fi; done; \
	if [ -z "$$found" ]; then echo "Python 3.11 or newer is needed, and none was found (looked for: $(CANDIDATES)). Install it, or name it: make PYTHON=/path/to/python3 ..." >&2; exit 1; fi

# Kernels read their configuration here, so that they print nothing of their own.
export IPYTHONDIR := $(CURDIR)/.ipython
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help book test lab live run new page bench clean constraints

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /make \1 - /p' $(MAKEFILE_LIST) | awk -F' - ' '{printf "%-18s %s\n", $$1, $$2}'

book: $(READY) ## build the HTML book from the stored outputs
	@# A change of the table of contents or of our extensions touches every page: start anew.
	@if [ -f $(BOOK) ] && [ -n "$$(find _toc.yml _config.yml references.bib d2l_book d2l_utils/figures.py -newer $(BOOK) -not -path '*/__pycache__*' | head -1)" ]; then rm -rf _build; fi
	@$(BIN)/jupyter-book build . -W -n --keep-going --quiet
	@touch $(BOOK)
	@echo "The book is at file://$(CURDIR)/$(BOOK)"

test: $(READY) ## run everything that proves the project
	@$(BIN)/python -m pytest --nbval --nbval-cell-timeout=180 -n 2 --dist loadfile --no-loadscope-reorder -q

lab: $(READY) ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate chapters

live: book ## read the book with cells that run in the page
	@$(BIN)/python -m d2l_book.live

run: $(READY) ## execute all notebooks in place, or those in NOTEBOOKS="..."
	@$(BIN)/python -m d2l_book.notebooks.execute $(NOTEBOOKS)

new: $(READY) ## begin a page: EXERCISE=dropout/3 NAME=variance
	@$(BIN)/python -m d2l_book.new "$(EXERCISE)" "$(NAME)"

page: $(READY) ## run, judge, build and look at one page: PAGE=chapters/.../x.ipynb
	@$(BIN)/python -m d2l_book.page "$(PAGE)"

bench: $(READY) ## measure the costs the project promises to keep low
	@$(BIN)/python -m benchmarks

constraints: $(READY) ## write constraints.txt from what is installed
	@$(BIN)/python -m pip list --format=freeze --exclude-editable --exclude pip | sed 's/+cpu$$//' > constraints.txt

clean: ## remove everything that these commands made
	rm -rf _build $(VENV) *.egg-info .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.txt constraints.txt pyproject.toml
	@$(FIND_PYTHON); test -x $(BIN)/python || $$found -m venv $(VENV)
	@echo "Installing the pinned requirements into $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@
