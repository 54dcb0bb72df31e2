/* Names, texts and replies out of the tables in smtpwire.h.
 *
 * The strings are arrays inside arrays: a pointer in a table would need relocating, and be data that varies.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#define VERB_NAME(id, name, implemented) name,
#define VERB_NAME_LENGTH(id, name, implemented) sizeof(name) - 1,
#define VERB_IMPLEMENTED(id, name, implemented) implemented,
#define CAPABILITY_NAME(id, name, rfc) name,
#define CAPABILITY_RFC(id, name, rfc) rfc,
#define ERROR_NAME(id, name, code, subject, detail, rfc, text) name,
#define ERROR_RFC(id, name, code, subject, detail, rfc, text) rfc,
#define ERROR_TEXT(id, name, code, subject, detail, rfc, text) text,
#define ERROR_REPLY(id, name, code, subject, detail, rfc, text) {code, subject, detail},

static const char verb_names[][16] = {SMTPWIRE_VERBS(VERB_NAME)};
static const uint8_t verb_name_lengths[] = {SMTPWIRE_VERBS(VERB_NAME_LENGTH)};
static const uint8_t verb_implemented[] = {SMTPWIRE_VERBS(VERB_IMPLEMENTED)};
/* The first eight octets of a name as a number, and a hash of it: the factor is one of those that give each name
 * another hash, but for mechanisms that begin alike. */
#define OCTET(name, i) ((uint64_t)(sizeof(name) > (i) ? (name)[sizeof(name) > (i) ? (i) : 0] : 0) << 8 * (i))
#define OCTETS(name)                                                                                                   \
    (OCTET(name, 0) | OCTET(name, 1) | OCTET(name, 2) | OCTET(name, 3) | OCTET(name, 4) | OCTET(name, 5) |             \
     OCTET(name, 6) | OCTET(name, 7))
#define HASH(octets) ((uint8_t)((octets)*UINT64_C(0x9031D49539EB63B1) >> 56))
#define VERB_HASH(id, name, implemented) HASH(OCTETS(name)),
#define NAME_HASH(id, name, rfc) HASH(OCTETS(name)),

/* Of a length that vectors can be read of; fewer than 64 rows. */
/* NOLINTBEGIN(bugprone-sizeof-expression): names of different lengths */
static const uint8_t verb_hashes[64] = {SMTPWIRE_VERBS(VERB_HASH)};
static const uint8_t capability_hashes[64] = {SMTPWIRE_CAPABILITIES(NAME_HASH)};
static const uint8_t mechanism_hashes[32] = {0, SMTPWIRE_MECHANISMS(NAME_HASH)};
/* NOLINTEND(bugprone-sizeof-expression) */
static const char capability_names[][20] = {SMTPWIRE_CAPABILITIES(CAPABILITY_NAME)};
static const char capability_rfcs[][24] = {SMTPWIRE_CAPABILITIES(CAPABILITY_RFC)};
static const char mechanism_names[][20] = {"", SMTPWIRE_MECHANISMS(CAPABILITY_NAME)}; /* from row 1 on */
static const char mechanism_rfcs[][28] = {SMTPWIRE_MECHANISMS(CAPABILITY_RFC)};
_Static_assert(SMTPWIRE_VERB_COUNT < 64 && SMTPWIRE_CAPABILITY_COUNT < 64 && SMTPWIRE_MECHANISM_COUNT < 32,
               "room for the hashes");
static const char error_names[][24] = {SMTPWIRE_ERRORS(ERROR_NAME)};
static const char error_rfcs[][32] = {SMTPWIRE_ERRORS(ERROR_RFC)};
static const char error_texts[][64] = {SMTPWIRE_ERRORS(ERROR_TEXT)};
static const uint16_t error_replies[][3] = {SMTPWIRE_ERRORS(ERROR_REPLY)};

const char *smtpwire_verb_name(unsigned verb) { return verb < SMTPWIRE_VERB_COUNT ? verb_names[verb] : ""; }
const char *smtpwire_capability_name(unsigned id) { return id < SMTPWIRE_CAPABILITY_COUNT ? capability_names[id] : ""; }
const char *smtpwire_capability_rfc(unsigned id) { return id < SMTPWIRE_CAPABILITY_COUNT ? capability_rfcs[id] : ""; }
const char *smtpwire_mechanism_name(unsigned id)
{
    return id < SMTPWIRE_MECHANISM_COUNT ? mechanism_names[id + 1] : "";
}
const char *smtpwire_mechanism_rfc(unsigned id) { return id < SMTPWIRE_MECHANISM_COUNT ? mechanism_rfcs[id] : ""; }
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

/* Eight octets as a number, the first of them the lowest. */
static inline uint64_t eight_octets(const char *octets)
{
    uint64_t word = 0;
#ifdef SMTPWIRE__SCAN_SWAR
    memcpy(&word, octets, 8);
#else
    unsigned i;
    for (i = 0; i < 8; i++)
        word |= (uint64_t)(unsigned char)octets[i] << 8 * i;
#endif
    return word;
}

enum { ANY_CASE = 0x40, UPPER_CASE = 0 };

/* Octets that have the bit fold, which letters have, become upper case. */
static inline uint64_t in_upper_case(uint64_t word, unsigned fold)
{
    return word & ~((word & fold * UINT64_C(0x0101010101010101)) >> 1);
}

/* Which rows have the hash. */
static inline uint64_t rows_of(const uint8_t *hashes, unsigned count, uint8_t hash)
{
    uint64_t rows = 0;
    unsigned i;
#ifdef SMTPWIRE__SCAN_SSE2
    const __m128i wanted = _mm_set1_epi8((char)hash);
    for (i = 0; i < count; i += 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(hashes + i));
        rows |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, wanted)) << i;
    }
#else
    for (i = 0; i < count; i++)
        rows |= (uint64_t)(hashes[i] == hash) << i;
#endif
    return rows;
}

/* Looks a name up in rows so many octets wide, which is 24 at most, that hold capital letters, digits and "-", and
 * zeros behind them; no other octet becomes one of these. Returns the row, 0 if none of first to count - 1 has it.
 * readable: octets from name on that may be read, at least its own. */
static SMTPWIRE__INLINE unsigned find_row(const char *name, size_t len, size_t readable, unsigned fold,
                                          const char *rows, size_t width, const uint8_t *hashes, unsigned first,
                                          unsigned count)
{
    const uint64_t its_own = len < 8 ? (UINT64_C(1) << 8 * len) - 1 : ~UINT64_C(0);
    const size_t end = len > 8 ? len - 8 : 0;
    char copy[8] = {0};
    uint64_t found, begins, ends;
    unsigned row = 0;

    if (len == 0 || len >= width || name[len - 1] == '\0')
        return 0;
    SMTPWIRE__STEPS(len / 8);
    if (readable < 8) {
        for (; row < len; row++)
            copy[row] = name[row];
        name = copy;
    }
    begins = in_upper_case(eight_octets(name) & its_own, fold);
    ends = in_upper_case(eight_octets(name + end) & its_own, fold);
    found = rows_of(hashes, count, HASH(begins)) & ((UINT64_C(1) << count) - (UINT64_C(1) << first));
    for (; found != 0; found &= found - 1) {
        const char *there;
        row = smtpwire__lowest_bit(found);
        there = rows + row * width;
        if (eight_octets(there) == begins && eight_octets(there + end) == ends && there[len] == '\0' &&
            (len <= 16 || in_upper_case(eight_octets(name + 8), fold) == eight_octets(there + 8)))
            return row;
    }
    return 0;
}

uint16_t smtpwire__verb_find(const char *name, size_t len)
{
    return (uint16_t)find_row(name, len, len, ANY_CASE, verb_names[0], sizeof verb_names[0], verb_hashes,
                              SMTPWIRE_VERB_BDAT_LAST + 1, SMTPWIRE_VERB_COUNT);
}

uint16_t smtpwire__capability_find(const char *name, size_t len, size_t readable)
{
    return (uint16_t)find_row(name, len, readable, ANY_CASE, capability_names[0], sizeof capability_names[0],
                              capability_hashes, SMTPWIRE_CAPABILITY_UNKNOWN + 1, SMTPWIRE_CAPABILITY_COUNT);
}

/* Mechanisms are in upper case and nothing else (RFC 4422 section 3.1). */
uint32_t smtpwire__mechanism_bit(const char *name, size_t len, size_t readable)
{
    const unsigned row = find_row(name, len, readable, UPPER_CASE, mechanism_names[0], sizeof mechanism_names[0],
                                  mechanism_hashes, 1, SMTPWIRE_MECHANISM_COUNT + 1);
    return (uint32_t)((UINT64_C(1) << row) >> 1);
}

int smtpwire__verb_implemented(unsigned verb) { return verb_implemented[verb]; }
