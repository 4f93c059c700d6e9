"""Three hundred files that are broken, hostile or merely odd: each is landed as it is shown, or refused by name.

`make faults` makes many more of them; what is tried here is made by the same functions.
"""
