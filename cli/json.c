#include "json.h"

#include <stdlib.h>

/* Octets as U+0000 to U+00FF, in UTF-8. */
static json_t *json_octets(struct smtpwire_slice text)
{
    char *utf8 = malloc(2 * text.len + 1);
    json_t *string;
    size_t i, len = 0;
    if (utf8 == NULL)
        return NULL;
    for (i = 0; i < text.len; i++) {
        unsigned char octet = (unsigned char)text.data[i];
        if (octet < 128) {
            utf8[len++] = (char)octet;
        } else {
            utf8[len++] = (char)(0xC0 | octet >> 6);
            utf8[len++] = (char)(0x80 | (octet & 0x3F));
        }
    }
    string = json_stringn(utf8, len);
    free(utf8);
    return string;
}

static json_t *json_parameters(struct smtpwire_slice rest)
{
    json_t *array = json_array();
    struct smtpwire_parameter parameter;
    while (smtpwire_parameter_next(&rest, &parameter)) {
        json_t *object = json_object();
        json_object_set_new(object, "name", json_octets(parameter.keyword));
        if (parameter.value.data != NULL)
            json_object_set_new(object, "value", json_octets(parameter.value));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *json_value(const struct value *value)
{
    struct smtpwire_slice rest = value->text, hop;
    json_t *array;
    size_t i;
    switch (value->type) {
    case TYPE_TEXT:
        return json_octets(value->text);
    case TYPE_PARAMETERS:
        return json_parameters(value->text);
    case TYPE_ROUTE:
        array = json_array();
        while (record_next_hop(&rest, &hop))
            json_array_append_new(array, json_octets(hop));
        return array;
    case TYPE_NUMBER:
        if (value->number > INT64_MAX)
            return json_sprintf("%llu", (unsigned long long)value->number);
        return json_integer((json_int_t)value->number);
    case TYPE_SIGNED:
        return json_integer((json_int_t)value->number);
    case TYPE_LIST:
        array = json_array();
        for (i = 0; i < value->count; i++)
            json_array_append_new(array, json_octets(value->items[i]));
        return array;
    default:
        return json_true();
    }
}

json_t *record_json(const struct record *record)
{
    json_t *object = json_object();
    unsigned key;
    for (key = 0; key < KEY_COUNT; key++)
        if (record->value[key].type != TYPE_ABSENT)
            json_object_set_new(object, record_key_names[key], json_value(&record->value[key]));
    return object;
}

void record_print_json(const struct record *record, FILE *out)
{
    json_t *object = record_json(record);
    json_dumpf(object, out, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);
    fputc('\n', out);
    json_decref(object);
}
