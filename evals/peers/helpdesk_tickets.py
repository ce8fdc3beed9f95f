"""Tickets of django-helpdesk, one commit each: a script for its own venv.

`python helpdesk_tickets.py FOLDER`: makes an SQLite file there as safe as ours (WAL, FULL), says `ready`, then for each
line with a number of seconds opens tickets with a first follow-up for so long, and writes how many as JSON.
"""

import json
import sys
import time
from importlib import import_module
from typing import Any

APPS = (
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
    "django.contrib.messages", "django.contrib.humanize", "django.contrib.admin", "helpdesk",
)  # fmt: skip
SAFE = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4000;"


def prepared(folder: str) -> Any:
    """Set Django up with one queue; returns it."""
    conf = import_module("django.conf")
    options = {"init_command": SAFE, "transaction_mode": "IMMEDIATE"}
    conf.settings.configure(
        INSTALLED_APPS=APPS,
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/desk.db", "OPTIONS": options}
        },
        SECRET_KEY="only for this bench",
        SITE_ID=1,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        ROOT_URLCONF="helpdesk.urls",
        HELPDESK_TEAMS_MODE_ENABLED=False,
    )
    import_module("django").setup()
    import_module("django.core.management").call_command("migrate", verbosity=0)
    return import_module("helpdesk.models").Queue.objects.create(title="lamps", slug="lamps")


def main(folder: str) -> None:
    """Open tickets whenever told."""
    queue = prepared(folder)
    models, transaction = import_module("helpdesk.models"), import_module("django.db.transaction")

    def once() -> None:
        with transaction.atomic():
            ticket = models.Ticket.objects.create(
                queue=queue,
                title="lamp",
                description="the lamp at the gate is dark",
                submitter_email="v1@example.org",
                priority=3,
            )
            models.FollowUp.objects.create(
                ticket=ticket, title="opened", comment="the lamp at the gate is dark", public=True
            )

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
    main(sys.argv[1])
