"""The faults that are planted into the recruitment arm."""
