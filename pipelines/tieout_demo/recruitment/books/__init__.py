"""The journals of the arm: papers, pay, month ends."""
