#include "record.h"

#include <string.h>

/* ---- key=value, the form of the test vectors ---- */

static void print_escaped(const char *text, size_t len, char quote, FILE *out)
{
    size_t i;
    for (i = 0; i < len; i++) {
        unsigned char octet = (unsigned char)text[i];
        if (octet == '\r')
            fputs("\\r", out);
        else if (octet == '\n')
            fputs("\\n", out);
        else if (octet == '\\' || (quote != 0 && octet == (unsigned char)quote))
            fprintf(out, "\\%c", octet);
        else if (octet < 32 || octet > 126)
            fprintf(out, "\\x%02x", octet);
        else
            fputc(octet, out);
    }
}

static void print_text(struct smtpwire_slice text, FILE *out)
{
    int quote = memchr(text.data, ' ', text.len) != NULL || memchr(text.data, '"', text.len) != NULL;
    if (quote)
        fputc('"', out);
    print_escaped(text.data, text.len, quote ? '"' : '\0', out);
    if (quote)
        fputc('"', out);
}

static void print_value(const struct value *value, FILE *out)
{
    struct smtpwire_slice rest = value->text, hop;
    size_t i;
    switch (value->type) {
    case TYPE_TEXT:
    case TYPE_PARAMETERS:
        print_text(rest, out);
        break;
    case TYPE_ROUTE:
        while (record_next_hop(&rest, &hop)) {
            print_escaped(hop.data, hop.len, '\0', out);
            if (rest.len != 0)
                fputc(',', out);
        }
        break;
    case TYPE_NUMBER:
        fprintf(out, "%llu", (unsigned long long)value->number);
        break;
    case TYPE_SIGNED:
        fprintf(out, "%lld", (long long)value->number);
        break;
    case TYPE_LIST:
        for (i = 0; i < value->count; i++) {
            if (i != 0)
                fputc(',', out);
            print_escaped(value->items[i].data, value->items[i].len, '\0', out);
        }
        break;
    default:
        fputs("true", out);
        break;
    }
}

static void print_from(const struct record *record, enum key from, FILE *out)
{
    unsigned key;
    for (key = from; key < KEY_COUNT; key++)
        if (record->value[key].type != TYPE_ABSENT && key != KEY_expected) {
            fprintf(out, " %s=", record_key_names[key]);
            print_value(&record->value[key], out);
        }
}

void record_print_log(const struct record *record, FILE *out)
{
    print_text(record->value[KEY_event].text, out);
    print_from(record, KEY_at, out);
    fputc('\n', out);
}

/* ---- for people ---- */

enum { BEFORE_CARET = 70, AFTER_CARET = 24 };

static const char red[] = "\033[31m", bold[] = "\033[1m", plain[] = "\033[0m";

static size_t shown_width(char octet)
{
    unsigned char o = (unsigned char)octet;
    return o == '\r' || o == '\n' || o == '\\' ? 2 : o < 32 || o > 126 ? 4 : 1;
}

/* The faulty line, or the part of it around the fault, and a caret under the fault. */
static void print_caret(const struct record *record, FILE *out, int colour)
{
    const uint64_t offset = record->value[KEY_offset].number - record->line_at;
    size_t begin = 0, end = record->line.len, column = 0, i;

    if (offset > BEFORE_CARET)
        begin = (size_t)offset - BEFORE_CARET;
    if (end > offset + AFTER_CARET)
        end = (size_t)offset + AFTER_CARET;
    fputs("        ", out);
    print_escaped(record->line.data + begin, end - begin, '\0', out);
    fputs("\n        ", out);
    for (i = begin; i < record->line.len && i < offset; i++)
        column += shown_width(record->line.data[i]);
    fprintf(out, "%*s%s^%s ", (int)column, "", colour ? red : "", colour ? plain : "");
}

static unsigned error_id(const struct record *record)
{
    const struct smtpwire_slice *text = &record->value[KEY_error].text;
    unsigned id;
    for (id = 1; id < SMTPWIRE_ERROR_COUNT; id++)
        if (strlen(smtpwire_error_name(id)) == text->len && memcmp(smtpwire_error_name(id), text->data, text->len) == 0)
            break;
    return id;
}

static void print_error(const struct record *record, FILE *out, int colour)
{
    const struct value *expected = &record->value[KEY_expected];
    const unsigned id = error_id(record);
    if (record->line.data != NULL)
        print_caret(record, out, colour);
    else
        fprintf(out, "        at %llu: ", (unsigned long long)record->value[KEY_offset].number);
    if (expected->type != TYPE_ABSENT)
        fprintf(out, "expected %.*s", (int)expected->text.len, expected->text.data);
    else
        fputs(smtpwire_error_text(id), out);
    if (expected->type == TYPE_ABSENT && smtpwire_error_rfc(id)[0] != '\0')
        fprintf(out, " (%s)", smtpwire_error_rfc(id));
    if (record->value[KEY_reply].type != TYPE_ABSENT) {
        fprintf(out, "   %s", record->value[KEY_reply].room);
    }
    fputc('\n', out);
}

void record_print_people(const struct record *record, FILE *out, int colour)
{
    const struct value *event = &record->value[KEY_event];
    const int error = record->value[KEY_error].type != TYPE_ABSENT;
    unsigned key;

    fprintf(out, "%6llu  %s", (unsigned long long)record->value[KEY_at].number, !colour ? "" : error ? red : bold);
    fprintf(out, "%-8.*s%s", (int)event->text.len, event->text.data, colour ? plain : "");
    for (key = KEY_verb; key < KEY_COUNT; key++) {
        if (record->value[key].type == TYPE_ABSENT || key == KEY_offset || key == KEY_expected || key == KEY_reply)
            continue;
        fputc(' ', out);
        if (key != KEY_verb && key != KEY_path && key != KEY_data && key != KEY_code && key != KEY_text)
            fprintf(out, "%s=", record_key_names[key]);
        print_value(&record->value[key], out);
    }
    fputc('\n', out);
    if (error)
        print_error(record, out, colour);
}
