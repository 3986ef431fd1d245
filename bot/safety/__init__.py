"""The screens: danger, identifiers, and what the tool is not for. Each fails closed."""
