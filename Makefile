# smtpwire. "make help" lists the targets.
#
# CC, CFLAGS, LDFLAGS, PREFIX and DESTDIR are yours; what the code needs is added to them.

CC     ?= cc
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
RAGEL  ?= ragel
CLANG  ?= clang-19

VERSION := $(shell sed -n 's/^.define SMTPWIRE_VERSION "\(.*\)"/\1/p' parser/smtpwire.h)
SONAME  := libsmtpwire.so.0

# Packages, by name: what building and the demo need, and what the tests and lint need besides.
BUILD_PACKAGES := gcc libc6-dev ragel libjansson-dev clang-19 libclang-rt-19-dev python3
# The last six lines: what tests/interop.py runs, none of which is a mail server of the host's; the libraries that
# Postfix's smtp-source and smtp-sink need, which are unpacked into build/postfix and never installed; and what a build of
# 32 bits needs (gcc-multilib would not be installed beside a cross compiler), and llvm-cov;
# and a build for aarch64, whose programs qemu-user runs; and what bench/ is written with.
TEST_PACKAGES  := g++ binutils clang-14 libclang-rt-14-dev libcmocka-dev man-db clang-format clang-tidy cppcheck \
    curl swaks msmtp python3-aiosmtpd \
    libdb5.3 libicu72 libnsl2 \
    lib32gcc-12-dev libc6-dev-i386 \
    llvm-19 \
    gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user \
    libbenchmark-dev

GRAMMAR   := $(wildcard grammar/*.rl)
MACHINES  := address command parameter reply reply_text capability data
PARSER_C  := $(wildcard parser/*.c)
HEADERS   := $(wildcard parser/*.h cli/*.h tests/*.h fuzz/*.h fuzz/reference/*.h)
CLI_C     := $(wildcard cli/*.c)
# The reference parser, which fuzz targets and tests/reference.c hold the library against.
REFERENCE_C := $(wildcard fuzz/reference/*.c)
# What the test vectors share with the command.
ENGINE_C  := cli/run.c cli/record.c cli/print.c cli/settings.c
GENERATED := $(MACHINES:%=build/gen/%.c)
# Fuzz targets: every file of fuzz/ but what they share.
ORACLES   := oracle stream
TARGETS   := $(filter-out $(ORACLES) replay,$(patsubst fuzz/%.c,%,$(wildcard fuzz/*.c)))

# Warnings are errors where WERROR=-Werror is given (our own tests and CI do), never in a user's build.
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes $(WERROR)
# -G2 code falls through from state to state by design, and names states that nothing refers to; the tables of -T0 and -F1
# hold octets and state numbers in signed types.
RELAXED  := -Wno-implicit-fallthrough -Wno-unused-const-variable
# SMTPWIRE_SIMD=none, swar, sse2, avx2 or neon leaves out the scanners that are more than that (parser/scan.h).
SIMD_none := -DSMTPWIRE_ONLY_NONE
SIMD_swar := -DSMTPWIRE_ONLY_SWAR
SIMD_sse2 := -DSMTPWIRE_ONLY_SSE2
NEEDED   := -std=c11 -Iparser -fPIC -fvisibility=hidden $(SIMD_$(SMTPWIRE_SIMD))
CLI_NEEDED := -std=c11 -D_GNU_SOURCE -Iparser -Icli

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
FORCE:
.PHONY: FORCE all lib help setup setup-build demo test check fuzz bench coverage lint format amalgamation install uninstall clean

all: lib build/smtpwire ## build the library and the command

lib: build/libsmtpwire.a build/libsmtpwire.so build/smtpwire.pc

help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 18

# The library is -G2. -T0 and -F1 are other code of the same machines: the tests judge all three.
# $(call GENERATE,directory,style)
define GENERATE
build/$(1)/%.c: parser/%.rl $$(GRAMMAR) | build/$(1)
	$$(RAGEL) $(2) -o $$@ $$<
build/$(1):
	mkdir -p $$@
endef
$(eval $(call GENERATE,gen,-G2))
$(eval $(call GENERATE,gen-T0,-T0))
$(eval $(call GENERATE,gen-F1,-F1))

# ---- A flavour is the library, the command's engine and the tests built by one compiler with its own flags. ----
# $(call FLAVOUR,name,compiler,flags,linker flags,directory of the generated C): objects and libsmtpwire.a in build/name/; the
# last two may be left out.
define FLAVOUR
# Says how this flavour was built; changes, and everything with it, when that does.
build/$(1)/flags: FORCE | build/$(1)
	@echo '$(2) $(3) $$(NEEDED) $$(CLI_NEEDED) $$(WARNINGS)' | cmp -s - $$@ || \
	    echo '$(2) $(3) $$(NEEDED) $$(CLI_NEEDED) $$(WARNINGS)' > $$@
build/$(1)/gen/%.o: build/$(or $(5),gen)/%.c $$(HEADERS) build/$(1)/flags | build/$(1)/gen
	$(2) $$(NEEDED) $$(WARNINGS) $$(RELAXED) $$(if $(5),-Wno-sign-conversion) $(3) -c -o $$@ $$<
build/$(1)/parser/%.o: parser/%.c $$(HEADERS) build/$(1)/flags | build/$(1)/parser
	$(2) $$(NEEDED) $$(WARNINGS) $(3) -c -o $$@ $$<
build/$(1)/cli/%.o: cli/%.c $$(HEADERS) build/$(1)/flags | build/$(1)/cli
	$(2) $$(CLI_NEEDED) $$(WARNINGS) $(3) -c -o $$@ $$<
build/$(1)/tests/%.o: tests/%.c $$(HEADERS) build/$(1)/flags | build/$(1)/tests
	$(2) $$(CLI_NEEDED) $$(WARNINGS) $(3) -c -o $$@ $$<
build/$(1)/fuzz/%.o: fuzz/%.c $$(HEADERS) build/$(1)/flags | build/$(1)/fuzz/reference
	$(2) $$(CLI_NEEDED) $$(WARNINGS) $(3) -c -o $$@ $$<
build/$(1)/libsmtpwire.a: $$(MACHINES:%=build/$(1)/gen/%.o) $$(PARSER_C:%.c=build/$(1)/%.o)
	rm -f $$@ && ar rcs $$@ $$^
build/$(1)/%: build/$(1)/tests/%.o $$(ENGINE_C:%.c=build/$(1)/%.o) build/$(1)/libsmtpwire.a
	$(2) $(3) -o $$@ $$^ $$(if $$(filter unit%,$$*),$(4) -lcmocka)
build/$(1)/smtpwire: $$(CLI_C:%.c=build/$(1)/%.o) build/$(1)/libsmtpwire.a
	$(2) $(3) -o $$@ $$^ $(4) -ljansson
build/$(1)/vectors build/$(1)/write: build/$(1)/tests/vector_file.o
build/$(1)/write: build/$(1)/tests/write_model.o
build/$(1)/judge: build/$(1)/tests/judge_push.o
build/$(1)/libreference.a: $$(REFERENCE_C:%.c=build/$(1)/%.o)
	rm -f $$@ && ar rcs $$@ $$^
build/$(1)/reference: build/$(1)/tests/reference.o build/$(1)/tests/vector_file.o build/$(1)/tests/reference_words.o \
    $$(ENGINE_C:%.c=build/$(1)/%.o) build/$(1)/libreference.a build/$(1)/libsmtpwire.a
	$(2) $(3) -o $$@ $$^
build/$(1)/replay_%: build/$(1)/fuzz/%.o $$(ORACLES:%=build/$(1)/fuzz/%.o) build/$(1)/fuzz/replay.o build/$(1)/libreference.a \
    build/$(1)/libsmtpwire.a
	$(2) $(3) -o $$@ $$^
build/$(1) build/$(1)/gen build/$(1)/parser build/$(1)/cli build/$(1)/tests \
    build/$(1)/fuzz/reference:
	mkdir -p $$@
endef

comma := ,
SANITIZE := -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all
$(eval $(call FLAVOUR,own,$$(CC),$$(CFLAGS)))
$(eval $(call FLAVOUR,gcc,gcc,-O2 -g -fstack-usage))
$(eval $(call FLAVOUR,asan,$$(CLANG),$(SANITIZE) -fsanitize=address$$(comma)undefined))
$(eval $(call FLAVOUR,msan,$$(CLANG),$(SANITIZE) -fsanitize=memory))
$(eval $(call FLAVOUR,clang14,clang-14,-O2 -g))
# 64-bit sizes of chunks and messages with a size_t of 32 bits.
$(eval $(call FLAVOUR,m32,gcc,-m32 -O2 -g -fstack-usage -idirafter /usr/include/x86_64-linux-gnu -idirafter build/i386/usr/include,\
    -Lbuild/i386/usr/lib/i386-linux-gnu -Wl$$(comma)-rpath$$(comma)build/i386/usr/lib/i386-linux-gnu))
# -O0 and no #line: llvm-cov shows the C that was compiled. The judge's words reach every state of every machine.
$(eval $(call FLAVOUR,cov,$$(CLANG),-g -O0 -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc))
$(eval $(call FLAVOUR,T0,gcc,-O2 -g,,gen-T0))
$(eval $(call FLAVOUR,none,gcc,-O2 -g -DSMTPWIRE_ONLY_NONE))
$(eval $(call FLAVOUR,swar,gcc,-O2 -g -DSMTPWIRE_ONLY_SWAR))
$(eval $(call FLAVOUR,arm64,aarch64-linux-gnu-gcc,-O2 -g -static))
$(eval $(call FLAVOUR,F1,gcc,-O2 -g,,gen-F1))
$(eval $(call FLAVOUR,fuzz,$$(CLANG),$(SANITIZE) -fsanitize=fuzzer-no-link$$(comma)address$$(comma)undefined))
build build/proof:
	mkdir -p $@

build/libsmtpwire.a: build/own/libsmtpwire.a | build
	cp $< $@

build/libsmtpwire.so: build/own/libsmtpwire.a parser/smtpwire.map
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=parser/smtpwire.map \
	    -Wl,-z,defs -o $@ -Wl,--whole-archive build/own/libsmtpwire.a -Wl,--no-whole-archive
	ln -sf libsmtpwire.so build/$(SONAME)

# Says where things are installed: made anew each time, since PREFIX may be another.
build/smtpwire.pc: FORCE | build
	@printf '%s\n' 'prefix=$(PREFIX)' 'Name: smtpwire' 'Description: strict parsers for the SMTP and LMTP wire' \
	    'Version: $(VERSION)' 'Libs: -L$${prefix}/lib -lsmtpwire' 'Cflags: -I$${prefix}/include' > $@

build/smtpwire: $(CLI_C:%.c=build/own/%.o) build/own/libsmtpwire.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -ljansson

# ---- The examples, as an embedder would build them, and the clients and servers of Postfix they are tried with. ----
EXAMPLES := build/minimal build/send
$(EXAMPLES): build/%: examples/%.c build/own/libsmtpwire.a parser/smtpwire.h
	$(CC) -std=c11 -D_GNU_SOURCE -Iparser $(WARNINGS) $(CFLAGS) $(LDFLAGS) -o $@ $< build/own/libsmtpwire.a

DOWNLOAD := apt-get download -qq -o APT::Sandbox::User=root
# Unpacked, not installed: a mail server that is installed configures and starts itself.
build/postfix/usr/sbin/smtp-source:
	rm -rf build/postfix && mkdir -p build/postfix
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; cd build/postfix && \
	    { $(DOWNLOAD) postfix || { $$sudo apt-get update -qq && $(DOWNLOAD) postfix; }; } && \
	    dpkg-deb -x postfix_*.deb . && rm postfix_*.deb

# cmocka and jansson for 32 bits, unpacked: no other architecture is enabled on the host for their sake. An index that cannot
# be loaded need not be the one that is needed.
I386 := -o Dir::State::lists=$(CURDIR)/build/i386/lists -o APT::Architecture=i386 -o APT::Architectures=i386 \
    -o APT::Sandbox::User=root
build/i386/usr:
	rm -rf build/i386 && mkdir -p build/i386/lists/partial
	cd build/i386 && { apt-get update -qq $(I386) > update.log 2>&1; \
	    apt-get download -qq $(I386) libcmocka0 libcmocka-dev libjansson4 libjansson-dev || { cat update.log; exit 1; }; }
	cd build/i386 && for p in *.deb; do dpkg-deb -x $$p . || exit 1; done && rm -r lists *.deb

# ---- One file and its header, that compile without Ragel. ----
AMALGAMATED := build/amalgamation/smtpwire.c build/amalgamation/smtpwire.h
amalgamation: $(AMALGAMATED) ## build/amalgamation/smtpwire.c and smtpwire.h, which need no Ragel

build/amalgamation/smtpwire.h: parser/smtpwire.h
	mkdir -p $(@D) && cp $< $@

build/amalgamation/smtpwire.c: parser/smtpwire.h parser/internal.h parser/scan.h parser/scan_body.h $(PARSER_C) $(MACHINES:%=parser/%.rl) $(GRAMMAR)
	mkdir -p $(@D)/gen
	for m in $(MACHINES); do $(RAGEL) -L -G2 -o $(@D)/gen/$$m.c parser/$$m.rl || exit 1; done
	{ printf '/* smtpwire %s in one file, made by make amalgamation. SPDX-License-Identifier: MIT */\n' '$(VERSION)'; \
	  printf '#if defined(__GNUC__)\n#pragma GCC diagnostic ignored "-Wunused-const-variable"\n'; \
	  printf '#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"\n#endif\n'; \
	  cat parser/internal.h parser/scan.h; \
	  sed -e '/^#include "internal.h"/d' -e '/^#include "scan.h"/d' -e '/^#include "scan_body.h"/{r parser/scan_body.h' -e 'd}' $(PARSER_C) $(MACHINES:%=$(@D)/gen/%.c); } > $@
	rm -r $(@D)/gen

# ---- Setup, demo, tests ----
# Looks first, says what it is about to do, installs by name what is absent.
define INSTALL
	@command -v dpkg-query > /dev/null || { echo 'setup: not a Debian system, so nothing is installed'; exit 0; }; \
	missing=; for p in $(1); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	echo "setup: installing$$missing"; \
	$$sudo apt-get update -qq && \
	LC_ALL=C apt-get install --no-install-recommends --print-uris -qq $$missing | \
	    awk '{s += $$3} END {printf "setup: %d packages, %.0f MB to load\n", NR, s / 1e6}' && \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing > /dev/null
endef

setup-build:
	$(call INSTALL,$(BUILD_PACKAGES))

setup: ## install what building and testing need, if it is not there
	$(call INSTALL,$(BUILD_PACKAGES) $(TEST_PACKAGES))

demo: setup-build ## set up, build, and show what smtpwire does
	@$(MAKE) --no-print-directory -s -j2 all build/fuzz_server
	@examples/demo.sh

check: test
test: setup ## set up, build every flavour, run all tests
	@$(MAKE) --no-print-directory WERROR=-Werror -s -j2 test-build
	@python3 tests/run.py

UNIT := unit unit_capabilities unit_commands unit_replies unit_survival
TEST_PROGRAMS := \
    $(foreach f,gcc asan msan clang14,build/$(f)/vectors build/$(f)/exhaustive_data build/$(f)/exhaustive_lines \
        build/$(f)/exhaustive_stuff build/$(f)/write) \
    $(foreach f,asan msan m32,$(TARGETS:%=build/$(f)/replay_%)) \
    build/m32/vectors build/m32/write \
    $(foreach f,gcc asan clang14 m32,$(UNIT:%=build/$(f)/%)) \
    $(foreach f,T0 F1,build/$(f)/vectors build/$(f)/exhaustive_data) $(foreach f,gcc asan T0 F1,build/$(f)/judge) \
    $(foreach f,gcc asan clang14,build/$(f)/exhaustive_path) \
    $(foreach f,gcc asan clang14 m32 none swar arm64,build/$(f)/exhaustive_scan) build/none/vectors build/swar/vectors \
    build/arm64/vectors build/none/exhaustive_data build/swar/exhaustive_data \
    build/gcc/smtpwire build/asan/smtpwire build/m32/smtpwire build/gcc/reference build/asan/reference

$(UNIT:%=build/m32/%) $(UNIT:%=build/m32/tests/%.o) build/m32/smtpwire $(CLI_C:%.c=build/m32/%.o): | build/i386/usr

.PHONY: test-build
test-build: all amalgamation $(EXAMPLES) $(TEST_PROGRAMS) build/fuzz_server build/postfix/usr/sbin/smtp-source

# libFuzzer's first folder is written to, so the corpus is never it.
TARGET ?= server
fuzz: build/fuzz_$(TARGET) ## fuzz TARGET (default: server) until stopped; findings in build/fuzzing/
	mkdir -p build/fuzzing/$(TARGET)
	$(FUZZ_ENVIRONMENT) build/fuzz_$(TARGET) -max_len=4096 -artifact_prefix=build/fuzzing/$(TARGET)- \
	    build/fuzzing/$(TARGET) $(wildcard corpus/$(TARGET)/*)

FUZZ_ENVIRONMENT := ASAN_OPTIONS=quarantine_size_mb=8:detect_leaks=0:abort_on_error=1
build/fuzz_%: build/fuzz/fuzz/%.o $(ORACLES:%=build/fuzz/fuzz/%.o) build/fuzz/libreference.a build/fuzz/libsmtpwire.a
	$(CLANG) $(SANITIZE) -fsanitize=fuzzer,address,undefined -o $@ $^

# ---- Speed ----
# 15 repetitions of each, in random order; BENCH=--json for figures, BENCH_ARGS for Google Benchmark's own arguments.
BENCH ?=
BENCH_ARGS ?= --benchmark_repetitions=15 --benchmark_enable_random_interleaving=true --benchmark_min_time=0.05
bench: setup ## measure the parsers against memchr over the same octets
	@$(MAKE) --no-print-directory -s -j2 build/bench
	@build/bench $(BENCH_ARGS) --benchmark_out=build/bench.json > build/bench.log 2>&1 || { cat build/bench.log; exit 1; }
	@$(PYTHON) bench/table.py build/bench.json $(BENCH)

build/bench: bench/bench.cc bench/workload.cc bench/workload.h build/gcc/libsmtpwire.a parser/smtpwire.h
	g++ -std=c++17 -O2 -g -Wall -Wextra $(WERROR) -Iparser -o $@ bench/bench.cc bench/workload.cc build/gcc/libsmtpwire.a -lbenchmark -lpthread

# ---- Coverage ----
COVERED := $(addprefix build/cov/,vectors write $(UNIT) judge exhaustive_stuff exhaustive_data exhaustive_lines $(TARGETS:%=replay_%))
coverage: setup ## lines, branches and MC/DC of the hand-written C that the tests and the corpora reach
	@$(MAKE) --no-print-directory -s -j2 $(COVERED)
	@python3 tests/coverage.py

# ---- Style ----
HAND_WRITTEN := $(PARSER_C) $(CLI_C) $(wildcard tests/*.c fuzz/*.c examples/*.c) $(REFERENCE_C)

format: ## lay out the hand-written C
	clang-format -i $(HAND_WRITTEN) $(filter-out parser/smtpwire.h,$(HEADERS))

lint: setup ## clang-tidy, cppcheck, gcc -fanalyzer and layout over the hand-written C
	@tests/lint.sh $(HAND_WRITTEN)

# ---- Installing ----
install: all ## install into PREFIX (and DESTDIR)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib/pkgconfig \
	    $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 build/smtpwire $(DESTDIR)$(PREFIX)/bin/
	install -m 644 parser/smtpwire.h $(DESTDIR)$(PREFIX)/include/
	install -m 644 build/libsmtpwire.a $(DESTDIR)$(PREFIX)/lib/
	install -m 755 build/libsmtpwire.so $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(PREFIX)/lib/libsmtpwire.so
	install -m 644 build/smtpwire.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig/
	install -m 644 cli/smtpwire.1 $(DESTDIR)$(PREFIX)/share/man/man1/

uninstall: ## remove what install put there
	cd $(DESTDIR)$(PREFIX) && rm -f bin/smtpwire include/smtpwire.h lib/libsmtpwire.a lib/$(SONAME) \
	    lib/libsmtpwire.so lib/pkgconfig/smtpwire.pc share/man/man1/smtpwire.1

clean: ## remove build/
	rm -rf build
