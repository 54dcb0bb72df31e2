/* The names of what servers offer, and a shorter way for nearly all lines that say so: a keyword that is known, alone
 * or with a number, with mechanisms that are known, with limits. It takes no line that the machine (capability.rl)
 * would not, and says the same of it; tests/exhaustive_reply.c compares.
 *
 * SPDX-License-Identifier: MIT */
#include "names.h"

#define CAPABILITY_NAME(id, name, rfc) SMTPWIRE__NAME(SMTPWIRE_CAPABILITY_##id, name),
#define MECHANISM_NAME(id, name, rfc) SMTPWIRE__NAME(SMTPWIRE_MECHANISM_##id, name),
#define CAPABILITY_RFC(id, name, rfc) rfc,

static const uint8_t capability_at[256] = {
    [0x24] = SMTPWIRE_CAPABILITY_SIZE,          [0xC8] = SMTPWIRE_CAPABILITY_8BITMIME,
    [0x47] = SMTPWIRE_CAPABILITY_BINARYMIME,    [0xA8] = SMTPWIRE_CAPABILITY_CHUNKING,
    [0x26] = SMTPWIRE_CAPABILITY_PIPELINING,    [0xA5] = SMTPWIRE_CAPABILITY_DSN,
    [0x50] = SMTPWIRE_CAPABILITY_STARTTLS,      [0x5A] = SMTPWIRE_CAPABILITY_AUTH,
    [0x37] = SMTPWIRE_CAPABILITY_SMTPUTF8,      [0x3E] = SMTPWIRE_CAPABILITY_ENHANCEDSTATUSCODES,
    [0x18] = SMTPWIRE_CAPABILITY_VRFY,          [0x9C] = SMTPWIRE_CAPABILITY_EXPN,
    [0x7A] = SMTPWIRE_CAPABILITY_HELP,          [0x2D] = SMTPWIRE_CAPABILITY_ETRN,
    [0x8A] = SMTPWIRE_CAPABILITY_ATRN,          [0x07] = SMTPWIRE_CAPABILITY_DELIVERBY,
    [0x03] = SMTPWIRE_CAPABILITY_FUTURERELEASE, [0xCD] = SMTPWIRE_CAPABILITY_MT_PRIORITY,
    [0x72] = SMTPWIRE_CAPABILITY_NO_SOLICITING, [0xA4] = SMTPWIRE_CAPABILITY_LIMITS,
    [0xBB] = SMTPWIRE_CAPABILITY_RRVS,          [0xDF] = SMTPWIRE_CAPABILITY_REQUIRETLS,
    [0xAD] = SMTPWIRE_CAPABILITY_MTRK,          [0x14] = SMTPWIRE_CAPABILITY_SUBMITTER,
    [0x60] = SMTPWIRE_CAPABILITY_CONPERM,       [0xDB] = SMTPWIRE_CAPABILITY_CONNEG,
    [0xFB] = SMTPWIRE_CAPABILITY_CHECKPOINT,    [0x71] = SMTPWIRE_CAPABILITY_BURL,
    [0xB2] = SMTPWIRE_CAPABILITY_XCLIENT,       [0x35] = SMTPWIRE_CAPABILITY_XFORWARD,
    [0x55] = SMTPWIRE_CAPABILITY_XVERP,         [0xB9] = SMTPWIRE_CAPABILITY_PRDR,
    [0x69] = SMTPWIRE_CAPABILITY_UTF8SMTP,      [0x3A] = SMTPWIRE_CAPABILITY_SEND,
    [0x96] = SMTPWIRE_CAPABILITY_SOML,          [0xF6] = SMTPWIRE_CAPABILITY_SAML,
    [0xD3] = SMTPWIRE_CAPABILITY_TURN,          [0xE5] = SMTPWIRE_CAPABILITY_VERB,
    [0xE2] = SMTPWIRE_CAPABILITY_ONEX,
};
static const uint8_t mechanism_at[256] = {
    [0xEF] = SMTPWIRE_MECHANISM_PLAIN + 1,       [0x62] = SMTPWIRE_MECHANISM_LOGIN + 1,
    [0xF4] = SMTPWIRE_MECHANISM_CRAM_MD5 + 1,    [0x85] = SMTPWIRE_MECHANISM_DIGEST_MD5 + 1,
    [0x23] = SMTPWIRE_MECHANISM_SCRAM_SHA_1 + 1, [0xAC] = SMTPWIRE_MECHANISM_GSSAPI + 1,
    [0x0A] = SMTPWIRE_MECHANISM_NTLM + 1,        [0x7D] = SMTPWIRE_MECHANISM_EXTERNAL + 1,
    [0x97] = SMTPWIRE_MECHANISM_XOAUTH2 + 1,     [0xCF] = SMTPWIRE_MECHANISM_OAUTHBEARER + 1,
    [0x15] = SMTPWIRE_MECHANISM_ANONYMOUS + 1,
};
SMTPWIRE_CAPABILITIES(SMTPWIRE__NAME_FITS)
SMTPWIRE_MECHANISMS(SMTPWIRE__NAME_FITS)

static const struct smtpwire__name capability_names[] = {SMTPWIRE_CAPABILITIES(CAPABILITY_NAME)};
static const char capability_rfcs[][24] = {SMTPWIRE_CAPABILITIES(CAPABILITY_RFC)};
static const struct smtpwire__name mechanism_names[] = {SMTPWIRE__NAME(0, ""), SMTPWIRE_MECHANISMS(MECHANISM_NAME)};
static const char mechanism_rfcs[][28] = {SMTPWIRE_MECHANISMS(CAPABILITY_RFC)};
_Static_assert(SMTPWIRE_MECHANISM_COUNT <= 32, "mechanisms are kept as bits");

const char *smtpwire_capability_name(unsigned id)
{
    return id < SMTPWIRE_CAPABILITY_COUNT ? capability_names[id].name : "";
}
const char *smtpwire_capability_rfc(unsigned id) { return id < SMTPWIRE_CAPABILITY_COUNT ? capability_rfcs[id] : ""; }
const char *smtpwire_mechanism_name(unsigned id)
{
    return id < SMTPWIRE_MECHANISM_COUNT ? mechanism_names[id + 1].name : "";
}
const char *smtpwire_mechanism_rfc(unsigned id) { return id < SMTPWIRE_MECHANISM_COUNT ? mechanism_rfcs[id] : ""; }

static SMTPWIRE__INLINE const struct smtpwire__name *find_capability(const char *text, size_t len)
{
    const struct smtpwire__names names = {.rows = capability_names, .at = capability_at, .fold = SMTPWIRE__ANY_CASE};
    return smtpwire__find_name(&names, text, len);
}

/* Mechanisms are in upper case and nothing else (RFC 4422 section 3.1). */
static SMTPWIRE__INLINE const struct smtpwire__name *find_mechanism(const char *text, size_t len)
{
    const struct smtpwire__names names = {.rows = mechanism_names,
                                          .at = mechanism_at,
                                          .alike = SMTPWIRE_MECHANISM_COUNT + 1,
                                          .fold = SMTPWIRE__UPPER_CASE};
    return smtpwire__find_name(&names, text, len);
}

uint16_t smtpwire__capability_find(const char *text, size_t len)
{
    const struct smtpwire__name *name = find_capability(text, len);
    return name != NULL ? name->id : SMTPWIRE_CAPABILITY_UNKNOWN;
}

uint32_t smtpwire__mechanism_bit(const char *text, size_t len)
{
    const struct smtpwire__name *name = find_mechanism(text, len);
    return name != NULL ? UINT32_C(1) << name->id : 0;
}

/* How many digits the text begins with, 20 at most, and their number, which of up to 19 is always below 2^64. */
static SMTPWIRE__INLINE size_t take_digits(const char *text, size_t len, uint64_t *number)
{
    uint64_t sum = 0; /* kept in a register so */
    size_t i = 0;
    if (len >= 8) {
        const uint64_t digits = smtpwire__load_8(text) ^ UINT64_C(0x3030303030303030);
        if (smtpwire__no_digits(digits) == 0) {
            sum = smtpwire__number_of(digits, 8);
            i = 8;
        }
    }
    for (; i < smtpwire__lesser(len, 20) && text[i] >= '0' && text[i] <= '9'; i++)
        sum = sum * 10 + (unsigned)(text[i] - '0');
    *number = sum;
    return i;
}

/* Takes so many octets and the space behind them off the text; a space that ends it is left. */
static inline void take_word(struct smtpwire_slice *text, size_t len)
{
    const size_t used = len + (len + 1 < text->len);
    text->data += used;
    text->len -= used;
}

/* Each of these takes values that are well-formed, for a keyword that may have them, and leaves the others to the
 * machine. They save no register for those that do not go there. */
static SMTPWIRE__NOINLINE int with_number(const char *text, size_t len, const struct smtpwire_options *options,
                                          struct smtpwire_capability *c, struct smtpwire_error *error)
{
    uint64_t number;
    const size_t digits = take_digits(c->parameters.data, c->parameters.len, &number);
    if (digits != c->parameters.len || digits > (c->id == SMTPWIRE_CAPABILITY_SIZE ? 19 : 9))
        return smtpwire__capability_machine(text, len, options, c, error);
    if (c->id == SMTPWIRE_CAPABILITY_SIZE)
        c->size = number;
    else
        c->deliver_by = (uint32_t)number;
    c->has_value = 1;
    return 0;
}

static SMTPWIRE__NOINLINE int with_mechanisms(const char *text, size_t len, const struct smtpwire_options *options,
                                              struct smtpwire_capability *c, struct smtpwire_error *error)
{
    struct smtpwire_slice rest = c->parameters;
    uint32_t mechanisms = 0;
    while (rest.len != 0) {
        const struct smtpwire__name *name = find_mechanism(rest.data, rest.len);
        if (name == NULL)
            return smtpwire__capability_machine(text, len, options, c, error);
        mechanisms |= UINT32_C(1) << name->id;
        take_word(&rest, name->length);
    }
    c->mechanisms = mechanisms;
    c->has_value = 1;
    return 0;
}

static inline int begins_with_limit(struct smtpwire_slice text, size_t at, const char *name)
{
    return smtpwire__in_upper_case(smtpwire__load_8(text.data + at), SMTPWIRE__ANY_CASE) == smtpwire__load_8(name);
}

/* The limit that the text begins with, if it is known, was not there before, and has six digits at most. Returns how
 * many octets it is, 0 if it is none of these. */
static SMTPWIRE__INLINE size_t plain_limit(struct smtpwire_slice text, struct smtpwire_offered_limits *limits)
{
    uint32_t *taken = NULL;
    uint64_t number;
    size_t name = 8, digits;
    if (text.len <= 8)
        return 0;
    if (begins_with_limit(text, 0, "RCPTMAX=")) {
        taken = &limits->rcpt_max;
    } else if (begins_with_limit(text, 0, "MAILMAX=")) {
        taken = &limits->mail_max;
    } else if (text.len > 14 && begins_with_limit(text, 0, "RCPTDOMA") && begins_with_limit(text, 6, "MAINMAX=")) {
        taken = &limits->rcpt_domain_max;
        name = 14;
    }
    if (taken == NULL || *taken != 0 || text.data[name] == '0')
        return 0;
    digits = take_digits(text.data + name, text.len - name, &number);
    if (digits == 0 || digits > 6 || (name + digits < text.len && text.data[name + digits] != ' '))
        return 0;
    *taken = (uint32_t)number;
    return name + digits;
}

static SMTPWIRE__NOINLINE int with_limits(const char *text, size_t len, const struct smtpwire_options *options,
                                          struct smtpwire_capability *c, struct smtpwire_error *error)
{
    struct smtpwire_slice rest = c->parameters;
    while (rest.len != 0) {
        const size_t used = plain_limit(rest, &c->limits);
        if (used == 0)
            return smtpwire__capability_machine(text, len, options, c, error);
        take_word(&rest, used);
    }
    c->has_value = 1;
    return 0;
}

int smtpwire_capability_parse(const char *text, size_t len, const struct smtpwire_options *options,
                              struct smtpwire_capability *capability, struct smtpwire_error *error)
{
    struct smtpwire_capability *const c = capability;
    const struct smtpwire__name *name = find_capability(text, len);
    unsigned id;
    size_t used;

    if (name == NULL)
        return smtpwire__capability_machine(text, len, options, capability, error);
    id = name->id;
    used = name->length;
    SMTPWIRE__STEPS(len / 8);
    memset(c, 0, sizeof *c);
    c->id = (uint16_t)id;
    c->keyword.data = text;
    c->keyword.len = used;
    if (used == len && id != SMTPWIRE_CAPABILITY_FUTURERELEASE && id != SMTPWIRE_CAPABILITY_LIMITS)
        return 0; /* these two need parameters */
    if (len - used > 1) {
        c->parameters.data = text + used + 1;
        c->parameters.len = len - used - 1;
        switch (id) {
        case SMTPWIRE_CAPABILITY_SIZE:
        case SMTPWIRE_CAPABILITY_DELIVERBY:
            return with_number(text, len, options, capability, error);
        case SMTPWIRE_CAPABILITY_AUTH:
            return with_mechanisms(text, len, options, capability, error);
        case SMTPWIRE_CAPABILITY_LIMITS:
            return with_limits(text, len, options, capability, error);
        default:
            break;
        }
    }
    return smtpwire__capability_machine(text, len, options, capability, error);
}
