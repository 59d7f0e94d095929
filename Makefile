# spectrad: `make demo` shows it, `make test` proves it. Everything they need they install.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
PYTHON ?= python3
BUILD := .build/release
# Programs that hold their Swift runtime, and the Debian package of them.
STATIC_BUILD := .build-static
VENV := .venv
EXCHANGE_VENV := .venv-exchange
TRAINING_VENV := .venv-training
LINT_VENV := .venv-lint
# A virtual environment for each of the other runtimes, and the networks in their forms.
NETWORK_VENVS := .venv-network
NETWORK_MODELS := .build-network
UNITS ?= $(PREFIX)/lib/systemd/system
BASH_COMPLETIONS ?= $(PREFIX)/share/bash-completion/completions
ZSH_COMPLETIONS ?= $(PREFIX)/share/zsh/site-functions
SOURCES := Package.swift Sources simulator Tests Fuzz Benchmarks
# Seconds that each fuzzer runs in `make test` and `make fuzz`.
FUZZ_SECONDS ?= 30
CLOCK_WATCHERS := '^(VarlinkTests|PublishingTests|StoreTests)\.'
FUZZERS := FuzzScanFile FuzzUSBIPMessages FuzzRecordings FuzzNetworkFile FuzzVarlinkMessages

.PHONY: build demo train-demo test test-swift test-thread-sanitizer test-synthetic test-training test-exchange \
  test-lifecycle test-neon fuzz soak crash-trial vmtest \
  lint format bench bench-network deb deb-programs install uninstall clean setup venv venv-training help

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 24

setup:
	@scripts/setup-system.sh

build: setup ## Build the three programs in release
	$(SWIFT) build -c release --product spectrad
	$(SWIFT) build -c release --product spectractl
	$(SWIFT) build -c release --product spectrasim

demo: build ## Show the main job: synthetic donors, a virtual scanner, predictions off the socket
	@scripts/demo.sh $(BUILD)

train-demo: build venv-training ## Train a small bundle on synthetic donors and let the daemon serve it
	$(TRAINING_VENV)/bin/spectrad-train make trial
	@DEMO_BUNDLE=training/output/trial/trial scripts/demo.sh $(BUILD)

test: test-swift test-thread-sanitizer test-synthetic test-training test-exchange test-lifecycle test-neon fuzz ## Run every test
	@echo "make test: all passed"

# Nothing here uses @testable, and without it tests and programs share one build. Those that watch the
# clock come apart from those that start many programs, and those that fill the machine come last.
test-swift: setup
	$(SWIFT) test -c release --disable-testable-imports --skip $(CLOCK_WATCHERS)
	$(SWIFT) test -c release --disable-testable-imports --skip-build --filter $(CLOCK_WATCHERS)
	LOAD_TESTS=1 $(SWIFT) test -c release --disable-testable-imports --skip-build \
	  --filter 'CrashTests|SoakTests'

# It does not see what a contended Mutex orders, nor the reference counts of arrays: tests whose own
# threads meet in one are left out.
test-thread-sanitizer: setup
	BUILD_FOR_SANITIZER=thread TSAN_OPTIONS=halt_on_error=1 $(SWIFT) test -c release \
	  --disable-testable-imports --sanitize=thread --scratch-path .build-thread-sanitizer \
	  --filter '^(StreamingTests|ServiceTests)\.|QuantizedNetworkTests\.ThreadsTests' \
	  --skip 'PipelineStressTests|WatchdogTests|AcquisitionThreadsTests'

test-synthetic: build venv
	@scripts/check-synthetic.sh $(BUILD) $(VENV)/bin/python

test-training: build venv-training
	PYTHONPATH= $(TRAINING_VENV)/bin/python -m pytest -q training

test-exchange: build
	@scripts/setup-venv.sh $(PYTHON) $(EXCHANGE_VENV) Tests/Exchange/requirements.txt
	@scripts/check-exchange.sh $(BUILD) $(EXCHANGE_VENV)/bin/python

# 77: this machine has no container to boot systemd in, and the script has said why.
test-lifecycle: build
	@scripts/lifecycle.sh $(BUILD) || [ $$? -eq 77 ]

# 77: what builds for 64-bit ARM could not be installed, and the script has said so.
test-neon: setup ## Compare the kernels for 64-bit ARM with their definition, in QEMU
	@SWIFT=$(SWIFT) scripts/neon-test.sh || [ $$? -eq 77 ]

soak: setup ## Classify SOAK_SCANS scans at full speed with 32 clients of every manner
	LOAD_TESTS=1 SOAK_SCANS=$${SOAK_SCANS:-200000} $(SWIFT) test -c release --disable-testable-imports \
	  --filter SoakTests

crash-trial: setup ## Kill the daemon CRASH_ROUNDS times at random moments under load
	LOAD_TESTS=1 CRASH_ROUNDS=$${CRASH_ROUNDS:-100} $(SWIFT) test -c release --disable-testable-imports \
	  --filter CrashTests

fuzz: setup ## Run each fuzzer for FUZZ_SECONDS from its committed corpus
	@SWIFT=$(SWIFT) scripts/fuzz.sh $(FUZZ_SECONDS) $(FUZZERS)

vmtest: build deb ## Plug virtual scanners into Debian's kernel in QEMU and use them there
	@scripts/vmtest.sh $(BUILD) $(STATIC_BUILD)/spectrad_*_amd64.deb

lint: setup ## Check formatting, units and manuals; the other house rules are tests (Tests/TidyTests)
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)
	@scripts/lint-units.sh
	@command -v mandoc >/dev/null || scripts/setup-system.sh manuals
	mandoc -T lint -W warning docs/man/*.[0-9]
	@scripts/setup-venv.sh $(PYTHON) $(LINT_VENV) training/requirements-lint.txt
	$(LINT_VENV)/bin/ruff check training
	$(LINT_VENV)/bin/ruff format --check training

format: ## Format the Swift sources in place
	$(SWIFT) format --in-place --recursive --parallel $(SOURCES)
	@scripts/setup-venv.sh $(PYTHON) $(LINT_VENV) training/requirements-lint.txt
	$(LINT_VENV)/bin/ruff format training

bench: build venv ## Measure latency, throughput, steps, network beside onnxruntime, memory, start
	$(SWIFT) build -c release --product benchmarks
	@$(VENV)/bin/python scripts/bench.py $(BUILD)

bench-network: build ## Time the int8 network beside other runtimes on one core
	@scripts/bench-network.sh $(BUILD) $(PYTHON) $(NETWORK_VENVS) $(NETWORK_MODELS)

venv-training: setup
	@scripts/setup-venv.sh $(PYTHON) $(TRAINING_VENV) training/requirements-tests.txt training

venv: setup
	@scripts/setup-venv.sh $(PYTHON) $(VENV)

install: build ## Install into DESTDIR and PREFIX
	@scripts/install.sh $(BUILD) "$(DESTDIR)" $(PREFIX) $(UNITS) $(BASH_COMPLETIONS) $(ZSH_COMPLETIONS)

uninstall: ## Remove what install put there
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,spectrad spectractl spectrasim)
	rm -rf $(DESTDIR)$(PREFIX)/share/spectrad $(DESTDIR)$(PREFIX)/share/doc/spectrad
	rm -f $(DESTDIR)$(PREFIX)/lib/udev/rules.d/60-spectrad.rules
	rm -f $(DESTDIR)$(PREFIX)/lib/{sysusers,tmpfiles}.d/spectrad.conf
	rm -f $(DESTDIR)$(PREFIX)/lib/systemd/catalog/spectrad.catalog
	rm -f $(DESTDIR)$(UNITS)/spectrad{.service,-predictions.socket,-control.socket}
	rm -f $(DESTDIR)$(PREFIX)/share/man/man?/spectra{d,ctl,sim}{,.conf,-stream,-bundle}.[158]
	rm -f $(addprefix $(DESTDIR)$(BASH_COMPLETIONS)/,spectrad spectractl spectrasim)
	rm -f $(addprefix $(DESTDIR)$(ZSH_COMPLETIONS)/_,spectrad spectractl spectrasim)

deb: deb-programs ## Make the Debian package and check it with lintian
	@scripts/make-deb.sh $(STATIC_BUILD)/release $(STATIC_BUILD)

# A program that offers its own functions to nobody is 3 MB smaller; what it needs of libraries is
# found when it starts, and cannot be redirected later.
deb-programs:
	@scripts/setup-system.sh package
	for program in spectrad spectractl spectrasim; do \
	  $(SWIFT) build -c release --static-swift-stdlib --disable-local-rpath \
	    -Xlinker --no-export-dynamic -Xlinker -z -Xlinker now \
	    --scratch-path $(STATIC_BUILD) --product $$program; done

clean: ## Remove everything that was built
	rm -rf .build .build-static .build-thread-sanitizer .build-fuzz $(NETWORK_MODELS)
	rm -rf $(VENV) $(EXCHANGE_VENV) $(TRAINING_VENV) $(LINT_VENV) $(NETWORK_VENVS)
