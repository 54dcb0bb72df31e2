/* Masks of 64 octets, eight at a time in a 64-bit word, for what has nothing better. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#ifdef SMTPWIRE__SCAN_SWAR
#define SWAR_HIGH UINT64_C(0x8080808080808080)

/* The first octet from i on that is below 14, len if there is none. */
static inline size_t swar_find_low(const unsigned char *octets, size_t len, size_t i, uint64_t *high)
{
    for (; len - i >= 8; i += 8) {
        uint64_t word, low;
        memcpy(&word, octets + i, sizeof word);
        low = smtpwire__swar_low(word);
        if (low != 0) {
            *high |= word & ((low & (~low + 1)) - 1);
            return i + ((unsigned)__builtin_ctzll(low) >> 3);
        }
        *high |= word;
    }
    for (; i != len && octets[i] >= 14; i++)
        *high |= (uint64_t)octets[i];
    return i;
}

/* By lines, not by blocks: a word is looked at for octets below 14 only, which hardly are any but a line's end. */
size_t smtpwire__scan_content_swar(const unsigned char *octets, size_t len, struct smtpwire__scan *result)
{
    struct smtpwire__scan scan = *result; /* in registers */
    uint64_t high = 0;
    size_t i = 0, start = scan.line_start ? 0 : SIZE_MAX; /* of the line, if here */

    if (len < SMTPWIRE__SCAN_LEAST)
        return 0;
    while (i != len) {
        if (i == start && scan.dots && octets[i] == '.')
            break;
        i = swar_find_low(octets, len, i, &high);
        if (i == len)
            break;
        if (octets[i] == '\r' && len - i > 1 && octets[i + 1] == '\n') {
            uint64_t line;
            start = i += 2;
            line = scan.at + i - scan.line_at;
            scan.longest = line > scan.longest ? line : scan.longest;
            scan.line_at = scan.at + i;
        } else if (octets[i] == '\r' || octets[i] == '\n' || octets[i] == '\0') {
            start = octets[i] == '\r' ? SIZE_MAX : start;
            break;
        } else {
            i++;
        }
    }
    scan.line_start = i == start;
    scan.eight_bit |= (high & SWAR_HIGH) != 0;
    *result = scan;
    return i;
}
#endif
