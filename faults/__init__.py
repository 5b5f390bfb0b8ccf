"""`make faults`: everything that a control room's machines can do to one another, done under load, and an independent look at what was kept.

Nothing here is imported by the product. `checker.py` shares no code with it: it reads the clients' own logs and the database's rows.
"""
