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
};
/* Each does what the machines do with a line, or a path, and all checks; or returns 0 for what is not plain, and it
 * means nothing then what *command or *address is. Of a path, whose "<" is to be before octet from, which
 * is under 64, it is returned where it has ended, behind ">". */
#ifndef SMTPWIRE_ONLY_NONE
int smtpwire__plain_command(const struct smtpwire__plain *plain, struct smtpwire_command *command);
int smtpwire__command_by_octets(const struct smtpwire__plain *plain, struct smtpwire_command *command);
size_t smtpwire__plain_path(const struct smtpwire__plain *plain, unsigned from, struct smtpwire_address *address,
                            uint32_t *flags);
/* How many octets the text begins with that are all of a Domain in ASCII and within all limits, up to one that no such
 * has; 0 tells nothing. */
size_t smtpwire__plain_domain(const char *text, size_t len, const struct smtpwire_options *options, uint32_t *flags);
/* The parameters of a MAIL or RCPT, from the space before them on, and what they say of it. */
int smtpwire__plain_parameters(const char *text, const char *end, const char *readable,
                               const struct smtpwire_options *options, uint64_t offered,
                               struct smtpwire_command *command);
/* parameter_split.c: splits what is at text up to a space, or len, and looks its keyword up. Returns where that is; or
 * null, where it is no keyword of visible ASCII, and none with such a value, which may be any behind a keyword that is
 * known. */
const char *smtpwire__split_parameter(const char *text, size_t len, size_t readable,
                                      struct smtpwire_parameter *parameter);
/* Whether what no table has, which is graphic, begins with a letter or digit and has nothing but these and "-". */
int smtpwire__is_esmtp_keyword(const char *keyword, size_t len, size_t readable);
#else
static inline int smtpwire__plain_parameters(const char *text, const char *end, const char *readable,
                                             const struct smtpwire_options *options, uint64_t offered,
                                             struct smtpwire_command *command)
{
    return (void)text, (void)end, (void)readable, (void)options, (void)offered, (void)command, 0;
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

static inline int smtpwire__command_by_octets(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    return (void)plain, (void)command, 0;
}

static inline size_t smtpwire__plain_path(const struct smtpwire__plain *plain, unsigned from,
                                          struct smtpwire_address *address, uint32_t *flags)
{
    return (void)plain, (void)from, (void)address, (void)flags, (size_t)0;
}
#endif
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
#define SMTPWIRE__FOLDS(a, b, c, d, e, f, g, h)                                                                        \
    SMTPWIRE__WORD(SMTPWIRE__FOLD(a), SMTPWIRE__FOLD(b), SMTPWIRE__FOLD(c), SMTPWIRE__FOLD(d), SMTPWIRE__FOLD(e),      \
                   SMTPWIRE__FOLD(f), SMTPWIRE__FOLD(g), SMTPWIRE__FOLD(h))
#define SMTPWIRE__IS_WORD(word, a, b, c, d, e, f, g, h)                                                                \
    (((word)&SMTPWIRE__FOLDS(a, b, c, d, e, f, g, h)) == SMTPWIRE__WORD(a, b, c, d, e, f, g, h))

/* MAIL and RCPT: returns where the path begins behind "<"; 0 if it is another. What is shorter has no path. */
enum { SMTPWIRE__RCPT_TO = 9, SMTPWIRE__MAIL_FROM = 11, SMTPWIRE__SHORTEST = 12 };
static inline unsigned smtpwire__plain_verb(const char *line, size_t len)
{
    if (len < SMTPWIRE__SHORTEST)
        return 0;
    if (SMTPWIRE__IS_WORD(smtpwire__load_8(line), 'R', 'C', 'P', 'T', ' ', 'T', 'O', ':'))
        return SMTPWIRE__RCPT_TO;
    return SMTPWIRE__IS_WORD(smtpwire__load_8(line), 'M', 'A', 'I', 'L', ' ', 'F', 'R', 'O') &&
                   SMTPWIRE__IS_WORD(smtpwire__load_8(line + 2), 'I', 'L', ' ', 'F', 'R', 'O', 'M', ':')
               ? SMTPWIRE__MAIL_FROM
               : 0;
}

/* The command, which is blank, is that one: its name has four letters. */
static inline void smtpwire__plain_name(const char *line, unsigned verb, struct smtpwire_command *command)
{
    command->verb = (uint16_t)verb;
    command->name.data = line;
    command->name.len = 4;
}

static inline unsigned smtpwire__plain_verb_of(unsigned from)
{
    return from == SMTPWIRE__RCPT_TO ? SMTPWIRE_VERB_RCPT : SMTPWIRE_VERB_MAIL;
}

/* "<" local "@" domain ">", from path on behind "<". */
static inline void smtpwire__plain_address(const char *path, size_t at, size_t end, struct smtpwire_address *address)
{
    address->path.data = path - 1;
    address->path.len = end + 2;
    address->local.data = path;
    address->local.len = at;
    address->domain.data = path + at + 1;
    address->domain.len = end - at - 1;
}

/* What has no argument: the four letters that are all of the line. */
static inline unsigned smtpwire__plain_word(const char *line)
{
#ifdef SMTPWIRE_ONLY_NONE
    return (void)line, (unsigned)SMTPWIRE_VERB_UNKNOWN;
#else
    const uint64_t word = smtpwire__load_4(line);
    return SMTPWIRE__IS_WORD(word, 'D', 'A', 'T', 'A', 0, 0, 0, 0)   ? SMTPWIRE_VERB_DATA
           : SMTPWIRE__IS_WORD(word, 'R', 'S', 'E', 'T', 0, 0, 0, 0) ? SMTPWIRE_VERB_RSET
           : SMTPWIRE__IS_WORD(word, 'Q', 'U', 'I', 'T', 0, 0, 0, 0) ? SMTPWIRE_VERB_QUIT
           : SMTPWIRE__IS_WORD(word, 'N', 'O', 'O', 'P', 0, 0, 0, 0) ? SMTPWIRE_VERB_NOOP
                                                                     : SMTPWIRE_VERB_UNKNOWN;
#endif
}

/* Fewer octets of a line are not read by vectors. */
enum { SMTPWIRE__SCAN_LINE_LEAST = 16 };

/* plain_body.h: lines of which 16 octets are readable, with AVX2 32; from is under 64. What has unusual
 * octets in it, or ends in a digit, or goes on behind the first 64 octets, is no path and no host here. */
int smtpwire__scan_parse_sse2(const char *line, size_t len, const struct smtpwire_options *options,
                              struct smtpwire_command *command, struct smtpwire_error *error);
size_t smtpwire__scan_push_sse2(struct smtpwire_server *s, const char *data, size_t len, struct smtpwire_event *event);
size_t smtpwire__scan_path_sse2(const struct smtpwire__plain *plain, unsigned from, struct smtpwire_address *address,
                                uint32_t *flags);
size_t smtpwire__scan_host_sse2(const struct smtpwire__plain *plain, unsigned from, uint32_t *flags);
int smtpwire__scan_parse_avx2(const char *line, size_t len, const struct smtpwire_options *options,
                              struct smtpwire_command *command, struct smtpwire_error *error);
size_t smtpwire__scan_push_avx2(struct smtpwire_server *s, const char *data, size_t len, struct smtpwire_event *event);
size_t smtpwire__scan_path_avx2(const struct smtpwire__plain *plain, unsigned from, struct smtpwire_address *address,
                                uint32_t *flags);
size_t smtpwire__scan_host_avx2(const struct smtpwire__plain *plain, unsigned from, uint32_t *flags);
int smtpwire__scan_parse_neon(const char *line, size_t len, const struct smtpwire_options *options,
                              struct smtpwire_command *command, struct smtpwire_error *error);
size_t smtpwire__scan_push_neon(struct smtpwire_server *s, const char *data, size_t len, struct smtpwire_event *event);
size_t smtpwire__scan_path_neon(const struct smtpwire__plain *plain, unsigned from, struct smtpwire_address *address,
                                uint32_t *flags);
size_t smtpwire__scan_host_neon(const struct smtpwire__plain *plain, unsigned from, uint32_t *flags);

/* Returns what the vectors say that the line is to be read by, if there are such. */
#if defined(SMTPWIRE__SCAN_AVX2)
#define SMTPWIRE__BY_VECTORS(simd, readable, what, arguments)                                                          \
    {                                                                                                                  \
        if ((simd) == SMTPWIRE_SIMD_AVX2 && (readable) >= 32)                                                          \
            return smtpwire__scan_##what##_avx2 arguments;                                                             \
        if ((simd) != SMTPWIRE_SIMD_NONE && (simd) != SMTPWIRE_SIMD_SWAR)                                              \
            return smtpwire__scan_##what##_sse2 arguments;                                                             \
    }
#elif defined(SMTPWIRE__SCAN_SSE2)
#define SMTPWIRE__BY_VECTORS(simd, readable, what, arguments)                                                          \
    {                                                                                                                  \
        if ((simd) != SMTPWIRE_SIMD_NONE && (simd) != SMTPWIRE_SIMD_SWAR)                                              \
            return smtpwire__scan_##what##_sse2 arguments;                                                             \
    }
#elif defined(SMTPWIRE__SCAN_NEON)
#define SMTPWIRE__BY_VECTORS(simd, readable, what, arguments)                                                          \
    {                                                                                                                  \
        if ((simd) != SMTPWIRE_SIMD_NONE && (simd) != SMTPWIRE_SIMD_SWAR)                                              \
            return smtpwire__scan_##what##_neon arguments;                                                             \
    }
#else
#define SMTPWIRE__BY_VECTORS(simd, readable, what, arguments)                                                          \
    {                                                                                                                  \
    }
#endif

#endif
