# URIs, as BURL has them.
#
# Source: RFC 3986 appendix A.
# Needs machines: core. Needs actions: none.
# Deviations (grammar/abnf/deviations.abnf): what stands between the brackets of an IP-literal is not read; an
# IPv4address is among the words of reg-name. The fragment is not here: absolute-URI has none.
%%{
    machine uri;

    # RFC 3986 section 2
    unreserved  = ALPHA | DIGIT | "-" | "." | "_" | "~";
    sub_delims  = "!" | "$" | "&" | "'" | "(" | ")" | "*" | "+" | "," | ";" | "=";
    pct_encoded = "%" HEXDIG HEXDIG;

    # RFC 3986 section 3.3
    pchar         = unreserved | pct_encoded | sub_delims | ":" | "@";
    segment       = pchar*;
    segment_nz    = pchar+;
    path_abempty  = ( "/" segment )*;
    path_absolute = "/" ( segment_nz ( "/" segment )* )?;
    path_rootless = segment_nz ( "/" segment )*;
    path_empty    = zlen;

    # RFC 3986 section 3.2
    userinfo   = ( unreserved | pct_encoded | sub_delims | ":" )*;
    IP_literal = "[" ( unreserved | sub_delims | ":" )+ "]";
    reg_name   = ( unreserved | pct_encoded | sub_delims )*;
    host       = IP_literal | reg_name;
    port       = DIGIT*;
    authority  = ( userinfo "@" )? host ( ":" port )?;

    # RFC 3986 sections 3.1, 3.4 and 4.3
    scheme       = ALPHA ( ALPHA | DIGIT | "+" | "-" | "." )*;
    hier_part    = "//" authority path_abempty | path_absolute | path_rootless | path_empty;
    query        = ( pchar | "/" | "?" )*;
    absolute_URI = scheme ":" hier_part ( "?" query )?;
}%%
