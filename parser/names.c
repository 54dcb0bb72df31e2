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
#define VERB_HASH(id, name, implemented) SMTPWIRE__NAME_HASH(name),

/* NOLINTNEXTLINE(bugprone-sizeof-expression): names of different lengths */
static const uint8_t verb_hashes[64] = {SMTPWIRE_VERBS(VERB_HASH)};
_Static_assert(SMTPWIRE_VERB_COUNT < 64, "room for the hashes");
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
    const struct smtpwire__names names = {verb_names[0],        verb_name_lengths,           verb_hashes,
                                          sizeof verb_names[0], SMTPWIRE_VERB_BDAT_LAST + 1, SMTPWIRE_VERB_COUNT,
                                          SMTPWIRE__ANY_CASE};
    const unsigned verb = smtpwire__find_name(&names, name, len);
    return (uint16_t)(verb_name_lengths[verb] == len ? verb : SMTPWIRE_VERB_UNKNOWN);
}

int smtpwire__verb_implemented(unsigned verb) { return verb_implemented[verb]; }
