# Zhiqing 知情. `make run` and `make test` do all the set-up on a fresh machine.

SHELL        := bash
.SHELLFLAGS  := -euo pipefail -c
.DEFAULT_GOAL := help

MODULES := api pkg pkg/engine/embednats pkg/engine/mongostore pkg/engine/sqlitestore \
           pkg/engine/servicetest services/deadline services/fee services/intake services/litigation \
           services/zhiqing
PACKAGES = $(addprefix ./,$(addsuffix /...,$(MODULES)))
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
CACHE   := $(CURDIR)/.cache
TOOLS   := $(CACHE)/tools

# Pinned tools; each is built from its own source by the Go tool.
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT  := mvdan.cc/gofumpt@v0.12.0
VULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: help
help: ## show what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## start everything on embedded defaults, with demo data, on http://127.0.0.1:8080
	bin/zhiqing serve --demo

.PHONY: build
build: ## build bin/zhiqing and the four separate services
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/zhiqing ./services/zhiqing
	for s in intake deadline fee litigation; do \
	  CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/$$s ./services/$$s/cmd/$$s; \
	done

.PHONY: test
test: mongo-engine ## run every test with the race detector, on both storage engines
	go test -race -count=1 -timeout 15m $(PACKAGES)

.PHONY: mongo-engine
mongo-engine: ## install the real MongoDB engine that the tests use (never shipped)
	@# without it the tests on MongoDB are left out, and say so; in CI it must be there
	deploy/mongo-engine/install.sh || [ -z "$${CI:-}" ]

.PHONY: bench
bench: mongo-engine ## measure, both engines side by side in one run
	go test -run '^$$' -bench . -benchtime 1s -timeout 90m $(PACKAGES)

.PHONY: fuzz
fuzz: ## run every fuzz target for a short while
	deploy/fuzz.sh 20s $(MODULES)

.PHONY: demo
demo: build ## drive a fresh instance through a year of a township and print its annual tables
	bin/zhiqing demo

.PHONY: lint
lint: $(TOOLS)/golangci-lint $(TOOLS)/gofumpt ## format check, vet, golangci-lint, module boundaries
	@bad=$$($(TOOLS)/gofumpt -l api pkg services); if [ -n "$$bad" ]; then echo "not gofumpt-formatted:"; echo "$$bad"; exit 1; fi
	$(TOOLS)/golangci-lint run --allow-parallel-runners $(PACKAGES)
	for m in $(MODULES); do (cd $$m && GOWORK=off GOFLAGS=-mod=mod go build ./... && GOWORK=off go vet ./...) || exit 1; done

.PHONY: vuln
vuln: $(TOOLS)/govulncheck ## look for known vulnerabilities that the code can reach
	@deploy/vuln.sh $(TOOLS)/govulncheck $(MODULES)

.PHONY: fmt
fmt: $(TOOLS)/gofumpt ## format all Go code
	$(TOOLS)/gofumpt -w api pkg services

.PHONY: tidy
tidy: ## tidy every module
	for m in $(MODULES); do (cd $$m && GOWORK=off go mod tidy) || exit 1; done

$(TOOLS)/golangci-lint:
	GOBIN=$(TOOLS) go install $(GOLANGCI)

$(TOOLS)/gofumpt:
	GOBIN=$(TOOLS) go install $(GOFUMPT)

$(TOOLS)/govulncheck:
	GOBIN=$(TOOLS) go install $(VULNCHECK)

.PHONY: clean
clean: ## remove what was built; data is left alone
	rm -rf bin
