"""The consultation: from a question to a reply that ends with human supervision."""
