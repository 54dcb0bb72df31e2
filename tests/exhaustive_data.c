/* The data stream against a model, exhaustively: every string over CR, LF, ".", "a" and NUL up to eight octets, in
 * every composition ("all") or whole and in every single cut ("cuts", for sanitizers).
 *
 * The model reads the whole string at once, from RFC 5321: section 4.5.2 (transparency), section 4.1.1.4 (CRLF "."
 * CRLF ends the content and nothing else does; the CRLF before the dot is content), section 2.3.8 (CR and LF only as
 * CRLF). It shares nothing with the parser but the public header. Octets over 127 and the session around the content
 * are not looked at here.
 *
 * SPDX-License-Identifier: MIT
 */
#include "smtpwire.h"

#include "exhaustive.h"

enum { LONGEST = 8, LONGEST_NUL = 6, LETTERS = 5 };

static const char alphabet[LETTERS] = {'\r', '\n', '.', 'a', '\0'};

/* ---- The model ------------------------------------------------------------------------------------------------ */

struct policy {
    const char *name;
    size_t longest;
    struct smtpwire_options options;
};

struct model {
    bool ended;
    size_t end;   /* where the final "." CRLF begins */
    size_t count; /* octets delivered */
    char octets[2 * LONGEST];
    uint8_t origin[2 * LONGEST]; /* where on the wire each of them stood */
    size_t max;                  /* octets that may be delivered (RFC 1870 section 6.3) */
    unsigned refused;            /* enum smtpwire_error_id */
    size_t refused_at;
    uint32_t flags;
    size_t longest;
};

/* What a string is to give, and how much of it is known when only its first k octets are there. */
struct subject {
    const struct policy *policy;
    const char *octets;
    size_t len;
    bool blocks;
    struct model model;
    size_t decided[LONGEST + 1];
};

static bool is_crlf(const char *s, size_t n, size_t i) { return i + 2 <= n && s[i] == '\r' && s[i + 1] == '\n'; }

static bool starts_line(const char *s, size_t i) { return i == 0 || (i >= 2 && is_crlf(s, i, i - 2)); }

/* Where the line that is a lone dot begins, n if there is none. */
static size_t find_end(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == '.' && starts_line(s, i) && is_crlf(s, n, i + 1))
            return i;
    return n;
}

/* Whether what s[i] means hangs on an octet that has not come: a CR may be half a CRLF, a dot that begins a line may
 * be the end. */
static bool is_undecided(const char *s, size_t n, size_t i)
{
    if (s[i] == '\r')
        return i + 1 == n;
    return s[i] == '.' && starts_line(s, i) && (i + 1 == n || (i + 2 == n && s[i + 1] == '\r'));
}

/* The kind that a policy can be set for, or -1. */
static int kind_of(const char *s, size_t n, size_t i)
{
    if (s[i] == '\r' && !is_crlf(s, n, i))
        return SMTPWIRE_CONTENT_BARE_CR;
    if (s[i] == '\n' && (i == 0 || s[i - 1] != '\r'))
        return SMTPWIRE_CONTENT_BARE_LF;
    return s[i] == '\0' ? SMTPWIRE_CONTENT_NUL : -1;
}

static void deliver(struct model *model, char octet, size_t origin)
{
    if (model->refused != SMTPWIRE_ERROR_NONE)
        return;
    if (model->count == model->max) {
        model->refused = SMTPWIRE_ERROR_MESSAGE_TOO_LARGE;
        model->refused_at = origin;
        return;
    }
    model->octets[model->count] = octet;
    model->origin[model->count] = (uint8_t)origin;
    model->count++;
}

static void refuse(struct model *model, int kind, size_t at)
{
    static const unsigned error[] = {[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_ERROR_CONTENT_BARE_LF,
                                     [SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_ERROR_CONTENT_BARE_CR,
                                     [SMTPWIRE_CONTENT_NUL] = SMTPWIRE_ERROR_CONTENT_NUL};
    if (model->refused != SMTPWIRE_ERROR_NONE)
        return;
    model->refused = error[kind];
    model->refused_at = at;
}

/* The flags tell what was received, whether it was delivered or refused. */
static void apply_policy(struct model *model, int kind, uint8_t policy, char octet, size_t at)
{
    static const uint32_t flag[] = {[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_FLAG_BARE_LF,
                                    [SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_FLAG_BARE_CR,
                                    [SMTPWIRE_CONTENT_NUL] = SMTPWIRE_FLAG_NUL};
    if (policy == SMTPWIRE_POLICY_DEFAULT)
        policy = kind == SMTPWIRE_CONTENT_NUL ? SMTPWIRE_POLICY_PASS : SMTPWIRE_POLICY_REJECT;
    model->flags |= flag[kind];
    if (policy == SMTPWIRE_POLICY_REJECT) {
        refuse(model, kind, at);
    } else if (policy == SMTPWIRE_POLICY_NORMALISE) {
        deliver(model, '\r', at);
        deliver(model, '\n', at);
    } else {
        deliver(model, octet, at);
    }
}

/* The longest line of s[0..n), which is whole lines: CRLF counted, the dot that was put in front not. */
static size_t longest_line(const char *s, size_t n)
{
    size_t longest = 0, start = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_crlf(s, n, i))
            continue;
        size_t line = i + 2 - start - (s[start] == '.');
        longest = line > longest ? line : longest;
        start = i + 2;
    }
    return longest;
}

static void model_read(struct model *model, const char *s, size_t n, const struct smtpwire_options *options)
{
    uint32_t limit = options->limit[SMTPWIRE_LIMIT_TEXT_LINE];
    model->end = find_end(s, n);
    model->ended = model->end < n;
    model->count = model->refused_at = 0;
    model->max = options->message_max ? (size_t)options->message_max : SIZE_MAX;
    model->refused = SMTPWIRE_ERROR_NONE;
    model->flags = 0;
    for (size_t i = 0; i < model->end; i++) {
        if (is_undecided(s, n, i))
            break;
        int kind = kind_of(s, n, i);
        if (kind >= 0)
            apply_policy(model, kind, options->content[kind], s[i], i);
        else if (s[i] != '.' || !starts_line(s, i))
            deliver(model, s[i], i);
    }
    model->longest = model->ended ? longest_line(s, model->end) : 0;
    if (model->longest > (limit ? limit : 1000))
        model->flags |= SMTPWIRE_FLAG_LONG_LINE;
}

/* ---- One run -------------------------------------------------------------------------------------------------- */

struct run {
    const struct subject *subject;
    struct exhaustive_difference *diff;
    uint32_t mask; /* the cuts so far */
    struct exhaustive_feed feed;
    size_t delivered; /* octets so far */
    size_t wire;      /* where the wire extent of the last piece ended */
    unsigned pushes;
    bool ended;
    struct smtpwire_data data;
};

/* A piece: the next octets of the model, with the stretch of the wire that they stood on and no other's. */
static bool check_content(struct run *run, const struct smtpwire_event *event)
{
    const struct model *model = &run->subject->model;
    size_t len = event->content.len, from = run->delivered;
    if (!exhaustive_same(run->diff, "CONTENT is empty", 0, len == 0) ||
        !exhaustive_same(run->diff, "octets delivered beyond the model's", 0,
                         len > model->count - from ? len - (model->count - from) : 0))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!exhaustive_same(run->diff, "octet delivered", (unsigned char)model->octets[from + i],
                             (unsigned char)event->content.data[i]))
            return false;
    run->delivered += len;
    size_t end = (size_t)model->origin[from + len - 1] + 1;
    if (!exhaustive_same(run->diff, "CONTENT at", model->origin[from], event->at) ||
        !exhaustive_same(run->diff, "CONTENT len", end - model->origin[from], event->len) ||
        !exhaustive_same(run->diff, "CONTENT overlaps the one before", 0, event->at < run->wire))
        return false;
    run->wire = end;
    return true;
}

static bool check_end(const struct run *run, const struct smtpwire_event *event)
{
    const struct model *model = &run->subject->model;
    struct exhaustive_difference *diff = run->diff;
    bool refused = model->refused != SMTPWIRE_ERROR_NONE;
    return exhaustive_same(diff, "END", model->ended, true) &&
           exhaustive_same(diff, "octets done with at END", model->end + 3, run->feed.done) &&
           exhaustive_same(diff, "octets delivered at END", model->count, run->delivered) &&
           exhaustive_same(diff, "END at", model->end, event->at) && exhaustive_same(diff, "END len", 3, event->len) &&
           exhaustive_same(diff, "size", model->count, event->end.size) &&
           exhaustive_same(diff, "longest", model->longest, event->end.longest) &&
           exhaustive_same(diff, "flags", model->flags, event->end.flags) &&
           exhaustive_same(diff, "zero", 0, event->end.zero) &&
           exhaustive_same_id(diff, "error id", smtpwire_error_name, model->refused, event->error.id) &&
           (!refused ||
            (exhaustive_same(diff, "error offset", model->refused_at, event->error.offset) &&
             exhaustive_same(diff, "error code", model->refused == SMTPWIRE_ERROR_MESSAGE_TOO_LARGE ? 552 : 554,
                             event->error.code)));
}

/* Nothing is kept back but what is undecided. */
static bool check_more(const struct run *run, const struct smtpwire_event *event)
{
    const struct subject *subject = run->subject;
    size_t shown = run->feed.shown;
    return exhaustive_same(run->diff, "MORE behind the end of the content", 0,
                           subject->model.ended && shown >= subject->model.end + 3) &&
           exhaustive_same(run->diff, "octets done with at MORE", shown, run->feed.done) &&
           exhaustive_same(run->diff, "octets delivered at MORE", subject->decided[shown], run->delivered) &&
           exhaustive_same(run->diff, "inside", SMTPWIRE_INSIDE_CONTENT, event->inside);
}

/* One push. The event is left as it comes: of it, only the members of its kind are written. */
static bool push(struct run *run, struct smtpwire_event *event)
{
    size_t len = exhaustive_feed_len(&run->feed);
    size_t done = smtpwire_data_push(&run->data, exhaustive_feed_data(&run->feed), len, event);
    if (!exhaustive_same(run->diff, "octets done with beyond those pushed", 0, done > len ? done - len : 0) ||
        !exhaustive_same(run->diff, "push says MORE in the end", true, ++run->pushes < 8 * LONGEST))
        return false;
    run->feed.done += done;
    return true;
}

/* Push the input up to `upto` under the contract of push. */
static bool push_part(struct run *run, size_t upto)
{
    exhaustive_feed_more(&run->feed, upto);
    for (;;) {
        struct smtpwire_event event;
        if (!push(run, &event))
            return false;
        if (event.kind == SMTPWIRE_MORE)
            return check_more(run, &event);
        if (event.kind == SMTPWIRE_END) {
            run->ended = true;
            return check_end(run, &event);
        }
        if (!exhaustive_same(run->diff, "kind of event", SMTPWIRE_CONTENT, event.kind) || !check_content(run, &event))
            return false;
    }
}

/* After END, the octets behind it are not the data stream's, and it says so again. */
static bool push_after_end(struct run *run)
{
    struct smtpwire_event event;
    return push(run, &event) && exhaustive_same(run->diff, "kind of event after END", SMTPWIRE_END, event.kind) &&
           check_end(run, &event);
}

static bool start_run(struct run *run, const struct subject *subject, struct exhaustive_difference *diff)
{
    run->subject = subject;
    run->diff = diff;
    run->mask = 0;
    run->delivered = run->wire = 0;
    run->pushes = 0;
    run->ended = false;
    exhaustive_feed_start(&run->feed, subject->octets, subject->blocks);
    return exhaustive_same(diff, "init", 0, smtpwire_data_init(&run->data, &subject->policy->options) != 0);
}

static bool finish_run(struct run *run)
{
    return (!run->ended || push_after_end(run)) &&
           exhaustive_same(run->diff, "END", run->subject->model.ended, run->ended);
}

static bool run_cut(const struct subject *subject, uint32_t mask, struct exhaustive_difference *diff)
{
    struct run run; /* the state is whatever the stack holds: init must set all of it */
    bool good = start_run(&run, subject, diff);
    for (size_t k = 0; good && !run.ended && k <= subject->len; k++)
        if (mask >> k & 1)
            good = push_part(&run, k);
    if (good && !run.ended)
        good = push_part(&run, subject->len);
    good = good && finish_run(&run);
    exhaustive_feed_drop(&run.feed);
    return good;
}

/* ---- All of them ---------------------------------------------------------------------------------------------- */

/* Whole, and in every single cut. */
static void run_cuts(const struct subject *subject, struct exhaustive_tally *tally)
{
    struct exhaustive_difference diff;
    for (size_t way = 0; way < subject->len + 2; way++) {
        uint32_t mask = way == 0 ? 0 : 1U << (way - 1);
        if (!run_cut(subject, mask, &diff)) {
            exhaustive_failed(tally, subject->octets, subject->len, subject->policy->name, mask, &diff);
            return;
        }
    }
    tally->passed++;
}

/* The runs of each beginning of the string, in every composition, that have not ended: a longer string goes on with
 * copies of them. */
struct beginnings {
    size_t count[LONGEST + 1];
    struct run runs[LONGEST + 1][1 << (LONGEST - 1)];
};

/* Every composition of the string, of which all beginnings have run: one of a beginning, then the rest as one part. */
static void run_compositions(const struct subject *subject, struct beginnings *before, struct exhaustive_tally *tally)
{
    struct exhaustive_difference diff;
    const size_t n = subject->len;
    before->count[n] = 0;
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < before->count[k]; i++) {
            struct run *run = &before->runs[n][before->count[n]];
            *run = before->runs[k][i];
            run->subject = subject;
            run->diff = &diff;
            run->mask |= k == 0 ? 0 : 1U << k;
            struct run ended;
            if (!push_part(run, n) || (ended = *run, !finish_run(&ended))) {
                exhaustive_failed(tally, subject->octets, n, subject->policy->name, run->mask, &diff);
                return;
            }
            before->count[n] += !run->ended;
        }
    }
    tally->passed++;
}

/* The model of a string begins as that of its beginning, by which was judged what was delivered until then. */
static bool goes_on(const struct model *before, const struct model *model)
{
    return before->ended ||
           (before->count <= model->count && memcmp(before->octets, model->octets, before->count) == 0 &&
            memcmp(before->origin, model->origin, before->count) == 0);
}

/* The string, and all longer ones that begin with it, in every composition. */
static void run_longer(const struct subject *subject, char *octets, struct beginnings *before,
                       struct exhaustive_tally *tally)
{
    const size_t n = subject->len;
    struct subject longer = *subject;
    struct exhaustive_difference diff;
    if (n == subject->policy->longest)
        return;
    longer.len = n + 1;
    for (size_t letter = 0; letter < LETTERS; letter++) {
        octets[n] = alphabet[letter];
        model_read(&longer.model, octets, n + 1, &subject->policy->options);
        longer.decided[n + 1] = longer.model.count;
        if (exhaustive_same(&diff, "the model goes on", true, goes_on(&subject->model, &longer.model)))
            run_compositions(&longer, before, tally);
        else
            exhaustive_failed(tally, octets, n + 1, subject->policy->name, 0, &diff);
        run_longer(&longer, octets, before, tally);
    }
}

static void run_all_compositions(const struct policy *policy, struct exhaustive_tally *tally)
{
    static struct beginnings before;
    char octets[LONGEST] = {0};
    struct subject empty = {.policy = policy, .octets = octets};
    struct exhaustive_difference diff;
    model_read(&empty.model, octets, 0, &policy->options);
    memset(&before, 0xA5, sizeof before); /* init must set all of the state */
    before.count[0] = 1;
    if (start_run(&before.runs[0][0], &empty, &diff) && run_cut(&empty, 0, &diff))
        tally->passed++;
    else
        exhaustive_failed(tally, octets, 0, policy->name, 0, &diff);
    run_longer(&empty, octets, &before, tally);
}

static void run_all_cuts(const struct policy *policy, struct exhaustive_tally *tally)
{
    char octets[LONGEST] = {0};
    struct subject subject = {.policy = policy, .octets = octets, .blocks = true};
    for (size_t len = 0; len + tally->fewer <= policy->longest; len++) {
        subject.len = len;
        for (uint32_t i = 0; i < exhaustive_count(LETTERS, len); i++) {
            exhaustive_string(octets, len, i, alphabet, LETTERS);
            for (size_t k = 0; k <= len; k++) {
                model_read(&subject.model, octets, k, &policy->options);
                subject.decided[k] = subject.model.count;
            }
            run_cuts(&subject, tally);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct policy policies[] = {
        {"by default", LONGEST, {.lax = 0}},
        {"passing",
         LONGEST,
         {.content =
              {[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_PASS, [SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_POLICY_PASS},
          .limit = {[SMTPWIRE_LIMIT_TEXT_LINE] = 4}}},
        {"normalising",
         LONGEST,
         {.content = {[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_NORMALISE,
                      [SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_POLICY_NORMALISE},
          .limit = {[SMTPWIRE_LIMIT_TEXT_LINE] = 3}}},
        {"refusing NUL", LONGEST_NUL, {.content = {[SMTPWIRE_CONTENT_NUL] = SMTPWIRE_POLICY_REJECT}}},
        {"refusing NUL only",
         LONGEST_NUL,
         {.content = {[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_NORMALISE,
                      [SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_POLICY_PASS,
                      [SMTPWIRE_CONTENT_NUL] = SMTPWIRE_POLICY_REJECT}}},
        {"at most 2", LONGEST_NUL, {.message_max = 2}},
        {"at most 3, passing",
         LONGEST_NUL,
         {.message_max = 3,
          .content =
              {[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_PASS, [SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_POLICY_PASS}}},
        {"at most 1, normalising",
         LONGEST,
         {.message_max = 1,
          .content = {[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_NORMALISE,
                      [SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_POLICY_NORMALISE}}},
        {"at most 2, normalising",
         LONGEST_NUL,
         {.message_max = 2,
          .content = {[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_NORMALISE,
                      [SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_POLICY_NORMALISE,
                      [SMTPWIRE_CONTENT_NUL] = SMTPWIRE_POLICY_REJECT}}},
    };
    struct exhaustive_tally tally;
    if (exhaustive_start(&tally, argc, argv) != 0)
        return 2;
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
        (tally.cuts ? run_all_cuts : run_all_compositions)(&policies[i], &tally);
    return exhaustive_finish(&tally);
}
