#!/bin/sh
# What "make demo" shows: a delivery from both sides, smuggling streams, ten seconds of fuzzing.
set -eu
cd "$(dirname "$0")/.."
wire=examples/transcripts
smtpwire=build/smtpwire

title() { printf '\n== %s\n\n' "$*"; }

title "1. A delivery: what the client sends ($wire/delivery.client)"
$smtpwire server --reply RCPT=250,250,550,250 $wire/delivery.client

title "2. The same delivery: what the server sends ($wire/delivery.server)"
$smtpwire client --sent EHLO,MAIL,RCPT,RCPT,RCPT,RCPT,DATA,QUIT $wire/delivery.server

title "3. Smuggling: one client's octets, that some servers take for two messages ($wire/smuggling/)"
/usr/bin/python3 examples/smuggling.py $smtpwire $wire/smuggling/*

title "4. Ten seconds of fuzzing the server's session (libFuzzer, AddressSanitizer, UndefinedBehaviorSanitizer)"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/corpus"
ASAN_OPTIONS=quarantine_size_mb=8:detect_leaks=0:abort_on_error=1 build/fuzz/fuzz_server -max_total_time=10 -max_len=4096 \
    -print_final_stats=1 -artifact_prefix="$scratch/" "$scratch/corpus" corpus/server/seed > "$scratch/log" 2>&1 ||
    { tail -30 "$scratch/log"; echo "   the fuzzer found something"; exit 1; }
grep -E 'DONE|^stat::(number|average|new|peak)' "$scratch/log" | sed 's/^/   /'
printf '\n   No finding: all slices inside their buffers, no difference however the input was cut.\n'
