/* A line of a reply (RFC 5321 section 4.2) with its enhanced status code (RFC 2034 section 4, RFC 3463 section 2); what
 * xtext stands for (RFC 3461 section 4); a line of a SASL exchange (RFC 4954 section 4). */
#include "judge.h"
#include "values.h"

#include <stdlib.h>
#include <string.h>

/* textstring = 1*( %d09 / %d32-126 ); octets over 127 are delivered (deviations.abnf) */
static int is_text(unsigned char o) { return o == 9 || (o >= 32 && o != 127); }
static struct places text_octet(struct input *in, struct places from) { return octet(in, from, is_text); }

/* Reply-code = %x32-35 %x30-35 %x30-39 */
static struct places Reply_code(struct input *in, struct places from)
{
    return range(in, range(in, range(in, from, '2', '5'), '0', '5'), '0', '9');
}

/* lax-Reply-code = 3DIGIT */
static struct places lax_Reply_code(struct input *in, struct places from) { return repeat(in, from, 3, 3, DIGIT); }

/* Reply-code [ ( "-" / SP ) [ textstring ] ] (deviations.abnf) */
static struct places Reply_line(struct input *in, struct places from, rule *reply_code)
{
    struct places code = reply_code(in, from), separator = either(in, exact(in, code, "-"), exact(in, code, " "));
    return either(in, code, repeat(in, separator, 0, SIZE_MAX, text_octet));
}

/* sub-code = "0" / %x31-39 *2DIGIT (deviations.abnf) */
static struct places sub_code(struct input *in, struct places from)
{
    return either(in, exact(in, from, "0"), repeat(in, range(in, from, '1', '9'), 0, 2, DIGIT));
}

/* status-code = ( "2" / "4" / "5" ) "." sub-code "." sub-code */
static struct places status_code(struct input *in, struct places from)
{
    struct places class = either(in, exact(in, from, "2"), range(in, from, '4', '5'));
    return sub_code(in, exact(in, sub_code(in, exact(in, class, ".")), "."));
}

/* The text begins with an enhanced status code and a space, or is one. */
static void read_enhanced(struct input *in, struct reference_reply *reply)
{
    struct places ends = status_code(in, place(in, reply->text.at));
    size_t i, from = reply->text.at, dot;
    for (i = 0; i < ends.count; i++) {
        size_t end = ends.at[i];
        if (end < in->len && in->data[end] != ' ')
            continue;
        if (in->data[from] != in->data[0]) {
            reply->flags |= SMTPWIRE_FLAG_CLASS_MISMATCH;
            return;
        }
        for (dot = from + 2; in->data[dot] != '.'; dot++)
            ;
        reply->enhanced[0] = in->data[from] - '0';
        reply->enhanced[1] = (unsigned)decimal(in->data + from + 2, dot - from - 2);
        reply->enhanced[2] = (unsigned)decimal(in->data + dot + 1, end - dot - 1);
        end += end < in->len;
        reply->text = (struct reference_span){end < in->len, end, in->len - end};
        return;
    }
}

void reference_reply(const void *line, size_t len, const struct smtpwire_options *options,
                     struct reference_reply *reply)
{
    int lax = (options->lax & SMTPWIRE_LAX_REPLY_CODE) != 0;
    const unsigned char *data = line;
    struct input in;
    struct places ends;
    size_t i;
    memset(reply, 0, sizeof *reply);
    input_begin(&in, line, len);
    ends = Reply_line(&in, place(&in, 0), lax ? lax_Reply_code : Reply_code);
    reply->verdict = fault(has_place(ends, len) ? SMTPWIRE_ERROR_NONE : SMTPWIRE_ERROR_REPLY_SYNTAX, in.furthest);
    if (framing(line, len, &reply->verdict))
        reply->verdict.other = 0;
    /* Code and separator of a faulty line, where they could be read: three digits, then the line's end or SP or "-". */
    if (len >= 3 && is_DIGIT(data[0]) && (lax || (data[0] >= '2' && data[0] <= '5')) && is_DIGIT(data[1]) &&
        is_DIGIT(data[2]) && (len == 3 || strchr(" -\r\n", data[3]) != NULL) && (len == 3 || data[3] != '\0')) {
        reply->code = (unsigned)decimal(data, 3);
        reply->last = len == 3 || data[3] != '-';
    }
    if (reply->verdict.id == SMTPWIRE_ERROR_NONE) {
        if (len + 2 > 512) /* RFC 5321 section 4.5.3.1.5 */
            reply->flags |= SMTPWIRE_FLAG_LONG_LINE;
        reply->text = (struct reference_span){len > 4, 4, len > 4 ? len - 4 : 0};
        for (i = 0; i < len; i++)
            reply->flags |= data[i] > 127 ? SMTPWIRE_FLAG_EIGHT_BIT : 0;
        if (len > 4)
            read_enhanced(&in, reply);
    }
    input_end(&in);
}

ptrdiff_t reference_xtext_decode(const void *data, size_t len, unsigned char *out)
{
    const unsigned char *octets = data;
    ptrdiff_t count = 0;
    size_t i;
    for (i = 0; i < len; i++) {
        unsigned value = octets[i];
        if (value == '+') {
            char digits[3] = {0};
            if (len - i < 3 || !is_HEXDIG(octets[i + 1]) || !is_HEXDIG(octets[i + 2]))
                return -1;
            memcpy(digits, octets + i + 1, 2);
            value = (unsigned)strtoul(digits, NULL, 16);
            i += 2;
            if (value < 32 || value == 127)
                return -1;
        } else if (value < 33 || value > 126 || value == '=') {
            return -1;
        }
        out[count++] = (unsigned char)value;
    }
    return count;
}

int reference_auth_response(const void *data, size_t len)
{
    struct input in;
    struct places ends;
    int good;
    input_begin(&in, data, len);
    ends = either(&in, place(&in, 0), base64(&in, place(&in, 0)));
    ends = either(&in, ends, exact(&in, place(&in, 0), "*"));
    good = has_place(ends, len);
    input_end(&in);
    return good;
}
