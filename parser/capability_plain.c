/* The names of what servers offer, and a shorter way for nearly all lines that say so: a keyword that is known, alone
 * or with a number, with mechanisms that are known, with limits. It takes no line that the machine (capability.rl)
 * would not, and says the same of it; tests/exhaustive_reply.c compares.
 *
 * SPDX-License-Identifier: MIT */
#include "names.h"

#define CAPABILITY_NAME(id, name, rfc) name,
#define CAPABILITY_LENGTH(id, name, rfc) sizeof(name) - 1,
#define CAPABILITY_RFC(id, name, rfc) rfc,

static const uint8_t capability_at[256] = {
    [0x5F] = SMTPWIRE_CAPABILITY_SIZE,          [0xBC] = SMTPWIRE_CAPABILITY_8BITMIME,
    [0x1F] = SMTPWIRE_CAPABILITY_BINARYMIME,    [0x10] = SMTPWIRE_CAPABILITY_CHUNKING,
    [0xE5] = SMTPWIRE_CAPABILITY_PIPELINING,    [0x4B] = SMTPWIRE_CAPABILITY_DSN,
    [0xF2] = SMTPWIRE_CAPABILITY_STARTTLS,      [0x8B] = SMTPWIRE_CAPABILITY_AUTH,
    [0x1E] = SMTPWIRE_CAPABILITY_SMTPUTF8,      [0x2A] = SMTPWIRE_CAPABILITY_ENHANCEDSTATUSCODES,
    [0x56] = SMTPWIRE_CAPABILITY_VRFY,          [0xDF] = SMTPWIRE_CAPABILITY_EXPN,
    [0xCE] = SMTPWIRE_CAPABILITY_HELP,          [0xFA] = SMTPWIRE_CAPABILITY_ETRN,
    [0xF9] = SMTPWIRE_CAPABILITY_ATRN,          [0xD4] = SMTPWIRE_CAPABILITY_DELIVERBY,
    [0xA6] = SMTPWIRE_CAPABILITY_FUTURERELEASE, [0x51] = SMTPWIRE_CAPABILITY_MT_PRIORITY,
    [0xC9] = SMTPWIRE_CAPABILITY_NO_SOLICITING, [0xDA] = SMTPWIRE_CAPABILITY_LIMITS,
    [0xAC] = SMTPWIRE_CAPABILITY_RRVS,          [0x9A] = SMTPWIRE_CAPABILITY_REQUIRETLS,
    [0x79] = SMTPWIRE_CAPABILITY_MTRK,          [0xE3] = SMTPWIRE_CAPABILITY_SUBMITTER,
    [0x28] = SMTPWIRE_CAPABILITY_CONPERM,       [0x12] = SMTPWIRE_CAPABILITY_CONNEG,
    [0x59] = SMTPWIRE_CAPABILITY_CHECKPOINT,    [0x19] = SMTPWIRE_CAPABILITY_BURL,
    [0xFF] = SMTPWIRE_CAPABILITY_XCLIENT,       [0x6C] = SMTPWIRE_CAPABILITY_XFORWARD,
    [0xF5] = SMTPWIRE_CAPABILITY_XVERP,         [0x2C] = SMTPWIRE_CAPABILITY_PRDR,
    [0x89] = SMTPWIRE_CAPABILITY_UTF8SMTP,      [0x92] = SMTPWIRE_CAPABILITY_SEND,
    [0x18] = SMTPWIRE_CAPABILITY_SOML,          [0xEE] = SMTPWIRE_CAPABILITY_SAML,
    [0xCB] = SMTPWIRE_CAPABILITY_TURN,          [0xFD] = SMTPWIRE_CAPABILITY_VERB,
    [0xA7] = SMTPWIRE_CAPABILITY_ONEX,
};
static const uint8_t mechanism_at[256] = {
    [0x43] = SMTPWIRE_MECHANISM_PLAIN + 1,       [0x0A] = SMTPWIRE_MECHANISM_LOGIN + 1,
    [0xD3] = SMTPWIRE_MECHANISM_CRAM_MD5 + 1,    [0x21] = SMTPWIRE_MECHANISM_DIGEST_MD5 + 1,
    [0x2E] = SMTPWIRE_MECHANISM_SCRAM_SHA_1 + 1, [0x58] = SMTPWIRE_MECHANISM_GSSAPI + 1,
    [0xC3] = SMTPWIRE_MECHANISM_NTLM + 1,        [0xFA] = SMTPWIRE_MECHANISM_EXTERNAL + 1,
    [0x0F] = SMTPWIRE_MECHANISM_XOAUTH2 + 1,     [0x61] = SMTPWIRE_MECHANISM_OAUTHBEARER + 1,
    [0xEB] = SMTPWIRE_MECHANISM_ANONYMOUS + 1,
};
static const uint8_t capability_lengths[] = {SMTPWIRE_CAPABILITIES(CAPABILITY_LENGTH)};
static const uint8_t mechanism_lengths[] = {0, SMTPWIRE_MECHANISMS(CAPABILITY_LENGTH)};
static const char capability_names[][24] = {SMTPWIRE_CAPABILITIES(CAPABILITY_NAME)};
static const char capability_rfcs[][24] = {SMTPWIRE_CAPABILITIES(CAPABILITY_RFC)};
static const char mechanism_names[][24] = {"", SMTPWIRE_MECHANISMS(CAPABILITY_NAME)}; /* from row 1 on */
static const char mechanism_rfcs[][28] = {SMTPWIRE_MECHANISMS(CAPABILITY_RFC)};
_Static_assert(SMTPWIRE_MECHANISM_COUNT <= 32, "mechanisms are kept as bits");

const char *smtpwire_capability_name(unsigned id) { return id < SMTPWIRE_CAPABILITY_COUNT ? capability_names[id] : ""; }
const char *smtpwire_capability_rfc(unsigned id) { return id < SMTPWIRE_CAPABILITY_COUNT ? capability_rfcs[id] : ""; }
const char *smtpwire_mechanism_name(unsigned id)
{
    return id < SMTPWIRE_MECHANISM_COUNT ? mechanism_names[id + 1] : "";
}
const char *smtpwire_mechanism_rfc(unsigned id) { return id < SMTPWIRE_MECHANISM_COUNT ? mechanism_rfcs[id] : ""; }

static SMTPWIRE__INLINE unsigned find_capability(const char *text, size_t len)
{
    const struct smtpwire__names names = {.rows = capability_names[0],
                                          .lengths = capability_lengths,
                                          .at = capability_at,
                                          .width = sizeof capability_names[0],
                                          .fold = SMTPWIRE__ANY_CASE};
    return smtpwire__find_name(&names, text, len);
}

/* Mechanisms are in upper case and nothing else (RFC 4422 section 3.1). */
static SMTPWIRE__INLINE unsigned find_mechanism(const char *text, size_t len)
{
    const struct smtpwire__names names = {.rows = mechanism_names[0],
                                          .lengths = mechanism_lengths,
                                          .at = mechanism_at,
                                          .width = sizeof mechanism_names[0],
                                          .alike = SMTPWIRE_MECHANISM_COUNT + 1,
                                          .fold = SMTPWIRE__UPPER_CASE};
    return smtpwire__find_name(&names, text, len);
}

static inline uint32_t mechanism_bit(unsigned row) { return (uint32_t)((UINT64_C(1) << row) >> 1); }

uint16_t smtpwire__capability_find(const char *text, size_t len) { return (uint16_t)find_capability(text, len); }

uint32_t smtpwire__mechanism_bit(const char *text, size_t len) { return mechanism_bit(find_mechanism(text, len)); }

/* A word of digits that 64 bits can hold; it has an octet at least. */
static int offered_number(struct smtpwire_slice word, size_t most, uint64_t *number)
{
    uint64_t sum = 0; /* kept in a register so */
    size_t i;
    if (word.len > most)
        return 0;
    for (i = 0; i < word.len && word.data[i] >= '0' && word.data[i] <= '9'; i++)
        sum = sum * 10 + (unsigned)(word.data[i] - '0');
    *number = sum;
    return i == word.len;
}

/* Takes so many octets and the space behind them off the text; a space that ends it is left. */
static struct smtpwire_slice take_word(struct smtpwire_slice *text, size_t len)
{
    struct smtpwire_slice word = {text->data, len};
    const size_t used = len + (len + 1 < text->len);
    text->data += used;
    text->len -= used;
    return word;
}

/* Mechanisms that are known. */
static int plain_mechanisms(struct smtpwire_capability *c)
{
    struct smtpwire_slice rest = c->parameters;
    while (rest.len != 0) {
        const unsigned row = find_mechanism(rest.data, rest.len);
        if (row == 0)
            return 0;
        c->mechanisms |= mechanism_bit(row);
        take_word(&rest, mechanism_lengths[row]);
    }
    c->has_value = 1;
    return 1;
}

static int begins_with_limit(struct smtpwire_slice word, size_t at, const char *name)
{
    return smtpwire__in_upper_case(smtpwire__load_8(word.data + at), SMTPWIRE__ANY_CASE) == smtpwire__load_8(name);
}

/* Limits that are known, each once. */
static int plain_limits(struct smtpwire_capability *c)
{
    struct smtpwire_slice rest = c->parameters;
    while (rest.len != 0) {
        struct smtpwire_slice word = take_word(&rest, smtpwire__scan_word(rest.data, rest.len));
        uint32_t *taken = NULL;
        uint64_t number;
        size_t name = 8;
        if (word.len > 8 && begins_with_limit(word, 0, "RCPTMAX=")) {
            taken = &c->limits.rcpt_max;
        } else if (word.len > 8 && begins_with_limit(word, 0, "MAILMAX=")) {
            taken = &c->limits.mail_max;
        } else if (word.len > 14 && begins_with_limit(word, 0, "RCPTDOMA") && begins_with_limit(word, 6, "MAINMAX=")) {
            taken = &c->limits.rcpt_domain_max;
            name = 14;
        }
        word.data += name;
        word.len -= name;
        if (taken == NULL || *taken != 0 || *word.data == '0' || !offered_number(word, 6, &number))
            return 0;
        *taken = (uint32_t)number;
    }
    c->has_value = 1;
    return 1;
}

static int plain_deliverby(struct smtpwire_capability *c)
{
    uint64_t number;
    if (!offered_number(c->parameters, 9, &number))
        return 0;
    c->deliver_by = (uint32_t)number;
    c->has_value = 1;
    return 1;
}

static int plain_offer(struct smtpwire_capability *c)
{
    switch (c->id) {
    case SMTPWIRE_CAPABILITY_SIZE: /* 19 digits are always below 2^64 */
        return c->has_value = (uint16_t)offered_number(c->parameters, 19, &c->size);
    case SMTPWIRE_CAPABILITY_DELIVERBY:
        return plain_deliverby(c);
    case SMTPWIRE_CAPABILITY_AUTH:
        return plain_mechanisms(c);
    case SMTPWIRE_CAPABILITY_LIMITS:
        return plain_limits(c);
    default:
        return 0;
    }
}

/* A known keyword and what is behind it. Not part of smtpwire_capability_parse(), which needs no register saved for
 * those alone. */
static SMTPWIRE__NOINLINE int with_parameters(const char *text, size_t len, const struct smtpwire_options *options,
                                              struct smtpwire_capability *c, struct smtpwire_error *error)
{
    c->parameters.data = text + c->keyword.len + 1;
    c->parameters.len = len - c->keyword.len - 1;
    if (c->parameters.len != 0 && plain_offer(c))
        return 0;
    return smtpwire__capability_machine(text, len, options, c, error);
}

int smtpwire_capability_parse(const char *text, size_t len, const struct smtpwire_options *options,
                              struct smtpwire_capability *capability, struct smtpwire_error *error)
{
    struct smtpwire_capability *const c = capability;
    const unsigned id = find_capability(text, len);

    /* FUTURERELEASE and LIMITS need parameters */
    if (id == SMTPWIRE_CAPABILITY_UNKNOWN ||
        (capability_lengths[id] == len &&
         (id == SMTPWIRE_CAPABILITY_FUTURERELEASE || id == SMTPWIRE_CAPABILITY_LIMITS)))
        return smtpwire__capability_machine(text, len, options, capability, error);
    SMTPWIRE__STEPS(len / 8);
    memset(c, 0, sizeof *c);
    c->id = (uint16_t)id;
    c->keyword.data = text;
    c->keyword.len = capability_lengths[id];
    return c->keyword.len == len ? 0 : with_parameters(text, len, options, capability, error);
}
