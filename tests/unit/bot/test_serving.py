"""How the pages are served."""

import logging

import pytest
from fastapi import FastAPI

from bot import serving


def test_the_pages_log_like_everything_else_and_so_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    server = logging.getLogger("uvicorn")
    monkeypatch.setattr(server, "handlers", [])
    monkeypatch.setattr(server, "propagate", True)
    serving.configured(FastAPI())
    assert server.handlers == []
    assert server.propagate
