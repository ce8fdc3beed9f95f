"""A service written as a folder: the texts of its files, made from the manifest and its rehearsals.

The same content always gives the same texts, so that what comes back from a workbook is one version and not two.
"""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.emitter import Emitter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from skills import scenarios
from skills.manifest import Manifest
from skills.scenarios import Scenario
from skills.sheets import BARE

SHORT = 100
"""Signs up to which a mapping or list is written in one line."""
OWN_FILE = ("texts", "sayings")
BRANCHES = frozenset({"to", "start", "pace"})


def content_of(manifest: Manifest) -> dict[str, Any]:
    """Give a manifest as plain values, as a folder would hold it."""
    plain: dict[str, Any] = _shortened(manifest.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    return plain


def files_of(manifest: Manifest, played: Mapping[str, Sequence[Scenario]]) -> dict[str, str]:
    """Write all files of a folder; `played`: its rehearsals by path."""
    content = content_of(manifest)
    files = {"skill.yaml": written({key: value for key, value in content.items() if key not in OWN_FILE})}
    files |= {f"{key}.yaml": written(content[key], wide=True) for key in OWN_FILE if content.get(key)}
    return files | {path: written(scenarios.together(several)) for path, several in played.items()}


def written(content: Mapping[str, Any], *, wide: bool = False) -> str:
    """Write plain values as YAML that is read back the same; `wide`: each key in a line of its own."""
    yaml = round_trip()
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(_node(content, 0 if not wide else -1), stream)
    return stream.getvalue()


def round_trip() -> YAML:
    """YAML that is written as people write it: no line is broken, no brace left out, quotes stay."""
    yaml = YAML(typ="rt")
    yaml.Emitter = _Braced
    yaml.preserve_quotes = True
    yaml.width = 10_000
    return yaml


class _Braced(Emitter):
    """Writes `[{text: filed}]`, never `[text: filed]`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.brace_single_entry_mapping_in_flow_sequence = True


def _shortened(value: Any, key: str = "") -> Any:
    """Write one target without a condition as its name alone."""
    if isinstance(value, Mapping):
        return {name: _shortened(one, name) for name, one in value.items()}
    if key in BRANCHES and isinstance(value, list) and len(value) == 1 and set(value[0]) == {"is"}:
        return value[0]["is"]
    return [_shortened(one) for one in value] if isinstance(value, list) else value


def _node(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        mapping = CommentedMap((_text(key), _node(one, depth + 1)) for key, one in value.items())
        if depth > 0 and _is_short(value):
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list | tuple):
        sequence = CommentedSeq([_node(one, depth + 1) for one in value])
        if depth > 0 and _is_short(value):
            sequence.fa.set_flow_style()
        return sequence
    return _text(value) if isinstance(value, str) else value


def _is_short(value: Any) -> bool:
    said = json.dumps(value, ensure_ascii=False)
    return len(said) <= SHORT and "\\n" not in said


def _text(value: str) -> Any:
    if BARE.fullmatch(value):
        return DoubleQuotedScalarString(value)
    is_block = (
        "\n" in value and not value.startswith((" ", "\n")) and value == "\n".join(map(str.rstrip, value.split("\n")))
    )
    return LiteralScalarString(value) if is_block and len(value) > SHORT else _quoted(value)


def _quoted(value: str) -> Any:
    return DoubleQuotedScalarString(value) if any(sign in value for sign in "{}\n#:") else value
