# The tests of an architecture that is not this machine's: `make ARCH=arm64 test` runs its programs under qemu's user mode.
# Skipped by name where compiler or emulator is missing. No sanitizers there (they do not start under the emulator), and no
# program that becomes another one by exec (the kernel would have to know the emulator).
RUNNER := $(if $(QEMU),$(QEMU) -L $(SYSROOT))
EMULATED := $(BUILD)/test
EMULATED_TESTS := test-abi test-emulated-units test-emulated-golden test-emulated-unwind test-emulated-programs \
  test-emulated-transport test-init
# With the whole library: half a minute to build it, and as long to run.
EMULATED_SHORT := test-abi test-core test-emulated-golden
# core.mk is read before the libraries have names; where several things are made at once the order must be said.
$(TESTS)/golden: | $(THIRD_PARTY_LIBS)
.PHONY: test-short
test-short: $(EMULATED_SHORT)
HAS_CXX := $(shell command -v $(CXX))

ifneq ($(MUSL_TUPLE),)
$(MUSL_CC): third_party/musl third_party/musl_sources
	@echo "  musl for $(ARCH)"
	@third_party/musl build/cache $(@D) '$(CC) $(filter -m%,$(ARCH_CFLAGS))' $(ARCH) $(MUSL_TUPLE)
	@touch $@
$(filter %-musl,$(PROGRAMS)): $(MUSL_CC)
endif

# The reader of recordings runs on this machine.
NATIVE_THIRD_PARTY := build/amd64/third_party
NATIVE_ZSTD := $(NATIVE_THIRD_PARTY)/lib/libzstd.a
ifneq ($(QEMU),)
$(NATIVE_ZSTD):
	@$(MAKE) --no-print-directory ARCH=amd64 third-party
endif
$(EMULATED)/programs-reader: test/unit/programs.c test/recording/recording.c test/recording/recording.h $(NATIVE_ZSTD)
	@mkdir -p $(@D)
	@gcc $(filter-out -I$(THIRD_PARTY)/include $(ARCH_CFLAGS),$(TEST_CFLAGS)) -I$(NATIVE_THIRD_PARTY)/include test/unit/programs.c \
	  test/recording/recording.c src/arena.c src/sender_heap.c $(NATIVE_ZSTD) -o $@

EMULATED_PROGRAMS := $(filter-out %-musl $(if $(HAS_CXX),,%/destructors),$(PROGRAMS)) $(if $(MUSL_CC),$(filter %-musl,$(PROGRAMS)))
.PHONY: $(filter test-emulated-%,$(EMULATED_TESTS))
test-emulated-programs: $(LIBRARY) $(EMULATED_PROGRAMS) $(EMULATED)/programs-reader
	@echo "programs under $(QEMU): semantics, contents, ends, fork, threads, signals"
	@$(EMULATED)/programs-reader $(abspath $(LIBRARY)) $(abspath $(BUILD)/test/programs) $(RUNNER)

EMULATED_UNITS := $(addprefix $(TESTS)/unit-,live_map options disorder perf_map $(if $(PATCHES),patch) spool_ring)
test-emulated-units: $(EMULATED_UNITS)
	@for test in $^; do echo "$${test##*/}"; $(RUNNER) $$test || exit 1; done

test-emulated-golden: $(TESTS)/golden
	@echo "golden blocks"
	@mkdir -p $(TESTS)/golden-now && $(RUNNER) $(TESTS)/golden $(TESTS)/golden-now $(GOLDEN)

EMULATED_VARIANTS := glibc/O0 glibc/O2 $(if $(SIGNED_FLAGS),glibc/PAC) $(if $(MUSL_CC),musl/O2)
# Not stacks_table: the emulator does not limit the address space, and 16.7 million nodes take it minutes.
EMULATED_UNWIND_UNITS := unwind_readable
EMULATED_UNWIND_PROGRAMS := calls counterexample signals coroutines threads scripts
ifneq ($(MUSL_TUPLE),)
$(UNWIND_BUILD)/musl/verify.so $(addprefix $(UNWIND_BUILD)/musl/O2/,$(EMULATED_UNWIND_PROGRAMS)): $(MUSL_CC)
endif
test-emulated-unwind: $(addprefix $(UNWIND_BUILD)/unit/,$(EMULATED_UNWIND_UNITS)) $(UNWIND_BUILD)/verify_show \
  $(foreach libc,$(sort $(dir $(EMULATED_VARIANTS))),$(UNWIND_BUILD)/$(libc)verify.so) $(UNWIND_BUILD)/glibc/verify_HH_WEAK_MATCH.so \
  $(foreach v,$(EMULATED_VARIANTS),$(addprefix $(UNWIND_BUILD)/$(v)/,$(filter-out $(if $(findstring musl,$(v)),coroutines),$(EMULATED_UNWIND_PROGRAMS)))) \
  $(if $(HAS_CXX),$(UNWIND_BUILD)/glibc/O2/exceptions)
	@test/unwind/run $(UNWIND_BUILD) $(RUNNER)

# For every run of all tests: what takes seconds, and no library of others has to be built for.
CORE_VARIANTS := glibc/O2 $(if $(SIGNED_FLAGS),glibc/PAC)
.PHONY: test-core
test-core: test-emulated-units $(UNWIND_BUILD)/verify_show $(UNWIND_BUILD)/glibc/verify.so \
  $(foreach v,$(CORE_VARIANTS),$(addprefix $(UNWIND_BUILD)/$(v)/,calls counterexample signals coroutines))
	@test/unwind/run $(UNWIND_BUILD) $(RUNNER)

test-emulated-transport: $(LIBRARY) $(addprefix $(TRANSPORT_TEST)/,driver-sanitized unit-sanitized)
	@for part in unit grpc; do HEAPHOUND_BUILD=$(BUILD) HEAPHOUND_EMULATOR='$(RUNNER)' $(NODE) test/transport/run.mjs $$part || exit 1; done

# What is missing to build for this architecture, and to test it: names of packages, or nothing.
.PHONY: missing
missing:
	@command -v $(CC) > /dev/null || echo $(CROSS:%-=gcc-%)
	@[ -z "$(QEMU)" ] || command -v $(QEMU) > /dev/null || echo qemu-user
