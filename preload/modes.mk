# Tests of the recording modes: units, and programs with known answers under each mode. Included by the Makefile beside it.
TEST_TARGETS += test-modes

$(BUILD)/test/modes-test: test/unit/modes.c $(RECORDING) test/recording/recording.h $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) test/unit/modes.c $(RECORDING) $(THIRD_PARTY)/lib/libzstd.a -lm -o $@
$(BUILD)/test/unit-sample_math: test/unit/sample_math.c src/sample_math.c
	@mkdir -p $(@D)
	@$(CC) $(UNIT_FLAGS) $^ -lm -o $@
$(BUILD)/test/unit-budget: test/unit/budget.c src/budget.c src/wake.c
	@mkdir -p $(@D)
	@$(CC) $(UNIT_FLAGS) $^ -o $@
$(BUILD)/test/unit-sample_set: test/unit/sample_set.c src/sample_set.c src/arena.c $(call for_this_arch,$(wildcard src/sys/*.c))
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) -fsanitize=thread $^ -lpthread -o $@

.PHONY: test-modes
test-modes: $(LIBRARY) $(addprefix $(BUILD)/test/,modes-test unit-budget unit-sample_math unit-sample_set programs/modes)
	@for test in unit-budget unit-sample_math unit-sample_set; do echo "$$test"; $(BUILD)/test/$$test || exit 1; done
	@echo "modes"
	@$(BUILD)/test/modes-test $(abspath $(LIBRARY)) $(abspath $(BUILD)/test/programs/modes)
