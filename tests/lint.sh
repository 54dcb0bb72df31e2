#!/bin/sh
# Lint of hand-written C, and of the C++ that is in bench/: clang-tidy (.clang-tidy says what is left out and why), cppcheck,
# gcc -fanalyzer, layout, and that parser/ uses nothing of libc but mem* and no file is over its size.
# usage: lint.sh FILE...   .cc is C++, everything else C
set -u
failed=0
step() { printf '%s\n' "lint: $1"; shift; "$@" || { failed=1; echo "lint: FAILED"; }; }
c='' cc=''
for file; do
    case $file in *.cc) cc="$cc $file" ;; *) c="$c $file" ;; esac
done
flags='-DANALYZER -std=c11 -D_GNU_SOURCE -Iparser -Icli -Itests'

tidy() { clang-tidy --quiet "$@" -- $flags 2> build/lint.log || { cat build/lint.log; return 1; }; }

# Google Benchmark's loop has a variable that nothing reads; gcc's attribute optimize is not clang's.
tidy_cc() {
    clang-tidy --quiet --checks=-clang-analyzer-deadcode.DeadStores,-clang-analyzer-cplusplus.NewDeleteLeaks "$@" -- \
        -std=c++17 -Iparser -Ibench -Wno-unknown-attributes 2> build/lint.log || { cat build/lint.log; return 1; }
}

# missingIncludeSystem: cppcheck does not read the system's headers. normalCheckLevelMaxBranches: says only how deep it looked.
# unusedStructMember and the like are of style, which is not asked for.
check() {
    cppcheck --quiet --std=c11 --enable=warning,portability,performance --error-exitcode=1 --inline-suppr \
        --suppress=missingIncludeSystem -D__GNUC__ -D_GNU_SOURCE -Iparser -Icli "$@"
}

# -Wanalyzer-malloc-leak in tests and tools that end at once is still asked for; nothing is left out.
analyze() {
    for file in "$@"; do
        gcc $flags -O2 -fanalyzer -Werror -c -o /dev/null "$file" || return 1
    done
}

calls() {
    ! grep -nE '\b(malloc|calloc|realloc|free|printf|fopen|str(len|cmp|chr|tol)|sscanf|atoi|is(space|alpha|digit)|tolower)\s*\(' \
        parser/*.c parser/*.rl parser/*.h grammar/*.rl
}

sizes() {
    for file in "$@" parser/*.rl; do
        [ "$(wc -l < "$file")" -le 500 ] || { echo "$file: over 500 lines"; return 1; }
    done
    for file in grammar/*.rl; do
        [ "$(wc -l < "$file")" -le 120 ] || { echo "$file: over 120 lines"; return 1; }
    done
}

layout() { clang-format --dry-run --Werror "$@"; }

mkdir -p build
# No name has a space in it.
if [ -n "$c" ]; then
    step "clang-tidy" tidy $c
    step "cppcheck" check $c
    step "gcc -fanalyzer" analyze $c
fi
if [ -n "$cc" ]; then
    step "clang-tidy, C++" tidy_cc $cc
fi
step "layout" layout "$@"
step "sizes of files" sizes "$@"
step "libc calls in the library" calls
[ $failed = 0 ] && echo "lint: clean"
exit $failed
