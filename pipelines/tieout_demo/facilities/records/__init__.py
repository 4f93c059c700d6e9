"""How the arm's systems show its history on a day: each record with the changes known by then, and
its last stamp.

A record's content depends on its last change alone, so that advancing day by day gives what going
there directly gives.
"""
