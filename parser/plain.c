/* A shorter way for what nearly all command lines are: EHLO and HELO with a domain, DATA, RSET, NOOP and QUIT, MAIL and
 * RCPT with brackets and single spaces; and for the paths nearly all of these have, "<" Dot-string "@" Domain ">" in
 * ASCII. It takes no line and no path that the machines (command.rl, address.rl) would not, and says the same of it.
 * Anything else, faults among it, is left to them, so that without it nothing would differ but the time; with
 * SMTPWIRE_ONLY_NONE it is left out. tests/exhaustive_path.c and tests/exhaustive_plain.c compare.
 *
 * plain_body.h does it by masks of the first 64 octets; here is the rest, and the choice of instructions.
 *
 * SPDX-License-Identifier: MIT */
#include "plain.h"

#ifndef SMTPWIRE_ONLY_NONE
enum { PLAIN_ATEXT = 1, PLAIN_LDH = 2 }; /* of octets under 128 */
static const uint8_t plain_class[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 3, 0, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 1, 0, 1,
    0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 1, 1,
    1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 1, 1, 1, 0,
};

/* Reads a Domain; returns what is behind its last label, or null. */
static const unsigned char *domain_by_octets(const unsigned char *p, const unsigned char *pe)
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
    const unsigned char *const path = p, *atom;
    do {
        for (atom = p; p != pe && (plain_class[*p] & PLAIN_ATEXT) != 0; p++)
            ;
        if (p == atom || p == pe)
            return NULL;
    } while (*p++ == '.');
    *at = p - 1;
    if (**at != '@')
        return NULL;
    p = domain_by_octets(p, pe);
    if (p == NULL || p == pe || *p != '>' || p - path >= 64) /* what is no longer is within all limits */
        return NULL;
    SMTPWIRE__STEPS(p - path);
    return p;
}

static size_t path_by_octets(const struct smtpwire__plain *plain, size_t from, struct smtpwire_address *address,
                             uint32_t *flags)
{
    const unsigned char *const line = (const unsigned char *)plain->line.data, *at, *end;

    if (line[from - 1] != '<' || !smtpwire__default_limits(plain->options))
        return 0;
    end = plain_octets(line + from, line + plain->line.len, &at);
    if (end == NULL)
        return 0;
    smtpwire__plain_address(plain->line.data, from, (size_t)(at - line), (size_t)(end - line), address);
    *flags = smtpwire__domain_flags(address->domain.data, address->domain.len);
    return (size_t)(end - line);
}

/* The length limits of an address of which the machine has said what its parts are; not those of labels. No literal
 * whose tag is registered is too long. */
static int within_limits(const struct smtpwire_address *a)
{
    return a->path.len <= 256 && a->local.len <= 64 && a->domain.len <= 63 && a->route.data == NULL;
}

/* A path that is not plain, such as one with a Quoted-string or an address literal, by the machine. */
SMTPWIRE__SMALL static const unsigned char *unusual_path(const struct smtpwire__plain *plain, const unsigned char *p,
                                                         struct smtpwire_command *command)
{
    const enum smtpwire__address_kind kind =
        command->verb == SMTPWIRE_VERB_MAIL ? SMTPWIRE__REVERSE_PATH : SMTPWIRE__FORWARD_PATH;
    const unsigned char *const pe = (const unsigned char *)plain->line.data + plain->line.len, *end;
    struct smtpwire__marks marks;

    if (*p != '<' || !smtpwire__default_limits(plain->options))
        return NULL;
    smtpwire__zero(&marks, sizeof marks);
    marks.address = &command->address;
    end = smtpwire__address_machine(kind, p, pe, &marks);
    if (end == NULL || marks.unregistered_tag || !within_limits(&command->address) ||
        smtpwire__has_non_ascii(smtpwire__text(p), (size_t)(end - p)))
        return NULL;
    command->flags = smtpwire__address_flags(&marks);
    return end;
}

int smtpwire__plain_path_command(const struct smtpwire__plain *plain, size_t from, struct smtpwire_command *command)
{
    const unsigned char *const line = (const unsigned char *)plain->line.data, *behind;
    const size_t end = path_by_octets(plain, from, &command->address, &command->flags);
    if (end != 0)
        return smtpwire__plain_rest(plain, end + 1, command);
    behind = unusual_path(plain, line + from - 1, command);
    return behind != NULL && smtpwire__plain_rest(plain, (size_t)(behind - line), command);
}

static size_t path_by_masks(const struct smtpwire__plain *plain, size_t from, struct smtpwire_address *address,
                            uint32_t *flags)
{
    if (plain->readable >= SMTPWIRE__SCAN_LINE_LEAST)
        SMTPWIRE__BY_VECTORS(plain, path, (plain, from, address, flags))
    return (void)plain, (void)from, (void)address, (void)flags, (size_t)0;
}

static size_t host_by_masks(const struct smtpwire__plain *plain, size_t from, uint32_t *flags)
{
    if (plain->readable >= SMTPWIRE__SCAN_LINE_LEAST)
        SMTPWIRE__BY_VECTORS(plain, host, (plain, from, flags))
    return (void)plain, (void)from, (void)flags, (size_t)0;
}

/* The domain that the line has from octet from on; returns where it ends, or 0. One of up to 63
 * octets is within all limits. */
static size_t read_host(const struct smtpwire__plain *plain, size_t from, uint32_t *flags)
{
    enum { LONGEST = 63 };
    const unsigned char *const line = (const unsigned char *)plain->line.data, *end;
    const size_t found = host_by_masks(plain, from, flags);

    SMTPWIRE__STEPS(found != 0 ? found / 8 : plain->line.len);
    if (found != 0) /* within 64 octets */
        return found;
    end = domain_by_octets(line + from, line + plain->line.len);
    if (end == NULL || end > line + from + LONGEST)
        return 0;
    *flags = smtpwire__domain_flags(plain->line.data + from, (size_t)(end - line) - from);
    return (size_t)(end - line);
}

size_t smtpwire__plain_domain(const char *text, size_t len, const struct smtpwire_options *options, uint32_t *flags)
{
    const struct smtpwire__plain plain = {.line = {text, len},
                                          .readable = smtpwire__readable(options, len),
                                          .options = options,
                                          .simd = smtpwire__simd(options)};
    return len != 0 && smtpwire__default_limits(options) ? read_host(&plain, 0, flags) : 0;
}

size_t smtpwire__plain_path(const struct smtpwire__plain *plain, size_t from, struct smtpwire_address *address,
                            uint32_t *flags)
{
    const size_t end = path_by_masks(plain, from, address, flags);
    return end != 0 ? end : path_by_octets(plain, from, address, flags);
}

static int plain_host(const struct smtpwire__plain *plain, unsigned verb, struct smtpwire_command *command)
{
    enum { HOST = 5 }; /* behind the verb */
    const size_t len = plain->line.len;

    if (len <= HOST || plain->line.data[HOST - 1] != ' ' || !smtpwire__default_limits(plain->options) ||
        (plain->options != NULL && plain->options->lmtp) || read_host(plain, HOST, &command->flags) != len)
        return 0;
    command->verb = (uint16_t)verb;
    command->name.data = plain->line.data;
    command->name.len = 4;
    command->address.domain.data = plain->line.data + HOST;
    command->address.domain.len = len - HOST;
    return 1;
}

int smtpwire__plain_other(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    const uint64_t name = plain->line.len >= 4 ? smtpwire__load_4(plain->line.data) : 0;

    if (SMTPWIRE__IS_WORD(name, 'E', 'H', 'L', 'O', 0, 0, 0, 0))
        return plain_host(plain, SMTPWIRE_VERB_EHLO, command);
    if (SMTPWIRE__IS_WORD(name, 'H', 'E', 'L', 'O', 0, 0, 0, 0))
        return plain_host(plain, SMTPWIRE_VERB_HELO, command);
    if (plain->line.len != 4)
        return 0;
    command->verb = SMTPWIRE__IS_WORD(name, 'D', 'A', 'T', 'A', 0, 0, 0, 0)   ? SMTPWIRE_VERB_DATA
                    : SMTPWIRE__IS_WORD(name, 'R', 'S', 'E', 'T', 0, 0, 0, 0) ? SMTPWIRE_VERB_RSET
                    : SMTPWIRE__IS_WORD(name, 'Q', 'U', 'I', 'T', 0, 0, 0, 0) ? SMTPWIRE_VERB_QUIT
                    : SMTPWIRE__IS_WORD(name, 'N', 'O', 'O', 'P', 0, 0, 0, 0) ? SMTPWIRE_VERB_NOOP
                                                                              : SMTPWIRE_VERB_UNKNOWN;
    command->name = plain->line;
    return command->verb != SMTPWIRE_VERB_UNKNOWN;
}

/* Without masks. Not part of what chooses, which saves no registers so. */
static SMTPWIRE__NOINLINE int command_by_octets(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    size_t from;
    smtpwire__blank_command(command);
    from = smtpwire__plain_verb(plain, command);
    return from != 0 ? smtpwire__plain_path_command(plain, from, command) : smtpwire__plain_other(plain, command);
}

int smtpwire__plain_command(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    if (plain->readable >= SMTPWIRE__SCAN_LINE_LEAST)
        SMTPWIRE__BY_VECTORS(plain, command, (plain, command))
    return command_by_octets(plain, command);
}
#endif
