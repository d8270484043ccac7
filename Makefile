# Two commands do everything: `make run` (the bundled example) and `make test`.
# Both install what is missing (GDAL's headers, pkg-config) with apt, through sudo when not root.
SHELL := /bin/bash
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get
PIPELINE ?= pipelines/sandvika.yaml
OUT ?= out/$(basename $(notdir $(PIPELINE)))
SANITIZERS ?= address thread
SUITES ?= ^(Grids|Geodata|Terrain|Rainfall|Runoff|Flood|Landslide|Exposure|Report|Pipeline)Tests

# `swift test` under a sanitizer, in a build folder of its own. Both read their own file of what is not the project's.
sanitizing = --sanitize=$(1) --scratch-path .build/sanitize-$(1)
sanitized = LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.supp TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/threads.supp \
  swift test $(call sanitizing,$(1))

.PHONY: help setup build portable run test sanitized-tests test-release sanitize validation test-tools check-tools check-report check-outputs check-postgis lint format fixtures schema \
  deb check-deb clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup:
	@command -v swift >/dev/null || { echo "Swift 6.2 or newer is needed: https://www.swift.org/install/linux/" >&2; exit 1; }
	@if ! { command -v pkg-config && pkg-config --exists gdal; } >/dev/null 2>&1; then \
	  echo "Installing libgdal-dev and pkg-config …"; \
	  $(APT) update -qq && $(APT) install -y -qq --no-install-recommends libgdal-dev pkg-config >/dev/null; \
	fi

# The release program uses what this machine's processor can, vectors of 512 bits among it: the grid kernels are two to
# three times as fast as a build for any x86-64, with the same bits.
NATIVE = $(if $(filter x86_64,$(shell uname -m)),-Xcc -march=native -Xcc -mprefer-vector-width=512)

build: setup ## Build the release program for this machine
	swift build -c release --product overvann $(NATIVE)

portable: setup ## Build a program for any machine of this kind in out/portable: one for each generation of processors
	packaging/build-portable.sh out/portable

run: build ## Run the bundled example (or PIPELINE=… OUT=…)
	.build/release/overvann run $(PIPELINE) --out $(OUT) --replace

# The release program and the tests build beside each other with `make -j2`.
sanitized-tests: setup
	swift build --build-tests $(call sanitizing,$(SANITIZER)) -Xswiftc -warnings-as-errors

test: setup $(if $(SANITIZER),build sanitized-tests) ## Build and run all tests (SANITIZER=address: under it, and the end-to-end tests on the release program)
	@# What failed is said again at the end: thousands of lines may stand behind it.
	@mkdir -p .build; set -o pipefail; \
	$(if $(SANITIZER),OVERVANN_PROGRAM=$(CURDIR)/.build/release/overvann $(call sanitized,$(SANITIZER)),swift test) \
	  -Xswiftc -warnings-as-errors 2>&1 | tee .build/test.log || { grep -aE "✘|error:" .build/test.log; exit 1; }

validation: setup ## Run surface flow against closed solutions, laboratory and field; write the page and its plots (CASES="basin valley")
	OVERVANN_VALIDATION=$(CURDIR)/Sources/Flood/Flood.docc OVERVANN_CASES="$(CASES)" \
	swift test -c release $(NATIVE) -Xswiftc -enable-testing --filter SurfaceFlowValidation

test-release: build ## Run the end-to-end tests on the release program
	OVERVANN_PROGRAM=$(CURDIR)/.build/release/overvann swift test -Xswiftc -warnings-as-errors --filter EndToEndTests

sanitize: setup ## Run the unit tests under the address and the thread sanitizer (half an hour; SANITIZERS, SUITES)
	@for sanitizer in $(SANITIZERS); do \
	  $(call sanitized,$$sanitizer) --filter '$(SUITES)' || exit 1; \
	done

test-tools: ## Install the outside programs that some tests compare with (GDAL's tools, QGIS)
	@if ! command -v gdalwarp >/dev/null || ! /usr/bin/python3 -c "import qgis.core" 2>/dev/null; then \
	  $(APT) update -qq && $(APT) install -y -qq --no-install-recommends gdal-bin python3-qgis >/dev/null; \
	fi

check-tools: ## Install the outside programs that the checks below look through (Debian 12)
	@missing=""; for tool in chromium pdftoppm soffice gdalinfo; do command -v $$tool >/dev/null || missing=1; done; \
	/usr/bin/python3 -c "import qgis.core, osgeo, venv" 2>/dev/null || missing=1; \
	ls /usr/lib/postgresql/*/bin/initdb /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || missing=1; \
	if [ -n "$$missing" ]; then \
	  $(APT) update -qq && $(APT) install -y -qq --no-install-recommends chromium poppler-utils fonts-dejavu-core \
	    libreoffice-calc-nogui gdal-bin python3-qgis python3-venv postgresql postgresql-postgis >/dev/null; \
	fi

check-report: run check-tools ## Look at the example's report in a browser: pictures in out/checks/report (Debian 12)
	Tests/Checks/report.sh $(OUT)/report.html out/checks/report

check-outputs: build check-tools ## Read the example's files with validators, LibreOffice and QGIS (Debian 12)
	/usr/bin/python3 Tests/Checks/outputs.py .build/release/overvann $(PIPELINE) out/checks/outputs

check-postgis: build check-tools ## Publish the example to a PostgreSQL with PostGIS that the check starts itself (Debian 12)
	/usr/bin/python3 Tests/Checks/postgis.py .build/release/overvann $(PIPELINE) out/checks/postgis

lint: ## Check the format of the sources
	swift format lint --strict --recursive Package.swift Sources Tests

format: ## Format the sources
	swift format --in-place --recursive Package.swift Sources Tests

fixtures: setup ## Make fixtures/sandvika anew
	swift run -c release MakeSandvika fixtures/sandvika

schema: build ## Write pipelines/pipeline.schema.json anew
	.build/release/overvann schema > pipelines/pipeline.schema.json

deb: setup ## Make the Debian package for this machine's release in out/packages
	@command -v dpkg-shlibdeps >/dev/null || { $(APT) update -qq && $(APT) install -y -qq --no-install-recommends dpkg-dev >/dev/null; }
	packaging/make-deb.sh out/packages

check-deb: deb ## Install the package in a new Debian root and run the example there (as root, on Debian)
	@if ! command -v debootstrap >/dev/null || ! command -v lintian >/dev/null; then \
	  $(APT) update -qq && $(APT) install -y -qq --no-install-recommends debootstrap lintian >/dev/null; \
	fi
	packaging/check-deb.sh out/packages/overvann_*.deb

clean: ## Remove what was built and the example's results
	rm -rf .build out
