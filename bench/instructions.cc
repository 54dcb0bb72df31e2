/* Runs under callgrind, which bench/instructions.py starts: each row once, and each hostile input, whole and in pieces
 * of 64 octets, with a dump of the instructions it took. What skips octets is named, not found out, so that the figures
 * do not depend on the processor.
 *
 * Prints the kind of vectors there is, then a line for each row.
 *
 * usage: bench_instructions MANIFEST; each line of it is a hostile input: NAME CONTEXT VERB BARE_CR RECIPIENTS FILE.
 *
 * SPDX-License-Identifier: MIT */
#include "rows.h"

#include <valgrind/callgrind.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

namespace
{

template <typename Run> void count(const std::string &name, size_t octets, size_t lines, Run run)
{
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
    run();
    CALLGRIND_DUMP_STATS_AT(name.c_str());
    CALLGRIND_STOP_INSTRUMENTATION;
    printf("%s %zu %zu\n", name.c_str(), octets, lines);
}

bool hostile(const std::string &line)
{
    std::istringstream in(line);
    std::string name, context, path;
    unsigned verb, bare_cr, recipients;
    if (!(in >> name >> context >> verb >> bare_cr >> recipients >> path))
        return false;
    std::ifstream file(path, std::ios::binary);
    const std::string s((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    smtpwire_options o = {};
    o.simd = SMTPWIRE_SIMD_SSE2;
    o.extensions = SMTPWIRE_OFFER_ALL;
    o.content[SMTPWIRE_CONTENT_BARE_CR] = static_cast<uint8_t>(bare_cr);
    o.limit[SMTPWIRE_LIMIT_RECIPIENTS] = recipients;
    if (smtpwire_options_check(&o) < 0)
        return false;
    const auto pieces = [&](auto run) {
        count(name, s.size(), 1, [&] { run(s.size()); });
        count(name + "-64", s.size(), 1, [&] { run(static_cast<size_t>(64)); });
    };
    if (context == "server")
        pieces([&](size_t piece) { run_server(s, o, piece); });
    else if (context == "client")
        count(name, s.size(), 1, [&] { run_client(s, o, verb); });
    else if (context == "data")
        pieces([&](size_t piece) { run_content(s, o, piece, nullptr); });
    else if (context == "mailbox")
        count(name, s.size(), 1, [&] {
            smtpwire_address address;
            smtpwire_mailbox_parse(s.data(), s.size(), &o, &address, nullptr, nullptr);
        });
    else
        return false;
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    suite s;
    std::string line;
    const unsigned best = smtpwire_simd_detect();
    printf("%s\n", best == SMTPWIRE_SIMD_AVX2 ? "avx2" : best == SMTPWIRE_SIMD_SSE2 ? "sse2" : "other");
    add_rows(s, {1000, 0, 64 << 10, best});
    for (const row &r : s.rows)
        if (!r.baseline)
            count(r.name, r.w->octets.size(), r.w->lines, r.run);
    if (argc < 2)
        return 0;
    std::ifstream manifest(argv[1]);
    while (std::getline(manifest, line))
        if (!hostile(line)) {
            fprintf(stderr, "not understood: %s\n", line.c_str());
            return 1;
        }
    return 0;
}
