/* A shorter way for what nearly all command lines are: EHLO and HELO with a domain, DATA, RSET, NOOP and QUIT, MAIL and
 * RCPT with brackets and single spaces; and for the paths nearly all of these have, "<" Dot-string "@" Domain ">" in
 * ASCII. It takes no line and no path that the machines (command.rl, address.rl) would not, and says the same of it.
 * Anything else, faults among it, is left to them, so that without it nothing would differ but the time; with
 * SMTPWIRE_ONLY_NONE it is left out. tests/exhaustive_path.c and tests/exhaustive_plain.c compare.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#ifndef SMTPWIRE_ONLY_NONE
enum { PLAIN_ATEXT = 1, PLAIN_LDH = 2 }; /* of octets under 128 */
static const uint8_t plain_class[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 3, 0, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 1, 0, 1,
    0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 1, 1,
    1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 1, 1, 1, 0,
};

/* Reads a Domain; returns what is behind its last label, or null. */
static const unsigned char *plain_domain(const unsigned char *p, const unsigned char *pe)
{
    const unsigned char *label;
    for (;;) {
        for (label = p; p != pe && (plain_class[*p] & PLAIN_LDH) != 0; p++)
            ;
        if (p == label || *label == '-' || p[-1] == '-')
            return NULL;
        if (p == pe || *p != '.')
            return p;
        p++;
    }
}

/* The same octet by octet, from behind "<"; returns where ">" is, and in *at where "@" is, or null. */
static const unsigned char *plain_octets(const unsigned char *p, const unsigned char *pe, const unsigned char **at)
{
    const unsigned char *atom;
    do {
        for (atom = p; p != pe && (plain_class[*p] & PLAIN_ATEXT) != 0; p++)
            ;
        if (p == atom || p == pe)
            return NULL;
    } while (*p++ == '.');
    *at = p - 1;
    if (**at != '@')
        return NULL;
    p = plain_domain(p, pe);
    return p != NULL && p != pe && *p == '>' ? p : NULL;
}

/* Those of addresses, which are the first four. */
static inline int default_limits(const struct smtpwire_options *options)
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

/* Of the line's octets, and those behind it. */
static inline unsigned looked_at(const struct smtpwire__plain *plain)
{
    return plain->readable < 64 ? (unsigned)plain->readable : 64;
}

/* But for NUMERIC_DOMAIN, which only a domain that ends in a digit can be. */
static inline uint32_t scanned_flags(const struct smtpwire__scanned_path *path)
{
    return path->single_label * (uint32_t)SMTPWIRE_FLAG_SINGLE_LABEL +
           path->double_hyphen * (uint32_t)SMTPWIRE_FLAG_DOUBLE_HYPHEN;
}

static SMTPWIRE__INLINE const unsigned char *read_plain_path(const struct smtpwire__plain *plain,
                                                             const unsigned char *p, struct smtpwire_address *address,
                                                             uint32_t *flags)
{
    const struct smtpwire_slice *line = &plain->line;
    const unsigned char *const first = (const unsigned char *)line->data, *const pe = first + line->len;
    const unsigned char *at, *end;
    struct smtpwire__scanned_path path;

    if (*p != '<' || !default_limits(plain->options))
        return NULL;
    if (plain->readable >= SMTPWIRE__SCAN_LINE_LEAST &&
        smtpwire__scan_path(plain->simd, first, (unsigned)(p + 1 - first), looked_at(plain), 0, &path) &&
        path.end < line->len) {
        at = first + path.local;
        end = first + path.end;
        *flags = scanned_flags(&path);
        if (end[-1] <= '9')
            *flags = smtpwire__domain_flags(smtpwire__text(at + 1), (size_t)(end - at - 1));
        SMTPWIRE__STEPS((end - p) / 8);
    } else {
        end = plain_octets(p + 1, pe, &at);
        if (end == NULL || end - p > 64) /* what is no longer is within all limits */
            return NULL;
        *flags = smtpwire__domain_flags(smtpwire__text(at + 1), (size_t)(end - at - 1));
        SMTPWIRE__STEPS(end - p);
    }
    address->path.data = smtpwire__text(p);
    address->path.len = (size_t)(end + 1 - p);
    address->local.data = smtpwire__text(p + 1);
    address->local.len = (size_t)(at - p - 1);
    address->domain.data = smtpwire__text(at + 1);
    address->domain.len = (size_t)(end - at - 1);
    return end + 1;
}

const unsigned char *smtpwire__plain_path(const struct smtpwire__plain *plain, const unsigned char *p,
                                          struct smtpwire_address *address, uint32_t *flags)
{
    return read_plain_path(plain, p, address, flags);
}

/* The length limits of an address of which the machine has said what its parts are; not those of labels. No literal
 * whose tag is registered is too long. */
static int within_limits(const struct smtpwire_address *a)
{
    return a->path.len <= 256 && a->local.len <= 64 && a->domain.len <= 63 && a->route.data == NULL;
}

/* A path that is not plain, such as one with a Quoted-string or an address literal, by the machine. */
SMTPWIRE__SMALL static const unsigned char *unusual_path(const struct smtpwire__plain *plain,
                                                         enum smtpwire__address_kind kind, const unsigned char *p,
                                                         struct smtpwire_address *address, uint32_t *flags)
{
    const unsigned char *const pe = (const unsigned char *)plain->line.data + plain->line.len, *end;
    struct smtpwire__marks marks;

    if (!default_limits(plain->options))
        return NULL;
    smtpwire__zero(&marks, sizeof marks);
    marks.address = address;
    end = smtpwire__address_machine(kind, p, pe, &marks);
    if (end == NULL || marks.unregistered_tag || !within_limits(address) ||
        smtpwire__has_non_ascii(smtpwire__text(p), (size_t)(end - p)))
        return NULL;
    *flags = smtpwire__address_flags(&marks);
    return end;
}

static int plain_host(const struct smtpwire__plain *plain, unsigned verb, struct smtpwire_command *command)
{
    const unsigned char *const first = (const unsigned char *)plain->line.data, *const pe = first + plain->line.len;
    struct smtpwire__scanned_path path;
    uint32_t flags;

    if (plain->line.len <= 5 || plain->line.len > 63 || first[4] != ' ' || !default_limits(plain->options) ||
        (plain->options != NULL && plain->options->lmtp))
        return 0;
    if (plain->readable >= SMTPWIRE__SCAN_LINE_LEAST && pe[-1] > '9' &&
        smtpwire__scan_path(plain->simd, first, 5, looked_at(plain), (unsigned)plain->line.len, &path))
        flags = scanned_flags(&path);
    else if (plain_domain(first + 5, pe) == pe)
        flags = smtpwire__domain_flags(plain->line.data + 5, plain->line.len - 5);
    else
        return 0;
    SMTPWIRE__STEPS(plain->line.len);
    smtpwire__blank_command(command);
    command->verb = (uint16_t)verb;
    command->name.data = plain->line.data;
    command->name.len = 4;
    command->address.domain.data = plain->line.data + 5;
    command->address.domain.len = plain->line.len - 5;
    command->flags = flags;
    return 1;
}

static int plain_lone_word(const struct smtpwire__plain *plain, unsigned verb, struct smtpwire_command *command)
{
    if (verb == SMTPWIRE_VERB_UNKNOWN)
        return 0;
    smtpwire__blank_command(command);
    command->verb = (uint16_t)verb;
    command->name = plain->line;
    return 1;
}

static SMTPWIRE__INLINE int plain_path_command(const struct smtpwire__plain *plain, unsigned verb, size_t at,
                                               struct smtpwire_command *command)
{
    const enum smtpwire__address_kind kind =
        verb == SMTPWIRE_VERB_MAIL ? SMTPWIRE__REVERSE_PATH : SMTPWIRE__FORWARD_PATH;
    const unsigned char *const first = (const unsigned char *)plain->line.data, *end;

    if (first[at] != '<')
        return 0;
    smtpwire__blank_command(command);
    end = read_plain_path(plain, first + at, &command->address, &command->flags);
    if (end == NULL)
        end = unusual_path(plain, kind, first + at, &command->address, &command->flags);
    if (end == NULL)
        return 0;
    command->verb = (uint16_t)verb;
    command->name.data = plain->line.data;
    command->name.len = 4;
    if (end == first + plain->line.len)
        return 1;
    if (*end != ' ')
        return 0;
    command->parameters.data = smtpwire__text(end + 1);
    command->parameters.len = (size_t)(first + plain->line.len - end - 1);
    return smtpwire__plain_parameters(plain, verb, command);
}

/* Octets as a number, for comparing, and those that fold keeps of it. */
static inline uint64_t word_of(const char *text, size_t len)
{
    uint64_t word = 0;
    memcpy(&word, text, len);
    return word;
}

static inline uint64_t folded(const char *text, const char *fold, size_t len)
{
    return word_of(text, len) & word_of(fold, len);
}

/* What has no path. Letters in either case: only letters become those in upper case. */
static int plain_other(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    const uint64_t name = plain->line.len >= 4 ? folded(plain->line.data, "\xDF\xDF\xDF\xDF", 4) : 0;

    if (name == word_of("EHLO", 4) || name == word_of("HELO", 4))
        return plain_host(plain, name == word_of("EHLO", 4) ? SMTPWIRE_VERB_EHLO : SMTPWIRE_VERB_HELO, command);
    return plain->line.len == 4 && plain_lone_word(plain,
                                                   name == word_of("DATA", 4)   ? SMTPWIRE_VERB_DATA
                                                   : name == word_of("RSET", 4) ? SMTPWIRE_VERB_RSET
                                                   : name == word_of("QUIT", 4) ? SMTPWIRE_VERB_QUIT
                                                   : name == word_of("NOOP", 4) ? SMTPWIRE_VERB_NOOP
                                                                                : SMTPWIRE_VERB_UNKNOWN,
                                                   command);
}

int smtpwire__plain_command(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    const char *const line = plain->line.data;
    const size_t len = plain->line.len;
    unsigned verb = SMTPWIRE_VERB_RCPT;
    size_t at = 8;

    if (len <= 10)
        return plain_other(plain, command); /* of a path that is so short the machine reads all */
    if (folded(line, "\xDF\xDF\xDF\xDF\xFF\xDF\xDF\xFF", 8) != word_of("RCPT TO:", 8)) {
        if (folded(line + 2, "\xDF\xDF\xFF\xDF\xDF\xDF\xDF\xFF", 8) != word_of("IL FROM:", 8) ||
            folded(line, "\xDF\xDF\xDF\xDF", 4) != word_of("MAIL", 4))
            return plain_other(plain, command);
        verb = SMTPWIRE_VERB_MAIL;
        at = 10;
    }
    return plain_path_command(plain, verb, at, command);
}
#endif
