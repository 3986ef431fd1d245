"""The supervision note: what a counselor carries from a consultation to a person. Nothing of it is kept."""
