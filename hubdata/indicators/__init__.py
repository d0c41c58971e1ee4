"""Tables in, numbers out: pure functions without files, database or screen. One file per subject."""
