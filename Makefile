# The commands of a newcomer. Each does the set-up that it needs, and nothing twice.

.PHONY: train test build setup format clean

train: build ## Build, then train the embedded default: no data needed, under two minutes
	@./residual train configs/quickstart.yaml

# The server's tests have deadlines, which they must not share the processor for.
test: setup ## Build and run all tests, in release mode
	swift test -c release --skip ServeTests
	swift test -c release --skip-build --filter ServeTests

build: setup ## Build the program
	@./residual --build-only

setup:
	@scripts/setup

format:
	swift format format -i -r --parallel Package.swift Sources Tests

clean:
	rm -rf .build
