# Fuzzing of what reads bytes that others wrote, and of the block's encoding against the tests' decoder, by clang's libFuzzer
# under ASan and UBSan. Included by the Makefile.
#
#   make test-fuzz               the seeds and a short run that is always the same
#   make fuzz FUZZ_SECONDS=600   each target for so long; what it finds stays in build/ARCH/fuzz/TARGET-*
FUZZ := $(BUILD)/fuzz
FUZZ_TARGETS := eh_frame elf spool server block
FUZZ_SECONDS ?= 60
FUZZ_RUNS ?= 3000
FUZZ_CC := clang
FUZZ_FLAGS = -std=gnu17 -g -O1 -w -D_GNU_SOURCE -DHH_VERSION='"fuzz"' -iquote src -iquote test $(THIRD_PARTY_CFLAGS) $(ARCH_CFLAGS) \
  -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_eh_frame := $(call for_this_arch,$(wildcard src/unwind/*.c)) $(wildcard src/stacks*.c) src/arena.c src/log.c \
  $(addprefix src/sys/,descriptors.c file.c process.c time.c)
FUZZ_elf := src/elf_symbols.c src/binaries_elf.c test/fuzz/file.c $(call for_this_arch,$(wildcard src/sys/*.c))
FUZZ_spool := src/spool_read.c src/crc32.c test/fuzz/file.c $(call for_this_arch,$(wildcard src/sys/*.c))
FUZZ_server := src/seccomp_filter.c $(addprefix src/transport/,pb_read.c grpc_in.c dns.c)
FUZZ_block := $(filter-out test/unit/golden.c,$(GOLDEN_SOURCES)) test/fuzz/block_surroundings.c test/recording/recording.c

# Without clang or its runtime there is no program, and its target is skipped by name.
define fuzz_target
$(FUZZ)/$(1): test/fuzz/$(1).c $$(FUZZ_$(1)) test/fuzz/fuzz.h $$(wildcard src/*.h src/*/*.h) $$(THIRD_PARTY_LIBS)
	@mkdir -p $$(@D)
	-@$$(FUZZ_CC) $$(FUZZ_FLAGS) test/fuzz/$(1).c $$(FUZZ_$(1)) $$(THIRD_PARTY)/lib/libzstd.a -o $$@ 2>$$@.log || rm -f $$@
endef
$(foreach target,$(FUZZ_TARGETS),$(eval $(call fuzz_target,$(target))))

TEST_TARGETS += $(if $(QEMU),,test-fuzz)
.PHONY: test-fuzz fuzz
test-fuzz fuzz: $(addprefix $(FUZZ)/,$(FUZZ_TARGETS)) $(SHOW) $(LIBRARY)
	@echo "fuzzing"
	@test/fuzz/run $(FUZZ) $(if $(filter test-fuzz,$@),runs $(FUZZ_RUNS),seconds $(FUZZ_SECONDS)) $(FUZZ_TARGETS)
