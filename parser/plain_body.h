/* The body of what reads plain command lines by masks. Included by the scan_*.c of vector instructions behind
 * scan_path.h. A line is read by one function, which leaves what masks do not tell of to others (server_plain.c,
 * command.rl) with nothing to come back to: so that what is usual has all registers.
 *
 * SPDX-License-Identifier: MIT */

/* Of the first 64 octets. */
SCAN_TARGET static SMTPWIRE__INLINE void SCAN_NAME(look)(const char *line, size_t readable,
                                                         struct SCAN_NAME(class_masks) * m)
{
    SCAN_NAME(gather)((const unsigned char *)line, (unsigned)smtpwire__lesser(readable, 64), m);
}

/* Reads the path whose "<" is before line[from]. Returns where it has ended, or 0. */
SCAN_TARGET static SMTPWIRE__INLINE size_t SCAN_NAME(read_path)(const struct SCAN_NAME(class_masks) * m,
                                                                const char *line, size_t len, unsigned from,
                                                                const struct smtpwire_options *options,
                                                                struct smtpwire_address *address, uint32_t *flags)
{
    const struct SCAN_NAME(class_masks) rest = SCAN_NAME(from)(m, from);
    size_t at, end;

    if (line[from - 1] != '<' || !smtpwire__default_limits(options) ||
        !SCAN_NAME(find_path)(&rest, line + from, len - from, &at, &end, flags))
        return 0;
    smtpwire__plain_address(line + from, at, end, address);
    SMTPWIRE__STEPS(end / 8);
    return from + end + 1;
}

SCAN_TARGET size_t SCAN_NAME(path)(const struct smtpwire__plain *plain, unsigned from, struct smtpwire_address *address,
                                   uint32_t *flags)
{
    struct SCAN_NAME(class_masks) m;
    SCAN_NAME(look)(plain->line.data, plain->readable, &m);
    return SCAN_NAME(read_path)(&m, plain->line.data, plain->line.len, from, plain->options, address, flags);
}

SCAN_TARGET size_t SCAN_NAME(host)(const struct smtpwire__plain *plain, unsigned from, uint32_t *flags)
{
    struct SCAN_NAME(class_masks) m;
    size_t end;
    SCAN_NAME(look)(plain->line.data, plain->readable, &m);
    m = SCAN_NAME(from)(&m, from);
    end = SCAN_NAME(find_host)(&m, plain->line.data + from, plain->line.len - from, flags);
    return end != 0 && from + end <= 64 ? from + end : 0; /* no mask tells what is behind those */
}

/* The path of a MAIL or RCPT: returns where it has ended; 0 for what is left to others, all of it. */
SCAN_TARGET static SMTPWIRE__INLINE size_t SCAN_NAME(read_command)(const struct SCAN_NAME(class_masks) * m,
                                                                   const char *line, size_t len, unsigned from,
                                                                   const struct smtpwire_options *options,
                                                                   struct smtpwire_command *command)
{
    SCAN_NAME(blank)(command);
    smtpwire__plain_name(line, smtpwire__plain_verb_of(from), command);
    return SCAN_NAME(read_path)(m, line, len, from, options, &command->address, &command->flags);
}

SCAN_TARGET int SCAN_NAME(parse)(const char *line, size_t len, const struct smtpwire_options *options,
                                 struct smtpwire_command *command, struct smtpwire_error *error)
{
    const unsigned from = smtpwire__plain_verb(line, len);
    struct SCAN_NAME(class_masks) m;
    size_t end;
    if (from == 0)
        return smtpwire__command_left(line, len, options, command, error);
    SCAN_NAME(look)(line, smtpwire__readable(options, len), &m);
    end = SCAN_NAME(read_command)(&m, line, len, from, options, command);
    if (end == 0)
        return smtpwire__command_left(line, len, options, command, error);
    return end != len ? smtpwire__command_parameters(line, len, options, command, error, end) : 0;
}

/* Of 128 octets, or those that are seen. */
SCAN_TARGET size_t SCAN_NAME(push)(struct smtpwire_server *s, const char *data, size_t len,
                                   struct smtpwire_event *event)
{
    const unsigned char *const octets = (const unsigned char *)data;
    struct SCAN_NAME(class_masks) m;
    uint64_t low = SCAN_NAME(gather_low)(octets, (unsigned)smtpwire__lesser(len, 64));
    size_t i = 0, end;
    unsigned from;

    if (low == 0 && len > 64) {
        i = len < 128 ? len - 64 : 64;
        low = SCAN_NAME(gather_low)(octets + i, 64) >> (64 - i);
        i = 64;
    }
    SMTPWIRE__STEPS(smtpwire__lesser(len, 128) / 8);
    if (low == 0)
        return smtpwire__server_open_line(s, data, len, smtpwire__lesser(len, 128), event);
    i += (size_t)__builtin_ctzll(low);
    if (!smtpwire__server_ends(s, data, len, i))
        return smtpwire__server_open_line(s, data, len, i, event);
    from = smtpwire__plain_verb(data, i);
    if (from == 0)
        return smtpwire__server_framed(s, data, len, i, event);
    SCAN_NAME(look)(data, len, &m);
    end = SCAN_NAME(read_command)(&m, data, i, from, s->line.options, &event->command);
    if (end == 0)
        return smtpwire__server_framed(s, data, len, i, event);
    if (end != i)
        return smtpwire__server_parameters(s, data, len, i, event, end);
    return from == SMTPWIRE__RCPT_TO ? smtpwire__server_rcpt(s, data, len, i, event)
                                     : smtpwire__server_obey(s, data, len, i, event, 2);
}
