/* Writers of values and command lines, the inverse of the parsers (RFC 5321 sections 4.1.1 and 4.1.2, RFC 3461 section
 * 4).
 *
 * What comes out is judged by the library's own parser after it was put together: it must be accepted, and each part
 * that is read back must be the part that was given. So the grammar alone says what can be written, and a part that
 * holds the separator behind it (a domain "b> SIZE=1") is refused although the line is well-formed. Nothing is judged
 * where the buffer was too small, and nothing left in it.
 *
 * Not checked here: what a parameter means, the order of commands.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

void smtpwire__put(struct smtpwire__composed *composed, const char *data, size_t len)
{
    const size_t most = (size_t)PTRDIFF_MAX;
    if (len > most - composed->len) {
        composed->len = most;
        return;
    }
    if (len != 0 && composed->len <= composed->size && len <= composed->size - composed->len)
        memcpy(composed->buf + composed->len, data, len);
    composed->len += len;
}

static void put_slice(struct smtpwire__composed *composed, struct smtpwire_slice slice)
{
    if (slice.data != NULL)
        smtpwire__put(composed, slice.data, slice.len);
}

/* Octets that were not judged, or were refused, are not left for a caller who does not look at the result. */
static void wipe(const struct smtpwire__composed *composed)
{
    const size_t len = smtpwire__lesser(composed->len, composed->size);
    if (len != 0)
        memset(composed->buf, 0, len);
}

ptrdiff_t smtpwire__written(const struct smtpwire__composed *composed)
{
    if (composed->len > composed->size)
        wipe(composed);
    return (ptrdiff_t)composed->len;
}

ptrdiff_t smtpwire__unwritten(const struct smtpwire__composed *composed)
{
    wipe(composed);
    return -1;
}

struct smtpwire__composed smtpwire__compose(char *buf, size_t size)
{
    struct smtpwire__composed composed;
    memset(&composed, 0, sizeof composed);
    composed.buf = buf;
    composed.size = buf != NULL ? size : 0;
    return composed;
}

/* Not memcmp(): compilers may call bcmp() for it, which is none of the mem* functions. */
int smtpwire__same(struct smtpwire_slice a, struct smtpwire_slice b)
{
    size_t i = 0;
    if (a.len != b.len)
        return 0;
    while (i < a.len && a.data[i] == b.data[i])
        i++;
    return i == a.len;
}

/* ---- Addresses ---- */

static int has_parts(const struct smtpwire_address *a)
{
    return a->route.len != 0 || a->local.len != 0 || a->domain.len != 0 || a->literal.len != 0;
}

static void put_mailbox(struct smtpwire__composed *composed, const struct smtpwire_address *a)
{
    put_slice(composed, a->local);
    if (a->domain.len != 0 || a->literal.len != 0)
        SMTPWIRE__PUT(composed, "@");
    put_slice(composed, a->domain);
    put_slice(composed, a->literal);
}

static void put_path(struct smtpwire__composed *composed, const struct smtpwire_address *a)
{
    if (!has_parts(a)) {
        put_slice(composed, a->path);
        return;
    }
    SMTPWIRE__PUT(composed, "<");
    if (a->route.len != 0) {
        put_slice(composed, a->route);
        SMTPWIRE__PUT(composed, ":");
    }
    put_mailbox(composed, a);
    SMTPWIRE__PUT(composed, ">");
}

static int same_address(const struct smtpwire_address *read, const struct smtpwire_address *given)
{
    if (!has_parts(given))
        return smtpwire__same(read->path, given->path);
    return smtpwire__same(read->route, given->route) && smtpwire__same(read->local, given->local) &&
           smtpwire__same(read->domain, given->domain) && smtpwire__same(read->literal, given->literal);
}

typedef int address_parser(const char *data, size_t len, const struct smtpwire_options *options,
                           struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error);

static ptrdiff_t judge_address(const struct smtpwire__composed *composed, const struct smtpwire_address *given,
                               const struct smtpwire_options *options, address_parser *parse,
                               struct smtpwire_error *error)
{
    struct smtpwire_address read;
    if (composed->len > composed->size)
        return smtpwire__written(composed);
    if (parse(composed->buf, composed->len, options, &read, NULL, error) < 0)
        return smtpwire__unwritten(composed);
    if (!same_address(&read, given)) {
        if (error != NULL)
            smtpwire__error_set(error, SMTPWIRE_ERROR_ADDRESS_SYNTAX, 0);
        return smtpwire__unwritten(composed);
    }
    return smtpwire__written(composed);
}

ptrdiff_t smtpwire_reverse_path_write(const struct smtpwire_address *address, const struct smtpwire_options *options,
                                      char *buf, size_t size, struct smtpwire_error *error)
{
    struct smtpwire__composed composed = smtpwire__compose(buf, size);
    put_path(&composed, address);
    return judge_address(&composed, address, options, smtpwire_reverse_path_parse, error);
}

ptrdiff_t smtpwire_forward_path_write(const struct smtpwire_address *address, const struct smtpwire_options *options,
                                      char *buf, size_t size, struct smtpwire_error *error)
{
    struct smtpwire__composed composed = smtpwire__compose(buf, size);
    put_path(&composed, address);
    return judge_address(&composed, address, options, smtpwire_forward_path_parse, error);
}

ptrdiff_t smtpwire_mailbox_write(const struct smtpwire_address *address, const struct smtpwire_options *options,
                                 char *buf, size_t size, struct smtpwire_error *error)
{
    struct smtpwire__composed composed = smtpwire__compose(buf, size);
    struct smtpwire_address mailbox = *address;
    mailbox.path.data = NULL;
    mailbox.path.len = 0;
    put_mailbox(&composed, &mailbox);
    return judge_address(&composed, &mailbox, options, smtpwire_mailbox_parse, error);
}

/* ---- Local parts ---- */

ptrdiff_t smtpwire_local_part_write(const char *data, size_t len, const struct smtpwire_options *options, char *buf,
                                    size_t size, struct smtpwire_error *error)
{
    struct smtpwire__composed composed = smtpwire__compose(buf, size);
    struct smtpwire_error ignored;
    int quoted;
    size_t i;

    /* As a Dot-string if it is one, whatever the leniencies: quoted, anyone can read it. What looks like a
     * Quoted-string is text with quotes in it here. */
    if (smtpwire__local_part_parse(data, len, options, SMTPWIRE_LAX_NONE, &quoted, &ignored) == 0 && !quoted) {
        smtpwire__put(&composed, data, len);
        return smtpwire__written(&composed);
    }
    SMTPWIRE__PUT(&composed, "\"");
    for (i = 0; i < len; i++) {
        if (data[i] == '"' || data[i] == '\\')
            SMTPWIRE__PUT(&composed, "\\");
        smtpwire__put(&composed, data + i, 1);
    }
    SMTPWIRE__PUT(&composed, "\"");
    if (composed.len > composed.size)
        return smtpwire__written(&composed);
    if (smtpwire__local_part_parse(composed.buf, composed.len, options, SMTPWIRE_LAX_NONE, &quoted,
                                   error != NULL ? error : &ignored) < 0)
        return smtpwire__unwritten(&composed);
    return smtpwire__written(&composed);
}

ptrdiff_t smtpwire_local_part_decode(const char *data, size_t len, const struct smtpwire_options *options, char *buf,
                                     size_t size, struct smtpwire_error *error)
{
    struct smtpwire__composed composed = smtpwire__compose(buf, size);
    struct smtpwire_error ignored;
    int quoted;
    size_t i;

    if (smtpwire__local_part_parse(data, len, options, UINT32_MAX, &quoted, error != NULL ? error : &ignored) < 0)
        return -1;
    if (!quoted) {
        smtpwire__put(&composed, data, len);
        return smtpwire__written(&composed);
    }
    for (i = 1; i + 1 < len; i++) {
        if (data[i] == '\\')
            i++;
        smtpwire__put(&composed, data + i, 1);
    }
    return smtpwire__written(&composed);
}

/* ---- Parameters ---- */

ptrdiff_t smtpwire_xtext_write(const char *data, size_t len, char *buf, size_t size, struct smtpwire_error *error)
{
    static const char digits[] = "0123456789ABCDEF";
    struct smtpwire__composed composed = smtpwire__compose(buf, size);
    size_t i;

    if (len > (size_t)PTRDIFF_MAX / 3) {
        if (error != NULL)
            smtpwire__error_set(error, SMTPWIRE_ERROR_LINE_TOO_LONG, (uint64_t)PTRDIFF_MAX / 3);
        return -1;
    }
    for (i = 0; i < len; i++) {
        const unsigned char octet = (unsigned char)data[i];
        const char hexchar[3] = {'+', digits[octet >> 4], digits[octet & 15]};
        if (octet < 33 || octet > 126 || octet == '+' || octet == '=')
            smtpwire__put(&composed, hexchar, sizeof hexchar);
        else
            smtpwire__put(&composed, data + i, 1);
    }
    return smtpwire__written(&composed);
}

/* The composed octets are that one parameter and nothing else. */
static int is_parameter(const struct smtpwire__composed *composed, const struct smtpwire_parameter *given)
{
    struct smtpwire_slice rest;
    struct smtpwire_parameter read;
    rest.data = composed->buf;
    rest.len = composed->len;
    return smtpwire_parameter_next(&rest, &read) && rest.len == 0 && smtpwire__same(read.keyword, given->keyword) &&
           smtpwire__same(read.value, given->value) && (read.value.data != NULL) == (given->value.data != NULL);
}

ptrdiff_t smtpwire_parameter_write(const struct smtpwire_parameter *parameter, const struct smtpwire_options *options,
                                   char *buf, size_t size, struct smtpwire_error *error)
{
    struct smtpwire__composed composed = smtpwire__compose(buf, size);
    struct smtpwire_error ignored = {0}, *e = error != NULL ? error : &ignored;

    put_slice(&composed, parameter->keyword);
    if (parameter->value.data != NULL)
        SMTPWIRE__PUT(&composed, "=");
    put_slice(&composed, parameter->value);
    if (composed.len > composed.size)
        return smtpwire__written(&composed);
    if (smtpwire__framing_fault(composed.buf, composed.len, e))
        return smtpwire__unwritten(&composed);
    if (!is_parameter(&composed, parameter))
        smtpwire__error_set(e, SMTPWIRE_ERROR_PARAMETER_SYNTAX, 0);
    else if (!smtpwire__smtputf8(options) && smtpwire__has_non_ascii(composed.buf, composed.len))
        smtpwire__error_set(e, SMTPWIRE_ERROR_NON_ASCII, smtpwire__ascii_length(composed.buf, composed.len));
    else
        return smtpwire__written(&composed);
    return smtpwire__unwritten(&composed);
}

/* ---- Command lines ---- */

/* What stands behind a command's name. */
enum shape {
    SHAPE_NOTHING,
    SHAPE_HOST,
    SHAPE_FROM,
    SHAPE_TO,
    SHAPE_TEXT,
    SHAPE_NAME,
    SHAPE_NODE,
    SHAPE_CHUNK,
    SHAPE_SASL,
    SHAPE_URI,
    SHAPE_ATTRIBUTES,
    SHAPE_UNKNOWN
};

static const uint8_t shapes[SMTPWIRE_VERB_COUNT] = {
    [SMTPWIRE_VERB_EHLO] = SHAPE_HOST,          [SMTPWIRE_VERB_HELO] = SHAPE_HOST,
    [SMTPWIRE_VERB_MAIL] = SHAPE_FROM,          [SMTPWIRE_VERB_RCPT] = SHAPE_TO,
    [SMTPWIRE_VERB_NOOP] = SHAPE_TEXT,          [SMTPWIRE_VERB_HELP] = SHAPE_TEXT,
    [SMTPWIRE_VERB_VRFY] = SHAPE_NAME,          [SMTPWIRE_VERB_EXPN] = SHAPE_NAME,
    [SMTPWIRE_VERB_LHLO] = SHAPE_HOST,          [SMTPWIRE_VERB_ETRN] = SHAPE_NODE,
    [SMTPWIRE_VERB_ATRN] = SHAPE_TEXT,          [SMTPWIRE_VERB_BDAT] = SHAPE_CHUNK,
    [SMTPWIRE_VERB_AUTH] = SHAPE_SASL,          [SMTPWIRE_VERB_BURL] = SHAPE_URI,
    [SMTPWIRE_VERB_XCLIENT] = SHAPE_ATTRIBUTES, [SMTPWIRE_VERB_XFORWARD] = SHAPE_ATTRIBUTES,
};

static enum shape shape_of(const struct smtpwire_command *command)
{
    if (command->verb >= SMTPWIRE_VERB_COUNT)
        return SHAPE_NOTHING;
    return smtpwire__verb_implemented(command->verb) ? (enum shape)shapes[command->verb] : SHAPE_UNKNOWN;
}

void smtpwire__put_name(struct smtpwire__composed *composed, const char *name)
{
    for (; *name != '\0'; name++)
        smtpwire__put(composed, name, 1);
}

/* A path and its parameters. */
static void put_envelope(struct smtpwire__composed *composed, const struct smtpwire_command *command)
{
    composed->address = composed->len;
    put_path(composed, &command->address);
    if (command->parameters.len == 0)
        return;
    SMTPWIRE__PUT(composed, " ");
    composed->parameters = composed->len;
    put_slice(composed, command->parameters);
}

static void put_argument(struct smtpwire__composed *composed, const struct smtpwire_command *command)
{
    if (command->argument.len == 0)
        return;
    SMTPWIRE__PUT(composed, " ");
    composed->argument = composed->len;
    put_slice(composed, command->argument);
}

static void put_size(struct smtpwire__composed *composed, uint64_t number)
{
    char digits[20];
    size_t left = sizeof digits;
    do {
        digits[--left] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    smtpwire__put(composed, digits + left, sizeof digits - left);
}

static void put_command(struct smtpwire__composed *composed, const struct smtpwire_command *command)
{
    if (command->verb == SMTPWIRE_VERB_UNKNOWN)
        put_slice(composed, command->name);
    else
        smtpwire__put_name(composed, smtpwire_verb_name(command->verb));
    switch (shape_of(command)) {
    case SHAPE_HOST:
        SMTPWIRE__PUT(composed, " ");
        composed->address = composed->len;
        put_slice(composed, command->address.domain);
        put_slice(composed, command->address.literal);
        break;
    case SHAPE_FROM:
        SMTPWIRE__PUT(composed, " FROM:");
        put_envelope(composed, command);
        break;
    case SHAPE_TO:
        SMTPWIRE__PUT(composed, " TO:");
        put_envelope(composed, command);
        break;
    case SHAPE_NAME:
        put_argument(composed, command);
        if ((command->flags & SMTPWIRE_FLAG_SMTPUTF8) != 0)
            SMTPWIRE__PUT(composed, " SMTPUTF8");
        break;
    case SHAPE_CHUNK:
        SMTPWIRE__PUT(composed, " ");
        composed->argument = composed->len;
        put_size(composed, command->chunk_size);
        if (command->last)
            SMTPWIRE__PUT(composed, " LAST");
        break;
    case SHAPE_SASL:
        put_argument(composed, command);
        if (command->initial.data == NULL)
            break;
        SMTPWIRE__PUT(composed, " ");
        put_slice(composed, command->initial);
        break;
    case SHAPE_URI:
        put_argument(composed, command);
        if (command->last)
            SMTPWIRE__PUT(composed, " LAST");
        break;
    case SHAPE_ATTRIBUTES:
        SMTPWIRE__PUT(composed, " ");
        composed->parameters = composed->len;
        put_slice(composed, command->parameters);
        break;
    case SHAPE_UNKNOWN: /* a space with nothing behind it is not the same as none */
        if (command->argument.data != NULL)
            SMTPWIRE__PUT(composed, " ");
        composed->argument = composed->len;
        put_slice(composed, command->argument);
        break;
    case SHAPE_NODE:
    case SHAPE_TEXT:
        put_argument(composed, command);
        break;
    default: /* nothing stands behind it */
        break;
    }
    SMTPWIRE__PUT(composed, "\r\n");
}

/* NONE if the command that was read is the one that was given, part by part; else which part was taken for something
 * else, and where it begins. */
static uint16_t misread(const struct smtpwire_command *read, const struct smtpwire_command *given,
                        const struct smtpwire__composed *composed, size_t *offset)
{
    /* VRFY's and ETRN's address is their argument, seen another way. */
    if (shape_of(given) != SHAPE_NAME && shape_of(given) != SHAPE_NODE &&
        !same_address(&read->address, &given->address)) {
        *offset = composed->address;
        return SMTPWIRE_ERROR_ADDRESS_SYNTAX;
    }
    if (!smtpwire__same(read->parameters, given->parameters)) {
        *offset = composed->parameters;
        return SMTPWIRE_ERROR_PARAMETER_SYNTAX;
    }
    if (!smtpwire__same(read->argument, given->argument) || !smtpwire__same(read->initial, given->initial) ||
        read->chunk_size != given->chunk_size || read->last != given->last || read->verb != given->verb ||
        (given->verb == SMTPWIRE_VERB_UNKNOWN && !smtpwire__same(read->name, given->name))) {
        *offset = composed->argument;
        return SMTPWIRE_ERROR_ARGUMENT_SYNTAX;
    }
    return SMTPWIRE_ERROR_NONE;
}

ptrdiff_t smtpwire_command_write(const struct smtpwire_command *command, const struct smtpwire_options *options,
                                 char *buf, size_t size, struct smtpwire_error *error)
{
    const uint32_t limit = smtpwire__command_limit(options, smtpwire__offered(options));
    struct smtpwire__composed composed = smtpwire__compose(buf, size);
    struct smtpwire_error ignored = {0}, *e = error != NULL ? error : &ignored;
    struct smtpwire_command read;
    size_t offset = 0;
    uint16_t id;

    put_command(&composed, command);
    if (composed.len > limit) {
        smtpwire__error_set(e, SMTPWIRE_ERROR_LINE_TOO_LONG, limit);
        return smtpwire__unwritten(&composed);
    }
    if (composed.len > composed.size)
        return smtpwire__written(&composed);
    if (smtpwire_command_parse(composed.buf, composed.len - 2, options, &read, e) < 0)
        return smtpwire__unwritten(&composed);
    id = misread(&read, command, &composed, &offset);
    if (id != SMTPWIRE_ERROR_NONE) {
        smtpwire__error_set(e, id, offset);
        smtpwire__error_for_verb(e, command->verb);
        return smtpwire__unwritten(&composed);
    }
    return smtpwire__written(&composed);
}
