"""A session of a Spark Connect server, and what it says in a sentence when it cannot do what it is asked.

The thin client is loaded when a session begins, and not before. Its messages hold a token where the address has one,
so that of the address only host and port are told.
"""

import contextlib
import re
import socket
import warnings
from collections.abc import Iterator
from typing import Any

from csq.errors import InputError, UsageError

PATIENCE = 5.0
"""Seconds until a server has to answer."""
AGAIN = 4
"""How often a request is sent again whose answer was lost on the way: in sum some seconds."""
PORT = 15002
"""Where a server listens that is told nothing else."""
OLDEST = 4
"""The first Spark that reads what is asked of it: its CSV reader refuses rows that are not as wide as the header."""
ANOTHER = "start it, or name another: `--remote sc://HOST:PORT`"
INSTALL = '`pip install "csq[spark]"`'
_FAULTS = (
    (r"UNAUTHENTICATED|\b401\b", "does not know who asks", "set the token in SPARK_CONNECT_AUTHENTICATE_TOKEN"),
    (
        r"PERMISSION|Permission denied|Access ?Denied|INSUFFICIENT_PERM|Forbidden|\b403\b|not authorized",
        "may not read it",
        "whoever runs the server gives it, or you, the right to",
    ),
    (
        r"TABLE_OR_VIEW_NOT_FOUND|(SCHEMA|CATALOG)_NOT_FOUND",
        "has no such table or view",
        "name one of `SHOW TABLES`",
    ),
    (r"PATH_NOT_FOUND|Path does not exist|No such file", "has no such file", "give the path as the server sees it"),
    (
        r"No FileSystem for scheme|ClassNotFound",
        "has no reader for it",
        "start it with the package for that store, such as `--packages org.apache.hadoop:hadoop-aws:VERSION`",
    ),
    (
        r"FAILED_READ_FILE|MALFORMED|incorrect number of fields",
        "cannot read all of it: a row may not be as wide as the header",
        "mend the rows, or have csq read the file itself: `--engine local`",
    ),
    (r"UNAVAILABLE|DEADLINE|Connection|Socket closed", "went away", "see its log, and run again"),
    (
        r"UNIMPLEMENTED|UNSUPPORTED|not (yet )?(supported|implemented)",
        "cannot do this",
        "use Spark 4 or newer, or Sail",
    ),
)
"""What messages tell, in words, and what to do."""


@contextlib.contextmanager
def connected(remote: str) -> Iterator[Any]:
    """A session of the server at `sc://HOST[:PORT]`, in UTC, ended afterwards.

    Raises:
        UsageError: The address is none, or the extra is not installed.
        InputError: There is no server, it does not let us in, or it is too old.
    """
    match = re.fullmatch(r"sc://(?P<host>\[[^\]]+\]|[^:/;?#@\s]+)(?::(?P<port>\d{1,5}))?(?:/.*)?", remote)
    port = int((match and match["port"]) or PORT)
    if match is None or not 0 < port < 2**16:
        raise UsageError(
            "`--remote` is no address of a Spark Connect server", hint="such as `--remote sc://localhost:15002`"
        )
    server = f"{match['host']}:{port}"
    builder = _builder()
    try:
        socket.create_connection((match["host"].strip("[]"), port), PATIENCE).close()
    except OSError as error:
        told = getattr(error, "strerror", None) or str(error)
        raise InputError(f"no Spark Connect server at `{server}`: {told}", hint=ANOTHER) from None
    with warnings.catch_warnings(), told_of(f"the server `{server}`"):
        warnings.simplefilter("ignore")  # the client warns of the versions of others
        _await(remote, server)
        session = builder.remote(remote).create()
        try:
            _begin(session, server)
            yield session
        finally:
            with contextlib.suppress(Exception):
                session.stop()


def _builder() -> Any:
    """What makes sessions. Raises UsageError where the client is missing or too old."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import narwhals  # noqa: F401
            from pyspark import __version__
            from pyspark.sql.connect.session import SparkSession
    except ImportError as error:
        missing = (error.name or "its client").partition(".")[0]
        raise UsageError(f"`--engine spark` needs `{missing}`, which is not installed", hint=INSTALL) from None
    if int(__version__.partition(".")[0]) < OLDEST:
        raise UsageError(
            f"`--engine spark` needs pyspark-client {OLDEST} or newer, and {__version__} is installed", hint=INSTALL
        )
    return SparkSession.builder


def _await(remote: str, server: str) -> None:
    """See that what listens there speaks the language of such servers: one that is silent would be waited for long."""
    import grpc
    from pyspark.sql.connect.client import DefaultChannelBuilder

    channel = DefaultChannelBuilder(remote).toChannel()
    try:
        grpc.channel_ready_future(channel).result(timeout=PATIENCE)
    except grpc.FutureTimeoutError:
        raise InputError(f"what listens at `{server}` is no Spark Connect server", hint=ANOTHER) from None
    finally:
        channel.close()


def _begin(session: Any, server: str) -> None:
    """See that the server answers, and is new enough."""
    from pyspark.sql.connect.client.retries import DefaultPolicy

    session.client.set_retry_policies([])  # a server that is not there is not there in ten minutes either
    try:
        version = str(session.version)
    except Exception as error:
        if not _is_servers(error) or re.search(_FAULTS[0][0], str(error)) or re.search(_FAULTS[1][0], str(error)):
            raise
        raise InputError(f"what listens at `{server}` is no Spark Connect server", hint=ANOTHER) from None
    if int(re.match(r"\d*", version)[0] or 0) < OLDEST:  # type: ignore[index]
        raise InputError(
            f"the server `{server}` is Spark {version}", hint=f"csq counts on Spark {OLDEST} or newer, or Sail"
        )
    session.conf.set("spark.sql.session.timeZone", "UTC")
    session.client.set_retry_policies([DefaultPolicy(max_retries=AGAIN)])


@contextlib.contextmanager
def told_of(what: str) -> Iterator[None]:
    """Say in a sentence what a server could not do. Raises InputError."""
    try:
        yield
    except Exception as error:
        if not _is_servers(error):
            raise
        text = re.sub(r"token=[^;\s]*", "token=…", str(error))
        for pattern, told, hint in _FAULTS:
            if re.search(pattern, text, re.IGNORECASE):
                raise InputError(f"{what} {told}", hint=hint) from None
        first = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
        raise InputError(f"{what} cannot do this: {first[:200]}", hint="see its log") from None


def _is_servers(error: Exception) -> bool:
    """Whether an error comes from the server or the way to it, rather than from csq."""
    return type(error).__module__.partition(".")[0] in ("pyspark", "grpc")
