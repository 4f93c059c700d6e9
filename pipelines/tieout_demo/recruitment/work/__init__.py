"""What the arm sells and does: placements and the hours on them."""
