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

static int default_limits(const struct smtpwire_options *options)
{
    return options == NULL || (options->limit[SMTPWIRE_LIMIT_LOCAL_PART] | options->limit[SMTPWIRE_LIMIT_DOMAIN] |
                               options->limit[SMTPWIRE_LIMIT_LABEL] | options->limit[SMTPWIRE_LIMIT_PATH]) == 0;
}

const unsigned char *smtpwire__plain_path(const struct smtpwire__plain *plain, const unsigned char *p,
                                          struct smtpwire_address *address, uint32_t *flags)
{
    const struct smtpwire_slice *line = &plain->line;
    const unsigned char *const first = (const unsigned char *)line->data, *const pe = first + line->len;
    const unsigned char *at, *end;
    struct smtpwire__scanned_path path;

    if (*p != '<' || !default_limits(plain->options))
        return NULL;
    if (smtpwire__scan_path(plain->simd, p + 1, (size_t)(p + 1 - first), plain->readable - (size_t)(p + 1 - first),
                            &path) != 0) {
        at = p + 1 + path.local;
        end = p + 1 + path.end;
        *flags = (path.single_label ? SMTPWIRE_FLAG_SINGLE_LABEL : 0U) |
                 (path.double_hyphen ? SMTPWIRE_FLAG_DOUBLE_HYPHEN : 0U);
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

/* The length limits of an address of which the machine has said what its parts are; not those of labels. No literal
 * whose tag is registered is too long. */
static int within_limits(const struct smtpwire_address *a)
{
    return a->path.len <= 256 && a->local.len <= 64 && a->domain.len <= 63 && a->route.data == NULL;
}

/* A path that is not plain, such as one with a Quoted-string or an address literal, by the machine. */
static const unsigned char *unusual_path(const struct smtpwire__plain *plain, enum smtpwire__address_kind kind,
                                         const unsigned char *p, struct smtpwire_address *address, uint32_t *flags)
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

static int plain_path_command(const struct smtpwire__plain *plain, unsigned verb, size_t at,
                              struct smtpwire_command *command)
{
    const enum smtpwire__address_kind kind =
        verb == SMTPWIRE_VERB_MAIL ? SMTPWIRE__REVERSE_PATH : SMTPWIRE__FORWARD_PATH;
    const unsigned char *const first = (const unsigned char *)plain->line.data, *end;

    if (first[at] != '<')
        return 0;
    smtpwire__zero(command, sizeof *command);
    end = smtpwire__plain_path(plain, first + at, &command->address, &command->flags);
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

static int plain_host(const struct smtpwire__plain *plain, unsigned verb, struct smtpwire_command *command)
{
    const unsigned char *const first = (const unsigned char *)plain->line.data, *const pe = first + plain->line.len;

    if (plain->line.len <= 5 || plain->line.len > 5 + 63 || first[4] != ' ' || !default_limits(plain->options) ||
        (plain->options != NULL && plain->options->lmtp) || plain_domain(first + 5, pe) != pe)
        return 0;
    SMTPWIRE__STEPS(plain->line.len);
    smtpwire__zero(command, sizeof *command);
    command->verb = (uint16_t)verb;
    command->name.data = plain->line.data;
    command->name.len = 4;
    command->address.domain.data = plain->line.data + 5;
    command->address.domain.len = plain->line.len - 5;
    command->flags = smtpwire__domain_flags(command->address.domain.data, command->address.domain.len);
    return 1;
}

static int plain_lone_word(const struct smtpwire__plain *plain, unsigned verb, struct smtpwire_command *command)
{
    if (verb == SMTPWIRE_VERB_UNKNOWN)
        return 0;
    smtpwire__zero(command, sizeof *command);
    command->verb = (uint16_t)verb;
    command->name = plain->line;
    return 1;
}

/* Letters in either case, for comparing with upper case: only letters become letters. What must not be touched is. */
static uint32_t upper4(const char *text)
{
    uint32_t word, fold;
    memcpy(&word, text, sizeof word);
    memcpy(&fold, "\xDF\xDF\xDF\xDF", sizeof fold);
    return word & fold;
}

/* Whether eight octets are those, in either case where fold is 0xDF. */
static int is_upper8(const char *text, const char *fold, const char *upper)
{
    uint64_t word, bits, wanted;
    memcpy(&word, text, sizeof word);
    memcpy(&bits, fold, sizeof bits);
    memcpy(&wanted, upper, sizeof wanted);
    return (word & bits) == wanted;
}

static uint32_t word4(const char *name)
{
    uint32_t word;
    memcpy(&word, name, sizeof word);
    return word;
}

int smtpwire__plain_command(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    const char *const line = plain->line.data;
    const size_t len = plain->line.len;
    uint32_t name;

    if (len < 4)
        return 0;
    name = upper4(line);
    if (name == word4("RCPT"))
        return len > 8 && is_upper8(line, "\xDF\xDF\xDF\xDF\xFF\xDF\xDF\xFF", "RCPT TO:") &&
               plain_path_command(plain, SMTPWIRE_VERB_RCPT, 8, command);
    if (name == word4("MAIL"))
        return len > 10 && is_upper8(line + 2, "\xDF\xDF\xFF\xDF\xDF\xDF\xDF\xFF", "IL FROM:") &&
               plain_path_command(plain, SMTPWIRE_VERB_MAIL, 10, command);
    if (name == word4("EHLO") || name == word4("HELO"))
        return plain_host(plain, name == word4("EHLO") ? SMTPWIRE_VERB_EHLO : SMTPWIRE_VERB_HELO, command);
    return len == 4 && plain_lone_word(plain,
                                       name == word4("DATA")   ? SMTPWIRE_VERB_DATA
                                       : name == word4("RSET") ? SMTPWIRE_VERB_RSET
                                       : name == word4("QUIT") ? SMTPWIRE_VERB_QUIT
                                       : name == word4("NOOP") ? SMTPWIRE_VERB_NOOP
                                                               : SMTPWIRE_VERB_UNKNOWN,
                                       command);
}
#endif
