"""What the arm bills, credits and is paid."""
