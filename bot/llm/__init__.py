"""Writers and embeddings that come from elsewhere, through LangChain."""
