# Transport: the libraries inside libheaphound.so, and the transport's tests. Included by the Makefile beside it.
THIRD_PARTY := build/$(ARCH)/third_party
THIRD_PARTY_LIBS := $(THIRD_PARTY)/lib/libnghttp2.a $(THIRD_PARTY)/lib/libzstd.a $(THIRD_PARTY)/lib/libmbedtls.a
THIRD_PARTY_CFLAGS := -isystem $(THIRD_PARTY)/include -DNGHTTP2_STATICLIB -DMBEDTLS_CONFIG_FILE='"hh_mbedtls_config.h"'
TEST_TARGETS += test-transport

.PHONY: third-party test-transport bench-transport
third-party:
	@third_party/build build/cache $(THIRD_PARTY) '$(CC)' '$(AR)'

# The archives are made by one command, which knows itself whether anything is to do.
$(THIRD_PARTY_LIBS) &: third_party/build third_party/sources third_party/hh_mbedtls_config.h
	@third_party/build build/cache $(THIRD_PARTY) '$(CC)' '$(AR)'
	@touch $(THIRD_PARTY_LIBS)

# The transport as it stands in the library, with a sender of the tests' own; under the sanitizers, and as it is for speed.
TRANSPORT_TEST := build/$(ARCH)/test/transport
TRANSPORT_SOURCES := $(filter-out %/transport/file.c %/transport/null.c,$(wildcard src/transport/*.c)) \
  $(call for_this_arch,$(wildcard src/sys/*.c)) src/spool.c src/spool_file.c src/spool_ring.c src/spool_files.c src/spool_read.c src/spool_dead.c src/crc32.c src/binaries.c src/binaries_elf.c src/arena.c src/sender_heap.c src/log.c
TRANSPORT_UNIT_SOURCES := $(call for_this_arch,$(wildcard src/sys/*.c)) src/spool.c src/double/spool_file.c src/crc32.c src/arena.c src/log.c \
  $(addprefix src/transport/,dns.c grpc_in.c grpc_targets.c grpc_token.c pb_read.c resolve_files.c)
TRANSPORT_FLAGS = -std=gnu17 -g -Wall -Wextra -D_GNU_SOURCE -DHH_VERSION='"test"' -iquote src $(THIRD_PARTY_CFLAGS)
SANITIZERS := $(if $(QEMU),,-fsanitize=address$(comma)undefined -fno-sanitize-recover=all)
NODE := $(firstword $(wildcard ../node_modules/.bin/node) node)

$(TRANSPORT_TEST)/driver: test/transport/driver.c $(TRANSPORT_SOURCES) $(wildcard src/*.h src/*/*.h) $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) -O2 $(TRANSPORT_FLAGS) $(filter %.c %.a,$^) -o $@
$(TRANSPORT_TEST)/driver-sanitized: test/transport/driver.c $(TRANSPORT_SOURCES) $(wildcard src/*.h src/*/*.h) $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) -O1 $(SANITIZERS) $(TRANSPORT_FLAGS) $(filter %.c %.a,$^) -o $@

$(TRANSPORT_TEST)/driver-impatient: test/transport/driver.c $(TRANSPORT_SOURCES) $(wildcard src/*.h src/*/*.h) $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) -O1 $(SANITIZERS) $(TRANSPORT_FLAGS) -DHH_GRPC_IDLE_MS=300 -DHH_GRPC_WELCOME_MS=1000 -DHH_HANDSHAKE_MS=400 $(filter %.c %.a,$^) -o $@
$(TRANSPORT_TEST)/unit-sanitized: test/transport/unit.c $(TRANSPORT_UNIT_SOURCES) $(wildcard src/*.h src/*/*.h)
	@mkdir -p $(@D)
	@$(CC) -O1 $(SANITIZERS) $(TRANSPORT_FLAGS) $(filter %.c %.a,$^) -o $@

test-transport: $(LIBRARY) $(addprefix $(BUILD)/test/programs/,counted few) $(addprefix $(TRANSPORT_TEST)/,driver-sanitized driver-impatient unit-sanitized)
	@HEAPHOUND_BUILD=$(BUILD) $(NODE) test/transport/run.mjs

bench-transport: $(TRANSPORT_TEST)/driver
	@HEAPHOUND_BUILD=$(BUILD) $(NODE) test/transport/bench.mjs
