# The commands of the project. Python 3.11+, make and git are all that a machine needs; the rest is installed here.

PYTHON ?= python3
PORT ?= 8110
UV_VERSION := 0.13.9
UV := .tools/bin/uv
RUN := .venv/bin/
export NUMBA_CACHE_DIR := $(CURDIR)/.tools/numba
# Where Python may keep no bytecode, each of the hundred processes that tests start compiles every library anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --jobs=3 --output-sync=none

.PHONY: demo test check bench faults audit release install console clean

# Install everything, build the console, compile a real city, start the server and play a day of generated calls.
demo: .tools/console.done .tools/warm.done $(if $(CITY),,.demo/helsinki.osm.pbf)
	@$(RUN)tocsin demo --port $(PORT) --source $(or $(CITY),.demo/helsinki.osm.pbf)

# Every test, on two workers, one of which has the browser (tests/conftest.py). Chromium and mosquitto are installed first where this machine lets us, else their tests skip by name.
test: .tools/console.done .tools/warm.done .tools/browser.done
	@$(RUN)python -m pytest -n 2 --dist loadfile $(or $(TESTS),tests)

# Style, types, walls, and the docs in step with the code.
check: .tools/install.done console/node_modules/.done
	@$(RUN)ruff check --quiet .
	@$(RUN)mypy
	@$(RUN)lint-imports > .tools/walls.txt || { cat .tools/walls.txt; exit 1; }
	@$(RUN)python hatch_build.py check
	@$(RUN)python -m docs.written --check

# Print every figure that the docs quote, and keep them in bench/out/bench.json.
bench: .tools/console.done .tools/warm.done
	@$(UV) sync --quiet --locked --group peers
	@$(RUN)python -m bench $(BENCH)

# Do to a house of three nodes and their database what machines can do, under load, and hold what was kept against what was acknowledged.
faults: .tools/console.done .tools/warm.done
	@$(RUN)python -m faults $(FAULTS)

# Hold the locked packages against published advisories; what could not be asked is said by name.
audit: .tools/install.done
	@$(RUN)python tools/audit.py

# Build sdist, wheel and lists of parts into dist and sign their digests: make release RELEASE_KEY=FILE (tools/release.py new-key).
release: .tools/install.done
	@test -n "$(RELEASE_KEY)" || { echo "give the signing key: make release RELEASE_KEY=FILE"; exit 2; }
	@$(RUN)python tools/release.py make dist --key $(RELEASE_KEY)

install: .tools/install.done
console: .tools/console.done

clean:
	rm -rf .venv .tools .demo console/node_modules src/tocsin/edges/web/console bench/out tests/out faults/out

$(UV):
	@echo "tocsin: fetching uv $(UV_VERSION)"
	@$(PYTHON) -m venv .tools && .tools/bin/pip --quiet --disable-pip-version-check install uv==$(UV_VERSION)

.tools/install.done: $(UV) pyproject.toml uv.lock
	@echo "tocsin: installing Python packages"
	@$(UV) sync --quiet --locked --python $(PYTHON)
	@touch $@

console/node_modules/.done: .tools/install.done console/package-lock.json hatch_build.py
	@$(RUN)python hatch_build.py install
	@touch $@

.tools/console.done: console/node_modules/.done $(shell find console/src console/messages console/*.* -type f 2>/dev/null)
	@$(RUN)python hatch_build.py build
	@touch $@

.tools/warm.done: .tools/install.done $(wildcard src/tocsin/engines/roads/*.py src/tocsin/engines/roads/*/*.py)
	@echo "tocsin: compiling the road engine"
	@$(RUN)tocsin warm
	@touch $@

.demo/helsinki.osm.pbf: .tools/install.done tools/demo_city.py
	@.tools/bin/python tools/demo_city.py $@

.tools/browser.done: .tools/install.done
	@bash tools/install_peers.sh
	@touch $@
