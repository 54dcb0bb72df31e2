# ESMTP parameters, in the form that every extension's parameters share.
#
# Source: RFC 5321 section 4.1.2, extended to UTF-8 by RFC 6531 section 3.3.
# Needs machines: core, separator.
# Needs actions: keyword_begin keyword_end value_begin value_end.
# Deviations (grammar/abnf/deviations.abnf): UTF-8 may stand anywhere in a value, RFC 6531 to the letter has values of one
# character then. "=" may not stand in a value, and a value may not be empty.
%%{
    machine parameter;

    # RFC 5321 section 4.1.2, RFC 6531 section 3.3
    esmtp_keyword = ( ( ALPHA | DIGIT ) ( ALPHA | DIGIT | "-" )* ) >keyword_begin %keyword_end;
    esmtp_value   = ( 33..60 | 62..126 | UTF8_non_ascii )+ >value_begin %value_end;
    esmtp_param   = esmtp_keyword ( "=" esmtp_value )?;

    Mail_parameters = esmtp_param ( separator esmtp_param )*;
    Rcpt_parameters = esmtp_param ( separator esmtp_param )*;
}%%
