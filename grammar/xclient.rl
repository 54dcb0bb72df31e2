# XCLIENT and XFORWARD, by which a proxy tells a server behind it whom it speaks for.
#
# Source: Postfix XCLIENT_README and XFORWARD_README.
# Needs machines: core, separator. Needs actions: parameters_begin parameters_end, and verb_X for each command.
# Deviations (grammar/abnf/deviations.abnf): a command's rule has the general form of attributes. Which names it takes,
# each once, is a table in smtpwire.h; that a value is xtext and what it decodes to (attribute.rl) is checked in C.
%%{
    machine xclient;

    attribute_name  = ALPHA+;
    attribute_value = ( 33..60 | 62..126 )+;
    attribute       = attribute_name "=" attribute_value;
    attributes      = ( attribute ( separator attribute )* ) >parameters_begin %parameters_end;
    xclient         = "XCLIENT"i @verb_xclient separator attributes;
    xforward        = "XFORWARD"i @verb_xforward separator attributes;
}%%
