# What a SASL exchange is made of: mechanisms, base64, and the lines that follow a 334.
#
# Source: RFC 4954 sections 4 and 8, RFC 4422 section 3.1.
# Needs machines: core. Needs actions: none.
# Deviations (grammar/abnf/deviations.abnf): mechanisms in any case.
%%{
    machine sasl;

    # RFC 4954 section 8, RFC 4422 section 3.1
    base64_char      = ALPHA | DIGIT | "+" | "/";
    base64_terminal  = base64_char{2} "==" | base64_char{3} "=";
    base64           = base64_terminal | ( base64_char{4} )+ base64_terminal?;
    sasl_mech        = ( ALPHA | DIGIT | "-" | "_" ){1,20};
    initial_response = ( base64 | "=" );

    # RFC 4954 section 4: the lines that follow a 334. No command is among them.
    cancel_response = "*";
    auth_response   = base64? | cancel_response;
}%%
