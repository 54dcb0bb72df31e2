# Keyword lines of an EHLO reply that have no parameters, each as the text behind "250-" or "250 ".
#
# Source: the IANA registry of SMTP Service Extensions, and the RFC above each rule.
# Needs machines: core. Needs actions: none.
# Deviations: none. Parameters behind such a keyword are ignored and flagged (RFC 6531 section 3.1 says so of SMTPUTF8,
# RFC 5321 section 4.1.1.1 lets any keyword have some): parser/capability.rl.
%%{
    machine keyword;

    # RFC 5321 section 3.5.2; the registry alone has HELP
    ehlo_vrfy = "VRFY"i;
    ehlo_expn = "EXPN"i;
    ehlo_help = "HELP"i;

    # RFC 6152 section 2
    ehlo_8bitmime = "8BITMIME"i;

    # RFC 3030 sections 2 and 3
    ehlo_chunking   = "CHUNKING"i;
    ehlo_binarymime = "BINARYMIME"i;

    # RFC 2920 section 2
    ehlo_pipelining = "PIPELINING"i;

    # RFC 3461 section 3
    ehlo_dsn = "DSN"i;

    # RFC 1985 section 4; RFC 2645 section 5.1.1
    ehlo_etrn = "ETRN"i;
    ehlo_atrn = "ATRN"i;

    # RFC 3207 section 2
    ehlo_starttls = "STARTTLS"i;

    # RFC 6531 section 3.1; RFC 5336 section 3.1, which it replaces
    ehlo_smtputf8 = "SMTPUTF8"i;
    ehlo_utf8smtp = "UTF8SMTP"i;

    # RFC 2034 section 3
    ehlo_enhancedstatuscodes = "ENHANCEDSTATUSCODES"i;

    # RFC 7293 section 3.1
    ehlo_rrvs = "RRVS"i;

    # RFC 8689 section 2
    ehlo_requiretls = "REQUIRETLS"i;

    # RFC 3885 section 2
    ehlo_mtrk = "MTRK"i;

    # RFC 4405 section 3
    ehlo_submitter = "SUBMITTER"i;

    # RFC 4141 sections 4.1 and 5.1
    ehlo_conperm = "CONPERM"i;
    ehlo_conneg  = "CONNEG"i;

    # RFC 1845 section 3
    ehlo_checkpoint = "CHECKPOINT"i;

    # RFC 821 sections 3.4 and 3.8, as the registry has them
    ehlo_send = "SEND"i;
    ehlo_soml = "SOML"i;
    ehlo_saml = "SAML"i;
    ehlo_turn = "TURN"i;

    # The registry alone: verbose answers, one message only
    ehlo_verb = "VERB"i;
    ehlo_onex = "ONEX"i;

    # In no registry: Exim's replies per recipient, Postfix's variable envelope return paths
    ehlo_prdr  = "PRDR"i;
    ehlo_xverp = "XVERP"i;

    bare_keyword = ehlo_vrfy | ehlo_expn | ehlo_help | ehlo_8bitmime | ehlo_chunking | ehlo_binarymime
                 | ehlo_pipelining | ehlo_dsn | ehlo_etrn | ehlo_atrn | ehlo_starttls | ehlo_smtputf8 | ehlo_utf8smtp
                 | ehlo_enhancedstatuscodes | ehlo_rrvs | ehlo_requiretls | ehlo_mtrk | ehlo_submitter | ehlo_conperm
                 | ehlo_conneg | ehlo_checkpoint | ehlo_send | ehlo_soml | ehlo_saml | ehlo_turn | ehlo_verb
                 | ehlo_onex | ehlo_prdr | ehlo_xverp;
}%%
