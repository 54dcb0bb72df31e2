/* The body of the scanners that have vectors. Included by scan_sse2.c, scan_avx2.c and scan_neon.c, which define
 * before:
 *
 *   SCAN_NAME(what)   a name of its own
 *   SCAN_TARGET       attributes of every function here
 *   SCAN_VECTOR       16 or 32 octets
 *   SCAN_LZCNT        where there are TZCNT and LZCNT
 *   SCAN_BSR          where there is only BSR, which is slow
 *
 * and behind it SCAN_NAME(glance), SCAN_NAME(any), SCAN_NAME(lesser), SCAN_NAME(controls), SCAN_NAME(equal),
 * SCAN_NAME(low_32) and SCAN_NAME(exact).
 *
 * Most of content are blocks of 64 octets in which nothing is wrong; how many lines end in one cannot be foreseen, so
 * nothing in their loop branches on that. With BSR it branches on whether more than one does.
 *
 * SPDX-License-Identifier: MIT */

/* Bit i stands for octet i. */
struct SCAN_NAME(masks) {
    uint64_t cr, lf, dot, nul, high;
};

/* Of the 66 octets at p: which of the first 64 have an LF behind them; anything in *bad if there is an LF without a CR
 * before it, a CR without an LF behind it, dot behind LF (not with SCAN_BSR), or a NUL among the first 64; every octet
 * of these in *high. */
SCAN_TARGET static inline uint64_t SCAN_NAME(glance)(const unsigned char *p, unsigned char dot, SCAN_VECTOR *bad,
                                                     SCAN_VECTOR *high);
/* Which of 64 octets are this one. */
SCAN_TARGET static inline uint64_t SCAN_NAME(equal)(const unsigned char *p, unsigned char octet);
/* Whether bit 7 of any octet is set. */
SCAN_TARGET static inline int SCAN_NAME(any)(SCAN_VECTOR octets);
/* The lesser of each two octets. */
SCAN_TARGET static inline SCAN_VECTOR SCAN_NAME(lesser)(SCAN_VECTOR a, SCAN_VECTOR b);
/* Bit 7 of each octet that is no more than CR. */
SCAN_TARGET static inline SCAN_VECTOR SCAN_NAME(controls)(SCAN_VECTOR octets);
/* Which of the 16 octets at p and the 16 at q are no more than CR, with a sign, and perhaps SO. */
SCAN_TARGET static inline uint64_t SCAN_NAME(low_32)(const unsigned char *p, const unsigned char *q);
/* Of 32 octets at p, and of 32 at p + behind, which may be among them. */
SCAN_TARGET static inline void SCAN_NAME(exact)(const unsigned char *p, unsigned behind, struct SCAN_NAME(masks) * m);

/* Lines that end in a block, more than one, when none has been as long as a block. */
SCAN_TARGET static void SCAN_NAME(short_lines)(uint64_t ends, struct smtpwire__scan *scan)
{
    unsigned last = (unsigned)__builtin_ctzll(ends);
    for (ends &= ends - 1; ends != 0; ends &= ends - 1) {
        const unsigned here = (unsigned)__builtin_ctzll(ends);
        scan->longest = here - last > scan->longest ? here - last : scan->longest;
        last = here;
    }
}

/* Where in a block the first line ends, 63 or 64 if none does; and where the line that the next block begins in has its
 * first octet, counted from that block's, if the block's own began in one that is at `line`. Nothing here branches. */
#ifdef SCAN_LZCNT /* of zero it is 64, as of TZCNT */
SCAN_TARGET static inline uint64_t SCAN_NAME(first)(uint64_t ends) { return _tzcnt_u64(ends); }

SCAN_TARGET static inline uint64_t SCAN_NAME(next)(uint64_t ends, uint64_t line)
{
    const uint64_t none = UINT64_C(0) - (_tzcnt_u64(ends) >> 6);
    return ((line + 1) & none) - 1 - _lzcnt_u64(ends);
}
#else
SCAN_TARGET static inline uint64_t SCAN_NAME(first)(uint64_t ends)
{
    return (uint64_t)__builtin_ctzll(ends | UINT64_C(1) << 63);
}

SCAN_TARGET static inline uint64_t SCAN_NAME(next)(uint64_t ends, uint64_t line)
{
    const uint64_t none = UINT64_C(0) - (ends == 0);
    return (line & none) + (63 ^ (uint64_t)__builtin_clzll(ends | 1)) - 64;
}
#endif

/* Lines that end in a block, bit i being one that ends before octet i; *line is the first octet of the line that the
 * block begins in, counted from the block's, and then the same of the block behind it. Only the first of them can be
 * longer than the block. Where none ends, which only blocks with two octets more behind them may have, that line has
 * these at least: it is longer than the block, so that there are no short lines to look for. */
SCAN_TARGET static SMTPWIRE__INLINE void SCAN_NAME(lines)(uint64_t ends, uint64_t *line, struct smtpwire__scan *scan)
{
    const uint64_t first = SCAN_NAME(first)(ends) - *line;
    scan->longest = first > scan->longest ? first : scan->longest;
    *line = SCAN_NAME(next)(ends, *line);
    if (__builtin_expect(scan->longest < 64, 0))
        SCAN_NAME(short_lines)(ends, scan);
}

/* The same of up to 64 octets at `at`, bit i being an LF. */
SCAN_TARGET static SMTPWIRE__INLINE void SCAN_NAME(lines_of_part)(uint64_t lf, uint64_t at, struct smtpwire__scan *scan)
{
    uint64_t line = scan->line_at - (at + 1);
    if (lf == 0)
        return;
    SCAN_NAME(lines)(lf, &line, scan);
    scan->line_at = at + 1 + 64 + line;
}

/* Octets that are there, at octets[i], up to 64; there: which those are. Returns how many can be skipped. */
SCAN_TARGET static SMTPWIRE__INLINE unsigned SCAN_NAME(part)(const struct SCAN_NAME(masks) * m, uint64_t there,
                                                             uint64_t at, int *behind_cr, struct smtpwire__scan *scan)
{
    const uint64_t cr = m->cr << 1 | (unsigned)*behind_cr;
    const uint64_t starts = m->lf << 1 | scan->line_start;
    const uint64_t odd = ((cr ^ m->lf) | m->nul | (scan->dots ? m->dot & starts : 0)) & there;
    const uint64_t bit = odd != 0 ? smtpwire__isolate_lowest(odd) : there + 1; /* 0 where all 64 are good */
    const uint64_t before = bit - 1;

    scan->eight_bit |= (m->high & before) != 0;
    *behind_cr = bit != 0 ? (cr & bit) != 0 : (int)(m->cr >> 63);
    scan->line_start = bit != 0 ? (starts & bit) != 0 : (uint8_t)(m->lf >> 63);
    SCAN_NAME(lines_of_part)(m->lf & before, at, scan);
    return bit != 0 ? (unsigned)__builtin_ctzll(bit) : 64;
}

/* What the loop over blocks has left: a block with something in it that cannot be skipped, the octets behind the last
 * block. */
SCAN_TARGET static size_t SCAN_NAME(rest)(const unsigned char *octets, size_t len, size_t i,
                                          struct smtpwire__scan *scan)
{
    struct SCAN_NAME(masks) m;
    int behind_cr = i != 0 && octets[i - 1] == '\r';
    unsigned n, room;

    /* Mostly the beginning of a line. Behind a CR there is an LF, and no line begins with a dot here: what is before i
     * has been looked at with that. One octet at least is left. */
    if (len - i <= 64) {
        const unsigned char *const last = octets + len - 64;
        const uint64_t low = SCAN_NAME(low_32)(last, last + 16) | SCAN_NAME(low_32)(last + 32, last + 48) << 32;
        if (low >> (64 - (len - i)) == 0) {
            scan->line_start = 0;
            return len;
        }
    }
    if (i != 0)
        scan->line_start = octets[i - 1] == '\n';
    do {
        const size_t left = len - i, from = left >= 64 ? i : len - 64;
        const unsigned before = (unsigned)(i - from); /* octets that are read once more */
        room = left < 64 ? (unsigned)left : 64;
        SCAN_NAME(exact)(octets + from, 32, &m);
        m.cr >>= before;
        m.lf >>= before;
        m.dot >>= before;
        m.nul >>= before;
        m.high >>= before;
        n = SCAN_NAME(part)(&m, ~UINT64_C(0) >> (64 - room), scan->at + i, &behind_cr, scan);
        i += n;
    } while (n == room && i != len);
    scan->line_start = (uint8_t)(scan->line_start && !behind_cr);
    return i - (size_t)behind_cr; /* the CR is for the machine, which reads what is behind it */
}

/* Up to 64 octets. */
SCAN_TARGET static SMTPWIRE__NOINLINE size_t SCAN_NAME(odd_block)(const unsigned char *octets, size_t len,
                                                                  struct smtpwire__scan *scan)
{
    struct SCAN_NAME(masks) m;
    int behind_cr = 0;
    unsigned n;

    SCAN_NAME(exact)(octets, (unsigned)len - 32, &m);
    n = SCAN_NAME(part)(&m, ~UINT64_C(0) >> (64 - len), scan->at, &behind_cr, scan);
    scan->line_start = (uint8_t)(scan->line_start && !behind_cr);
    return n - (size_t)behind_cr;
}

/* The same; most of such blocks can be skipped as they are. */
SCAN_TARGET static SMTPWIRE__NOINLINE size_t SCAN_NAME(block)(const unsigned char *octets, size_t len,
                                                              struct smtpwire__scan *scan)
{
    struct SCAN_NAME(masks) m;

    SCAN_NAME(exact)(octets, (unsigned)len - 32, &m); /* no bit stands for what is not there */
    if ((((m.cr << 1 ^ m.lf) & ~UINT64_C(0) >> (64 - len)) | m.nul |
         (scan->dots ? m.dot & (m.lf << 1 | scan->line_start) : 0)) != 0)
        return SCAN_NAME(odd_block)(octets, len, scan);
    scan->eight_bit |= m.high != 0;
    scan->line_start = (uint8_t)(m.lf >> (len - 1));
    SCAN_NAME(lines_of_part)(m.lf, scan->at, scan);
    return len - (size_t)(m.cr >> (len - 1)); /* a CR at the end is for the machine, which reads what is behind it */
}

SCAN_TARGET static inline SCAN_VECTOR SCAN_NAME(load)(const unsigned char *p)
{
    SCAN_VECTOR octets;
    memcpy(&octets, p, sizeof octets);
    return octets;
}

/* Octets of which those before octets[i] have been looked at, 64 at least, and whether that is an LF; and the line that
 * goes on there or begins behind the LF, with its CR at octets[cr] and so many octets with its CRLF. */
struct SCAN_NAME(line) {
    const unsigned char *octets;
    size_t len, i;
    uint64_t cr, length;
};

/* Whether it may be so, of a line that has room for a vector, and the next line be as long. */
SCAN_TARGET static SMTPWIRE__INLINE int SCAN_NAME(may_be)(const struct SCAN_NAME(line) * l)
{
    return l->cr - l->i < l->length && l->length >= sizeof(SCAN_VECTOR) + 2 && l->length <= UINT8_MAX &&
           l->cr + l->length + 2 <= l->len && smtpwire__is_crlf((const char *)l->octets + l->cr) &&
           smtpwire__is_crlf((const char *)l->octets + l->cr + l->length);
}

/* The line, if it may be as long as lines were that were alike, or else as its first CR says. Returns 0 if neither may
 * be. There are 128 octets from i on; line as lines() has it. */
SCAN_TARGET static SMTPWIRE__INLINE int SCAN_NAME(find)(struct SCAN_NAME(line) * l, uint64_t line, uint64_t alike)
{
    uint64_t near, far;
    l->length = alike;
    l->cr = l->i + line + alike;
    if (SCAN_NAME(may_be)(l))
        return 1;
    near = SCAN_NAME(equal)(l->octets + l->i, '\r');
    far = SCAN_NAME(equal)(l->octets + l->i + 64, '\r');
    l->cr = l->i + (near != 0 ? SCAN_NAME(first)(near) : 64 + SCAN_NAME(first)(far));
    l->length = l->cr - l->i - line;
    return SCAN_NAME(may_be)(l);
}

/* Lines that are all as long as that one, as those of base64 are: where they end is not looked for, and nothing is told
 * of their octets but that they are ASCII, and none a control up to CR. Returns what is behind them, no more
 * than i + 1 if there is none. */
SCAN_TARGET static SMTPWIRE__INLINE size_t SCAN_NAME(alike)(const struct SCAN_NAME(line) * l, unsigned char dot)
{
    const unsigned char *p = l->octets + l->i, *end = l->octets + l->cr, *const stop = l->octets + l->len - 2;
    const size_t length = (size_t)l->length, width = sizeof(SCAN_VECTOR);

    p += *p == '\n';
    while (end < stop && smtpwire__is_crlf((const char *)end) && end[2] != dot && end[2] != '\n') {
        SCAN_VECTOR least = SCAN_NAME(load)(end - width), all = least;
        SMTPWIRE__STEPS(length / 8);
        __builtin_prefetch(end + 512);
        for (const unsigned char *q = p; q < end - width; q += width) {
            const SCAN_VECTOR octets = SCAN_NAME(load)(q);
            least = SCAN_NAME(lesser)(least, octets);
            all |= octets;
        }
        if (SCAN_NAME(any)(SCAN_NAME(controls)(least) | all))
            break;
        SMTPWIRE__ALIKE(length);
        p = end + 2;
        end += length;
    }
    return (size_t)(p - l->octets);
}

#ifdef SCAN_BSR
/* The same of the block at p. Returns 0 if there is a dot behind one of its lines' ends, which glance() did not tell.
 */
SCAN_TARGET static SMTPWIRE__INLINE int SCAN_NAME(lines_of)(const unsigned char *p, uint64_t ends, unsigned char dot,
                                                            uint64_t *line, struct smtpwire__scan *scan)
{
    const uint64_t first = SCAN_NAME(first)(ends);
    if (SMTPWIRE__MOSTLY((ends & (ends - 1)) == 0 && p[first + 2] != dot)) { /* one or none */
        scan->longest = first - *line > scan->longest ? first - *line : scan->longest;
        *line = (ends != 0 ? first : *line) - 64;
        return 1;
    }
    if ((SCAN_NAME(equal)(p + 2, dot) & ends) != 0)
        return 0;
    SCAN_NAME(lines)(ends, line, scan);
    return 1;
}
#endif

/* Blocks up to stop, or to one with something in it that cannot be skipped; *line as lines() has it, *high gets their
 * octets. Returns what is behind them. */
SCAN_TARGET static SMTPWIRE__INLINE const unsigned char *SCAN_NAME(run)(const unsigned char *p,
                                                                        const unsigned char *stop, unsigned char dot,
                                                                        uint64_t *line, SCAN_VECTOR *high,
                                                                        struct smtpwire__scan *scan)
{
    for (; p < stop; p += 64) {
        SCAN_VECTOR bad, all;
        uint64_t ends;
        __builtin_prefetch(p + 512);
        ends = SCAN_NAME(glance)(p, dot, &bad, &all);
        if (SCAN_NAME(any)(bad))
            break;
#ifdef SCAN_BSR
        if (!SCAN_NAME(lines_of)(p, ends, dot, line, scan))
            break;
#else
        SCAN_NAME(lines)(ends, line, scan);
#endif
        *high |= all;
    }
    return p;
}

SCAN_TARGET SMTPWIRE__ALIGNED_LOOPS static SMTPWIRE__NOINLINE size_t SCAN_NAME(blocks)(const unsigned char *octets,
                                                                                       size_t len,
                                                                                       struct smtpwire__scan *result)
{
    struct smtpwire__scan scan = *result;             /* in registers */
    const unsigned char dot = scan.dots ? '.' : '\n'; /* an LF behind one is never good */
    const unsigned char *p = octets, *const stop = octets + (len >= 66 ? len - 65 : 0);
    uint64_t line = scan.line_at - (scan.at + 2);
    SCAN_VECTOR high = {0};
    const size_t seldom = 32768;
    size_t step = 64, i; /* so many octets before lines are looked at that are alike */

    if (scan.alike != 0 && scan.alike <= SMTPWIRE__SCAN_PAUSE) { /* no length: a vector would have no room */
        scan.alike--;
        step = seldom;
    }
    while (p < stop) {
        const unsigned char *const pause = (size_t)(stop - p) > step ? p + step : stop;
        struct SCAN_NAME(line) found = {octets, len, 0, 0, 0};
        size_t behind;
        p = SCAN_NAME(run)(p, pause, dot, &line, &high, &scan);
        i = found.i = (size_t)(p - octets);
        if (p < pause || len - i < 128)
            break;
        step = i + 1 + line >= i + 1 ? i : seldom; /* not so many where no line begins behind the first octet */
        if (!SCAN_NAME(find)(&found, line, scan.alike)) {
            scan.alike = scan.alike == 0 ? SMTPWIRE__SCAN_PAUSE : scan.alike;
            continue;
        }
        behind = SCAN_NAME(alike)(&found, dot);
        if (behind > i + 1) {
            p = octets + behind;
            line = UINT64_C(0) - 2;
            scan.longest = found.length > scan.longest ? found.length : scan.longest;
        }
        scan.alike = behind - i > 2 * found.length ? (uint8_t)found.length : 0; /* one may be as long by chance */
    }
    i = (size_t)(p - octets);
    scan.line_at = scan.at + 2 + i + line;
    scan.eight_bit |= (uint8_t)SCAN_NAME(any)(high);
    i = SCAN_NAME(rest)(octets, len, i, &scan);
    *result = scan;
    return i;
}

SCAN_TARGET size_t SCAN_NAME(content)(const unsigned char *octets, size_t len, struct smtpwire__scan *scan)
{
    if (len < SMTPWIRE__SCAN_LEAST)
        return 0;
    if (len <= 64)
        return SCAN_NAME(block)(octets, len, scan);
    if (octets[0] == '\n' || (scan->dots && scan->line_start && octets[0] == '.'))
        return 0;
    return SCAN_NAME(blocks)(octets, len, scan);
}
