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

/* Up to 64 octets of the len at p; but for 32 at a time, as many as show two that are neither atext nor a dot. Bits
 * behind len are 0. */
SCAN_TARGET static inline void SCAN_NAME(gather)(const unsigned char *p, size_t len,
                                                 struct SCAN_NAME(class_masks) * all)
{
    const unsigned n = len < 64 ? (unsigned)len : 64;
    struct SCAN_NAME(class_masks) m;
    unsigned at;

    if (n < SCAN_WIDTH) { /* those that end where all do; there are as many before */
        SCAN_NAME(classes)(p + n - SCAN_WIDTH, all);
        all->atext >>= SCAN_WIDTH - n;
        all->alnum >>= SCAN_WIDTH - n;
        all->hyphen >>= SCAN_WIDTH - n;
        all->dot >>= SCAN_WIDTH - n;
        return;
    }
    SCAN_NAME(classes)(p, all);
    for (at = SCAN_WIDTH; at < n; at += SCAN_WIDTH) {
        const unsigned from = at < n - SCAN_WIDTH ? at : n - SCAN_WIDTH; /* some may be there twice */
#if SCAN_WIDTH < 32 /* else that was the first half of all there are */
        const uint64_t ends = ~(all->atext | all->dot) & ((UINT64_C(1) << at) - 1);
        if ((ends & (ends - 1)) != 0)
            return;
#endif
        SCAN_NAME(classes)(p + from, &m);
        all->atext |= m.atext << from;
        all->alnum |= m.alnum << from;
        all->hyphen |= m.hyphen << from;
        all->dot |= m.dot << from;
    }
}

SCAN_TARGET size_t SCAN_NAME(path)(const unsigned char *p, size_t len, struct smtpwire__scanned_path *path)
{
    struct SCAN_NAME(class_masks) all;
    uint64_t ends, at, end, domain, starts, bad;

    if (len == 0)
        return 0;
    /* The first two octets that are neither atext nor a dot must be "@" and ">". */
    SCAN_NAME(gather)(p, len, &all);
    ends = ~(all.atext | all.dot);
    at = ends & (~ends + 1);
    ends ^= at;
    end = ends & (~ends + 1);
    if (end == 0)
        return 0;
    path->local = (unsigned)__builtin_ctzll(at);
    path->end = (unsigned)__builtin_ctzll(end);
    if (path->end >= len || p[path->local] != '@' || p[path->end] != '>')
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
