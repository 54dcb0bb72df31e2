/* ESMTP parameters: taking them one by one, what their values are and what they mean.
 *
 * Not checked here: which command takes which, what is offered, duplicates, lengths, whether an address in xtext is one
 * (parameter_check.c).
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

%%{
    machine smtpwire_parameter;
    alphtype unsigned char;
    action keyword_begin { parameter->keyword.data = smtpwire__text(p); }
    action keyword_end { parameter->keyword.len = (size_t)(smtpwire__text(p) - parameter->keyword.data); }
    action value_begin { parameter->value.data = smtpwire__text(p); }
    action value_end { parameter->value.len = (size_t)(smtpwire__text(p) - parameter->value.data); }
    include core "../grammar/core.rl";
    include separator "../grammar/separator.rl";
    include parameter "../grammar/parameter.rl";
    main := esmtp_param ( SP | HTAB )?; # the command's machine has seen to whether it may be a HTAB
    write data noerror noentry nofinal;
}%%

/* Returns how far the first parameter goes, with the space behind it. */
SMTPWIRE__SMALL static size_t take_parameter(struct smtpwire_slice parameters, struct smtpwire_parameter *parameter)
{
    const unsigned char *start = (const unsigned char *)parameters.data;
    const unsigned char *p = start, *pe = p + parameters.len, *eof = pe;
    int cs;
    %% write init;
    %% write exec;
    SMTPWIRE__RAN(p - start);
    (void)cs;
    return (size_t)(p - start);
}

%%{
    machine smtpwire_value;
    alphtype unsigned char;
    include core "../grammar/core.rl";
    include common "../grammar/common.rl";
    include parameter_value "../grammar/parameter_value.rl";
    include date_time "../grammar/date_time.rl";
    include xtext "../grammar/xtext.rl";
    include attribute "../grammar/attribute.rl";

    # One machine that is entered at a label, as in address.rl.
    action labels {
        (void)fentry(values::size); (void)fentry(values::body); (void)fentry(values::ret);
        (void)fentry(values::envid); (void)fentry(values::lax_envid); (void)fentry(values::notify);
        (void)fentry(values::orcpt); (void)fentry(values::lax_orcpt); (void)fentry(values::by);
        (void)fentry(values::holdfor); (void)fentry(values::holduntil); (void)fentry(values::mt_priority);
        (void)fentry(values::rrvs); (void)fentry(values::mtrk); (void)fentry(values::solicit);
        (void)fentry(values::transid); (void)fentry(values::xverp); (void)fentry(values::encoded);
        (void)fentry(values::lax_encoded); (void)fentry(values::text); (void)fentry(values::port);
        (void)fentry(values::protocol); (void)fentry(values::source); (void)fentry(values::absent);
        (void)fentry(values::utf8_address);
    }
    values := (
        start:       any @labels                      -> final,
        size:        size_value                       -> final,
        body:        body_value                       -> final,
        ret:         ret_value                        -> final,
        envid:       envid_value                      -> final,
        lax_envid:   lax_envid_value                  -> final,
        notify:      notify_esmtp_value               -> final,
        orcpt:       original_recipient_address       -> final,
        lax_orcpt:   lax_original_recipient_address   -> final,
        by:          by_value                         -> final,
        holdfor:     future_release_interval          -> final,
        holduntil:   future_release_date_time         -> final,
        mt_priority: priority_value                   -> final,
        rrvs:        rrvs_value                       -> final,
        mtrk:        mtrk_value                       -> final,
        solicit:     Solicitation_keywords            -> final,
        transid:     transid_value                    -> final,
        xverp:       xverp_value                      -> final,
        encoded:     xtext                            -> final,
        lax_encoded: lax_xtext                        -> final,
        text:        attribute_text                   -> final,
        port:        attribute_port                   -> final,
        protocol:    attribute_protocol               -> final,
        source:      attribute_source                 -> final,
        absent:      unavailable                      -> final,
        utf8_address: utf_8_enc_addr                  -> final
    );

    write data;
}%%

static int entry_of(unsigned id, int lower_case)
{
    switch (id) {
    case SMTPWIRE_PARAMETER_SIZE: return smtpwire_value_en_values_size;
    case SMTPWIRE_PARAMETER_BODY: return smtpwire_value_en_values_body;
    case SMTPWIRE_PARAMETER_RET: return smtpwire_value_en_values_ret;
    case SMTPWIRE_PARAMETER_ENVID:
        return lower_case ? smtpwire_value_en_values_lax_envid : smtpwire_value_en_values_envid;
    case SMTPWIRE_PARAMETER_NOTIFY: return smtpwire_value_en_values_notify;
    case SMTPWIRE_PARAMETER_ORCPT:
        return lower_case ? smtpwire_value_en_values_lax_orcpt : smtpwire_value_en_values_orcpt;
    case SMTPWIRE_PARAMETER_BY: return smtpwire_value_en_values_by;
    case SMTPWIRE_PARAMETER_HOLDFOR: return smtpwire_value_en_values_holdfor;
    case SMTPWIRE_PARAMETER_HOLDUNTIL: return smtpwire_value_en_values_holduntil;
    case SMTPWIRE_PARAMETER_MT_PRIORITY: return smtpwire_value_en_values_mt_priority;
    case SMTPWIRE_PARAMETER_RRVS: return smtpwire_value_en_values_rrvs;
    case SMTPWIRE_PARAMETER_MTRK: return smtpwire_value_en_values_mtrk;
    case SMTPWIRE_PARAMETER_SOLICIT: return smtpwire_value_en_values_solicit;
    case SMTPWIRE_PARAMETER_TRANSID: return smtpwire_value_en_values_transid;
    case SMTPWIRE_PARAMETER_XVERP: return smtpwire_value_en_values_xverp;
    default: return lower_case ? smtpwire_value_en_values_lax_encoded : smtpwire_value_en_values_encoded;
    }
}

static int attribute_entry(unsigned kind)
{
    switch (kind) {
    case SMTPWIRE__ATTRIBUTE_ADDRESS: return smtpwire_value_en_values_absent;
    case SMTPWIRE__ATTRIBUTE_PORT: return smtpwire_value_en_values_port;
    case SMTPWIRE__ATTRIBUTE_PROTOCOL: return smtpwire_value_en_values_protocol;
    case SMTPWIRE__ATTRIBUTE_SOURCE: return smtpwire_value_en_values_source;
    default: return smtpwire_value_en_values_text;
    }
}

/* Runs the value's machine from *state, and leaves there where it stands; returns how far it could go. */
SMTPWIRE__SMALL static size_t run_value(int *state, const char *data, size_t len)
{
    const unsigned char *start = (const unsigned char *)data;
    const unsigned char *p = start, *pe;
    int cs = *state;

    if (len == 0)
        return 0;
    pe = start + len;
    %% write exec;
    SMTPWIRE__RAN(p - start);
    *state = cs;
    return (size_t)(p - start);
}

static size_t judge_from(int state, const char *data, size_t len, int *accepted)
{
    const size_t viable = run_value(&state, data, len);
    *accepted = state >= smtpwire_value_first_final;
    return viable;
}

size_t smtpwire__value_run(unsigned id, int lower_case, const char *data, size_t len, int *accepted)
{
    return judge_from(entry_of(id, lower_case), data, len, accepted);
}

/* The same for what an attribute's value decodes to; of addresses there is only "[UNAVAILABLE]" here. */
size_t smtpwire__attribute_run(unsigned kind, const char *data, size_t len, int *accepted)
{
    return judge_from(attribute_entry(kind), data, len, accepted);
}

void smtpwire__value_place(struct smtpwire__place *place, unsigned kind, const char *text, size_t len)
{
    place->value = attribute_entry(kind);
    run_value(&place->value, text, len);
    place->complete = place->value >= smtpwire_value_first_final;
}

int smtpwire__value_follows(const struct smtpwire__place *place, char octet)
{
    int state = place->value;
    return state != smtpwire_value_error && run_value(&state, &octet, 1) == 1;
}

/* What stands behind "utf-8;" in ORCPT. */
size_t smtpwire__utf8_address_run(struct smtpwire_slice address, int *accepted)
{
    return judge_from(smtpwire_value_en_values_utf8_address, address.data, address.len, accepted);
}

/* Reads digits, and leaves *text at what follows them: a letter, a colon or a semicolon. */
static uint64_t take_number(const char **text, const char *end)
{
    uint64_t number = 0;
    for (; *text < end && **text <= '9'; (*text)++)
        number = number * 10 + (uint64_t)(**text - '0');
    return number;
}

/* The offset of the first digit at which a number passes max, or len. */
size_t smtpwire__size_viable(const char *data, size_t len, uint64_t max)
{
    uint64_t number = 0;
    size_t i;
    for (i = 0; i < len && data[i] >= '0' && data[i] <= '9'; i++) {
        uint64_t digit = (uint64_t)(data[i] - '0');
        if (digit > max || number > (max - digit) / 10)
            return i;
        number = number * 10 + digit;
    }
    return len;
}

static unsigned two_digits(const char *text) { return (unsigned)((text[0] - '0') * 10 + (text[1] - '0')); }

/* Reads a date-time that the grammar has accepted; returns what follows it. */
static const char *date_time(const char *text, const char *end, struct smtpwire_date_time *time)
{
    int minutes;
    time->year = (uint16_t)(two_digits(text) * 100 + two_digits(text + 2));
    time->month = (uint8_t)two_digits(text + 5);
    time->day = (uint8_t)two_digits(text + 8);
    time->hour = (uint8_t)two_digits(text + 11);
    time->minute = (uint8_t)two_digits(text + 14);
    time->second = (uint8_t)two_digits(text + 17);
    text += 19;
    if (*text == '.') {
        time->fraction.data = ++text;
        take_number(&text, end);
        time->fraction.len = (size_t)(text - time->fraction.data);
    }
    if (*text != '+' && *text != '-')
        return text + 1;
    minutes = (int)(two_digits(text + 1) * 60 + two_digits(text + 4));
    time->offset = (int16_t)(*text == '-' ? -minutes : minutes);
    return text + 6;
}

static uint8_t notify(const char *text, const char *end)
{
    unsigned bits = SMTPWIRE_NOTIFY_NEVER;
    while (text < end) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        const char *stop = comma != NULL ? comma : end;
        bits |= *text == 'S' || *text == 's'   ? SMTPWIRE_NOTIFY_SUCCESS
                : *text == 'F' || *text == 'f' ? SMTPWIRE_NOTIFY_FAILURE
                : *text == 'D' || *text == 'd' ? SMTPWIRE_NOTIFY_DELAY
                                               : 0;
        text = comma != NULL ? stop + 1 : end;
    }
    return (uint8_t)bits;
}

static void by(const char *text, const char *end, struct smtpwire_by *value)
{
    const int negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    value->seconds = (int32_t)take_number(&text, end);
    if (negative)
        value->seconds = -value->seconds;
    value->mode = text[1] == 'R' || text[1] == 'r' ? 'R' : 'N';
    value->trace = text + 2 < end;
}

static void orcpt(struct smtpwire_slice value, struct smtpwire_orcpt *parts)
{
    const char *semicolon = memchr(value.data, ';', value.len);
    parts->type.data = value.data;
    parts->type.len = (size_t)(semicolon - value.data);
    parts->address.data = semicolon + 1;
    parts->address.len = value.len - parts->type.len - 1;
    parts->utf8 = (uint8_t)smtpwire__equal_nocase(parts->type.data, parts->type.len, "UTF-8");
}

static void mtrk(const char *text, const char *end, struct smtpwire_mtrk *parts)
{
    const char *colon = memchr(text, ':', (size_t)(end - text));
    parts->certifier.data = text;
    parts->certifier.len = (size_t)((colon != NULL ? colon : end) - text);
    if (colon == NULL)
        return;
    colon++;
    parts->timeout = (uint32_t)take_number(&colon, end);
    parts->has_timeout = 1;
}

/* What a value that the grammar has accepted means. */
static void interpret(struct smtpwire_parameter *parameter)
{
    const char *text = parameter->value.data, *end;
    if (text == NULL)
        return;
    end = text + parameter->value.len;
    switch (parameter->id) {
    case SMTPWIRE_PARAMETER_SIZE:
        parameter->size = take_number(&text, end);
        break;
    case SMTPWIRE_PARAMETER_BODY:
        parameter->body = *text == '7'   ? SMTPWIRE_BODY_7BIT
                          : *text == '8' ? SMTPWIRE_BODY_8BITMIME
                                         : SMTPWIRE_BODY_BINARYMIME;
        break;
    case SMTPWIRE_PARAMETER_RET:
        parameter->ret = *text == 'F' || *text == 'f' ? SMTPWIRE_RET_FULL : SMTPWIRE_RET_HDRS;
        break;
    case SMTPWIRE_PARAMETER_NOTIFY:
        parameter->notify = notify(text, end);
        break;
    case SMTPWIRE_PARAMETER_ORCPT:
        orcpt(parameter->value, &parameter->orcpt);
        break;
    case SMTPWIRE_PARAMETER_BY:
        by(text, end, &parameter->by);
        break;
    case SMTPWIRE_PARAMETER_HOLDFOR:
        parameter->hold_for = (uint32_t)take_number(&text, end);
        break;
    case SMTPWIRE_PARAMETER_HOLDUNTIL:
        date_time(text, end, &parameter->hold_until);
        break;
    case SMTPWIRE_PARAMETER_RRVS:
        text = date_time(text, end, &parameter->rrvs.since);
        if (text < end)
            parameter->rrvs.no_support = text[1] == 'R' || text[1] == 'r' ? 'R' : 'C';
        break;
    case SMTPWIRE_PARAMETER_MT_PRIORITY:
        parameter->priority = (int8_t)(*text == '-' ? '0' - text[1] : text[0] - '0');
        break;
    case SMTPWIRE_PARAMETER_MTRK:
        mtrk(text, end, &parameter->mtrk);
        break;
    default:
        break;
    }
}

int smtpwire__parameter_machine(struct smtpwire_slice *parameters, struct smtpwire_parameter *parameter)
{
    struct smtpwire_slice *value = &parameter->value;
    size_t taken;

    smtpwire__blank_parameter(parameter);
    if (parameters->len == 0)
        return 0;
    taken = take_parameter(*parameters, parameter);
    if (parameter->keyword.len == 0 || (value->data != NULL && value->len == 0)) {
        smtpwire__blank_parameter(parameter); /* no parameter: this did not come from an accepted command */
        taken = parameters->len;
    }
    parameters->data += taken;
    parameters->len -= taken;
    if (parameter->keyword.len == 0)
        return 0;
    parameter->id = smtpwire__parameter_find(parameter->keyword.data, parameter->keyword.len);
    if (smtpwire__parameter_fits(parameter->id, *value))
        interpret(parameter);
    else
        parameter->id = SMTPWIRE_PARAMETER_UNKNOWN;
    return 1;
}

int smtpwire_parameter_next(struct smtpwire_slice *parameters, struct smtpwire_parameter *parameter)
{
#ifndef SMTPWIRE_ONLY_NONE
    smtpwire__blank_parameter(parameter);
    return parameters->len != 0 ? smtpwire__plain_parameter(parameters, parameter) : 0;
#else
    return smtpwire__parameter_machine(parameters, parameter);
#endif
}

/* Decodes the first octet of xtext that the grammar has accepted; returns how long its code is, 0 if it is cut off. */
size_t smtpwire__xtext_unit(const char *text, size_t len, char *octet)
{
    if (text[0] != '+') {
        *octet = text[0];
        return 1;
    }
    if (len < 3)
        return 0;
    *octet = (char)(smtpwire__hex(text[1]) * 16 + smtpwire__hex(text[2]));
    return 3;
}

ptrdiff_t smtpwire_xtext_decode(struct smtpwire_slice xtext, void *out, size_t size)
{
    size_t at = 0, decoded = 0;
    int accepted;
    char octet = 0;

    smtpwire__value_run(SMTPWIRE_PARAMETER_AUTH, 1, xtext.data, xtext.len, &accepted);
    if (!accepted)
        return -1;
    while (at < xtext.len) {
        at += smtpwire__xtext_unit(xtext.data + at, xtext.len - at, &octet);
        if (decoded < size)
            memcpy((char *)out + decoded, &octet, 1);
        decoded++;
    }
    return (ptrdiff_t)decoded;
}
