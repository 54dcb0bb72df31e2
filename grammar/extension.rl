# Command lines of extensions, each without the CRLF that ends it.
#
# Source: RFC 2033 section 4.1 (LHLO), RFC 3030 section 2 (BDAT), RFC 4954 section 8 (AUTH), RFC 1985 section 5 (ETRN),
# RFC 2645 section 5.2.1 (ATRN), RFC 4468 section 3.5 (BURL), RFC 5321 appendix F (TURN, SEND, SOML, SAML).
# Needs machines: core, separator, common, address, parameter, command, sasl, uri, xclient.
# Needs actions: those, and chunk_size_begin chunk_size_end last mechanism_begin mechanism_end initial_begin initial_end.
# Deviations (grammar/abnf/deviations.abnf): LHLO in ASCII only, as EHLO; SASL mechanisms in any case.
%%{
    machine extension;

    # RFC 2033 section 4.1
    lhlo = "LHLO"i @verb_lhlo separator ehlo_host;

    # RFC 3030 section 2. How large a number may be is counted in C.
    chunk_size = DIGIT+ >chunk_size_begin %chunk_size_end;
    end_marker = "LAST"i @last;
    bdat = "BDAT"i @verb_bdat separator chunk_size ( separator end_marker )?;

    # RFC 4468 section 3.5
    burl = "BURL"i @verb_burl separator absolute_URI >argument_begin %argument_end ( separator end_marker )?;

    # RFC 4954 section 8
    auth = "AUTH"i @verb_auth separator lax_sasl_mech >mechanism_begin %mechanism_end
           ( separator initial_response >initial_begin %initial_end )?;

    # RFC 1985 section 5
    etrn = "ETRN"i @verb_etrn separator ( ( "@"? ascii_domain ) | ( "#" ( 33..126 )+ ) ) >argument_begin %argument_end;

    # RFC 2645 section 5.2.1: domains of at least two labels
    atrn_domain = ascii_label ( "." ascii_label )+;
    atrn = "ATRN"i @verb_atrn ( separator ( atrn_domain ( "," atrn_domain )* ) >argument_begin %argument_end )?;

    # RFC 5321 appendix F.1 and F.6, RFC 821: parsed so that nothing in them surprises, answered 502
    turn = "TURN"i @verb_turn;
    send = "SEND"i @verb_send separator "FROM:"i @path_due Reverse_path
           ( separator Mail_parameters >parameters_begin %parameters_end )?;
    soml = "SOML"i @verb_soml separator "FROM:"i @path_due Reverse_path
           ( separator Mail_parameters >parameters_begin %parameters_end )?;
    saml = "SAML"i @verb_saml separator "FROM:"i @path_due Reverse_path
           ( separator Mail_parameters >parameters_begin %parameters_end )?;

    extension_line = lhlo | bdat | burl | auth | etrn | atrn | xclient | xforward | turn | send | soml | saml;
}%%
