"""The retriever behind LangChain's interface, for chains of others; the bot itself calls `retriever.retrieve`.

A module of its own, because importing LangChain takes 24 MB and half a second.
"""

from dataclasses import asdict
from datetime import datetime

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from knowledge.library import Library
from knowledge.retriever import retrieve
from township.scope import Scope


class ClauseRetriever(BaseRetriever):
    """`retrieve` behind LangChain's interface: scope and day are fixed when it is made."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    scope: Scope
    at: datetime
    limit: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = retrieve(self.library, query, scope=self.scope, at=self.at, limit=self.limit)
        return [Document(id=hit.clause_id, page_content=hit.text, metadata=asdict(hit)) for hit in hits]
