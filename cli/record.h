/* An event as a list of keys and values, in the order in which every output shows them. */
#ifndef RECORD_H
#define RECORD_H

#include "smtpwire.h"

#include <stdio.h>

/* X(key): every key there is, in the order of the output. */
#define RECORD_KEYS(X)                                                                                                 \
    X(event)                                                                                                           \
    X(at)                                                                                                              \
    X(len) X(verb) X(path) X(local) X(domain) X(literal) X(route) X(params) X(argument) X(code) X(enhanced) X(text)    \
        X(last) X(mechanisms) X(attributes) X(urls) X(profile) X(mailmax) X(rcptmax) X(rcptdomainmax) X(deliverby) X(interval) X(until) X(data) X(size) \
            X(longest) X(flags) X(error) X(offset) X(expected) X(reply) X(inside)

#define RECORD_ENUM(key) KEY_##key,
enum key { RECORD_KEYS(RECORD_ENUM) KEY_COUNT };

enum type { TYPE_ABSENT, TYPE_TEXT, TYPE_NUMBER, TYPE_SIGNED, TYPE_TRUE, TYPE_LIST, TYPE_ROUTE, TYPE_PARAMETERS };

struct value {
    enum type type;
    uint64_t number;
    struct smtpwire_slice text;      /* TEXT, ROUTE, PARAMETERS */
    struct smtpwire_slice items[24]; /* LIST */
    size_t count;
    char room[32]; /* for texts made here: text points into it */
};

struct record {
    struct value value[KEY_COUNT];
    struct smtpwire_slice line; /* of an error, for people */
    uint64_t line_at;
    char expected[400];
};

extern const char *const record_key_names[KEY_COUNT];

/* The event, as event says it is called. client: no reply is sent. */
void record_event(struct record *record, const struct smtpwire_event *event, int client);

/* One-shot results. */
void record_address(struct record *record, const struct smtpwire_address *address, uint32_t flags);
void record_capability(struct record *record, const struct smtpwire_capability *capability);
void record_error(struct record *record, const struct smtpwire_error *error);
void record_text(struct record *record, enum key key, const char *text, size_t len);
/* What was expected where the error is, if its line is of this kind (enum smtpwire_expected_kind); -1: by the error. */
void record_expected(struct record *record, const struct smtpwire_error *error, int kind,
                     const struct smtpwire_options *options);
/* Takes the first domain off a route: 1, or 0 when none is left. */
int record_next_hop(struct smtpwire_slice *route, struct smtpwire_slice *hop);
void record_number(struct record *record, enum key key, uint64_t number);

/* One line each: key=value log (the test vectors' form, which leaves out what was expected), JSON, and for people. */
void record_print_log(const struct record *record, FILE *out);
void record_print_json(const struct record *record, FILE *out);
void record_print_people(const struct record *record, FILE *out, int colour);

#endif
