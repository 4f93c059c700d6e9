"""What the arm sells and does: deals and the work on them."""
