/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

/* The machines alone: the library built with SMTPWIRE_ONLY_NONE, its names begun so (Makefile, RENAME). */
extern "C" decltype(smtpwire_command_parse) none_smtpwire_command_parse;
extern "C" decltype(smtpwire_parameter_next) none_smtpwire_parameter_next;

namespace
{

const struct kind {
    const char *suffix;
    unsigned simd;
} kinds[] = {{"-avx2", SMTPWIRE_SIMD_AVX2},
             {"-neon", SMTPWIRE_SIMD_NEON},
             {"-sse2", SMTPWIRE_SIMD_SSE2},
             {"-swar", SMTPWIRE_SIMD_SWAR},
             {"-none", SMTPWIRE_SIMD_NONE}};

smtpwire_options options_with(unsigned simd)
{
    smtpwire_options o = {};
    o.extensions = SMTPWIRE_OFFER(SIZE) | SMTPWIRE_OFFER(EIGHTBITMIME) | SMTPWIRE_OFFER(DSN) |
                   SMTPWIRE_OFFER(SMTPUTF8) | SMTPWIRE_OFFER(CHUNKING);
    o.simd = static_cast<uint8_t>(simd);
    return o;
}

bool there_is(unsigned simd, const sizes &z)
{
    const smtpwire_options o = options_with(simd);
    return smtpwire_options_check(&o) == 0 && (simd != SMTPWIRE_SIMD_AVX2 || z.best == SMTPWIRE_SIMD_AVX2);
}

/* Calls add(suffix, options) for the best, which has no suffix, and for what else there is but the slowest. */
template <typename Add> void for_kinds(const sizes &z, Add add)
{
    add(std::string(), options_with(z.best));
    for (const kind &k : kinds)
        if (k.simd != z.best && k.simd != SMTPWIRE_SIMD_NONE && there_is(k.simd, z))
            add(k.suffix, options_with(k.simd));
}

/* ---- Baselines ---- */

size_t count_lf(const char *p, size_t len)
{
    const char *end = p + len;
    size_t n = 0;
    while ((p = static_cast<const char *>(memchr(p, '\n', static_cast<size_t>(end - p)))) != nullptr) {
        n++;
        p++;
    }
    return n;
}

total by_memchr(const std::string &s, size_t piece)
{
    total t = {0, 0, 0, 0};
    for (size_t i = 0; i < s.size(); i += piece)
        t.lines += count_lf(s.data() + i, s.size() - i < piece ? s.size() - i : piece);
    return t;
}

total by_memcpy(const std::string &s, std::vector<char> &to)
{
    memcpy(to.data(), s.data(), s.size());
    return {0, static_cast<size_t>(to[s.size() / 2] == s[s.size() / 2]), 0, 0};
}

total by_octet(const std::string &s)
{
    const volatile char *p = s.data();
    total t = {0, 0, 0, 0};
    for (size_t i = 0; i < s.size(); i++)
        t.lines += p[i] == '\n';
    return t;
}

/* Loads and ORs all octets: no parser that looks at each can be faster. */
#if defined(__x86_64__)
__attribute__((target_clones("avx2", "default")))
#endif
__attribute__((optimize("O3"))) total
by_or(const std::string &s)
{
    const char *p = s.data();
    unsigned char all = 0;
    for (size_t i = 0, len = s.size(); i < len; i++)
        all |= static_cast<unsigned char>(p[i]);
    return {0, all, 0, 0};
}

void add_baselines(suite &s, const std::string &of, const workload *w)
{
    s.add(
        of + "/memchr", w, {w->lines, 0, 0, 0}, [w] { return by_memchr(w->octets, w->octets.size()); }, true);
    std::vector<char> to(w->octets.size());
    s.add(
        of + "/memcpy", w, {0, 1, 0, 0}, [w, to]() mutable { return by_memcpy(w->octets, to); }, true);
    s.add(
        of + "/octets", w, {w->lines, 0, 0, 0}, [w] { return by_octet(w->octets); }, true);
}

/* ---- One line at a time; its end by memchr ---- */

template <typename Parse> total one_shot(const std::string &s, Parse parse)
{
    const char *p = s.data(), *end = p + s.size();
    total t = {0, 0, 0, 0};
    while (p < end) {
        const char *lf = static_cast<const char *>(memchr(p, '\n', static_cast<size_t>(end - p)));
        t.lines += parse(p, static_cast<size_t>(lf - p) - 1, t);
        p = lf + 1;
    }
    return t;
}

size_t parts_of(const smtpwire_address &a) { return a.local.len + a.domain.len + a.literal.len; }

size_t parse_command(const char *line, size_t len, const smtpwire_options &o, total &t)
{
    smtpwire_command command;
    if (smtpwire_command_parse(line, len, &o, &command, nullptr) < 0)
        return 0;
    t.parts += parts_of(command.address);
    return 1;
}

/* Of this library, or of the one without any shorter way. */
template <decltype(smtpwire_command_parse) parse, decltype(smtpwire_parameter_next) next>
size_t parse_parameters(const char *line, size_t len, const smtpwire_options &o, total &t)
{
    smtpwire_command command;
    smtpwire_parameter parameter;
    if (parse(line, len, &o, &command, nullptr) < 0)
        return 0;
    t.parts += parts_of(command.address);
    while (next(&command.parameters, &parameter))
        t.values += parameter.value.len;
    return 1;
}

constexpr auto parse_typed = parse_parameters<smtpwire_command_parse, smtpwire_parameter_next>;
constexpr auto parse_grammar = parse_parameters<none_smtpwire_command_parse, none_smtpwire_parameter_next>;

size_t parse_path(const char *line, size_t len, const smtpwire_options &o, total &t)
{
    const char *open = static_cast<const char *>(memchr(line, '<', len)), *close = open;
    bool quoted = false;
    for (; quoted || *close != '>'; close++)
        quoted ^= *close == '"' && close[-1] != '\\';
    smtpwire_address address;
    if (smtpwire_forward_path_parse(open, static_cast<size_t>(close - open) + 1, &o, &address, nullptr, nullptr) < 0)
        return 0;
    t.parts += parts_of(address);
    return 1;
}

size_t parse_mailbox(const char *line, size_t len, const smtpwire_options &o, total &t)
{
    smtpwire_address address;
    if (smtpwire_mailbox_parse(line, len, &o, &address, nullptr, nullptr) < 0)
        return 0;
    t.parts += parts_of(address);
    return 1;
}

size_t parse_reply(const char *line, size_t len, const smtpwire_options &o, total &t)
{
    smtpwire_reply reply;
    if (smtpwire_reply_parse(line, len, &o, &reply, nullptr) < 0)
        return 0;
    t.parts += reply.text.len;
    return 1;
}

/* The first line of each reply greets. */
size_t parse_text(const char *text, size_t len, bool greets, const smtpwire_options &o, total &t)
{
    smtpwire_greeting greeting;
    smtpwire_capability capability;
    if (greets)
        return smtpwire_ehlo_greeting_parse(text, len, &o, &greeting, nullptr) == 0;
    if (smtpwire_capability_parse(text, len, &o, &capability, nullptr) < 0)
        return 0;
    t.values += capability.keyword.len + capability.parameters.len;
    return 1;
}

total capabilities(const std::string &s, const smtpwire_options &o)
{
    bool greets = true;
    return one_shot(s, [&](const char *line, size_t len, total &t) {
        const bool first = greets;
        greets = line[3] == ' ';
        return parse_text(line + 4, len - 4, first, o, t);
    });
}

/* The line as a reply, then what it offers. */
total typed_capabilities(const std::string &s, const smtpwire_options &o)
{
    bool greets = true;
    return one_shot(s, [&](const char *line, size_t len, total &t) {
        const bool first = greets;
        smtpwire_reply reply;
        if (smtpwire_reply_parse(line, len, &o, &reply, nullptr) < 0)
            return static_cast<size_t>(0);
        greets = reply.last;
        t.parts += reply.text.len;
        return parse_text(reply.text.data, reply.text.len, first, o, t);
    });
}

size_t decode(const char *line, size_t len, total &t)
{
    char text[256];
    const ptrdiff_t n = smtpwire_xtext_decode({line, len}, text, sizeof text);
    t.parts += n < 0 ? 0 : static_cast<size_t>(n);
    return n >= 0;
}

template <size_t parse(const char *, size_t, const smtpwire_options &, total &)>
void add_one_shot(suite &s, const std::string &name, const workload *w, total expected, const smtpwire_options &o)
{
    s.add(name, w, expected, [w, o] {
        return one_shot(w->octets, [&](const char *line, size_t len, total &t) { return parse(line, len, o, t); });
    });
}

/* ---- The rows ---- */

void add_commands(suite &s, const sizes &z)
{
    const workload *w = s.keep(make_commands(z.lines));
    const size_t whole = w->octets.size();
    const total expected = {w->lines, w->parts, 0, 0};
    const smtpwire_options best = options_with(z.best);
    add_baselines(s, "W1", w);
    for_kinds(z, [&](const std::string &suffix, const smtpwire_options &o) {
        s.add("W1/session" + suffix, w, expected, [w, o, whole] { return run_server(w->octets, o, whole); });
    });
    for (const size_t piece : {4096, 64, 1})
        s.add("W1/session-" + std::to_string(piece), w, expected,
              [w, best, piece] { return run_server(w->octets, best, piece); });
    s.add("W1/line", w, {w->lines, whole - 2 * w->lines, 0, 0}, [w, best] { return run_lines(w->octets, best); });
    add_one_shot<parse_command>(s, "W1/command", w, expected, best);
}

void add_paths(suite &s, const sizes &z, const std::string &of, path_kind kind)
{
    const workload *w = s.keep(make_paths(z.lines, kind));
    const total parts = {w->lines, w->parts, 0, 0}, typed = {w->lines, w->parts, w->values, 0};
    add_baselines(s, of, w);
    for_kinds(z, [&](const std::string &suffix, smtpwire_options o) {
        o.smtputf8 = kind == PATH_UNICODE;
        add_one_shot<parse_command>(s, of + "/command" + suffix, w, parts, o);
        add_one_shot<parse_typed>(s, of + "/typed" + suffix, w, typed, o);
        add_one_shot<parse_path>(s, of + "/path" + suffix, w, parts, o);
    });
    smtpwire_options o = options_with(SMTPWIRE_SIMD_NONE);
    o.smtputf8 = kind == PATH_UNICODE;
    add_one_shot<parse_grammar>(s, of + "/grammar", w, typed, o);
}

/* The same lines with keywords that no table has: their parameters are framed and are well-formed, no more. */
void add_generic(suite &s, const sizes &z)
{
    const workload *w = s.keep(make_paths(z.lines, PATH_GENERIC));
    const total expected = {w->lines, w->parts, w->values, 0};
    for_kinds(z, [&](const std::string &suffix, smtpwire_options o) {
        o.lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER;
        add_one_shot<parse_typed>(s, "W2/generic" + suffix, w, expected, o);
    });
}

void add_replies(suite &s, const sizes &z)
{
    const workload *w = s.keep(make_replies(z.lines)), *e = s.keep(make_capabilities(z.lines));
    add_baselines(s, "W4", w);
    add_baselines(s, "W4e", e);
    for_kinds(z, [&](const std::string &suffix, const smtpwire_options &o) {
        add_one_shot<parse_reply>(s, "W4/reply" + suffix, w, {w->lines, w->parts, 0, 0}, o);
        add_one_shot<parse_reply>(s, "W4e/reply" + suffix, e, {e->lines, e->parts, 0, 0}, o);
        s.add("W4e/capability" + suffix, e, {e->lines, 0, e->values, 0}, [e, o] { return capabilities(e->octets, o); });
        s.add("W4e/typed" + suffix, e, {e->lines, e->parts, e->values, 0},
              [e, o] { return typed_capabilities(e->octets, o); });
        s.add("W4e/client" + suffix, e, {e->lines, e->parts, 0, 0},
              [e, o] { return run_client(e->octets, o, SMTPWIRE_VERB_EHLO); });
    });
}

std::string unstuffed(const std::string &s)
{
    std::string t;
    t.reserve(s.size());
    for (size_t i = 0; i < s.size(); i++)
        if (s[i] != '.' || (i != 0 && s[i - 1] != '\n'))
            t += s[i];
    return t;
}

void add_content_row(suite &s, const std::string &name, const workload *w, const std::string &wanted,
                     const smtpwire_options &o, size_t piece)
{
    std::string delivered;
    delivered.reserve(wanted.size());
    run_content(w->octets, o, piece, &delivered);
    if (delivered != wanted) {
        fprintf(stderr, "%s: the content is wrong\n", name.c_str());
        exit(1);
    }
    s.add(name, w, {0, w->parts, 0, 0}, [w, o, piece] { return run_content(w->octets, o, piece, nullptr); });
}

/* pieces: also in small ones. */
void add_content(suite &s, const sizes &z, const std::string &of, workload made, bool pieces)
{
    const workload *w = s.keep(std::move(made));
    const size_t whole = w->octets.size();
    const smtpwire_options best = options_with(z.best);
    const std::string wanted = unstuffed(w->octets);
    add_baselines(s, of, w);
    s.add(
        of + "/or", w, by_or(w->octets), [w] { return by_or(w->octets); }, true);
    for (const kind &k : kinds) {
        if (!there_is(k.simd, z))
            continue;
        const smtpwire_options o = options_with(k.simd);
        add_content_row(s, of + "/content" + k.suffix, w, wanted, o, whole);
        s.add(of + "/stuff" + k.suffix, w, {0, whole + (whole - w->parts), 0, 0},
              [w, o] { return run_stuff(w->octets, o); });
    }
    add_content_row(s, of + "/content-4096", w, wanted, best, 4096);
    if (!pieces)
        return;
    s.add(
        of + "/memchr-64", w, {w->lines, 0, 0, 0}, [w] { return by_memchr(w->octets, 64); }, true);
    add_content_row(s, of + "/content-64", w, wanted, best, 64);
    add_content_row(s, of + "/content-1", w, wanted, best, 1);
}

void add_chunks(suite &s, const sizes &z)
{
    const workload *w = s.keep(make_chunks(z.lines));
    const total expected = {w->lines, w->parts, 0, 0};
    const smtpwire_options o = options_with(z.best);
    add_baselines(s, "BDAT", w);
    for (const size_t piece : {w->octets.size(), static_cast<size_t>(64)})
        s.add(piece == 64 ? "BDAT/session-64" : "BDAT/session", w, expected,
              [w, o, piece] { return run_server(w->octets, o, piece); });
}

void add_values(suite &s, const sizes &z)
{
    const workload *x = s.keep(make_xtext(z.lines)), *u = s.keep(make_utf8(z.lines));
    smtpwire_options o = options_with(z.best);
    add_baselines(s, "xtext", x);
    s.add("xtext/decode", x, {x->lines, x->parts, 0, 0}, [x] { return one_shot(x->octets, decode); });
    o.smtputf8 = 1;
    add_baselines(s, "utf8", u);
    add_one_shot<parse_mailbox>(s, "utf8/mailbox", u, {u->lines, u->parts, 0, 0}, o);
}

/* ---- Writers ---- */

/* What was parsed, few enough to stay in cache. */
template <typename Parsed, typename Parse> std::vector<Parsed> parsed_lines(const workload *w, Parse parse)
{
    std::vector<Parsed> all;
    one_shot(w->octets, [&](const char *line, size_t len, total &) {
        Parsed one = {};
        parse(line, len, &one);
        all.push_back(one);
        return static_cast<size_t>(1);
    });
    return all;
}

template <typename Parsed, typename Write> total write_all(const std::vector<Parsed> &all, Write write)
{
    char buf[1024];
    total t = {0, 0, 0, 0};
    for (const Parsed &one : all) {
        const ptrdiff_t n = write(&one, buf, sizeof buf);
        t.lines += n > 0;
        t.parts += n > 0 ? static_cast<size_t>(n) : 0;
    }
    return t;
}

void add_writers(suite &s, const sizes &z)
{
    const size_t lines = z.lines < 500 ? z.lines : 500;
    const workload *w = s.keep(make_paths(lines, PATH_USUAL)), *r = s.keep(make_replies(lines));
    const workload *x = s.keep(make_xtext(lines));
    const smtpwire_options o = options_with(z.best);
    const auto commands = parsed_lines<smtpwire_command>(w, [&](const char *line, size_t len, smtpwire_command *c) {
        smtpwire_command_parse(line, len, &o, c, nullptr);
    });
    const auto replies = parsed_lines<smtpwire_reply>(r, [&](const char *line, size_t len, smtpwire_reply *reply) {
        smtpwire_reply_parse(line, len, &o, reply, nullptr);
    });
    const auto texts = parsed_lines<smtpwire_slice>(x, [&](const char *line, size_t len, smtpwire_slice *text) {
        *text = {line, len};
    });
    size_t encoded = x->octets.size() - 2 * x->lines;
    for (const char c : x->octets)
        encoded += c == '+' ? 2 : 0;
    add_baselines(s, "write-command", w);
    s.add("write-command/write", w, {w->lines, w->octets.size(), 0, 0}, [commands, o] {
        return write_all(commands, [&](const smtpwire_command *c, char *buf, size_t size) {
            return smtpwire_command_write(c, &o, buf, size, nullptr);
        });
    });
    add_baselines(s, "write-reply", r);
    s.add("write-reply/write", r, {r->lines, r->octets.size(), 0, 0}, [replies, o] {
        return write_all(replies, [&](const smtpwire_reply *reply, char *buf, size_t size) {
            return smtpwire_reply_write(reply, &o, buf, size, nullptr);
        });
    });
    add_baselines(s, "write-xtext", x);
    s.add("write-xtext/write", x, {x->lines, encoded, 0, 0}, [texts] {
        return write_all(texts, [&](const smtpwire_slice *text, char *buf, size_t size) {
            return smtpwire_xtext_write(text->data, text->len, buf, size, nullptr);
        });
    });
}

} // namespace

void add_rows(suite &s, const sizes &z)
{
    add_commands(s, z);
    add_paths(s, z, "W2", PATH_USUAL);
    add_generic(s, z);
    add_paths(s, z, "W2q", PATH_UNUSUAL);
    add_paths(s, z, "W2u", PATH_UNICODE);
    add_replies(s, z);
    add_content(s, z, "W3-text-256K", make_text(z.cached), true);
    add_content(s, z, "W3-base64-256K", make_base64(z.cached), true);
    /* How many lines end in 64 octets cannot be foreseen. */
    add_content(s, z, "W3-lengths-256K", make_lengths(z.cached), false);
    if (z.large != 0) {
        add_content(s, z, "W3-text-64M", make_text(z.large), false);
        add_content(s, z, "W3-base64-64M", make_base64(z.large), false);
    }
    add_chunks(s, z);
    add_values(s, z);
    add_writers(s, z);
}
