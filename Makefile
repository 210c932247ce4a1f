# make run    starts Titian; make test   checks it. Both first install what is missing.
# The rest is for whoever works on it: make check, make bench, make build.

.PHONY: run test check bench build install format
.DEFAULT_GOAL := run

# The race detector needs a C compiler; without one the tests run all the same.
RACE := $(shell command -v gcc >/dev/null 2>&1 && echo -race)

# Packages that start no goroutine have no race to find, and ten times the work under its detector; a test holds them to it.
PURE := ./bot/watermark ./flows/... ./storage ./storage/dossier ./storage/sheet

run:
	@./.ci/install run
	@$(MAKE) --no-print-directory build
	@exec ./bin/titian $(ARGS)

build:
	@CGO_ENABLED=0 go build -trimpath -o bin/titian ./cmd/titian

install:
	@./.ci/install

# Races that libraries are known to have; one of ours is always told.
export GORACE := suppressions=$(CURDIR)/.ci/races

# What a change must pass.
test: install
	go vet ./...
	go test -timeout=20m -shuffle=on $(PURE)
	go test $(RACE) -timeout=20m -shuffle=on $$(go list ./... | grep -vxF "$$(go list $(PURE))")

# Stricter: formatting and staticcheck too, and the race detector or nothing.
check: install format
	go vet ./...
	go tool staticcheck ./...
	go test -race -shuffle=on ./...

format:
	@unformatted=$$(gofmt -l bot cmd flows locales storage); \
	if [ -n "$$unformatted" ]; then echo "not formatted:"; echo "$$unformatted"; exit 1; fi

# One table; BENCH=Seal picks some, TIME=100ms is quick.
bench: install
	@./.ci/bench
