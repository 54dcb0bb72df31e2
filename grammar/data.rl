# The content of a message after 354: lines, dot-stuffed, up to a line that is a lone dot.
#
# Source: RFC 5321 sections 4.1.1.4, 4.5.2 and 2.3.8; RFC 6152 section 3 (the last CRLF belongs to the content); RFC 3030.
# Needs machines: core.
# Needs actions: stuffed_dot unstuffed cr bare_cr bare_lf nul eight_bit line_end end_of_data.
# Deviations: none. Only CRLF ends a line; CR and LF on their own are octets of a line like any other (and policy
# decides what becomes of them, in parser/data.rl).
%%{
    machine data;

    octet = 0 @nul | 128..255 @eight_bit | ( 1..127 - ( CR | LF | "." ) );

    message_stream = (
        start: (                                       # at the start of a line
            "." @stuffed_dot          -> after_dot |
            CR @cr                    -> after_cr |
            LF @bare_lf               -> text |
            octet                     -> text
        ),
        text: (                                        # inside a line
            CR @cr                    -> after_cr |
            LF @bare_lf               -> text |
            ( octet | "." )           -> text
        ),
        after_cr: (                                    # inside a line, the last octet was CR
            LF @line_end              -> start |
            CR >bare_cr @cr           -> after_cr |
            ( octet | "." ) >bare_cr  -> text
        ),
        after_dot: (                                   # a line that is "." so far
            CR >unstuffed @cr         -> after_dot_cr |
            LF >unstuffed @bare_lf    -> text |
            ( octet | "." ) >unstuffed -> text
        ),
        after_dot_cr: (                                # a line that is ".", CR so far
            LF @end_of_data           -> final |
            CR >bare_cr @cr           -> after_cr |
            ( octet | "." ) >bare_cr  -> text
        )
    );

    # RFC 3030 section 2: content by count. Any octets, no dot among them means anything and no end is in them; the states
    # are there to tell lines, bare CR and bare LF, also where one chunk ends with the CR of the next one's LF.
    chunk_stream = (
        start: (
            CR @cr                    -> after_cr |
            LF @bare_lf               -> text |
            ( octet | "." )           -> text |
            ""                        -> final
        ),
        text: (
            CR @cr                    -> after_cr |
            LF @bare_lf               -> text |
            ( octet | "." )           -> text |
            ""                        -> final
        ),
        after_cr: (
            LF @line_end              -> start |
            CR >bare_cr @cr           -> after_cr |
            ( octet | "." ) >bare_cr  -> text |
            ""                        -> final
        )
    );
}%%
