/* Command lines (RFC 5321 section 4.1.1).
 *
 * Not checked here: lengths, SMTPUTF8 and registered tags (check.c), parameters (parameter_check.c), the length of the
 * line (line.c), the order of commands (server.c).
 *
 * SPDX-License-Identifier: MIT */
#include "plain.h"

/* Returns the last octet of the address that begins at p; if there is none, m->stopped is set. */
static const unsigned char *read_address(enum smtpwire__address_kind kind, const unsigned char *p,
                                         const unsigned char *pe, struct smtpwire__marks *m)
{
    const unsigned char *end = smtpwire__address_machine(kind, p, pe, m);
    m->ended = end;
    if (end == NULL)
        return p;
    m->skipped += (size_t)(end - 1 - p);
    return end - 1;
}

/* As read_address(), where there are no angle brackets to tell that the address has ended. */
static const unsigned char *read_bare(enum smtpwire__address_kind kind, const unsigned char *p, const unsigned char *pe,
                                      struct smtpwire__marks *m)
{
    p = read_address(kind, p, pe, m);
    m->past_address = m->ended != NULL;
    m->in_address = !m->past_address;
    return p;
}

/* A value begins at p: behind its first octet, if that is in ASCII, all lead back to the same state, so that eight at a time
 * are skipped. Returns the last of them. */
static const unsigned char *skip_value(const unsigned char *p, const unsigned char *pe, struct smtpwire__marks *m)
{
#ifndef SMTPWIRE_ONLY_NONE
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    const unsigned char *const begin = p;
    if (*p > 126)
        return p;
    for (; pe - p > 8; p += 8) {
        const uint64_t word = smtpwire__load_8(smtpwire__text(p + 1)), equals = word ^ ones * '=';
        /* 33 to 126, as smtpwire__unprintable() tells 32 to 126; and no "=" */
        if (((word | (word + ones) | (word - ones * 33) | ((equals - ones) & ~equals)) & highs) != 0)
            break;
        SMTPWIRE__STEPS(1);
    }
    m->skipped += (size_t)(p - begin);
#else
    (void)pe;
    (void)m;
#endif
    return p;
}

%%{
    machine smtpwire_command;
    alphtype unsigned char;

    action keyword_begin { }
    action keyword_end { }
    action value_begin { p = skip_value(p, pe, m); }
    action value_end { }
    action verb_ehlo { m->verb = SMTPWIRE_VERB_EHLO; }
    action verb_helo { m->verb = SMTPWIRE_VERB_HELO; }
    action verb_mail { m->verb = SMTPWIRE_VERB_MAIL; }
    action verb_rcpt { m->verb = SMTPWIRE_VERB_RCPT; }
    action verb_data { m->verb = SMTPWIRE_VERB_DATA; }
    action verb_rset { m->verb = SMTPWIRE_VERB_RSET; }
    action verb_quit { m->verb = SMTPWIRE_VERB_QUIT; }
    action verb_starttls { m->verb = SMTPWIRE_VERB_STARTTLS; }
    action verb_vrfy { m->verb = SMTPWIRE_VERB_VRFY; }
    action verb_expn { m->verb = SMTPWIRE_VERB_EXPN; }
    action verb_help { m->verb = SMTPWIRE_VERB_HELP; }
    action verb_noop { m->verb = SMTPWIRE_VERB_NOOP; }
    action path_due { m->in_address = 1; }
    action parameters_begin { m->parameters.data = smtpwire__text(p); }
    action parameters_end { m->parameters.len = (size_t)(smtpwire__text(p) - m->parameters.data); }
    action argument_begin { m->argument.data = smtpwire__text(p); }
    action argument_end { m->argument.len = (size_t)(smtpwire__text(p) - m->argument.data); }
    action smtputf8 { m->smtputf8 = 1; }
    action verb_lhlo { m->verb = SMTPWIRE_VERB_LHLO; }
    action verb_bdat { m->verb = SMTPWIRE_VERB_BDAT; }
    action verb_auth { m->verb = SMTPWIRE_VERB_AUTH; }
    action verb_etrn { m->verb = SMTPWIRE_VERB_ETRN; }
    action verb_atrn { m->verb = SMTPWIRE_VERB_ATRN; }
    action verb_burl { m->verb = SMTPWIRE_VERB_BURL; }
    action verb_xclient { m->verb = SMTPWIRE_VERB_XCLIENT; }
    action verb_xforward { m->verb = SMTPWIRE_VERB_XFORWARD; }
    action verb_turn { m->verb = SMTPWIRE_VERB_TURN; }
    action verb_send { m->verb = SMTPWIRE_VERB_SEND; }
    action verb_soml { m->verb = SMTPWIRE_VERB_SOML; }
    action verb_saml { m->verb = SMTPWIRE_VERB_SAML; }
    action chunk_size_begin { m->chunk_size.data = smtpwire__text(p); }
    action chunk_size_end { m->chunk_size.len = (size_t)(smtpwire__text(p) - m->chunk_size.data); }
    action last { m->last = 1; }
    action mechanism_begin { m->argument.data = smtpwire__text(p); }
    action mechanism_end { m->argument.len = (size_t)(smtpwire__text(p) - m->argument.data); }
    action initial_begin { m->initial.data = smtpwire__text(p); }
    action initial_end { m->initial.len = (size_t)(smtpwire__text(p) - m->initial.data); }

    # Where an address is due its own machine (address.rl) is run: what has a name of address.rl's here is only the
    # octet that such an address begins with. The action leaves p at the address's last octet.
    action reverse_path { p = read_address(SMTPWIRE__REVERSE_PATH, p, pe, m); if (m->stopped != NULL) fbreak; }
    action forward_path { p = read_address(SMTPWIRE__FORWARD_PATH, p, pe, m); if (m->stopped != NULL) fbreak; }
    action bare_reverse_path { p = read_bare(SMTPWIRE__MAILBOX, p, pe, m); if (m->stopped != NULL) fbreak; }
    action bare_forward_path { p = read_bare(SMTPWIRE__BARE_RCPT, p, pe, m); if (m->stopped != NULL) fbreak; }
    action name { p = read_address(SMTPWIRE__NAME, p, pe, m); if (m->stopped != NULL) fbreak; }
    action ehlo_host { p = read_address(SMTPWIRE__HOST, p, pe, m); if (m->stopped != NULL) fbreak; }

    action htab_separator { if (!smtpwire__lenient(m, p, SMTPWIRE_LAX_HTAB_SEPARATOR)) fbreak; }
    action space_after_colon { if (!smtpwire__lenient(m, p, SMTPWIRE_LAX_SPACE_AFTER_COLON)) fbreak; }
    action missing_brackets { if (!smtpwire__lenient(m, p, SMTPWIRE_LAX_MISSING_BRACKETS)) fbreak; }

    include core "../grammar/core.rl";
    local_first      = atext - UTF8_non_ascii | 0xC2..0xF4 | DQUOTE | ".";
    lax_Reverse_path = "<" @reverse_path;
    lax_rcpt_path    = "<" @forward_path;
    lax_Mailbox      = local_first @bare_reverse_path;
    lax_bare_rcpt    = local_first @bare_forward_path;
    name             = ( local_first | "<" ) @name;
    ascii_domain     = ( Let_dig | "_" ) @ehlo_host;
    ehlo_host        = ( Let_dig | "_" | "[" ) @ehlo_host;

    # Everything else is as the leniencies take it, too: their gates are shut unless one is on.
    include lax_line "../grammar/lax_line.rl";
    separator    = lax_separator;
    Reverse_path = lax_from_path;
    rcpt_path    = lax_to_path;
    include parameter "../grammar/parameter.rl";
    include command "../grammar/command.rl";
    include common "../grammar/common.rl";
    include sasl "../grammar/sasl.rl";
    include uri "../grammar/uri.rl";
    include xclient "../grammar/xclient.rl";
    include extension "../grammar/extension.rl";

    main := command_line | extension_line;

    write data noerror noentry;
}%%

SMTPWIRE__SMALL static size_t run_command(const char *line, size_t len, struct smtpwire__marks *m, int *accepted)
{
    const unsigned char *start = (const unsigned char *)line;
    const unsigned char *p = start, *pe = start + len, *eof = pe;
    int cs;
    %% write init;
    %% write exec;
    SMTPWIRE__RAN((size_t)(p - start) - m->skipped);
    *accepted = m->stopped == NULL && cs >= smtpwire_command_first_final;
    return (size_t)((m->stopped != NULL ? m->stopped : p) - start);
}

%%{
    machine smtpwire_verb;
    alphtype unsigned char;
    include core "../grammar/core.rl";
    include verb "../grammar/verb.rl";
    main := verb;
    write data noerror noentry nofinal;
}%%

size_t smtpwire__verb_length(const char *line, size_t len)
{
    const unsigned char *p = (const unsigned char *)line, *pe = p + len;
    int cs;
    if (len == 0) {
        return 0;
    }
    %% write init;
    %% write exec;
    SMTPWIRE__RAN(smtpwire__text(p) - line);
    (void)cs;
    return (size_t)(smtpwire__text(p) - line);
}

%%{
    machine smtpwire_unknown;
    alphtype unsigned char;
    include core "../grammar/core.rl";
    include verb "../grammar/verb.rl";
    main := lax_unknown_command;
    write data noerror noentry;
}%%

static int is_unknown_command(const char *line, size_t len)
{
    const unsigned char *p = (const unsigned char *)line, *pe = p + len;
    int cs;
    if (len == 0) {
        return 0;
    }
    %% write init;
    %% write exec;
    SMTPWIRE__RAN(smtpwire__text(p) - line);
    return cs >= smtpwire_unknown_first_final;
}

static int has_smtputf8(struct smtpwire_slice parameters)
{
    struct smtpwire_parameter parameter;
    size_t i = 1;
    /* Without an "SM" it is not there, and nothing needs to be read. */
    while (i < parameters.len && ((parameters.data[i] | 0x20) != 'm' || (parameters.data[i - 1] | 0x20) != 's'))
        i++;
    if (i >= parameters.len)
        return 0;
    while (smtpwire_parameter_next(&parameters, &parameter))
        if (parameter.id == SMTPWIRE_PARAMETER_SMTPUTF8)
            return 1;
    return 0;
}

%%{
    machine smtpwire_auth_response;
    alphtype unsigned char;
    include core "../grammar/core.rl";
    include common "../grammar/common.rl";
    include sasl "../grammar/sasl.rl";
    main := auth_response;
    write data noerror noentry;
}%%

/* A line that answers a 334, without its CRLF: base64, nothing, or "*". */
int smtpwire__auth_response(const char *line, size_t len, struct smtpwire_error *error)
{
    const unsigned char *p = (const unsigned char *)line, *pe = p + len;
    int cs;

    if (len == 0) {
        return 0;
    }
    %% write init;
    %% write exec;
    SMTPWIRE__RAN(smtpwire__text(p) - line);
    if (cs >= smtpwire_auth_response_first_final)
        return 0;
    if (!smtpwire__framing_fault(line, len, error))
        smtpwire__error_set(error, SMTPWIRE_ERROR_AUTH_SYNTAX, (uint64_t)(smtpwire__text(p) - line));
    return -1;
}

/* Where in a chunk's size its value gets over 2^63 - 1; len if it does not. */
static size_t read_chunk_size(const struct smtpwire_slice *digits, uint64_t *value)
{
    size_t i;
    for (i = 0; i < digits->len; i++) {
        const unsigned digit = (unsigned)(digits->data[i] - '0');
        if (*value > ((uint64_t)INT64_MAX - digit) / 10)
            return i;
        *value = *value * 10 + digit;
    }
    return i;
}

/* A line that the grammar refuses: which error it is, as far as its name tells. */
static uint16_t syntax_error(const struct smtpwire_command *command, const struct smtpwire__marks *m)
{
    if (command->verb == SMTPWIRE_VERB_MAIL || command->verb == SMTPWIRE_VERB_RCPT) {
        if (m->in_address)
            return SMTPWIRE_ERROR_ADDRESS_SYNTAX;
        if (m->past_address)
            return SMTPWIRE_ERROR_PARAMETER_SYNTAX;
    }
    return command->verb == SMTPWIRE_VERB_BDAT ? SMTPWIRE_ERROR_CHUNK_SIZE : SMTPWIRE_ERROR_ARGUMENT_SYNTAX;
}

/* LMTP has LHLO where SMTP has EHLO and HELO, and neither has the other's (RFC 2033 section 4.1). BDAT is not here: its
 * octets come although CHUNKING is not offered. */
static int spoken_here(unsigned verb, const struct smtpwire_options *options)
{
    if (verb == SMTPWIRE_VERB_LHLO)
        return smtpwire__is_lmtp(options);
    if (verb == SMTPWIRE_VERB_EHLO || verb == SMTPWIRE_VERB_HELO)
        return !smtpwire__is_lmtp(options);
    if (verb == SMTPWIRE_VERB_BURL)
        return smtpwire__offers(options, SMTPWIRE_OFFER(BURL));
    if (verb == SMTPWIRE_VERB_XCLIENT)
        return smtpwire__offers(options, SMTPWIRE_OFFER(XCLIENT));
    if (verb == SMTPWIRE_VERB_XFORWARD)
        return smtpwire__offers(options, SMTPWIRE_OFFER(XFORWARD));
    return smtpwire__verb_implemented(verb);
}

/* Fills in name, verb and argument of a line that is no command_line; returns the error if that is all there is to
 * know: 500 for a name that is not known, 502 for one that is not for us. */
static uint16_t read_name(const char *line, size_t len, const struct smtpwire_options *options,
                          struct smtpwire_command *command)
{
    size_t name = smtpwire__verb_length(line, len);
    command->name.data = name != 0 ? line : NULL;
    command->name.len = name;
    command->verb = smtpwire__verb_find(line, name);
    if (spoken_here(command->verb, options))
        return SMTPWIRE_ERROR_NONE;
    if (name != 0 && name < len &&
        (line[name] == ' ' || (line[name] == '\t' && smtpwire__lax(options, SMTPWIRE_LAX_HTAB_SEPARATOR)))) {
        command->argument.data = line + name + 1;
        command->argument.len = len - name - 1;
    }
    return command->verb == SMTPWIRE_VERB_UNKNOWN ? SMTPWIRE_ERROR_COMMAND_UNKNOWN
                                                  : SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED;
}

/* The leniency unknown_command: a line of which only the name is read. What is known and not spoken here stays 502. */
static int read_unknown(const char *line, size_t len, const struct smtpwire_options *options,
                        struct smtpwire_command *command)
{
    if (!smtpwire__lax(options, SMTPWIRE_LAX_UNKNOWN_COMMAND) ||
        smtpwire__verb_implemented(smtpwire__verb_find(line, smtpwire__verb_length(line, len))) ||
        !is_unknown_command(line, len))
        return 0;
    read_name(line, len, options, command);
    if (smtpwire__has_non_ascii(line, len))
        command->flags |= SMTPWIRE_FLAG_EIGHT_BIT;
    return 1;
}

/* in_force: the transaction has it, which is the recipients' only. */
static enum smtpwire__utf8 utf8_rule(const struct smtpwire_command *command, const struct smtpwire_options *options,
                                     int in_force)
{
    if ((options != NULL && options->smtputf8) || (in_force && command->verb == SMTPWIRE_VERB_RCPT))
        return SMTPWIRE__UTF8_ALLOWED;
    if (!smtpwire__offers(options, SMTPWIRE_OFFER(SMTPUTF8)))
        return SMTPWIRE__UTF8_FORBIDDEN;
    if ((command->flags & SMTPWIRE_FLAG_SMTPUTF8) != 0)
        return SMTPWIRE__UTF8_ALLOWED;
    if (command->verb == SMTPWIRE_VERB_MAIL || command->verb == SMTPWIRE_VERB_VRFY ||
        command->verb == SMTPWIRE_VERB_EXPN)
        return SMTPWIRE__UTF8_WITH_PARAMETER;
    return SMTPWIRE__UTF8_FORBIDDEN;
}

static void finish(const char *line, size_t len, const struct smtpwire__marks *m, struct smtpwire_command *command)
{
    command->name.data = line;
    command->name.len = smtpwire__verb_name_length(m->verb);
    command->verb = m->verb;
    command->argument = m->argument;
    command->parameters = m->parameters;
    command->initial = m->initial;
    command->last = m->last;
    /* The machine took the String of VRFY root for a local part as long as it could be one. */
    if ((m->verb == SMTPWIRE_VERB_VRFY || m->verb == SMTPWIRE_VERB_EXPN) && command->address.local.len == 0)
        memset(&command->address, 0, sizeof command->address);
    if (m->smtputf8 || (m->verb == SMTPWIRE_VERB_MAIL && has_smtputf8(m->parameters)))
        command->flags |= SMTPWIRE_FLAG_SMTPUTF8;
    if (smtpwire__has_non_ascii(line, len))
        command->flags |= SMTPWIRE_FLAG_UTF8;
}

/* A chunk's size is too large also where what follows its digits is wrong: it comes first. */
static int check_chunk(const char *line, size_t viable, struct smtpwire_slice digits, struct smtpwire_command *command,
                       struct smtpwire_error *error)
{
    size_t good;
    if (digits.data == NULL)
        return 0;
    if (digits.len == 0)
        digits.len = (size_t)(line + viable - digits.data);
    good = read_chunk_size(&digits, &command->chunk_size);
    if (good == digits.len)
        return 0;
    smtpwire__error_set(error, SMTPWIRE_ERROR_MESSAGE_TOO_LARGE, (uint64_t)(digits.data + good - line));
    return -1;
}

SMTPWIRE__SMALL static int parse_line(const char *line, size_t len, const struct smtpwire_options *options, int smtputf8,
                      struct smtpwire_command *command, struct smtpwire_error *error)
{
    struct smtpwire__marks marks;
    struct smtpwire__judged judged;
    uint16_t syntax = SMTPWIRE_ERROR_NONE;

    smtpwire__zero(&marks, sizeof marks);
    smtpwire__zero(command, sizeof *command);
    if (read_unknown(line, len, options, command))
        return 0;
    marks.address = &command->address;
    marks.lax = options != NULL ? options->lax : 0;
    judged.data = line;
    judged.len = len;
    judged.accepted = 0;
    judged.viable = len == 0 ? 0 : run_command(line, len, &marks, &judged.accepted);
    if (judged.accepted) {
        finish(line, len, &marks, command);
        /* Of a command that is not for us the argument is not looked at. */
        if (!spoken_here(command->verb, options)) {
            smtpwire__error_set(error, read_name(line, len, options, command), 0);
            return -1;
        }
    } else {
        syntax = read_name(line, len, options, command);
        if (syntax != SMTPWIRE_ERROR_NONE) {
            smtpwire__error_set(error, syntax, 0);
            return -1;
        }
        syntax = syntax_error(command, &marks);
    }
    if (check_chunk(line, judged.viable, marks.chunk_size, command, error) < 0)
        return -1;
    judged.open_local = marks.in_address;
    judged.utf8 = utf8_rule(command, options, smtputf8);
    if (smtpwire__check(&judged, &marks, options, syntax, error) < 0) {
        smtpwire__error_for_verb(error, command->verb);
        return -1;
    }
    command->flags |= smtpwire__address_flags(&marks);
    return 0;
}

static int is_blank(char octet) { return octet == ' ' || octet == '\t'; }

/* The leniency trailing_space, for a line that is refused without it. A space at the end could be one before a parameter
 * until the line ends, so no octet of the machine can be its gate. */
static int without_blanks(const char *line, size_t len, const struct smtpwire_options *options, int smtputf8,
                          struct smtpwire_command *command, struct smtpwire_error *error)
{
    struct smtpwire_command shorter;
    struct smtpwire_error ignored;
    size_t end = (size_t)error->offset, next = end;

    while (end > 0 && is_blank(line[end - 1]))
        end--;
    while (next < len && is_blank(line[next]))
        next++;
    /* A value that cannot end at the blank cannot end with the line either; a fault behind blanks stays one. */
    if (end == next || error->id == SMTPWIRE_ERROR_PARAMETER_VALUE || (next < len && next == error->offset))
        return -1;
    SMTPWIRE__STEPS(next - end);
    if (parse_line(line, end, options, smtputf8, &shorter, &ignored) < 0)
        return -1;
    if (next < len) {
        error->offset = next;
        return -1;
    }
    *command = shorter;
    command->flags |= SMTPWIRE_FLAG_LENIENT;
    return 0;
}

int smtpwire__command_parse(const char *line, size_t len, const struct smtpwire_options *options, int smtputf8,
                            struct smtpwire_command *command, struct smtpwire_error *error)
{
    const int result = parse_line(line, len, options, smtputf8, command, error);
    if (result == 0 || !smtpwire__lax(options, SMTPWIRE_LAX_TRAILING_SPACE))
        return result;
    return without_blanks(line, len, options, smtputf8, command, error);
}

SMTPWIRE__NOINLINE int smtpwire__command_unusual(const char *line, size_t len, const struct smtpwire_options *options,
                                                 struct smtpwire_command *command, struct smtpwire_error *error)
{
    struct smtpwire_error ignored, *e = error != NULL ? error : &ignored;
    if (smtpwire__command_parse(line, len, options, 0, command, e) == 0)
        return 0;
    smtpwire__framing_fault(line, len, e);
    return -1;
}

SMTPWIRE__NOINLINE int smtpwire__command_left(const char *line, size_t len, const struct smtpwire_options *options,
                                              struct smtpwire_command *command, struct smtpwire_error *error)
{
    const struct smtpwire__plain plain = {.line = {line, len},
                                          .readable = smtpwire__readable(options, len),
                                          .options = options,
                                          .offered = smtpwire__offered(options),
                                          .simd = smtpwire__simd(options)};
    return smtpwire__command_by_octets(&plain, command) ? 0 : smtpwire__command_unusual(line, len, options, command, error);
}

int smtpwire_command_parse(const char *line, size_t len, const struct smtpwire_options *options,
                           struct smtpwire_command *command, struct smtpwire_error *error)
{
    const unsigned simd = smtpwire__simd(options);
    const size_t readable = smtpwire__readable(options, len);
    if (readable >= SMTPWIRE__SCAN_LINE_LEAST)
        SMTPWIRE__BY_VECTORS(simd, readable, parse, (line, len, options, command, error))
    return (void)simd, smtpwire__command_left(line, len, options, command, error);
}
