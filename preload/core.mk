# Tests and benches of the core. Included by the Makefile beside it.
TESTS = $(BUILD)/test
TEST_CFLAGS = -std=gnu17 -O1 -g $(WARNINGS) -D_GNU_SOURCE -DHH_VERSION='"$(VERSION)"' -iquote src -iquote test -Iinclude $(THIRD_PARTY_CFLAGS)
RECORDING := test/recording/recording.c src/arena.c src/sender_heap.c
SHOW = $(TESTS)/show

$(SHOW): test/recording/show.c $(RECORDING) test/recording/recording.h $(THIRD_PARTY_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(TEST_CFLAGS) -O2 test/recording/show.c $(RECORDING) $(THIRD_PARTY)/lib/libzstd.a -o $@
