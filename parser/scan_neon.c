/* Masks of 64 octets with Advanced SIMD (NEON), which every aarch64 has. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "server.h"

#ifdef SMTPWIRE__SCAN_NEON
#include <arm_neon.h>

#define SCAN_NAME(what) smtpwire__scan_##what##_neon
#define SCAN_TARGET
#define SCAN_VECTOR uint8x16_t
#include "scan_body.h"

/* Each lane is all ones or zero: keep one bit of each, and add neighbours up three times. */
static inline uint64_t neon_mask(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
    static const uint8_t bits[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bit = vld1q_u8(bits);
    uint8x16_t low = vpaddq_u8(vandq_u8(a, bit), vandq_u8(b, bit));
    uint8x16_t high = vpaddq_u8(vandq_u8(c, bit), vandq_u8(d, bit));
    low = vpaddq_u8(low, high);
    low = vpaddq_u8(low, low);
    return vgetq_lane_u64(vreinterpretq_u64_u8(low), 0);
}

static inline uint8x16_t neon_equal(const unsigned char *p, uint8_t octet)
{
    return vceqq_u8(vld1q_u8(p), vdupq_n_u8(octet));
}

static inline int smtpwire__scan_any_neon(uint8x16_t octets) { return vmaxvq_u8(octets) > 127; }

static inline uint8x16_t smtpwire__scan_lesser_neon(uint8x16_t a, uint8x16_t b) { return vminq_u8(a, b); }

static inline uint8x16_t smtpwire__scan_controls_neon(uint8x16_t octets) { return vcleq_u8(octets, vdupq_n_u8('\r')); }

/* Of 16 octets. */
static inline uint8x16_t neon_glance(const unsigned char *p, unsigned char dot, uint8x16_t *bad)
{
    const uint8x16_t ends = neon_equal(p + 1, '\n');
    const uint8x16_t dots = vandq_u8(neon_equal(p + 2, dot), ends);
    *bad = vorrq_u8(vorrq_u8(veorq_u8(neon_equal(p, '\r'), ends), dots), *bad);
    return ends;
}

static inline uint64_t smtpwire__scan_glance_neon(const unsigned char *p, unsigned char dot, uint8x16_t *bad,
                                                  uint8x16_t *high)
{
    const uint8x16_t a = vld1q_u8(p), b = vld1q_u8(p + 16), c = vld1q_u8(p + 32), d = vld1q_u8(p + 48);
    uint8x16_t ends[4];
    *bad = vceqq_u8(vminq_u8(vminq_u8(a, b), vminq_u8(c, d)), vdupq_n_u8(0));
    *high = vorrq_u8(vorrq_u8(a, b), vorrq_u8(c, d));
    ends[0] = neon_glance(p, dot, bad);
    ends[1] = neon_glance(p + 16, dot, bad);
    ends[2] = neon_glance(p + 32, dot, bad);
    ends[3] = neon_glance(p + 48, dot, bad);
    return neon_mask(ends[0], ends[1], ends[2], ends[3]);
}

/* The masks of the second 32 octets are moved to where they belong; where they overlap the first both are the same. */
static inline uint64_t neon_halves(uint64_t mask, unsigned behind) { return (uint32_t)mask | mask >> 32 << behind; }

static inline uint64_t neon_equal_64(const uint8x16_t *v, unsigned behind, uint8_t octet)
{
    const uint8x16_t wanted = vdupq_n_u8(octet);
    return neon_halves(
        neon_mask(vceqq_u8(v[0], wanted), vceqq_u8(v[1], wanted), vceqq_u8(v[2], wanted), vceqq_u8(v[3], wanted)),
        behind);
}

static inline uint64_t smtpwire__scan_equal_neon(const unsigned char *p, unsigned char octet)
{
    const uint8x16_t v[4] = {vld1q_u8(p), vld1q_u8(p + 16), vld1q_u8(p + 32), vld1q_u8(p + 48)};
    return neon_equal_64(v, 32, octet);
}

static void smtpwire__scan_exact_neon(const unsigned char *p, unsigned behind, struct smtpwire__scan_masks_neon *m)
{
    const uint8x16_t v[4] = {vld1q_u8(p), vld1q_u8(p + 16), vld1q_u8(p + behind), vld1q_u8(p + behind + 16)};
    const uint8x16_t limit = vdupq_n_u8(127);
    m->cr = neon_equal_64(v, behind, '\r');
    m->lf = neon_equal_64(v, behind, '\n');
    m->dot = neon_equal_64(v, behind, '.');
    m->nul = neon_equal_64(v, behind, '\0');
    m->high = neon_halves(
        neon_mask(vcgtq_u8(v[0], limit), vcgtq_u8(v[1], limit), vcgtq_u8(v[2], limit), vcgtq_u8(v[3], limit)), behind);
}

#define SCAN_WIDTH 16
#include "scan_path.h"

static inline uint64_t neon_mask_32(uint8x16_t a, uint8x16_t b)
{
    const uint8x16_t none = vdupq_n_u8(0);
    return neon_mask(a, b, none, none) & 0xFFFFFFFF;
}

static inline uint64_t smtpwire__scan_low_32_neon(const unsigned char *p, const unsigned char *q)
{
    const int8x16_t cr = vdupq_n_s8('\r');
    return neon_mask_32(vcleq_s8(vreinterpretq_s8_u8(vld1q_u8(p)), cr), vcleq_s8(vreinterpretq_s8_u8(vld1q_u8(q)), cr));
}

/* Lanes from low to high. */
static inline uint8x16_t neon_range(uint8x16_t v, uint8_t low, uint8_t high)
{
    return vcleq_u8(vsubq_u8(v, vdupq_n_u8(low)), vdupq_n_u8((uint8_t)(high - low)));
}

static inline uint8x16_t neon_is(uint8x16_t v, char octet) { return vceqq_u8(v, vdupq_n_u8((uint8_t)octet)); }

static inline uint8x16_t neon_alnum(uint8x16_t v)
{
    return vorrq_u8(neon_range(vorrq_u8(v, vdupq_n_u8(32)), 'a', 'z'), neon_range(v, '0', '9'));
}

static inline uint8x16_t neon_other(uint8x16_t v)
{
    const uint8x16_t plus = vorrq_u8(neon_is(v, '+'), neon_is(v, '='));
    const uint8x16_t quote = vorrq_u8(neon_is(v, '_'), neon_is(v, '\''));
    return vorrq_u8(plus, quote);
}

static inline uint8x16_t neon_unusual(uint8x16_t v)
{
    return vmvnq_u8(vorrq_u8(vorrq_u8(neon_alnum(v), neon_range(v, '-', '.')), neon_other(v)));
}

static SMTPWIRE__INLINE void smtpwire__scan_classes_neon(const unsigned char *p, const unsigned char *q,
                                                         struct smtpwire__scan_class_masks_neon *m)
{
    const uint8x16_t a = vld1q_u8(p), b = vld1q_u8(q);
    m->unusual = neon_mask_32(neon_unusual(a), neon_unusual(b));
    m->other = neon_mask_32(neon_other(a), neon_other(b));
    m->hyphen = neon_mask_32(neon_is(a, '-'), neon_is(b, '-'));
    m->dot = neon_mask_32(neon_is(a, '.'), neon_is(b, '.'));
}

#define smtpwire__scan_blank_neon smtpwire__blank_command
#include "plain_body.h"

#undef SCAN_WIDTH
#undef SCAN_NAME
#undef SCAN_TARGET
#undef SCAN_VECTOR
#endif
