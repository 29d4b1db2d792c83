"""Handlebars 4.7 as the peer's tag language uses it: lexer, parser, white space, evaluation. See `oci.template`."""
