"""Check a reader's backward pass and say which known mistake it makes: `d2l_utils.check_backward`.

============= ========================================================================
check         runs the reader's function on random problems and reports
guarded_call  calls a function that may do anything; global_state puts back what it did
mistakes      the catalogue, with the gradients that each mistake gives
diagnosis     which mistakes give exactly these gradients; combination: which sum of parts
report        what a reader sees
============= ========================================================================
"""
