/* A second parser of the SMTP wire, to compare the library with: recursive descent by hand from the text of the RFCs,
 * simple rather than fast. It allocates, and shares no code, table of characters or machine with parser/ and grammar/;
 * smtpwire.h is its contract, from which it has ids, flags and options.
 *
 * places.c is its engine, address.c, values.c, parameters.c, attributes.c, uri.c, command.c, reply.c, reply_text.c and
 * capability.c are the grammar, stream.c frames lines and content. compare.h holds the library against it.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "smtpwire.h"

#include <stddef.h>
#include <stdint.h>

/* Octets at to at + len - 1; there: 0 where the part is missing. */
struct reference_span {
    int there;
    size_t at, len;
};

/* id NONE: accepted. other and third: more ids, and until: a last offset, that the header's words allow as well, 0 if
 * there is none. */
struct reference_verdict {
    unsigned id, other;
    size_t offset, until;
    unsigned third;
};

struct reference_address {
    struct reference_span path, route, local, domain, literal;
};

struct reference_parameter {
    struct reference_span keyword, value;
    unsigned id;
    uint64_t number;    /* SIZE, HOLDFOR, BODY, RET, NOTIFY; the absolute value of MT-PRIORITY and of BY's seconds */
    int negative;       /* MT-PRIORITY, BY */
    unsigned char mode; /* BY's; RRVS: no_support */
    int trace;          /* BY */
    unsigned date[7];   /* HOLDUNTIL, RRVS: year, month, day, hour, minute, second, minutes of the offset */
    int west;           /* the offset is negative */
    struct reference_span fraction;
    struct reference_span first, second; /* ORCPT: type and address. MTRK: certifier and timeout */
    int utf8;                            /* ORCPT: type utf-8 */
};

enum { REFERENCE_PARAMETERS = 64 };

struct reference_attribute {
    struct reference_span name, value;
    unsigned id, port, status;
};

enum { REFERENCE_ATTRIBUTES = 16 };

struct reference_command {
    struct reference_verdict verdict;
    unsigned verb;
    uint32_t flags;
    struct reference_span name, argument, initial, parameters;
    struct reference_address address;
    uint64_t chunk_size;
    int last;
    size_t count;   /* of parameters, of which the first are kept */
    uint32_t seen;  /* bits 1 << id */
    int not_unique; /* ENVID has no "@" (RFC 3885 section 3.2) */
    size_t attributes;
    struct reference_attribute attribute[REFERENCE_ATTRIBUTES];
    struct reference_parameter parameter[REFERENCE_PARAMETERS];
};

/* options is never null in any of these. */
void reference_command(const void *line, size_t len, const struct smtpwire_options *options,
                       struct reference_command *command);

enum reference_value { REFERENCE_REVERSE_PATH, REFERENCE_FORWARD_PATH, REFERENCE_MAILBOX, REFERENCE_DOMAIN };

void reference_address(enum reference_value kind, const void *data, size_t len, const struct smtpwire_options *options,
                       struct reference_address *address, uint32_t *flags, struct reference_verdict *verdict);

struct reference_reply {
    struct reference_verdict verdict;
    unsigned code;
    int last;
    unsigned enhanced[3];
    uint32_t flags;
    struct reference_span text;
};

void reference_reply(const void *line, size_t len, const struct smtpwire_options *options,
                     struct reference_reply *reply);

/* What some replies say to machines: smtpwire_greeting_parse() and its like. */
enum reference_text { REFERENCE_GREETING, REFERENCE_EHLO_GREETING, REFERENCE_FORWARD_TEXT, REFERENCE_CHALLENGE };

struct reference_reply_text {
    struct reference_verdict verdict;
    struct reference_address address;
    struct reference_span text; /* of a greeting; the challenge */
    uint32_t flags;
};

void reference_reply_text(enum reference_text kind, const void *data, size_t len,
                          const struct smtpwire_options *options, struct reference_reply_text *reply);

struct reference_capability {
    struct reference_verdict verdict;
    unsigned id;
    int has_value;
    uint32_t flags;
    struct reference_span keyword, parameters;
    uint64_t
        number; /* SIZE, DELIVERBY, the interval of FUTURERELEASE, MT-PRIORITY's profile; bits of AUTH, XCLIENT, BURL */
    int64_t until;
    uint32_t limit[3]; /* MAILMAX, RCPTMAX, RCPTDOMAINMAX */
};

void reference_capability(const void *text, size_t len, const struct smtpwire_options *options,
                          struct reference_capability *capability);

/* Decodes xtext; out has room for len octets. Returns how many there are, -1 if it is none. */
ptrdiff_t reference_xtext_decode(const void *data, size_t len, unsigned char *out);

/* A line of a SASL exchange (RFC 4954 section 4): base64, empty, or "*". */
int reference_auth_response(const void *data, size_t len);

/* Content behind 354: reads up to the end of data or of the content. out has room for 2 * len octets. */
struct reference_content {
    int ended;
    size_t consumed;  /* through the end, or len */
    unsigned state;   /* where it stopped: enum reference_content_state */
    size_t delivered; /* octets in out */
    uint64_t longest;
    uint32_t flags;
    unsigned refused; /* error id, NONE */
    size_t refused_at;
};

void reference_content(const void *data, size_t len, const struct smtpwire_options *options, unsigned char *out,
                       struct reference_content *content);

/* The next line or fault of a line: at is moved behind what it is about. */
struct reference_line {
    int kind;       /* SMTPWIRE_LINE, SMTPWIRE_ERROR, SMTPWIRE_MORE */
    size_t at, len; /* LINE: with its end */
    size_t text;    /* LINE: without it */
    unsigned id;
    size_t offset;
};

struct reference_framer {
    const unsigned char *data;
    size_t len, at, cap;
    int lax_lf, skipping;
};

void reference_line(struct reference_framer *framer, struct reference_line *line);

#endif
