# What the parameters of MAIL and RCPT take as values, but for those in xtext.rl and date_time.rl.
#
# Source: RFC 1870, RFC 6152, RFC 3030, RFC 3461, RFC 2852, RFC 4865, RFC 6710, RFC 3885, RFC 3865, RFC 1845, and
# Postfix's VERP_README.
# Needs machines: core, common. Needs actions: none.
# Deviations (grammar/abnf/deviations.abnf): NOTIFY has no null elements; BY=...;R is over zero; MTRK's base64 has no
# padding, since "=" cannot stand in a value. Lengths and numbers over 64 bits are checked in C.
%%{
    machine parameter_value;

    # RFC 1870 section 3
    size_value = DIGIT{1,20};

    # RFC 6152 section 2, RFC 3030 section 3
    body_value = "7BIT"i | "8BITMIME"i | "BINARYMIME"i;

    # RFC 3461 section 4.3
    ret_value = "FULL"i | "HDRS"i;

    # RFC 3461 section 4.1
    notify_list_element = "SUCCESS"i | "FAILURE"i | "DELAY"i;
    notify_esmtp_value  = "NEVER"i | notify_list_element ( "," notify_list_element )*;

    # RFC 2852 section 4
    by_time  = ( "-" | "+" )? DIGIT{1,9};
    by_mode  = [NRnr];
    by_trace = "T"i;
    by_value = ( by_time ";" by_mode by_trace? ) - ( ( "-" DIGIT+ | "+"? "0"+ ) ";" [Rr] any* );

    # RFC 4865 section 3
    future_release_interval = future_release_integer;

    # RFC 6710 section 7
    NZDIGIT        = 0x31..0x39;
    priority_value = "-"? NZDIGIT | "0";

    # RFC 3885 section 3.1
    mtrk_certifier = base64_char{4}+ | base64_char{4}* ( base64_char{2} | base64_char{3} );
    mtrk_timeout   = DIGIT{1,9};
    mtrk_value     = mtrk_certifier ( ":" mtrk_timeout )?;

    # RFC 1845 section 2; tspecials are those of RFC 1521 section 4
    tspecials      = "(" | ")" | "<" | ">" | "@" | "," | ";" | ":" | 0x5C | 0x22 | "/" | "[" | "]" | "?" | "=";
    transid_atom   = ( 33..126 - tspecials - "." )+;
    transid_token  = transid_atom ( "." transid_atom )*;
    transid_local  = transid_token;
    transid_domain = transid_token;
    transid_spec   = transid_local "@" transid_domain;
    transid_value  = "<" transid_spec ">";

    # Postfix VERP_README: two delimiters, which must be punctuation
    xverp_value = ( 33..47 | 58..60 | 62..64 | 91..96 | 123..126 ){2};
}%%
