/* Paths, exhaustively: the shorter way that parser/plain.c has for plain ones, with each kind of instruction, against
 * the machine of address.rl: over every string of up to seven octets behind "<" from an alphabet with one of each kind;
 * for every two octets of all 256 at each place of a plain path; over every word that leads to a state of the machine
 * of plain paths and one octet of all 256 behind it, its local part and its domain made longer to each length up to 70.
 * Each is at the end of what may be read, with and without octets before it, and with octets behind it that may be
 * read, and mean nothing. Where the shorter way is taken, the octet behind, spans, flags and checks are the machine's;
 * where a path is plain and short and nothing unusual is in it, it is taken.
 *
 * SPDX-License-Identifier: MIT
 */
#include "plain.h"
#include "scanners.h"

#include "exhaustive.h"

enum { LETTERS = 9, LONGEST = 7, ROOM = 256 };

static const char alphabet[LETTERS] = {'a', '1', '.', '-', '@', '>', '_', ' ', '"'};
static const unsigned every_simd[] = {SMTPWIRE_SIMD_NONE, SMTPWIRE_SIMD_SWAR, SMTPWIRE_SIMD_SSE2, SMTPWIRE_SIMD_AVX2,
                                      SMTPWIRE_SIMD_NEON};
static unsigned scanners[5], scanner_count;
static uint64_t passed, failed, taken;
static unsigned char *memory_end; /* behind it nothing may be read */

static bool same_slice(struct smtpwire_slice a, struct smtpwire_slice b) { return a.data == b.data && a.len == b.len; }

static bool same_address(const struct smtpwire_address *a, const struct smtpwire_address *b)
{
    return same_slice(a->path, b->path) && same_slice(a->route, b->route) && same_slice(a->local, b->local) &&
           same_slice(a->domain, b->domain) && same_slice(a->literal, b->literal);
}

/* Short enough, and of letters, digits, dots, hyphens and one "@" alone: no instructions may leave it to the machine.
 */
static bool is_usual(const struct smtpwire_address *address)
{
    for (size_t i = 0; i + 2 < address->path.len; i++) {
        const char octet = address->path.data[1 + i];
        if (!((octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9') || octet == '.' || octet == '-' ||
              octet == '@'))
            return false;
    }
    return address->path.len > 2 && address->path.len <= 65 && address->local.len != 0 && address->domain.len != 0 &&
           address->route.data == NULL;
}

/* What the machine and the checks say of the path at text[at]. */
struct said {
    struct smtpwire_address address;
    uint32_t flags;
    const unsigned char *behind;
    bool good;
};

static void ask_machine(enum smtpwire__address_kind kind, const unsigned char *p, const unsigned char *pe,
                        struct said *said)
{
    struct smtpwire__marks marks = {0};
    struct smtpwire__judged judged = {0};
    struct smtpwire_error error;
    memset(&said->address, 0, sizeof said->address);
    marks.address = &said->address;
    said->behind = p == pe ? NULL : smtpwire__address_machine(kind, p, pe, &marks);
    judged.data = (const char *)p;
    judged.viable = said->behind != NULL ? (size_t)(said->behind - p) : 0;
    judged.len = judged.viable; /* what stands behind is for others */
    judged.accepted = judged.open_local = 1;
    judged.utf8 = SMTPWIRE__UTF8_FORBIDDEN;
    said->good =
        said->behind != NULL && smtpwire__check(&judged, &marks, NULL, SMTPWIRE_ERROR_ADDRESS_SYNTAX, &error) == 0;
    said->flags = said->good ? smtpwire__address_flags(&marks) : 0;
}

static void compare(enum smtpwire__address_kind kind, const char *first, size_t before, size_t len, size_t behind)
{
    const unsigned char *p = (const unsigned char *)first + before;
    struct said expected, ended;
    ask_machine(kind, p, p + len, &expected);
    for (size_t i = 0; i < scanner_count; i++) {
        const unsigned simd = scanners[i];
        const struct smtpwire__plain plain = {{first, before + len}, before + len + behind, NULL, 0, simd};
        struct smtpwire_address address = {0};
        uint32_t flags = 0;
        const size_t stop = smtpwire__plain_path(&plain, (unsigned)before + 1, &address, &flags);
        const unsigned char *end = stop != 0 ? (const unsigned char *)first + stop : NULL;
        if (end != NULL && end != p + len && *end != ' ' && *end != '\t')
            ask_machine(kind, p, end, &ended); /* what stands behind is for the caller to judge */
        else
            ended = expected;
        bool same = end == NULL ? !ended.good || !is_usual(&ended.address)
                                : ended.good && end == ended.behind && flags == ended.flags &&
                                      same_address(&address, &ended.address);
        taken += end != NULL;
        if (same) {
            passed++;
            continue;
        }
        if (failed++ < EXHAUSTIVE_SHOWN) {
            exhaustive_print(first + before, len);
            printf(": not as the machine has it, instructions %u, %zu before, %zu behind\n", simd, before, behind);
        }
    }
}

/* Where the octets are may matter to loads: bits of where to try it. */
enum { ALONE = 1, IN_SHORT_LINE = 2, IN_LONG_LINE = 4, IN_BUFFER = 8, EVERYWHERE = 15 };

static void try_path(enum smtpwire__address_kind kind, const char *text, size_t len, unsigned where)
{
    static const struct {
        size_t before, behind;
    } places[] = {{0, 0}, {8, 0}, {40, 0}, {8, 64}};
    for (size_t i = 0; i < SMTPWIRE__COUNT(places); i++) {
        if ((where >> i & 1) == 0)
            continue;
        unsigned char *p = memory_end - places[i].behind - len;
        memset(p - places[i].before, 'a', places[i].before);
        memcpy(p, text, len);
        if (places[i].behind != 0) {
            memset(p + len, 'a', places[i].behind);
            p[len] = len & 1 ? '\r' : '>';
        }
        compare(kind, (const char *)p - places[i].before, places[i].before, len, places[i].behind);
    }
}

static void strings(void)
{
    char text[1 + LONGEST];
    text[0] = '<';
    for (size_t len = 0; len <= LONGEST; len++)
        for (uint32_t n = 0; n < exhaustive_count(LETTERS, len); n++) {
            exhaustive_string(text + 1, len, n, alphabet, LETTERS);
            try_path(n & 1 ? SMTPWIRE__REVERSE_PATH : SMTPWIRE__FORWARD_PATH, text, 1 + len, IN_LONG_LINE);
        }
}

/* Two octets, each any, in each place of a plain path and of what may stand behind it. */
static void octets(void)
{
    static const char path[] = "<ab.c+d@e-f.g1> S";
    char text[sizeof path - 1];
    for (size_t i = 0; i + 1 < sizeof text; i++)
        for (unsigned pair = 0; pair < 65536; pair++)
            for (size_t len = sizeof text - 2; len <= sizeof text; len += 2) {
                memcpy(text, path, sizeof text);
                text[i] = (char)(pair >> 8);
                text[i + 1] = (char)(pair & 255);
                try_path(pair & 1 ? SMTPWIRE__REVERSE_PATH : SMTPWIRE__FORWARD_PATH, text, len,
                         IN_SHORT_LINE | IN_BUFFER);
            }
}

/* Each state of "<" Dot-string "@" Domain ">" is reached by a piece of local part and one of domain: its beginning,
 * behind an octet of each kind, and the end. Between what is there and the "@", or the end, is filler of every length.
 */
static size_t pad(char *to, const char *piece, size_t filler)
{
    size_t len = strlen(piece);
    memset(to, 'x', filler);
    memcpy(to + filler, piece, len);
    return filler + len;
}

static void lengths(void)
{
    static const char *const locals[] = {"a", "a.", ".a", "a.b", "+", ""}, *const domains[] = {"a",  "1",    "a-",
                                                                                               "-a", "a.b",  "a.",
                                                                                               ".a", "a--b", ""};
    static const char *const behind[] = {"", ">", "> S", ">\t", ">x", "x"};
    char text[ROOM];
    for (size_t l = 0; l < SMTPWIRE__COUNT(locals); l++)
        for (size_t d = 0; d < SMTPWIRE__COUNT(domains); d++)
            for (size_t first = 0; first <= 70; first++)
                for (size_t second = 0; second <= 70 && first + second <= 72; second++)
                    for (size_t b = 0; b < SMTPWIRE__COUNT(behind); b++) {
                        size_t len = 1;
                        text[0] = '<';
                        len += pad(text + len, locals[l], first);
                        text[len++] = '@';
                        len += pad(text + len, domains[d], second);
                        len += pad(text + len, behind[b], 0);
                        try_path(SMTPWIRE__FORWARD_PATH, text, len, EVERYWHERE);
                    }
}

/* Any octet at every place of a path of every length, which is all letters but for that and "@". */
static void places(void)
{
    char text[ROOM];
    for (size_t len = 3; len <= 66; len++)
        for (unsigned way = 0; way < 3; way++)
            for (size_t place = 0; place < len; place++)
                for (unsigned octet = 0; octet < 256; octet++) {
                    const size_t at = way == 0 ? 1 : way == 1 ? len / 2 : len - 2;
                    memset(text + 1, 'x', len);
                    text[0] = '<';
                    text[1 + at] = '@';
                    text[1 + place] = (char)octet;
                    text[1 + len] = '>';
                    try_path(SMTPWIRE__REVERSE_PATH, text, len + 2, IN_LONG_LINE | IN_BUFFER);
                }
}

int main(int argc, char **argv)
{
    const bool is_short = argc > 1 && strcmp(argv[1], "short") == 0;
    memory_end = guarded_end();
    scanner_count = find_scanners(every_simd, SMTPWIRE__COUNT(every_simd), scanners);
    if (!is_short) {
        strings();
        places();
    }
    octets();
    lengths();
    if (taken < 100000) /* nearly nothing would be compared */
        failed++;
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
