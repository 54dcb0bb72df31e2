# Dates and times.
#
# Source: RFC 3339 section 5.6, with the ranges of section 5.7.
# Needs machines: core. Needs actions: none.
# Deviations (grammar/abnf/deviations.abnf): the ranges that the RFC gives in words are part of the rules, leap years
# included. A second of 60 is let through at any time, since when a leap second comes is not for a grammar to know.
%%{
    machine date;

    # RFC 3339 section 5.6
    date_fullyear  = DIGIT{4};
    date_month     = "0" [1-9] | "1" [0-2];
    date_mday      = "0" [1-9] | [12] DIGIT | "3" [01];
    time_hour      = [01] DIGIT | "2" [0-3];
    time_minute    = [0-5] DIGIT;
    time_second    = [0-5] DIGIT | "60";
    time_secfrac   = "." DIGIT+;
    time_numoffset = ( "+" | "-" ) time_hour ":" time_minute;
    time_offset    = "Z"i | time_numoffset;
    partial_time   = time_hour ":" time_minute ":" time_second time_secfrac?;
    full_time      = partial_time time_offset;

    # RFC 3339 section 5.7 and appendix C
    by_four   = [02468] [048] | [13579] [26];
    leap_year = DIGIT{2} ( by_four - "00" ) | by_four "00";
    month_day = date_month "-" date_mday
              - ( "02-29" | "02-30" | "02-31" | ( "04" | "06" | "09" | "11" ) "-31" );

    # RFC 3339 section 5.6
    full_date = date_fullyear "-" month_day | leap_year "-02-29";
    date_time = full_date "T"i full_time;
}%%
