/* The shorter ways for what most lines of replies are (parser/scan.h, reply.rl), held against the machine they spare:
 * they may decide nothing, but never otherwise.
 *
 * Texts up to seven octets behind codes and status codes, over an alphabet that has one octet of each kind; and lines
 * as servers send them with every octet in every two places. "short" is for what runs slowly.
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

/* Every octet in every two places. */
static void substitute(const char *line, void (*try)(const char *octets, size_t len), unsigned step)
{
    char octets[ROOM];
    const size_t len = strlen(line);
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
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
