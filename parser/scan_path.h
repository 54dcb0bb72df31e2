/* The body of what reads plain paths and hosts, over masks of up to 64 octets. Included by the scan_*.c of vector
 * instructions, which define before, besides what scan_body.h asks for, SCAN_WIDTH (16 or 32), and behind it
 * SCAN_NAME(classes).
 *
 * SPDX-License-Identifier: MIT */

/* Bit i stands for octet i. */
struct SCAN_NAME(class_masks) {
    uint64_t unusual; /* none of alnum, hyphen and dot, nor what is cheap to tell of the rest of atext in ASCII */
    uint64_t other;   /* atext that is not unusual, but for alnum and hyphen */
    uint64_t hyphen, dot;
};

/* Of the 16 octets at p, and of the 16 at q, which is p + 16 where SCAN_WIDTH is 32, in the bits behind those: which
 * are no more than CR, or perhaps another control character or over 127; and what they are. */
SCAN_TARGET static inline uint64_t SCAN_NAME(low_32)(const unsigned char *p, const unsigned char *q);
SCAN_TARGET static inline void SCAN_NAME(classes)(const unsigned char *p, const unsigned char *q,
                                                  struct SCAN_NAME(class_masks) * m);

/* Of n octets, SCAN_WIDTH to 64; bits behind them are 0. Where two loads overlap both say the same. */
SCAN_TARGET static SMTPWIRE__INLINE uint64_t SCAN_NAME(gather_low)(const unsigned char *p, unsigned n)
{
#if SCAN_WIDTH < 32
    if (n < 32) {
        const uint64_t low = SCAN_NAME(low_32)(p, p + n - 16);
        return (low & 0xFFFF) | low >> 16 << (n - 16);
    }
#endif
    return SCAN_NAME(low_32)(p, p + 16) | SCAN_NAME(low_32)(p + n - 32, p + n - 16) << (n - 32);
}

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
        low.other = high.other & 0xFFFF;
        low.hyphen = high.hyphen & 0xFFFF;
        low.dot = high.dot & 0xFFFF;
        high.unusual >>= 16;
        high.other >>= 16;
        high.hyphen >>= 16;
        high.dot >>= 16;
    } else
#endif
    {
        behind = n - 32;
        SCAN_NAME(classes)(p, p + 16, &low);
        SCAN_NAME(classes)(p + behind, p + behind + 16, &high);
    }
    m->unusual = low.unusual | high.unusual << behind;
    m->other = low.other | high.other << behind;
    m->hyphen = low.hyphen | high.hyphen << behind;
    m->dot = low.dot | high.dot << behind;
}

/* Whether what ends at marks, dots and what is behind the last of them, are atoms, and of the domain labels: none is
 * empty, and those of the domain begin and end with a letter or digit and have nothing but those and "-" in them (RFC
 * 5321 section 4.1.2). Bit 0 is where the first begins. *flags gets what SMTPWIRE_FLAG_* say of the domain; two "-"
 * side by side are left to others, which flag them. */
SCAN_TARGET static SMTPWIRE__INLINE int SCAN_NAME(labels)(const struct SCAN_NAME(class_masks) * m, uint64_t marks,
                                                          uint64_t domain, uint32_t *flags)
{
    const uint64_t edges = marks | (m->hyphen & domain); /* of which none is beside another, nor the first octet */
    if (((edges & (edges << 1 | 1)) | (m->other & domain)) != 0)
        return 0;
    if ((m->dot & domain) == 0)
        *flags |= SMTPWIRE_FLAG_SINGLE_LABEL;
    return 1;
}

/* So that bit 0 stands for octet from, which is under 64. */
SCAN_TARGET static SMTPWIRE__INLINE struct SCAN_NAME(class_masks)
    SCAN_NAME(from)(const struct SCAN_NAME(class_masks) * m, unsigned from)
{
    const struct SCAN_NAME(class_masks) rest = {
        .unusual = m->unusual >> from, .other = m->other >> from, .hyphen = m->hyphen >> from, .dot = m->dot >> from};
    return rest;
}

/* Dot-string "@" Domain ">" (RFC 5321 section 4.1.2) in ASCII, behind "<", of which len octets are there: returns 1,
 * *at is where "@" is and *end where ">" is; 0 for anything else, and for what has unusual octets in it, or goes on
 * behind those that have been looked at, or ends in a digit: it could be a number. */
SCAN_TARGET static SMTPWIRE__INLINE int SCAN_NAME(find_path)(const struct SCAN_NAME(class_masks) * m, const char *path,
                                                             size_t len, size_t *at, size_t *end, uint32_t *flags)
{
    /* The first two octets that are neither atext nor a dot must be "@" and ">". */
    const uint64_t first = smtpwire__isolate_lowest(m->unusual), others = m->unusual ^ first,
                   second = smtpwire__isolate_lowest(others);
    const uint64_t marks = (m->dot & (second - 1)) | first | second;

    if (!SCAN_NAME(labels)(m, marks, second - (first << 1), flags) || second == 0)
        return 0;
    *at = (size_t)__builtin_ctzll(first);
    *end = (size_t)__builtin_ctzll(second);
    return *end < len && path[*at] == '@' && path[*end] == '>' && path[*end - 1] > '9';
}

/* A Domain, of which len octets are there. Returns where the first octet is that none has; 0 if there is none. */
SCAN_TARGET static SMTPWIRE__INLINE size_t SCAN_NAME(find_host)(const struct SCAN_NAME(class_masks) * m,
                                                                const char *host, size_t len, uint32_t *flags)
{
    const uint64_t behind = len < 64 ? ~UINT64_C(0) << len : 0, none = m->unusual | m->other | behind;
    const uint64_t stop = smtpwire__isolate_lowest(none), domain = stop - 1;
    size_t end;
    if (stop == 0 || !SCAN_NAME(labels)(m, (m->dot & domain) | stop, domain, flags))
        return 0;
    end = (size_t)__builtin_ctzll(stop);
    return host[end - 1] > '9' ? end : 0; /* else it could be a number */
}
