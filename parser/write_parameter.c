/* Writers of typed parameters, and of mailboxes in the form of RFC 6533 section 3. As in write.c the parser judges what
 * was put together.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

/* At least width digits: of a number that has more than its field all are written, which the parser then refuses. */
static void put_digits(struct smtpwire__composed *composed, uint64_t number, unsigned width)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (sizeof digits - at < width)
        digits[--at] = '0';
    smtpwire__put(composed, digits + at, sizeof digits - at);
}

static void put_signed(struct smtpwire__composed *composed, int64_t number, unsigned width)
{
    if (number < 0)
        SMTPWIRE__PUT(composed, "-");
    put_digits(composed, (uint64_t)(number < 0 ? -number : number), width);
}

static void put_text(struct smtpwire__composed *composed, struct smtpwire_slice text)
{
    smtpwire__put(composed, text.data, text.len);
}

/* Digits that stand behind something, where they are there. */
static void put_behind(struct smtpwire__composed *composed, const char *octet, struct smtpwire_slice text)
{
    if (text.data != NULL) {
        smtpwire__put(composed, octet, 1);
        put_text(composed, text);
    }
}

/* RFC 3339 section 5.6; in UTC as "Z". */
static void put_date_time(struct smtpwire__composed *composed, const struct smtpwire_date_time *t)
{
    put_digits(composed, t->year, 4);
    SMTPWIRE__PUT(composed, "-");
    put_digits(composed, t->month, 2);
    SMTPWIRE__PUT(composed, "-");
    put_digits(composed, t->day, 2);
    SMTPWIRE__PUT(composed, "T");
    put_digits(composed, t->hour, 2);
    SMTPWIRE__PUT(composed, ":");
    put_digits(composed, t->minute, 2);
    SMTPWIRE__PUT(composed, ":");
    put_digits(composed, t->second, 2);
    put_behind(composed, ".", t->fraction);
    if (t->offset == 0) {
        SMTPWIRE__PUT(composed, "Z");
        return;
    }
    smtpwire__put(composed, t->offset < 0 ? "-" : "+", 1);
    put_digits(composed, (uint64_t)(t->offset < 0 ? -t->offset : t->offset) / 60, 2);
    SMTPWIRE__PUT(composed, ":");
    put_digits(composed, (uint64_t)(t->offset < 0 ? -t->offset : t->offset) % 60, 2);
}

static void put_notify(struct smtpwire__composed *composed, unsigned notify)
{
    const size_t begin = composed->len;
    if (notify == SMTPWIRE_NOTIFY_NEVER)
        SMTPWIRE__PUT(composed, "NEVER");
    if ((notify & SMTPWIRE_NOTIFY_SUCCESS) != 0)
        SMTPWIRE__PUT(composed, "SUCCESS");
    if ((notify & SMTPWIRE_NOTIFY_FAILURE) != 0) {
        smtpwire__put(composed, ",", composed->len != begin);
        SMTPWIRE__PUT(composed, "FAILURE");
    }
    if ((notify & SMTPWIRE_NOTIFY_DELAY) != 0) {
        smtpwire__put(composed, ",", composed->len != begin);
        SMTPWIRE__PUT(composed, "DELAY");
    }
}

static void put_by(struct smtpwire__composed *composed, const struct smtpwire_by *by)
{
    const char mode = (char)by->mode;
    put_signed(composed, by->seconds, 1);
    SMTPWIRE__PUT(composed, ";");
    smtpwire__put(composed, &mode, 1);
    if (by->trace)
        SMTPWIRE__PUT(composed, "T");
}

static void put_rrvs(struct smtpwire__composed *composed, const struct smtpwire_rrvs *rrvs)
{
    const char no_support = (char)rrvs->no_support;
    put_date_time(composed, &rrvs->since);
    if (no_support != 0)
        put_behind(composed, ";", (struct smtpwire_slice){&no_support, 1});
}

static void put_mtrk(struct smtpwire__composed *composed, const struct smtpwire_mtrk *mtrk)
{
    put_text(composed, mtrk->certifier);
    if (mtrk->has_timeout) {
        SMTPWIRE__PUT(composed, ":");
        put_digits(composed, mtrk->timeout, 1);
    }
}

/* What is none of these is left out: the value is empty then, which the parser refuses. */
static void put_body(struct smtpwire__composed *composed, unsigned body)
{
    if (body == SMTPWIRE_BODY_7BIT)
        SMTPWIRE__PUT(composed, "7BIT");
    else if (body == SMTPWIRE_BODY_8BITMIME)
        SMTPWIRE__PUT(composed, "8BITMIME");
    else if (body == SMTPWIRE_BODY_BINARYMIME)
        SMTPWIRE__PUT(composed, "BINARYMIME");
}

static void put_ret(struct smtpwire__composed *composed, unsigned ret)
{
    if (ret == SMTPWIRE_RET_FULL)
        SMTPWIRE__PUT(composed, "FULL");
    else if (ret == SMTPWIRE_RET_HDRS)
        SMTPWIRE__PUT(composed, "HDRS");
}

/* Returns 0 where the value of this parameter is not typed. */
static int put_typed(struct smtpwire__composed *composed, const struct smtpwire_parameter *p)
{
    switch (p->id) {
    case SMTPWIRE_PARAMETER_SIZE:
        put_digits(composed, p->size, 1);
        return 1;
    case SMTPWIRE_PARAMETER_BODY:
        put_body(composed, p->body);
        return 1;
    case SMTPWIRE_PARAMETER_RET:
        put_ret(composed, p->ret);
        return 1;
    case SMTPWIRE_PARAMETER_NOTIFY:
        put_notify(composed, p->notify);
        return 1;
    case SMTPWIRE_PARAMETER_ORCPT:
        put_text(composed, p->orcpt.type);
        SMTPWIRE__PUT(composed, ";");
        put_text(composed, p->orcpt.address);
        return 1;
    case SMTPWIRE_PARAMETER_BY:
        put_by(composed, &p->by);
        return 1;
    case SMTPWIRE_PARAMETER_HOLDFOR:
        put_digits(composed, p->hold_for, 1);
        return 1;
    case SMTPWIRE_PARAMETER_HOLDUNTIL:
        put_date_time(composed, &p->hold_until);
        return 1;
    case SMTPWIRE_PARAMETER_MT_PRIORITY:
        put_signed(composed, p->priority, 1);
        return 1;
    case SMTPWIRE_PARAMETER_RRVS:
        put_rrvs(composed, &p->rrvs);
        return 1;
    case SMTPWIRE_PARAMETER_MTRK:
        put_mtrk(composed, &p->mtrk);
        return 1;
    default:
        return 0;
    }
}

/* The parts that no form fixes are those that were given. Numbers need no comparing: each is written in digits, all of
 * which the parser has taken. */
static int same_typed(const struct smtpwire_parameter *read, const struct smtpwire_parameter *given)
{
    switch (given->id) {
    case SMTPWIRE_PARAMETER_NOTIFY:
        return read->notify == given->notify;
    case SMTPWIRE_PARAMETER_ORCPT:
        return smtpwire__same(read->orcpt.type,
                              given->orcpt.type); /* and what is behind its semicolon is the address */
    case SMTPWIRE_PARAMETER_BY:
        return read->by.mode == given->by.mode;
    case SMTPWIRE_PARAMETER_HOLDUNTIL:
        return smtpwire__same(read->hold_until.fraction, given->hold_until.fraction);
    case SMTPWIRE_PARAMETER_RRVS:
        return read->rrvs.no_support == given->rrvs.no_support;
    case SMTPWIRE_PARAMETER_MTRK:
        return smtpwire__same(read->mtrk.certifier, given->mtrk.certifier);
    default:
        return 1;
    }
}

/* smtpwire_parameter_next() takes what the options of any command may have let through: lower-case digits in xtext. */
static int is_this_parameter(const struct smtpwire__composed *composed, const struct smtpwire_parameter *given,
                             const struct smtpwire_options *options)
{
    struct smtpwire_slice rest = {composed->buf, composed->len};
    struct smtpwire_parameter read;
    int strict = 1;
    if (!smtpwire_parameter_next(&rest, &read) || rest.len != 0 || read.id != given->id || !same_typed(&read, given))
        return 0;
    if (read.value.data != NULL && !smtpwire__lax(options, SMTPWIRE_LAX_XTEXT_LOWER_CASE))
        smtpwire__value_run(read.id, 0, read.value.data, read.value.len, &strict);
    return strict;
}

ptrdiff_t smtpwire_typed_parameter_write(const struct smtpwire_parameter *parameter,
                                         const struct smtpwire_options *options, char *buf, size_t size,
                                         struct smtpwire_error *error)
{
    struct smtpwire__composed composed = smtpwire__compose(buf, size);
    struct smtpwire_error ignored = {0}, *e = error != NULL ? error : &ignored;
    size_t keyword_len;

    if (parameter->id == SMTPWIRE_PARAMETER_UNKNOWN || parameter->id >= SMTPWIRE_PARAMETER_COUNT) {
        smtpwire__error_set(e, SMTPWIRE_ERROR_PARAMETER_UNKNOWN, 0);
        return -1;
    }
    smtpwire__put_name(&composed, smtpwire_parameter_name(parameter->id));
    if (smtpwire__parameter_form(parameter->id) == SMTPWIRE__VALUE_REQUIRED || parameter->value.data != NULL) {
        SMTPWIRE__PUT(&composed, "=");
        keyword_len = composed.len;
        if (!put_typed(&composed, parameter))
            put_text(&composed, parameter->value);
    } else {
        keyword_len = composed.len;
    }
    if (composed.len > composed.size)
        return smtpwire__written(&composed);
    if (smtpwire__framing_fault(composed.buf, composed.len, e))
        return smtpwire__unwritten(&composed);
    if (!is_this_parameter(&composed, parameter, options))
        smtpwire__error_set(e, SMTPWIRE_ERROR_PARAMETER_VALUE, keyword_len);
    else if (!smtpwire__smtputf8(options) && smtpwire__has_non_ascii(composed.buf, composed.len))
        smtpwire__error_set(e, SMTPWIRE_ERROR_NON_ASCII, smtpwire__ascii_length(composed.buf, composed.len));
    else
        return smtpwire__written(&composed);
    return smtpwire__unwritten(&composed);
}

/* ---- Addresses of type utf-8 (RFC 6533 section 3) ---- */

/* The code point of a UTF-8 character that is well formed; returns its length. */
static size_t take_point(const unsigned char *text, uint32_t *point)
{
    const size_t len = text[0] < 0x80 ? 1 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;
    size_t i;
    *point = len == 1 ? text[0] : text[0] & (0x7FU >> len);
    for (i = 1; i < len; i++)
        *point = *point << 6 | (text[i] & 63U);
    return len;
}

/* EmbeddedUnicodeChar: as few digits as there can be, but two. */
static void put_embedded(struct smtpwire__composed *composed, uint32_t point)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned shift = 4;
    while (shift < 20 && point >> shift >= 16)
        shift += 4;
    SMTPWIRE__PUT(composed, "\\x{");
    for (;; shift -= 4) {
        smtpwire__put(composed, &digits[point >> shift & 15], 1);
        if (shift == 0)
            break;
    }
    SMTPWIRE__PUT(composed, "}");
}

ptrdiff_t smtpwire_utf8_address_write(const char *data, size_t len, const struct smtpwire_options *options, char *buf,
                                      size_t size, struct smtpwire_error *error)
{
    struct smtpwire__composed composed = smtpwire__compose(buf, size);
    const int unitext = smtpwire__smtputf8(options);
    struct smtpwire_options utf8;
    struct smtpwire_address address;
    size_t at, taken;

    memset(&utf8, 0, sizeof utf8);
    if (options != NULL)
        utf8 = *options;
    utf8.smtputf8 = 1;
    if (smtpwire_mailbox_parse(data, len, &utf8, &address, NULL, error) < 0)
        return -1;
    for (at = 0; at < len; at += taken) {
        uint32_t point;
        taken = take_point((const unsigned char *)data + at, &point);
        if (point > 127 ? !unitext : point <= ' ' || point == '+' || point == '=' || point == '\\')
            put_embedded(&composed, point);
        else
            smtpwire__put(&composed, data + at, taken);
    }
    return smtpwire__written(&composed);
}

ptrdiff_t smtpwire_utf8_address_decode(struct smtpwire_slice address, void *out, size_t size)
{
    char *const octets = out;
    size_t at, len = 0;
    int accepted;

    if (smtpwire__utf8_address_run(address, &accepted) < address.len || !accepted)
        return -1;
    for (at = 0; at < address.len;) {
        char decoded[4] = {address.data[at]};
        size_t count = 1, i;
        uint32_t point = 0;
        if (address.data[at++] == '\\') {
            for (at += 2; address.data[at] != '}'; at++)
                point = point * 16 + smtpwire__hex(address.data[at]);
            at++;
            count = smtpwire__put_utf8(point, decoded);
        }
        for (i = 0; i < count; i++, len++)
            if (len < size)
                octets[len] = decoded[i];
    }
    return (ptrdiff_t)len;
}
