"""The pages of the pack, a module each."""
