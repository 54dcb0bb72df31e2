/* A server's session against a model, exhaustively: behind each of a few beginnings of a command line, every string
 * over CR, LF, NUL, "N", SP, ">" and "x" up to six octets, the string in every composition ("all") or the whole input
 * in every single cut ("cuts", for sanitizers). The greeting and EHLO have been before it.
 *
 * The model reads the whole input at once, from RFC 5321: section 2.3.8 (CRLF and nothing else ends a line), section
 * 4.1.1.2 and 4.1.2 (MAIL), section 4.1.1.9 (NOOP), section 4.2.4 (500 and 501). It knows what these octets can spell
 * and no more: NOOP, one MAIL, and commands that do not exist. Lengths, the order of commands and replies that are
 * late are not looked at here.
 *
 * SPDX-License-Identifier: MIT
 */
#include "smtpwire.h"

#include "exhaustive.h"

enum { LONGEST = 6, LETTERS = 7, INPUT = 24 };

static const char alphabet[LETTERS] = {'\r', '\n', '\0', 'N', ' ', '>', 'x'};
static const char ehlo[] = "EHLO x\r\n";
static const char mail[] = "MAIL FROM:<a@b";

enum { EHLO_LENGTH = sizeof ehlo - 1, MAIL_LENGTH = sizeof mail - 1, NAME_LENGTH = 4 };

/* ---- The model ------------------------------------------------------------------------------------------------ */

struct span {
    size_t from, len; /* within the line; len 0: there is nothing */
};

struct expected {
    unsigned kind, verb, error;
    size_t at, len; /* within the input */
    size_t line;    /* octets of event.line */
    size_t offset;  /* of the error, within the line */
    struct span path, domain, parameters, argument;
};

struct model {
    unsigned inside;
    size_t count;
    struct expected events[INPUT];
};

static void refuse(struct expected *event, unsigned error, size_t offset)
{
    event->kind = SMTPWIRE_ERROR;
    event->error = error;
    event->offset = offset;
}

static bool is_let_dig(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/* Where a run of letters and digits that begins at `from` ends. */
static size_t skip_let_dig(const char *line, size_t len, size_t from)
{
    while (from < len && is_let_dig(line[from]))
        from++;
    return from;
}

/* NOOP [SP 1*printable] */
static void judge_noop(struct expected *event, const char *line, size_t len)
{
    if (len == NAME_LENGTH)
        return;
    if (line[NAME_LENGTH] != ' ') {
        refuse(event, SMTPWIRE_ERROR_ARGUMENT_SYNTAX, NAME_LENGTH);
    } else if (len == NAME_LENGTH + 1) {
        refuse(event, SMTPWIRE_ERROR_ARGUMENT_SYNTAX, len);
    } else {
        event->argument = (struct span){NAME_LENGTH + 1, len - NAME_LENGTH - 1};
    }
}

/* [SP esmtp-param *(SP esmtp-param)], of which only esmtp-keyword can be spelled. */
static void judge_parameters(struct expected *event, const char *line, size_t len, size_t from)
{
    size_t i = from;
    while (i < len) {
        size_t keyword = line[i] == ' ' ? i + 1 : i;
        size_t end = skip_let_dig(line, len, keyword);
        if (keyword == i || end == keyword) {
            refuse(event, SMTPWIRE_ERROR_PARAMETER_SYNTAX, keyword);
            return;
        }
        i = end;
    }
    if (len > from)
        event->parameters = (struct span){from + 1, len - from - 1};
}

/* "MAIL FROM:<a@b" *Let-dig ">" and parameters: a sub-domain goes on with letters and digits. */
static void judge_mail(struct expected *event, const char *line, size_t len)
{
    size_t domain = MAIL_LENGTH - 1, path = MAIL_LENGTH - 4, end = skip_let_dig(line, len, domain);
    if (end == len || line[end] != '>') {
        refuse(event, SMTPWIRE_ERROR_ADDRESS_SYNTAX, end);
        return;
    }
    event->path = (struct span){path, end + 1 - path};
    event->domain = (struct span){domain, end - domain};
    judge_parameters(event, line, len, end + 1);
}

/* The command's name is the longest run of letters and digits at its start. */
static unsigned verb_of(const char *line, size_t len)
{
    size_t name = skip_let_dig(line, len, 0);
    if (name == NAME_LENGTH && memcmp(line, "NOOP", name) == 0)
        return SMTPWIRE_VERB_NOOP;
    if (name == NAME_LENGTH && memcmp(line, "MAIL", name) == 0)
        return SMTPWIRE_VERB_MAIL;
    return SMTPWIRE_VERB_UNKNOWN;
}

/* A line without its CRLF. */
static void judge(struct expected *event, const char *line, size_t len)
{
    event->kind = SMTPWIRE_COMMAND;
    event->verb = verb_of(line, len);
    event->line = len;
    event->len = len + 2;
    if (event->verb == SMTPWIRE_VERB_NOOP)
        judge_noop(event, line, len);
    else if (event->verb == SMTPWIRE_VERB_MAIL)
        judge_mail(event, line, len);
    else
        refuse(event, SMTPWIRE_ERROR_COMMAND_UNKNOWN, 0);
}

static bool is_crlf(const char *s, size_t n, size_t i) { return i + 2 <= n && s[i] == '\r' && s[i + 1] == '\n'; }

/* The first octet from `from` on that does not belong in a line; n if there is none. */
static size_t find_control(const char *s, size_t n, size_t from)
{
    while (from < n && s[from] != '\r' && s[from] != '\n' && s[from] != '\0')
        from++;
    return from;
}

static size_t find_crlf(const char *s, size_t n, size_t from)
{
    while (from < n && !is_crlf(s, n, from))
        from++;
    return from;
}

static unsigned fault_of(char control)
{
    if (control == '\0')
        return SMTPWIRE_ERROR_NUL;
    return control == '\r' ? SMTPWIRE_ERROR_BARE_CR : SMTPWIRE_ERROR_BARE_LF;
}

/* One line, which s[control] ends or spoils. Returns where the next begins, or n and sets model->inside. */
static size_t read_line(struct model *model, const char *s, size_t n, size_t start, size_t control)
{
    struct expected *event = &model->events[model->count++];
    *event = (struct expected){.at = start};
    if (is_crlf(s, n, control)) {
        judge(event, s + start, control - start);
        return control + 2;
    }
    refuse(event, fault_of(s[control]), control - start);
    /* What there is of it: through the octet that shows the fault, which for a bare CR is the next. The name stood
     * before it. */
    event->verb = verb_of(s + start, control - start);
    event->line = event->len = control - start + (s[control] == '\r' ? 2 : 1);
    size_t crlf = find_crlf(s, n, control);
    if (crlf < n)
        return crlf + 2;
    model->inside = SMTPWIRE_INSIDE_SKIPPED;
    return n;
}

static void model_read(struct model *model, const char *s, size_t n)
{
    model->inside = SMTPWIRE_INSIDE_NOTHING;
    model->count = 0;
    for (size_t start = 0; start < n;) {
        size_t control = find_control(s, n, start);
        if (control == n || (s[control] == '\r' && control + 1 == n)) {
            model->inside = SMTPWIRE_INSIDE_LINE; /* it may go on, and that CR become a CRLF */
            return;
        }
        start = read_line(model, s, n, start, control);
    }
}

/* ---- One run -------------------------------------------------------------------------------------------------- */

struct subject {
    const char *octets;
    size_t len;
    bool blocks;
    struct model model;
    /* What is known when only the first k octets are there. */
    size_t known[INPUT + 1];
    unsigned inside[INPUT + 1];
};

struct run {
    const struct subject *subject;
    struct exhaustive_difference *diff;
    struct exhaustive_feed feed;
    size_t count; /* events so far */
    unsigned pushes;
    struct smtpwire_server server;
};

static bool check_slice(struct exhaustive_difference *diff, const char *what, const struct smtpwire_event *event,
                        struct span span, struct smtpwire_slice slice)
{
    return exhaustive_same(diff, what, span.len, slice.len) &&
           (span.len == 0 || exhaustive_same(diff, what, span.from, (uint64_t)(slice.data - event->line.data)));
}

/* Good commands. Whatever the mail's domain, it has no dot. */
static bool check_command(struct exhaustive_difference *diff, const struct expected *expected,
                          const struct smtpwire_event *event)
{
    const struct smtpwire_command *command = &event->command;
    bool is_mail = expected->verb == SMTPWIRE_VERB_MAIL;
    return check_slice(diff, "name", event, (struct span){0, NAME_LENGTH}, command->name) &&
           exhaustive_same(diff, "flags", is_mail ? SMTPWIRE_FLAG_SINGLE_LABEL : 0, command->flags) &&
           check_slice(diff, "path", event, expected->path, command->address.path) &&
           check_slice(diff, "domain", event, expected->domain, command->address.domain) &&
           check_slice(diff, "parameters", event, expected->parameters, command->parameters) &&
           (is_mail || check_slice(diff, "argument", event, expected->argument, command->argument));
}

/* RFC 5321 section 4.2.4: 500 for what is no command or no line, 501 for a command's argument. RFC 3463: 5.5.2 and
 * 5.5.4, for a bad sender's address 5.1.7. */
static bool check_error(struct exhaustive_difference *diff, const struct expected *expected,
                        const struct smtpwire_event *event)
{
    const struct smtpwire_error *error = &event->error;
    bool address = expected->error == SMTPWIRE_ERROR_ADDRESS_SYNTAX;
    bool argument = address || expected->error == SMTPWIRE_ERROR_ARGUMENT_SYNTAX ||
                    expected->error == SMTPWIRE_ERROR_PARAMETER_SYNTAX;
    unsigned detail = 2;
    if (argument)
        detail = address ? 7 : 4;
    return exhaustive_same(diff, "error offset", EHLO_LENGTH + expected->at + expected->offset, error->offset) &&
           exhaustive_same(diff, "reply code", argument ? 501 : 500, error->code) &&
           exhaustive_same(diff, "enhanced class", 5, error->enhanced[0]) &&
           exhaustive_same(diff, "enhanced subject", address ? 1 : 5, error->enhanced[1]) &&
           exhaustive_same(diff, "enhanced detail", detail, error->enhanced[2]);
}

static bool check_event(struct run *run, const struct smtpwire_event *event)
{
    const struct subject *subject = run->subject;
    struct exhaustive_difference *diff = run->diff;
    if (!exhaustive_same(diff, "more events than the model's", 0, run->count >= subject->model.count))
        return false;
    const struct expected *expected = &subject->model.events[run->count++];
    bool good = event->kind == SMTPWIRE_COMMAND;
    return exhaustive_same(diff, "kind of event", expected->kind, event->kind) &&
           (good || exhaustive_same_id(diff, "error id", smtpwire_error_name, expected->error, event->error.id)) &&
           exhaustive_same(diff, "at", EHLO_LENGTH + expected->at, event->at) &&
           exhaustive_same(diff, "len", expected->len, event->len) &&
           exhaustive_same_id(diff, "verb", smtpwire_verb_name, expected->verb, event->command.verb) &&
           exhaustive_same(diff, "octets of line", expected->line, event->line.len) &&
           exhaustive_same(diff, "line, compared", 0,
                           expected->line &&
                               memcmp(subject->octets + expected->at, event->line.data, expected->line) != 0) &&
           exhaustive_same(diff, "replies", 1, event->replies) &&
           (good ? check_command(diff, expected, event) : check_error(diff, expected, event));
}

/* Everything that is known has been told, and only the line that is not yet known is kept. */
static bool check_more(const struct run *run, const struct smtpwire_event *event)
{
    const struct subject *subject = run->subject;
    size_t shown = run->feed.shown;
    return exhaustive_same(run->diff, "events at MORE", subject->known[shown], run->count) &&
           exhaustive_same(run->diff, "inside", subject->inside[shown], event->inside) &&
           (event->inside != SMTPWIRE_INSIDE_NOTHING ||
            exhaustive_same(run->diff, "octets held between lines", 0, exhaustive_feed_len(&run->feed)));
}

/* Exactly one reply is due for what was just told; the one its sender would get. */
static bool reply(struct run *run, const struct smtpwire_event *event)
{
    unsigned code = event->kind == SMTPWIRE_COMMAND ? 250 : event->error.code;
    return exhaustive_same(run->diff, "replies due", 1, smtpwire_server_due(&run->server)) &&
           exhaustive_same(run->diff, "replied", 0, smtpwire_server_replied(&run->server, code) != 0);
}

/* Push the input up to `upto` under the contract of push. */
static bool push_part(struct run *run, size_t upto)
{
    exhaustive_feed_more(&run->feed, upto);
    for (;;) {
        struct smtpwire_event event; /* left as it is: only the members of its kind are written */
        size_t len = exhaustive_feed_len(&run->feed);
        size_t done = smtpwire_server_push(&run->server, exhaustive_feed_data(&run->feed), len, &event);
        if (!exhaustive_same(run->diff, "octets done with beyond those pushed", 0, done > len ? done - len : 0) ||
            !exhaustive_same(run->diff, "push says MORE in the end", true, ++run->pushes < 4 * INPUT))
            return false;
        run->feed.done += done;
        if (event.kind == SMTPWIRE_MORE)
            return check_more(run, &event);
        if (event.kind != SMTPWIRE_COMMAND && event.kind != SMTPWIRE_ERROR)
            return exhaustive_same(run->diff, "kind of event", SMTPWIRE_MORE, event.kind);
        if (!check_event(run, &event) || !reply(run, &event))
            return false;
    }
}

/* All of the parameters that can be spelled are unknown: they are to be delivered. */
static const struct smtpwire_options options = {.lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER};

/* The greeting and EHLO, so that MAIL is in order. The state is whatever the caller left there: init must set it. */
static bool greet(struct smtpwire_server *server)
{
    struct smtpwire_event event;
    return smtpwire_server_init(server, &options) == 0 && smtpwire_server_replied(server, 220) == 0 &&
           smtpwire_server_push(server, ehlo, EHLO_LENGTH, &event) == EHLO_LENGTH && event.kind == SMTPWIRE_COMMAND &&
           event.command.verb == SMTPWIRE_VERB_EHLO && smtpwire_server_replied(server, 250) == 0;
}

static bool run_cut(const struct subject *subject, uint32_t mask, struct exhaustive_difference *diff)
{
    struct run run;
    run.subject = subject;
    run.diff = diff;
    run.count = 0;
    run.pushes = 0;
    if (!exhaustive_same(diff, "greeting and EHLO taken", true, greet(&run.server)))
        return false;
    exhaustive_feed_start(&run.feed, subject->octets, subject->blocks);
    bool good = true;
    for (size_t k = 0; good && k <= subject->len; k++)
        if (mask >> k & 1)
            good = push_part(&run, k);
    good = good && push_part(&run, subject->len);
    exhaustive_feed_drop(&run.feed);
    return good;
}

/* ---- All of them ---------------------------------------------------------------------------------------------- */

/* Whole, and: every single cut, or every composition of what is behind the prefix, the prefix being a push. */
static void run_string(const struct subject *subject, size_t prefix, struct exhaustive_tally *tally)
{
    struct exhaustive_difference diff;
    size_t n = subject->len, tail = n - prefix;
    uint32_t ways = tally->cuts ? (uint32_t)n + 1 : tail == 0 ? 1 : 1U << (tail - 1);
    uint32_t mask = 0;
    bool good = run_cut(subject, mask, &diff);
    for (uint32_t way = 0; good && way < ways; way++) {
        mask = tally->cuts ? 1U << way : (way << (prefix + 1)) | (prefix > 0 ? 1U << prefix : 0);
        good = run_cut(subject, mask, &diff);
    }
    if (good)
        tally->passed++;
    else
        exhaustive_failed(tally, subject->octets, n, "after EHLO", mask, &diff);
}

static void run_prefix(const char *prefix, struct exhaustive_tally *tally)
{
    char octets[INPUT] = {0};
    struct subject subject = {.octets = octets, .blocks = tally->cuts};
    size_t prefix_length = 0;
    for (; prefix[prefix_length] != '\0'; prefix_length++)
        octets[prefix_length] = prefix[prefix_length];
    for (size_t len = 0; len + tally->fewer <= LONGEST; len++) {
        subject.len = prefix_length + len;
        for (uint32_t i = 0; i < exhaustive_count(LETTERS, len); i++) {
            exhaustive_string(octets + prefix_length, len, i, alphabet, LETTERS);
            for (size_t k = 0; k <= subject.len; k++) {
                model_read(&subject.model, octets, k);
                subject.known[k] = subject.model.count;
                subject.inside[k] = subject.model.inside;
            }
            run_string(&subject, prefix_length, tally);
        }
    }
}

int main(int argc, char **argv)
{
    static const char *const prefixes[] = {"", "NOOP", "NOOP\r\n", mail};
    struct exhaustive_tally tally;
    if (exhaustive_start(&tally, argc, argv) != 0)
        return 2;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        run_prefix(prefixes[i], &tally);
    return exhaustive_finish(&tally);
}
