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
/* A Dot-string, from ATOM_START on, and a Domain, from FIRST_LABEL_START on. An octet's row in path_steps[] has an
 * octet for each state: it is shifted by the low six bits of the state, and what is lowest then is the next, or 0 if
 * there is none. */
enum {
    FIRST_LABEL_START = 64,
    FIRST_LABEL = 64 + 8,
    FIRST_HYPHEN = 64 + 16,
    LABEL_START = 64 + 24,
    LABEL = 64 + 32,
    HYPHEN = 64 + 40,
    ATOM_START = 64 + 48,
    ATOM = 64 + 56
};
#define TO(state, next) ((uint64_t)(next) << ((state)-64))
#define TO_ATOM (TO(ATOM_START, ATOM) | TO(ATOM, ATOM))
#define A                                                                                                              \
    (TO_ATOM | TO(FIRST_LABEL_START, FIRST_LABEL) | TO(FIRST_LABEL, FIRST_LABEL) | TO(FIRST_HYPHEN, FIRST_LABEL) |     \
     TO(LABEL_START, LABEL) | TO(LABEL, LABEL) | TO(HYPHEN, LABEL))     /* a letter or digit */
#define H (TO_ATOM | TO(FIRST_LABEL, FIRST_HYPHEN) | TO(LABEL, HYPHEN)) /* "-"; two of them lead nowhere */
#define D (TO(ATOM, ATOM_START) | TO(FIRST_LABEL, LABEL_START) | TO(LABEL, LABEL_START)) /* "." */
#define T TO_ATOM                                                                        /* other atext */
static const uint64_t path_steps[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, T, 0, T, T, T, T, T, 0, 0, T, T, 0, H, D, T, A, A, A, A, A, A, A, A, A, A, 0, 0, 0, T, 0, T,
    0, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, 0, 0, 0, T, T,
    T, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, T, T, T, T, 0,
};
#undef A
#undef H
#undef D
#undef T
#undef TO_ATOM
#undef TO

/* From *state on, to the first octet that leads nowhere, or to the end; *state is that before it. */
static SMTPWIRE__INLINE const unsigned char *path_run(const unsigned char *p, const unsigned char *pe, unsigned *state)
{
    const unsigned char *const from = p;
    uint64_t last = *state; /* its lowest octet is */
    for (; p != pe; p++) {
        const uint64_t next = path_steps[*p] >> (last & 63);
        if ((uint8_t)next == 0)
            break;
        last = next;
    }
    *state = (uint8_t)last;
    SMTPWIRE__STEPS(p - from + 1);
    return p;
}

/* What is no longer is within all limits of an address. */
enum { LONGEST = 63 };

/* Reads a Domain; returns what is behind its last label, or null. *flags: what SMTPWIRE_FLAG_* say of it. */
static SMTPWIRE__INLINE const unsigned char *domain_by_octets(const unsigned char *p, const unsigned char *pe,
                                                              uint32_t *flags)
{
    const unsigned char *end;
    unsigned state = FIRST_LABEL_START;

    if (pe - p > LONGEST + 1)
        pe = p + LONGEST + 1;
    end = path_run(p, pe, &state);
    *flags = 0;
    while ((state == FIRST_HYPHEN || state == HYPHEN) && end != pe && *end == '-') {
        *flags = SMTPWIRE_FLAG_DOUBLE_HYPHEN;
        end = path_run(end + 1, pe, &state);
    }
    if ((state != FIRST_LABEL && state != LABEL) || end > p + LONGEST)
        return NULL;
    *flags |= (state == FIRST_LABEL) * (uint32_t)SMTPWIRE_FLAG_SINGLE_LABEL;
    if (end[-1] <= '9') /* it could be a number */
        *flags = smtpwire__domain_flags(smtpwire__text(p), (size_t)(end - p));
    return end;
}

/* The same octet by octet, from behind "<"; returns where ">" is, and in *at where "@" is, or null. */
static SMTPWIRE__INLINE const unsigned char *plain_octets(const unsigned char *p, const unsigned char *pe,
                                                          const unsigned char **at, uint32_t *flags)
{
    unsigned state = ATOM_START;

    if (pe - p > LONGEST + 1)
        pe = p + LONGEST + 1;
    *at = path_run(p, pe, &state);
    if (state != ATOM || *at == pe || **at != '@')
        return NULL;
    p = domain_by_octets(*at + 1, pe, flags);
    return p != NULL && p != pe && *p == '>' ? p : NULL;
}

static SMTPWIRE__INLINE size_t path_by_octets(const struct smtpwire__plain *plain, unsigned from,
                                              struct smtpwire_address *address, uint32_t *flags)
{
    const unsigned char *const line = (const unsigned char *)plain->line.data, *const path = line + from, *at, *end;

    if (path[-1] != '<' || !smtpwire__default_limits(plain->options))
        return 0;
    end = plain_octets(path, line + plain->line.len, &at, flags);
    if (end == NULL)
        return 0;
    smtpwire__plain_address(smtpwire__text(path), (size_t)(at - path), (size_t)(end - path), address);
    return (size_t)(end - line) + 1;
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

/* Behind the path, which ends before line[end]. */
static int rest_of_line(const struct smtpwire__plain *plain, size_t end, struct smtpwire_command *command)
{
    const char *const line = plain->line.data;
    return end == plain->line.len ||
           smtpwire__plain_parameters(line + end, line + plain->line.len, line + plain->readable, plain->options,
                                      plain->offered, command);
}

/* What has a path without masks, or an unusual one, of a command that has a name. */
static int path_command(const struct smtpwire__plain *plain, unsigned from, struct smtpwire_command *command)
{
    const unsigned char *const line = (const unsigned char *)plain->line.data, *behind;
    const size_t end = path_by_octets(plain, from, &command->address, &command->flags);
    if (end != 0)
        return rest_of_line(plain, end, command);
    behind = unusual_path(plain, line + from - 1, command);
    return behind != NULL && rest_of_line(plain, (size_t)(behind - line), command);
}

/* *flags is 0, as below. */
static size_t path_by_masks(const struct smtpwire__plain *plain, unsigned from, struct smtpwire_address *address,
                            uint32_t *flags)
{
    if (plain->readable >= SMTPWIRE__SCAN_LINE_LEAST)
        SMTPWIRE__BY_VECTORS(plain->simd, plain->readable, path, (plain, from, address, flags))
    return (void)plain, (void)from, (void)address, (void)flags, (size_t)0;
}

static size_t host_by_masks(const struct smtpwire__plain *plain, unsigned from, uint32_t *flags)
{
    if (plain->readable >= SMTPWIRE__SCAN_LINE_LEAST)
        SMTPWIRE__BY_VECTORS(plain->simd, plain->readable, host, (plain, from, flags))
    return (void)plain, (void)from, (void)flags, (size_t)0;
}

/* The domain that the line has from octet from on; returns where it ends, or 0. */
static size_t read_host(const struct smtpwire__plain *plain, unsigned from, uint32_t *flags)
{
    const unsigned char *const line = (const unsigned char *)plain->line.data, *end;
    size_t found;

    *flags = 0;
    found = host_by_masks(plain, from, flags);
    SMTPWIRE__STEPS(found / 8);
    if (found != 0) /* within 64 octets */
        return found;
    end = domain_by_octets(line + from, line + plain->line.len, flags);
    return end != NULL ? (size_t)(end - line) : 0;
}

size_t smtpwire__plain_domain(const char *text, size_t len, const struct smtpwire_options *options, uint32_t *flags)
{
    const struct smtpwire__plain plain = {.line = {text, len},
                                          .readable = smtpwire__readable(options, len),
                                          .options = options,
                                          .simd = smtpwire__simd(options)};
    return len != 0 && smtpwire__default_limits(options) ? read_host(&plain, 0, flags) : 0;
}

size_t smtpwire__plain_path(const struct smtpwire__plain *plain, unsigned from, struct smtpwire_address *address,
                            uint32_t *flags)
{
    size_t end;
    *flags = 0;
    end = path_by_masks(plain, from, address, flags);
    return end != 0 ? end : path_by_octets(plain, from, address, flags);
}

static int plain_host(const struct smtpwire__plain *plain, unsigned verb, struct smtpwire_command *command)
{
    enum { HOST = 5 }; /* behind the verb */
    const size_t len = plain->line.len;

    if (len <= HOST || plain->line.data[HOST - 1] != ' ' || !smtpwire__default_limits(plain->options) ||
        (plain->options != NULL && plain->options->lmtp) || read_host(plain, HOST, &command->flags) != len)
        return 0;
    smtpwire__plain_name(plain->line.data, verb, command);
    command->address.domain.data = plain->line.data + HOST;
    command->address.domain.len = len - HOST;
    return 1;
}

/* What has no path, of a command that is blank. */
static int other_command(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    const uint64_t name = plain->line.len >= 4 ? smtpwire__load_4(plain->line.data) : 0;

    if (SMTPWIRE__IS_WORD(name, 'E', 'H', 'L', 'O', 0, 0, 0, 0))
        return plain_host(plain, SMTPWIRE_VERB_EHLO, command);
    if (SMTPWIRE__IS_WORD(name, 'H', 'E', 'L', 'O', 0, 0, 0, 0))
        return plain_host(plain, SMTPWIRE_VERB_HELO, command);
    if (plain->line.len != 4)
        return 0;
    smtpwire__plain_name(plain->line.data, smtpwire__plain_word(plain->line.data), command);
    return command->verb != SMTPWIRE_VERB_UNKNOWN;
}

int smtpwire__command_by_octets(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    const unsigned from = smtpwire__plain_verb(plain->line.data, plain->line.len);
    smtpwire__blank_command(command);
    if (from == 0)
        return other_command(plain, command);
    smtpwire__plain_name(plain->line.data, smtpwire__plain_verb_of(from), command);
    return path_command(plain, from, command);
}

int smtpwire__plain_command(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    const unsigned from = smtpwire__plain_verb(plain->line.data, plain->line.len);
    size_t end;
    smtpwire__blank_command(command);
    if (from == 0)
        return other_command(plain, command);
    smtpwire__plain_name(plain->line.data, smtpwire__plain_verb_of(from), command);
    end = path_by_masks(plain, from, &command->address, &command->flags);
    return end != 0 ? rest_of_line(plain, end, command) : path_command(plain, from, command);
}
#endif
