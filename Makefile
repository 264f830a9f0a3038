# What the README names. Each target installs what it lacks: tools into .tools, packages with apt-get where it may.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# CI builds exactly what Cargo.lock says; a developer may just have added a dependency.
LOCKED := $(if $(CI),--locked)

DENY_VERSION := 0.20.2
DENY := .tools/cargo-deny-$(DENY_VERSION)/bin/cargo-deny
VENV := .tools/venv
CLIENTS := tests/clients/node_modules
# Where scripts/install-node puts a Node.js if the machine's own is missing or too old.
NODE := .tools/node
export PATH := $(CURDIR)/$(NODE)/bin:$(PATH)
OPTIMISED := $(or $(CARGO_TARGET_DIR),target)/release

.PHONY: help run test jitter bench release bare check fmt tools packages

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

# The development build: whoever tries the service should not wait for link-time optimisation. The dependencies,
# where the work is done, are optimised in it too, and `make test` has built most of them already.
run: ## build the server and run it with demo data on http://127.0.0.1:8080
	cargo run $(LOCKED) --package support-server -- serve --demo

# The whole workspace is built in one go, so that the server under test and the tests share their dependencies.
# The unit, integration and black-box tests come last: their closing line is the last thing to read.
test: packages $(VENV)/installed $(CLIENTS)/installed ## run all tests, on SQLite and on PostgreSQL
	cargo build $(LOCKED) --workspace --all-targets
	cargo test $(LOCKED) --workspace --doc --quiet
	@if cargo nextest --version >/dev/null 2>&1; then \
	    set -x; cargo nextest run $(LOCKED) --workspace; \
	else \
	    set -x; cargo test $(LOCKED) --workspace --all-targets --no-fail-fast; \
	fi

# At small scale it is among the tests.
jitter: packages $(CLIENTS)/installed ## cut 500 chat clients off again and again, and count what they missed
	cargo build $(LOCKED) --package support-server
	JITTER_CLIENTS=500 JITTER_ROOMS=50 JITTER_MESSAGES=5000 JITTER_SECONDS=120 \
	    cargo test $(LOCKED) --package support-tests --test jitter -- --nocapture

# With a server of its own for each run; what it prints is explained in docs/benchmarks.md.
bench: packages ## measure memory, frames and messages a second with an optimised build
	cargo build $(LOCKED) --release --package support-server --package support-bench
	cargo run $(LOCKED) --quiet --release --package support-bench -- idle
	cargo run $(LOCKED) --quiet --release --package support-bench -- fanout
	cargo run $(LOCKED) --quiet --release --package support-bench -- messages
	cargo run $(LOCKED) --quiet --release --package support-bench -- logins
	cargo run $(LOCKED) --quiet --release --package support-bench -- hostile

# Symbols serve profilers and backtraces of crashes, which find them by the link that the binary keeps to them. What cargo
# built is not touched, since it would take it for its own the next time.
release: ## build the optimised binary, stripped, and keep its symbols in a file beside it
	cargo rustc $(LOCKED) --release --package support-server --bin support-server -- -C strip=none
	cd $(OPTIMISED) && objcopy --only-keep-debug support-server support-server.debug
	cd $(OPTIMISED) && objcopy --strip-all --add-gnu-debuglink=support-server.debug support-server support-server.stripped
	mv $(OPTIMISED)/support-server.stripped $(OPTIMISED)/support-server
	@ls -l --block-size=M $(OPTIMISED)/support-server $(OPTIMISED)/support-server.debug

bare: ## run `make run` and `make test` in a bare Debian 12, made for it and removed again (root only)
	@scripts/bare

# The domain is linted a second time as other services get it: without what its neighbours turn on.
check: $(DENY) ## check format, lints, documentation, licences and dependencies
	cargo fmt --all --check
	cargo clippy $(LOCKED) --workspace --all-targets -- -D warnings
	cargo clippy $(LOCKED) --package support-domain -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc $(LOCKED) --workspace --no-deps
	$(DENY) --log-level error $(LOCKED) check licenses bans sources
	@if timeout 120 $(DENY) fetch db >/dev/null 2>&1; then \
	    set -x; $(DENY) --log-level error $(LOCKED) check --disable-fetch advisories; \
	else \
	    echo "advisories: not checked, their database cannot be reached from here"; \
	fi

fmt: ## format the code
	cargo fmt --all

tools: packages $(DENY) $(VENV)/installed $(CLIENTS)/installed ## install the tools that test and check need

packages:
	@scripts/install-packages

# Without optimisation it is built in a minute, and a check of this workspace is quick all the same.
# In a target directory of its own: the one of the workspace may be set for all of cargo.
$(DENY):
	env -u CARGO_TARGET_DIR CARGO_PROFILE_DEV_DEBUG=false cargo install --quiet --locked --profile dev \
	    --version $(DENY_VERSION) --root .tools/cargo-deny-$(DENY_VERSION) cargo-deny

$(VENV)/installed: tests/requirements.txt | packages
	rm -rf $(VENV)
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	$(VENV)/bin/schemathesis --version
	touch $@

$(NODE)/installed: scripts/install-node tests/requirements-node.txt | $(VENV)/installed
	@scripts/install-node $(VENV) $(NODE)
	@touch $@

$(CLIENTS)/installed: tests/clients/package.json tests/clients/package-lock.json tests/clients/.npmrc | $(NODE)/installed
	cd tests/clients && npm ci --no-progress --loglevel=error
	touch $@
