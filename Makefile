# smtpwire. "make help" lists the targets.
#
# CC, CFLAGS, LDFLAGS, PREFIX and DESTDIR are yours; what the code needs is added to them.

CC     ?= cc
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
RAGEL  ?= ragel
PYTHON ?= python3
CLANG  ?= clang-19

VERSION := $(shell sed -n 's/^.define SMTPWIRE_VERSION "\(.*\)"/\1/p' parser/smtpwire.h)
SONAME  := libsmtpwire.so.0

# Packages, by name: what building and the demo need, and what the tests and lint need besides.
BUILD_PACKAGES := gcc libc6-dev ragel libjansson-dev clang-19 libclang-rt-19-dev python3
# The last seven lines: what tests/interop.py runs, none of which is a mail server of the host's; the libraries that
# Postfix's smtp-source and smtp-sink need, which are unpacked into build/postfix and never installed; and what a build of
# 32 bits needs (gcc-multilib would not be installed beside a cross compiler), and llvm-cov;
# and a build for aarch64, whose programs qemu-user runs; what bench/ is written with and counts by; and what runs the proofs.
TEST_PACKAGES  := g++ binutils clang-14 libclang-rt-14-dev libcmocka-dev man-db clang-format clang-tidy cppcheck \
    curl swaks msmtp python3-aiosmtpd \
    libdb5.3 libicu72 libnsl2 \
    lib32gcc-12-dev libc6-dev-i386 \
    llvm-19 \
    gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user \
    libbenchmark-dev valgrind \
    pypy3
# What make fuzz ENGINE=afl and make campaign need besides; llvm-19 is for the campaign's report.
FUZZ_PACKAGES  := afl++ llvm-19
# What make bench-peers needs besides: libetpan, and what Dovecot's library, which is unpacked into build/peers, calls.
PEER_PACKAGES  := libetpan-dev libunwind8

GRAMMAR   := $(wildcard grammar/*.rl)
MACHINES  := address command parameter reply reply_text capability data
PARSER_C  := $(wildcard parser/*.c)
HEADERS   := $(wildcard parser/*.h cli/*.h tests/*.h fuzz/*.h fuzz/reference/*.h)
CLI_C     := $(wildcard cli/*.c)
# The reference parser, which fuzz targets and tests/reference.c hold the library against.
REFERENCE_C := $(wildcard fuzz/reference/*.c)
# What the test vectors share with the command.
ENGINE_C  := cli/run.c cli/record.c cli/print.c cli/settings.c
# Made by ragel from a file in parser/ each; and the tables of what is expected where, made from the grammar alone.
GENERATED := $(MACHINES:%=build/gen/%.c) build/gen/expected_tables.c
# Fuzz targets: every file of fuzz/ but what they share.
ORACLES   := oracle stream t0
GENERATOR := words values addresses generate walk
FUZZ_TOOLS := replay states mutator dictionary $(GENERATOR)
TARGETS   := $(filter-out $(ORACLES) $(FUZZ_TOOLS),$(patsubst fuzz/%.c,%,$(wildcard fuzz/*.c)))

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
.PHONY: FORCE all lib help setup setup-build setup-fuzz demo test check fuzz bench campaign campaign-build generated coverage lint format amalgamation install uninstall clean

all: lib build/smtpwire ## build the library and the command

lib: build/libsmtpwire.a build/libsmtpwire.so build/smtpwire.pc

help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 22

# The library is -G2, code, but for machines that hardly any line needs, which are -T0, tables: a third of the size, and slower.
# What is all -T0 or all -F1 is other code of the same machines: the tests judge all three. Fuzzers see states in code only: all -G2.
TABLES := capability
STYLE   = $(if $(filter $(1),$(TABLES)),-T0,-G2)
# $(call GENERATE,directory,style)
define GENERATE
build/$(1)/%.c: parser/%.rl $$(GRAMMAR) | build/$(1)
	$$(RAGEL) $(2) -o $$@ $$<
build/$(1):
	mkdir -p $$@
endef
$(eval $(call GENERATE,gen,$$(call STYLE,$$*)))
$(eval $(call GENERATE,gen-G2,-G2))
$(eval $(call GENERATE,gen-T0,-T0))
$(eval $(call GENERATE,gen-F1,-F1))

build/gen/expected_tables.c: grammar/expected.py parser/smtpwire.h $(GRAMMAR) $(wildcard grammar/abnf/*.abnf) | build/gen
	RAGEL='$(RAGEL)' $(PYTHON) grammar/expected.py grammar parser/smtpwire.h > $@

# The same machines as tables, with a call that is told of each step: for counting the states that inputs reach.
build/gen-states/%.c: parser/%.rl $(GRAMMAR) | build/gen-states
	$(RAGEL) -T0 -L -o $@.tmp $<
	{ echo 'void smtpwire__state_step(const char *machine, int state, unsigned char octet);'; \
	  sed 's/\tcs = _\(.*\)_trans_targs\[_trans\];/\tif (_\1_trans_targs[_trans] != 0) smtpwire__state_step("\1", cs, *p);\n&/' $@.tmp; } > $@
	rm $@.tmp

generated: $(GENERATED)

# ---- A flavour is the library, the command's engine and the tests built by one compiler with its own flags. ----
# $(call FLAVOUR,name,compiler,flags,linker flags,directory of the generated C,fuzzing engine): objects and libsmtpwire.a in build/name/; the
# last three may be left out.
define FLAVOUR
# Says how this flavour was built; changes, and everything with it, when that does.
build/$(1)/flags: FORCE | build/$(1)
	@echo '$(2) $(3) $$(NEEDED) $$(CLI_NEEDED) $$(WARNINGS)' | cmp -s - $$@ || \
	    echo '$(2) $(3) $$(NEEDED) $$(CLI_NEEDED) $$(WARNINGS)' > $$@
build/$(1)/gen/%.o: build/$(or $(5),gen)/%.c $$(HEADERS) build/$(1)/flags | build/$(1)/gen
	$(2) $$(NEEDED) $$(WARNINGS) $$(RELAXED) $$(if $(5)$$(filter $$*,$(TABLES)),-Wno-sign-conversion) $(3) -c -o $$@ $$<
build/$(1)/gen/expected_tables.o: build/gen/expected_tables.c $$(HEADERS) build/$(1)/flags | build/$(1)/gen
	$(2) $$(NEEDED) $$(WARNINGS) $(3) -c -o $$@ $$<
build/$(1)/parser/%.o: parser/%.c $$(HEADERS) build/$(1)/flags | build/$(1)/parser
	$(2) $$(NEEDED) $$(WARNINGS) $(3) -c -o $$@ $$<
build/$(1)/cli/%.o: cli/%.c $$(HEADERS) build/$(1)/flags | build/$(1)/cli
	$(2) $$(CLI_NEEDED) $$(WARNINGS) $(3) -c -o $$@ $$<
build/$(1)/tests/%.o: tests/%.c $$(HEADERS) build/$(1)/flags | build/$(1)/tests
	$(2) $$(CLI_NEEDED) $$(WARNINGS) $(3) -c -o $$@ $$<
build/$(1)/fuzz/%.o: fuzz/%.c $$(HEADERS) build/$(1)/flags | build/$(1)/fuzz/reference
	$(2) $$(CLI_NEEDED) $$(WARNINGS) $(3) -c -o $$@ $$<
build/$(1)/libsmtpwire.a: $$(GENERATED:build/%.c=build/$(1)/%.o) $$(PARSER_C:%.c=build/$(1)/%.o)
	rm -f $$@ && ar rcs $$@ $$^
build/$(1)/%: build/$(1)/tests/%.o $$(ENGINE_C:%.c=build/$(1)/%.o) build/$(1)/libsmtpwire.a
	$(2) $(3) -o $$@ $$^ $$(if $$(filter unit%,$$*),$(4) -lcmocka)
build/$(1)/smtpwire: $$(CLI_C:%.c=build/$(1)/%.o) build/$(1)/libsmtpwire.a
	$(2) $(3) -o $$@ $$^ $(4) -ljansson
build/$(1)/vectors build/$(1)/write build/$(1)/expected: build/$(1)/tests/vector_file.o
build/$(1)/write: build/$(1)/tests/write_model.o
build/$(1)/judge: build/$(1)/tests/judge_push.o
build/$(1)/libreference.a: $$(REFERENCE_C:%.c=build/$(1)/%.o)
	rm -f $$@ && ar rcs $$@ $$^
build/$(1)/reference: build/$(1)/tests/reference.o build/$(1)/tests/vector_file.o build/$(1)/tests/reference_words.o \
    $$(ENGINE_C:%.c=build/$(1)/%.o) build/$(1)/libreference.a build/$(1)/libsmtpwire.a
	$(2) $(3) -o $$@ $$^
build/$(1)/replay_%: build/$(1)/fuzz/%.o $$(ORACLES:%=build/$(1)/fuzz/%.o) build/$(1)/fuzz/replay.o build/$(1)/libreference.a \
    build/$(1)/libsmtpwire.a $$(call T0_FOR,$(3))
	$(2) $(3) -o $$@ $$^
build/$(1)/mutator: build/$(1)/fuzz/mutator.o $$(GENERATOR:%=build/$(1)/fuzz/%.o)
build/$(1)/fuzz_%: build/$(1)/fuzz/%.o $$(ORACLES:%=build/$(1)/fuzz/%.o) build/mutator/%.o $$(GENERATOR:%=build/mutator/%.o) \
    build/$$(if $$(findstring memory,$(3)),$(1),gcc)/libreference.a build/$(1)/libsmtpwire.a \
    $$(call T0_FOR,$(3))
	$(2) $(3) -o $$@ $$^ $(or $(6),-fsanitize=fuzzer)
build/$(1) build/$(1)/gen build/$(1)/parser build/$(1)/cli build/$(1)/tests \
    build/$(1)/fuzz/reference:
	mkdir -p $$@
endef

comma := ,
# The oracles of fuzz/ that need a library of their own: one that counts, and one of other machines besides.
ORACLE_FLAGS := -DSMTPWIRE_COUNT_STEPS -DORACLE_T0
# The machines of -T0 are linked beside it, with the same sanitizer where that must see all code.
T0_FOR = $(if $(findstring ORACLE_T0,$(1)),build/T0$(if $(findstring memory,$(1)),_memory)/t0.o)
SANITIZE := -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all
$(eval $(call FLAVOUR,own,$$(CC),$$(CFLAGS)))
$(eval $(call FLAVOUR,gcc,gcc,-O2 -g -fstack-usage))
$(eval $(call FLAVOUR,asan,$$(CLANG),$(SANITIZE) -fsanitize=address$$(comma)undefined $(ORACLE_FLAGS)))
$(eval $(call FLAVOUR,msan,$$(CLANG),$(SANITIZE) -fsanitize=memory))
$(eval $(call FLAVOUR,clang14,clang-14,-O2 -g))
# 64-bit sizes of chunks and messages with a size_t of 32 bits.
$(eval $(call FLAVOUR,m32,gcc,-m32 -O2 -g -fstack-usage -idirafter /usr/include/x86_64-linux-gnu -idirafter build/i386/usr/include,\
    -Lbuild/i386/usr/lib/i386-linux-gnu -Wl$$(comma)-rpath$$(comma)build/i386/usr/lib/i386-linux-gnu))
# Only the library is instrumented, and linked with what writes the counters.
INSTRUMENT :=
$(eval $(call FLAVOUR,cov,$$(CLANG),-g -O1 $$(INSTRUMENT)))
build/cov/parser/%.o build/cov/gen/%.o: private INSTRUMENT := -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc
$(eval $(call FLAVOUR,T0,gcc,-O2 -g,,gen-T0))
$(eval $(call FLAVOUR,T0_memory,$$(CLANG),$(SANITIZE) -fsanitize=memory,,gen-T0))
$(eval $(call FLAVOUR,none,gcc,-O2 -g -DSMTPWIRE_ONLY_NONE))
$(eval $(call FLAVOUR,swar,gcc,-O2 -g -DSMTPWIRE_ONLY_SWAR))
$(eval $(call FLAVOUR,arm64,aarch64-linux-gnu-gcc,-O2 -g -static))
$(eval $(call FLAVOUR,F1,gcc,-O2 -g,,gen-F1))
$(eval $(call FLAVOUR,G2,gcc,-O2 -g,,gen-G2))
# Comparisons, which here are of single octets, are not told of: that takes half of the time.
EDGES := -fno-sanitize-coverage=trace-cmp
$(eval $(call FLAVOUR,fuzz,$$(CLANG),$(SANITIZE) -fsanitize=fuzzer-no-link$$(comma)address$$(comma)undefined $(EDGES) $(ORACLE_FLAGS),,gen-G2))
# Coverage of the fuzzer's kind, with each sanitizer and without; AFL++'s own; and the replay that counts states.
$(eval $(call FLAVOUR,fuzz_memory,$$(CLANG),$(SANITIZE) -fsanitize=fuzzer-no-link$$(comma)memory $(EDGES) $(ORACLE_FLAGS),,gen-G2))
$(eval $(call FLAVOUR,fuzz_none,$$(CLANG),-g -O2 -fsanitize=fuzzer-no-link $(EDGES) $(ORACLE_FLAGS),,gen-G2))
# AFL++'s run-time with clang's own instrumentation: afl-clang-fast takes twenty times as long for these machines, and is for an
# older clang. What trace-cmp calls is what AFL++'s -c listens to.
AFL_LIBRARIES := /usr/lib/afl/libAFLDriver.a /usr/lib/afl/afl-compiler-rt.o -lm -ldl -lrt
AFL_COVERAGE  := -fsanitize-coverage=trace-pc-guard
$(eval $(call FLAVOUR,afl,$$(CLANG),-g -O2 $(AFL_COVERAGE) $(ORACLE_FLAGS),,gen-G2,$(AFL_LIBRARIES)))
$(eval $(call FLAVOUR,afl_cmplog,$$(CLANG),-g -O2 $(AFL_COVERAGE)$$(comma)trace-cmp $(ORACLE_FLAGS),,gen-G2,$(AFL_LIBRARIES)))
$(eval $(call FLAVOUR,afl_address,$$(CLANG),$(SANITIZE) $(AFL_COVERAGE) -fsanitize=address$$(comma)undefined $(ORACLE_FLAGS),,gen-G2,$(AFL_LIBRARIES)))
$(eval $(call FLAVOUR,afl_memory,$$(CLANG),$(SANITIZE) $(AFL_COVERAGE) -fsanitize=memory $(ORACLE_FLAGS),,gen-G2,$(AFL_LIBRARIES)))
# Without the shorter ways around the machines: they read everything.
$(eval $(call FLAVOUR,states,gcc,-O1 -DSMTPWIRE_ONLY_NONE,,gen-states))
$(TARGETS:%=build/states/replay_%) build/states/judge: build/states/fuzz/states.o
# A library under other names, begun as the file is called, to be linked beside another: that of -T0 in fuzz targets, and the one
# without any shorter way in bench/.
define RENAME
ld -r -o $@.whole --whole-archive $<
nm -g --defined-only $@.whole | awk '{ print $$3, "$(basename $(@F))_" $$3 }' > $@.names
objcopy --redefine-syms=$@.names $@.whole $@
endef
build/T0/t0.o build/T0_memory/t0.o: build/%/t0.o: build/%/libsmtpwire.a
	$(RENAME)
build/none/none.o: build/none/libsmtpwire.a
	$(RENAME)
build build/gen-states build/proof build/mutator build/dict:
	mkdir -p $@

# The mutator is never instrumented. One for each target: as an object for libFuzzer, shared for AFL++; and the dictionary.
MUTATOR_C := $(CC) -std=c11 -Iparser $(WARNINGS) -O2 -g -fPIC
$(TARGETS:%=build/mutator/%.o): build/mutator/%.o: fuzz/mutator.c $(HEADERS) | build/mutator
	$(MUTATOR_C) -DTARGET='"$*"' -c -o $@ $<
$(patsubst %,build/mutator/%.o,$(GENERATOR) dictionary): build/mutator/%.o: fuzz/%.c $(HEADERS) | build/mutator
	$(MUTATOR_C) -c -o $@ $<
build/mutator/%.so: build/mutator/%.o $(GENERATOR:%=build/mutator/%.o) build/own/libsmtpwire.a
	$(CC) -shared -o $@ $^
build/dictionary: build/mutator/dictionary.o build/mutator/words.o
	$(CC) -o $@ $^
build/dict/%.dict: build/dictionary | build/dict
	build/dictionary $* > $@

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

build/amalgamation/smtpwire.c: parser/smtpwire.h parser/internal.h parser/scan.h parser/scan_body.h parser/plain.h parser/server.h parser/scan_path.h parser/plain_body.h parser/names.h $(PARSER_C) $(MACHINES:%=parser/%.rl) $(GRAMMAR) \
    build/gen/expected_tables.c
	mkdir -p $(@D)/gen
	$(foreach m,$(MACHINES),$(RAGEL) -L $(call STYLE,$(m)) -o $(@D)/gen/$(m).c parser/$(m).rl &&) true
	{ printf '/* smtpwire %s in one file, made by make amalgamation. SPDX-License-Identifier: MIT */\n' '$(VERSION)'; \
	  printf '#if defined(__GNUC__)\n#pragma GCC diagnostic ignored "-Wunused-const-variable"\n'; \
	  printf '#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"\n#endif\n'; \
	  cat parser/internal.h parser/scan.h; \
	  sed -e '/^#include "internal.h"/d' -e '/^#include "scan.h"/d' -e '/^#include "names.h"/d' -e '/^#include "plain.h"/d' -e '/^#include "server.h"/d' -e '/^#include "scan_body.h"/{r parser/scan_body.h' -e 'd}' \
	      -e '/^#include "scan_path.h"/{r parser/scan_path.h' -e 'd}' -e '/^#include "plain_body.h"/{r parser/plain_body.h' -e 'd}' \
	      parser/plain.h parser/server.h parser/names.h $(PARSER_C) $(MACHINES:%=$(@D)/gen/%.c) build/gen/expected_tables.c; } > $@
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
	@$(MAKE) --no-print-directory -s -j2 all build/fuzz/fuzz_server
	@examples/demo.sh

check: test
test: setup ## set up, build every flavour, run all tests
	@$(MAKE) --no-print-directory WERROR=-Werror -s -j2 test-build
	@python3 tests/run.py

UNIT := $(patsubst tests/%.c,%,$(wildcard tests/unit*.c))
TEST_PROGRAMS := \
    $(foreach f,gcc asan msan clang14,build/$(f)/vectors build/$(f)/exhaustive_data build/$(f)/exhaustive_lines \
        build/$(f)/exhaustive_stuff build/$(f)/write build/$(f)/expected) \
    build/gcc/mutator build/asan/mutator build/m32/mutator \
    $(foreach f,asan msan m32,$(TARGETS:%=build/$(f)/replay_%)) \
    build/m32/vectors build/m32/write build/m32/expected \
    $(foreach f,gcc asan clang14 m32,$(UNIT:%=build/$(f)/%)) \
    $(foreach f,T0 F1,build/$(f)/vectors build/$(f)/exhaustive_data) $(foreach f,gcc asan T0 F1 G2,build/$(f)/judge) \
    $(foreach f,gcc asan clang14 swar,build/$(f)/exhaustive_path build/$(f)/exhaustive_plain) \
    build/arm64/exhaustive_path build/arm64/exhaustive_plain $(foreach f,gcc asan,build/$(f)/exhaustive_encoded) \
    $(foreach f,gcc asan clang14 m32 none swar arm64,build/$(f)/exhaustive_scan build/$(f)/exhaustive_reply) build/none/vectors build/swar/vectors \
    build/arm64/vectors build/none/exhaustive_data build/swar/exhaustive_data \
    build/gcc/smtpwire build/asan/smtpwire build/m32/smtpwire build/gcc/reference build/asan/reference

$(UNIT:%=build/m32/%) $(UNIT:%=build/m32/tests/%.o) build/m32/smtpwire $(CLI_C:%.c=build/m32/%.o): | build/i386/usr

.PHONY: test-build
test-build: all amalgamation $(EXAMPLES) $(TEST_PROGRAMS) build/fuzz/fuzz_server build/postfix/usr/sbin/smtp-source

# ---- Fuzzing ----
setup-fuzz: setup-build
	$(call INSTALL,$(FUZZ_PACKAGES))

TARGET    ?= server
ENGINE    ?= libfuzzer
SANITIZER ?= address,undefined
BUILT_libfuzzer_address,undefined := fuzz
BUILT_libfuzzer_memory            := fuzz_memory
BUILT_libfuzzer_none              := fuzz_none
BUILT_afl_address,undefined       := afl_address
BUILT_afl_memory                  := afl_memory
BUILT_afl_none                    := afl
FUZZ_FLAVOUR := $(BUILT_$(ENGINE)_$(SANITIZER))

fuzz: $(if $(filter afl,$(ENGINE)),setup-fuzz,setup-build) ## fuzz TARGET by ENGINE (libfuzzer, afl) with SANITIZER (address,undefined; memory; none), MINUTES long or until stopped
	@[ -n '$(FUZZ_FLAVOUR)' ] || { echo 'fuzz: no such ENGINE or SANITIZER'; exit 1; }
	@$(MAKE) --no-print-directory -s build/$(FUZZ_FLAVOUR)/fuzz_$(TARGET) build/dict/$(TARGET).dict \
	    $(if $(filter afl,$(ENGINE)),build/mutator/$(TARGET).so build/afl_cmplog/fuzz_$(TARGET))
	@python3 fuzz/engines.py $(TARGET) $(ENGINE) $(SANITIZER) $(MINUTES)

CAMPAIGN_FLAVOURS := fuzz fuzz_memory fuzz_none afl afl_cmplog afl_address
campaign: setup-fuzz ## fuzz all targets by both engines on all cores, MINUTES long; build/campaign/index.html tells
	@$(MAKE) --no-print-directory -s -j$$(nproc) campaign-build
	@python3 fuzz/campaign.py $(MINUTES)

campaign-build: $(foreach f,$(CAMPAIGN_FLAVOURS),$(TARGETS:%=build/$(f)/fuzz_%)) $(TARGETS:%=build/mutator/%.so) \
    $(TARGETS:%=build/dict/%.dict) $(foreach f,asan cov states,$(TARGETS:%=build/$(f)/replay_%))

# ---- Speed ----
# 15 repetitions of each, in random order; BENCH=--json for figures, BENCH_ARGS for Google Benchmark's own arguments.
BENCH ?=
BENCH_ARGS ?= --benchmark_repetitions=15 --benchmark_enable_random_interleaving=true
# $(call MEASURE,program): leaves build/program.json.
define MEASURE
	@build/$(1) $(BENCH_ARGS) --benchmark_out=build/$(1).json > build/$(1).log 2>&1 || { cat build/$(1).log; exit 1; }
endef
.PHONY: bench-peers bench-instructions
bench: setup ## measure the parsers against memchr over the same octets, and tell which required figures are met
	@$(MAKE) --no-print-directory -s -j2 build/bench
	$(call MEASURE,bench)
	@$(PYTHON) bench/table.py build/bench.json $(BENCH)

bench-peers: setup ## the same with Dovecot's and libetpan's parsers beside them; writes docs/speed.md and docs/speed.svg
	$(call INSTALL,$(PEER_PACKAGES))
	@$(MAKE) --no-print-directory -s build/peers/usr/include/dovecot
	@$(MAKE) --no-print-directory -s -j2 build/bench_peers
	$(call MEASURE,bench_peers)
	@$(PYTHON) bench/table.py build/bench_peers.json --write $(BENCH)

bench-instructions: setup ## count instructions an octet under callgrind, against bench/instructions.json; BENCH=--update writes it
	@$(MAKE) --no-print-directory -s -j2 build/bench_instructions
	@$(PYTHON) bench/instructions.py build/bench_instructions $(BENCH)

BENCH_CC := bench/rows.cc bench/rows_runs.cc bench/workload.cc build/none/none.o
BENCH_CXX := g++ -std=c++17 -O2 -g -Wall -Wextra $(WERROR) -Iparser
build/bench: bench/bench.cc $(BENCH_CC) $(wildcard bench/*.h) build/gcc/libsmtpwire.a parser/smtpwire.h
	$(BENCH_CXX) -o $@ $(filter %.cc %.o %.a,$^) -lbenchmark -lpthread

# Dovecot is a server, so its library is unpacked, not installed.
build/peers/usr/include/dovecot:
	rm -rf build/peers && mkdir -p build/peers
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; cd build/peers && \
	    { $(DOWNLOAD) dovecot-core dovecot-dev || { $$sudo apt-get update -qq && $(DOWNLOAD) dovecot-core dovecot-dev; }; } && \
	    for p in *.deb; do dpkg-deb -x $$p . || exit 1; done && rm *.deb

build/peers_%.o: bench/peers_%.c bench/peers.h | build/peers/usr/include/dovecot
	gcc -std=gnu11 -O2 -g -Wall -Wextra $(WERROR) -isystem build/peers/usr/include/dovecot -Ibench -c -o $@ $<

build/bench_peers: bench/bench.cc bench/peers.cc $(BENCH_CC) $(wildcard bench/*.h) build/peers_dovecot.o build/peers_libetpan.o \
    build/gcc/libsmtpwire.a parser/smtpwire.h
	$(BENCH_CXX) -DBENCH_PEERS -Ibench -o $@ $(filter %.cc %.o %.a,$^) -lbenchmark -lpthread -Lbuild/peers/usr/lib/dovecot \
	    -Wl,-rpath,$(CURDIR)/build/peers/usr/lib/dovecot -ldovecot -letpan

build/bench_instructions: bench/instructions.cc $(BENCH_CC) $(wildcard bench/*.h) build/gcc/libsmtpwire.a parser/smtpwire.h
	$(BENCH_CXX) -Wl,-z,now -o $@ $(filter %.cc %.o %.a,$^)

# ---- Coverage ----
COVERED := $(addprefix build/cov/,vectors write expected judge $(UNIT) $(TARGETS:%=replay_%) \
    $(patsubst tests/%.c,%,$(wildcard tests/exhaustive_*.c)))
$(COVERED): private INSTRUMENT := -fprofile-instr-generate
coverage: setup ## lines, branches and MC/DC of the hand-written C and states and transitions of the machines: what no test reaches fails
	@$(MAKE) --no-print-directory -s -j2 $(COVERED) build/states/judge
	@python3 tests/coverage.py

# What fuzzing reaches in the machines from the seeds alone. It is beside what tests/coverage.py asks of the tests.
SECONDS ?= 20
.PHONY: states
states: setup-build ## fuzz each target from its seeds for SECONDS: states and pairs of states of the machines that it reaches
	@$(MAKE) --no-print-directory -s -j2 $(foreach t,$(TARGETS),build/states/replay_$(t) build/fuzz_none/fuzz_$(t) build/dict/$(t).dict)
	@$(PYTHON) fuzz/states.py seed $(SECONDS)

# ---- Are the tests any good? ----
.PHONY: plants plants-check smoke mutants
plants: setup ## plant small faults in copies and fuzz each for up to a minute: found after N s, or missed
	@python3 tests/plants.py run

plants-check: setup ## each planted fault applies, and its stored trigger fails with it and passes without it
	@python3 tests/plants.py check

smoke: setup setup-fuzz ## build all fuzz targets as OSS-Fuzz does, for every engine and sanitizer, and run each a little
	@tests/oss_fuzz.sh

# All mutants of the C in one library, chosen at run time; machines of -T0, which have each action about once. With sanitizers
# for those that live on without.
MUTANTS ?= 600
MUTANT_FLAGS := -w -include tests/mutant.h -DSMTPWIRE_COUNT_STEPS -iquote build/mutants/parser
MUTANT_PLAIN := -O2 -ftrivial-auto-var-init=zero $(MUTANT_FLAGS)
MUTANT_ASAN  := $(SANITIZE) -fsanitize=address,undefined -ftrivial-auto-var-init=pattern $(MUTANT_FLAGS)
$(eval $(call FLAVOUR,mutant,$$(CLANG),$$(MUTANT_PLAIN)))
$(eval $(call FLAVOUR,mutant_asan,$$(CLANG),$$(MUTANT_ASAN)))
build/mutants/table.json: tests/mutate.py $(PARSER_C) $(wildcard parser/*.h) $(MACHINES:%=build/gen-T0/%.c) build/mutants/count
	@$(PYTHON) tests/mutate.py $(MUTANTS)
build/mutants/count: FORCE
	@mkdir -p $(@D) && echo $(MUTANTS) | cmp -s - $@ || echo $(MUTANTS) > $@
# $(call MUTATED,flavour)
define MUTATED
$(PARSER_C:%.c=build/$(1)/%.o): build/$(1)/parser/%.o: build/mutants/table.json build/$(1)/flags | build/$(1)/parser
	$$(CLANG) -Ibuild/mutants/parser $$(NEEDED) $$($(2)) -c -o $$@ build/mutants/parser/$$*.c
$(MACHINES:%=build/$(1)/gen/%.o): build/$(1)/gen/%.o: build/mutants/table.json build/$(1)/flags | build/$(1)/gen
	$$(CLANG) -Ibuild/mutants/parser $$(NEEDED) $$($(2)) -c -o $$@ build/mutants/gen-T0/$$*.c
$(patsubst %.c,build/$(1)/%.o,$(wildcard tests/*.c)): build/mutants/table.json # tests have its inline functions, too
build/$(1)/libsmtpwire.a: build/$(1)/tests/mutant.o
endef
$(eval $(call MUTATED,mutant,MUTANT_PLAIN))
$(eval $(call MUTATED,mutant_asan,MUTANT_ASAN))
MUTATED_TESTS := $(UNIT) vectors smtpwire write expected reference exhaustive_stuff exhaustive_path exhaustive_lines \
    exhaustive_data exhaustive_scan exhaustive_encoded exhaustive_plain exhaustive_reply

.PHONY: mutants-build
mutants-build: $(foreach f,mutant mutant_asan,$(MUTATED_TESTS:%=build/$(f)/%))

mutants: setup ## change single operators, numbers, statements of the C and tokens of the grammar: tests and proof must tell
	@$(MAKE) --no-print-directory -s -j2 mutants-build
	@python3 tests/mutants.py

# ---- Style ----
HAND_WRITTEN := $(PARSER_C) $(CLI_C) $(wildcard tests/*.c fuzz/*.c examples/*.c) $(REFERENCE_C)

# What needs the headers of other libraries is laid out, but not analysed.
BENCH_CXX_FILES := $(wildcard bench/*.cc)

format: ## lay out the hand-written C and C++
	clang-format -i $(HAND_WRITTEN) $(filter-out parser/smtpwire.h,$(HEADERS)) $(BENCH_CXX_FILES) $(wildcard bench/*.h bench/*.c)

lint: setup ## clang-tidy, cppcheck, gcc -fanalyzer and layout over the hand-written C and C++
	@tests/lint.sh $(HAND_WRITTEN) $(BENCH_CXX_FILES)

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
