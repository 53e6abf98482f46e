# Transport: the libraries inside libheaphound.so, and the transport's tests. Included by the Makefile beside it.
ARCH ?= amd64
AR ?= ar

THIRD_PARTY := build/$(ARCH)/third_party
THIRD_PARTY_LIBS := $(THIRD_PARTY)/lib/libnghttp2.a $(THIRD_PARTY)/lib/libzstd.a
THIRD_PARTY_CFLAGS := -I$(THIRD_PARTY)/include -DNGHTTP2_STATICLIB

.PHONY: third-party test-transport
third-party:
	@third_party/build build/cache $(THIRD_PARTY) '$(CC)' '$(AR)'

# The archives are made by one command, which knows itself whether anything is to do.
$(THIRD_PARTY_LIBS) &: third_party/build third_party/sources
	@third_party/build build/cache $(THIRD_PARTY) '$(CC)' '$(AR)'
	@touch $(THIRD_PARTY_LIBS)
