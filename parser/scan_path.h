/* The body of what reads plain paths, over masks of SCAN_WIDTH octets. Included by the scan_*.c of vector instructions,
 * which define before, besides what scan_body.h asks for, SCAN_WIDTH (16 or 32), and behind it SCAN_NAME(classes).
 *
 * SPDX-License-Identifier: MIT */

/* Bit i stands for octet i. */
struct SCAN_NAME(class_masks) {
    uint64_t atext; /* all of alnum and hyphen, and of the rest of atext in ASCII what is cheap to tell; no dot */
    uint64_t alnum, hyphen, dot;
};

SCAN_TARGET static inline void SCAN_NAME(classes)(const unsigned char *p, struct SCAN_NAME(class_masks) * m);

SCAN_TARGET size_t SCAN_NAME(path)(const unsigned char *p, size_t len, struct smtpwire__scanned_path *path)
{
    struct SCAN_NAME(class_masks) all = {0, 0, 0, 0}, m;
    uint64_t ends, at, end, domain, starts, bad;
    unsigned n = 0, shift = 0;

    /* The first two octets that are neither atext nor a dot must be "@" and ">". */
    do {
        if (n == 64 || n == len)
            return 0;
        if (len - n < SCAN_WIDTH) { /* SCAN_WIDTH octets that end where all do; there are as many before */
            shift = SCAN_WIDTH - (unsigned)(len - n);
            SCAN_NAME(classes)(p + len - SCAN_WIDTH, &m);
            m.atext >>= shift;
            m.alnum >>= shift;
            m.hyphen >>= shift;
            m.dot >>= shift;
        } else {
            SCAN_NAME(classes)(p + n, &m);
        }
        all.atext |= m.atext << n;
        all.alnum |= m.alnum << n;
        all.hyphen |= m.hyphen << n;
        all.dot |= m.dot << n;
        n += SCAN_WIDTH - shift;
        ends = ~(all.atext | all.dot);
        if (n < 64)
            ends &= (UINT64_C(1) << n) - 1;
        at = ends & (~ends + 1);
        ends ^= at;
    } while (ends == 0);
    end = ends & (~ends + 1);
    path->local = (unsigned)__builtin_ctzll(at);
    path->end = (unsigned)__builtin_ctzll(end);
    if (p[path->local] != '@' || p[path->end] != '>')
        return 0;
    domain = (end - 1) ^ ((at << 1) - 1);
    starts = all.dot & domain;
    /* No atom is empty, each label begins and ends with a letter or digit, and nothing but those and "-" is in it. */
    bad = ((all.dot & (at - 1)) << 1 | 1) & ~all.atext;
    bad |= ((starts | at) << 1 | (starts | end) >> 1) & ~all.alnum;
    bad |= all.atext & ~(all.alnum | all.hyphen) & domain;
    path->single_label = starts == 0;
    path->double_hyphen = (all.hyphen & all.hyphen >> 1 & domain) != 0;
    return bad == 0 ? path->end + (size_t)1 : 0;
}
