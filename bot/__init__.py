"""supervision-assistant: a consultation bot for peer groups of counselors."""
