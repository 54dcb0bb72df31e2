/* What the files of the library share. Not installed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SMTPWIRE_INTERNAL_H
#define SMTPWIRE_INTERNAL_H

#include "smtpwire.h"

#include <string.h>

#define SMTPWIRE__COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A function that little of what is usual is left to: it is made small rather than fast. */
#if defined(__GNUC__)
#define SMTPWIRE__SMALL __attribute__((cold, noinline))
#else
#define SMTPWIRE__SMALL
#endif

/* Where a loop of a few instructions begins within the processor's lines of code makes some of them 3 % faster. */
#if defined(__GNUC__) && !defined(__clang__)
#define SMTPWIRE__ALIGNED_LOOPS __attribute__((optimize("align-loops=64")))
#else
#define SMTPWIRE__ALIGNED_LOOPS
#endif

/* For what would make a function that calls it slower by being part of it. */
#if defined(__GNUC__)
#define SMTPWIRE__NOINLINE __attribute__((noinline))
#else
#define SMTPWIRE__NOINLINE
#endif

/* For a function that is called for single octets: it begins where a line of the processor's cache does. */
#if defined(__GNUC__)
#define SMTPWIRE__ALIGNED __attribute__((aligned(64)))
#else
#define SMTPWIRE__ALIGNED
#endif

/* A condition that nearly always holds, where much depends on it: what it leads to follows, the rest is out of the way.
 */
#if defined(__GNUC__)
#define SMTPWIRE__MOSTLY(condition) __builtin_expect(!!(condition), 1)
#else
#define SMTPWIRE__MOSTLY(condition) (condition)
#endif

/* For what is to be another function for each table, or each way, that it is called with. */
#if defined(__GNUC__)
#define SMTPWIRE__INLINE inline __attribute__((always_inline))
#else
#define SMTPWIRE__INLINE inline
#endif

/* Octets that a loop or a machine has walked over; of those that a loop, or a mem* function, takes eight or more at a
 * time an eighth. Counted in fuzz builds, where fuzz/stream.c holds their sum against the octets that were shown: what
 * grows faster would let a peer buy work. Of looking a name up only the octets that are equal count, not the table's
 * rows. */
#ifdef SMTPWIRE_COUNT_STEPS
extern uint64_t smtpwire__steps, smtpwire__ran, smtpwire__alike;
#define SMTPWIRE__STEPS(n) ((void)(smtpwire__steps += (uint64_t)(n)))
/* Those of a machine, which are none of what is usual: tests/unit_usual.c. */
#define SMTPWIRE__RAN(n) (SMTPWIRE__STEPS(n), (void)(smtpwire__ran += (uint64_t)(n)))
/* Those of content in lines that are taken to be all of one length: tests/unit_usual_content.c. */
#define SMTPWIRE__ALIKE(n) ((void)(smtpwire__alike += (uint64_t)(n)))
#else
#define SMTPWIRE__STEPS(n) ((void)(n))
#define SMTPWIRE__RAN(n) ((void)(n))
#define SMTPWIRE__ALIKE(n) ((void)(n))
#endif

/* Where the machines' actions leave what they find. */
struct smtpwire__marks {
    struct smtpwire_address *address;
    struct smtpwire_slice parameters, argument, initial, chunk_size;
    uint16_t verb;
    uint8_t in_address;   /* the path is due, or has begun and not ended */
    uint8_t past_address; /* the path has ended */
    uint8_t quoted;
    uint8_t smtputf8;             /* VRFY, EXPN */
    uint8_t last;                 /* BDAT */
    uint8_t unregistered_tag;     /* an address literal that is complete but for its bracket */
    uint8_t lenient;              /* a leniency was needed */
    uint32_t lax;                 /* those that are on */
    const unsigned char *stopped; /* the octet that an address, or the line, cannot go on with; null: there is none */
    const unsigned char *behind;  /* the separator that the address ends at; null: it ends with the line */
    const unsigned char *ended;   /* where the address of a command ends; null: it does not */
    size_t skipped;               /* octets that the machine was not run over */
};

/* How UTF-8 in a line is to be judged: allowed; only with the parameter SMTPUTF8 behind it; not at all. */
enum smtpwire__utf8 { SMTPWIRE__UTF8_ALLOWED, SMTPWIRE__UTF8_WITH_PARAMETER, SMTPWIRE__UTF8_FORBIDDEN };

/* A line or value that the grammar has judged, for the checks that are not the grammar's. */
struct smtpwire__judged {
    const char *data;
    size_t len;
    size_t viable; /* the longest prefix the grammar could go on from; len if it is accepted */
    int accepted;
    int open_local; /* an unfinished local part can be nothing else: its length counts already */
    enum smtpwire__utf8 utf8;
};

/* The earliest fault so far. */
struct smtpwire__finding {
    uint16_t id;
    size_t offset;
};

size_t smtpwire__mailbox_viable(const char *data, size_t len, const struct smtpwire_options *options,
                                enum smtpwire__utf8 utf8, int *accepted);
/* address.rl. lax: the leniencies that count, if they are on. quoted: whether it is a Quoted-string. */
int smtpwire__local_part_parse(const char *data, size_t len, const struct smtpwire_options *options, uint32_t lax,
                               int *quoted, struct smtpwire_error *error);
size_t smtpwire__registered_literal(const char *data, size_t len, uint32_t lax);
/* What an address can be. NAME is what VRFY asks for, HOST what EHLO has. */
enum smtpwire__address_kind {
    SMTPWIRE__REVERSE_PATH,
    SMTPWIRE__FORWARD_PATH, /* or <Postmaster> */
    SMTPWIRE__MAILBOX,
    SMTPWIRE__DOMAIN, /* or an address literal */
    SMTPWIRE__LOCAL_PART,
    SMTPWIRE__NAME,
    SMTPWIRE__HOST,
    SMTPWIRE__BARE_RCPT /* a mailbox, or Postmaster */
};
/* Reads an address at p, which is before pe. Returns the octet behind it: pe, or a separator, whatever that one is
 * worth there. Returns null if there is no address: m->stopped is the first octet that none goes on with. */
const unsigned char *smtpwire__address_machine(enum smtpwire__address_kind kind, const unsigned char *p,
                                               const unsigned char *pe, struct smtpwire__marks *m);

/* Where the reading of a mailbox, or of an attribute's value, stands behind a part of it, so that octets can be tried
 * there without reading the part again: states of the machines of addresses, of literals and of values. */
struct smtpwire__place {
    int address, literal, value;
    size_t room, label_room; /* octets until the local part or the domain, and its label, are as long as they may be */
    int in_local;
    int complete; /* it may end here, but for a leniency's gate */
};
/* Each reads a part that something of its kind begins with; then whether an octet could follow. */
void smtpwire__mailbox_place(struct smtpwire__place *place, const char *text, size_t len,
                             const struct smtpwire_options *options);
int smtpwire__mailbox_follows(const struct smtpwire__place *place, char octet);
void smtpwire__literal_place(struct smtpwire__place *place, const char *text, size_t len, int any_tag);
int smtpwire__literal_follows(const struct smtpwire__place *place, char octet);
/* check.c */
void smtpwire__find(struct smtpwire__finding *first, uint16_t id, size_t offset);
int smtpwire__check(const struct smtpwire__judged *judged, const struct smtpwire__marks *marks,
                    const struct smtpwire_options *options, uint16_t syntax, struct smtpwire_error *error);
uint32_t smtpwire__domain_flags(const char *data, size_t size);
uint32_t smtpwire__address_flags(const struct smtpwire__marks *marks);
int smtpwire__lenient(struct smtpwire__marks *marks, const unsigned char *octet, uint32_t bit);
int smtpwire__framing_fault(const char *data, size_t len, struct smtpwire_error *error);
int smtpwire__has_non_ascii(const char *data, size_t len);
size_t smtpwire__ascii_length(const char *data, size_t len);

/* names.c */
/* memset() to zero, called: compilers put slower instructions in its place where they see the size. */
void smtpwire__zero(void *object, size_t len);
/* All of it zero, in line: so many octets at a time the compilers do not put the slower instructions for. */
static inline void smtpwire__blank_parameter(struct smtpwire_parameter *parameter)
{
    memset(parameter, 0, sizeof *parameter);
}
static inline void smtpwire__blank_command(struct smtpwire_command *command)
{
    enum { HALF = sizeof *command / 2 };
    memset(command, 0, HALF);
    memset((char *)command + HALF, 0, sizeof *command - HALF);
}
void smtpwire__error_set(struct smtpwire_error *error, uint16_t id, uint64_t offset);
void smtpwire__error_unsent(struct smtpwire_error *error);
void smtpwire__error_for_verb(struct smtpwire_error *error, unsigned verb);
size_t smtpwire__verb_name_length(unsigned verb);
uint16_t smtpwire__verb_find(const char *name, size_t len);
int smtpwire__verb_implemented(unsigned verb);
int smtpwire__equal_nocase(const char *data, size_t len, const char *upper);

/* capability_plain.c: what the text is up to its first space, or all of it; UNKNOWN and 0 if none is. */
uint16_t smtpwire__capability_find(const char *text, size_t len);
uint32_t smtpwire__mechanism_bit(const char *text, size_t len);

/* options.c */
extern const uint32_t smtpwire__limit_defaults[];
static inline uint32_t smtpwire__limit(const struct smtpwire_options *options, unsigned limit)
{
    return options != NULL && options->limit[limit] != 0 ? options->limit[limit] : smtpwire__limit_defaults[limit];
}
uint32_t smtpwire__command_limit(const struct smtpwire_options *options, uint64_t offered);
unsigned smtpwire__policy(const struct smtpwire_options *options, unsigned content);
int smtpwire__smtputf8(const struct smtpwire_options *options);
int smtpwire__code_valid(const struct smtpwire_options *options, unsigned code);
int smtpwire__code_answers(const struct smtpwire_options *options, unsigned verb, unsigned code);
static inline uint64_t smtpwire__message_max(const struct smtpwire_options *options)
{
    return options != NULL && options->message_max != 0 ? options->message_max : (uint64_t)INT64_MAX;
}

/* command.rl */
size_t smtpwire__verb_length(const char *line, size_t len);
int smtpwire__auth_response(const char *line, size_t len, struct smtpwire_error *error);
/* By the machine alone. smtputf8: the transaction has it. */
int smtpwire__command_parse(const char *line, size_t len, const struct smtpwire_options *options, int smtputf8,
                            struct smtpwire_command *command, struct smtpwire_error *error);
/* What smtpwire_command_parse() leaves to others: any line; what only machines can; and (parameter_plain.c) a MAIL or
 * RCPT whose path has ended at path. */
int smtpwire__command_left(const char *line, size_t len, const struct smtpwire_options *options,
                           struct smtpwire_command *command, struct smtpwire_error *error);
int smtpwire__command_unusual(const char *line, size_t len, const struct smtpwire_options *options,
                              struct smtpwire_command *command, struct smtpwire_error *error);
int smtpwire__command_parameters(const char *line, size_t len, const struct smtpwire_options *options,
                                 struct smtpwire_command *command, struct smtpwire_error *error, size_t path);

/* reply.rl. with_status: whether it may have an enhanced status code. Returns -2 where neither code nor separator could
 * be read, which with the leniency REPLY_CODE the code 0 does not tell. */
int smtpwire__reply_parse(const char *line, size_t len, const struct smtpwire_options *options, int with_status,
                          struct smtpwire_reply *reply, struct smtpwire_error *error);
/* The same without the way that is shorter for what most lines are. */
int smtpwire__reply_machine(const char *line, size_t len, const struct smtpwire_options *options, int with_status,
                            struct smtpwire_reply *reply, struct smtpwire_error *error);
/* capability.rl: as smtpwire_capability_parse(), without the way that is shorter for what most lines are. */
int smtpwire__capability_machine(const char *text, size_t len, const struct smtpwire_options *options,
                                 struct smtpwire_capability *capability, struct smtpwire_error *error);
/* Whether it, which is not empty, is text in well-formed UTF-8. */
int smtpwire__utf8_text(const char *data, size_t len, size_t *viable);

/* write.c: what a writer has put together. len counts on where the buffer ends, and stops at PTRDIFF_MAX. */
struct smtpwire__composed {
    char *buf;
    size_t size, len;
    size_t address, parameters, argument; /* where they begin */
};
#define SMTPWIRE__PUT(composed, literal) smtpwire__put(composed, literal, sizeof(literal) - 1)
int smtpwire__same(struct smtpwire_slice a, struct smtpwire_slice b);
struct smtpwire__composed smtpwire__compose(char *buf, size_t size);
void smtpwire__put(struct smtpwire__composed *composed, const char *data, size_t len);
void smtpwire__put_name(struct smtpwire__composed *composed, const char *name);
ptrdiff_t smtpwire__written(const struct smtpwire__composed *composed);   /* it is good, or was too much to judge */
ptrdiff_t smtpwire__unwritten(const struct smtpwire__composed *composed); /* it was refused: -1 */
/* parameter.rl */
size_t smtpwire__value_run(unsigned id, int lower_case, const char *data, size_t len, int *accepted);
size_t smtpwire__size_viable(const char *data, size_t len, uint64_t max);
size_t smtpwire__xtext_unit(const char *text, size_t len, char *octet);

size_t smtpwire__utf8_address_run(struct smtpwire_slice address, int *accepted);
size_t smtpwire__attribute_run(unsigned kind, const char *data, size_t len, int *accepted);
void smtpwire__value_place(struct smtpwire__place *place, unsigned kind, const char *text, size_t len);
int smtpwire__value_follows(const struct smtpwire__place *place, char octet);

/* As smtpwire_parameter_next(), by the machine alone. */
int smtpwire__parameter_machine(struct smtpwire_slice *parameters, struct smtpwire_parameter *parameter);

/* parameter_plain.c */
/* Takes a parameter off *parameters, which has an octet at least, and fills *parameter, which is all zero, as
 * smtpwire_parameter_next(): what is usual, or in no table, here, and what is neither by the machine. */
int smtpwire__plain_parameter(struct smtpwire_slice *parameters, struct smtpwire_parameter *parameter);

/* parameter_check.c: the table of smtpwire.h. on: bits of the commands that take it. */
enum smtpwire__on { SMTPWIRE__ON_NOTHING, SMTPWIRE__ON_MAIL = 1, SMTPWIRE__ON_RCPT = 2, SMTPWIRE__ON_MAIL_OR_RCPT = 3 };
struct smtpwire__parameter_row {
    uint64_t extensions;
    char keyword[12];
    uint16_t adds;
    uint8_t on, form;
};
extern const struct smtpwire__parameter_row smtpwire__parameter_rows[];
uint16_t smtpwire__parameter_find(const char *keyword, size_t len);
/* word: the keyword's first eight octets; the last of its own is not NUL. */
uint16_t smtpwire__keyword_find(uint64_t word, const char *keyword, size_t len);
int smtpwire__parameter_fits(unsigned id, struct smtpwire_slice value);
int smtpwire__is_binary(struct smtpwire_slice parameters);
int smtpwire__takes_parameters(const struct smtpwire_options *options, unsigned verb);
uint32_t smtpwire__parameters_add(uint64_t offered);
uint32_t smtpwire__parameters_allowed(const struct smtpwire_options *options, unsigned verb);
uint32_t smtpwire__parameter_excludes(unsigned id, struct smtpwire_slice value);
int smtpwire__is_unique(struct smtpwire_slice envid);
int smtpwire__offers_binary(const struct smtpwire_options *options);
enum smtpwire__form { SMTPWIRE__VALUE_NONE, SMTPWIRE__VALUE_OPTIONAL, SMTPWIRE__VALUE_REQUIRED };
enum smtpwire__form smtpwire__parameter_form(unsigned id);
void smtpwire__check_parameters(struct smtpwire__finding *first, const struct smtpwire__judged *judged,
                                const struct smtpwire__marks *marks, const struct smtpwire_options *options);

/* encoded.c: how much of the value, which the grammar of the encoding takes, the address of this parameter begins with,
 * and whether it is one. *non_ascii, which is 0: it has an octet over 127; where that is forbidden, that is what is
 * wrong behind what is returned. */
size_t smtpwire__address_encoded(unsigned id, int unicode, const struct smtpwire_options *options,
                                 enum smtpwire__utf8 utf8, struct smtpwire_slice value, int *accepted, int *non_ascii);
/* How much of xtext some value of an attribute begins with, and whether it is one. max: octets when decoded. */
size_t smtpwire__attribute_encoded(unsigned kind, size_t max, struct smtpwire_slice xtext, int *accepted);
size_t smtpwire__put_utf8(uint32_t point, char *out);

/* attribute.c */
/* The bit of a name that XCLIENT (column 0) or XFORWARD (1) takes; 0 if it is none. */
uint32_t smtpwire__attribute_bit(struct smtpwire_slice name, unsigned column);
enum smtpwire__attribute_kind {
    SMTPWIRE__ATTRIBUTE_NOTHING, /* the command does not take it */
    SMTPWIRE__ATTRIBUTE_TEXT,
    SMTPWIRE__ATTRIBUTE_TEXT_64,
    SMTPWIRE__ATTRIBUTE_ADDRESS,
    SMTPWIRE__ATTRIBUTE_PORT,
    SMTPWIRE__ATTRIBUTE_PROTOCOL,
    SMTPWIRE__ATTRIBUTE_SOURCE
};
uint16_t smtpwire__attribute_find(struct smtpwire_slice name);
unsigned smtpwire__attribute_kind(unsigned id, unsigned column);
extern const uint32_t smtpwire__attributes_taken[2]; /* bits of the names that XCLIENT takes, and that XFORWARD does */
/* How much of the value is viable, as xtext and as what it decodes to; *complete: as it is, it is one. */
size_t smtpwire__attribute_value_viable(unsigned kind, int lower_case, struct smtpwire_slice value, int *complete);
size_t smtpwire__attribute_viable(unsigned kind, const char *text, size_t len, int *accepted);
typedef uint8_t smtpwire__octet_set[32];
static inline int smtpwire__in_set(const smtpwire__octet_set set, unsigned octet)
{
    return (set[octet / 8] >> octet % 8 & 1) != 0;
}

static inline void smtpwire__put_in(smtpwire__octet_set set, unsigned octet)
{
    set[octet / 8] |= (uint8_t)(1U << octet % 8);
}

static inline void smtpwire__take_out(smtpwire__octet_set set, unsigned octet)
{
    set[octet / 8] &= (uint8_t) ~(1U << octet % 8);
}

/* expected_attribute.c: of octets, which are those that the grammar has behind line[0..offset) of an XCLIENT or
 * XFORWARD, it leaves what can stand there. */
void smtpwire__attributes_expected(unsigned verb, const char *line, size_t offset, smtpwire__octet_set octets);

void smtpwire__attribute_place(struct smtpwire__place *place, unsigned kind, const char *text, size_t len);
int smtpwire__attribute_follows(const struct smtpwire__place *place, char octet);
void smtpwire__check_attributes(struct smtpwire__finding *first, const struct smtpwire__judged *judged,
                                const struct smtpwire__marks *marks, const struct smtpwire_options *options);

/* The tables of expected.c, which grammar/expected.py makes: an automaton with an entry for each kind and value. State
 * s has the transitions first[s] to first[s + 1] - 1; state[s] is its rule, and 128 where it is final. edge_target is a
 * state and, in the upper bits, the gate without which no transition behind it leads anywhere. ranges[set[i]] is how
 * many ranges of octets set i has, which follow. name, rfc: of a rule, where in text; rule 0 is the command's own. */
enum smtpwire__gate { SMTPWIRE__GATE_NONE, SMTPWIRE__GATE_PARAMETERS, SMTPWIRE__GATE_SMTPUTF8 };
extern const uint16_t smtpwire__expected_kind[], smtpwire__expected_value[], smtpwire__expected_null_or_mailbox;
extern const uint16_t smtpwire__expected_first[], smtpwire__expected_edge_target[], smtpwire__expected_set[];
extern const uint16_t smtpwire__expected_name[], smtpwire__expected_rfc[];
extern const uint8_t smtpwire__expected_state[], smtpwire__expected_edge_set[], smtpwire__expected_ranges[];
extern const uint8_t smtpwire__expected_command[];
extern const char smtpwire__expected_text[];

/* line.c: one step of framing, in which the caller says when the line is done with. */
enum smtpwire__framed { SMTPWIRE__FRAMED_MORE, SMTPWIRE__FRAMED_LINE, SMTPWIRE__FRAMED_FAULT };
struct smtpwire__frame {
    size_t content; /* LINE: octets without its end. FAULT: what there is of it */
    size_t whole;   /* LINE: with its end. FAULT: as content */
    struct smtpwire_error error;
};
void smtpwire__line_start(struct smtpwire_line *line, const struct smtpwire_options *options, uint32_t cap);
size_t smtpwire__line_skip(struct smtpwire_line *line, const char *data, size_t len);
enum smtpwire__framed smtpwire__line_find_on(struct smtpwire_line *line, const char *data, size_t len,
                                             struct smtpwire__frame *frame); /* scan.h: smtpwire__line_find() */
/* Of len octets shown, taken are done with: they were a line. */
static inline void smtpwire__line_done(struct smtpwire_line *line, size_t len, size_t taken)
{
    line->at += taken;
    line->left = len - taken;
    line->looked = 0;
}
void smtpwire__line_refuse(struct smtpwire_line *line, const char *data, const struct smtpwire__frame *frame);
void smtpwire__line_restart(struct smtpwire_line *line);

/* data.rl */
void smtpwire__data_start(struct smtpwire_data *data, uint64_t at);
void smtpwire__chunk_start(struct smtpwire_data *data, uint64_t at, int first);
int smtpwire__chunk_finish(struct smtpwire_data *data, struct smtpwire_event *event);
int smtpwire__chunk_elsewhere(struct smtpwire_data *data, uint64_t at, int first, struct smtpwire_event *event);
void smtpwire__data_end(const struct smtpwire_data *data, uint64_t at, uint64_t len, struct smtpwire_event *event);

/* session.c: what the two sessions share. */
size_t smtpwire__fatal(struct smtpwire_error *fatal, uint16_t id, uint64_t offset, struct smtpwire_event *event);
static inline void smtpwire__event(struct smtpwire_event *event, unsigned kind, uint64_t at, uint64_t len)
{
    event->kind = (uint8_t)kind;
    event->inside = SMTPWIRE_INSIDE_NOTHING;
    event->zero = 0;
    event->replies = 0;
    event->at = at;
    event->len = len;
}

static inline size_t smtpwire__more(struct smtpwire_event *event, unsigned inside, uint64_t at, size_t taken)
{
    smtpwire__event(event, SMTPWIRE_MORE, at, 0);
    event->inside = (uint8_t)inside;
    return taken;
}

/* Of options that may be null. */
static inline uint64_t smtpwire__offered(const struct smtpwire_options *options)
{
    return options != NULL ? options->extensions : 0;
}

static inline int smtpwire__offers(const struct smtpwire_options *options, uint64_t extensions)
{
    return (smtpwire__offered(options) & extensions) != 0;
}

static inline unsigned smtpwire__simd(const struct smtpwire_options *options)
{
    return options != NULL ? options->simd : SMTPWIRE_SIMD_DETECT;
}

/* Octets from the first on of an input of len octets that may be read. */
static inline size_t smtpwire__readable(const struct smtpwire_options *options, size_t len)
{
    return options != NULL ? len + options->padding : len;
}

static inline int smtpwire__lax(const struct smtpwire_options *options, uint32_t bit)
{
    return options != NULL && (options->lax & bit) != 0;
}

static inline int smtpwire__is_lmtp(const struct smtpwire_options *options) { return options != NULL && options->lmtp; }

/* What a hexadecimal digit stands for. */
static inline unsigned smtpwire__hex(char digit)
{
    return (unsigned)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
}

/* Of bits that are not all 0. */
static inline unsigned smtpwire__lowest_bit(uint64_t bits)
{
#if defined(__GNUC__)
    return (unsigned)__builtin_ctzll(bits);
#else
    unsigned i = 0;
    while ((bits >> i & 1) == 0)
        i++;
    return i;
#endif
}

/* The lowest of bits alone; 0 where there is none. */
static inline uint64_t smtpwire__isolate_lowest(uint64_t bits) { return bits & (~bits + 1); }

static inline size_t smtpwire__lesser(size_t a, size_t b) { return a < b ? a : b; }

/* Eight octets as a number, the first of them the lowest. */
static inline uint64_t smtpwire__load_8(const char *octets)
{
    uint64_t word = 0;
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(&word, octets, sizeof word);
#else
    unsigned i;
    for (i = 0; i < 8; i++)
        word |= (uint64_t)(unsigned char)octets[i] << 8 * i;
#endif
    return word;
}

static inline int smtpwire__is_crlf(const char *octets) { return memcmp(octets, "\r\n", 2) == 0; }

/* Four octets in the same way. */
static inline uint32_t smtpwire__load_4(const char *octets)
{
    const unsigned char *o = (const unsigned char *)octets;
    return o[0] | (uint32_t)o[1] << 8 | (uint32_t)o[2] << 16 | (uint32_t)o[3] << 24;
}

/* The first len octets of a word, and zeros. */
static inline uint64_t smtpwire__first_of(uint64_t word, size_t len)
{
    return len < 8 ? word & ((UINT64_C(1) << 8 * len) - 1) : word;
}

static inline unsigned smtpwire__parameter_on(unsigned verb)
{
    return verb == SMTPWIRE_VERB_MAIL   ? SMTPWIRE__ON_MAIL
           : verb == SMTPWIRE_VERB_RCPT ? SMTPWIRE__ON_RCPT
                                        : SMTPWIRE__ON_NOTHING;
}

/* Octets of an encoded value (RFC 3461 section 4.2, RFC 3461 section 4.4, RFC 3865 section 2.2, RFC 1845 section 2). */
enum { SMTPWIRE__ORCPT_MAX = 500, SMTPWIRE__ENVID_MAX = 100, SMTPWIRE__SOLICIT_MAX = 1000, SMTPWIRE__TRANSID_MAX = 80 };

static inline size_t smtpwire__longest_value(unsigned id)
{
    return id == SMTPWIRE_PARAMETER_ENVID     ? SMTPWIRE__ENVID_MAX
           : id == SMTPWIRE_PARAMETER_ORCPT   ? SMTPWIRE__ORCPT_MAX
           : id == SMTPWIRE_PARAMETER_SOLICIT ? SMTPWIRE__SOLICIT_MAX
           : id == SMTPWIRE_PARAMETER_TRANSID ? SMTPWIRE__TRANSID_MAX
                                              : SIZE_MAX;
}

static inline const char *smtpwire__text(const unsigned char *octets) { return (const char *)octets; }

#endif
