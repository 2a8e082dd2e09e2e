"""Check a reader's backward pass and say which known mistake it makes: `d2l_utils.check_backward`.

================= ====================================================================
check             runs the reader's function on random problems and reports
problems          what it is run on
guarded_call      calls a function that may do anything; global_state puts back what it did
readable          reads what it returned as numbers, in whatever form
mistakes          the catalogue: names, and what a reader is told
wrong_gradients   the gradients that each mistake gives; other_activations: phi of others
diagnosis         which mistakes give exactly these gradients; search: all at once
own_numbers       mistakes that contain a learning rate or a limit of the reader's own
combination       which sum of the right parts a gradient is; unknown: where it is wrong
report            what a reader sees
================= ====================================================================
"""
