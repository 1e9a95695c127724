# zscope: `make run` opens the window on the demo scene, `make test` runs every
# test. Both install what is missing and say so.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
LDFLAGS  = -X main.version=$(VERSION)
# The window's class on X11 and its app_id on Wayland.
WINDOW   = -X gioui.org/app.ID=zscope

GO          ?= go
export GOFLAGS += -buildvcs=false
STATICCHECK  = honnef.co/go/tools/cmd/staticcheck@v0.8.2
TARGETS      = linux/amd64 linux/arm64 windows/amd64 darwin/arm64
TESTFLAGS   ?=
FUZZTIME    ?= 20s
SOAKTIME    ?= 10m
export DESTDIR
export PREFIX ?= $(if $(filter 0,$(shell id -u)),/usr/local,$(HOME)/.local)

.PHONY: build headless run test check cross unit test-race fuzz soak latency pictures kills throughput memory scaling machines bench install uninstall clean

build:
	CGO_ENABLED=1 $(GO) build -trimpath -ldflags '$(LDFLAGS) $(WINDOW)' -o bin/zscope ./app/zscope

headless:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/zscope-headless ./app/zscope

run:
	@.ci/packages run
	@$(MAKE) --no-print-directory build headless
	@.ci/open

# The checks come first, so that the output ends with the tests'.
test:
	@.ci/packages test
	@$(MAKE) --no-print-directory check cross
	@$(MAKE) --no-print-directory unit

unit: build headless
	CGO_ENABLED=1 $(GO) test -timeout 20m $(TESTFLAGS) ./...

check: bin/staticcheck
	@echo "gofmt, go vet, staticcheck"
	@out=$$(gofmt -l .); [ -z "$$out" ] || { echo "gofmt would change: $$out"; exit 1; }
	CGO_ENABLED=1 $(GO) vet ./...
	CGO_ENABLED=1 bin/staticcheck ./...
	CGO_ENABLED=0 bin/staticcheck ./...
	GOOS=windows CGO_ENABLED=0 bin/staticcheck ./...

bin/staticcheck:
	GOBIN=$(CURDIR)/bin $(GO) install $(STATICCHECK)

cross:
	@for target in $(TARGETS); do \
		echo "build and vet for $$target without cgo"; \
		export CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/}; \
		$(GO) build -o bin/cross/$$GOOS-$$GOARCH/ ./app/zscope && $(GO) vet ./... || exit 1; \
	done

test-race:
	@.ci/packages test
	CGO_ENABLED=1 $(GO) test -race -timeout 60m $(TESTFLAGS) ./...

# Each fuzz target in turn, for FUZZTIME.
fuzz:
	@CGO_ENABLED=0 $(GO) list ./... | while read -r package; do \
		for target in $$(CGO_ENABLED=0 $(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			CGO_ENABLED=0 $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

# Random use of the real window for SOAKTIME.
soak: build headless
	ZSCOPE_SOAK=$(SOAKTIME) $(GO) test -v -count 1 -timeout 2h -run '^TestSoak$$' ./app/e2e

# How soon the window answers, and what it takes at rest: on the demo scene, or
# on SCENE.
latency: build headless
	ZSCOPE_LATENCY=$(or $(SCENE),demo) $(GO) test -v -count 1 -run '^TestLatency$$' ./app/e2e

# Each panel of the window at each size, dark and light, to be looked at.
PICTURES ?= $(CURDIR)/artifacts/pictures
pictures:
	EGL_PLATFORM=surfaceless ZSCOPE_PICTURES=$(PICTURES) $(GO) test -count 1 -run '^TestPictures$$' ./viewer/ui

# An export killed 100 times, and resumed.
kills:
	ZSCOPE_KILLS=100 $(GO) test -v -count 1 -timeout 1h -run '^TestKill$$' ./depthcore/export

# A whole export against casting alone, OpenEXR's C++ writer (libopenexr-dev)
# and Blender.
throughput: headless
	app/throughput/throughput.sh bin/zscope-headless

# The memory of 2,000 frames against that of 100.
memory: headless
	app/throughput/memory.sh bin/zscope-headless

# Cast and build times from a thousand to 25 million triangles, and their plot.
scaling:
	ZSCOPE_SCALING=1 $(GO) test -count 1 -run TestScaling -v ./depthcore/raycast

# The shared scenes' depth maps on arm64, under QEMU, are byte for byte those of
# this machine, and arm64 agrees with the exhaustive answer.
machines:
	@command -v qemu-aarch64-static >/dev/null || { echo "make machines needs qemu-aarch64-static (Debian: qemu-user-static)"; exit 1; }
	@rm -f bin/cross/*.sums
	@for arch in $$($(GO) env GOHOSTARCH) arm64; do \
		CGO_ENABLED=0 GOARCH=$$arch $(GO) test -c -o bin/cross/raycast-$$arch ./depthcore/raycast || exit 1; \
	done
	cd depthcore/raycast && ZSCOPE_SUMS=$(CURDIR)/bin/cross/here.sums ../../bin/cross/raycast-$$($(GO) env GOHOSTARCH) -test.run '^TestPathsAgree'
	cd depthcore/raycast && ZSCOPE_SUMS=$(CURDIR)/bin/cross/arm64.sums qemu-aarch64-static ../../bin/cross/raycast-arm64 -test.run '^TestPathsAgree|^TestTwin|^TestScalar'
	cmp bin/cross/here.sums bin/cross/arm64.sums && echo "$$(wc -l <bin/cross/here.sums) depth maps are the same on both"

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./depthcore/... ./viewer/...

# The program, its icon, a desktop entry and the file types it opens, below
# PREFIX: for this person, or for everyone if root. DESTDIR is for packagers.
install: build
	@.ci/install install

uninstall:
	@.ci/install uninstall

clean:
	rm -rf bin artifacts out
