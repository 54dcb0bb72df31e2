# Reply lines, each without the CRLF that ends it (the line layer has removed that).
#
# Source: RFC 5321 sections 4.2 and 4.2.1, RFC 2034 sections 3 and 4, RFC 3463 section 2.
# Needs machines: core.
# Needs actions: text_begin text_end status_begin status_end eight_bit.
# Deviations (grammar/abnf/deviations.abnf): "250 " and a continuation line may have no text (clients must accept
# the first); octets over 127 are let through and flagged; lax_reply_line, for the leniency reply_code.
%%{
    machine reply;

    # RFC 5321 section 4.2
    Reply_code = 0x32..0x35 0x30..0x35 0x30..0x39;
    textstring = ( HTAB | 32..126 | 128..255 @eight_bit )+;

    # What stands around a forward path in 251 and 551 (reply_text.rl).
    unbracketed = ( HTAB | 32..126 | 128..255 ) - [<>];

    # RFC 2034 section 4; RFC 3463 section 2 forbids leading zeros; always followed by a space (RFC 2034 section 3)
    sub_code    = "0" | [1-9] DIGIT{,2};
    status_code = [245] >status_begin "." sub_code "." sub_code;

    # RFC 5321 section 4.2
    reply_text  = ( textstring | ( status_code %status_end ) ( SP textstring? )? ) >text_begin %text_end;
    behind_code = "-" reply_text? | ( SP reply_text? )?;
    reply_line  = Reply_code behind_code;

    # Any code at all.
    lax_Reply_code = DIGIT{3};
    lax_reply_line = lax_Reply_code behind_code;
}%%
