# Tests and benches of the core. Included by the Makefile beside it.
TESTS = $(BUILD)/test
TEST_CFLAGS = -std=gnu17 -O1 -g $(WARNINGS) $(ARCH_CFLAGS) -D_GNU_SOURCE -DHH_VERSION='"$(VERSION)"' -iquote src -iquote test -Iinclude $(THIRD_PARTY_CFLAGS)
RECORDING := test/recording/recording.c src/arena.c src/sender_heap.c
SHOW = $(TESTS)/show

$(SHOW): test/recording/show.c $(RECORDING) test/recording/recording.h $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) -O2 test/recording/show.c $(RECORDING) $(THIRD_PARTY)/lib/libzstd.a -o $@

# ---- small programs under the library
PROGRAMS := $(addprefix $(BUILD)/test/programs/,semantics semantics-musl known-O0 known-O2 known-musl ends forks forkbusy threads \
  signals closes destructors crowd prefixed namespaces namespaces.so api counted ends-musl forks-musl threads-musl count.so bump.so)
PROGRAM_CFLAGS := $(if $(QEMU),-fasynchronous-unwind-tables)
PROGRAM_FLAGS := -Iinclude -g -D_GNU_SOURCE -w -fno-builtin -pthread $(PROGRAM_CFLAGS)
TEST_TARGETS += test-programs

$(BUILD)/test/programs/%-musl: test/programs/%.c
	@mkdir -p $(@D)
	@$(MUSL_CC) -O2 $(PROGRAM_FLAGS) -Wl,--eh-frame-hdr $< -o $@
$(BUILD)/test/programs/%-O0: test/programs/%.c
	@mkdir -p $(@D)
	@$(CC) -O0 $(PROGRAM_FLAGS) $< -o $@
$(BUILD)/test/programs/%-O2: test/programs/%.c
	@mkdir -p $(@D)
	@$(CC) -O2 -fomit-frame-pointer $(PROGRAM_FLAGS) $< -o $@
$(BUILD)/test/programs/%.so: test/programs/%.c
	@mkdir -p $(@D)
	@$(CC) -O2 -shared -fPIC -w -fno-builtin -D_GNU_SOURCE $< -o $@
$(BUILD)/test/programs/namespaces: test/programs/namespaces.c
	@mkdir -p $(@D)
	@$(CC) -O1 $(PROGRAM_FLAGS) $< -o $@ -ldl
$(BUILD)/test/programs/signals: test/programs/signals.c $(BUILD)/test/programs/bump.so
	@$(CC) -O1 $(PROGRAM_FLAGS) $< $(BUILD)/test/programs/bump.so -o $@
$(BUILD)/test/programs/%: test/programs/%.c
	@mkdir -p $(@D)
	@$(CC) -O1 $(PROGRAM_FLAGS) $< -o $@
$(BUILD)/test/programs/%: test/programs/%.cpp
	@mkdir -p $(@D)
	@$(CXX) -O2 -w -pthread $< -o $@

$(TESTS)/programs-test: test/unit/programs.c $(RECORDING) test/recording/recording.h $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) test/unit/programs.c $(RECORDING) $(THIRD_PARTY)/lib/libzstd.a -o $@

.PHONY: test-programs
test-programs: $(LIBRARY) $(PROGRAMS) $(TESTS)/programs-test
	@echo "programs: semantics, contents, ends, fork, threads, signals"
	@$(TESTS)/programs-test $(abspath $(LIBRARY)) $(abspath $(BUILD)/test/programs)

# ---- units and the ABI
TEST_TARGETS += test-units test-abi
UNIT_FLAGS = $(TEST_CFLAGS) $(if $(QEMU),,-fsanitize=address$(comma)undefined -fno-sanitize-recover=all)

$(TESTS)/unit-live_map: test/unit/live_map.c src/live_map.c src/arena.c
$(TESTS)/unit-options: test/unit/options.c src/options.c
$(TESTS)/unit-disorder: test/unit/disorder.c src/disorder.c
$(TESTS)/unit-spool_ring: test/unit/spool_ring.c src/spool_ring.c
$(TESTS)/unit-perf_map: test/unit/perf_map.c src/perf_map.c src/arena.c $(call for_this_arch,$(wildcard src/sys/*.c))
PATCHES := $(wildcard src/patch_$(ARCH).c)
$(TESTS)/unit-patch: test/unit/patch.c $(PATCHES) src/patch_islands.c src/arena.c $(wildcard src/unwind/instruction_$(ARCH).c)
$(TESTS)/unit-%: $(wildcard src/*.h src/*.def) test/check.h
	@mkdir -p $(@D)
	@$(CC) $(UNIT_FLAGS) $(filter %.c %.a,$^) -o $@

.PHONY: test-units test-abi
$(TESTS)/unit-match $(TESTS)/unit-rest: $(TESTS)/unit-%: test/unit/%.c test/recording/recording.c $(LIBRARY)
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) $(filter %.c,$^) $(filter-out %/hooks.o,$(OBJECTS)) $(BUILD)/imports.o $(THIRD_PARTY_LIBS) -o $@ -ldl -lpthread
test-units: $(TESTS)/unit-live_map $(TESTS)/unit-options $(TESTS)/unit-disorder $(TESTS)/unit-perf_map $(if $(PATCHES),$(TESTS)/unit-patch) $(TESTS)/unit-spool_ring $(TESTS)/unit-match $(TESTS)/unit-rest
	@for test in $^; do echo "$${test##*/}"; $$test || exit 1; done
test-abi: $(LIBRARY)
	@echo "abi"
	@abi/check $(LIBRARY) abi $(ARCH)

# ---- golden blocks, which the TypeScript decoder is held against too
GOLDEN := ../packages/wire/golden
GOLDEN_SOURCES := test/unit/golden.c $(addprefix src/,block.c calls.c map_sample.c mapping_line.c proc_text.c columns.c culled.c notes.c compress.c dictionary.c encoder.c spool.c \
  double/spool_file.c transport/pb_read.c \
  stack_numbers.c arena.c sender_heap.c)
TEST_TARGETS += test-golden

$(TESTS)/golden: $(GOLDEN_SOURCES) $(wildcard src/*.h) $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) $(GOLDEN_SOURCES) $(THIRD_PARTY)/lib/libzstd.a -o $@

.PHONY: test-golden golden
test-golden: $(TESTS)/golden
	@echo "golden blocks"
	@mkdir -p $(TESTS)/golden-now && $(TESTS)/golden $(TESTS)/golden-now $(GOLDEN)
golden: $(TESTS)/golden
	@mkdir -p $(GOLDEN) && $(TESTS)/golden $(GOLDEN)

# ---- what the calling thread pays
BENCH_TARGETS += bench-hooks
.PHONY: bench-hooks
$(BUILD)/bench/pair: test/bench/pair.c
	@mkdir -p $(@D)
	@$(CC) -O2 -fomit-frame-pointer -w -fno-builtin $< -o $@
$(BUILD)/bench/passthrough.so: test/bench/passthrough.c
	@mkdir -p $(@D)
	@$(CC) -O2 -shared -fPIC -w -fno-builtin -D_GNU_SOURCE $< -o $@ -ldl
bench-hooks: $(LIBRARY) $(BUILD)/bench/pair $(BUILD)/bench/passthrough.so
	@echo "ns per malloc+free pair in the calling thread"
	@test/bench/run.sh $(abspath $(LIBRARY)) $(abspath $(BUILD)/bench)

# ---- what the sender pays, with the events of a recording: bench-sender RECORDING_FILE=FILE
.PHONY: bench-sender
$(BUILD)/bench/sender: test/bench/sender.c test/recording/recording.c $(LIBRARY)
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) -O2 $(filter %.c,$^) $(filter-out %/hooks.o,$(OBJECTS)) $(BUILD)/imports.o $(THIRD_PARTY_LIBS) -o $@ -ldl -lpthread
bench-sender: $(BUILD)/bench/sender
	@$< $(RECORDING_FILE)

# ---- documentation from the sources
$(TESTS)/options-page: test/options_page.c src/options.def
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) $< -o $@
docs: $(TESTS)/options-page
	@mkdir -p ../docs/reference && $(TESTS)/options-page > ../docs/reference/options.md

.PHONY: test-docs
TEST_TARGETS += test-docs
test-docs: $(TESTS)/options-page
	@echo "docs/reference/options.md"
	@$(TESTS)/options-page | diff - ../docs/reference/options.md && echo "1 passed, 0 failed"
