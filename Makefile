# The project's commands. Each does its own set-up; `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BOOK := _build/html/index.html
NOTEBOOKS ?=

CANDIDATES := $(if $(PYTHON),$(PYTHON),python3 python3.12 python3.13 python3.11 python)
FIND_PYTHON = for p in $(CANDIDATES); do \
	if $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then found=$$p; break; fi; done; \
	if [ -z "$$found" ]; then echo "Python 3.11, 3.12 or 3.13 is needed, and none was found (looked for: $(CANDIDATES)). Install it, or name it: make PYTHON=/path/to/python3 ..." >&2; exit 1; fi

# Kernels read their configuration here, so that they print nothing of their own.
export IPYTHONDIR := $(CURDIR)/.ipython
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help book pdf epub test lab live run new page bench clean constraints

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /make \1 - /p' $(MAKEFILE_LIST) | awk -F' - ' '{printf "%-18s %s\n", $$1, $$2}'

# What touches every page, such as the side bars and our extensions, has the book begun anew; of the
# pages, only those that changed are built again.
FRAME := $(shell find _toc.yml _config.yml references.bib requirements.txt d2l_book d2l_utils/display/figures.py -type f -not -path '*/__pycache__/*')
PAGES := $(filter-out README.md CONTRIBUTING.md,$(wildcard *.md)) $(shell find chapters -type f -not -path '*/.*')

book: _build/built ## build the HTML book from the stored outputs
	@echo "The book is at file://$(CURDIR)/$(BOOK)"

_build/built: _build/begun $(PAGES)
	@$(BIN)/jupyter-book build . -W -n --keep-going --quiet
	@touch $@

_build/begun: $(READY) $(FRAME)
	@rm -rf _build && mkdir _build && touch $@

pdf: book ## write the book as one PDF, to be read without code
	@$(BIN)/python -m d2l_book.export pdf

epub: book ## write the book as an EPUB, to be read without code
	@$(BIN)/python -m d2l_book.export epub

test: $(READY) ## run everything that proves the project
	@$(BIN)/python -m pytest --nbval --nbval-cell-timeout=1500 -n 3 --dist loadfile --no-loadscope-reorder -q

lab: $(READY) ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate chapters

live: book ## read the book with cells that run in the page
	@$(BIN)/python -m d2l_book.live

run: $(READY) ## execute all notebooks in place, or those in NOTEBOOKS="..."
	@$(BIN)/python -m d2l_book.notebooks.execute $(NOTEBOOKS)

new: $(READY) ## begin a page: EXERCISE=dropout/3 NAME=variance
	@$(BIN)/python -m d2l_book.authoring.new "$(EXERCISE)" "$(NAME)"

page: $(READY) ## run, judge, build and look at one page: PAGE=chapters/.../x.ipynb
	@$(BIN)/python -m d2l_book.authoring.page "$(PAGE)"

bench: $(READY) ## measure the costs the project promises to keep low
	@$(BIN)/python -m benchmarks

constraints: $(READY) ## pin the whole tree anew: constraints.txt and requirements.lock
	@$(BIN)/python tools/lock.py

clean: ## remove everything that these commands made
	rm -rf _build build dist $(VENV) *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock constraints.txt pyproject.toml tools/set_up.py
	@$(FIND_PYTHON); $$found tools/set_up.py --venv $(VENV)
