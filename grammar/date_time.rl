# Dates and times that exist.
#
# Source: RFC 3339 section 5.6 and appendix C (leap years), RFC 4865 section 3, RFC 7293 section 3.1.
# Needs machines: core. Needs actions: none.
# Deviations (grammar/abnf/deviations.abnf): what the RFC says in comments is part of the rules: the range of each
# number, the days of each month. HOLDUNTIL is in UTC, written Z; RRVS has no time-secfrac.
%%{
    machine date_time;

    # RFC 3339 section 5.6
    date_fullyear = DIGIT{4};
    date_month    = "0" [1-9] | "1" [0-2];
    date_mday     = "0" [1-9] | [12] DIGIT | "3" [01];
    time_hour     = [01] DIGIT | "2" [0-3];
    time_minute   = [0-5] DIGIT;
    time_second   = [0-5] DIGIT | "60";
    time_secfrac  = "." DIGIT+;

    time_numoffset = ( "+" | "-" ) time_hour ":" time_minute;
    time_offset    = "Z"i | time_numoffset;
    partial_time   = time_hour ":" time_minute ":" time_second time_secfrac?;
    full_time      = partial_time time_offset;

    # RFC 3339 appendix C: divisible by 4, and by 400 if by 100
    leap_year = DIGIT{2} ( "0" [48] | [2468] [048] | [13579] [26] )
              | ( [02468] [048] | [13579] [26] ) "00";
    full_date = date_fullyear "-" ( "0" [13578] | "1" [02] ) "-" date_mday
              | date_fullyear "-" ( "0" [469] | "11" ) "-" ( date_mday - "31" )
              | date_fullyear "-02-" ( "0" [1-9] | "1" DIGIT | "2" [0-8] )
              | leap_year "-02-29";
    date_time = full_date "T"i full_time;

    # RFC 4865 section 3
    future_release_date_time = full_date "T"i partial_time "Z"i;

    # RFC 7293 section 3.1
    rrvs_value = full_date "T"i time_hour ":" time_minute ":" time_second time_offset ( ";" [CRcr] )?;
}%%
