/* Dot-stuffing, all strings over CR, LF, dot and a letter up to seven octets, in every way to cut them and with room
 * for one slice and for many: what comes out is what a model written from RFC 5321 section 4.5.2 says, and the parser
 * of content gives the input back.
 *
 * Each piece is a heap block of exactly its size that is overwritten and freed once its slices are copied out.
 */
#include "smtpwire.h"

#include "exhaustive.h"

enum { LENGTH_MAX = 7, SLICES_MAX = 16 };

static unsigned long passed, failed;

struct outcome {
    char octets[64];
    size_t len;
    uint16_t error;
    uint64_t offset;
};

static void add(struct outcome *outcome, const char *octets, size_t len)
{
    if (len == 0)
        return;
    if (len > sizeof outcome->octets - outcome->len)
        abort();
    memcpy(outcome->octets + outcome->len, octets, len);
    outcome->len += len;
}

static bool same(const struct outcome *a, const struct outcome *b)
{
    return a->error == b->error && a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0 &&
           (a->error == SMTPWIRE_ERROR_NONE || a->offset == b->offset);
}

/* ---- The model: first the lines' ends, then the dots, then the end ---- */

/* Content with bare CR and bare LF repaired, or up to the first one that is refused. */
static void repair(struct outcome *out, const char *in, size_t len, bool refuse)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < len; i++) {
        const bool pair = in[i] == '\r' && i + 1 < len && in[i + 1] == '\n';
        if (!pair && refuse && (in[i] == '\r' || in[i] == '\n')) {
            out->error = in[i] == '\r' ? SMTPWIRE_ERROR_CONTENT_BARE_CR : SMTPWIRE_ERROR_CONTENT_BARE_LF;
            out->offset = i;
            return;
        }
        if (in[i] == '\r' || in[i] == '\n')
            add(out, "\r\n", 2);
        else
            add(out, in + i, 1);
        i += pair;
    }
}

static bool ends_line(const struct outcome *content)
{
    return content->len == 0 || content->octets[content->len - 1] == '\n';
}

static void stuff(struct outcome *out, const struct outcome *content)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < content->len; i++) {
        if (content->octets[i] == '.' && (i == 0 || content->octets[i - 1] == '\n'))
            add(out, ".", 1);
        add(out, content->octets + i, 1);
    }
    out->error = content->error;
    out->offset = content->offset;
    if (out->error == SMTPWIRE_ERROR_NONE)
        add(out, ends_line(content) ? ".\r\n" : "\r\n.\r\n", ends_line(content) ? 3 : 5);
}

/* ---- The library ---- */

static void refused(struct outcome *out, const struct smtpwire_error *error)
{
    out->error = error->id;
    out->offset = error->offset;
}

/* One piece. False if it was refused. */
static bool push(struct smtpwire_stuff *state, struct outcome *out, const char *in, size_t len, size_t max)
{
    struct smtpwire_slice slices[SLICES_MAX];
    struct smtpwire_error error;
    char *piece = malloc(len); /* NOLINT(clang-analyzer-optin.portability.UnixAPI): none is a block too */
    size_t at = 0, taken;
    ptrdiff_t count = 0;

    if (piece == NULL)
        abort();
    if (len != 0)
        memcpy(piece, in, len);
    do {
        count = smtpwire_stuff_push(state, piece + at, len - at, &taken, slices, max, &error);
        for (ptrdiff_t i = 0; i < count; i++)
            add(out, slices[i].data, slices[i].len);
        at += taken;
    } while (count >= 0 && at < len);
    if (count < 0)
        refused(out, &error);
    if (len != 0)
        memset(piece, 0xEE, len);
    free(piece);
    return count >= 0;
}

static void run(struct outcome *out, const char *in, size_t len, uint32_t cuts, size_t max,
                const struct smtpwire_options *options)
{
    struct smtpwire_stuff state;
    struct smtpwire_slice slice;
    struct smtpwire_error error;
    size_t begin = 0;

    memset(out, 0, sizeof *out);
    memset(&state, 0xA5, sizeof state);
    if (smtpwire_stuff_init(&state, options) < 0)
        abort();
    for (size_t i = 0; i <= len; i++) {
        if (i != len && (cuts >> i & 1) == 0)
            continue;
        if (!push(&state, out, in + begin, i - begin, max))
            return;
        begin = i;
    }
    if (smtpwire_stuff_end(&state, &slice, &error) < 0)
        refused(out, &error);
    else
        add(out, slice.data, slice.len);
}

/* What the parser of content delivers of it. */
static bool reads_back(const struct outcome *wire, const struct outcome *content)
{
    struct smtpwire_data data;
    struct smtpwire_event event;
    struct outcome got;
    size_t pos = 0;

    memset(&got, 0, sizeof got);
    smtpwire_data_init(&data, NULL);
    do {
        pos += smtpwire_data_push(&data, wire->octets + pos, wire->len - pos, &event);
        if (event.kind == SMTPWIRE_CONTENT)
            add(&got, event.content.data, event.content.len);
    } while (event.kind == SMTPWIRE_CONTENT);
    if (event.kind != SMTPWIRE_END || event.error.id != SMTPWIRE_ERROR_NONE || pos != wire->len)
        return false;
    if (!ends_line(content))
        got.len -= 2;
    return got.len == content->len && memcmp(got.octets, content->octets, got.len) == 0;
}

static void check(bool good, const char *what, const char *in, size_t len, const struct outcome *got)
{
    passed += good;
    failed += !good;
    if (good || failed > 20)
        return;
    printf("FAILED %s: ", what);
    exhaustive_print(in, len);
    printf(" -> ");
    exhaustive_print(got->octets, got->len);
    printf(" %s at %d\n", smtpwire_error_name(got->error), (int)got->offset);
}

static void check_string(const char *in, size_t len)
{
    struct smtpwire_options normalise;
    memset(&normalise, 0, sizeof normalise);
    normalise.content[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_NORMALISE;
    normalise.content[SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_POLICY_NORMALISE;
    for (int strict = 0; strict < 2; strict++) {
        struct outcome content, expected, got;
        bool good = true;
        repair(&content, in, len, strict);
        stuff(&expected, &content);
        for (uint32_t cuts = 0; cuts < UINT32_C(1) << len && good; cuts++)
            for (size_t max = 1; max <= SLICES_MAX && good; max *= SLICES_MAX) {
                run(&got, in, len, cuts, max, strict ? NULL : &normalise);
                good = same(&got, &expected);
            }
        check(good, strict ? "refusing" : "repairing", in, len, &got);
        if (content.error == SMTPWIRE_ERROR_NONE)
            check(reads_back(&expected, &content) && reads_back(&got, &content), "read back", in, len, &got);
    }
}

int main(int argc, char **argv)
{
    const size_t longest = argc == 2 && strcmp(argv[1], "short") == 0 ? LENGTH_MAX - 2 : LENGTH_MAX;
    char octets[LENGTH_MAX];
    for (size_t len = 0; len <= longest; len++)
        for (uint32_t i = 0; i < exhaustive_count(4, len); i++) {
            exhaustive_string(octets, len, i, "\r\n.a", 4);
            check_string(octets, len);
        }
    printf("%lu passed, %lu failed\n", passed, failed);
    return failed != 0;
}
