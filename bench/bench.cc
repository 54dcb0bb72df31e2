/* How fast the parsers are, against memchr over the same octets in the same process (Google Benchmark). CPU time, one
 * processor, all rows in turn (--benchmark_enable_random_interleaving); bench/table.py makes tables of the medians.
 * Each row checks what it added up.
 *
 * SPDX-License-Identifier: MIT */
#include "rows.h"

#if defined(BENCH_PEERS)
#include "peers.h"
#endif

#include <benchmark/benchmark.h>
#include <gnu/libc-version.h>
#include <sched.h>

#include <algorithm>
#include <ctime>

namespace
{

double cpu_seconds()
{
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

double seconds_of(const row &r, int passes, total &t)
{
    const double begin = cpu_seconds();
    for (int i = 0; i < passes; i++) {
        benchmark::DoNotOptimize(t = r.run());
        benchmark::ClobberMemory();
    }
    return cpu_seconds() - begin;
}

/* What a pass takes while nothing else is on the same core: what other machines do on its other thread comes and goes
 * within milliseconds, and makes rows slower, some more than others. So a repetition is many goes, each long enough for
 * the clock and, where a pass is short, short enough to fall between; and what counts is the fastest. */
double seconds_of_pass(const row &r, total &t)
{
    const double go = 0.5e-3, repetition = 0.2;
    const int least = 5;
    int passes = 1, goes = 0;
    double spent = 0, fastest = 1e9;

    while (seconds_of(r, passes, t) < go)
        passes *= 2;
    for (; goes < least || spent < repetition; goes++) {
        const double took = seconds_of(r, passes, t);
        fastest = std::min(fastest, took);
        spent += took;
    }
    return fastest / passes;
}

void measure(benchmark::State &state, const row *of)
{
    const row &r = *of;
    total t = {0, 0, 0, 0};
    for (auto _ : state)
        state.SetIterationTime(seconds_of_pass(r, t));
    if (t.lines != r.expected.lines || t.parts != r.expected.parts || t.values != r.expected.values)
        state.SkipWithError("what it added up is wrong");
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * r.w->octets.size()));
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * r.w->lines));
    if (t.pushes != 0)
        state.counters["pushes"] = static_cast<double>(t.pushes);
}

/* What the processor's clock does while one program computes: a multiplication that waits for the one before it takes
 * three cycles on every x86-64 and four on most of the rest. */
double gigahertz()
{
    const int rounds = 100000000;
#if defined(__x86_64__)
    const double cycles = 3;
#else
    const double cycles = 4;
#endif
    uint64_t x = 3;
    const clock_t begin = clock();
    for (int i = 0; i < rounds; i++) {
        x *= x;
        benchmark::DoNotOptimize(x);
    }
    return cycles * rounds / (static_cast<double>(clock() - begin) / CLOCKS_PER_SEC) / 1e9;
}

const char *simd_name(unsigned simd)
{
    static const char *const names[] = {"detect", "none", "swar", "sse2", "avx2", "neon"};
    return names[simd];
}

} // namespace

int main(int argc, char **argv)
{
    cpu_set_t one;
    suite s;
    const sizes z = {100000, 64 << 20, 256 << 10, smtpwire_simd_detect()};

    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
    add_rows(s, z);
#if defined(BENCH_PEERS)
    add_peers(s);
#endif
    for (const row &r : s.rows)
        benchmark::RegisterBenchmark(r.name.c_str(), measure, &r)->Iterations(1)->UseManualTime();
    benchmark::AddCustomContext("simd", simd_name(z.best));
    benchmark::AddCustomContext("gigahertz", std::to_string(gigahertz()));
    benchmark::AddCustomContext("compiler", __VERSION__);
    benchmark::AddCustomContext("libc", gnu_get_libc_version());
    benchmark::AddCustomContext("sizeof server", std::to_string(sizeof(smtpwire_server)));
    benchmark::AddCustomContext("sizeof client", std::to_string(sizeof(smtpwire_client)));
    benchmark::AddCustomContext("sizeof data", std::to_string(sizeof(smtpwire_data)));
    benchmark::AddCustomContext("sizeof event", std::to_string(sizeof(smtpwire_event)));
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
