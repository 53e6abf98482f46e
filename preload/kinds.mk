# Tests of what is recorded beside malloc and free. Included by the Makefile.
KIND_PROGRAMS := $(addprefix $(BUILD)/test/programs/,maps maps-musl)
TEST_TARGETS += test-maps

$(BUILD)/test/maps-test: test/unit/maps.c src/mapping_line.c src/proc_text.c src/sys/file.c test/run_program.h $(RECORDING) \
    test/recording/recording.h $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) $(filter %.c,$^) $(THIRD_PARTY)/lib/libzstd.a -o $@

.PHONY: test-maps
test-maps: $(LIBRARY) $(KIND_PROGRAMS) $(BUILD)/test/maps-test
	@echo "maps: mmap, munmap, mremap, brk, mallopt, smaps"
	@$(BUILD)/test/maps-test $(abspath $(LIBRARY)) $(abspath $(BUILD)/test/programs)
