"""Tickets of django-helpdesk, one commit each: a script for its own venv.

`python helpdesk_tickets.py FOLDER WAY`: makes an SQLite file there as safe as ours (WAL, FULL), says `ready`, then for
each line with a number of seconds opens tickets for so long, and writes how many as JSON. `rows`: a ticket and its
first follow-up are stored and nothing else is done. `form`: what its public form does when somebody reports something:
the words are checked, both are stored, mail is written (and thrown away).
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

APPS = (
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
    "django.contrib.messages", "django.contrib.humanize", "django.contrib.admin", "helpdesk",
)  # fmt: skip
REPORT = {"title": "lamp", "submitter_email": "v1@example.org", "priority": 3}
WORDS = "the lamp at the gate is dark"
SAFE = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4000;"


def prepared(folder: str, way: str) -> Any:
    """Set Django up with one queue, open to everybody; returns it."""
    conf = import_module("django.conf")
    options = {"init_command": SAFE, "transaction_mode": "IMMEDIATE"}
    conf.settings.configure(
        INSTALLED_APPS=APPS,
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/desk-{way}.db", "OPTIONS": options}
        },
        SECRET_KEY="only for this bench",
        SITE_ID=1,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        ROOT_URLCONF="desk_urls",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        HELPDESK_TEAMS_MODE_ENABLED=False,
    )
    import_module("django").setup()
    logging.disable()
    urls: Any = ModuleType("desk_urls")
    paths = import_module("django.urls")
    urls.urlpatterns = [paths.path("desk/", paths.include("helpdesk.urls", namespace="helpdesk"))]
    sys.modules["desk_urls"] = urls
    manage = import_module("django.core.management").call_command
    manage("migrate", verbosity=0)
    manage("loaddata", "emailtemplate.json", verbosity=0)
    queues = import_module("helpdesk.models").Queue.objects
    return queues.create(title="lamps", slug="lamps", allow_public_submission=True)


def storing(queue: Any) -> Callable[[], object]:
    """Store a ticket and a follow-up."""
    models = import_module("helpdesk.models")

    def once() -> None:
        ticket = models.Ticket.objects.create(queue=queue, description=WORDS, **REPORT)
        models.FollowUp.objects.create(ticket=ticket, title="opened", comment=WORDS, public=True)

    return once


def filling_in(queue: Any) -> Callable[[], object]:
    """Fill the public form in."""
    forms = import_module("helpdesk.forms")

    def once() -> None:
        form = forms.PublicTicketForm(data={"queue": str(queue.pk), "body": WORDS, **REPORT})
        if not form.is_valid():
            raise RuntimeError(str(form.errors))
        form.save(None)

    return once


def main(folder: str, way: str) -> None:
    """Open tickets whenever told."""
    queue = prepared(folder, way)
    opened = {"rows": storing, "form": filling_in}[way](queue)
    transaction = import_module("django.db.transaction")

    def once() -> None:
        with transaction.atomic():
            opened()

    once()
    tell("ready")
    for line in sys.stdin:
        started, done = time.perf_counter(), 0
        while time.perf_counter() < started + float(line):
            once()
            done += 1
        tell(json.dumps({"done": done, "seconds": time.perf_counter() - started}))


def tell(line: str) -> None:
    """Write a line that is read at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
