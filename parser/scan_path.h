/* The body of what reads plain paths, over masks of up to 64 octets. Included by the scan_*.c of vector instructions,
 * which define before, besides what scan_body.h asks for, SCAN_WIDTH (16 or 32), and behind it SCAN_NAME(classes).
 *
 * SPDX-License-Identifier: MIT */

/* Bit i stands for octet i. */
struct SCAN_NAME(class_masks) {
    uint64_t plain; /* all of alnum, hyphen and dot, and of the rest of atext in ASCII what is cheap to tell */
    uint64_t alnum, hyphen, dot;
};

/* Of the 16 octets at p, and of the 16 at q, which is p + 16 where SCAN_WIDTH is 32, in the bits behind those. */
SCAN_TARGET static inline void SCAN_NAME(classes)(const unsigned char *p, const unsigned char *q,
                                                  struct SCAN_NAME(class_masks) * m);

/* Of n octets, SCAN_WIDTH to 64; bits behind them are 0. Where two loads overlap both say the same. */
SCAN_TARGET static SMTPWIRE__INLINE void SCAN_NAME(gather)(const unsigned char *p, unsigned n,
                                                           struct SCAN_NAME(class_masks) * m)
{
    struct SCAN_NAME(class_masks) low, high;
    unsigned behind;
#if SCAN_WIDTH < 32
    if (n < 32) {
        behind = n - 16;
        SCAN_NAME(classes)(p, p + behind, &high);
        low.plain = high.plain & 0xFFFF;
        low.alnum = high.alnum & 0xFFFF;
        low.hyphen = high.hyphen & 0xFFFF;
        low.dot = high.dot & 0xFFFF;
        high.plain >>= 16;
        high.alnum >>= 16;
        high.hyphen >>= 16;
        high.dot >>= 16;
    } else
#endif
    {
        behind = n - 32;
        SCAN_NAME(classes)(p, p + 16, &low);
        SCAN_NAME(classes)(p + behind, p + behind + 16, &high);
    }
    m->plain = low.plain | high.plain << behind;
    m->alnum = low.alnum | high.alnum << behind;
    m->hyphen = low.hyphen | high.hyphen << behind;
    m->dot = low.dot | high.dot << behind;
}

/* Whether what stands between two octets, or the end, is a Domain: each label begins and ends with a letter or digit,
 * and nothing but those and "-" is in it. */
SCAN_TARGET static SMTPWIRE__INLINE int SCAN_NAME(domain)(const struct SCAN_NAME(class_masks) * m, uint64_t at,
                                                          uint64_t end, struct smtpwire__scanned_path *path)
{
    const uint64_t domain = (end - 1) ^ ((at << 1) - 1), dots = m->dot & domain;
    path->single_label = dots == 0;
    path->double_hyphen = (m->hyphen & m->hyphen >> 1 & domain) != 0;
    return ((((dots | at) << 1 | (dots | end) >> 1) & ~m->alnum) | (~(m->alnum | m->hyphen | m->dot) & domain)) == 0;
}

SCAN_TARGET int SCAN_NAME(path)(const unsigned char *line, unsigned from, unsigned n, unsigned host,
                                struct smtpwire__scanned_path *path)
{
    const uint64_t first = UINT64_C(1) << from;
    struct SCAN_NAME(class_masks) m;
    uint64_t ends, at, end;

    SCAN_NAME(gather)(line, n, &m);
    if (host != 0)
        return SCAN_NAME(domain)(&m, first >> 1, UINT64_C(1) << host, path);
    /* The first two octets that are neither atext nor a dot must be "@" and ">". */
    ends = ~m.plain & (~first + 1);
    at = ends & (~ends + 1);
    ends ^= at;
    end = ends & (~ends + 1);
    if (end == 0)
        return 0;
    path->local = (unsigned)__builtin_ctzll(at);
    path->end = (unsigned)__builtin_ctzll(end);
    /* No atom is empty. */
    return path->end < n && line[path->local] == '@' && line[path->end] == '>' &&
           (((m.dot & (at - first)) << 1 | first) & (m.dot | at)) == 0 && SCAN_NAME(domain)(&m, at, end, path);
}
