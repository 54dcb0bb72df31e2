/* What the files of the writers' tests share. */
#ifndef WRITE_H
#define WRITE_H

#include "smtpwire.h"

#define SLICE(literal) slice(literal, sizeof(literal) - 1)

enum kind {
    COMMAND,
    REVERSE_PATH,
    FORWARD_PATH,
    MAILBOX,
    PARAMETER,
    TYPED,
    REPLY,
    LOCAL_PART,
    DECODED,
    UTF8_ADDRESS,
    XTEXT,
    KINDS
};

struct smtpwire_slice slice(const char *data, size_t len);
int same(struct smtpwire_slice a, struct smtpwire_slice b);
int same_command(const struct smtpwire_command *a, const struct smtpwire_command *b);

/* Counts, and says what failed. Returns good. */
int check(int good, const char *what, struct smtpwire_slice a, struct smtpwire_slice b);

/* value (a struct smtpwire_slice for LOCAL_PART, DECODED, UTF8_ADDRESS and XTEXT) written into a block of exactly its
 * size, and into smaller ones; data is null if it was refused. */
struct smtpwire_slice written_as(enum kind kind, const void *value, const struct smtpwire_options *options);
void release(struct smtpwire_slice result);

/* write_model.c */
void local_parts(void);
void injection(void);
void folding(void);
void xtext(void);

#endif
