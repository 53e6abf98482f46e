# Tests of what is recorded beside malloc and free. Included by the Makefile.
KIND_PROGRAMS := $(addprefix $(BUILD)/test/programs/,maps maps-musl)
TEST_TARGETS += test-maps

$(BUILD)/test/maps-test: test/unit/maps.c src/mapping_line.c src/proc_text.c $(call for_this_arch,$(wildcard src/sys/*.c)) test/run_program.h $(RECORDING) \
    test/recording/recording.h $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) $(filter %.c,$^) $(THIRD_PARTY)/lib/libzstd.a -o $@

.PHONY: test-maps
test-maps: $(LIBRARY) $(KIND_PROGRAMS) $(BUILD)/test/maps-test
	@echo "maps: mmap, munmap, mremap, brk, mallopt, smaps"
	@$(BUILD)/test/maps-test $(abspath $(LIBRARY)) $(abspath $(BUILD)/test/programs)

# ---- other allocators, of Debian: what is not installed is left out, and skipped by the test
JEMALLOC_A := $(firstword $(wildcard /usr/lib/x86_64-linux-gnu/libjemalloc.a))
JEMALLOC_SO := $(firstword $(wildcard /usr/lib/x86_64-linux-gnu/libjemalloc.so))
JEMALLOC_NAMES := malloc calloc realloc free posix_memalign aligned_alloc memalign valloc mallocx rallocx xallocx sallocx dallocx \
  sdallocx nallocx mallctl mallctlnametomib mallctlbymib malloc_usable_size malloc_stats_print malloc_conf malloc_message
ALLOCATOR_PROGRAMS := $(addprefix $(BUILD)/test/programs/,operators pool later stats $(if $(JEMALLOC_SO),jemalloc-shared) \
  $(if $(JEMALLOC_A),jemalloc-static jemalloc-prefixed))
TEST_TARGETS += $(if $(filter amd64,$(ARCH)),test-allocators)

$(BUILD)/test/programs/operators: test/programs/operators.cpp
	@mkdir -p $(@D)
	@$(CXX) -O1 -g -std=c++17 -fno-builtin $< -o $@
$(BUILD)/test/programs/jemalloc-shared: test/programs/jemalloc.c
	@mkdir -p $(@D)
	@$(CC) -O1 $(PROGRAM_FLAGS) $< $(JEMALLOC_SO) -o $@
$(BUILD)/test/programs/jemalloc-static: test/programs/jemalloc.c
	@mkdir -p $(@D)
	@$(CC) -O1 $(PROGRAM_FLAGS) $< $(JEMALLOC_A) -lm -lstdc++ -o $@
# As Rust's tikv-jemallocator has it: all public names behind _rjem_, in the executable. The C++ operators stay out.
$(BUILD)/test/jemalloc-prefixed.o: $(JEMALLOC_A)
	@mkdir -p $(@D)/jemalloc-prefixed && cd $(@D)/jemalloc-prefixed && ar x $< && rm -f *cpp*.o && \
	  ld -r -o ../jemalloc-whole.o *.o && rm -rf ../jemalloc-prefixed
	@objcopy $(foreach name,$(JEMALLOC_NAMES),--redefine-sym $(name)=_rjem_$(name)) $(@D)/jemalloc-whole.o $@
$(BUILD)/test/programs/jemalloc-prefixed: test/programs/jemalloc.c $(BUILD)/test/jemalloc-prefixed.o
	@mkdir -p $(@D)
	@$(CC) -O1 $(PROGRAM_FLAGS) -DPREFIX=_rjem_ $^ -lm -o $@

$(BUILD)/test/allocators-test: test/unit/allocators.c test/run_program.h $(RECORDING) test/recording/recording.h $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) $(filter %.c,$^) $(THIRD_PARTY)/lib/libzstd.a -o $@

.PHONY: test-allocators
test-allocators: $(LIBRARY) $(ALLOCATOR_PROGRAMS) $(BUILD)/test/allocators-test $(BUILD)/test/libcount.so
	@echo "allocators: jemalloc shared, static and prefixed; tcmalloc, mimalloc, operator new; pools"
	@$(BUILD)/test/allocators-test $(abspath $(LIBRARY)) $(abspath $(BUILD)/test/programs)

# ---- static probes, as readelf and gdb see them
TEST_TARGETS += $(if $(QEMU),,test-probes)
.PHONY: test-probes
$(BUILD)/test/probes: test/probes/program.c
	@mkdir -p $(@D)
	@$(CC) -O1 -g -w -fno-builtin $< -o $@
test-probes: $(LIBRARY) $(SHOW) $(BUILD)/test/probes
	@echo "probes"
	@test/probes/run $(LIBRARY) $(SHOW) $(BUILD)/test/probes
