"""The console's pages under one roof: each noun is a module of its own."""

from fastapi import APIRouter

from bot.web.console import (
    broadcasts,
    calls,
    cases,
    circle,
    demands,
    documents,
    facts,
    figures,
    intake,
    keeping,
    lessons,
    listing,
    login,
    many,
    orders,
    photos,
    questions,
    recalls,
    recordings,
    rosters,
    town,
    work,
)
from bot.web.console.session import Guard
from bot.web.doors import Deps
from bot.web.pages import Pages
from knowledge.keepers import keeps


def console(deps: Deps, pages: Pages) -> APIRouter:
    """Mount every noun."""
    guard = Guard(deps)
    pages.teach(urgency=work.urgency, may_recall=keeps, may_write=intake.may_write)
    router = APIRouter()
    router.include_router(login.routes(deps, guard, pages))
    router.include_router(work.routes(deps, guard, pages))
    router.include_router(intake.routes(deps, guard, pages))
    router.include_router(listing.routes(deps, guard, pages))
    router.include_router(many.routes(deps, guard, pages))
    router.include_router(cases.routes(deps, guard, pages))
    router.include_router(photos.routes(deps, guard))
    router.include_router(recordings.routes(deps, guard))
    router.include_router(calls.routes(deps, guard, pages))
    router.include_router(keeping.routes(deps, guard, pages))
    router.include_router(documents.routes(deps, guard, pages))
    router.include_router(facts.routes(deps, guard, pages))
    router.include_router(recalls.routes(deps, guard, pages))
    router.include_router(questions.routes(deps, guard, pages))
    router.include_router(lessons.routes(deps, guard, pages))
    router.include_router(circle.routes(deps, guard, pages))
    router.include_router(demands.routes(deps, guard, pages))
    router.include_router(figures.routes(deps, guard, pages))
    router.include_router(orders.routes(deps, guard, pages))
    router.include_router(rosters.routes(deps, guard, pages))
    router.include_router(broadcasts.routes(deps, guard, pages))
    router.include_router(town.routes(deps, guard, pages))
    return router
