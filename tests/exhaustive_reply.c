/* The shorter ways for what most lines of replies are (parser/scan.h, names.h, reply.rl, capability_plain.c,
 * address.rl), held against the machines and loops they spare: they may decide nothing, but never otherwise.
 *
 * Texts up to seven octets behind codes, status codes and keywords, over alphabets that have one octet of each kind;
 * and lines as servers send them with every octet in every two places (of keyword lines a seventh of that). Every name
 * of a table with every octet in every place. "short" is for what runs slowly.
 *
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"
#include "scan.h"

#include "exhaustive.h"

#include <sys/mman.h>
#include <unistd.h>

enum { LONGEST_TEXT = 7, ROOM = 64 };

static char *memory, *memory_end; /* before and behind them nothing may be read */
static uint64_t passed, failed;

static void map_memory(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_READ | PROT_WRITE) != 0)
        abort();
    memory = pages + page;
    memory_end = memory + page;
}

static void tell(bool good, const char *what, const char *line, size_t len)
{
    if (good) {
        passed++;
        return;
    }
    if (failed++ >= EXHAUSTIVE_SHOWN)
        return;
    exhaustive_print(line, len);
    printf(": %s\n", what);
}

/* ---- The scan ------------------------------------------------------------------------------------------------- */

/* One octet of any kind among printable ones, anywhere in a line of any length, where memory begins or ends. */
static void scan_text(void)
{
    bool available = smtpwire__scan_text("printable", 9) != 0;
    for (size_t len = SMTPWIRE__SCAN_TEXT_LEAST; len <= ROOM; len++)
        for (size_t at = 0; at < len; at++)
            for (unsigned octet = 0; octet < 256; octet++)
                for (unsigned end = 0; end < 2; end++) {
                    char *line = end ? memory_end - len : memory;
                    for (size_t i = 0; i < len; i++)
                        line[i] = i % 2 ? ' ' : '~';
                    line[at] = (char)octet;
                    tell(smtpwire__scan_text(line, len) == (available && octet >= 32 && octet <= 126), "scan", line,
                         len);
                }
}

/* ---- Reply lines ---------------------------------------------------------------------------------------------- */

static bool same_reply(const struct smtpwire_reply *a, const struct smtpwire_reply *b)
{
    return a->code == b->code && a->verb == b->verb && a->last == b->last && a->zero == b->zero &&
           a->enhanced[0] == b->enhanced[0] && a->enhanced[1] == b->enhanced[1] && a->enhanced[2] == b->enhanced[2] &&
           a->flags == b->flags && a->text.data == b->text.data && a->text.len == b->text.len;
}

/* The line is moved to where memory ends. */
static void try_reply(const char *octets, size_t len)
{
    static const struct smtpwire_options options[] = {{0}, {.lax = SMTPWIRE_LAX_REPLY_CODE}};
    char *line = memory_end - len;
    if (len != 0)
        memcpy(line, octets, len);
    for (int status = 0; status < 2; status++)
        for (unsigned i = 0; i < SMTPWIRE__COUNT(options); i++) {
            struct smtpwire_reply once, machine;
            struct smtpwire_error once_error = {0}, machine_error = {0};
            memset(&once, 0xA5, sizeof once);
            memset(&machine, 0x5A, sizeof machine);
            tell(smtpwire__reply_parse(line, len, &options[i], status, &once, &once_error) ==
                         smtpwire__reply_machine(line, len, &options[i], status, &machine, &machine_error) &&
                     same_reply(&once, &machine) && once_error.id == machine_error.id &&
                     once_error.offset == machine_error.offset,
                 "reply", line, len);
        }
}

static void reply_texts(size_t longest)
{
    static const char *const behind[] = {"250 ", "550-", "451 4", "250 2.", "554-5.1.", "250 2.1.0", "250 2.1.0 ok"};
    static const char alphabet[8] = {'0', '2', '5', '.', ' ', 'x', '\t', '\x80'};
    char line[ROOM], text[LONGEST_TEXT];
    for (size_t i = 0; i < SMTPWIRE__COUNT(behind); i++) {
        const size_t begin = strlen(behind[i]), most = i < 2 ? longest : longest - 2;
        memcpy(line, behind[i], begin);
        for (size_t len = 0; len <= most; len++)
            for (uint32_t n = 0; n < exhaustive_count(8, len); n++) {
                exhaustive_string(text, len, n, alphabet, 8);
                if (len != 0)
                    memcpy(line + begin, text, len);
                try_reply(line, begin + len);
            }
    }
}

/* Every octet in every place, and in every two. */
static void substitute(const char *line, void (*try)(const char *octets, size_t len), unsigned step)
{
    char octets[ROOM];
    const size_t len = strlen(line);
    for (size_t a = 0; a < len; a++)
        for (unsigned n = 0; n < 256; n++) {
            memcpy(octets, line, len);
            octets[a] = (char)n;
            try(octets, len);
        }
    for (size_t a = 0; a < len; a++)
        for (size_t b = a + 1; b < len; b++)
            for (unsigned n = 0; n < 65536; n += step) {
                memcpy(octets, line, len);
                octets[a] = (char)(n >> 8);
                octets[b] = (char)n;
                try(octets, len);
            }
}

static void replies(bool brief)
{
    static const char *const lines[] = {"250 2.1.0 Ok", "250-2.0.0", "354 Go ahead", "550 5.1.10", "220 x.y "};
    for (size_t i = 0; i < SMTPWIRE__COUNT(lines); i++)
        substitute(lines[i], try_reply, brief ? 251 : 1);
    for (size_t len = 0; len <= 520; len++) { /* across the length that is flagged */
        char line[520];
        memset(line, 'x', sizeof line);
        memcpy(line, "250 2.1.0 ", 10);
        try_reply(line, len);
    }
}

/* ---- Names ---------------------------------------------------------------------------------------------------- */

static char upper(char octet) { return (char)(octet >= 'a' && octet <= 'z' ? octet - 'a' + 'A' : octet); }

static unsigned model_find(const char *(*name_of)(unsigned), unsigned first, unsigned count, bool fold,
                           const char *name, size_t len)
{
    for (unsigned id = first; id < count; id++) {
        const char *there = name_of(id);
        size_t i = 0;
        while (i < len && there[i] != '\0' && (fold ? upper(name[i]) : name[i]) == there[i])
            i++;
        if (i == len && there[len] == '\0' && len != 0)
            return id;
    }
    return count;
}

/* The name ends where memory does, and then stands before other octets: what is looked for ends at a space. */
static void try_name(const char *octets, size_t len)
{
    static const char *const behind[] = {"", " ", "A", " AAAAAAA", "AAAAAAAA", "\xA0"};
    for (size_t i = 0; i < SMTPWIRE__COUNT(behind); i++) {
        const size_t all = len + strlen(behind[i]);
        char *name = memory_end - all;
        size_t word = 0;
        if (len != 0)
            memcpy(name, octets, len);
        memcpy(name + len, behind[i], all - len);
        while (word < all && name[word] != ' ')
            word++;
        const unsigned verb =
            model_find(smtpwire_verb_name, SMTPWIRE_VERB_BDAT_LAST + 1, SMTPWIRE_VERB_COUNT, true, name, all);
        const unsigned capability = model_find(smtpwire_capability_name, SMTPWIRE_CAPABILITY_UNKNOWN + 1,
                                               SMTPWIRE_CAPABILITY_COUNT, true, name, word);
        const unsigned mechanism = model_find(smtpwire_mechanism_name, 0, SMTPWIRE_MECHANISM_COUNT, false, name, word);
        tell(smtpwire__verb_find(name, all) == verb % SMTPWIRE_VERB_COUNT, "verb", name, all);
        tell(smtpwire__capability_find(name, all) == capability % SMTPWIRE_CAPABILITY_COUNT, "keyword", name, all);
        tell(smtpwire__mechanism_bit(name, all) ==
                 (mechanism != SMTPWIRE_MECHANISM_COUNT ? UINT32_C(1) << mechanism : 0),
             "mechanism", name, all);
    }
}

/* Every name whole, cut, made longer, and with every octet in every place. */
static void try_names(const char *(*name_of)(unsigned), unsigned count)
{
    for (unsigned id = 0; id < count; id++) {
        char octets[ROOM] = {0};
        const size_t len = strlen(name_of(id));
        memcpy(octets, name_of(id), len);
        for (size_t cut = 0; cut <= len + 1; cut++)
            try_name(octets, cut);
        for (size_t at = 0; at <= len; at++)
            for (unsigned octet = 0; octet < 256; octet++) {
                const char was = octets[at];
                octets[at] = (char)octet;
                try_name(octets, at < len ? len : len + 1);
                octets[at] = was;
            }
    }
}

/* ---- Lines of an EHLO reply ----------------------------------------------------------------------------------- */

static void try_capability(const char *octets, size_t len)
{
    static const struct smtpwire_options options[] = {
        {0}, {.lax = SMTPWIRE_LAX_CAPABILITY_SPACE | SMTPWIRE_LAX_AUTH_EQUALS}};
    char *line = memory_end - len;
    if (len != 0)
        memcpy(line, octets, len);
    for (unsigned i = 0; i < SMTPWIRE__COUNT(options); i++) {
        struct smtpwire_capability once, machine;
        struct smtpwire_error once_error = {0}, machine_error = {0};
        memset(&once, 0xA5, sizeof once);
        memset(&machine, 0x5A, sizeof machine);
        tell(smtpwire_capability_parse(line, len, &options[i], &once, &once_error) ==
                     smtpwire__capability_machine(line, len, &options[i], &machine, &machine_error) &&
                 /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-*): all of it is written */
                 memcmp(&once, &machine, sizeof once) == 0 && once_error.id == machine_error.id &&
                 once_error.offset == machine_error.offset,
             "keyword line", line, len);
    }
}

/* Behind each keyword all strings of four octets and fewer, behind some longer ones. */
static void capability_texts(bool brief)
{
    static const char *const more[] = {"SIZE 1",
                                       "DELIVERBY 1",
                                       "DELIVERBY 99999999",
                                       "SIZE 999999999999999",
                                       "AUTH PLAIN",
                                       "AUTH",
                                       "LIMITS RCPTMAX=",
                                       "LIMITS rcptmax=1",
                                       "LIMITS MAILMAX=1 RCPTDOMAINMAX=",
                                       "LIMITS MAILMAX=99999",
                                       "limits"};
    static const char alphabet[8] = {' ', '0', '9', 'A', '=', '\x80', '-', '\r'};
    char line[ROOM], text[LONGEST_TEXT];
    for (unsigned id = 0; id < SMTPWIRE_CAPABILITY_COUNT + SMTPWIRE__COUNT(more); id++) {
        const bool is_name = id < SMTPWIRE_CAPABILITY_COUNT;
        const char *begin = is_name ? smtpwire_capability_name(id) : more[id - SMTPWIRE_CAPABILITY_COUNT];
        const size_t used = strlen(begin), longest = is_name || brief ? 4 : 6;
        memcpy(line, begin, used);
        for (size_t len = 0; len <= longest; len++)
            for (uint32_t n = 0; n < exhaustive_count(8, len); n++) {
                exhaustive_string(text, len, n, alphabet, 8);
                if (len != 0)
                    memcpy(line + used, text, len);
                try_capability(line, used + len);
            }
    }
}

static void capabilities(bool brief)
{
    static const char *const lines[] = {"SIZE 35882577",
                                        "DELIVERBY 300",
                                        "SIZE 9999999999999999999",
                                        "SIZE 99999999999999999999",
                                        "auth PLAIN XOAUTH2",
                                        "AUTH CRAM-MD5",
                                        "LIMITS RCPTMAX=100",
                                        "LIMITS MAILMAX=7 RCPTMAX=9",
                                        "LIMITS MAILMAX=7 mailmax=9",
                                        "LIMITS RCPTDOMAINMAX=20",
                                        "PIPELINING",
                                        "DSN"};
    for (size_t i = 0; i < SMTPWIRE__COUNT(lines); i++)
        substitute(lines[i], try_capability, brief ? 251 : 7);
}

/* ---- Hosts ---------------------------------------------------------------------------------------------------- */

/* A domain alone, against the one of a mailbox, which the machine reads. */
static void try_domain(const char *octets, size_t len)
{
    static const struct smtpwire_options options[] = {
        {0},
        {.lax = SMTPWIRE_LAX_UNDERSCORE | SMTPWIRE_LAX_TRAILING_DOT | SMTPWIRE_LAX_EMPTY_ATOM},
        {.limit[SMTPWIRE_LIMIT_DOMAIN] = 4},
        {.limit[SMTPWIRE_LIMIT_LABEL] = 3}};
    char mailbox[2 * ROOM] = "x@", *line = memory_end - len;
    if (len != 0)
        memcpy(line, octets, len);
    memcpy(mailbox + 2, line, len);
    for (unsigned i = 0; i < SMTPWIRE__COUNT(options); i++) {
        struct smtpwire_address alone, within;
        struct smtpwire_error alone_error = {0}, within_error = {0};
        uint32_t alone_flags = 0, within_flags = 0;
        const int accepted = smtpwire_domain_parse(line, len, &options[i], &alone, &alone_flags, &alone_error);
        bool same =
            accepted == smtpwire_mailbox_parse(mailbox, len + 2, &options[i], &within, &within_flags, &within_error);
        if (accepted == 0)
            same = same && alone_flags == within_flags && alone.domain.data == line && alone.domain.len == len &&
                   within.domain.len == len && alone.path.len + alone.local.len + alone.literal.len == 0;
        else
            same = same && alone_error.id == within_error.id && alone_error.offset + 2 == within_error.offset;
        tell(same, "domain", line, len);
    }
}

static void domains(bool brief)
{
    static const char alphabet[7] = {'a', 'Z', '0', '-', '.', '_', '\xC3'};
    static const char *const hosts[] = {"mx1.a-b.example", "192.0.2.1", "a--b", "localhost"};
    char text[ROOM + LONGEST_TEXT];
    for (size_t len = 0; len <= (brief ? 5 : LONGEST_TEXT); len++)
        for (uint32_t n = 0; n < exhaustive_count(7, len); n++) {
            exhaustive_string(text, len, n, alphabet, 7);
            try_domain(text, len);
        }
    for (size_t i = 0; i < SMTPWIRE__COUNT(hosts); i++)
        substitute(hosts[i], try_domain, brief ? 251 : 7);
    memset(text, 'a', sizeof text);
    for (size_t len = 60; len <= sizeof text; len++) /* across the longest label */
        for (size_t dot = 0; dot < len; dot++) {
            try_domain(text, len);
            text[dot] = '.';
            try_domain(text, len);
            text[dot] = 'a';
        }
}

int main(int argc, char **argv)
{
    const bool brief = argc == 2 && strcmp(argv[1], "short") == 0;
    if (argc > 1 + brief) {
        fprintf(stderr, "usage: %s [short]\n", argv[0]);
        return EXIT_FAILURE;
    }
    map_memory();
    scan_text();
    reply_texts(brief ? 4 : LONGEST_TEXT);
    replies(brief);
    try_names(smtpwire_verb_name, SMTPWIRE_VERB_COUNT);
    try_names(smtpwire_capability_name, SMTPWIRE_CAPABILITY_COUNT);
    try_names(smtpwire_mechanism_name, SMTPWIRE_MECHANISM_COUNT);
    capability_texts(brief);
    capabilities(brief);
    domains(brief);
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
