"""Offers the knowledge base to others as a standard LangChain retriever; `ask` does not pass through here."""

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables.config import run_in_executor
from pydantic import ConfigDict, Field

from knowledge.entry import Section
from knowledge.retrieval import Found, Retriever


class RuptureRepairRetriever(BaseRetriever):
    """Cards on rupture and repair as LangChain documents, best first.

    A document's text is the card's title, readings and suggestions; its metadata hold `card`, `title`, `topics`
    (primary first), `kind`, `evidence`, `review`, `sources` and `score`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    retriever: Retriever = Field(description="an opened index, from `knowledge.sync.open_retriever`")
    limit: int = Field(default=4, ge=1, le=50, description="how many cards at most")

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager
        return [_document(found) for found in self.retriever.retrieve(query, self.limit).found]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        del run_manager
        retrieved = await run_in_executor(None, self.retriever.retrieve, query, self.limit)
        return [_document(found) for found in retrieved.found]


def _document(found: Found) -> Document:
    card = found.card
    units = [*card.section(Section.READING), *card.section(Section.SUGGESTION)]
    text = "\n".join([card.head.title, *(unit.text for unit in units)])
    metadata = {
        "card": card.id,
        "title": card.head.title,
        "topics": list(card.head.topics),
        "kind": card.head.kind.value,
        "evidence": card.head.evidence,
        "review": str(card.head.review),
        "sources": list(card.head.sources),
        "score": found.score,
    }
    return Document(id=card.id, page_content=text, metadata=metadata)
