/* The body of the scanners, over masks of 64 octets. Included by each scan_*.c, which defines before:
 *
 *   SCAN_NAME(what)   a name of its own
 *   SCAN_TARGET       attributes of every function here
 *
 * and behind it SCAN_NAME(block), which fills the masks that every block needs, and SCAN_NAME(exact), which fills those
 * that hardly any does.
 *
 * SPDX-License-Identifier: MIT */

/* Bit i stands for octet i. */
struct SCAN_NAME(masks) {
    uint64_t cr, lf, dot;
    uint64_t any_nul, any_high; /* not 0: there is a NUL, an octet over 127 */
    uint64_t nul, high;         /* exact() only */
};

SCAN_TARGET static inline void SCAN_NAME(block)(const unsigned char *p, struct SCAN_NAME(masks) * m);
SCAN_TARGET static void SCAN_NAME(exact)(const unsigned char *p, struct SCAN_NAME(masks) * m);

/* Lines that end in a block; each LF has its CR. Only the first of them can be longer than the block, so the others are
 * looked at only as long as no line was. */
SCAN_TARGET static inline void SCAN_NAME(lines)(uint64_t lf, uint64_t at, struct smtpwire__scan *scan)
{
    uint64_t line;
    if (lf == 0)
        return;
    line = at + (unsigned)__builtin_ctzll(lf) + 1 - scan->line_at;
    scan->longest = line > scan->longest ? line : scan->longest;
    scan->line_at = at + 64 - (unsigned)__builtin_clzll(lf);
    if (scan->longest < 64) {
        unsigned last = (unsigned)__builtin_ctzll(lf);
        for (lf &= lf - 1; lf != 0; lf &= lf - 1) {
            const unsigned here = (unsigned)__builtin_ctzll(lf);
            scan->longest = here - last > scan->longest ? here - last : scan->longest;
            last = here;
        }
    }
}

/* The first octet of a block: behind a CR; at the start of a line. */
struct SCAN_NAME(carry) {
    uint64_t cr, start;
};

/* A block that cannot be skipped whole; there: which of its octets count. Returns how many can be. */
SCAN_TARGET static unsigned SCAN_NAME(part)(const unsigned char *p, struct SCAN_NAME(masks) * m, uint64_t there,
                                            uint64_t at, struct SCAN_NAME(carry) * carry, struct smtpwire__scan *scan)
{
    const uint64_t behind_cr = m->cr << 1 | carry->cr;
    const uint64_t starts = m->lf << 1 | carry->start;
    uint64_t odd, bit, before;

    SCAN_NAME(exact)(p, m);
    odd = ((behind_cr ^ m->lf) | m->nul | (scan->dots ? m->dot & starts : 0)) & there;
    bit = odd != 0 ? odd & (~odd + 1) : there + 1; /* 0 where all 64 are good */
    before = bit - 1;
    scan->eight_bit |= (m->high & before) != 0;
    carry->cr = bit != 0 ? (behind_cr & bit) != 0 : m->cr >> 63;
    carry->start = bit != 0 ? (starts & bit) != 0 : m->lf >> 63;
    SCAN_NAME(lines)(m->lf & before, at, scan);
    return bit != 0 ? (unsigned)__builtin_ctzll(bit) : 64;
}

SCAN_TARGET size_t SCAN_NAME(content)(const unsigned char *octets, size_t len, struct smtpwire__scan *result)
{
    struct smtpwire__scan scan = *result; /* in registers */
    struct SCAN_NAME(masks) m;
    struct SCAN_NAME(carry) carry = {0, scan.line_start};
    const uint64_t dots = scan.dots ? ~UINT64_C(0) : 0;
    uint64_t high = 0;
    unsigned char last[64];
    size_t i = 0;
    unsigned n = 64;

    while (len - i >= 64) {
        __builtin_prefetch(octets + i + 1024);
        SCAN_NAME(block)(octets + i, &m);
        if ((((m.cr << 1 | carry.cr) ^ m.lf) | (m.dot & (m.lf << 1 | carry.start) & dots) | m.any_nul) != 0) {
            n = SCAN_NAME(part)(octets + i, &m, ~UINT64_C(0), scan.at + i, &carry, &scan);
            i += n;
            if (n != 64)
                break;
            continue;
        }
        high |= m.any_high;
        carry.cr = m.cr >> 63;
        carry.start = m.lf >> 63;
        SCAN_NAME(lines)(m.lf, scan.at + i, &scan);
        i += 64;
    }
    if (n == 64 && len != i) {
        memset(last, 'x', sizeof last);
        memcpy(last, octets + i, len - i);
        SCAN_NAME(block)(last, &m);
        i += SCAN_NAME(part)(last, &m, (UINT64_C(1) << (len - i)) - 1, scan.at + i, &carry, &scan);
    }
    scan.eight_bit |= high != 0;
    scan.line_start = (uint8_t)(carry.start && !carry.cr);
    *result = scan;
    return i - (size_t)carry.cr; /* the CR is for the machine, which reads what is behind it */
}
