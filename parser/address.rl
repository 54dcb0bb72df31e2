/* Paths, mailboxes, domains and address literals (RFC 5321 sections 4.1.2 and 4.1.3, RFC 6531 section 3.3): each as a
 * value of its own, and as a part of a command line, for whose machine this one is run where an address is due.
 *
 * Two machines with an entry for each value, so that they share their states. That of literals, which is the larger,
 * is run by that of addresses where a literal is due. Not checked here: lengths, SMTPUTF8 and registered tags (check.c
 * does).
 *
 * SPDX-License-Identifier: MIT */
#include "plain.h"

%%{
    machine smtpwire_literal;
    alphtype unsigned char;

    # The bracket ends it: what stands behind is not looked at.
    action literal_begin { m->address->literal.data = smtpwire__text(p); }
    action literal_end { m->address->literal.len = (size_t)(smtpwire__text(p) + 1 - m->address->literal.data); fbreak; }
    action unregistered_tag { m->unregistered_tag = 1; }
    action ipv6_one_group { if (!smtpwire__lenient(m, p, SMTPWIRE_LAX_IPV6_ONE_GROUP)) fbreak; }

    include core "../grammar/core.rl";
    include literal "../grammar/literal.rl";
    include lax_literal "../grammar/lax_literal.rl";

    # The states that values have in common are there once: that is why they are labels of one machine, entered at
    # a label and never at its start, instead of machines of their own.
    action labels { (void)fentry(literals::any_tag); (void)fentry(literals::registered); }
    literals := (
        start:      any @labels                    -> final,
        any_tag:    lax_address_literal            -> final,
        registered: lax_registered_address_literal -> final
    );

    write data;
}%%

/* Runs the machine from *state, and leaves there where it stands; returns where it came to: behind the bracket if it is
 * final. */
SMTPWIRE__SMALL static const unsigned char *run_literal(int *state, const unsigned char *p, const unsigned char *pe,
                                        struct smtpwire__marks *m)
{
    const unsigned char *const begin = p;
    int cs = *state;
    %% write exec;
    SMTPWIRE__RAN(p - begin);
    *state = cs;
    return p;
}

size_t smtpwire__registered_literal(const char *data, size_t len, uint32_t lax)
{
    const unsigned char *octets = (const unsigned char *)data, *end;
    struct smtpwire_address address;
    struct smtpwire__marks marks;
    int state = smtpwire_literal_en_literals_registered;

    smtpwire__zero(&marks, sizeof marks);
    marks.address = &address;
    marks.lax = lax;
    end = run_literal(&state, octets, octets + len, &marks);
    return (size_t)((marks.stopped != NULL ? marks.stopped : end) - octets);
}

/* Where a literal is due: returns its last octet; or, if there is none, sets m->stopped. */
static const unsigned char *read_literal(const unsigned char *p, const unsigned char *pe, struct smtpwire__marks *m)
{
    int state = smtpwire_literal_en_literals_any_tag;
    p = run_literal(&state, p, pe, m);
    if (state >= smtpwire_literal_first_final)
        return p - 1;
    if (m->stopped == NULL)
        m->stopped = p;
    return p;
}

%%{
    machine smtpwire_address;
    alphtype unsigned char;

    action path_begin { m->address->path.data = smtpwire__text(p); m->in_address = 1; }
    action path_end { m->address->path.len = (size_t)(smtpwire__text(p) + 1 - m->address->path.data); m->in_address = 0; m->past_address = 1; }
    action route_begin { m->address->route.data = smtpwire__text(p); }
    action route_end { m->address->route.len = (size_t)(smtpwire__text(p) - m->address->route.data); }
    action local_begin { m->address->local.data = smtpwire__text(p); }
    action local_end { m->address->local.len = (size_t)(smtpwire__text(p) - m->address->local.data); }
    action domain_begin { m->address->domain.data = smtpwire__text(p); }
    action domain_end { m->address->domain.len = (size_t)(smtpwire__text(p) - m->address->domain.data); }
    action quoted { m->quoted = 1; }
    action underscore { if (!smtpwire__lenient(m, p, SMTPWIRE_LAX_UNDERSCORE)) fbreak; }
    action trailing_dot { if (!smtpwire__lenient(m, p, SMTPWIRE_LAX_TRAILING_DOT)) fbreak; }
    action empty_atom { if (!smtpwire__lenient(m, p, SMTPWIRE_LAX_EMPTY_ATOM)) fbreak; }
    action address_literal { p = read_literal(p, pe, m); if (m->stopped != NULL) fbreak; }
    action behind { m->behind = p; fbreak; }

    # The machine of literals stands in for this one octet.
    address_literal     = "[" @address_literal;
    lax_address_literal = address_literal;
    include core "../grammar/core.rl";
    include address "../grammar/address.rl";
    include lax_address "../grammar/lax_address.rl";

    # A command line may go on behind an address with what separates its parts. No address does: whether that octet
    # is right is for the caller to say.
    behind = ( SP | HTAB ) @behind;
    action labels {
        (void)fentry(values::reverse_path); (void)fentry(values::forward_path); (void)fentry(values::mailbox);
        (void)fentry(values::domain); (void)fentry(values::local_part); (void)fentry(values::asked_for);
        (void)fentry(values::greeting); (void)fentry(values::bare_rcpt);
    }
    values := (
        start:        any @labels                                  -> final,
        reverse_path: lax_Reverse_path behind?                     -> final,
        forward_path: lax_rcpt_path behind?                        -> final,
        mailbox:      lax_Mailbox behind?                          -> final,
        domain:       ( lax_Domain | lax_address_literal ) behind? -> final,
        local_part:   lax_Local_part behind?                       -> final,
        asked_for:    lax_name behind?                             -> final,
        greeting:     lax_ehlo_host behind?                        -> final,
        bare_rcpt:    lax_bare_rcpt behind?                        -> final
    );

    write data;
}%%

static int address_entry(enum smtpwire__address_kind kind)
{
    switch (kind) {
    case SMTPWIRE__REVERSE_PATH:
        return smtpwire_address_en_values_reverse_path;
    case SMTPWIRE__FORWARD_PATH:
        return smtpwire_address_en_values_forward_path;
    case SMTPWIRE__MAILBOX:
        return smtpwire_address_en_values_mailbox;
    case SMTPWIRE__DOMAIN:
        return smtpwire_address_en_values_domain;
    case SMTPWIRE__LOCAL_PART:
        return smtpwire_address_en_values_local_part;
    case SMTPWIRE__NAME:
        return smtpwire_address_en_values_asked_for;
    case SMTPWIRE__BARE_RCPT:
        return smtpwire_address_en_values_bare_rcpt;
    default: /* SMTPWIRE__HOST */
        return smtpwire_address_en_values_greeting;
    }
}

/* Runs the machine from *state, and leaves there where it stands; returns where it came to. eof: pe, or null where it is
 * to be run on from there. */
SMTPWIRE__SMALL static const unsigned char *run_address(int *state, const unsigned char *p, const unsigned char *pe,
                                        const unsigned char *eof, struct smtpwire__marks *m)
{
    const unsigned char *const begin = p;
    int cs = *state;
    %% write exec;
    SMTPWIRE__RAN(p - begin);
    *state = cs;
    return p;
}

const unsigned char *smtpwire__address_machine(enum smtpwire__address_kind kind, const unsigned char *p,
                                               const unsigned char *pe, struct smtpwire__marks *m)
{
    int state = address_entry(kind);
    p = run_address(&state, p, pe, pe, m);
    if (m->stopped == NULL && state >= smtpwire_address_first_final)
        return m->behind != NULL ? m->behind : p;
    if (m->stopped == NULL)
        m->stopped = p;
    return NULL;
}

/* lax: those of the options' leniencies that count here. */
static int judge_value(enum smtpwire__address_kind kind, const char *data, size_t len,
                       const struct smtpwire_options *options, uint32_t lax, enum smtpwire__utf8 utf8,
                       struct smtpwire_address *address, struct smtpwire__marks *marks,
                       struct smtpwire_error *error)
{
    const unsigned char *octets = (const unsigned char *)data, *behind = NULL;
    struct smtpwire__judged judged;

    smtpwire__zero(marks, sizeof *marks);
    smtpwire__zero(address, sizeof *address);
    marks->address = address;
    marks->lax = options != NULL ? options->lax & lax : 0;
    judged.data = data;
    judged.len = len;
    if (len != 0)
        behind = smtpwire__address_machine(kind, octets, octets + len, marks);
    judged.viable = len == 0 ? 0 : (size_t)((behind != NULL ? behind : marks->stopped) - octets);
    judged.accepted = behind != NULL && judged.viable == len;
    judged.open_local = 1;
    judged.utf8 = utf8;
    return smtpwire__check(&judged, marks, options, SMTPWIRE_ERROR_ADDRESS_SYNTAX, error);
}

static enum smtpwire__utf8 utf8_of(const struct smtpwire_options *options)
{
    return options != NULL && options->smtputf8 ? SMTPWIRE__UTF8_ALLOWED : SMTPWIRE__UTF8_FORBIDDEN;
}

int smtpwire__local_part_parse(const char *data, size_t len, const struct smtpwire_options *options, uint32_t lax,
                               int *quoted, struct smtpwire_error *error)
{
    struct smtpwire_address address;
    struct smtpwire__marks marks;
    const int result =
        judge_value(SMTPWIRE__LOCAL_PART, data, len, options, lax, utf8_of(options), &address, &marks, error);
    smtpwire__framing_fault(data, len, error); /* what is accepted has none */
    *quoted = marks.quoted;
    return result;
}

/* How much of it some mailbox begins with, and whether it is one, whatever the leniencies: it is what a parameter stands
 * for, which no one types. */
size_t smtpwire__mailbox_viable(const char *data, size_t len, const struct smtpwire_options *options,
                                enum smtpwire__utf8 utf8, int *accepted)
{
    struct smtpwire_address address;
    struct smtpwire__marks marks;
    struct smtpwire_error error;
    *accepted = judge_value(SMTPWIRE__MAILBOX, data, len, options, 0, utf8, &address, &marks, &error) == 0;
    return *accepted ? len : (size_t)error.offset;
}

/* ---- what could follow a part of a mailbox ---- */

void smtpwire__literal_place(struct smtpwire__place *place, const char *text, size_t len, int any_tag)
{
    const unsigned char *octets = (const unsigned char *)text;
    struct smtpwire_address address;
    struct smtpwire__marks marks;

    smtpwire__zero(&marks, sizeof marks);
    marks.address = &address;
    place->literal = any_tag ? smtpwire_literal_en_literals_any_tag : smtpwire_literal_en_literals_registered;
    run_literal(&place->literal, octets, octets + len, &marks);
}

int smtpwire__literal_follows(const struct smtpwire__place *place, char octet)
{
    const unsigned char *p = (const unsigned char *)&octet;
    struct smtpwire_address address;
    struct smtpwire__marks marks;
    int state = place->literal;

    if (state == smtpwire_literal_error || state >= smtpwire_literal_first_final)
        return 0;
    smtpwire__zero(&marks, sizeof marks);
    marks.address = &address;
    address.literal.data = &octet;
    run_literal(&state, p, p + 1, &marks);
    return state != smtpwire_literal_error && marks.stopped == NULL;
}

void smtpwire__mailbox_place(struct smtpwire__place *place, const char *text, size_t len,
                             const struct smtpwire_options *options)
{
    const unsigned char *octets = (const unsigned char *)text;
    const size_t domain_max = smtpwire__limit(options, SMTPWIRE_LIMIT_DOMAIN);
    struct smtpwire_address address;
    struct smtpwire__marks marks;
    const char *domain;
    size_t label = 0;

    smtpwire__zero(&marks, sizeof marks);
    smtpwire__zero(&address, sizeof address);
    marks.address = &address;
    place->address = smtpwire_address_en_values_mailbox;
    if (len != 0)
        run_address(&place->address, octets, octets + len, NULL, &marks);
    place->room = place->label_room = SIZE_MAX;
    place->complete = place->address >= smtpwire_address_first_final && marks.stopped == NULL;
    place->in_local = address.local.len == 0;
    if (place->in_local) {
        place->room = smtpwire__limit(options, SMTPWIRE_LIMIT_LOCAL_PART) - len;
        return;
    }
    domain = text + address.local.len + 1;
    place->room = domain_max - (size_t)(text + len - domain);
    if (address.literal.data != NULL) {
        place->address = smtpwire_address_error;
        smtpwire__literal_place(place, domain, (size_t)(text + len - domain),
                                smtpwire__lax(options, SMTPWIRE_LAX_UNREGISTERED_TAG));
        return;
    }
    while (text + len - label != domain && text[len - label - 1] != '.')
        label++;
    SMTPWIRE__STEPS(label);
    place->label_room = smtpwire__limit(options, SMTPWIRE_LIMIT_LABEL) - label;
}

int smtpwire__mailbox_follows(const struct smtpwire__place *place, char octet)
{
    const char part[2] = {0, octet};
    const unsigned char *p = (const unsigned char *)part + 1;
    struct smtpwire_address address;
    struct smtpwire__marks marks;
    int state = place->address;

    if (state == smtpwire_address_error)
        return place->room != 0 && smtpwire__literal_follows(place, octet);
    smtpwire__zero(&marks, sizeof marks);
    smtpwire__zero(&address, sizeof address);
    marks.address = &address;
    address.local.data = address.domain.data = part;
    if (run_address(&state, p, p + 1, NULL, &marks) == p || marks.behind != NULL || marks.stopped == p)
        return 0;
    if (place->in_local && address.local.len != 0)
        return 1;
    return place->room != 0 && (place->label_room != 0 || octet == '.');
}

/* Most domains, and most paths, need no machine. */

static int parse_plain(const char *data, size_t len, const struct smtpwire_options *options,
                       struct smtpwire_address *address, uint32_t *flags)
{
    const struct smtpwire__plain plain = {.line = {data, len},
                                          .readable = smtpwire__readable(options, len),
                                          .options = options,
                                          .simd = smtpwire__simd(options)};
    uint32_t said = 0;
    size_t end;
    smtpwire__zero(address, sizeof *address);
    end = len != 0 ? smtpwire__plain_path(&plain, 1, address, &said) : 0;
    if (end == 0 || end != len)
        return 0;
    if (flags != NULL)
        *flags = said;
    return 1;
}

static int parse_address(enum smtpwire__address_kind kind, const char *data, size_t len,
                         const struct smtpwire_options *options, struct smtpwire_address *address, uint32_t *flags,
                         struct smtpwire_error *error)
{
    struct smtpwire__marks marks;
    struct smtpwire_error ignored, *e = error != NULL ? error : &ignored;

    if ((kind == SMTPWIRE__REVERSE_PATH || kind == SMTPWIRE__FORWARD_PATH) &&
        parse_plain(data, len, options, address, flags))
        return 0;
    if (judge_value(kind, data, len, options, UINT32_MAX, utf8_of(options), address, &marks, e) < 0) {
        smtpwire__framing_fault(data, len, e);
        return -1;
    }
    if (flags != NULL) {
        *flags = smtpwire__address_flags(&marks);
        if (smtpwire__has_non_ascii(data, len))
            *flags |= SMTPWIRE_FLAG_UTF8;
    }
    return 0;
}

int smtpwire_reverse_path_parse(const char *data, size_t len, const struct smtpwire_options *options,
                                struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error)
{
    return parse_address(SMTPWIRE__REVERSE_PATH, data, len, options, address, flags, error);
}

int smtpwire_forward_path_parse(const char *data, size_t len, const struct smtpwire_options *options,
                                struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error)
{
    return parse_address(SMTPWIRE__FORWARD_PATH, data, len, options, address, flags, error);
}

int smtpwire_mailbox_parse(const char *data, size_t len, const struct smtpwire_options *options,
                           struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error)
{
    return parse_address(SMTPWIRE__MAILBOX, data, len, options, address, flags, error);
}

int smtpwire_domain_parse(const char *data, size_t len, const struct smtpwire_options *options,
                          struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error)
{
    uint32_t said;
    if (len == 0 || smtpwire__plain_domain(data, len, options, &said) != len)
        return parse_address(SMTPWIRE__DOMAIN, data, len, options, address, flags, error);
    smtpwire__zero(address, sizeof *address);
    address->domain.data = data;
    address->domain.len = len;
    if (flags != NULL)
        *flags = said;
    return 0;
}
