# Programs of every kind as hosts of the library. Included by the Makefile beside it.
#
#   make test-host      each ends as it does without the library
HOST_BUILD := build/$(ARCH)/test/host
HOST_FLAGS := -g -O1 -D_GNU_SOURCE -w -fno-builtin -pthread
GO := $(firstword $(wildcard /usr/local/go/bin/go) $(shell command -v go))
HOST_PROGRAMS := $(addprefix $(HOST_BUILD)/,busy busy-musl busy-static small_stacks small_stacks-musl forks pipes sandboxed \
  starts other.so early_lock regressions regressions-no-pie) $(if $(GO),$(addprefix $(HOST_BUILD)/,go-pie go-static go-cgo))
HOST_SANITIZED := $(foreach c,gcc clang,$(addprefix $(HOST_BUILD)/busy-$(c)-,address thread undefined leak))
TEST_TARGETS += test-host
.PHONY: test-host

# A compiler without that sanitizer's runtime makes no program, and its case is skipped by name.
$(HOST_SANITIZED): $(HOST_BUILD)/busy-%: test/host/programs/busy.c
	@mkdir -p $(@D)
	-@$(firstword $(subst -, ,$*)) -g -O1 -D_GNU_SOURCE -w -pthread -fsanitize=$(lastword $(subst -, ,$*)) $< -o $@ 2>$@.log || rm -f $@
$(HOST_BUILD)/go-pie: test/host/programs/nolibc.go
	@mkdir -p $(@D)
	@CGO_ENABLED=0 $(GO) build -buildmode=pie -o $@ $<
$(HOST_BUILD)/go-static: test/host/programs/nolibc.go
	@mkdir -p $(@D)
	@CGO_ENABLED=0 $(GO) build -o $@ $<
$(HOST_BUILD)/go-cgo: test/host/programs/cgo/main.go
	@mkdir -p $(@D)
	@CGO_ENABLED=1 $(GO) build -o $@ $<
$(HOST_BUILD)/%.so: test/host/programs/%.c
	@mkdir -p $(@D)
	@$(CC) $(HOST_FLAGS) -shared -fPIC $< -o $@
$(HOST_BUILD)/regressions-no-pie: test/host/programs/regressions.c
	@mkdir -p $(@D)
	@$(CC) $(HOST_FLAGS) -no-pie $< -o $@
$(HOST_BUILD)/early_lock: test/host/programs/early_lock.c
	@mkdir -p $(@D)
	@$(CC) $(HOST_FLAGS) -DLIBRARY -shared -fPIC $< -o $@.so
	@$(CC) $(HOST_FLAGS) $< $(abspath $@.so) -o $@
$(HOST_BUILD)/%-musl: test/host/programs/%.c
	@mkdir -p $(@D)
	@musl-gcc $(HOST_FLAGS) $< -o $@
$(HOST_BUILD)/%-static: test/host/programs/%.c
	@mkdir -p $(@D)
	@$(CC) $(HOST_FLAGS) -static $< -o $@
$(HOST_BUILD)/%: test/host/programs/%.c
	@mkdir -p $(@D)
	@$(CC) $(HOST_FLAGS) $< -o $@

test-host: $(LIBRARY) $(SHOW) $(HOST_PROGRAMS) $(HOST_SANITIZED)
	@echo "hosts"
	@test/host/run $(LIBRARY) $(HOST_BUILD) $(SHOW)
