/* The skips over many octets at a time (parser/scan.h, line.c), exhaustively: strings over CR, LF, ".", NUL, "x" and an
 * octet over 127 at every position relative to the blocks of 64 octets, in buffers that end where memory does.
 *
 * Each scanner is held against a model that reads octet by octet what scan.h says. Then content and dot-stuffing with
 * each scanner are held against the same with none, and lines at once against lines octet by octet, in which there are
 * never enough octets for a skip. Text is printable or not by each of its octets, and has words up to each space.
 * "short" is for what runs slowly.
 *
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"
#include "scanners.h"

#include "exhaustive.h"

enum { LETTERS = 6, LONGEST_CROSSING = 8, LONGEST_ANYWHERE = 5, LONGEST_STREAM = 5, BLOCK = 64, ROOM = 4 * BLOCK + 16 };

static const char alphabet[LETTERS] = {'\r', '\n', '.', '\0', 'x', '\x80'};
static const unsigned every_simd[] = {SMTPWIRE_SIMD_SWAR, SMTPWIRE_SIMD_SSE2, SMTPWIRE_SIMD_AVX2, SMTPWIRE_SIMD_NEON};

static unsigned scanners[4], scanner_count;
static unsigned char *memory_end; /* behind it nothing may be read */
static uint64_t passed, failed;

static void tell(bool good, const char *what, unsigned simd, const unsigned char *octets, size_t len)
{
    if (good) {
        passed++;
        return;
    }
    if (failed++ >= EXHAUSTIVE_SHOWN)
        return;
    exhaustive_print((const char *)octets, len);
    printf(": %s, scanner %u\n", what, simd);
}

/* Filler, a string, filler; ends where memory does. */
static unsigned char *place(size_t before, const char *string, size_t len, size_t after)
{
    unsigned char *octets = memory_end - before - len - after;
    memset(octets, 'x', before);
    if (len != 0)
        memcpy(octets + before, string, len);
    memset(octets + before + len, 'x', after);
    return octets;
}

/* ---- The scanners --------------------------------------------------------------------------------------------- */

static size_t model_scan(const unsigned char *octets, size_t len, struct smtpwire__scan *scan)
{
    size_t i = 0;
    while (i < len && len >= SMTPWIRE__SCAN_LEAST) {
        if (octets[i] == '\r' && i + 1 < len && octets[i + 1] == '\n') {
            i += 2;
            if (scan->at + i - scan->line_at > scan->longest)
                scan->longest = scan->at + i - scan->line_at;
            scan->line_at = scan->at + i;
            scan->line_start = 1;
            continue;
        }
        if (octets[i] == '\r' || octets[i] == '\n' || octets[i] == '\0' ||
            (octets[i] == '.' && scan->line_start && scan->dots))
            break;
        scan->eight_bit |= octets[i] > 127;
        scan->line_start = 0;
        i++;
    }
    if (i > 0 && i < len && octets[i] == '\r')
        scan->line_start = 0;
    return i;
}

/* How long the line is that octet i is in, as far as it is there. */
static uint64_t open_line(const unsigned char *octets, size_t len, size_t i, const struct smtpwire__scan *scan)
{
    while (i < len && (octets[i] != '\r' || i + 1 == len || octets[i + 1] != '\n'))
        i++;
    return scan->at + (i < len ? i + 2 : i) - scan->line_at;
}

/* Of the line that it is in what got counts is as much as whole blocks have shown, one octet or two behind them. Blocks
 * need not begin with the octets where lines are alike. */
static bool same_scan(const struct smtpwire__scan *expected, const struct smtpwire__scan *got, uint64_t open,
                      bool alike)
{
    const uint64_t shown = got->longest + got->line_at - got->at, behind = shown % 64;
    return got->line_at == expected->line_at && got->eight_bit == expected->eight_bit &&
           (got->longest == expected->longest || (got->longest > expected->longest && got->longest <= open &&
                                                  shown >= 64 && (alike || behind == 1 || behind == 2)));
}

enum { ALIKE = 8 };

/* way: whether it is the start of a line, whether dots count, whether there was a long line before, whether lines are
 * alike; before: how long lines alike were. */
static void try_lines(const unsigned char *octets, size_t len, unsigned way, size_t before)
{
    const struct smtpwire__scan from = {1000, way & 1 ? 1000 : 990, way & 4 ? 500 : 5, way & 1, (way & 2) != 0,
                                        0,    (uint8_t)before};
    struct smtpwire__scan expected = from;
    const size_t skipped = model_scan(octets, len, &expected);

    for (unsigned i = 0; i < scanner_count; i++) {
        struct smtpwire__scan got = from;
        const size_t taken = smtpwire__scan_content(scanners[i], octets, len, &got);
        tell(taken == skipped && (taken == 0 || expected.line_start == got.line_start) &&
                 same_scan(&expected, &got, open_line(octets, len, taken, &expected), (way & ALIKE) != 0),
             "scan", scanners[i], octets, len);
    }
}

static void try_scan(const unsigned char *octets, size_t len, unsigned way) { try_lines(octets, len, way, 0); }

static void scan_anywhere(size_t longest)
{
    static const size_t afters[] = {0, 1, 15, BLOCK};
    char string[LONGEST_ANYWHERE];
    for (size_t len = 0; len <= longest; len++)
        for (uint32_t n = 0; n < exhaustive_count(LETTERS, len); n++) {
            exhaustive_string(string, len, n, alphabet, LETTERS);
            for (size_t before = 0; before <= BLOCK + 4; before++)
                for (size_t i = 0; i < (len < 4 ? SMTPWIRE__COUNT(afters) : 1); i++)
                    for (unsigned way = 0; way < (len < 5 ? 8U : 4U); way++)
                        try_scan(place(before, string, len, afters[i]), before + len + afters[i], way);
        }
}

/* The longer ones at every split by the end of a block, and with the end of the buffer behind it or further on. */
static void scan_crossing(size_t longest)
{
    char string[LONGEST_CROSSING];
    for (size_t len = 4; len <= longest; len++)
        for (uint32_t n = 0; n < exhaustive_count(LETTERS, len); n++) {
            exhaustive_string(string, len, n, alphabet, LETTERS);
            for (size_t before = BLOCK - len; before <= BLOCK; before++) {
                try_scan(place(before, string, len, 0), before + len, 3);
                if (len < 7)
                    try_scan(place(before, string, len, 2 * BLOCK), before + len + 2 * BLOCK, 2);
            }
            try_scan(place(0, string, len, BLOCK), len + BLOCK, 2);
            try_scan(place(BLOCK - 2, string, len, BLOCK), len + 2 * BLOCK - 2, 2);
        }
}

/* Lines before were of no one length, of this one or of another. */
static void try_alike(const unsigned char *octets, size_t len, unsigned way, size_t line)
{
    try_lines(octets, len, ALIKE | way, way == 0 ? 0 : way == 3 ? line : line / 2);
}

/* Lines that are all as long as the first, up to some 1,000 octets, in which one octet is another, is left out, or put
 * in, at each place; or which are cut off there, perhaps without their first octet. */
static void scan_alike(bool brief)
{
    static const unsigned char others[] = {'\r', '\n', '.', '\0', '\t', 14, 'y', 0x80};
    for (size_t line = 17; line <= 131; line += brief ? 7 : 1) {
        const size_t len = 300 + 3 * line;
        for (size_t at = 0; at < len; at += brief ? 2 : 1)
            for (size_t way = 0; way < 8; way += 3)
                for (size_t o = 0; o < SMTPWIRE__COUNT(others) + 4; o++) {
                    unsigned char *octets = memory_end - len;
                    for (size_t i = 0; i < len; i++)
                        octets[i] = i % line == line - 2 ? '\r' : i % line == line - 1 ? '\n' : 'x';
                    if (o < SMTPWIRE__COUNT(others)) {
                        octets[at] = others[o];
                        try_alike(octets, len, (unsigned)way, line);
                    } else if (o == SMTPWIRE__COUNT(others)) { /* left out */
                        memmove(octets + 1, octets, at);
                        try_alike(octets + 1, len - 1, (unsigned)way, line);
                    } else if (o == SMTPWIRE__COUNT(others) + 1) { /* doubled */
                        memmove(octets - 1, octets, at + 1);
                        try_alike(octets - 1, len + 1, (unsigned)way, line);
                    } else {
                        memmove(octets + len - at, octets + o - SMTPWIRE__COUNT(others) - 2, at);
                        try_alike(octets + len - at, at, (unsigned)way, line);
                    }
                }
    }
}

/* The same behind lines of two lengths in turn, where lines that are alike are looked for again: those are as long as
 * the shorter, or as the longer ones. */
static void scan_alike_later(size_t line)
{
    enum { LATER = 32768 + 128, LINE = 78, ALL = LATER + 8 * LINE };
    static const unsigned char others[] = {'\r', '\n', '.', '\0', '\t', 0x80};
    static unsigned char octets[ALL];
    size_t i = 0, n;
    memset(octets, 'x', sizeof octets);
    for (n = 0; i + LINE + 1 <= ALL; n++) {
        i += i < LATER - 200 ? LINE + n % 2 : line;
        memcpy(octets + i - 2, "\r\n", 2);
    }
    for (size_t at = LATER - 2 * LINE; at < ALL; at++)
        for (size_t o = 0; o < sizeof others; o++) {
            const unsigned char before = octets[at];
            octets[at] = others[o];
            try_scan(octets, ALL, ALIKE | 3);
            octets[at] = before;
        }
}

/* ---- Content and dot-stuffing --------------------------------------------------------------------------------- */

struct seen {
    unsigned char octets[2 * ROOM];
    size_t len, taken, calls;
    struct smtpwire_end end, so_far; /* so_far: were another chunk to come */
    unsigned kind, error;
    uint64_t offset;
};

static void see(struct seen *seen, const char *data, size_t len)
{
    if (len > sizeof seen->octets - seen->len)
        abort();
    if (len != 0)
        memcpy(seen->octets + seen->len, data, len);
    seen->len += len;
}

static void push_content(struct smtpwire_data *data, const void *octets, size_t len, struct smtpwire_event *event,
                         struct seen *seen)
{
    size_t taken = 0;
    do {
        taken += smtpwire_data_push(data, (const char *)octets + taken, len - taken, event);
        if (event->kind == SMTPWIRE_CONTENT)
            see(seen, event->content.data, event->content.len);
    } while (event->kind == SMTPWIRE_CONTENT && ++seen->calls < 1000);
    seen->taken += taken;
}

/* The end follows, where it is not there. */
static void read_content(const unsigned char *octets, size_t len, const struct smtpwire_options *options, bool chunk,
                         struct seen *seen)
{
    struct smtpwire_data data;
    struct smtpwire_event event;

    memset(seen, 0, sizeof *seen);
    smtpwire_data_init(&data, options);
    if (chunk)
        smtpwire__chunk_start(&data, 0, 1);
    push_content(&data, octets, len, &event, seen);
    seen->kind = event.kind;
    if (chunk) {
        smtpwire__data_end(&data, data.at, 0, &event);
        seen->so_far = event.end;
        if (smtpwire__chunk_finish(&data, &event))
            see(seen, event.content.data, event.content.len);
        smtpwire__data_end(&data, data.at, 0, &event);
    } else if (event.kind == SMTPWIRE_MORE) {
        push_content(&data, "\r\n.\r\n", 5, &event, seen);
    }
    tell(event.kind == SMTPWIRE_END, "no end", options->simd, octets, len);
    seen->end = event.end;
    seen->error = event.error.id;
    seen->offset = event.error.offset;
}

static void write_content(const unsigned char *octets, size_t len, const struct smtpwire_options *options,
                          struct seen *seen)
{
    struct smtpwire_stuff stuff;
    struct smtpwire_slice slices[3];
    struct smtpwire_error error = {0};
    ptrdiff_t count = 0;
    size_t taken;

    memset(seen, 0, sizeof *seen);
    smtpwire_stuff_init(&stuff, options);
    while (seen->taken < len && count >= 0) {
        count = smtpwire_stuff_push(&stuff, (const char *)octets + seen->taken, len - seen->taken, &taken, slices,
                                    SMTPWIRE__COUNT(slices), &error);
        for (ptrdiff_t i = 0; i < count; i++)
            see(seen, slices[i].data, slices[i].len);
        seen->taken += taken;
    }
    if (smtpwire_stuff_end(&stuff, slices, &error) == 0)
        see(seen, slices[0].data, slices[0].len);
    seen->error = error.id;
    seen->offset = error.offset;
}

static bool same_seen(const struct seen *a, const struct seen *b)
{
    return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0 && a->taken == b->taken &&
           a->kind == b->kind && a->error == b->error && a->offset == b->offset && a->end.size == b->end.size &&
           a->end.longest == b->end.longest && a->end.flags == b->end.flags && a->so_far.longest == b->so_far.longest &&
           a->so_far.flags == b->so_far.flags;
}

static void try_streams(const unsigned char *octets, size_t len, struct smtpwire_options options)
{
    static struct seen none, some;
    const bool stuffable = options.content[0] != SMTPWIRE_POLICY_PASS;
    for (unsigned what = 0; what < 2U + stuffable; what++) {
        options.simd = SMTPWIRE_SIMD_NONE;
        if (what == 2)
            write_content(octets, len, &options, &none);
        else
            read_content(octets, len, &options, what == 1, &none);
        for (unsigned i = 0; i < scanner_count; i++) {
            options.simd = (uint8_t)scanners[i];
            if (what == 2)
                write_content(octets, len, &options, &some);
            else
                read_content(octets, len, &options, what == 1, &some);
            tell(same_seen(&none, &some),
                 what == 2   ? "stuffing"
                 : what == 1 ? "chunk"
                             : "content",
                 scanners[i], octets, len);
        }
    }
}

static void streams(size_t longest)
{
    struct smtpwire_options options;
    char string[LONGEST_STREAM];
    for (size_t len = 1; len <= longest; len++)
        for (uint32_t n = 0; n < exhaustive_count(LETTERS, len); n++) {
            exhaustive_string(string, len, n, alphabet, LETTERS);
            for (unsigned policy = SMTPWIRE_POLICY_REJECT; policy <= SMTPWIRE_POLICY_NORMALISE; policy++) {
                memset(&options, 0, sizeof options);
                options.content[SMTPWIRE_CONTENT_BARE_LF] = options.content[SMTPWIRE_CONTENT_BARE_CR] = (uint8_t)policy;
                try_streams(place(0, string, len, 40), len + 40, options);
                try_streams(place(BLOCK - 2, string, len, 70), len + 70 + BLOCK - 2, options);
                try_streams(place(40, string, len, 0), len + 40, options);
            }
        }
}

/* ---- Lines ---------------------------------------------------------------------------------------------------- */

static size_t read_line(const unsigned char *octets, size_t len, size_t piece, struct smtpwire_event *event)
{
    const struct smtpwire_options options = {0};
    struct smtpwire_line line;
    size_t shown = 0, taken;

    memset(event, 0, sizeof *event);
    smtpwire_line_init(&line, &options, 3 * 16);
    do {
        shown = len - shown < piece ? len : shown + piece;
        taken = smtpwire_line_push(&line, octets, shown, event);
    } while (event->kind == SMTPWIRE_MORE && shown < len);
    return taken;
}

static void lines(void)
{
    char string[4];
    for (size_t len = 0; len <= sizeof string; len++)
        for (uint32_t n = 0; n < exhaustive_count(LETTERS, len); n++) {
            exhaustive_string(string, len, n, alphabet, LETTERS);
            for (size_t before = 0; before <= 3 * 16; before++)
                for (size_t after = 0; after <= 20; after += 4) {
                    const size_t all = before + len + after;
                    const unsigned char *octets = place(before, string, len, after);
                    struct smtpwire_event once, steps;
                    const size_t taken = read_line(octets, all, all, &once);
                    const bool same =
                        taken == read_line(octets, all, 1, &steps) && once.kind == steps.kind &&
                        (once.kind == SMTPWIRE_MORE ? once.inside == steps.inside : once.line.len == steps.line.len) &&
                        (once.kind != SMTPWIRE_ERROR ||
                         (once.error.id == steps.error.id && once.error.offset == steps.error.offset));
                    tell(same, "line", 0, octets, all);
                }
        }
}

/* Text that is printable but for one octet, of all 256 in each place, in each length; where the build can tell at all.
 * It ends where memory does. */
static void texts(void)
{
    const int told = smtpwire__scan_text("printable", sizeof "printable" - 1);
    for (size_t len = SMTPWIRE__SCAN_TEXT_LEAST; len <= 66; len++)
        for (size_t at = 0; at < len; at++)
            for (unsigned octet = 0; octet < 256; octet++) {
                unsigned char *text = memory_end - len;
                memset(text, at % 2 == 0 ? ' ' : '~', len);
                text[at] = (unsigned char)octet;
                tell(smtpwire__scan_text((const char *)text, len) == (told && octet >= 32 && octet <= 126), "text", 0,
                     text, len);
            }
}

/* Words of each length in text of each length: up to the first space, of which there may be a second. */
static void spaced_words(void)
{
    for (size_t len = 0; len <= 66; len++)
        for (size_t first = 0; first <= len; first++)
            for (size_t second = first; second <= len; second++) {
                char *text = (char *)memory_end - len;
                memset(text, 'x', len);
                if (first < len)
                    text[first] = ' ';
                if (second < len)
                    text[second] = ' ';
                tell(smtpwire__scan_word(text, len) == first, "word", 0, (const unsigned char *)text, len);
            }
}

/* SIMD that this build does not have is refused. */
static void choices(void)
{
    struct smtpwire_options options = {0};
    for (unsigned simd = 0; simd < 256; simd++) {
        options.simd = (uint8_t)simd;
        tell((smtpwire_options_check(&options) == 0) == (smtpwire__scan_has(simd) && simd <= SMTPWIRE_SIMD_NEON),
             "options", simd, NULL, 0);
    }
    tell(smtpwire__scan_has(SMTPWIRE_SIMD_NONE) && smtpwire__scan_has(smtpwire_simd_detect()), "detect", 0, NULL, 0);
}

int main(int argc, char **argv)
{
    const bool brief = argc == 2 && strcmp(argv[1], "short") == 0;
    if (argc > 1 + brief) {
        fprintf(stderr, "usage: %s [short]\n", argv[0]);
        return EXIT_FAILURE;
    }
    memory_end = guarded_end();
    scanner_count = find_scanners(every_simd, SMTPWIRE__COUNT(every_simd), scanners);
    printf("scanners:");
    for (unsigned i = 0; i < scanner_count; i++)
        printf(" %u", scanners[i]);
    printf("; chosen: %u\n", smtpwire_simd_detect());
    choices();
    scan_anywhere(brief ? 3 : LONGEST_ANYWHERE);
    scan_crossing(brief ? 5 : LONGEST_CROSSING);
    scan_alike(brief);
    if (!brief)
        scan_alike_later(78), scan_alike_later(79);
    streams(brief ? 3 : LONGEST_STREAM);
    lines();
    texts();
    spaced_words();
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
