.PHONY: demo test test-all fidelity fuzz lint bench bench-quick bench-go build torture soak dist tools

# The main job on an emulated Intercom; no account needed.
demo: build
	./bin/finpages demo

# All tests and vet, with the race detector where a C compiler is. Installs what they need, where it can. Many tests wait
# for programs and answers, so that more of them run at once than there are cores. Under the race detector, each program
# would sleep a second before it ends.
test: export GORACE = atexit_sleep_ms=0
test: tools
	@test -z "$$(gofmt -l .)" || { echo "not gofmt'ed:"; gofmt -l .; exit 1; }
	@race=-race; command -v $${CC:-gcc} >/dev/null || { race=; echo "no C compiler, so the race detector is left out"; }; \
	test="go test -vet=all $$race -p 3 -parallel 4 -timeout 14m ./..."; \
	echo $$test; PATH="$$PATH:$$(go env GOPATH)/bin" $$test
	@# Where the race detector blurs growth, or has nothing to find:
	go test -run 'TestRenderHostile|TestFidelity|TestShapesLoseNothing' ./ingest/render ./ingest/leaks

# As test, with LibreOffice, which is large.
test-all: export TEST_ALL = 1
test-all: test

# Scores the pages of whole documentations; fails when a figure falls. FIDELITY=DIR scores the folders of another place,
# and FIDELITY_WORST=N shows their worst documents.
fidelity:
	go test -count=1 -run TestFidelity -v ./ingest/render

# Each fuzz target for FUZZTIME, a minute if that is not set.
fuzz:
	@grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do \
		for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$$dir"/*_test.go | sed 's/^func //'); do \
			echo "$$dir $$target"; go test "$$dir" -run '^$$' -fuzz "^$$target\$$" -fuzztime "$${FUZZTIME:-60s}" || exit 1; \
		done || exit 1; \
	done

tools:
	@.ci/tools

build:
	CGO_ENABLED=0 go build -trimpath -o bin/finpages ./cmd/finpages

lint:
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0 run
	@.ci/vulnerabilities

# Speed and memory beside other programs, as a table, and in bin/bench.json; fails where a row falls short. Peers that are
# missing are skipped: apt-get install rclone; go install github.com/gohugoio/hugo@latest. BENCH='-rows git' picks rows,
# BENCH='-corpus DIR' takes the text of other documents. bench-quick takes three minutes.
bench: build
	PATH="$$PATH:$$(go env GOPATH)/bin" go run ./deploy/bench -json bin/bench.json $(BENCH)

bench-quick: build
	PATH="$$PATH:$$(go env GOPATH)/bin" go run ./deploy/bench -quick -json bin/bench-quick.json $(BENCH)

# The Go benchmarks, to be compared by benchstat.
bench-go:
	go test -run '^$$' -bench . -benchmem ./...

# Long random histories with kills and faults. TORTURE_STEPS and TORTURE_SEED choose.
torture:
	TORTURE_STEPS=$${TORTURE_STEPS:-20000} go test -race -timeout 0 -run TestTorture -v ./cmd/finpages

# The daemon for ten minutes, among edits, reloads and faults.
soak:
	SOAK=$${SOAK:-10m} go test -race -timeout 0 -run TestSoak -v ./cmd/finpages

# Release archives, packages, checksums and SBOM, in dist/.
dist:
	deploy/dist.sh
