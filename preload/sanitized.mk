# Every unit test under the sanitizers: ASan with UBSan, and TSan. The library's sources (but for its hooks: of the same
# functions the sanitizers have theirs) become one archive per sanitizer, from which each test takes what it needs. Included
# by the Makefile.
#
#   make test-sanitized
SANITIZED := $(BUILD)/sanitized
SANITIZED_UNITS := $(filter-out allocators golden maps modes programs,$(notdir $(basename $(wildcard test/unit/*.c))))
# These damage unwind tables or walk stacks of their own making: ASan's own unwinder and stack layout do not go with that.
NOT_WITH_address := unwind_walk_fuzz unwind_walk_limits
NOT_WITH_thread := unwind_walk_fuzz unwind_walk_limits
SANITIZE_address := -fsanitize=address,undefined -fno-sanitize-recover=all
SANITIZE_thread := -fsanitize=thread
SANITIZED_CFLAGS = -std=gnu17 -g -O1 -w -D_GNU_SOURCE -DHH_VERSION='"$(VERSION)"' -iquote src -iquote test -Iinclude $(THIRD_PARTY_CFLAGS) \
  $(ARCH_CFLAGS) -fno-builtin
SANITIZED_SOURCES := $(call for_this_arch,$(filter-out $(addprefix src/,double/% hooks.c hooks_map.c exec.c lifecycle.c sandbox.c signals.c),$(sort $(shell find src -name "*.c"))))

define sanitized
$(SANITIZED)/$(1)/obj/%.o: src/%.c $$(wildcard src/*.h src/*/*.h) sanitized.mk
	@mkdir -p $$(@D)
	@$$(CC) $$(SANITIZED_CFLAGS) $$(SANITIZE_$(1)) -c $$< -o $$@
$(SANITIZED)/$(1)/libheaphound.a: $$(SANITIZED_SOURCES:src/%.c=$(SANITIZED)/$(1)/obj/%.o) $(BUILD)/imports.o
	@rm -f $$@ && $$(AR) rcs $$@ $$^
$(SANITIZED)/$(1)/%: test/unit/%.c test/recording/recording.c $(SANITIZED)/$(1)/libheaphound.a
	@$$(CC) $$(SANITIZED_CFLAGS) $$(SANITIZE_$(1)) $$< test/hooks_double.c $$(if $$(filter match rest,$$*),test/recording/recording.c) -Wl,--start-group $(SANITIZED)/$(1)/libheaphound.a \
	  $$(THIRD_PARTY_LIBS) -Wl,--end-group -o $$@ -lm -ldl -lpthread
SANITIZED_TESTS += $$(addprefix $(SANITIZED)/$(1)/,$$(filter-out $$(NOT_WITH_$(1)),$$(SANITIZED_UNITS)))
endef
$(foreach kind,address thread,$(eval $(call sanitized,$(kind))))

.PHONY: test-sanitized
SANITIZED_PLUGINS := $(addprefix $(BUILD)/test/unwind/glibc/O2/,plugin_small.so plugin_large.so)
test-sanitized: $(SANITIZED_TESTS) $(SANITIZED_PLUGINS)
	@ln -sfn ../test/unwind/glibc $(SANITIZED)/glibc
	@for test in $(SANITIZED_TESTS); do echo "$${test#$(SANITIZED)/}"; timeout 120 $$test || exit 1; done
