/* Names, texts and replies out of the tables in smtpwire.h.
 *
 * The strings are arrays inside arrays: a pointer in a table would need relocating, and be data that varies.
 *
 * SPDX-License-Identifier: MIT */
#include "names.h"

#define VERB_NAME(id, name, implemented) name,
#define VERB_NAME_LENGTH(id, name, implemented) sizeof(name) - 1,
#define VERB_IMPLEMENTED(id, name, implemented) implemented,
#define ERROR_NAME(id, name, code, subject, detail, rfc, text) name,
#define ERROR_RFC(id, name, code, subject, detail, rfc, text) rfc,
#define ERROR_TEXT(id, name, code, subject, detail, rfc, text) text,
#define ERROR_REPLY(id, name, code, subject, detail, rfc, text) {code, subject, detail},

static const char verb_names[][16] = {SMTPWIRE_VERBS(VERB_NAME)};
static const uint8_t verb_name_lengths[] = {SMTPWIRE_VERBS(VERB_NAME_LENGTH)};
static const uint8_t verb_implemented[] = {SMTPWIRE_VERBS(VERB_IMPLEMENTED)};

static const uint8_t verb_at[256] = {
    [0x5B] = SMTPWIRE_VERB_EHLO,      [0xF8] = SMTPWIRE_VERB_HELO,           [0x54] = SMTPWIRE_VERB_MAIL,
    [0x29] = SMTPWIRE_VERB_RCPT,      [0x3D] = SMTPWIRE_VERB_DATA,           [0x4C] = SMTPWIRE_VERB_RSET,
    [0x3B] = SMTPWIRE_VERB_NOOP,      [0xFB] = SMTPWIRE_VERB_QUIT,           [0x56] = SMTPWIRE_VERB_VRFY,
    [0xDF] = SMTPWIRE_VERB_EXPN,      [0xCE] = SMTPWIRE_VERB_HELP,           [0xF2] = SMTPWIRE_VERB_STARTTLS,
    [0xDE] = SMTPWIRE_VERB_LHLO,      [0x8B] = SMTPWIRE_VERB_AUTH,           [0x39] = SMTPWIRE_VERB_BDAT,
    [0xFA] = SMTPWIRE_VERB_ETRN,      [0xF9] = SMTPWIRE_VERB_ATRN,           [0x19] = SMTPWIRE_VERB_BURL,
    [0xFF] = SMTPWIRE_VERB_XCLIENT,   [0x6C] = SMTPWIRE_VERB_XFORWARD,       [0xCB] = SMTPWIRE_VERB_TURN,
    [0x92] = SMTPWIRE_VERB_SEND,      [0x18] = SMTPWIRE_VERB_SOML,           [0xEE] = SMTPWIRE_VERB_SAML,
    [0x9E] = SMTPWIRE_VERB_WIZ,       [0x4F] = SMTPWIRE_VERB_DEBUG,          [0x26] = SMTPWIRE_VERB_KILL,
    [0xFD] = SMTPWIRE_VERB_VERB,      [0xA7] = SMTPWIRE_VERB_ONEX,           [0x2F] = SMTPWIRE_VERB_XEXCH50,
    [0xBD] = SMTPWIRE_VERB_X_EXPS,    [0x41] = SMTPWIRE_VERB_X_ANONYMOUSTLS, [0xC4] = SMTPWIRE_VERB_X_LINK2STATE,
    [0xC3] = SMTPWIRE_VERB_XSHADOW,   [0xB3] = SMTPWIRE_VERB_XQDISCARD,      [0x4B] = SMTPWIRE_VERB_XUSR,
    [0x0C] = SMTPWIRE_VERB_WELLKNOWN, [0x81] = SMTPWIRE_VERB_CLIENTID,
};
static const char error_names[][24] = {SMTPWIRE_ERRORS(ERROR_NAME)};
static const char error_rfcs[][32] = {SMTPWIRE_ERRORS(ERROR_RFC)};
static const char error_texts[][64] = {SMTPWIRE_ERRORS(ERROR_TEXT)};
static const uint16_t error_replies[][3] = {SMTPWIRE_ERRORS(ERROR_REPLY)};

const char *smtpwire_verb_name(unsigned verb) { return verb < SMTPWIRE_VERB_COUNT ? verb_names[verb] : ""; }
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

size_t smtpwire__verb_name_length(unsigned verb) { return verb_name_lengths[verb]; }

uint16_t smtpwire__verb_find(const char *name, size_t len)
{
    const struct smtpwire__names names = {.rows = verb_names[0],
                                          .lengths = verb_name_lengths,
                                          .at = verb_at,
                                          .width = sizeof verb_names[0],
                                          .fold = SMTPWIRE__ANY_CASE};
    const unsigned verb = smtpwire__find_name(&names, name, len);
    return (uint16_t)(verb_name_lengths[verb] == len ? verb : SMTPWIRE_VERB_UNKNOWN);
}

int smtpwire__verb_implemented(unsigned verb) { return verb_implemented[verb]; }
