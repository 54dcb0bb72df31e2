/* A word pushed through a session, for tests/judge.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef JUDGE_PUSH_H
#define JUDGE_PUSH_H

#include "smtpwire.h"

#include <stdbool.h>

/* What was made of a word. Offsets count from its first octet. */
struct judge_verdict {
    bool accepted;
    unsigned id;     /* of the error, also of content that was accepted but for it */
    uint64_t offset; /* of the error */
    uint64_t end;    /* of content: behind its last octet */
};

enum judge_cuts {
    JUDGE_EVERY_CUT, /* whole, at every cut, and octet by octet */
    JUDGE_SOME_CUTS  /* lines at one cut only; each push in a heap block of exactly its size */
};

/* Each pushes a word in the place that it has in a session, and what comes behind it, which must be understood again.
 * All cuts must tell the same, or *same becomes false. */
struct judge_verdict judge_push_command(const char *word, size_t len, const struct smtpwire_options *options,
                                        enum judge_cuts cuts, bool *same);
struct judge_verdict judge_push_auth(const char *word, size_t len, enum judge_cuts cuts, bool *same);
struct judge_verdict judge_push_reply(const char *word, size_t len, const struct smtpwire_options *options,
                                      enum judge_cuts cuts, bool *same);
/* Says what set of capabilities the client's session keeps of a keyword line; there is no error. */
struct smtpwire_capabilities judge_push_capability(const char *word, size_t len, const struct smtpwire_options *options,
                                                   enum judge_cuts cuts, bool *same);
/* Accepted is what has an end, whatever the error that it carries. */
struct judge_verdict judge_push_data(const char *word, size_t len, enum judge_cuts cuts, bool *same);
struct judge_verdict judge_push_chunk(const char *word, size_t len, enum judge_cuts cuts, bool *same);

#endif
