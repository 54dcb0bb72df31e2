# Lines of an EHLO reply behind its first, each as the text behind "250-" or "250 ": any of them, and those with
# parameters whose syntax is known. grammar/keyword.rl has those without.
#
# Source: RFC 5321 section 4.1.1.1, and the RFC above each rule.
# Needs machines: core, common, date_time, keyword. Needs actions: none.
# Deviations (grammar/abnf/deviations.abnf): an extension token of DELIVERBY holds no DEL; lax_ehlo_line and lax_auth are
# for the leniencies capability_space and auth_equals. Not here: that a SIZE is at most 2^64-1, and that the keywords of
# NO-SOLICITING are 1000 octets at most (parser/capability.rl).
%%{
    machine capability;

    # RFC 5321 section 4.1.1.1
    ehlo_keyword = ( ALPHA | DIGIT ) ( ALPHA | DIGIT | "-" )*;
    ehlo_param   = ( 33..126 )+;
    ehlo_line    = ehlo_keyword ( SP ehlo_param )*;

    # Spaces behind which nothing comes. Not an ehlo_line but where there are none.
    lax_ehlo_line = ehlo_line SP*;

    # RFC 1870 section 3
    ehlo_size = "SIZE"i ( SP DIGIT+ )?;

    # RFC 4954 section 3
    ehlo_auth = "AUTH"i ( SP sasl_mech )*;

    # The form that servers had before RFC 2554 was one. Not an ehlo_line.
    lax_auth = "AUTH="i sasl_mech ( SP sasl_mech )*;

    # RFC 2852 section 2
    min_by_time     = DIGIT{,9};
    extension_token = ( 33..126 - "," )+;
    deliverby_param = min_by_time ( "," extension_token )*;
    ehlo_deliverby  = "DELIVERBY"i ( SP ( deliverby_param - zlen ) )?;

    # RFC 4865 section 3
    ehlo_futurerelease = "FUTURERELEASE"i SP future_release_integer SP date_time;

    # RFC 6710 section 7
    priority_profile = ( ALPHA | DIGIT | "-" | "_" | "." ){1,20};
    mt_priority_ehlo = "MT-PRIORITY"i ( SP priority_profile )?;

    # RFC 3865 section 2.2
    No_Soliciting_Service = "NO-SOLICITING"i ( SP Solicitation_keywords )?;

    # RFC 9422 section 3
    limit_name       = ( ALPHA | DIGIT | "-" | "_" )+;
    limit_value      = ( 0x21..0x3A | 0x3C..0x7E )+;
    limit_name_value = limit_name ( "=" limit_value )?;
    limits_param     = limit_name_value ( SP limit_name_value )*;
    ehlo_limits      = "LIMITS"i SP limits_param;

    # RFC 9422 sections 4.1 to 4.3: the value of MAILMAX, RCPTMAX and RCPTDOMAINMAX
    limit_number = [1-9] DIGIT{,5};

    # RFC 4468 section 3.1: clients ignore arguments that they do not know
    ehlo_burl = "BURL"i ( SP ehlo_param )*;

    # Postfix, XCLIENT_README and XFORWARD_README: names of attributes
    ehlo_xclient  = "XCLIENT"i ( SP ehlo_keyword )*;
    ehlo_xforward = "XFORWARD"i ( SP ehlo_keyword )*;

    known_line = bare_keyword | ehlo_size | ehlo_auth | ehlo_deliverby | ehlo_futurerelease | mt_priority_ehlo
               | No_Soliciting_Service | ehlo_limits | ehlo_burl | ehlo_xclient | ehlo_xforward;
}%%
