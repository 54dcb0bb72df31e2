/* How fast the parsers are, against memchr over the same octets in the same process (Google Benchmark). CPU time, one
 * processor, the workloads in turn; bench/table.py makes a table of the medians. Each run checks what it counted.
 *
 * SPDX-License-Identifier: MIT */
#include "smtpwire.h"
#include "workload.h"

#include <benchmark/benchmark.h>
#include <sched.h>

#include <cstring>
#include <string>
#include <vector>

namespace
{

const size_t LINES = 100000;
smtpwire_options options;

void counted(benchmark::State &state, const workload &w, size_t got, size_t expected)
{
    if (got != expected)
        state.SkipWithError("the count is wrong");
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * w.octets.size()));
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * w.lines));
}

size_t count_lf(const std::string &s)
{
    const char *p = s.data(), *end = p + s.size();
    size_t n = 0;
    while ((p = static_cast<const char *>(memchr(p, '\n', static_cast<size_t>(end - p)))) != nullptr) {
        n++;
        p++;
    }
    return n;
}

void by_memchr(benchmark::State &state, const workload *w)
{
    size_t n = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(n = count_lf(w->octets));
    counted(state, *w, n, w->lines);
}

void by_memcpy(benchmark::State &state, const workload *w)
{
    std::vector<char> to(w->octets.size());
    for (auto _ : state) {
        memcpy(to.data(), w->octets.data(), to.size());
        benchmark::ClobberMemory();
    }
    counted(state, *w, static_cast<size_t>(memcmp(to.data(), w->octets.data(), to.size())), 0);
}

void by_octet(benchmark::State &state, const workload *w)
{
    size_t n = 0;
    for (auto _ : state) {
        const volatile char *p = w->octets.data();
        n = 0;
        for (size_t i = 0; i < w->octets.size(); i++)
            n += p[i] == '\n';
    }
    counted(state, *w, n, w->lines);
}

/* Commands through a session, that many octets more at each push; each is replied to, DATA with a refusal. */
size_t run_server(const std::string &s, size_t piece)
{
    smtpwire_server server;
    smtpwire_event event;
    size_t done = 0, shown = 0, commands = 0;

    smtpwire_server_init(&server, &options);
    smtpwire_server_replied(&server, 220);
    while (done < s.size()) {
        done += smtpwire_server_push(&server, s.data() + done, shown - done, &event);
        if (event.kind == SMTPWIRE_MORE) {
            shown = s.size() - shown < piece ? s.size() : shown + piece;
            continue;
        }
        if (event.kind != SMTPWIRE_COMMAND)
            return 0;
        commands++;
        smtpwire_server_replied(&server, event.command.verb == SMTPWIRE_VERB_DATA ? 554 : 250);
        if (event.command.verb == SMTPWIRE_VERB_QUIT) {
            smtpwire_server_init(&server, &options);
            smtpwire_server_replied(&server, 220);
        }
    }
    return commands;
}

void session(benchmark::State &state, const workload *w, size_t piece)
{
    size_t n = 0;
    for (auto _ : state)
        n = run_server(w->octets, piece);
    counted(state, *w, n, w->lines);
}

size_t run_content(const std::string &s, const smtpwire_options *o, size_t piece)
{
    smtpwire_data data;
    smtpwire_event event;
    size_t done = 0, shown = 0, len = 0;

    smtpwire_data_init(&data, o);
    for (;;) {
        done += smtpwire_data_push(&data, s.data() + done, shown - done, &event);
        if (event.kind == SMTPWIRE_CONTENT)
            len += event.content.len;
        else if (shown == s.size())
            return len;
        else
            shown = s.size() - shown < piece ? s.size() : shown + piece;
    }
}

void content(benchmark::State &state, const workload *w, size_t piece, unsigned simd)
{
    smtpwire_options o = options;
    smtpwire_options none = options;
    size_t n = 0;
    o.simd = static_cast<uint8_t>(simd);
    none.simd = SMTPWIRE_SIMD_NONE;
    for (auto _ : state)
        n = run_content(w->octets, &o, piece);
    counted(state, *w, n, run_content(w->octets, &none, w->octets.size()));
}

void stuff(benchmark::State &state, const workload *w)
{
    size_t n = 0;
    for (auto _ : state) {
        smtpwire_stuff stuffing;
        smtpwire_slice slices[16];
        size_t done = 0, taken = 0;
        n = 0;
        smtpwire_stuff_init(&stuffing, &options);
        while (done < w->octets.size()) {
            const ptrdiff_t count = smtpwire_stuff_push(&stuffing, w->octets.data() + done, w->octets.size() - done,
                                                        &taken, slices, 16, nullptr);
            for (ptrdiff_t i = 0; i < count; i++)
                n += slices[i].len;
            done += taken;
        }
    }
    counted(state, *w, n >= w->octets.size(), 1);
}

/* One line at a time; its end by memchr. */
template <typename Parse> void one_shot(benchmark::State &state, const workload *w, Parse parse)
{
    size_t n = 0;
    for (auto _ : state) {
        const char *p = w->octets.data(), *end = p + w->octets.size();
        n = 0;
        while (p < end) {
            const char *lf = static_cast<const char *>(memchr(p, '\n', static_cast<size_t>(end - p)));
            n += parse(p, static_cast<size_t>(lf - p) - 1);
            p = lf + 1;
        }
    }
    counted(state, *w, n, w->lines);
}

size_t parse_command(const char *line, size_t len)
{
    smtpwire_command command;
    return smtpwire_command_parse(line, len, &options, &command, nullptr) == 0;
}

size_t parse_typed(const char *line, size_t len)
{
    smtpwire_command command;
    smtpwire_parameter parameter;
    if (smtpwire_command_parse(line, len, &options, &command, nullptr) < 0)
        return 0;
    while (smtpwire_parameter_next(&command.parameters, &parameter))
        if (parameter.id == SMTPWIRE_PARAMETER_UNKNOWN)
            return 0;
    return 1;
}

size_t parse_path(const char *line, size_t len)
{
    const char *open = static_cast<const char *>(memchr(line, '<', len));
    const char *close = static_cast<const char *>(memchr(open, '>', len - static_cast<size_t>(open - line)));
    smtpwire_address address;
    return smtpwire_forward_path_parse(open, static_cast<size_t>(close - open) + 1, &options, &address, nullptr,
                                       nullptr) == 0;
}

size_t parse_reply(const char *line, size_t len)
{
    smtpwire_reply reply;
    return smtpwire_reply_parse(line, len, &options, &reply, nullptr) == 0;
}

/* The first line of each reply greets. */
size_t parse_capability(const char *line, size_t len)
{
    static bool greeting = true;
    smtpwire_greeting host;
    smtpwire_capability capability;
    const bool first = greeting;
    greeting = line[3] == ' ';
    return first ? smtpwire_ehlo_greeting_parse(line + 4, len - 4, &options, &host, nullptr) == 0
                 : smtpwire_capability_parse(line + 4, len - 4, &options, &capability, nullptr) == 0;
}

void add(const char *of, const char *what, void (*run)(benchmark::State &, const workload *), const workload *w)
{
    benchmark::RegisterBenchmark((std::string(of) + "/" + what).c_str(), run, w);
}

void add_baselines(const char *of, const workload *w)
{
    add(of, "memchr", by_memchr, w);
    add(of, "memcpy", by_memcpy, w);
    add(of, "octets", by_octet, w);
}

template <typename Parse> void add_one_shot(const char *of, const char *what, const workload *w, Parse parse)
{
    benchmark::RegisterBenchmark((std::string(of) + "/" + what).c_str(),
                                 [w, parse](benchmark::State &state) { one_shot(state, w, parse); });
}

void add_content(const char *of, const workload *w)
{
    static const struct {
        const char *name;
        unsigned simd;
    } kinds[] = {{"none", SMTPWIRE_SIMD_NONE},
                 {"swar", SMTPWIRE_SIMD_SWAR},
                 {"sse2", SMTPWIRE_SIMD_SSE2},
                 {"avx2", SMTPWIRE_SIMD_AVX2},
                 {"neon", SMTPWIRE_SIMD_NEON}};
    add_baselines(of, w);
    for (const auto &kind : kinds) {
        smtpwire_options o = options;
        o.simd = static_cast<uint8_t>(kind.simd);
        if (smtpwire_options_check(&o) < 0 || (kind.simd == SMTPWIRE_SIMD_AVX2 && smtpwire_simd_detect() != kind.simd))
            continue;
        benchmark::RegisterBenchmark((std::string(of) + "/content-" + kind.name).c_str(), content, w, w->octets.size(),
                                     kind.simd);
    }
    benchmark::RegisterBenchmark((std::string(of) + "/content-4096").c_str(), content, w, 4096, options.simd);
    benchmark::RegisterBenchmark((std::string(of) + "/stuff").c_str(), stuff, w);
}

} // namespace

int main(int argc, char **argv)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
    options.extensions = SMTPWIRE_OFFER(SIZE) | SMTPWIRE_OFFER(EIGHTBITMIME) | SMTPWIRE_OFFER(DSN);
    options.simd = static_cast<uint8_t>(smtpwire_simd_detect());

    static const workload w1 = make_commands(LINES), w2 = make_paths(LINES, false), w2q = make_paths(LINES, true);
    static const workload w4 = make_replies(LINES), w4e = make_capabilities(LINES);
    static const workload text = make_text(64 << 20), text_cached = make_text(256 << 10);
    static const workload base64 = make_base64(64 << 20), base64_cached = make_base64(256 << 10);

    static const struct {
        const char *what;
        size_t piece;
    } pieces[] = {{"session", SIZE_MAX}, {"session-4096", 4096}, {"session-64", 64}, {"session-1", 1}};
    add_baselines("W1", &w1);
    for (const auto &p : pieces)
        benchmark::RegisterBenchmark((std::string("W1/") + p.what).c_str(), session, &w1,
                                     p.piece < w1.octets.size() ? p.piece : w1.octets.size());
    add_one_shot("W1", "command", &w1, parse_command);
    add_baselines("W2", &w2);
    add_one_shot("W2", "command", &w2, parse_command);
    add_one_shot("W2", "typed", &w2, parse_typed);
    add_one_shot("W2", "path", &w2, parse_path);
    add_baselines("W2q", &w2q);
    add_one_shot("W2q", "command", &w2q, parse_command);
    add_baselines("W4", &w4);
    add_one_shot("W4", "reply", &w4, parse_reply);
    add_baselines("W4e", &w4e);
    add_one_shot("W4e", "reply", &w4e, parse_reply);
    add_one_shot("W4e", "capability", &w4e, parse_capability);
    add_content("W3-text-64M", &text);
    add_content("W3-text-256K", &text_cached);
    add_content("W3-base64-64M", &base64);
    add_content("W3-base64-256K", &base64_cached);

    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
