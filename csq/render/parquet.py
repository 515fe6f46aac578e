"""Parquet: one account a row for the next program, each column of the type that the schema says.

Money is a decimal, so that sums are exact to the cent. Values are those of JSON: numbers have at most 4 places,
lists stay lists, what is not known is null.
"""

import io

from csq.render.cells import output_rows, values
from csq.render.options import Options
from csq.report import Report

ROW_GROUP = 100_000
"""Rows that are written together."""


def parquet(report: Report, options: Options) -> bytes:
    """Write the accounts.

    Raises:
        UsageError: `options` name something that is not there.
    """
    rows, columns = output_rows(report, options)
    buffer = io.BytesIO()  # not the file itself: of a full disk polars does not tell what Python would
    # Compression and row groups are said, so that a change of polars' defaults changes no bytes.
    rows.lazy().select(**values(columns)).sink_parquet(buffer, compression="zstd", row_group_size=ROW_GROUP)
    return buffer.getvalue()
