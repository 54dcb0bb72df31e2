/* What every fuzz target checks: a failed check stops the process, which the fuzzer takes for a crash.
 *
 * Streams (oracle_stream): consumed <= len; no event without progress; slices lie in what was pushed and hold the
 * input's octets at their offset; the events are the same whole, cut by a hash of the input, octet by octet and, up to
 * 64 octets, at every cut; no push walks over more octets than 8 for each that is new and 64 (SMTPWIRE__STEPS of
 * parser/internal.h); FATAL and END are sticky; a session that was used and is started again is as good as new; the
 * machines of ragel -T0 say the same; the content ends where a model of five states says and nowhere else, and is what
 * that model says; a chunk ends where its size says, and is delivered as it is; behind a framing fault nothing is told
 * before the next CRLF, behind the 220 to STARTTLS nothing at all; the good lines of a reply have one code; a good
 * command or reply that is written and read again is the same, and its octets over 127 are UTF-8; what is told as good
 * is within the limits. Every push is a heap block of exactly its size, overwritten and freed afterwards; no object is
 * zeroed before its init.
 *
 * Cuts come from a hash of the input, replies from a hash of the line they answer, so that inputs are plain octets of
 * the wire and a change to one line leaves the others' replies as they were. With ORACLE_TRACE set in the environment
 * the events are printed.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include "smtpwire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ORACLE(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition) && oracle_counts(__func__, #condition)) {                                                     \
            fprintf(stderr, "%s:%d: oracle: %s: %s\n", __FILE__, __LINE__, __func__, #condition);                      \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* Whether a check that failed counts: not if ORACLE_WITHOUT, in the environment, names its function and the beginning
 * of its condition ("check_end: event->at"), or its function alone; several with ";" between. tests/plants.py shows
 * with it which check finds a fault. "oracle_block" gives blocks room behind their end. */
#ifdef ANALYZER /* tests/lint.sh: a check that fails ends the program */
#define oracle_counts(function, condition) 1
#else
int oracle_counts(const char *function, const char *condition);
#endif

/* FNV-1a. */
uint64_t oracle_hash(uint64_t hash, const void *data, size_t len);
uint64_t oracle_seed(const char *data, size_t len);

/* A slice lies in the buffer that was pushed, and holds what the input has at that offset. */
void oracle_slice(struct smtpwire_slice slice, const char *buffer, size_t len, uint64_t buffer_at, const char *input,
                  size_t input_len);

/* A heap block of exactly len octets that holds these; oracle_release overwrites and frees it. */
char *oracle_block(const char *data, size_t len);
void oracle_release(char *block, size_t len);

enum oracle_kind { ORACLE_SERVER, ORACLE_CLIENT, ORACLE_LINE, ORACLE_DATA };

struct oracle_stream {
    enum oracle_kind kind;
    const struct smtpwire_options *options;
    const char *input;
    size_t size;
    /* ORACLE_CLIENT: verbs told to the session, in order; they are told when their reply's turn comes. */
    const uint8_t *sent;
    size_t sent_count;
    uint32_t cap; /* ORACLE_LINE */
    int positive; /* ORACLE_SERVER: answer everything positively, errors included */
};

/* Runs the stream in all cuts and checks all of the above. */
void oracle_stream(const struct oracle_stream *stream);

/* Some, all or nothing offered and switched on, by two octets; for targets whose inputs begin with them. */
void oracle_options(struct smtpwire_options *options, unsigned lax, unsigned other);

/* Whether an input is to be held against the reference parser (fuzz/reference/compare.h), which is slow: one of every
 * so many, by a hash of it, up to 2048 octets. A difference, if it is not NULL, is a failed check. */
int oracle_compares(const void *data, size_t len, unsigned every);
void oracle_same(const char *difference);

/* The library made from the machines of ragel -T0, which is other code of the same machines: its results, and what they
 * leave where they write, must be the same. Linked besides where ORACLE_T0 is defined (Makefile). */
#ifdef ORACLE_T0
extern __typeof__(smtpwire_server_init) t0_smtpwire_server_init;
extern __typeof__(smtpwire_server_push) t0_smtpwire_server_push;
extern __typeof__(smtpwire_server_due) t0_smtpwire_server_due;
extern __typeof__(smtpwire_server_replied) t0_smtpwire_server_replied;
extern __typeof__(smtpwire_client_init) t0_smtpwire_client_init;
extern __typeof__(smtpwire_client_sent) t0_smtpwire_client_sent;
extern __typeof__(smtpwire_client_push) t0_smtpwire_client_push;
extern __typeof__(smtpwire_client_capabilities) t0_smtpwire_client_capabilities;
extern __typeof__(smtpwire_line_init) t0_smtpwire_line_init;
extern __typeof__(smtpwire_line_push) t0_smtpwire_line_push;
extern __typeof__(smtpwire_data_init) t0_smtpwire_data_init;
extern __typeof__(smtpwire_data_push) t0_smtpwire_data_push;
#endif
void oracle_command_t0(const char *line, size_t len, const struct smtpwire_options *options);
void oracle_address_t0(const char *text, size_t len, const struct smtpwire_options *options);
void oracle_reply_t0(const char *line, size_t len, const struct smtpwire_options *options);
void oracle_capability_t0(const char *text, size_t len, const struct smtpwire_options *options);

/* smtpwire_command_parse(), whose cost is held to the octets of the line. */
int oracle_command_parse(const char *line, size_t len, const struct smtpwire_options *options,
                         struct smtpwire_command *command, struct smtpwire_error *error);

/* One-shot: what was accepted can be written and read again, and is the same. */
void oracle_command_round_trip(const struct smtpwire_command *command, const struct smtpwire_options *options);
void oracle_reply_round_trip(const struct smtpwire_reply *reply, const struct smtpwire_options *options);
void oracle_error(const struct smtpwire_error *error, size_t len);

#endif
