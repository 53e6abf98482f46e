# The unwinder's tests and benchmark. Included by the Makefile beside it.
#
#   make test-unwind    unit tests, and test programs whose every stack is compared with libunwind (on musl: with a walk
#                       without memory); builds with a weakened memo must fail
#   make verify-unwind  the same with real programs: sqlite3, python3, jq, perl, git, node, cc1plus, as far as installed
#   make bench-unwind   ns per stack, beside libunwind
TEST_TARGETS += test-unwind
BENCH_TARGETS += bench-unwind
.PHONY: test-unwind verify-unwind bench-unwind

UNWIND_BUILD := build/$(ARCH)/test/unwind
UNWIND_SOURCES := $(call for_this_arch,$(wildcard src/unwind/*.c)) $(wildcard src/stacks*.c) src/arena.c src/log.c \
  $(addprefix src/sys/,descriptors.c file.c process.c time.c)
UNWIND_HEADERS := $(wildcard src/*.h src/*/*.h test/*.h test/unwind/*.h)
UNWIND_FLAGS := -std=gnu17 -g -fPIC -fvisibility=hidden -ftls-model=initial-exec -fno-stack-protector -Wall -Wextra -Wshadow -Werror \
  -D_GNU_SOURCE -iquote src -iquote test $(ARCH_CFLAGS) $(PROGRAM_CFLAGS)
# The library under test is built like the product, but keeps frame pointers everywhere: its hooks are many.
UNWIND_VERIFY := $(addprefix test/unwind/,verify.c verify_libunwind.c verify_libgcc.c)
UNWIND_VERIFY_FLAGS := $(UNWIND_FLAGS) -O2 $(if $(FRAME_REGISTER),,-fno-omit-frame-pointer) -fno-builtin -shared
MUSL_GCC := $(MUSL_CC)

$(UNWIND_BUILD)/glibc/verify.so $(UNWIND_BUILD)/musl/verify.so: $(UNWIND_VERIFY) $(UNWIND_SOURCES) $(UNWIND_HEADERS) unwind.mk
	@mkdir -p $(@D)
	@$(if $(findstring musl,$@),$(MUSL_GCC) $(MUSL_KERNEL_HEADERS),$(CC)) $(UNWIND_VERIFY_FLAGS) $(filter %.c,$^) -o $@
UNWIND_WEAK := $(addprefix $(UNWIND_BUILD)/glibc/verify_,HH_WEAK_MATCH.so HH_WEAK_WORDS.so HH_WEAK_INTERRUPTED.so)
UNWIND_OLD := $(UNWIND_BUILD)/glibc/verify_HH_OLD_GLIBC.so
$(UNWIND_WEAK) $(UNWIND_OLD): $(UNWIND_BUILD)/glibc/verify_%.so: $(UNWIND_VERIFY) $(UNWIND_SOURCES) $(UNWIND_HEADERS) unwind.mk
	@mkdir -p $(@D)
	@$(CC) $(UNWIND_VERIFY_FLAGS) -D$*=1 $(filter %.c,$^) -o $@
$(UNWIND_BUILD)/verify_show: test/unwind/verify_show.c test/unwind/verify_report.h
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -Wextra $< -o $@

# Test programs: <libc>/<optimisation>/<program>.
UNWIND_PROGRAMS := calls counterexample realigned signals coroutines deep threads odd_frames scripts plugins loader_lock loader_wait vdso forks
UNWIND_PLUGINS := plugin_small.so plugin_large.so plugin_made.so plugin_used.so plugin_user.so
# PAC: return addresses signed, landing pads marked; a processor without either runs it too.
UNWIND_VARIANTS := $(foreach libc,glibc $(if $(MUSL_GCC),musl),$(libc)/O0 $(libc)/O2) $(if $(SIGNED_FLAGS),glibc/PAC)
UNWIND_PROGRAM_FILES := $(foreach v,$(UNWIND_VARIANTS),$(addprefix $(UNWIND_BUILD)/$(v)/,$(UNWIND_PROGRAMS) $(UNWIND_PLUGINS))) \
  $(addprefix $(UNWIND_BUILD)/glibc/,O0/exceptions O2/exceptions O0/registered_frames O2/registered_frames)
unwind_cc = $(if $(findstring /musl/,$@),$(MUSL_GCC),$(CC)) $(if $(findstring /O0/,$@),-O0,-O2 -fomit-frame-pointer) $(if $(findstring /PAC/,$@),$(SIGNED_FLAGS)) -g -Wall -Wextra \
  -Wno-infinite-recursion -D_GNU_SOURCE $(PROGRAM_CFLAGS)

$(UNWIND_BUILD)/%/plugin_small.so: test/unwind/programs/plugin.c test/unwind/programs/touch.h
	@mkdir -p $(@D)
	@$(unwind_cc) -shared -fPIC -DFRAME_BYTES=40 $< -o $@
$(UNWIND_BUILD)/%/plugin_large.so: test/unwind/programs/plugin.c test/unwind/programs/touch.h
	@mkdir -p $(@D)
	@$(unwind_cc) -shared -fPIC -DFRAME_BYTES=104 $< -o $@
$(UNWIND_BUILD)/%/plugin_made.so: test/unwind/programs/plugin_made.c test/unwind/programs/touch.h
	@mkdir -p $(@D)
	@$(unwind_cc) -shared -fPIC $< -o $@
$(UNWIND_BUILD)/%/plugin_used.so: test/unwind/programs/plugin_used.c test/unwind/programs/touch.h
	@mkdir -p $(@D)
	@$(unwind_cc) -shared -fPIC $< -o $@
$(UNWIND_BUILD)/%/plugin_user.so: test/unwind/programs/plugin_user.c $(UNWIND_BUILD)/%/plugin_used.so
	@$(unwind_cc) -shared -fPIC -Wl,-z,lazy $< -o $@ -L$(@D) -l:plugin_used.so -Wl,-rpath,'$$ORIGIN'
$(UNWIND_BUILD)/%/realigned: test/unwind/programs/realigned.c test/unwind/programs/touch.h
	@mkdir -p $(@D)
	@$(unwind_cc) -mavx2 $< -o $@
$(UNWIND_BUILD)/%/exceptions: test/unwind/programs/exceptions.cpp test/unwind/programs/touch.h
	@mkdir -p $(@D)
	@$(CXX) -std=c++17 $(if $(findstring /O0/,$@),-O0,-O2 -fomit-frame-pointer) -g -Wall -Wextra $< -o $@ -lpthread
$(UNWIND_BUILD)/%/registered_frames: test/unwind/programs/registered_frames.c test/unwind/programs/touch.h
	@mkdir -p $(@D)
	@$(unwind_cc) $< -o $@
define unwind_program
$(UNWIND_BUILD)/$(1)/$(2): test/unwind/programs/$(2).c test/unwind/programs/touch.h test/unwind/programs/switch.h
	@mkdir -p $$(@D)
	@$$(unwind_cc) $$< -o $$@ -ldl -lpthread
endef
$(foreach v,$(UNWIND_VARIANTS),$(foreach p,$(filter-out realigned,$(UNWIND_PROGRAMS)),$(eval $(call unwind_program,$(v),$(p)))))

# Unit tests, under the sanitizers.
UNWIND_UNITS := $(notdir $(basename $(wildcard test/unit/unwind_*.c test/unit/stacks_*.c)))
UNWIND_UNIT_FILES := $(addprefix $(UNWIND_BUILD)/unit/,$(UNWIND_UNITS))
$(UNWIND_UNIT_FILES): $(UNWIND_BUILD)/unit/%: test/unit/%.c $(UNWIND_SOURCES) $(UNWIND_HEADERS) unwind.mk
	@mkdir -p $(@D)
	@$(CC) $(UNWIND_FLAGS) -O1 $(if $(QEMU),,-fsanitize=$(if $(findstring thread,$*),thread,$(if $(findstring walk,$*),undefined,address$(comma)undefined)) -fno-sanitize-recover=all) \
	  $(filter %.c,$^) -o $@ -lpthread -ldl
test-unwind: $(UNWIND_UNIT_FILES) $(UNWIND_BUILD)/glibc/verify.so $(if $(MUSL_GCC),$(UNWIND_BUILD)/musl/verify.so) $(UNWIND_WEAK) $(UNWIND_OLD) \
  $(UNWIND_BUILD)/verify_show $(UNWIND_PROGRAM_FILES)
	@test/unwind/run $(UNWIND_BUILD)

verify-unwind: $(UNWIND_BUILD)/glibc/verify.so $(UNWIND_BUILD)/verify_show
	@test/unwind/real_programs $(UNWIND_BUILD)

$(UNWIND_BUILD)/bench: test/unwind/bench.c $(UNWIND_SOURCES) $(UNWIND_HEADERS) unwind.mk
	@mkdir -p $(@D)
	@$(CC) $(UNWIND_FLAGS) -O2 -fomit-frame-pointer $(filter %.c,$^) -o $@ -ldl
bench-unwind: $(UNWIND_BUILD)/bench
	@$<
