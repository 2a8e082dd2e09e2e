"""How long tests wait for what comes at once on a machine at rest.

Only what hangs is to be cut, never what is slow: a machine under load, or a suite beside others, is
no fault of what is tested. So there is one limit, and it is generous; who waits in vain waits long.
"""

SECONDS = 180.0
MILLISECONDS = 1000 * SECONDS
