#include "run.h"

#include <stdlib.h>
#include <string.h>

static void emit(struct run *run, const struct record *record) { run->emit(record, run->context); }

static unsigned next_code(struct settings *settings, unsigned verb)
{
    struct codes *codes = &settings->codes[verb];
    unsigned code = codes->code[codes->next];
    if (codes->next + 1 < codes->count)
        codes->next++;
    return code;
}

/* Answers what the event asks for: an error with its own code unless the settings know better. */
static void answer(struct run *run, const struct smtpwire_event *event)
{
    struct settings *settings = run->settings;
    unsigned code;
    if (event->kind == SMTPWIRE_AUTH_RESPONSE)
        code =
            event->line.len == 1 && event->line.data[0] == '*' ? 501 : next_code(settings, SMTPWIRE_VERB_AUTH_RESPONSE);
    else if (event->kind == SMTPWIRE_COMMAND && event->command.verb == SMTPWIRE_VERB_AUTH &&
             settings->codes[SMTPWIRE_VERB_AUTH].count == 0)
        code = event->command.initial.len != 0 ? 235 : 334;
    else if (event->kind == SMTPWIRE_ERROR)
        code = settings->codes[REPLY_TO_ERROR].count != 0 ? next_code(settings, REPLY_TO_ERROR) : event->error.code;
    else if (event->kind == SMTPWIRE_END)
        code = event->error.id != SMTPWIRE_ERROR_NONE
                   ? event->error.code
                   : next_code(settings,
                               event->end.chunk && !event->end.last ? SMTPWIRE_VERB_BDAT : SMTPWIRE_VERB_END_OF_DATA);
    else
        code = next_code(settings, event->command.verb == SMTPWIRE_VERB_BURL && event->command.last
                                       ? SMTPWIRE_VERB_BURL_LAST
                                       : event->command.verb);
    if (smtpwire_server_replied(&run->server, code) < 0)
        smtpwire_server_replied(&run->server, event->error.code); /* --reply error=CODE, which cannot answer this one */
}

/* Tells the client's session of one command more, when the one before is answered: how many replies a DATA or STARTTLS
 * brings is known only then. */
static void send_next(struct run *run)
{
    const struct settings *settings = run->settings;
    while (smtpwire_client_due(&run->client) == 0 &&
           (run->sent < settings->sent_count || !settings->sent_all)) { /* some bring none */
        const unsigned verb = run->sent < settings->sent_count ? settings->sent[run->sent] : SMTPWIRE_VERB_UNKNOWN;
        if (smtpwire_client_sent(&run->client, verb) < 0)
            return;
        run->sent++;
    }
}

void run_start(struct run *run, struct settings *settings, void (*emit_record)(const struct record *, void *),
               void *context)
{
    unsigned i;
    memset(run, 0, sizeof *run);
    run->settings = settings;
    run->emit = emit_record;
    run->context = context;
    run->last.kind = SMTPWIRE_MORE;
    for (i = 0; i <= SMTPWIRE_VERB_COUNT; i++)
        settings->codes[i].next = 0;
    if (settings->mode == MODE_SERVER) {
        smtpwire_server_init(&run->server, &settings->options);
        if (settings->tls)
            smtpwire_server_tls_started(&run->server, 0);
        smtpwire_server_replied(&run->server, next_code(settings, SMTPWIRE_VERB_GREETING));
    } else if (settings->mode == MODE_CLIENT) {
        smtpwire_client_init(&run->client, &settings->options);
        if (settings->tls)
            smtpwire_client_tls_started(&run->client, 0);
    } else if (settings->mode == MODE_DATA) {
        smtpwire_data_init(&run->data, &settings->options);
        run->last.inside = SMTPWIRE_INSIDE_CONTENT;
    }
}

static size_t push(struct run *run, const char *octets, size_t len, struct smtpwire_event *event)
{
    switch (run->settings->mode) {
    case MODE_SERVER:
        return smtpwire_server_push(&run->server, octets, len, event);
    case MODE_CLIENT:
        return smtpwire_client_push(&run->client, octets, len, event);
    default:
        return smtpwire_data_push(&run->data, octets, len, event);
    }
}

/* What was expected at an error of a session. RCPT takes UTF-8 where MAIL said so. */
static void expect(struct run *run, struct record *record, const struct smtpwire_event *event)
{
    struct smtpwire_options options = run->settings->options;
    if (event->kind != SMTPWIRE_ERROR)
        return;
    if (run->settings->mode == MODE_SERVER && event->command.verb == SMTPWIRE_VERB_RCPT && run->server.smtputf8)
        options.smtputf8 = 1;
    record_expected(record, &event->error, -1, &options);
}

static void handle(struct run *run, const struct smtpwire_event *event)
{
    struct record record;
    uint32_t i;
    record_event(&record, event, run->settings->mode == MODE_CLIENT);
    expect(run, &record, event);
    emit(run, &record);
    if (event->kind == SMTPWIRE_ERROR || event->kind == SMTPWIRE_FATAL ||
        (event->kind == SMTPWIRE_END && event->error.id != SMTPWIRE_ERROR_NONE))
        run->refused = 1;
    if (event->kind == SMTPWIRE_FATAL || (event->kind == SMTPWIRE_END && run->settings->mode == MODE_DATA))
        run->over = 1;
    for (i = 0; run->settings->mode == MODE_SERVER && i < event->replies; i++)
        answer(run, event);
    if (run->settings->mode == MODE_CLIENT)
        send_next(run);
}

size_t run_push(struct run *run, const char *octets, size_t len)
{
    struct smtpwire_event event;
    size_t pos = 0;

    if (run->settings->mode > MODE_DATA) /* one-shot: all at the end */
        return 0;
    while (!run->over) {
        pos += push(run, octets + pos, len - pos, &event);
        if (event.kind == SMTPWIRE_MORE || event.kind == SMTPWIRE_WAIT) {
            run->last = event;
            break;
        }
        handle(run, &event);
    }
    return pos;
}

static void one_shot_error(struct run *run, struct record *record, const char *octets, size_t len, int kind,
                           const struct smtpwire_error *error)
{
    record_text(record, KEY_event, "error", 5);
    record->line.data = octets;
    record->line.len = len;
    record_error(record, error);
    if (kind >= 0)
        record_expected(record, error, kind, &run->settings->options);
    run->refused = 1;
}

static void one_shot_address(struct run *run, struct record *record, const char *octets, size_t len)
{
    const struct smtpwire_options *options = &run->settings->options;
    struct smtpwire_address address;
    struct smtpwire_error error;
    uint32_t flags;
    const char *name = run->settings->mode == MODE_PATH      ? "path"
                       : run->settings->mode == MODE_MAILBOX ? "mailbox"
                                                             : "domain";
    const int kind = run->settings->mode == MODE_MAILBOX  ? SMTPWIRE_EXPECTED_MAILBOX
                     : run->settings->mode == MODE_DOMAIN ? SMTPWIRE_EXPECTED_DOMAIN
                     : run->settings->forward             ? SMTPWIRE_EXPECTED_FORWARD_PATH
                                                          : SMTPWIRE_EXPECTED_REVERSE_PATH;
    int bad =
        run->settings->mode == MODE_MAILBOX  ? smtpwire_mailbox_parse(octets, len, options, &address, &flags, &error)
        : run->settings->mode == MODE_DOMAIN ? smtpwire_domain_parse(octets, len, options, &address, &flags, &error)
        : run->settings->forward ? smtpwire_forward_path_parse(octets, len, options, &address, &flags, &error)
                                 : smtpwire_reverse_path_parse(octets, len, options, &address, &flags, &error);
    if (bad) {
        one_shot_error(run, record, octets, len, kind, &error);
    } else {
        record_text(record, KEY_event, name, strlen(name));
        record_address(record, &address, flags);
    }
}

static void one_shot_capability(struct run *run, struct record *record, const char *octets, size_t len)
{
    struct smtpwire_capability capability;
    struct smtpwire_error error;
    if (smtpwire_capability_parse(octets, len, &run->settings->options, &capability, &error) < 0)
        one_shot_error(run, record, octets, len, SMTPWIRE_EXPECTED_CAPABILITY, &error);
    else
        record_capability(record, &capability);
}

/* What the text of some replies says. */
static void one_shot_text(struct run *run, struct record *record, const char *octets, size_t len)
{
    const struct smtpwire_options *options = &run->settings->options;
    const enum mode mode = run->settings->mode;
    struct smtpwire_greeting greeting;
    struct smtpwire_slice challenge;
    struct smtpwire_error error;
    const char *name;
    int bad;

    memset(&greeting, 0, sizeof greeting);
    memset(&challenge, 0, sizeof challenge);
    if (mode == MODE_GREETING)
        bad = smtpwire_greeting_parse(octets, len, options, &greeting, &error);
    else if (mode == MODE_EHLO)
        bad = smtpwire_ehlo_greeting_parse(octets, len, options, &greeting, &error);
    else if (mode == MODE_FORWARD)
        bad = smtpwire_forward_text_parse(octets, len, options, &greeting.address, &greeting.flags, &error);
    else
        bad = smtpwire_challenge_parse(octets, len, &challenge, &error);
    if (bad) {
        one_shot_error(run, record, octets, len, -1, &error);
        return;
    }
    name = mode == MODE_GREETING  ? "greeting"
           : mode == MODE_EHLO    ? "ehlo"
           : mode == MODE_FORWARD ? "forward"
                                  : "challenge";
    record_text(record, KEY_event, name, strlen(name));
    record_address(record, &greeting.address, greeting.flags);
    record_text(record, KEY_text, greeting.text.data, greeting.text.len);
    record_text(record, KEY_data, challenge.data, challenge.len);
}

/* One line or value, as an event that is as long as the input. */
static void one_shot(struct run *run, const char *octets, size_t whole)
{
    const struct smtpwire_options *options = &run->settings->options;
    const int client = run->settings->mode == MODE_REPLY;
    struct smtpwire_event event;
    struct record record;
    size_t len = whole;

    if (len >= 2 && octets[len - 2] == '\r' && octets[len - 1] == '\n')
        len -= 2;
    memset(&event, 0, sizeof event);
    event.len = whole;
    event.line.data = octets;
    event.line.len = len;
    if (run->settings->mode == MODE_COMMAND) {
        int bad = smtpwire_command_parse(octets, len, options, &event.command, &event.error) < 0;
        event.kind = bad ? SMTPWIRE_ERROR : SMTPWIRE_COMMAND;
    } else if (run->settings->mode == MODE_REPLY) {
        int bad = smtpwire_reply_parse(octets, len, options, &event.reply, &event.error) < 0;
        event.kind = bad ? SMTPWIRE_ERROR : SMTPWIRE_REPLY;
    }
    if (event.kind == SMTPWIRE_COMMAND || event.kind == SMTPWIRE_REPLY || event.kind == SMTPWIRE_ERROR) {
        record_event(&record, &event, client);
        expect(run, &record, &event);
        run->refused |= event.kind == SMTPWIRE_ERROR;
    } else {
        memset(&record, 0, sizeof record);
        record_number(&record, KEY_at, 0);
        record_number(&record, KEY_len, whole);
        if (run->settings->mode == MODE_CAPABILITY)
            one_shot_capability(run, &record, octets, len);
        else if (run->settings->mode >= MODE_GREETING)
            one_shot_text(run, &record, octets, len);
        else
            one_shot_address(run, &record, octets, len);
    }
    emit(run, &record);
}

void run_end(struct run *run, const char *left, size_t len)
{
    struct record record;
    if (run->settings->mode > MODE_DATA) {
        one_shot(run, left, len);
        return;
    }
    if (run->over || run->last.inside == SMTPWIRE_INSIDE_NOTHING)
        return;
    run->last.len = len;
    record_event(&record, &run->last, run->settings->mode == MODE_CLIENT);
    emit(run, &record);
    run->refused = 1;
}

enum run_result run_input(struct run *run, run_reader *read, void *from)
{
    const struct settings *settings = run->settings;
    const int one_shot = settings->mode > MODE_DATA;
    const size_t piece = one_shot ? ONE_SHOT_MAX : settings->chunk != 0 ? settings->chunk : 65536;
    const size_t size = piece + smtpwire_line_limit(&settings->options) + 1;
    enum run_result result = RUN_DONE;
    char *buffer = malloc(size);
    size_t len = 0, taken;
    ptrdiff_t got = 0;

    if (buffer == NULL)
        return RUN_MEMORY;
    while (!run->over && (got = read(from, buffer + len, piece < size - len ? piece : size - len)) > 0) {
        len += (size_t)got;
        taken = run_push(run, buffer, len);
        len -= taken;
        if (taken != 0)
            memmove(buffer, buffer + taken, len);
        if (one_shot && len == size) {
            result = RUN_TOO_LONG;
            break;
        }
    }
    if (got < 0)
        result = RUN_UNREADABLE;
    if (result == RUN_DONE)
        run_end(run, buffer, len);
    free(buffer);
    return result;
}
