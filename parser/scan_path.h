/* The body of what reads plain paths and hosts, over masks of up to 64 octets. Included by the scan_*.c of vector
 * instructions, which define before, besides what scan_body.h asks for, SCAN_WIDTH (16 or 32), and behind it
 * SCAN_NAME(classes).
 *
 * SPDX-License-Identifier: MIT */

/* Bit i stands for octet i. */
struct SCAN_NAME(class_masks) {
    uint64_t unusual; /* none of alnum, hyphen and dot, nor what is cheap to tell of the rest of atext in ASCII */
    uint64_t no_alnum, hyphen, dot;
    uint64_t low; /* no more than CR, or perhaps over 127 */
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
        low.unusual = high.unusual & 0xFFFF;
        low.no_alnum = high.no_alnum & 0xFFFF;
        low.hyphen = high.hyphen & 0xFFFF;
        low.dot = high.dot & 0xFFFF;
        low.low = high.low & 0xFFFF;
        high.unusual >>= 16;
        high.no_alnum >>= 16;
        high.hyphen >>= 16;
        high.dot >>= 16;
        high.low >>= 16;
    } else
#endif
    {
        behind = n - 32;
        SCAN_NAME(classes)(p, p + 16, &low);
        SCAN_NAME(classes)(p + behind, p + behind + 16, &high);
    }
    m->unusual = low.unusual | high.unusual << behind;
    m->no_alnum = low.no_alnum | high.no_alnum << behind;
    m->hyphen = low.hyphen | high.hyphen << behind;
    m->dot = low.dot | high.dot << behind;
    m->low = low.low | high.low << behind;
}

/* Whether what stands from first on before end is a Domain: each label begins and ends with a letter or digit, and
 * nothing but those and "-" is in it. *flags: what SMTPWIRE_FLAG_* say of it, but for NUMERIC_DOMAIN. */
SCAN_TARGET static SMTPWIRE__INLINE int SCAN_NAME(domain)(const struct SCAN_NAME(class_masks) * m, uint64_t first,
                                                          uint64_t end, uint32_t *flags)
{
    const uint64_t domain = end - first, dots = m->dot & domain;
    const uint64_t edges = dots << 1 | first | (dots | end) >> 1; /* of labels */
    *flags = 0;
    if (dots == 0)
        *flags |= SMTPWIRE_FLAG_SINGLE_LABEL;
    if ((m->hyphen & m->hyphen >> 1 & domain) != 0)
        *flags |= SMTPWIRE_FLAG_DOUBLE_HYPHEN;
    return (m->no_alnum & (edges | (domain & ~(m->hyphen | m->dot)))) == 0;
}

/* "<" Dot-string "@" Domain ">" (RFC 5321 section 4.1.2) in ASCII, from line[from] on, which is behind "<"; of the
 * line's len octets the first 64 have been looked at. Returns where ">" is, and in *local where "@" is; 0 for anything
 * else, and for what has unusual octets in it or goes on behind those. */
SCAN_TARGET static SMTPWIRE__INLINE size_t SCAN_NAME(find_path)(const struct SCAN_NAME(class_masks) * m,
                                                                const unsigned char *line, size_t from, size_t len,
                                                                size_t *local, uint32_t *flags)
{
    const uint64_t first = UINT64_C(1) << from;
    uint64_t ends, at, end;

    /* The first two octets that are neither atext nor a dot must be "@" and ">". */
    ends = m->unusual & (~first + 1);
    at = ends & (~ends + 1);
    ends ^= at;
    end = ends & (~ends + 1);
    if (end == 0)
        return 0;
    *local = (size_t)__builtin_ctzll(at);
    from = (size_t)__builtin_ctzll(end);
    /* No atom is empty. */
    return from < len && line[*local] == '@' && line[from] == '>' &&
                   (((m->dot & (at - first)) << 1 | first) & (m->dot | at)) == 0 &&
                   SCAN_NAME(domain)(m, at << 1, end, flags)
               ? from
               : 0;
}

/* A Domain from line[from] on, of which the first 64 octets, or its len, have been looked at. Returns where the first
 * octet is that none has; 0 if there is none. */
SCAN_TARGET static SMTPWIRE__INLINE size_t SCAN_NAME(find_host)(const struct SCAN_NAME(class_masks) * m, size_t from,
                                                                size_t len, uint32_t *flags)
{
    const uint64_t first = UINT64_C(1) << from, behind = len < 64 ? ~UINT64_C(0) << len : 0;
    const uint64_t other = ((m->no_alnum & ~(m->hyphen | m->dot)) | behind) & (~first + 1), end = other & (~other + 1);
    return end > first && SCAN_NAME(domain)(m, first, end, flags) ? (size_t)__builtin_ctzll(end) : 0;
}
