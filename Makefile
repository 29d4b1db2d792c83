# Everything runs in .venv; nothing is installed outside it and .cache. PYTHON3 names the interpreter to start from.
PYTHON3 ?= python3
PYTHON := .venv/bin/python
WITH_GO := devtools/with_go.sh
WORKERS ?= auto
ACTIONLINT_VERSION := v1.7.12
ACTIONLINT := .cache/bin/actionlint-$(ACTIONLINT_VERSION)
WORKFLOWS := $(wildcard .github action.yml */action.yml workflow-templates/*.yml)
LINTED := $(wildcard src tests devtools entrypoint.py)

export PYTHONPATH := src
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help venv demo test lint e2e story images control-plane faults bench pictures clean
help: ## these lines
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile

venv: .venv/.ready ## the virtual environment; a Go toolchain too where the machine has none
.venv/.ready: requirements/dev.txt requirements/go.txt devtools/venv.sh
	PYTHON3=$(PYTHON3) devtools/venv.sh .venv
	@touch $@

demo: venv ## judge examples/shop, mend a copy, judge again
	$(WITH_GO) $(PYTHON) devtools/demo.py

test: venv ## unit, contract and rule tests
	devtools/with_temp.sh $(WITH_GO) $(PYTHON) -m pytest -q -n $(WORKERS) --dist worksteal -m "not e2e" --ignore tests/e2e --ignore tests/control_plane

lint: venv $(ACTIONLINT) ## style, types, workflows, Dockerfile, generated files
	.venv/bin/ruff check $(LINTED)
	.venv/bin/ruff format --check $(LINTED)
	.venv/bin/mypy --strict
	.venv/bin/zizmor --offline --quiet --persona auditor $(WORKFLOWS)
	$(ACTIONLINT) -shellcheck .venv/bin/shellcheck $(wildcard .github/workflows/*.yml workflow-templates/*.yml)
	.venv/bin/hadolint Dockerfile
	.venv/bin/shellcheck .ci/run devtools/*.sh devtools/*/*.sh setup/*.sh credentials/*.sh
	$(WITH_GO) $(PYTHON) devtools/generate.py --check

$(ACTIONLINT): | venv
	mkdir -p .cache/bin
	GOBIN="$(CURDIR)/.cache/bin" GOFLAGS=-buildvcs=false $(WITH_GO) \
	  go install github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT_VERSION)
	mv .cache/bin/actionlint $@

e2e: venv .venv/.ready-e2e ## the built image as the runner runs it, and a workflow under act (needs root, for a Docker engine)
	devtools/with_temp.sh $(WITH_GO) devtools/docker_engine.sh devtools/e2e.sh
.venv/.ready-e2e: requirements/e2e.txt .venv/.ready
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/e2e.txt
	@touch $@

story: venv .venv/.ready-e2e ## the pipeline from pull request to rollback, under act (needs root; the first time some minutes to build BuildKit)
	devtools/with_temp.sh $(WITH_GO) devtools/docker_engine.sh devtools/story.sh

images: venv ## images by a Docker engine and by BuildKit, judged, and compared with crane and readelf (needs root)
	devtools/with_temp.sh $(WITH_GO) devtools/docker_engine.sh devtools/images.sh

control-plane: venv ## the kubectl target on a real Kubernetes control plane (the first time about eight minutes to build)
	devtools/with_temp.sh $(WITH_GO) devtools/control_plane.sh $(PYTHON) -m pytest -q tests/control_plane

FAULTS ?= 10000
faults: venv ## FAULTS generated sequences of trouble with GitHub's interface (long)
	FAULT_SEQUENCES=$(FAULTS) devtools/with_temp.sh $(WITH_GO) $(PYTHON) -m pytest -q -n $(WORKERS) --timeout 14400 \
	  tests/contract/test_publishing_faults.py

REPOSITORIES ?= examples/shop
bench: venv ## speed against the raw commands over REPOSITORIES, written to docs/performance.md
	$(WITH_GO) $(PYTHON) devtools/bench/check.py --write docs/performance.md $(REPOSITORIES)
	$(PYTHON) devtools/bench/tags.py --write docs/performance.md
	$(PYTHON) devtools/bench/publish.py --write docs/performance.md
	$(PYTHON) devtools/bench/ledger.py --write docs/performance.md
	$(WITH_GO) $(PYTHON) devtools/bench/build.py --write docs/performance.md
	$(WITH_GO) $(PYTHON) devtools/bench/inspecting.py --write docs/performance.md

pictures: venv ## docs/pictures from a real run (needs chromium and pngquant)
	$(WITH_GO) $(PYTHON) devtools/pictures.py

lock: ## recompile requirements/*.txt (needs uv)
	devtools/lock.sh

clean: ## remove what make made
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache
