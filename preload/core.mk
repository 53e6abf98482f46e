# Tests and benches of the core. Included by the Makefile beside it.
TESTS = $(BUILD)/test
TEST_CFLAGS = -std=gnu17 -O1 -g $(WARNINGS) -D_GNU_SOURCE -DHH_VERSION='"$(VERSION)"' -iquote src -iquote test -Iinclude $(THIRD_PARTY_CFLAGS)
RECORDING := test/recording/recording.c src/arena.c src/sender_heap.c
SHOW = $(TESTS)/show

$(SHOW): test/recording/show.c $(RECORDING) test/recording/recording.h $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) -O2 test/recording/show.c $(RECORDING) $(THIRD_PARTY)/lib/libzstd.a -o $@

# ---- small programs under the library
PROGRAMS := $(addprefix $(BUILD)/test/programs/,semantics semantics-musl known-O0 known-O2 known-musl ends forks threads \
  signals closes destructors count.so bump.so)
PROGRAM_FLAGS := -g -D_GNU_SOURCE -w -fno-builtin -pthread
TEST_TARGETS += test-programs

$(BUILD)/test/programs/%-musl: test/programs/%.c
	@mkdir -p $(@D)
	@musl-gcc -O2 $(PROGRAM_FLAGS) -Wl,--eh-frame-hdr $< -o $@
$(BUILD)/test/programs/%-O0: test/programs/%.c
	@mkdir -p $(@D)
	@$(CC) -O0 $(PROGRAM_FLAGS) $< -o $@
$(BUILD)/test/programs/%-O2: test/programs/%.c
	@mkdir -p $(@D)
	@$(CC) -O2 -fomit-frame-pointer $(PROGRAM_FLAGS) $< -o $@
$(BUILD)/test/programs/%.so: test/programs/%.c
	@mkdir -p $(@D)
	@$(CC) -O2 -shared -fPIC -w -fno-builtin $< -o $@
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
