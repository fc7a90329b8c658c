"""`./run chaos`: the whole platform under load while its parts are killed, frozen and cut off, and what is left of it.

The stack is its own (own state folder, own ports). A plan drawn from the seed says what is broken when. The load keeps
its own ledger of the numbers it was given, outside the database; the checks read tables, not the engine.
"""
