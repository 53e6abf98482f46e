# The init image's content: the copier, and the library without its debug information. Included by the Makefile.
#
#   make image            build/images/init/PLATFORM: what images/init/Dockerfile puts into the image of this architecture
#   make test-init        the copier against every failure that it must survive
INIT := $(BUILD)/init
# Docker's word for the platform, where it differs from ours.
PLATFORM := $(if $(filter mips64el,$(ARCH)),mips64le,$(ARCH))
IMAGE := build/images/init/$(PLATFORM)
IMAGE_FILES := $(IMAGE)/heaphound-init $(IMAGE)/heaphound/libheaphound.so
TEST_TARGETS += test-init

$(INIT)/stub.so: init/stub.c
	@mkdir -p $(@D)
	@$(CC) -Os -shared -nostdlib -fPIC -Wl,--build-id=none -Wl,-soname,libheaphound.so -Wl,-z,noexecstack -s $< -o $@
$(INIT)/stub_bytes.o: init/stub_bytes.S $(INIT)/stub.so
	@$(CC) -DHH_STUB_FILE='"$(INIT)/stub.so"' -c $< -o $@
# Statically linked: the image has nothing else in it. Inodes, sizes and times of files have 64 bits everywhere.
$(INIT)/heaphound-init: $(wildcard init/*.c init/*.h) $(INIT)/stub_bytes.o src/arch_name.h
	@mkdir -p $(@D)
	@echo "  cc $@"
	@$(CC) -std=gnu17 -O2 $(WARNINGS) -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -iquote src -static -no-pie -Wl,--gc-sections -Wl,-z,noexecstack -s \
	  $(filter-out init/stub.c,$(filter %.c %.o,$^)) -o $@

$(IMAGE)/heaphound-init: $(INIT)/heaphound-init
	@mkdir -p $(@D)
	@install -m 0755 $< $@
$(IMAGE)/heaphound/libheaphound.so: $(LIBRARY)
	@mkdir -p $(@D)
	@$(CROSS)objcopy --strip-debug --strip-unneeded $< $@.new && chmod 0755 $@.new && mv $@.new $@

.PHONY: image test-init
image: $(IMAGE_FILES)
test-init: $(IMAGE_FILES)
	@test/init/run $(IMAGE) $(BUILD) '$(RUNNER)'
