"""What became of the papers, broadcasts and posts of a soak: what was shown, held against the rows."""

from collections import Counter

from evals.bench.soak.ledger import Ledger
from evals.bench.soak.rows import Rows
from evals.bench.soak.told import Told

PAPER = "residence_proof"
Figures = dict[str, float]


def papers(told: Told, rows: Rows) -> Figures:
    """Each paper that was promised is sealed once, said so and sent, or a person has to look whether it was."""
    stages = rows.named(f"SELECT number, stage FROM cases WHERE skill = '{PAPER}'")
    sealed = Counter(
        str(number)
        for (number,) in rows.all("SELECT number FROM papers JOIN cases ON cases.id = case_id WHERE state = 'sealed'")
    )
    lines = rows.named("SELECT case_id, count(*) FROM register_lines WHERE state = 'sealed' GROUP BY case_id")
    pressed = rows.named(
        "SELECT CAST(payload AS TEXT), count(*) FROM outbox WHERE kind = 'apply_seal' AND state = 'done'"
        " GROUP BY CAST(payload AS TEXT)"
    )
    owed = Counter((who, told.words["file"]) for number, who in told.papers.items() if sealed[number])
    doubt = [number for number in told.papers if stages.get(number) == "doubt"]
    unfinished = [number for number in told.papers if not sealed[number] and number not in doubt]
    refused = rows.unreached()  # by the platform itself: it stays for a person to see
    untold = [number for number in told.papers if sealed[number] and not told.sealed[number]]
    return {
        "papers": sealed.total(),
        "lost_papers": len(unfinished) + max(0, len(untold) + (owed - told.files).total() - refused.total()),
        "doubled_seals": sum(count - 1 for count in (*sealed.values(), *lines.values(), *pressed.values())),
        "seals_in_doubt": len(doubt),
    }


def unfinished(told: Told, rows: Rows) -> dict[str, list[str]]:
    """Tell the story of each paper that was promised and is not over: its events, tasks and effects."""
    found = rows.all(f"SELECT number, id FROM cases WHERE skill = '{PAPER}' AND result = '' AND closed_at IS NULL")
    queries = (
        "SELECT seq, kind, action, via, stage FROM case_events WHERE case_id = '{id}' ORDER BY seq",
        "SELECT id, stage, person_id, state, decision FROM tasks WHERE case_id = '{id}' ORDER BY id",
        "SELECT id, kind, state, tries, target, receipt FROM outbox WHERE case_id = '{id}' ORDER BY id",
    )
    return {
        str(number): [str(row) for query in queries for row in rows.all(query.format(id=case_id))]
        for number, case_id in found
        if number in told.papers
    }


def broadcasts(told: Told, ledger: Ledger, rows: Rows) -> Figures:
    """Each broadcast is heard once in each village's group, or the clerk was told that nobody knows."""
    known = {
        (str(number), str(group)): str(state)
        for number, group, state in rows.all(
            "SELECT number, open_id, s.state FROM broadcast_sendings s JOIN broadcasts b ON b.id = broadcast_id"
            " JOIN cases ON cases.id = b.case_id JOIN groups ON groups.id = group_id"
        )
    }
    approved = {number for number, _ in known}  # what nobody approved before its minute is not sent
    heard = {
        (number, group): sum(times for text, times in ledger.groups[group].items() if mark in text)
        for number, mark in told.broadcasts.items()
        for group in told.clerks
        if number in approved
    }
    unknown = [key for key, times in heard.items() if not times and known.get(key) in ("unknown", "failed")]
    return {
        "broadcasts": len(approved),
        "lost_broadcasts": sum(not times for times in heard.values()) - len(unknown),
        "doubled_broadcasts": sum(times - 1 for times in heard.values() if times > 1),
        "broadcasts_in_doubt": len(unknown),
    }


def posts(rows: Rows) -> Figures:
    """Each post stands once: no two have the same words."""
    told = rows.all(
        "SELECT value, count(*) FROM circle_posts JOIN person_values v ON v.id = text_ref"
        " WHERE coalesce(value, '') <> '' GROUP BY value"
    )
    return {"posts": sum(count for _, count in told), "doubled_posts": sum(count - 1 for _, count in told)}
