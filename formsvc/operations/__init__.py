"""Running the machine: looked over, copied, its keys changed, filled with invented people."""
