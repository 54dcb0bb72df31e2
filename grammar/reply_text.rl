# What the text of some replies says (RFC 5321 section 4.2: text that machines must read), without the code and its
# separator.
#
# Source: RFC 5321 sections 4.2, 4.1.1.1, 3.4, 4.2.2 and 4.1.2; RFC 4954 section 4; RFC 6531 section 3.7.1.
# Needs machines: core, common, literal, address, reply, sasl.
# Needs actions: those of address, literal and reply.
# Deviations (grammar/abnf/deviations.abnf): the host is in ASCII; the text of an EHLO reply has no control characters;
# what stands before and behind a forward path has no angle brackets.
%%{
    machine reply_text;

    # RFC 5321 section 4.2 (Greeting) and section 4.1.1.1 (ehlo-ok-rsp); before SMTPUTF8 can be agreed on: ASCII only
    announced     = ascii_label ( "." ascii_label )*;
    greeting_text = ( announced | address_literal ) ( SP textstring )?;
    ehlo_text     = announced ( SP textstring )?;

    # RFC 5321 sections 3.4 and 4.2.2: 251 and 551 have a forward path in their text.
    forward_text = unbracketed* Forward_path unbracketed*;

    # RFC 4954 section 4: a 334's text.
    challenge = base64?;
}%%
