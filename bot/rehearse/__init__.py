"""Rehearsing a repair with a simulated client: what is observed in a line, what is said to that, and the turns."""
