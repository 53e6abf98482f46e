# Tests and benches of the core. Included by the Makefile beside it.
