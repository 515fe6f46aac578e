"""The roles: for each its fields, what it must have, and how it is spoken of. Data only.

A new role is a member of `terms.Role`, an entry in `ROLES`, a reader in `sources.load.READERS` and a measure in
`facts.build`. A header means a field when its letters and digits, lower-cased, are one of the field's names; where two
headers do, the name that stands first wins.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from csq.terms import Role


class Cell(StrEnum):
    """How the cells of a field are read."""

    KEY = "key"
    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    MONEY = "money"
    DATE = "date"
    PERIOD = "week, month or quarter"
    TIME = "date and time"
    BOOL = "yes or no"
    SCORE = "score"


class Field(NamedTuple):
    """One field of a role."""

    name: str
    cell: Cell
    names: tuple[str, ...]
    """Headers it goes by, most telling first, lower-case letters and digits only."""


KEYS = (
    Field("account_id", Cell.KEY, ("accountid", "accountkey", "accountnumber", "customerid", "companyid", "orgid",
        "organizationid", "organisationid", "workspaceid", "tenantid", "clientid", "sourceaccountid", "account",
        "customer")),
    Field("subscription_id", Cell.KEY, ("subscriptionid", "subscription", "subid", "contractid")),
    Field("external_id", Cell.KEY, ("externalid", "externalaccountid", "externalreference", "customdata1", "crmid")),
    Field("account_name", Cell.KEY, ("accountname", "companyname", "customername", "company", "organization",
        "organisation", "organizationname", "organisationname", "orgname", "clientname", "client", "associatedcompany",
        "tenantname", "workspacename")),
    Field("email_domain", Cell.KEY, ("emaildomain", "domain", "companydomain", "companydomainname", "website",
        "requesterdomain")),
)  # fmt: skip
KEY_NAMES = tuple(field.name for field in KEYS)

USAGE = (
    *KEYS,
    Field("date", Cell.TIME, ("date", "usagedate", "eventdate", "activitydate", "day", "timestamp", "eventtime",
        "eventtimestamp", "occurredat", "datetime", "time", "createdat", "datum", "fecha")),
    Field("period", Cell.PERIOD, ("period", "month", "week", "quarter", "periodstart", "monthstart", "weekstart",
        "quarterstart", "weekstarting", "weekstartdate", "monthstartdate", "periodstartdate", "weekof", "weekbeginning",
        "weekcommencing", "isoweek", "yearmonth", "yearweek", "usagemonth", "usageweek", "usagequarter",
        "reportingmonth", "reportingweek", "reportingquarter", "reportingperiod", "weekending", "weekendingdate",
        "weekenddate", "weekended", "monthending", "monthend", "monthenddate", "monthendingdate", "quarterending",
        "quarterend", "quarterenddate", "periodending", "periodend", "periodenddate", "monthbeginning", "monthof",
        "weekstartingdate", "weekcommencingdate", "weekbeginningdate", "monat", "kalendermonat", "woche",
        "kalenderwoche", "kw", "quartal", "mois", "semaine", "trimestre", "mes", "mês", "semana", "maand", "kwartaal",
        "mese", "settimana")),
    Field("user_id", Cell.KEY, ("userid", "user", "useremail", "email", "username", "visitorid", "memberid",
        "distinctid", "personid", "userpseudoid")),
    Field("feature", Cell.KEY, ("feature", "featurename", "featureid", "module", "productarea", "eventname",
        "eventtype", "event", "action")),
    Field("events", Cell.NUMBER, ("events", "eventcount", "usagecount", "totalevents", "eventtotals", "actions",
        "interactions", "count", "hits")),
    Field("event_id", Cell.KEY, ("eventid", "usageid", "eventuuid", "insertid", "messageid", "uuid")),
    Field("last_active_date", Cell.DATE, ("lastactivedate", "lastactive", "lastlogin", "lastlogindate", "lastseen",
        "lastactivity", "lastactivitydate", "lastvisit", "lastused", "lastloginat", "lastseenat", "lastactiveat",
        "lastsignin", "lastsigninat", "lastsignindate", "lastaccess", "lastaccessdate")),
    Field("active", Cell.BOOL, ("active", "isactive", "activeuser")),
    Field("signed_up", Cell.DATE, ()),
)  # fmt: skip
SIGN_UPS = ("createdat",)
"""Headers of `date` that in a table of users say since when each is one."""

CSAT = (
    *KEYS,
    Field("score", Cell.SCORE, ("score", "csat", "csatscore", "satisfactionscore", "satisfactionrating",
        "satisfaction", "rating", "surveyscore", "overallsatisfaction", "happiness", "happinessscore", "answer",
        "feedbackrating", "csatrating", "starrating", "stars", "customersatisfaction", "customersatisfactionscore",
        "zufriedenheit", "bewertung", "satisfaccion", "satisfacción", "satisfação", "tevredenheid", "soddisfazione")),
    Field("nps", Cell.SCORE, ("nps", "npsscore", "npsrating", "likelihoodtorecommend", "recommend", "netpromoterscore",
        "netpromoterscorenps", "npsanswer", "npsresponse")),
    Field("ces", Cell.SCORE, ("ces", "cesscore", "effort", "effortscore", "customereffortscore")),
    Field("user_id", Cell.KEY, ("respondentid", "userid", "contactid", "visitorid", "personid", "respondent", "user")),
    Field("email", Cell.KEY, ("email", "emailaddress", "useremail", "respondentemail", "contactemail",
        "recipientemail", "requesteremail")),
    Field("role", Cell.TEXT, ("role", "userrole", "contactrole", "respondentrole", "persona")),
    Field("submitted_at", Cell.TIME, ("submittedat", "submitted", "submittedon", "submissiondate", "responsedate",
        "respondedat", "answeredat", "completedat", "recordeddate", "surveydate", "date", "timestamp", "createdat",
        "submitdate", "enddate", "datesubmitted", "submittime", "submissiontime", "responsetime", "responsedatetime",
        "dateofresponse", "respondedon", "answeredon", "answerdate", "dateanswered", "completedon", "completeddate",
        "completiondate", "datecompleted", "feedbackdate", "ratingdate", "ratedat", "ratedon", "npsdate", "csatdate",
        "createddate", "createdon", "datecreated", "creationdate", "created", "datum", "fecha")),
    Field("sent_at", Cell.TIME, ("sentat", "sent", "senton", "sentdate", "datesent", "invitedat", "requestsentat")),
    Field("comment", Cell.TEXT, ("comment", "comments", "feedback", "feedbacktext", "verbatim", "reason", "remark")),
    Field("survey", Cell.TEXT, ("survey", "surveytype", "surveykind", "surveyname")),
    Field("status", Cell.TEXT, ("status", "responsestatus", "surveystatus")),
    Field("responses", Cell.WHOLE, ("responses", "responsecount", "numberofresponses", "n", "answers",
        "surveyresponses")),
)  # fmt: skip

TERM_ENDS = ("enddate", "contractend", "contractenddate", "contractends", "contractendson", "contractexpiry",
    "contractexpirydate", "contractexpiration", "contractexpirationdate", "contractexpires", "subscriptionend",
    "subscriptionenddate", "subscriptionends", "termend", "termenddate", "termends", "licenseenddate",
    "licenceenddate", "licenseexpiry", "licenceexpiry", "licenseexpirydate", "licenceexpirydate", "expirydate",
    "expirationdate", "expireson", "expiresat", "expires", "endsat", "endson")  # fmt: skip
"""Headers of the day on which a term ends, after which it may be renewed; other ends are those of the customer."""

ACCOUNTS = (
    Field("account_id", Cell.KEY, (*KEYS[0].names[:-2], "recordid", "id", "account", "customer")),
    Field("account_name", Cell.TEXT, (*KEYS[3].names, "name")),
    Field("subscription_id", Cell.KEY, KEYS[1].names),
    Field("external_id", Cell.KEY, KEYS[2].names),
    Field("email_domain", Cell.KEY, KEYS[4].names[:-1]),
    Field("arr", Cell.MONEY, ("arr", "arramount", "annualrecurringrevenue", "contractvalue", "annualcontractvalue",
        "annualvalue", "annualcontract", "contractamount", "annualamount", "currentarr", "totalarr", "arrvalue",
        "contractarr", "annualisedrecurringrevenue", "annualizedrecurringrevenue", "annualfee", "annualspend",
        "annualprice", "annualsubscription", "annualsubscriptionvalue", "annualsubscriptionfee", "yearlyvalue",
        "yearlyamount", "yearlyfee", "yearlyrecurringrevenue")),
    Field("acv", Cell.MONEY, ("acv", "acvamount", "currentacv", "totalacv", "acvvalue")),
    Field("mrr", Cell.MONEY, ("mrr", "mrramount", "monthlyrecurringrevenue", "monthlyvalue", "monthlyamount",
        "currentmrr", "totalmrr", "mrrvalue", "monthlyrevenue", "monthlyfee", "monthlyspend", "monthlyprice",
        "monthlysubscription", "monthlysubscriptionfee", "monthlycharge", "monthlycharges")),
    Field("currency", Cell.TEXT, ("currency", "currencycode", "arrcurrency", "currencyisocode")),
    Field("seats", Cell.WHOLE, ("seats", "seatspurchased", "seatscontracted", "contractedseats", "seatcount",
        "licences", "licenses", "licensecount", "licencecount", "numberofseats", "noofseats", "numseats", "totalseats",
        "purchasedseats", "paidseats", "seatspaid", "seatlimit", "licensedseats", "licencedseats", "seatslicensed",
        "licensedusers", "licencedusers", "userlicenses", "userlicences", "numberoflicenses", "numberoflicences",
        "licensespurchased", "licencespurchased", "purchasedlicenses", "purchasedlicences", "totallicenses",
        "totallicences", "contractedusers", "userlimit", "maxusers", "numberofusers", "usercount")),
    Field("segment", Cell.TEXT, ("segment", "customersegment", "accountsegment", "industry")),
    Field("owner", Cell.TEXT, ("owner", "csm", "csmname", "accountowner", "customersuccessmanager", "accountmanager",
        "csmowner", "companyowner", "accountownername")),
    Field("status", Cell.TEXT, ("status", "accountstatus", "customerstatus", "lifecyclestage", "subscriptionstatus")),
    Field("start_date", Cell.DATE, ("startdate", "customersince", "contractstart", "contractstartdate", "signupdate",
        "subscriptionstart", "subscriptionstartdate", "termstart", "termstartdate", "startedat", "startedon",
        "customersincedate", "createddate")),
    Field("billed_amount", Cell.MONEY, ()),
    Field("billing_interval", Cell.TEXT, ()),
    Field("end_date", Cell.DATE, (*TERM_ENDS, "endedat", "cancelleddate", "canceleddate", "cancelledat", "canceledat",
        "cancelledon", "canceledon", "cancellationdate", "cancelationdate", "churndate", "churnedat", "churnedon",
        "dateofchurn", "terminationdate", "terminatedat", "terminatedon")),
    Field("auto_renew", Cell.BOOL, ("autorenew", "autorenewal", "autorenews", "autorenewflag", "autorenewalflag",
        "isautorenew", "isautorenewal", "autorenewenabled", "autorenewalenabled", "renewsautomatically",
        "automaticrenewal")),
    Field("renewal_date", Cell.DATE, ("renewaldate", "renewal", "nextrenewal", "nextrenewaldate", "renewson",
        "contractrenewaldate", "contractrenewal", "renewsat", "renewalon", "renewaldue", "renewalduedate",
        "dateofrenewal", "subscriptionrenewal", "subscriptionrenewaldate")),
    Field("notice_days", Cell.WHOLE, ("noticedays", "noticeperioddays", "noticeperiodindays", "daysnotice",
        "daysofnotice", "renewalnoticedays", "nonrenewalnoticedays", "cancellationnoticedays", "terminationnoticedays",
        "optoutdays", "optoutnoticedays")),
    Field("opt_out_date", Cell.DATE, ("optoutdate", "optoutby", "optoutdeadline", "noticedate", "noticeby",
        "noticedeadline", "noticeduedate", "cancelby", "cancelbydate", "cancellationdeadline", "nonrenewaldeadline",
        "lastdaytocancel")),
    Field("fit", Cell.TEXT, ("fit", "customerfit", "icpfit")),
    Field("willing", Cell.BOOL, ("willing", "iswilling", "willingness")),
    Field("internal_owner", Cell.TEXT, ("internalowner", "customerowner", "inhouseowner", "projectowner")),
    Field("north_star", Cell.TEXT, ("northstar", "northstarmetric", "successmetric")),
    Field("season_months", Cell.TEXT, ("seasonmonths", "season", "activemonths")),
    Field("features_entitled", Cell.TEXT, ("featuresentitled", "entitledfeatures", "entitlements")),
    Field("is_reference", Cell.BOOL, ("isreference", "reference", "referenceable", "casestudy")),
    Field("last_contact_date", Cell.DATE, ("lastcontactdate", "lastcontact", "lastcontacted", "lasttouch",
        "lasttouchpoint")),
    Field("open_tickets", Cell.WHOLE, ("opentickets", "openticketcount", "ticketsopen")),
    Field("required_by_mandate", Cell.BOOL, ("requiredbymandate", "mandated", "mandatory")),
)  # fmt: skip

GOALS = (
    *KEYS,
    Field("goal", Cell.TEXT, ("goal", "goalname", "objective", "goaldescription", "description")),
    Field("target_date", Cell.DATE, ("targetdate", "goaldate", "duedate", "dueon", "due", "deadline")),
    Field("status", Cell.TEXT, ("status", "goalstatus", "state")),
    Field("progress", Cell.NUMBER, ("progress", "progresspct", "progresspercent", "percentcomplete", "pctcomplete",
        "completion")),
    Field("metric", Cell.TEXT, ("metric", "goalmetric", "kpi", "measure")),
    Field("baseline", Cell.NUMBER, ("baseline", "baselinevalue", "startvalue")),
    Field("target", Cell.NUMBER, ("target", "targetvalue", "goalvalue")),
    Field("current", Cell.NUMBER, ("current", "currentvalue", "actual", "actualvalue")),
    Field("start_date", Cell.DATE, ("startdate", "seton", "agreedon", "createddate", "createdat", "created")),
)  # fmt: skip

CONTACTS = (
    *KEYS,
    Field("user_id", Cell.KEY, ("userid", "visitorid", "contactid", "personid", "distinctid", "memberid",
        "requesterid", "respondentid", "userpseudoid", "recordid", "id", "user")),
    Field("email", Cell.KEY, ("email", "emailaddress", "useremail", "contactemail", "workemail", "primaryemail")),
    Field("name", Cell.TEXT, ("name", "fullname", "contactname", "contact")),
    Field("role", Cell.TEXT, ("role", "contactrole", "buyingrole", "persona")),
    Field("left_on", Cell.DATE, ("lefton", "leftdate", "dateleft", "left", "departedon", "departuredate")),
    Field("since", Cell.DATE, ("since", "rolesince", "joinedon", "joined", "startdate")),
    Field("stance", Cell.TEXT, ("stance", "attitude", "sentiment")),
)  # fmt: skip

EVENTS = (
    *KEYS,
    Field("date", Cell.TIME, ("date", "eventdate", "occurredon", "happenedon", "activitydate", "day", "occurredat",
        "timestamp", "createdat")),
    Field("kind", Cell.TEXT, ("kind", "eventkind", "event", "eventtype", "activitytype", "type")),
    Field("note", Cell.TEXT, ("note", "notes", "comment", "comments", "description", "details", "subject")),
    Field("expires_on", Cell.DATE, ("expireson", "expires", "expirydate", "expirationdate", "validuntil", "until")),
    Field("cause", Cell.TEXT, ("cause", "causecode", "rootcause", "reasoncode")),
    Field("by", Cell.TEXT, ("by", "loggedby", "recordedby", "createdby", "assignedto", "owner", "csm")),
    Field("planned_step", Cell.TEXT, ("plannedstep",)),
)  # fmt: skip

OUTCOMES = (
    *KEYS,
    Field("date", Cell.TIME, ("date", "outcomedate", "decidedon", "closedate", "closeddate", "closedon", "renewaldate",
        "renewedon", "effectivedate", "effectiveon", "day", "timestamp")),
    Field("outcome", Cell.TEXT, ("outcome", "renewaloutcome", "result", "renewalresult", "renewalstatus", "decision",
        "status", "kind", "type")),
    Field("value_after", Cell.MONEY, ("valueafter", "contractvalueafter", "arrafter", "acvafter", "newvalue",
        "newcontractvalue", "newarr", "newacv", "renewedvalue", "renewedarr", "renewedacv")),
    Field("churned_on", Cell.TIME, ("churnedon", "churndate", "churneddate", "churnedat", "churnday", "cancelledon",
        "canceledon", "cancelleddate", "canceleddate", "cancellationdate")),
)  # fmt: skip

OVERRIDES = (
    *KEYS,
    Field("field", Cell.TEXT, ("field", "fact", "fieldname", "attribute")),
    Field("value", Cell.TEXT, ("value", "newvalue")),
    Field("author", Cell.TEXT, ("author", "by", "setby", "changedby")),
    Field("reason", Cell.TEXT, ("reason", "why", "because", "note")),
    Field("expires_on", Cell.DATE, ("expireson", "expires", "expirydate", "expirationdate", "validuntil", "until")),
)  # fmt: skip

PEOPLE = ("user_id", "email")
"""Fields that name a person, whom a contacts file leads on to an account."""
TICKED, KEY_OF_TICKS = "planned_step", "account_id"
"""Field of the events that csq records itself, and the key by which it names their accounts."""
MONEY_FIELDS = ("arr", "acv", "mrr")
"""Columns that may hold the contract value, in the order in which one is taken."""
STAYING_FLAGS = ("active", "isactive", "activecustomer", "activeaccount", "iscustomer", "iscurrent", "currentcustomer")
GONE_FLAGS = ("churned", "ischurned", "churn", "churnflag", "haschurned", "cancelled", "canceled", "iscancelled",
    "iscanceled", "inactive", "isinactive", "deleted", "isdeleted", "lost", "islost", "archived", "isarchived",
    "deactivated")  # fmt: skip
"""Headers of yes and no in an accounts file that say who is a customer still, and who is none."""


class RoleSpec(NamedTuple):
    """What there is to know of a role before any file is read."""

    fields: tuple[Field, ...]
    file_words: tuple[str, ...]
    """Words in a file's name that tell its role."""
    flag: str
    """What `--help` says of its flag."""
    keys: tuple[str, ...] = KEY_NAMES
    """Fields one of which a file must have, so that a row can find its account; those that name people come last."""
    needs: tuple[str, ...] = ()
    """Fields that a file must have besides."""
    instead: str | None = None
    """A field that says all that they say."""
    days: tuple[str, ...] = ()
    """Fields whose unreadable or blank cells reject the row: without its day an event cannot be placed in a window."""
    is_context: bool = False
    """No run needs it: without it less is known, and nothing else changes."""
    is_export: bool = True
    """Some tool writes its files, so that csq.yaml can name their columns and keys."""


ROLES: Mapping[Role, RoleSpec] = {
    Role.USAGE: RoleSpec(
        fields=USAGE,
        file_words=("usage", "activity", "eventlog", "logins", "metrics"),
        flag="Usage export; may repeat, may be a pattern",
        keys=(*KEY_NAMES, *PEOPLE),
        days=("date", "period"),
    ),
    Role.CSAT: RoleSpec(
        fields=CSAT,
        file_words=("csat", "survey", "surveys", "nps", "ces", "satisfaction", "feedback", "tickets"),
        flag="Survey export; may repeat",
        keys=(*KEY_NAMES, *PEOPLE),
    ),
    Role.ACCOUNTS: RoleSpec(
        fields=ACCOUNTS,
        file_words=("accounts", "account", "customers", "companies", "crm", "subscriptions", "contracts"),
        flag="Accounts or subscriptions; may repeat",
        keys=("account_id", "account_name"),
    ),
    Role.GOALS: RoleSpec(
        fields=GOALS,
        file_words=("goals", "goal", "objectives"),
        flag="What customers want to reach; may repeat",
        needs=("goal", "target_date"),
        is_context=True,
    ),
    Role.CONTACTS: RoleSpec(
        fields=CONTACTS,
        file_words=("contacts", "visitors", "people", "stakeholders"),
        flag="People, their roles and their accounts; may repeat",
        is_context=True,
    ),
    Role.EVENTS: RoleSpec(
        fields=EVENTS,
        file_words=("events", "timeline"),
        flag="Dated events about accounts; may repeat",
        needs=("date", "kind"),
        days=("date",),
        is_context=True,
    ),
    Role.OUTCOMES: RoleSpec(
        fields=OUTCOMES,
        file_words=("outcomes", "outcome"),
        flag="Who renewed, took more or less, or left; may repeat",
        needs=("date", "outcome"),
        instead="churned_on",
        days=("date",),
        is_context=True,
    ),
    Role.OVERRIDES: RoleSpec(
        fields=OVERRIDES,
        file_words=("overrides", "override"),
        flag="Account facts that a person corrects, with why; may repeat",
        needs=("field", "value", "author", "reason"),
        is_export=False,
    ),
}
CONTEXT = tuple(role for role, spec in ROLES.items() if spec.is_context)
EXPORTS = tuple(role for role, spec in ROLES.items() if spec.is_export)
KEYED = tuple(role for role in EXPORTS if role is not Role.ACCOUNTS)
"""Roles whose key may refer to any key column of the accounts."""
NEVER_EMPTY = (Role.ACCOUNTS, Role.USAGE, Role.CSAT)
"""Roles whose files, taken together, have rows; of any other to have none says that there are none."""
