/* Paths, mailboxes, domains and address literals, each as a value of its own (RFC 5321 sections 4.1.2 and 4.1.3,
 * RFC 6531 section 3.3).
 *
 * One machine with an entry for each value, so that they share their states. Not checked here: lengths, SMTPUTF8 and
 * registered tags (check.c does).
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

%%{
    machine smtpwire_address;
    include actions "actions.rl";
    include core "../grammar/core.rl";
    include literal "../grammar/literal.rl";
    include address "../grammar/address.rl";

    # The states that values have in common are there once: that is why they are labels of one machine, entered at
    # a label and never at its start, instead of machines of their own.
    action labels {
        (void)fentry(values::reverse_path); (void)fentry(values::forward_path); (void)fentry(values::mailbox);
        (void)fentry(values::domain); (void)fentry(values::registered); (void)fentry(values::local_part);
    }
    values := (
        start:        any @labels                        -> final,
        reverse_path: Reverse_path                       -> final,
        forward_path: ( postmaster_path | Forward_path ) -> final,
        mailbox:      Mailbox                            -> final,
        domain:       ( Domain | address_literal )       -> final,
        local_part:   Local_part                         -> final,
        registered:   registered_address_literal         -> final
    );

    write data noerror;
}%%

/* Runs the machine from an entry; returns how far it could go, len only if it ends in a final state as well. */
static size_t run_address(int cs, const char *data, size_t len, struct smtpwire__marks *m, int *accepted)
{
    const unsigned char *start = (const unsigned char *)data;
    const unsigned char *p = start, *pe = start + len, *eof = pe;
    %% write exec;
    *accepted = cs >= smtpwire_address_first_final;
    return (size_t)(p - start);
}

size_t smtpwire__registered_literal(const char *data, size_t len)
{
    struct smtpwire_address address;
    struct smtpwire__marks marks;
    int accepted;
    memset(&marks, 0, sizeof marks);
    marks.address = &address;
    return len == 0 ? 0 : run_address(smtpwire_address_en_values_registered, data, len, &marks, &accepted);
}

static int judge_value(int entry, const char *data, size_t len, const struct smtpwire_options *options,
                       enum smtpwire__utf8 utf8, struct smtpwire_address *address, struct smtpwire__marks *marks,
                       struct smtpwire_error *error)
{
    struct smtpwire__judged judged;

    memset(marks, 0, sizeof *marks);
    memset(address, 0, sizeof *address);
    marks->address = address;
    judged.data = data;
    judged.len = len;
    judged.accepted = 0;
    judged.viable = len == 0 ? 0 : run_address(entry, data, len, marks, &judged.accepted);
    judged.open_local = 1;
    judged.utf8 = utf8;
    return smtpwire__check(&judged, marks, options, SMTPWIRE_ERROR_ADDRESS_SYNTAX, error);
}

static enum smtpwire__utf8 utf8_of(const struct smtpwire_options *options)
{
    return options != NULL && options->smtputf8 ? SMTPWIRE__UTF8_ALLOWED : SMTPWIRE__UTF8_FORBIDDEN;
}

int smtpwire__local_part_parse(const char *data, size_t len, const struct smtpwire_options *options, int *quoted,
                               struct smtpwire_error *error)
{
    struct smtpwire_address address;
    struct smtpwire__marks marks;
    const int result = judge_value(smtpwire_address_en_values_local_part, data, len, options, utf8_of(options), &address,
                                   &marks, error);
    *quoted = marks.quoted;
    return result;
}

/* How much of it some mailbox begins with, and whether it is one. */
size_t smtpwire__mailbox_viable(const char *data, size_t len, const struct smtpwire_options *options,
                                enum smtpwire__utf8 utf8, int *accepted)
{
    struct smtpwire_address address;
    struct smtpwire__marks marks;
    struct smtpwire_error error;
    *accepted = judge_value(smtpwire_address_en_values_mailbox, data, len, options, utf8, &address, &marks, &error) == 0;
    return *accepted ? len : (size_t)error.offset;
}

static int parse_address(int entry, const char *data, size_t len, const struct smtpwire_options *options,
                         struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error)
{
    struct smtpwire__marks marks;
    struct smtpwire_error ignored;

    if (judge_value(entry, data, len, options, utf8_of(options), address, &marks, error != NULL ? error : &ignored) < 0)
        return -1;
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
    return parse_address(smtpwire_address_en_values_reverse_path, data, len, options, address, flags, error);
}

int smtpwire_forward_path_parse(const char *data, size_t len, const struct smtpwire_options *options,
                                struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error)
{
    return parse_address(smtpwire_address_en_values_forward_path, data, len, options, address, flags, error);
}

int smtpwire_mailbox_parse(const char *data, size_t len, const struct smtpwire_options *options,
                           struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error)
{
    return parse_address(smtpwire_address_en_values_mailbox, data, len, options, address, flags, error);
}

int smtpwire_domain_parse(const char *data, size_t len, const struct smtpwire_options *options,
                          struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error)
{
    return parse_address(smtpwire_address_en_values_domain, data, len, options, address, flags, error);
}
