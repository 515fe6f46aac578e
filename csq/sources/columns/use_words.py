"""The words by which a column of numbers is known to be use, or known not to be. Data only.

Words stand in the singular, lower-case. A header is use when all its words are known; one word of `NEVER` is enough to
rule it out.
"""

from collections.abc import Mapping
from typing import NamedTuple

COUNTS = (
    "login", "session", "visit", "event", "action", "interaction", "operation", "message", "pageview", "view",
    "click", "tap", "hit", "search", "query", "upload", "download", "export", "import", "edit", "run", "execution",
    "invocation", "usage", "use", "apicall", "apirequest", "sync", "deployment", "build", "commit", "launch",
)  # fmt: skip
"""What is counted each time somebody uses the product."""
OBJECTS = (
    "report", "dashboard", "document", "doc", "file", "page", "project", "task", "workflow", "automation", "board",
    "post", "form", "template", "chart", "record", "job", "recording", "video", "image", "photo", "design", "model",
    "pipeline", "notebook", "checklist", "course", "lesson", "folder", "screen", "query", "message",
)  # fmt: skip
"""What people make or handle in the product: use together with what is done to it, as in `files_shared`."""
DONE = (
    "created", "sent", "shared", "viewed", "opened", "edited", "updated", "modified", "uploaded", "downloaded",
    "exported", "imported", "run", "ran", "executed", "triggered", "published", "completed", "processed", "generated",
    "built", "deployed", "used", "saved", "posted", "signed", "scheduled", "searched", "played", "watched", "streamed",
    "visited", "added", "printed", "scanned", "performed",
)  # fmt: skip
FEATURES = ("feature", "module")
"""Of these it is counted how many different ones are used, so that it is no matter how many seats there are."""
ADOPTED = ("used", "adopted", "active")

USERS: Mapping[str, int] = {"dau": 1, "wau": 7, "mau": 30, "activeuser": 0, "usedseat": 0}
"""How many people used it, by words that say so alone, with the days of the window that some of them name."""
PEOPLE = ("user", "member", "people", "person", "visitor", "viewer", "editor", "contributor", "creator")
AT_WORK = ("active", "unique", "distinct", "engaged", "loggedin")
"""What makes people those who used it, as in `active_members`; so does a window, as in `monthly_users`."""

ACTIVE = ("active", "login", "loggedin", "session", "activity", "visit", "usage", "use", "used", "engaged", "event")
"""What makes days and time those of use, as in `days_active`."""
TIME = ("minute", "mins", "hour", "hr", "seconds", "secs")
"""`mins` and its like have no singular: `min` is the least, a second may be the one after the first."""
SPENT = ("spent", "screen", "watch", "watched", "streamed", "viewed", "active", "usage", "app", "product")
"""What makes `time` that of use, as in `time_in_app`."""

SHARES = ("adoption", "utilization", "utilisation", "stickiness", "seatutilization")
"""A percentage by the word alone."""
PERCENT = ("pct", "percent", "percentage", "perc")
RATES = ("rate", "ratio", "share", "proportion")
RATED = ("engagement", "engaged", "active", "activeuser", "usedseat", "seatusage", *SHARES)
"""What a rate or a share is of, to be use, as in `engagement_rate`."""
USED = ("usage", "use", "used", "login", "loggedin", *RATED)
"""What a percentage is of, to be use, as in `usage_pct`."""

MODIFIERS = (
    "user", "app", "application", "product", "platform", "portal", "mobile", "web", "desktop", "ios", "android", "api",
    "admin", "sso", "feature", "module", "dashboard", "report", "page", "screen", "workspace", "team", "successful",
    "completed", "authenticated", "active", "activeuser", "engaged", "core",
)  # fmt: skip
"""Whose use it is, or of which part."""
PASSED_OVER = (
    "total", "sum", "count", "number", "num", "no", "nr", "cnt", "of", "the", "in", "by", "on", "to", "with", "for",
    "all", "overall", "times", "via", "during", "within", "over",
)  # fmt: skip
"""Words that change nothing of what a number is."""
PERIODS: Mapping[str, int] = {
    "daily": 1, "today": 1, "yesterday": 1, "weekly": 7, "week": 7, "wtd": 7, "monthly": 30, "month": 30, "mtd": 30,
    "quarterly": 90, "quarter": 90, "qtd": 90, "yearly": 365, "year": 365, "annual": 365, "ytd": 365, "period": 0,
    "current": 0, "recent": 0,
}  # fmt: skip
"""Windows that a word names, with their days; 0 where it does not say how many. So do `30d`, `last 30 days`."""
UNITS: Mapping[int, str] = {
    1: "d|day|days",
    7: "w|wk|wks|week|weeks",
    30: "m|mo|mos|mth|mths|month|months",
    90: "q|quarter|quarters",
    365: "y|yr|yrs|year|years",
}
"""Names of a stretch of so many days, as patterns."""
AVERAGES = ("avg", "average", "mean", "median")
EVER = "ever"
RUNNING: Mapping[str, tuple[str, ...]] = {
    "1y": ("ytd", "year to date"),
    "1q": ("qtd", "quarter to date"),
    "1mo": ("mtd", "month to date"),
    "1w": ("wtd", "week to date"),
    EVER: (
        "lifetime", "life to date", "ltd", "cumulative", "cumulated", "cumul", "cum", "running total", "to date",
        "all time", "alltime", "ever", "kumuliert", "cumulé", "cumule",
    ),
}  # fmt: skip
"""What makes amounts a running total, by the period that it starts again with, as polars writes it, or `EVER`."""


class Never(NamedTuple):
    """Words of what is never use."""

    what: str
    """In words, to stand after the name of a column."""
    words: tuple[str, ...]


NEVER: tuple[Never, ...] = (
    Never("a change", (
        "change", "changed", "growth", "drop", "dropped", "delta", "trend", "vs", "versus", "diff", "difference",
        "increase", "decrease", "decline", "yoy", "mom", "wow", "qoq", "net", "gain", "slope", "variance", "variation",
        "momentum", "new", "previous", "prev", "prior", "before", "slippage", "expansion", "contraction", "movement",
    )),
    Never("a forecast or a goal", (
        "forecast", "forecasted", "predicted", "prediction", "projected", "projection", "expected", "estimate",
        "estimated", "target", "goal", "budget", "planned", "quota", "limit", "cap", "allowance", "max", "maximum",
        "benchmark", "baseline", "threshold", "potential", "likely", "remaining", "left",
    )),
    Never("a score or an answer", (
        "score", "nps", "csat", "ces", "sentiment", "rating", "satisfaction", "survey", "feedback", "promoter",
        "detractor", "passive", "response", "happiness", "effort", "star", "health", "index", "grade", "risk",
        "probability", "propensity", "likelihood", "recommend", "confidence",
    )),
    Never("money", (
        "revenue", "arr", "mrr", "acv", "tcv", "ltv", "clv", "cltv", "arpu", "arpa", "gmv", "price", "pricing", "cost",
        "spend", "amount", "value", "fee", "charge", "charged", "invoice", "invoiced", "bill", "billed", "billing",
        "billable", "payment", "paid", "pay", "refund", "refunded", "discount", "dollar", "euro", "usd", "eur", "gbp",
        "cad", "aud", "chf", "jpy", "inr", "currency", "balance", "profit", "margin", "income", "turnover", "sale",
        "upsell", "booking", "purchase", "purchased", "order", "worth", "debt", "tax", "money", "overage",
    )),
    Never("an outcome", (
        "churn", "churned", "churning", "renewed", "cancelled", "canceled", "cancellation", "cancel", "lost", "won",
        "converted", "conversion", "retained", "retention", "attrition", "downgrade", "downgraded", "upgrade",
        "upgraded", "outcome", "status", "reactivated", "invited", "invitation", "removed", "deleted", "deactivated",
        "disabled", "suspended", "pending", "blocked", "unsubscribed", "expired", "terminated", "closed", "onboarded",
    )),
    Never("seats or terms of the contract", (
        "seat", "licence", "license", "licensed", "contract", "contracted", "subscription", "subscriber", "renewal",
        "renew", "term", "notice", "plan", "trial", "entitlement", "entitled", "provisioned", "allocated", "assigned",
        "registered", "headcount", "employee", "staff", "fte", "size", "capacity", "committed", "included",
    )),
    Never("a flag", ("is", "has", "was", "had", "can", "did", "flag", "flagged", "enabled", "eligible", "bool",
        "boolean", "opted", "optin", "optout")),
    Never("a rank", ("rank", "ranking", "position", "percentile", "quartile", "quintile", "decile", "tier", "level",
        "stage", "band", "segment", "priority", "cohort", "class")),
    Never("an id", ("id", "uuid", "guid", "key", "code", "zip", "postcode", "postal", "phone", "telephone", "fax",
        "sku", "hash", "token", "row", "version", "latitude", "longitude")),
    Never("a date", ("date", "datetime", "timestamp", "ts", "epoch", "first", "last", "latest", "earliest", "at",
        "until", "start", "started", "end", "ended", "begin", "birthday", "due", "deadline", "join", "joined",
        "signup")),
    Never("an age", ("age", "aged", "tenure", "old", "oldest", "maturity", "vintage", "anniversary")),
    Never("our own work", ("support", "csm", "internal", "impersonated", "impersonation", "bot", "crawler", "test",
        "demo", "sandbox", "training", "onboarding", "webinar", "qbr", "ebr", "competitor")),
)  # fmt: skip
"""What is never use, whatever else a header says."""
TROUBLE = (
    "ticket", "error", "incident", "crash", "crashed", "fail", "failed", "failure", "latency", "bug", "outage",
    "downtime", "timeout", "exception", "complaint", "escalation", "issue", "case", "defect", "warning", "bounce",
    "bounced", "abandoned", "abandonment", "rejected", "retry", "delay", "delayed", "wait", "waiting", "since", "ago",
    "idle", "inactive", "inactivity", "dormant", "dormancy", "recency", "stale", "unused", "missed", "unresolved",
    "overdue", "blocker", "attempt", "resolution", "violation", "breach", "absent", "unlicensed",
)  # fmt: skip
"""Trouble, and time without use: shown, never scored."""

PHRASES: Mapping[str, str] = {
    r"([dwm]au)s": r"\1",
    r"times (?:logged|signed) (?:in|on)": "login",
    r"times (?:used|opened|accessed|visited)": "use",
    r"(?:logged|signed) (?:in|on)": "loggedin",
    r"(?:sign|log) (?:in|on)s?|(?:signin|logon|signon)s?": "login",
    r"(?:page|screen) views?": "pageview",
    r"app (?:opens?|launch(?:es)?|starts?)": "launch",
    r"api (?:calls?|hits?)|apicalls?|function calls?": "apicall",
    r"(?:api|http) requests?": "apirequest",
    r"active users?|users? active|activeusers?": "activeuser",
    r"(?:seat|licen[cs]e)s? (?:used|in use|utili[sz]ed)|used (?:seat|licen[cs]e)s?": "usedseat",
    r"active seats?|seats? active": "usedseat",
    r"(?:seat|licen[cs]e)s? (?:utili[sz]ation|adoption)": "seatutilization",
    r"(?:seat|licen[cs]e)s? (?:use|usage)": "seatusage",
    r"dau (?:per |to )?mau|wau (?:per |to )?mau|dau (?:per |to )?wau": "stickiness",
}
"""Several words that mean one thing, as patterns: no seats of a contract are meant by `seats used`."""
HEADS = r"per (?:active |paid |licensed )*(?:activeuser|user|seat|licen[cs]e|member|person|head|capita|employee)s?"
"""What makes a number one for each person, as a pattern."""

EVERYDAY = (
    "login", "logins", "log in", "logged in", "user login", "user logged in", "login success", "successful login",
    "login succeeded", "sign in", "signed in", "signin", "user signed in", "log on", "logout", "log out", "logged out",
    "sign out", "signed out", "session", "session start", "session started", "start session", "session begin",
    "session end", "session ended", "app open", "app opened", "open app", "opened app", "application opened",
    "app launch", "app launched", "app start", "app started", "page view", "page views", "page viewed", "viewed page",
    "view page", "pageview", "pageviews", "page", "page leave", "screen", "screen view", "screen viewed", "visit",
    "first visit", "first open", "user engagement", "heartbeat", "identify", "ping", "authentication", "authenticate",
    "sso login", "login attempt",
)  # fmt: skip
"""Events of a log that everybody's use begins with, without case, spaces and punctuation."""

MOST = 1_000
"""Columns that are scored or shown by their words alone: a table with more is of features or days, as rows are for."""
