"""Parquet counted where it lies: polars reads the columns that are needed, and of the rows nothing is held.

Only a log whose cells are what they seem is counted so: days, whole keys, plain numbers. Anything else is read whole.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Self, TypeVar

import polars as pl

from csq.engine.base import UsageWindows
from csq.engine.by_day import ACCOUNT, DAYS, FEATURE, USER
from csq.engine.counts import UNITS
from csq.errors import InputError
from csq.fate import ROWS
from csq.report import Note
from csq.roles import KEY_NAMES, PEOPLE
from csq.sources.cells.keys import fold_address
from csq.sources.columns.headers import detect, match_headers
from csq.sources.log.opening import Whole, check_log
from csq.sources.reading.address import shown
from csq.sources.reading.grid import LINE
from csq.sources.reading.parquet import pack
from csq.sources.reading.read import TextTable
from csq.sources.rollup.layout import VIA
from csq.sources.rollup.spill import read_cells
from csq.sources.rows.ids import OWN_IDS
from csq.sources.rows.tables import ReadOptions
from csq.terms import NoteKind, Role

Found = TypeVar("Found")

HEAD = 200
"""Rows that are looked at to tell what the columns are."""
MOST = 2_000_000
"""Rows of what has to be read whole."""
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
DENIED = ("access denied", "accessdenied", "forbidden", "403", "401", "unauthorized", "permission", "credential")
MISSING = ("not found", "notfound", "404", "no such", "nosuch", "expanded paths were empty")


class StoreScan:
    """Parquet as a source of days."""

    is_hashed = False

    def __init__(self, address: str) -> None:
        """Look at the columns. Raises InputError when it is not there, or may not be read."""
        self.address, self.label, self.sha256 = address, shown(address), ""
        self._rows = pl.scan_parquet(address, hive_partitioning=True, missing_columns="insert")
        self._schema = self._fetched(self._rows.collect_schema)

    def as_log(self, options: ReadOptions) -> Self:
        """The same as a log that can be counted, by some of its rows.

        Raises:
            Whole: It is no log of days that are told plainly.
        """
        table = self.table(self._rows.head(HEAD))
        told = options.told(Role.USAGE, [table])
        preset = detect(table, Role.USAGE)
        fields = match_headers(table, Role.USAGE, told, preset)
        if preset and preset.unwanted:
            raise Whole("its rows are not all read alike")
        check_log(table.header, fields, options)
        self._names = {field: table.header[index] for field, index in fields.items()}
        own = [name for name in KEY_NAMES if name in fields]
        self.keys: Sequence[str] = own or [VIA + name for name in PEOPLE if name in fields]
        self._log = self._plain(self._schema, options)
        self.lost: Mapping[str, int] = self._lost(options)
        self.notes: tuple[Note, ...] = (
            Note(kind=NoteKind.CHOICE, text=f"`{self.label}` is counted where it lies: its rows have no lines"),
        )
        return self

    def table(self, rows: pl.LazyFrame) -> TextTable:
        """Rows as text, as a file of them would be read."""
        packed = io.BytesIO()
        self._fetched(lambda: rows.collect(engine="streaming")).write_parquet(packed)
        names, nested, cells = pack(packed.getvalue())
        if nested:
            name, dtype = nested[0]
            told = f"column `{name}` of `{self.label}` holds {dtype}, not plain values"
            raise InputError(told, hint="write it without this column, or with it as text")
        frame = pl.read_ipc(io.BytesIO(cells))
        lines = pl.int_range(2, pl.len() + 2, dtype=pl.Int64()).alias(LINE)
        return TextTable(
            label=self.label, sha256="", header=tuple(names), header_line=1, frame=frame.select(lines, pl.all())
        )

    def whole(self) -> TextTable:
        """All rows as text. Raises InputError where they are too many."""
        if self._fetched(lambda: self._rows.select(pl.len()).collect()).item() > MOST:
            told = f"`{self.label}` is no plain log of events, and has more than {MOST:,} rows"
            raise InputError(told, hint="give csq a log with a day in each row, or fewer rows")
        return self.table(self._rows)

    def days(self) -> Sequence[date]:
        """The days that there are."""
        days = self._fetched(lambda: self._log.select(pl.col("day").unique()).collect(engine="streaming"))
        return days["day"].sort().to_list()

    def counts(self, windows: UsageWindows) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Of days that are compared each, of all others as thin as those of a month of a rollup."""
        day, keys = pl.col("day"), self.keys
        compared = pl.any_horizontal(span.holds(day) for span in windows.compared.values())
        active, later = day.filter(pl.col("units") > 0), day > windows.as_of
        kept = {USER: pl.coalesce(active.min(), day.min()), FEATURE: pl.coalesce(active.max(), day.max())}
        sums = pl.col("units").sum(), pl.len().cast(pl.Int64()).alias(ROWS)
        marked = self._log.with_columns(single=pl.when(compared).then(day), later=later)
        queries = [
            marked.group_by(*keys, "single", "later", name=name).agg(*sums, kept=kept[what])
            for what, name in ((USER, "user_id"), (FEATURE, "feature"))
        ]
        queries.append(marked.filter(~compared).group_by(*keys, "day").agg(*sums))
        users, features, accounts = self._fetched(lambda: pl.collect_all(queries, engine="streaming"))
        named = [
            table.with_columns(pl.lit(what).alias("what"), day=pl.coalesce("single", "kept"))
            for table, what in ((users, USER), (features, FEATURE))
        ]
        both = pl.concat(named)
        text = pl.lit(None, dtype=pl.String()).alias("name")
        of_accounts = accounts.with_columns(text, pl.lit(ACCOUNT).alias("what"))
        columns = [*keys, *DAYS]
        thin = pl.concat([both.filter(pl.col("single").is_null()).select(columns), of_accounts.select(columns)])
        single = both.filter(pl.col("single").is_not_null()).select(columns)
        return self._read(single), self._read(thin)

    def _read(self, counts: pl.DataFrame) -> pl.DataFrame:
        """Counts with keys and names as the cells of a file are read."""
        is_user = pl.col("what") == USER
        read = {name: read_cells(counts[name], is_id=name in OWN_IDS) for name in self.keys}
        counts = counts.with_columns(**read, name=read_cells(counts["name"]))
        via = (fold_address(pl.col(name)) for name in self.keys if name.startswith(VIA))
        return counts.with_columns(*via, name=pl.when(is_user).then(fold_address(pl.col("name"))).otherwise("name"))

    def _plain(self, schema: Mapping[str, pl.DataType], options: ReadOptions) -> pl.LazyFrame:
        """Its rows that can be counted: keys, day, units, user_id, feature. Raises Whole where they are not plain."""
        when = self._names["date"]
        day = pl.col(when)
        if schema[when] == pl.String():
            self._check_days(when)
            day = day.str.to_date("%Y-%m-%d")
        elif isinstance(schema[when], pl.Datetime):
            day = (day.dt.convert_time_zone("UTC") if schema[when].time_zone else day).dt.date()  # type: ignore[attr-defined]
        elif schema[when] != pl.Date():
            raise Whole("its days are no dates")
        events: pl.Expr = pl.lit(1.0)
        if "events" in self._names:
            if not schema[self._names["events"]].is_numeric():
                raise Whole("its numbers are no numbers")
            events = pl.col(self._names["events"]).cast(pl.Float64()).fill_null(1.0)
        text = {
            name: pl.col(self._names[name.removeprefix(VIA)]).cast(pl.String())
            if name.removeprefix(VIA) in self._names
            else pl.lit(None, dtype=pl.String())
            for name in (*self.keys, "user_id", "feature")
        }
        for name in text:
            if name.removeprefix(VIA) in self._names and not _is_plain(schema[self._names[name.removeprefix(VIA)]]):
                raise Whole("its keys are no texts")
        rows = self._rows.select(day=day, events=events, **text, **self._ids())
        if "event_id" in self._names:
            rows = self._once(rows)
        self._all = rows
        fits = pl.col("day").is_not_null() & (pl.col("events") >= 0)
        if options.run_day:
            fits &= pl.col("day") <= options.run_day
        units = (pl.col("events") * UNITS).round().cast(pl.Int64())
        return rows.filter(fits).select(*self.keys, "day", "user_id", "feature", units=units)

    def _ids(self) -> dict[str, pl.Expr]:
        return {"event_id": pl.col(self._names["event_id"]).cast(pl.String())} if "event_id" in self._names else {}

    def _once(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Rows of which no two have one event id. Raises Whole where some do, which have to be looked at."""
        ids = pl.col("event_id").drop_nulls()
        count, unique = self._fetched(
            lambda: rows.select(a=ids.len(), b=ids.n_unique()).collect(engine="streaming")
        ).row(0)
        if count > unique:
            raise Whole("event ids are repeated")
        return rows.drop("event_id")

    def _check_days(self, when: str) -> None:
        odd = (~pl.col(when).str.contains(_DAY)).any()
        if self._fetched(lambda: self._rows.select(odd).collect(engine="streaming")).item():
            raise Whole("its days are no dates")

    def _lost(self, options: ReadOptions) -> dict[str, int]:
        """Rows that cannot be counted, by the reason."""
        day = pl.col("day")
        late = day > options.run_day if options.run_day else pl.lit(value=False)
        reasons = {
            "no date": day.is_null(),
            "date after the run day": late,
            "negative number of events": (pl.col("events") < 0) & ~late & day.is_not_null(),
        }
        counts = self._all.select(mask.sum().alias(why) for why, mask in reasons.items())
        found = self._fetched(lambda: counts.collect(engine="streaming"))
        return {why: int(found[why].item()) for why in reasons}

    def _fetched(self, fetch: Callable[[], Found]) -> Found:
        """What is fetched. Raises InputError where it is not there, or may not be read."""
        try:
            return fetch()
        except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise refused(self.label, error) from None


def refused(label: str, error: BaseException) -> InputError:
    """Why a place cannot be read, in one sentence."""
    said = str(error).casefold()
    if any(word in said for word in DENIED):
        return InputError(
            f"`{label}` may not be read: the store refuses it",
            hint="credentials are those of the environment, such as `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, "
            "`GOOGLE_SERVICE_ACCOUNT`, or `AZURE_STORAGE_ACCOUNT_NAME` and `AZURE_STORAGE_ACCOUNT_KEY`",
        )
    if any(word in said for word in MISSING):
        return InputError(
            f"there is nothing at `{label}`", hint="a pattern names files: `s3://bucket/events/*.parquet`"
        )
    return InputError(f"`{label}` cannot be read: {str(error).splitlines()[0]}", hint="it has to be Parquet")


def _is_plain(dtype: pl.DataType) -> bool:
    return dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null) or dtype.is_integer()
