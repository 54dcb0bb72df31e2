#!/bin/bash
# Runs fuzz/oss-fuzz/build.sh as OSS-Fuzz's builder would, without docker: for each sanitizer and engine there is, all targets
# are built into an empty $OUT, and each is run for some hundred executions from its seed corpus.
# Not AFL++ with memory, which OSS-Fuzz does not run: its driver reads files in a way that MemorySanitizer is not told of.
# usage: oss_fuzz.sh [ENGINE-SANITIZER...]    default: all of them. Flags are those of OSS-Fuzz's base-builder.
set -u
cd "$(dirname "$0")/.." || exit 1
root=$PWD
base=$root/build/oss-fuzz
passed=0 failed=0

sanitizer_flags() {
    case $1 in
    address) echo "-fsanitize=address -fsanitize-address-use-after-scope" ;;
    undefined) echo "-fsanitize=array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return,\
returns-nonnull-attribute,shift,signed-integer-overflow,unsigned-integer-overflow,unreachable,vla-bound,vptr \
-fno-sanitize-recover=array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return,\
returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound,vptr" ;;
    memory) echo "-fsanitize=memory -fsanitize-memory-track-origins" ;;
    coverage) echo "-fprofile-instr-generate -fcoverage-mapping -pthread" ;;
    esac
}

build() { # engine sanitizer
    export SRC=$base/src OUT=$base/$1-$2/out WORK=$base/$1-$2/work FUZZING_ENGINE=$1 SANITIZER=$2 NATIVE_CC=clang-19
    rm -rf "$base/$1-$2"
    mkdir -p "$OUT" "$WORK" "$SRC"
    ln -sfn "$root" "$SRC/smtpwire"
    local common
    common="-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION $(sanitizer_flags "$2")"
    if [ "$1" = afl ]; then # clang's own instrumentation, as in the Makefile: afl-clang-fast takes minutes for each machine
        export CC=clang-19 CXX=clang++-19 LIB_FUZZING_ENGINE="/usr/lib/afl/libAFLDriver.a /usr/lib/afl/afl-compiler-rt.o -lm -ldl -lrt"
        export CFLAGS="$common -fsanitize-coverage=trace-pc-guard" CXXFLAGS=$common
    else
        export CC=clang-19 CXX=clang++-19 LIB_FUZZING_ENGINE=-fsanitize=fuzzer
        export CFLAGS="$common -fsanitize=fuzzer-no-link" CXXFLAGS="$common"
    fi
    "$root/fuzz/oss-fuzz/build.sh" > "$base/$1-$2/build.log" 2>&1
}

try() { # engine program
    local name corpus
    name=$(basename "$2")
    corpus=$base/run/$name
    rm -rf "$corpus" && mkdir -p "$corpus" "$corpus.new"
    python3 -m zipfile -e "${2}_seed_corpus.zip" "$corpus" || return 1
    [ -n "$(ls "$corpus")" ] && [ -s "$2.dict" ] && grep -q '^max_len' "$2.options" || return 1
    export UBSAN_OPTIONS=silence_unsigned_overflow=1 LLVM_PROFILE_FILE=/dev/null
    export ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=8
    if [ "$1" = afl ]; then # the driver runs the files it is given; afl-fuzz itself is tried by make campaign
        "$2" "$corpus"/*
    else
        "$2" -runs=400 -dict="$2.dict" -artifact_prefix="$corpus.new/" "$corpus.new" "$corpus"
    fi > "$base/run/$name.log" 2>&1
}

mkdir -p "$base/run"
combinations=${*:-libfuzzer-address libfuzzer-undefined libfuzzer-memory libfuzzer-coverage afl-address afl-undefined}
wanted=$(grep -l '^int LLVMFuzzerTestOneInput.*)$' fuzz/*.c | wc -l)
for combination in $combinations; do
    engine=${combination%-*} sanitizer=${combination#*-}
    if [ "$engine" = afl ] && ! command -v afl-fuzz > /dev/null; then
        echo "$combination: afl++ is not installed, not tried"
        continue
    fi
    if ! build "$engine" "$sanitizer"; then
        echo "FAILED: $combination does not build"; tail -n 5 "$base/$combination/build.log"
        failed=$((failed + 1))
        continue
    fi
    built=0
    for program in "$base/$combination/out"/smtpwire_*; do
        [ -x "$program" ] || continue
        built=$((built + 1))
        if try "$engine" "$program"; then
            passed=$((passed + 1))
        else
            echo "FAILED: $combination $(basename "$program")"; tail -n 5 "$base/run/$(basename "$program").log"
            failed=$((failed + 1))
        fi
    done
    if [ "$built" = "$wanted" ]; then passed=$((passed + 1)); else
        echo "FAILED: $combination: $built of $wanted targets"
        failed=$((failed + 1))
    fi
    echo "$combination: $built targets"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
