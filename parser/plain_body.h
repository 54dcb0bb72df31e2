/* The body of what reads plain command lines by masks (plain.c). Included by the scan_*.c of vector instructions behind
 * scan_path.h. What has an octet that masks do not tell of is left to functions of plain.c, with nothing to come back
 * to: so that what is usual has all registers.
 *
 * SPDX-License-Identifier: MIT */

SCAN_TARGET static SMTPWIRE__INLINE void SCAN_NAME(look)(const struct smtpwire__plain *plain,
                                                         struct SCAN_NAME(class_masks) * m)
{
    SCAN_NAME(gather)
    ((const unsigned char *)plain->line.data, plain->readable < 64 ? (unsigned)plain->readable : 64, m);
}

/* Reads the path whose "<" is before line[from]. Returns where ">" is, or 0. */
SCAN_TARGET static SMTPWIRE__INLINE size_t SCAN_NAME(read_path)(const struct smtpwire__plain *plain,
                                                                const struct SCAN_NAME(class_masks) * m, size_t from,
                                                                struct smtpwire_address *address, uint32_t *flags)
{
    const char *const line = plain->line.data;
    size_t at, end;

    if (line[from - 1] != '<' || !smtpwire__default_limits(plain->options))
        return 0;
    end = SCAN_NAME(find_path)(m, (const unsigned char *)line, from, plain->line.len, &at, flags);
    if (end == 0 || line[end - 1] <= '9') /* it could be a number */
        return 0;
    smtpwire__plain_address(line, from, at, end, address);
    SMTPWIRE__STEPS((end - from) / 8);
    return end;
}

SCAN_TARGET static SMTPWIRE__INLINE int SCAN_NAME(read_command)(const struct smtpwire__plain *plain,
                                                                const struct SCAN_NAME(class_masks) * m,
                                                                struct smtpwire_command *command)
{
    size_t from, end;

    SCAN_NAME(blank)(command);
    from = smtpwire__plain_verb(plain, command);
    if (from == 0)
        return smtpwire__plain_other(plain, command);
    end = SCAN_NAME(read_path)(plain, m, from, &command->address, &command->flags);
    return end != 0 ? smtpwire__plain_rest(plain, end + 1, command)
                    : smtpwire__plain_path_command(plain, from, command);
}

SCAN_TARGET size_t SCAN_NAME(path)(const struct smtpwire__plain *plain, size_t from, struct smtpwire_address *address,
                                   uint32_t *flags)
{
    struct SCAN_NAME(class_masks) m;
    SCAN_NAME(look)(plain, &m);
    return SCAN_NAME(read_path)(plain, &m, from, address, flags);
}

SCAN_TARGET size_t SCAN_NAME(host)(const struct smtpwire__plain *plain, size_t from, uint32_t *flags)
{
    struct SCAN_NAME(class_masks) m;
    size_t end;
    SCAN_NAME(look)(plain, &m);
    end = SCAN_NAME(find_host)(&m, from, plain->line.len, flags);
    return end != 0 && plain->line.data[end - 1] > '9' ? end : 0; /* it could be a number */
}

SCAN_TARGET int SCAN_NAME(command)(const struct smtpwire__plain *plain, struct smtpwire_command *command)
{
    struct SCAN_NAME(class_masks) m;
    SCAN_NAME(look)(plain, &m);
    return SCAN_NAME(read_command)(plain, &m, command);
}

/* Of 128 octets, or those that are seen. */
SCAN_TARGET size_t SCAN_NAME(line)(struct smtpwire__plain *plain, uint32_t cap, struct smtpwire_command *command)
{
    const unsigned char *const line = (const unsigned char *)plain->line.data;
    const size_t seen = plain->line.len;
    struct SCAN_NAME(class_masks) m;
    uint64_t low, further = 0;
    size_t i;

    SCAN_NAME(look)(plain, &m);
    low = m.low;
    if (seen > 64) {
        i = seen < 128 ? seen - 64 : 64;
        further = SCAN_NAME(low)(line + i) >> (64 - i);
    }
    SMTPWIRE__STEPS((seen < 128 ? seen : 128) / 8);
    i = low != 0 ? 0 : 64;
    low = low != 0 ? low : further;
    if (low == 0) {
        plain->clear = seen < 128 ? seen : 128;
        return 0;
    }
    i += (size_t)__builtin_ctzll(low);
    if (i + 2 > seen || i + 2 > cap || (line[i] | line[i + 1] << 8) != ('\r' | '\n' << 8))
        return 0;
    plain->line.len = i;
    return SCAN_NAME(read_command)(plain, &m, command) ? i + 2 : 0;
}
