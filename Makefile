# `make demo` shows what the project does, `make test` shows that it works, `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo demo-t5 setup build test kernel-check kernel-rates soak check bench full-size full-size-step format install clean

PREFIX ?= /usr/local

# Where the demo goes, and where its random draws come from.
DEMO ?= .demo
SEED ?= 42

# What `make full-size` writes, as whom (transformers or lavis), and whose tokenizer it takes.
MODEL ?= blip2-opt-2.7b
LAYOUT ?= transformers
DTYPE ?= float16
TOKENIZER ?= opt-2.7b

# How many damaged files `make soak` opens of each format.
SOAK ?= 1000000

# One set of flags for all, so that nothing is built twice: tests see public interfaces only.
BUILD := swift build -c release
TEST := swift test -c release --disable-xctest --disable-testable-imports
SOURCES := $(wildcard Packages Apps Tools Tests) Package.swift
APPS := $(filter-out shared,$(notdir $(patsubst %/,%,$(wildcard Apps/*/))))

help: ## lists these targets
	@awk -F ':[^#]*## ' '/^[a-z0-9-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: setup ## draws a small world, trains captioners on it with and without the P-Former, compares them
	$(BUILD)
	@$(MAKE) --no-print-directory -j2 --file Tools/Demo/stages.mk DEMO=$(DEMO) SEED=$(SEED)

demo-t5: setup ## the same with a small T5 in place of OPT
	$(BUILD)
	@$(MAKE) --no-print-directory -j2 --file Tools/Demo/stages.mk DEMO=$(DEMO) SEED=$(SEED) t5

setup: ## installs the system libraries that the manifest names, where they are missing
	@Tools/setup

build: setup ## builds everything, in release
	$(BUILD)

test: setup ## runs all tests, in release, and builds clients of the packages
	@Tools/setup --optional
	@mkdir -p .build
	$(TEST) 2>&1 | tee .build/test.log
	Tests/Consumers/run
	@# Where BLIP_ORACLE names no folder, the suites that read it say so.
	@grep 'Suite .* skipped' .build/test.log || true
	@grep 'Test run with' .build/test.log

kernel-check: setup ## checks the kernels for every processor, with what this one lacks emulated, against the portable ones
	Tools/KernelCheck/check

kernel-rates: setup ## times the product kernels in float32 and bfloat16, without Swift; THREADS="1 2"
	Tools/KernelRates/measure $(THREADS)

soak: setup ## opens a million damaged files of each format, kills 100 trainings and 10 evaluations, and holds two processes to one in all stages, as the tests do with fewer; SOAK=<count>, BLIP_SEED=<seed>
	BLIP_KILLS=100 BLIP_EVALUATION_KILLS=10 BLIP_STAGES=all BLIP_SOAK=$(SOAK) $(TEST) --filter 'MutantTests|KillTests|ProcessesTests'

check: build ## formatting, manifests in step, allowed imports, links and examples in documents
	swift format lint --strict --recursive --parallel $(SOURCES)
	.build/release/checks --build .build/release

bench: setup ## measures speed; PYTHON=<a Python with torch> runs PyTorch beside, BENCH="training --rounds 3" runs one
	$(BUILD) --package-path Tools/Benchmarks --scratch-path .build/benchmarks --product benchmarks
	$(BUILD) --product evaluate
	PYTHON="$(PYTHON)" .build/benchmarks/release/benchmarks $(BENCH)

full-size: setup ## writes a captioner of MODEL=blip2-opt-2.7b or blip2-flan-t5-xl with random weights, and times it; TOKENIZER=<folder>, LAYOUT=lavis
	$(BUILD) --product full-size
	.build/release/full-size write --model $(MODEL) --layout $(LAYOUT) --dtype $(DTYPE) --tokenizer $(TOKENIZER) \
	    --output .build/full-size/$(MODEL)
	.build/release/full-size measure .build/full-size/$(MODEL) >/dev/null  # fills the page cache
	.build/release/full-size measure .build/full-size/$(MODEL)

full-size-step: setup ## trains stage 2 with ViT-g and OPT-2.7b for a few steps within 16 GiB; TOKENIZER=<folder>
	$(BUILD) --product full-size
	$(BUILD) --product train
	$(BUILD) --product world
	.build/release/world --output .build/full-size/world --train 100 --test 10 --sentences 100
	.build/release/full-size write --model blip2-opt-2.7b --dtype bfloat16 --tokenizer $(TOKENIZER) --output .build/full-size/blip2-opt-2.7b
	.build/release/full-size write --model opt-2.7b --dtype bfloat16 --tokenizer $(TOKENIZER) --output .build/full-size/opt-2.7b
	rm -rf .build/full-size/run
	.build/release/train --cfg-path Tools/FullSize/stage2.yaml --output-dir .build/full-size/run
	.build/release/full-size steps .build/full-size/run

format: ## formats all Swift sources in place
	swift format --in-place --recursive --parallel $(SOURCES)

install: setup ## installs the apps as PREFIX/bin/blip2-*, with the Swift runtime inside
	for app in $(APPS); do \
	    $(BUILD) --static-swift-stdlib --scratch-path .build/install --product $$app; \
	    install -D -s .build/install/release/$$app "$(DESTDIR)$(PREFIX)/bin/blip2-$$app"; \
	done

clean: ## removes everything that was built or made
	rm -rf .build .demo
