# Real programs under the library: as without it, and recorded as the counting shim counts. Included by the Makefile.
#
#   make test-real       those that every run of all tests has
#   make test-real-all   databases, Java and media too; `npm run test:programs` installs them first
REAL_SHIM := $(BUILD)/test/libcount.so
TEST_TARGETS += test-real
.PHONY: test-real test-real-all

$(REAL_SHIM): ../integration/programs/count.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu17 -O2 -fPIC -shared -o $@ $< -ldl

test-real test-real-all: $(LIBRARY) $(SHOW) $(REAL_SHIM)
	@echo "real programs"
	@test/real/run $(LIBRARY) $(REAL_SHIM) $(SHOW) $(if $(filter %-all,$@),all,core)

# ---- many threads for a while: make soak SECONDS=600
SECONDS ?= 3
TEST_TARGETS += soak
.PHONY: soak
$(BUILD)/test/soak: test/soak/soak.c
	@mkdir -p $(@D)
	@$(CC) -O1 -g -w -fno-builtin -D_GNU_SOURCE -pthread $< -o $@
soak: $(LIBRARY) $(SHOW) $(REAL_SHIM) $(BUILD)/test/soak
	@echo "soak"
	@test/soak/run $(LIBRARY) $(REAL_SHIM) $(SHOW) $(BUILD)/test/soak $(SECONDS)
