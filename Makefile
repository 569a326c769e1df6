# Everything a contributor runs. `make` alone lists it. Needs Go and make; only `make perf` and `make fidelity` need more.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# make bench
PROFILE ?= quick# smoke, quick, standard or full
SEED    ?=# repeats a run's order and arrivals
ONLY    ?=# claims, comma separated; of make fidelity shape or behaviour; empty: all
OUT     ?=# folder of the run

# make fidelity
QUICK   ?=# 1: fewer blocks

# make test: a test that hangs ends its package after so long. Nothing is judged by it, so it leaves room for a busy machine.
TIMEOUT ?= 15m

# make soak
SOAK    ?= 20

# make fuzz
FUZZTIME ?= 30s# for each target
MINIMIZE ?= 5s# the longest that go test looks for a smaller input that fails, or finds as much; it takes up to 60 s of itself

# make perf
SUITE   ?= core# or wsgi, sim
BLOCKS  ?= 7
WINDOW  ?= 2# seconds a measurement

# The race detector needs a C compiler. Without one the suite still runs, and says what it misses.
RACE := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)

# Tools are built from the modules in .tools, once per version of tool and Go. CI points TOOLCACHE
# at a folder that outlives its clone.
TOOLCACHE     ?= $(CURDIR)/.cache/tools
tool_version   = $(shell awk '$$1 == "$(1)" && $$2 ~ /^v/ {print $$2; exit}' .tools/$(2)/go.mod)-$(shell go env GOVERSION)
GOLANGCI_LINT := $(TOOLCACHE)/golangci-lint-$(call tool_version,github.com/golangci/golangci-lint/v2,lint)
GOFUMPT       := $(TOOLCACHE)/gofumpt-$(call tool_version,mvdan.cc/gofumpt,lint)
GOTESTSUM     := $(TOOLCACHE)/gotestsum-$(call tool_version,gotest.tools/gotestsum,test)
GOVULNCHECK   := $(TOOLCACHE)/govulncheck-$(call tool_version,golang.org/x/vuln,vuln)

# What a browser runs, too (GOOS=js). Go builds os and net for it as well, where all they do is fail; so what these
# import is looked at.
PORTABLE := ./server/task ./server/http1 ./models ./models/capacity ./models/des ./models/queueing ./models/scenario ./models/sim ./models/spec ./models/study ./loadgen/arrival ./results/stat ./results/regress ./results/text
HOSTLY   := (os|os/.*|net|net/.*|syscall|golang.org/x/sys/.*)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: build
build: ## build bin/workerlab, a static binary
	CGO_ENABLED=0 go build -buildvcs=auto -o bin/workerlab ./cmd/workerlab

.PHONY: test
test: $(GOTESTSUM) ## the whole suite: vet, tests, race detector; says at the end what was skipped: TESTFLAGS=
	$(if $(RACE),,@echo "make test: no C compiler here, so the race detector is off" >&2)
	$(GOTESTSUM) --format standard-quiet -- $(RACE) -vet=all -timeout $(TIMEOUT) $(TESTFLAGS) ./...
	go -C .tools/shape test -count=1 -vet=all ./... # it reads this module, which the test cache does not see

.PHONY: race
race: ## one package or all again and again under the race detector: COUNT=3 PKG=./…
	go test -race -count $(or $(COUNT),3) -timeout 20m $(or $(PKG),./...)

.PHONY: soak
soak: ## what is too long for every change: random tries SOAK times as often, real servers again and again, long fuzzing
	WORKERLAB_SOAK=$(SOAK) go test $(RACE) -count 1 -timeout 1h ./...
	go test $(RACE) -count 5 -timeout 1h ./server/... ./models/...
	$(MAKE) fuzz FUZZTIME=2m

.PHONY: lint
lint: $(GOLANGCI_LINT) ## golangci-lint, with the import floors
	$(GOLANGCI_LINT) run ./...
	cd .tools/shape && $(GOLANGCI_LINT) run --config ../../.golangci.yml ./...

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME each
	@targets=$$(git grep --untracked -oE '^func Fuzz[[:alnum:]_]+' -- '*_test.go' | sed -E 's|^([^:]*)/[^/:]*:func |./\1 |' | sort); \
	[ -n "$$targets" ] || { echo "make fuzz: no fuzz target found" >&2; exit 1; }; \
	while read -r package target; do \
		echo "== $$package $$target, $(FUZZTIME)"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime $(MINIMIZE) "$$package"; \
	done <<< "$$targets"

.PHONY: bench
bench: build ## judge the claims: PROFILE=quick|standard|full SEED= ONLY= OUT= SYSTEMS=workerlab,gunicorn
	bin/workerlab bench --profile $(strip $(PROFILE)) $(if $(strip $(SEED)),--seed $(SEED)) \
		$(if $(strip $(SYSTEMS)),--systems $(SYSTEMS)) $(if $(strip $(ONLY)),--only $(ONLY)) $(if $(strip $(OUT)),--out $(OUT))

.PHONY: reference
reference: build ## judge the committed runs again: what is kept of them, records packed
	for manifest in results/reference/*/manifest.json; do bin/workerlab report --pack --png=false $${manifest%/*} >/dev/null; done

# What stands beside our server: Debian's names. Tests that need a package which is not there are skipped,
# but not where CI is set.
REAL := python3 gunicorn python3-gevent python3-eventlet python3-tornado python3-django python3-flask \
	uwsgi uwsgi-plugin-python3 apache2 libapache2-mod-wsgi-py3 nginx fcgiwrap wrk python3-simpy3

.PHONY: real
real: ## install what real applications and servers need (Debian, Ubuntu; as root or by sudo)
	@missing=$$(dpkg-query -W -f '$${db:Status-Abbrev} $${Package}\n' $(REAL) 2>/dev/null | awk '$$1 == "ii" {print $$2}' | \
		grep -vxFf - <(printf '%s\n' $(REAL)) || true); \
	[ -z "$$missing" ] && { echo "all there: $(REAL)"; exit; }; \
	sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -qq -y --no-install-recommends $$missing; \
	for service in apache2 nginx uwsgi fcgiwrap.socket; do \
		! systemctl is-active --quiet $$service 2>/dev/null || \
			echo "Debian has started $$service, which no measurement needs: sudo systemctl disable --now $$service"; \
	done

.PHONY: perf
perf: build ## our speed, against net/http, SUITE=wsgi gunicorn or SUITE=sim SimPy; needs make real: BLOCKS=7 WINDOW=2
	@mkdir -p bin && CGO_ENABLED=0 go build -o bin/perf ./cmd/perf
	bin/perf --suite $(SUITE) --server bin/workerlab --blocks $(BLOCKS) --seconds $(WINDOW)

.PHONY: accuracy
accuracy: build ## hold the predictions of plan to real servers: DEPLOYMENTS=workerlab,gunicorn,django,flask OUT=
	bin/workerlab accuracy $(if $(strip $(DEPLOYMENTS)),--deployments $(DEPLOYMENTS)) $(if $(strip $(OUT)),--out $(OUT))

.PHONY: fidelity
fidelity: build ## our classes beside gunicorn's; needs make real: QUICK=1 SEED= ONLY=shape|behaviour OUT=
	bin/workerlab fidelity $(if $(strip $(QUICK)),--quick) $(if $(strip $(SEED)),--seed $(SEED)) \
		$(if $(strip $(ONLY)),--only $(ONLY)) $(if $(strip $(OUT)),--out $(OUT))

.PHONY: tidy
tidy: $(GOFUMPT) ## gofumpt the tree, tidy go.mod
	$(GOFUMPT) -w $$(git ls-files --cached --others --exclude-standard '*.go')
	go mod tidy

.PHONY: check
check: $(GOFUMPT) ## fail where make tidy would change anything
	@unformatted=$$($(GOFUMPT) -l $$(git ls-files '*.go')); \
	[ -z "$$unformatted" ] || { echo "make check: not gofumpt'ed (make tidy):" $$unformatted >&2; exit 1; }
	go mod tidy -diff

.PHONY: cross
cross: ## build for macOS and, what promises it, for the browser, where nobody has files, sockets or an OS
	GOOS=darwin GOARCH=arm64 go build ./...
	GOOS=linux GOARCH=arm64 go build ./...
	GOOS=js GOARCH=wasm go build $(PORTABLE)
	@imports=$$(GOOS=js GOARCH=wasm go list -deps -f '{{$$p := .ImportPath}}{{if not .Standard}}{{range .Imports}}{{$$p}} imports {{.}}{{"\n"}}{{end}}{{end}}' $(PORTABLE)); \
	grep -q . <<< "$$imports" || { echo "make cross: go list says nothing of $(PORTABLE)" >&2; exit 1; }; \
	! grep -E ' imports $(HOSTLY)$$' <<< "$$imports" || { echo "make cross: a browser has none of that" >&2; exit 1; }

.PHONY: shape
shape: ## how often things are done that one place should do, and how large they are: V=1 says where
	@go -C .tools/shape run . -C $(CURDIR) $(if $(strip $(V)),-v)

# A release is what was tagged. Go stamps a binary with the tag of the commit that it builds, and with +dirty where
# files differ from it.
VERSION = $(shell git describe --tags --exact-match --match 'v*' 2>/dev/null)

.PHONY: release
release: ## dist: static binaries of the tagged commit for Linux amd64 and arm64, and SHA256SUMS
	@[ -n "$(VERSION)" ] || { echo "make release: this commit has no version: git tag -a v0.1.0 -m v0.1.0" >&2; exit 1; }
	@[ -z "$$(git status --porcelain)" ] || { echo "make release: files differ from $(VERSION): commit or remove them" >&2; git status --short >&2; exit 1; }
	@rm -rf dist && mkdir dist
	for arch in amd64 arm64; do \
		CGO_ENABLED=0 GOOS=linux GOARCH=$$arch go build -buildvcs=true -trimpath -ldflags '-s -w' \
			-o dist/workerlab_$(VERSION)_linux_$$arch ./cmd/workerlab; \
	done
	cd dist && sha256sum workerlab_* > SHA256SUMS && cat SHA256SUMS

.PHONY: vuln
vuln: $(GOVULNCHECK) ## known vulnerabilities in what we call; needs https://vuln.go.dev
	$(GOVULNCHECK) ./...

.PHONY: clean
clean: ## remove what was built here
	rm -rf bin dist .cache

# Builds tool $(2) of module .tools/$(1); golangci-lint takes about five minutes on two cores.
define build_tool
	@mkdir -p $(TOOLCACHE)
	@echo "building $(notdir $@) (once)" >&2
	@cd .tools/$(1) && CGO_ENABLED=0 go build -trimpath -o $@.new $(2) && mv $@.new $@
endef

$(GOLANGCI_LINT):
	$(call build_tool,lint,github.com/golangci/golangci-lint/v2/cmd/golangci-lint)

$(GOFUMPT):
	$(call build_tool,lint,mvdan.cc/gofumpt)

$(GOTESTSUM):
	$(call build_tool,test,gotest.tools/gotestsum)

$(GOVULNCHECK):
	$(call build_tool,vuln,golang.org/x/vuln/cmd/govulncheck)
