"""A run kept for those after it: a table of accounts and a record of how they were placed. Values to bytes, and back.

`snapshot.parquet` has one row per account and no personal data; `run.json` says how they were placed. The record stands
in the Parquet file too, so that the two can be told to belong together: a run that is killed between the two files
leaves one whole snapshot all the same.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import Any, NamedTuple

import polars as pl

from csq.history.pins import Pins, pins_of
from csq.history.standing import Measure, PlacingRules, Standing, standing_of
from csq.pipeline import Triage
from csq.place.totals import quadrant_totals
from csq.section import plain
from csq.settings.model import Happiness, Settings
from csq.terms import Axis

SCHEMA_VERSION = 1
"""Of the columns of `snapshot.parquet`; grows when one changes its meaning or goes away, not when one is added."""
FORMAT_VERSION = 1
"""Of `run.json`, likewise."""
_RECORD = "csq_run"
"""Key of the record in the Parquet file."""
_DIGEST = "snapshot_sha256"
_ROW_GROUP = 100_000
_NOT_MEASURING = {"playbook", "capacity", "history", "aliases", "goals", "events"}
"""Keys of csq.yaml on which no level hangs: a run under others of them is the same run."""


class Snapshot(NamedTuple):
    """A run as it is kept."""

    standing: Standing
    pins: Pins
    is_filled: bool
    """Whether it was placed afterwards, by `csq history fill`."""
    settings_sha256: str
    """Of all that was asked for: csq.yaml and command line."""
    record: Mapping[str, Any]
    """`run.json`."""

    @property
    def as_of(self) -> date:
        """Its day."""
        return date.fromisoformat(self.record["as_of"])


def snapshot_of(
    found: Triage, asked: Settings, before: Pins | None, told: Mapping[str, object], *, is_filled: bool = False
) -> Snapshot:
    """Take from a run, which has a day, what is kept of it.

    `asked` are its settings before anything was pinned, `before` is what was, and `told` what else was told on the
    command line about how to read.
    """
    day = found.as_of.day
    if day is None:
        raise ValueError("a run without a day is no snapshot")
    standing, pins = standing_of(found), pins_of(found, asked, before, day)
    method = {name: value for name, value in plain(asked).items() if name not in _NOT_MEASURING}
    digest = hashlib.sha256(json.dumps([method, told], sort_keys=True, default=str).encode()).hexdigest()
    record = {
        "format_version": FORMAT_VERSION,
        "schema_version": SCHEMA_VERSION,
        "csq_version": standing.measure.version,
        "as_of": day.isoformat(),
        "filled": is_filled,
        "inputs": [
            {"role": str(file.role), "name": PurePath(file.label).name, "sha256": file.sha256}
            for file in found.tables.files
        ],
        "settings": {"sha256": digest, "file_sha256": found.settings.sha256},
        "playbook": {"sha256": found.playbook.sha256},
        "pinned_on": pins.pinned_on.isoformat(),
        "tiers": {name: str(value) for name, value in pins.bands.items()},
        "cuts": {str(axis): dict(by_tier) for axis, by_tier in pins.cuts.items()},
        "references": pins.references,
        "asked": pins.asked,
        "weights": standing.rules.weights,
        "happiness": str(standing.rules.happiness),
        "measure": {str(axis): dict(how) for axis, how in standing.measure.axes.items()},
        "totals": [
            {"quadrant": str(each.quadrant), "accounts": each.accounts, "contract_value": str(each.contract_value)}
            for each in quadrant_totals(found.accounts, found.playbook.playbook.order)
        ],
    }
    return Snapshot(standing, pins, is_filled, digest, record)


def to_bytes(snapshot: Snapshot) -> tuple[bytes, bytes]:
    """The bytes of `snapshot.parquet` and of `run.json`."""
    buffer = io.BytesIO()
    record = json.dumps(snapshot.record, ensure_ascii=False, sort_keys=True)
    # Compression and row groups are said, so that a change of polars' defaults changes no bytes.
    snapshot.standing.accounts.write_parquet(
        buffer, compression="zstd", row_group_size=_ROW_GROUP, metadata={_RECORD: record}
    )
    table = buffer.getvalue()
    whole = {**snapshot.record, _DIGEST: hashlib.sha256(table).hexdigest()}
    return table, (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()


def record_of(table: bytes, run: bytes | None) -> Mapping[str, Any]:
    """The record that belongs to a table: that of `run.json`, or its own where that one tells of another table.

    Raises ValueError when neither is whole.
    """
    if run is not None:
        try:
            record = json.loads(run)
        except ValueError:
            record = {}
        if isinstance(record, dict) and record.get(_DIGEST) == hashlib.sha256(table).hexdigest():
            return record
    own = json.loads(pl.read_parquet_metadata(io.BytesIO(table)).get(_RECORD, "null"))
    if not isinstance(own, dict):
        raise ValueError("it has no record of its run")
    return own


def from_bytes(table: bytes, record: Mapping[str, Any]) -> Snapshot:
    """Read a snapshot back; what an earlier csq did not keep yet is null. Raises ValueError, KeyError, polars' own."""
    day = date.fromisoformat(record["as_of"])
    references = record.get("references", {})
    return Snapshot(
        standing=Standing(
            as_of=day,
            accounts=pl.read_parquet(io.BytesIO(table)),
            rules=PlacingRules(references, record.get("weights", {}), Happiness(record.get("happiness", "csat_mean"))),
            measure=Measure(
                record["csq_version"], {Axis(axis): how for axis, how in record.get("measure", {}).items()}
            ),
        ),
        pins=Pins(
            pinned_on=date.fromisoformat(record.get("pinned_on", record["as_of"])),
            bands={name: Decimal(value) for name, value in record.get("tiers", {}).items()},
            cuts={Axis(axis): by_tier for axis, by_tier in record.get("cuts", {}).items()},
            references=references,
            asked=record.get("asked", {}),
        ),
        is_filled=bool(record.get("filled")),
        settings_sha256=record["settings"]["sha256"],
        record=record,
    )
