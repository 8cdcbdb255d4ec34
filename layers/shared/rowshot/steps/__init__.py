"""The work of each state and function, one module each, named after it.

A step is made once with everything it needs (ledger, client, buckets, settings) and called for each
event. It returns data; it raises only for what nobody expected, and may then be called again.
"""
