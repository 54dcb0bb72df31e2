/* What plain.c, the scan_*.c with plain_body.h, and those that call them share: command lines, paths and hosts that
 * need no machine. Not installed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SMTPWIRE_PLAIN_H
#define SMTPWIRE_PLAIN_H

#include "internal.h"
#include "scan.h"

/* plain.c: what needs no machine. readable: octets from the first of the line on that may be read, at least its own. */
struct smtpwire__plain {
    struct smtpwire_slice line;
    size_t readable;
    const struct smtpwire_options *options;
    uint64_t offered; /* of the options' extensions */
    unsigned simd;    /* enum smtpwire_simd */
    size_t clear;     /* smtpwire__plain_line() puts here how many octets it has found over CR, if they do not end */
};
/* Each does what the machines do with a line, or a path, and all checks; or returns 0 for what is not plain, and it
 * means nothing then what *command or *address is. Of a path, whose "<" is to be before octet from, which
 * is under 64, it is returned where ">" is. */
#ifndef SMTPWIRE_ONLY_NONE
int smtpwire__plain_command(const struct smtpwire__plain *plain, struct smtpwire_command *command);
size_t smtpwire__plain_path(const struct smtpwire__plain *plain, size_t from, struct smtpwire_address *address,
                            uint32_t *flags);
/* How many octets the text begins with that are all of a Domain in ASCII and within all limits, up to one that no such
 * has; 0 tells nothing. */
size_t smtpwire__plain_domain(const char *text, size_t len, const struct smtpwire_options *options, uint32_t *flags);
/* smtpwire__plain_line() without masks. */
size_t smtpwire__plain_line_octets(struct smtpwire__plain *plain, uint32_t cap, struct smtpwire_command *command);
#else
static inline size_t smtpwire__plain_line_octets(struct smtpwire__plain *plain, uint32_t cap,
                                                 struct smtpwire_command *command)
{
    return (void)plain, (void)cap, (void)command, (size_t)0;
}

static inline size_t smtpwire__plain_domain(const char *text, size_t len, const struct smtpwire_options *options,
                                            uint32_t *flags)
{
    return (void)text, (void)len, (void)options, (void)flags, (size_t)0;
}

static inline int smtpwire__plain_command(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    return (void)plain, (void)command, 0;
}

static inline size_t smtpwire__plain_path(const struct smtpwire__plain *plain, size_t from,
                                          struct smtpwire_address *address, uint32_t *flags)
{
    return (void)plain, (void)from, (void)address, (void)flags, (size_t)0;
}
#endif
/* The command's parameters, and what they say of it. */
int smtpwire__plain_parameters(const struct smtpwire__plain *plain, struct smtpwire_command *command);
/* What has no path, of a command that is blank; and what has a path without masks, or an unusual one, of a command that
 * has a name. */
int smtpwire__plain_other(const struct smtpwire__plain *plain, struct smtpwire_command *command);
int smtpwire__plain_path_command(const struct smtpwire__plain *plain, size_t from, struct smtpwire_command *command);

/* Whether the length limits of addresses, which are the first four, are the RFC's. */
static inline int smtpwire__default_limits(const struct smtpwire_options *options)
{
    uint64_t limits[2];
    _Static_assert(SMTPWIRE_LIMIT_LOCAL_PART < 4 && SMTPWIRE_LIMIT_DOMAIN < 4 && SMTPWIRE_LIMIT_LABEL < 4 &&
                       SMTPWIRE_LIMIT_PATH < 4,
                   "they stand together");
    if (options == NULL)
        return 1;
    memcpy(limits, options->limit, sizeof limits);
    return (limits[0] | limits[1]) == 0;
}

/* Up to eight octets, the first of them the lowest; and what folds letters in it: no other octet becomes one. */
#define SMTPWIRE__WORD(a, b, c, d, e, f, g, h)                                                                         \
    ((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | (uint64_t)(e) << 32 |            \
     (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)
#define SMTPWIRE__FOLD(octet) ((octet) == 0 ? 0x00 : (octet) >= 'A' ? 0xDF : 0xFF)
#define SMTPWIRE__IS_WORD(word, a, b, c, d, e, f, g, h)                                                                \
    (((word)&SMTPWIRE__WORD(SMTPWIRE__FOLD(a), SMTPWIRE__FOLD(b), SMTPWIRE__FOLD(c), SMTPWIRE__FOLD(d),                \
                            SMTPWIRE__FOLD(e), SMTPWIRE__FOLD(f), SMTPWIRE__FOLD(g), SMTPWIRE__FOLD(h))) ==            \
     SMTPWIRE__WORD(a, b, c, d, e, f, g, h))

/* MAIL and RCPT: names the command, and returns where its path begins behind "<"; 0 if it is another. A path that is
 * shorter than what it looks at is none. */
static inline size_t smtpwire__plain_verb(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    enum { RCPT_TO = 9, MAIL_FROM = 11 };
    const char *const line = plain->line.data;
    size_t from = RCPT_TO;

    if (plain->line.len < MAIL_FROM)
        return 0;
    if (!SMTPWIRE__IS_WORD(smtpwire__load_8(line), 'R', 'C', 'P', 'T', ' ', 'T', 'O', ':')) {
        if (!SMTPWIRE__IS_WORD(smtpwire__load_8(line), 'M', 'A', 'I', 'L', ' ', 'F', 'R', 'O') ||
            !SMTPWIRE__IS_WORD(smtpwire__load_8(line + 2), 'I', 'L', ' ', 'F', 'R', 'O', 'M', ':'))
            return 0;
        from = MAIL_FROM;
    }
    command->verb = from == RCPT_TO ? SMTPWIRE_VERB_RCPT : SMTPWIRE_VERB_MAIL;
    command->name.data = line;
    command->name.len = 4;
    return from;
}

/* "<" local "@" domain ">": the local part is from octet from on. */
static inline void smtpwire__plain_address(const char *line, size_t from, size_t at, size_t end,
                                           struct smtpwire_address *address)
{
    address->path.data = line + from - 1;
    address->path.len = end - from + 2;
    address->local.data = line + from;
    address->local.len = at - from;
    address->domain.data = line + at + 1;
    address->domain.len = end - at - 1;
}

/* Behind the path. */
static inline int smtpwire__plain_rest(const struct smtpwire__plain *plain, size_t end,
                                       struct smtpwire_command *command)
{
    const size_t len = plain->line.len;
    if (end == len)
        return 1;
    if (plain->line.data[end] != ' ')
        return 0;
    command->parameters.data = plain->line.data + end + 1;
    command->parameters.len = len - end - 1;
    return smtpwire__plain_parameters(plain, command);
}

/* Fewer octets of a line are not read by vectors. */
enum { SMTPWIRE__SCAN_LINE_LEAST = 16 };

/* plain_body.h, for plain.c: lines of which 16 octets are readable, with AVX2 32; from is under 64. What has unusual
 * octets in it, or ends in a digit, or goes on behind the first 64 octets, is no path and no host here. */
int smtpwire__scan_command_sse2(const struct smtpwire__plain *plain, struct smtpwire_command *command);
size_t smtpwire__scan_line_sse2(struct smtpwire__plain *plain, uint32_t cap, struct smtpwire_command *command);
size_t smtpwire__scan_path_sse2(const struct smtpwire__plain *plain, size_t from, struct smtpwire_address *address,
                                uint32_t *flags);
size_t smtpwire__scan_host_sse2(const struct smtpwire__plain *plain, size_t from, uint32_t *flags);
int smtpwire__scan_command_avx2(const struct smtpwire__plain *plain, struct smtpwire_command *command);
size_t smtpwire__scan_line_avx2(struct smtpwire__plain *plain, uint32_t cap, struct smtpwire_command *command);
size_t smtpwire__scan_path_avx2(const struct smtpwire__plain *plain, size_t from, struct smtpwire_address *address,
                                uint32_t *flags);
size_t smtpwire__scan_host_avx2(const struct smtpwire__plain *plain, size_t from, uint32_t *flags);
int smtpwire__scan_command_neon(const struct smtpwire__plain *plain, struct smtpwire_command *command);
size_t smtpwire__scan_line_neon(struct smtpwire__plain *plain, uint32_t cap, struct smtpwire_command *command);
size_t smtpwire__scan_path_neon(const struct smtpwire__plain *plain, size_t from, struct smtpwire_address *address,
                                uint32_t *flags);
size_t smtpwire__scan_host_neon(const struct smtpwire__plain *plain, size_t from, uint32_t *flags);

/* Returns what the vectors say that the line is to be read by, if there are such. */
#if defined(SMTPWIRE__SCAN_AVX2)
#define SMTPWIRE__BY_VECTORS(plain, what, arguments)                                                                   \
    {                                                                                                                  \
        if ((plain)->simd == SMTPWIRE_SIMD_AVX2 && (plain)->readable >= 32)                                            \
            return smtpwire__scan_##what##_avx2 arguments;                                                             \
        if ((plain)->simd != SMTPWIRE_SIMD_NONE && (plain)->simd != SMTPWIRE_SIMD_SWAR)                                \
            return smtpwire__scan_##what##_sse2 arguments;                                                             \
    }
#elif defined(SMTPWIRE__SCAN_SSE2)
#define SMTPWIRE__BY_VECTORS(plain, what, arguments)                                                                   \
    {                                                                                                                  \
        if ((plain)->simd != SMTPWIRE_SIMD_NONE && (plain)->simd != SMTPWIRE_SIMD_SWAR)                                \
            return smtpwire__scan_##what##_sse2 arguments;                                                             \
    }
#elif defined(SMTPWIRE__SCAN_NEON)
#define SMTPWIRE__BY_VECTORS(plain, what, arguments)                                                                   \
    {                                                                                                                  \
        if ((plain)->simd != SMTPWIRE_SIMD_NONE && (plain)->simd != SMTPWIRE_SIMD_SWAR)                                \
            return smtpwire__scan_##what##_neon arguments;                                                             \
    }
#else
#define SMTPWIRE__BY_VECTORS(plain, what, arguments)                                                                   \
    {                                                                                                                  \
    }
#endif

/* Looks for the end of a plain command line as well, of which plain->line has what is there: returns its octets with
 * CRLF, which are no more than cap, and plain->line is the line without it. 0 tells nothing. 16 octets are there. */
static inline size_t smtpwire__plain_line(struct smtpwire__plain *plain, uint32_t cap, struct smtpwire_command *command)
{
    SMTPWIRE__BY_VECTORS(plain, line, (plain, cap, command))
    return smtpwire__plain_line_octets(plain, cap, command);
}

#endif
