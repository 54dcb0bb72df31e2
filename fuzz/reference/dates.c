/* Dates and times: RFC 3339 section 5.6, with the days that there are (section 5.7, appendix C). */
#include "values.h"

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/* full-date = date-fullyear "-" date-month "-" date-mday, month by month */
static struct places full_date(struct input *in, struct places from)
{
    struct places ends = none();
    size_t i;
    for (i = 0; i < from.count; i++) {
        struct places year = repeat(in, place(in, from.at[i]), 4, 4, DIGIT);
        unsigned month;
        if (year.count != 1) {
            continue;
        }
        year = exact(in, year, "-");
        for (month = 1; month <= 12; month++) {
            unsigned days = days_in((unsigned)decimal(in->data + from.at[i], 4), month);
            struct places day = exact(in, number(in, year, 2, month, month), "-");
            ends = either(in, ends, number(in, day, 2, 1, days));
        }
    }
    return ends;
}

/* time-secfrac = "." 1*DIGIT */
static struct places time_secfrac(struct input *in, struct places from)
{
    return repeat(in, exact(in, from, "."), 1, SIZE_MAX, DIGIT);
}

/* time-hour ":" time-minute ":" time-second, 60 being a leap second */
static struct places time_of_day(struct input *in, struct places from)
{
    struct places ends = exact(in, number(in, from, 2, 0, 23), ":");
    return number(in, exact(in, number(in, ends, 2, 0, 59), ":"), 2, 0, 60);
}

/* time-offset = "Z" / ( "+" / "-" ) time-hour ":" time-minute */
static struct places time_offset(struct input *in, struct places from)
{
    struct places sign = either(in, exact(in, from, "+"), exact(in, from, "-"));
    struct places ends = exact(in, number(in, sign, 2, 0, 23), ":");
    return either(in, text(in, from, "Z"), number(in, ends, 2, 0, 59));
}

static struct places date_and_time(struct input *in, struct places from)
{
    return time_of_day(in, text(in, full_date(in, from), "T"));
}

/* date-time = full-date "T" partial-time time-offset */
struct places date_time(struct input *in, struct places from)
{
    return time_offset(in, optional(in, date_and_time(in, from), time_secfrac));
}

/* RFC 4865 section 3: Internet-style-date-time-UTC */
struct places date_time_UTC(struct input *in, struct places from)
{
    return text(in, optional(in, date_and_time(in, from), time_secfrac), "Z");
}

/* RFC 7293 section 3.1: without time-secfrac, then [ ";" ( "C" / "R" ) ] */
struct places rrvs_value(struct input *in, struct places from)
{
    struct places ends = time_offset(in, date_and_time(in, from)), colon = exact(in, ends, ";");
    return either(in, ends, either(in, text(in, colon, "C"), text(in, colon, "R")));
}

void date_read(const unsigned char *data, size_t len, struct reference_parameter *into)
{
    static const unsigned char at[] = {0, 5, 8, 11, 14, 17};
    size_t i, end = 19;
    for (i = 0; i < 6; i++)
        into->date[i] = (unsigned)decimal(data + at[i], i == 0 ? 4 : 2);
    if (end < len && data[end] == '.') {
        for (end++; is_DIGIT(data[end]); end++)
            ;
        into->fraction = (struct reference_span){1, 20, end - 20};
    }
    if (end < len && (data[end] == '+' || data[end] == '-')) {
        into->date[6] = (unsigned)(decimal(data + end + 1, 2) * 60 + decimal(data + end + 4, 2));
        into->west = data[end] == '-';
    }
}
