"""A row's purchase: giving free slots to the first in line, ordering, looking, and writing it down.

Belongs here: Dispatch, hiapi's client, what Submit and Poll carry out, and how the effects of an
answer become one transaction of the ledger. What is to be done is decided in ``deciding``.
"""
