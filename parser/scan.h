/* Skips over runs of octets that mean nothing to a machine but themselves, many at a time. A skip may stop anywhere:
 * what it leaves is the machine's own work, so that with SMTPWIRE_SIMD_NONE, which never skips, nothing changes but the
 * time. It reads no octet behind len.
 *
 * There is one body, scan_body.h, over blocks of 64 octets, and for each instruction set what it is made of:
 * scan_sse2.c, scan_avx2.c, scan_neon.c; and scan_swar.c (64-bit words), for everything else. Which of those that are
 * compiled is used is decided by smtpwire__scan_choose() and kept in the caller's object.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SMTPWIRE_SCAN_H
#define SMTPWIRE_SCAN_H

#include <stddef.h>
#include <stdint.h>

/* SMTPWIRE_SIMD=... of the Makefile leaves out what is not asked for. SWAR counts octets as a little-endian machine
 * does. */
#if !defined(SMTPWIRE_ONLY_NONE)
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SMTPWIRE__SCAN_SWAR 1
#endif
#if defined(SMTPWIRE__SCAN_SWAR) && !defined(SMTPWIRE_ONLY_SWAR)
#if defined(__SSE2__)
#define SMTPWIRE__SCAN_SSE2 1
#if defined(__x86_64__) && !defined(SMTPWIRE_ONLY_SSE2)
#define SMTPWIRE__SCAN_AVX2 1
#endif
#elif defined(__aarch64__)
#define SMTPWIRE__SCAN_NEON 1
#endif
#endif
#endif

/* Whether it is DETECT or one that is compiled. */
int smtpwire__scan_has(unsigned simd);
/* The one to use for len octets. Where the choice is DETECT it is made, once, when there are octets enough to make up
 * for what asking the processor costs; until then every processor can do what is used. */
unsigned smtpwire__scan_choose(uint8_t *simd, size_t len);

/* Content (grammar/data.rl) from a state start or text on. */
struct smtpwire__scan {
    uint64_t at;        /* offset of the first octet */
    uint64_t line_at;   /* offset of the first octet of the line it is in */
    uint64_t longest;   /* the longest line that has ended */
    uint8_t line_start; /* in and out: at the start of a line; out: 0 where the next octet is a CR, wherever it is */
    uint8_t dots;       /* a dot at the start of a line means something */
    uint8_t eight_bit;  /* out: an octet over 127 was skipped */
};

/* Fewer octets than these are not skipped. */
enum { SMTPWIRE__SCAN_LEAST = 32 };

/* How many octets can be skipped: lines whole and in part, but no CR that is the last octet or has no LF behind it, no
 * LF without a CR before it, no NUL, and where dots mean something none that begins a line. */
size_t smtpwire__scan_content(unsigned simd, const unsigned char *octets, size_t len, struct smtpwire__scan *scan);

size_t smtpwire__scan_content_swar(const unsigned char *octets, size_t len, struct smtpwire__scan *scan);
size_t smtpwire__scan_content_sse2(const unsigned char *octets, size_t len, struct smtpwire__scan *scan);
size_t smtpwire__scan_content_avx2(const unsigned char *octets, size_t len, struct smtpwire__scan *scan);
size_t smtpwire__scan_content_neon(const unsigned char *octets, size_t len, struct smtpwire__scan *scan);

#endif
