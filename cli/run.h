/* Runs octets through what the settings ask for; the command and the test vectors use it alike. */
#ifndef RUN_H
#define RUN_H

#include "record.h"
#include "settings.h"

enum { ONE_SHOT_MAX = 65536 };

struct run {
    struct settings *settings;
    void (*emit)(const struct record *record, void *context);
    void *context;
    int refused; /* something was not accepted */
    int over;    /* nothing more is wanted */
    size_t sent; /* of settings->sent, told to the client's session */
    union {
        struct smtpwire_server server;
        struct smtpwire_client client;
        struct smtpwire_data data;
    };
    struct smtpwire_event last; /* the last MORE */
};

void run_start(struct run *run, struct settings *settings, void (*emit)(const struct record *, void *), void *context);

/* Reads up to size octets: how many, 0 at the end of the input, -1 if that failed. */
typedef ptrdiff_t run_reader(void *from, char *room, size_t size);

enum run_result { RUN_DONE, RUN_MEMORY, RUN_UNREADABLE, RUN_TOO_LONG };

/* Runs the whole input, read in pieces into a buffer that holds one piece and the longest line, whatever the input's
 * size. RUN_TOO_LONG: a line or value of more than ONE_SHOT_MAX octets. */
enum run_result run_input(struct run *run, run_reader *read, void *from);

/* Pushes octets; returns how many are done with. The rest is to be presented again with more behind it. */
size_t run_push(struct run *run, const char *octets, size_t len);

/* The input is at its end, and these octets are left of it. */
void run_end(struct run *run, const char *left, size_t len);

#endif
