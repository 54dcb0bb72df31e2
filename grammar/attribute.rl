# What the values of XCLIENT's and XFORWARD's attributes decode to.
#
# Source: Postfix XCLIENT_README and XFORWARD_README.
# Needs machines: core. Needs actions: none.
# Deviations: none. The READMEs say it in words. An address is one of literal.rl, without its brackets; lengths are
# checked in C.
%%{
    machine attribute;

    unavailable        = "[UNAVAILABLE]"i;
    port_number        = [1-9] DIGIT{,3} | [1-5] DIGIT{4} | "6" [0-4] DIGIT{3} | "65" [0-4] DIGIT{2} | "655" [0-2] DIGIT
                       | "6553" [0-5];
    attribute_text     = ( 33..126 )+;
    attribute_port     = port_number | unavailable;
    attribute_protocol = "SMTP"i | "ESMTP"i;
    attribute_source   = "LOCAL"i | "REMOTE"i | unavailable;
}%%
