#!/bin/bash -eu
# Builds every fuzz target as OSS-Fuzz and ClusterFuzzLite ask for it: $CC, $CFLAGS, $CXX, $CXXFLAGS, $LIB_FUZZING_ENGINE from
# outside; into $OUT the targets, their seed corpora, dictionaries and options. Needs make, ragel, python3 and zip.
cd "$SRC/smtpwire"
work=$WORK/smtpwire
mkdir -p "$work/lib" "$OUT"

flags="-std=c11 -D_GNU_SOURCE -Iparser -Icli -Wno-implicit-fallthrough"
make -s generated
for source in build/gen/*.c; do
    $CC $CFLAGS $flags -c -o "$work/lib/$(basename "$source" .c).gen.o" "$source"
done
for source in parser/*.c; do
    $CC $CFLAGS $flags -c -o "$work/lib/$(basename "$source" .c).o" "$source"
done
rm -f "$work/libsmtpwire.a"
ar rcs "$work/libsmtpwire.a" "$work"/lib/*.o

# Without $CFLAGS: the mutator's own code is no coverage.
native=${NATIVE_CC:-clang}
for source in words values addresses generate walk dictionary; do
    "$native" -std=c11 -O2 -fPIC -Iparser -c -o "$work/$source.o" "fuzz/$source.c"
done
"$native" -o "$work/dictionary" "$work"/{dictionary,words}.o

for shared in oracle stream t0; do
    $CC $CFLAGS $flags -c -o "$work/$shared.o" "fuzz/$shared.c"
done
mkdir -p "$work/reference"
for source in fuzz/reference/*.c; do
    $CC $CFLAGS $flags -c -o "$work/reference/$(basename "$source" .c).o" "$source"
done
rm -f "$work/libreference.a"
ar rcs "$work/libreference.a" "$work"/reference/*.o

# A target is a file of fuzz/ with a LLVMFuzzerTestOneInput.
for source in $(grep -l '^int LLVMFuzzerTestOneInput(const uint8_t \*data, size_t size)$' fuzz/*.c); do
    target=$(basename "$source" .c)
    $CC $CFLAGS $flags -c -o "$work/$target.target.o" "$source"
    objects=("$work/$target.target.o" "$work"/{oracle,stream,t0}.o)
    if [ "${FUZZING_ENGINE:-libfuzzer}" = libfuzzer ]; then
        "$native" -std=c11 -O2 -fPIC -Iparser -DTARGET="\"$target\"" -c -o "$work/$target.mutator.o" fuzz/mutator.c
        objects+=("$work/$target.mutator.o" "$work"/{words,values,addresses,generate,walk}.o)
    fi
    # shellcheck disable=SC2086
    $CXX $CXXFLAGS "${objects[@]}" "$work/libreference.a" "$work/libsmtpwire.a" $LIB_FUZZING_ENGINE -o "$OUT/smtpwire_$target"
    "$work/dictionary" "$target" > "$OUT/smtpwire_$target.dict"
    printf '[libfuzzer]\nmax_len = 4096\ntimeout = 10\n' > "$OUT/smtpwire_$target.options"
    rm -f "$OUT/smtpwire_${target}_seed_corpus.zip"
    find "corpus/$target" -type f -print | zip -q -j -@ "$OUT/smtpwire_${target}_seed_corpus.zip"
done
