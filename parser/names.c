/* Names, texts and replies out of the tables in smtpwire.h.
 *
 * The strings are arrays inside arrays: a pointer in a table would need relocating, and be data that varies.
 *
 * SPDX-License-Identifier: MIT */
#include "names.h"

#define VERB_NAME(id, name, implemented) SMTPWIRE__NAME(SMTPWIRE_VERB_##id, name),
#define VERB_IMPLEMENTED(id, name, implemented) implemented,
#define ERROR_NAME(id, name, code, subject, detail, rfc, text) name,
#define ERROR_RFC(id, name, code, subject, detail, rfc, text) rfc,
#define ERROR_TEXT(id, name, code, subject, detail, rfc, text) text,
#define ERROR_REPLY(id, name, code, subject, detail, rfc, text) {code, subject, detail},

SMTPWIRE_VERBS(SMTPWIRE__NAME_FITS)

static const struct smtpwire__name verb_names[] = {SMTPWIRE_VERBS(VERB_NAME)};
static const uint8_t verb_implemented[] = {SMTPWIRE_VERBS(VERB_IMPLEMENTED)};

static const uint8_t verb_at[256] = {
    [0x85] = SMTPWIRE_VERB_EHLO,      [0x38] = SMTPWIRE_VERB_HELO,           [0xCC] = SMTPWIRE_VERB_MAIL,
    [0xCB] = SMTPWIRE_VERB_RCPT,      [0x56] = SMTPWIRE_VERB_DATA,           [0x9E] = SMTPWIRE_VERB_RSET,
    [0xEE] = SMTPWIRE_VERB_NOOP,      [0xAF] = SMTPWIRE_VERB_QUIT,           [0x18] = SMTPWIRE_VERB_VRFY,
    [0x9C] = SMTPWIRE_VERB_EXPN,      [0x7A] = SMTPWIRE_VERB_HELP,           [0x50] = SMTPWIRE_VERB_STARTTLS,
    [0x22] = SMTPWIRE_VERB_LHLO,      [0x5A] = SMTPWIRE_VERB_AUTH,           [0x7B] = SMTPWIRE_VERB_BDAT,
    [0x2D] = SMTPWIRE_VERB_ETRN,      [0x8A] = SMTPWIRE_VERB_ATRN,           [0x71] = SMTPWIRE_VERB_BURL,
    [0xB2] = SMTPWIRE_VERB_XCLIENT,   [0x35] = SMTPWIRE_VERB_XFORWARD,       [0xD3] = SMTPWIRE_VERB_TURN,
    [0x3A] = SMTPWIRE_VERB_SEND,      [0x96] = SMTPWIRE_VERB_SOML,           [0xF6] = SMTPWIRE_VERB_SAML,
    [0x33] = SMTPWIRE_VERB_WIZ,       [0x1E] = SMTPWIRE_VERB_DEBUG,          [0x75] = SMTPWIRE_VERB_KILL,
    [0xE5] = SMTPWIRE_VERB_VERB,      [0xE2] = SMTPWIRE_VERB_ONEX,           [0x48] = SMTPWIRE_VERB_XEXCH50,
    [0xC4] = SMTPWIRE_VERB_X_EXPS,    [0xF9] = SMTPWIRE_VERB_X_ANONYMOUSTLS, [0xFF] = SMTPWIRE_VERB_X_LINK2STATE,
    [0x8F] = SMTPWIRE_VERB_XSHADOW,   [0xE8] = SMTPWIRE_VERB_XQDISCARD,      [0xCD] = SMTPWIRE_VERB_XUSR,
    [0x54] = SMTPWIRE_VERB_WELLKNOWN, [0xBE] = SMTPWIRE_VERB_CLIENTID,
};
static const char error_names[][24] = {SMTPWIRE_ERRORS(ERROR_NAME)};
static const char error_rfcs[][32] = {SMTPWIRE_ERRORS(ERROR_RFC)};
static const char error_texts[][64] = {SMTPWIRE_ERRORS(ERROR_TEXT)};
static const uint16_t error_replies[][3] = {SMTPWIRE_ERRORS(ERROR_REPLY)};

const char *smtpwire_verb_name(unsigned verb) { return verb < SMTPWIRE_VERB_COUNT ? verb_names[verb].name : ""; }
const char *smtpwire_error_name(unsigned id) { return id < SMTPWIRE_ERROR_COUNT ? error_names[id] : ""; }
const char *smtpwire_error_text(unsigned id) { return id < SMTPWIRE_ERROR_COUNT ? error_texts[id] : ""; }
const char *smtpwire_error_rfc(unsigned id) { return id < SMTPWIRE_ERROR_COUNT ? error_rfcs[id] : ""; }
const char *smtpwire_version(void) { return SMTPWIRE_VERSION; }

void smtpwire__zero(void *object, size_t len) { memset(object, 0, len); }

void smtpwire__error_set(struct smtpwire_error *error, uint16_t id, uint64_t offset)
{
    memset(error, 0, sizeof *error);
    error->id = id;
    error->code = error_replies[id][0];
    error->enhanced[0] = (uint8_t)(error->code / 100);
    error->enhanced[1] = (uint8_t)error_replies[id][1];
    error->enhanced[2] = (uint8_t)error_replies[id][2];
    error->offset = offset;
}

/* Of what a server sends: nothing is answered. */
void smtpwire__error_unsent(struct smtpwire_error *error)
{
    error->code = 0;
    memset(error->enhanced, 0, sizeof error->enhanced);
}

/* RFC 3463 sections 3.2 and 3.6: 1.3 is the recipient's address, 1.7 the sender's, 5.4 any other argument. RFC 6531
 * section 3.5: 553 where RCPT needs an ASCII address, 550 where MAIL does. */
void smtpwire__error_for_verb(struct smtpwire_error *error, unsigned verb)
{
    if (error->id == SMTPWIRE_ERROR_NON_ASCII && verb == SMTPWIRE_VERB_MAIL)
        error->code = 550;
    if (error->enhanced[1] != 1)
        return;
    if (verb == SMTPWIRE_VERB_MAIL) {
        error->enhanced[2] = 7;
    } else if (verb == SMTPWIRE_VERB_EHLO || verb == SMTPWIRE_VERB_HELO || verb == SMTPWIRE_VERB_LHLO) {
        error->enhanced[1] = 5;
        error->enhanced[2] = 4;
    }
}

/* upper ends with a NUL; no locale has a say in what is equal. */
int smtpwire__equal_nocase(const char *data, size_t len, const char *upper)
{
    size_t i;
    for (i = 0; i < len; i++) {
        char octet = data[i] >= 'a' && data[i] <= 'z' ? (char)(data[i] - 'a' + 'A') : data[i];
        if (octet != upper[i] || octet == '\0')
            break;
    }
    SMTPWIRE__STEPS(i);
    return i == len && upper[len] == '\0';
}

size_t smtpwire__verb_name_length(unsigned verb) { return verb_names[verb].length; }

uint16_t smtpwire__verb_find(const char *name, size_t len)
{
    const struct smtpwire__names names = {.rows = verb_names, .at = verb_at, .fold = SMTPWIRE__ANY_CASE};
    const struct smtpwire__name *verb = smtpwire__find_name(&names, name, len);
    return verb != NULL && verb->length == len ? verb->id : SMTPWIRE_VERB_UNKNOWN;
}

int smtpwire__verb_implemented(unsigned verb) { return verb_implemented[verb]; }
