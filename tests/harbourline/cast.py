"""The cast of the sample data: each account here is planted for one idea, said in its `idea`.

In the order of contract value bands, then of what the ideas are about: placement, use, survey, calendar, awkward cells.
"""

from dataclasses import replace

from harbourline.story import BUSY, HAPPY, IDLE, LIGHT, SILENT, STEADY, Mood, Part, Said, on

DECISION_MAKER, CHAMPION, INFLUENCER, END_USER = "decision_maker", "champion", "influencer", "end_user"


def _said(*answers: Said, silent: int = 0) -> Mood:
    """Just these answers, and some people who were asked and did not answer."""
    return Mood(said=answers, silent=silent)


def _all(role: str, *scores: int, days_ago: int) -> tuple[Said, ...]:
    """One answer of each of several people in the same role, a day apart."""
    return tuple(Said(role, score, days_ago + i) for i, score in enumerate(scores))


LARGE = (
    Part(
        "0001004", "Norrland Regionsjukvård", "best of the base, renews soon", "advocate",
        habit=replace(BUSY, active=(1, 1), pace=(1, 1), features=(11, 11), every_day=True),
        crm={"Renewal Date": on(41), "Fit": "Good", "Willing": "Yes", "Is Reference": "No"},
    ),
    Part(
        "0001017", "Halcyon Airports Group", "decision makers happy, end users not", "advocate",
        mood=_said(
            *_all(DECISION_MAKER, 5, 5, days_ago=21), Said(CHAMPION, 5, 24), Said(INFLUENCER, 5, 30),
            Said(END_USER, 2, 26, "Three screens to swap one shift."), Said(END_USER, 1, 27, "Nobody asked us."),
        ),
    ),
    Part(
        "0001023", "Brinkmann & Söhne Spedition", "end users happy, decision maker not", "advocate",
        mood=_said(
            Said(DECISION_MAKER, 1, 35, "I still cannot see what we save."), *_all(END_USER, 5, 5, 4, 5, days_ago=33),
        ),
    ),
    Part(
        "0001031", "Quayside Ferry Lines", "one user does most of the work", "advocate",
        habit=replace(BUSY, hero=15),
    ),
    Part(
        "0001038", "Maison Vauclair Hôtels", "busiest user idle for weeks", "advocate",
        habit=replace(BUSY, hero=12, hero_left=23),
    ),
    Part(
        "0001042", "O'Halloran Facilities Management", "features dropped", "advocate",
        habit=replace(BUSY, features=(6, 6), dropped=("Workflows", "Forms")),
    ),
    Part(
        "0001049", "Transportes Ibáñez, S.A.", "more active users than seats", "advocate",
        habit=replace(BUSY, active=(1.25, 1.25)), crm={"Renewal Date": on(150)},
    ),
    Part(
        "0001056", "Kowalczyk Cold Chain", "usage rises while happiness falls", "frustrated",
        habit=replace(BUSY, before=(0.5, 0.5)),
        mood=_said(
            Said(CHAMPION, 5, 412), Said(CHAMPION, 2, 30, "More work than before, not less.", again=True),
            Said(END_USER, 4, 410), Said(END_USER, 2, 28, again=True), Said(DECISION_MAKER, 3, 29),
        ),
    ),
    Part(
        "0001063", "Seebad Resorts Ostsee", "usage falls by half, still happy", "settled",
        habit=replace(BUSY, active=(0.35, 0.35), before=(2.6, 2.6)), crm={"Seats": "58"},
    ),
    Part(
        "0001070", "Bundesanstalt für Küstenschutz", "has to use it, unhappy", "frustrated",
        crm={"Required By Mandate": "Yes"},
    ),
    Part(
        "0001112", "Sakura Rail Services", "asks for what a competitor has", "frustrated",
        mood=_said(
            Said(CHAMPION, 2, 9, "Our sister company's tool lets staff bid for shifts."), Said(DECISION_MAKER, 2, 12),
            Said(END_USER, 3, 11), silent=2,
        ),
        crm={"Renewal Date": on(84), "Open Tickets": "4", "Fit": "Good"},
    ),
    Part(
        "0001119", "Megaphone Live Events", "unhappy heavy user, bad fit", "frustrated",
        crm={"Fit": "Bad", "Willing": "Yes", "Open Tickets": "6"},
    ),
    Part(
        "0001126", "Adeyemi Hospitals Trust", "at risk and worth saving", "at_risk",
        crm={"Fit": "Good", "Willing": "Yes", "Internal Owner": "Folake Adeyemi"},
    ),
    Part(
        "0001133", "Gulfwind Car Parks", "at risk and not worth the squeeze", "at_risk",
        crm={"Fit": "Bad", "Willing": "No", "Internal Owner": ""},
    ),
    Part(
        "0001140", "Vitória Shopping Centres", "at risk, fit unknown", "at_risk",
        crm={"Fit": "", "Willing": "", "Internal Owner": ""},
    ),
    Part(
        "0001147", "Tamarind Foods International", "expansion that looks like a loss", "underuser",
        habit=replace(LIGHT, active=(0.15, 0.15), features=(2, 2), before=(0.1, 0.1)),
        mood=_said(
            Said(DECISION_MAKER, 5, 26, "First three stores are live, forty to go."), Said(CHAMPION, 4, 27), silent=2,
        ),
        crm={"Start Date": on(-128), "Renewal Date": on(237), "North Star": "stores live per month"},
    ),
    Part("0001154", "Lindqvist Energi", "taken for granted", "advocate", crm={"Last Contact Date": on(-214)}),
    Part("0001161", "Castellan Security", "reference already", "advocate", crm={"Is Reference": "Yes"}),
    Part(
        "0001168", "Ngata Ports", "advocate with open tickets", "advocate",
        crm={"Open Tickets": "3", "Is Reference": "Yes"},
    ),
    Part("0001077", "Meridian Care Homes", "never in the log", "not_in_usage", crm={"Renewal Date": on(66)}),
    Part("0001084", "Pacific Crest Aviation", "never asked, busy", "never_asked", habit=BUSY),
    Part(
        "0001091", "Royaume Textiles", "asked and silent", "no_answer",
        mood=Mood(rate=0, silent=6), crm={"Account Owner": ""},
    ),
    Part(
        "0001098", "Dunmore Water", "answers too old", "too_old",
        habit=BUSY, mood=_said(Said(DECISION_MAKER, 4, 402), Said(END_USER, 5, 404)),
    ),
    Part(
        "0001105", "Ravensworth University Hospital", "newest answer is stale", "advocate",
        habit=replace(BUSY, every_day=True), mood=_said(*_all(CHAMPION, 4, 5, 5, days_ago=236)),
    ),
)  # fmt: skip

MID = (
    Part(
        "0001203", "Tidewater Marinas", "one feature for years, happy", "underuser",
        habit=replace(LIGHT, features=(1, 1)), crm={"Start Date": on(-1460)},
    ),
    Part(
        "0001207", "Fjällviken Fastigheter", "most seats unused", "underuser",
        habit=replace(LIGHT, active=(0.14, 0.14)), crm={"Seats": "22"},
    ),
    Part(
        "0001211", "Bellweather Bakeries", "answers at the extremes only", "frustrated",
        mood=_said(*_all(END_USER, 5, 1, 5, 1, days_ago=40), Said(DECISION_MAKER, 1, 44)),
    ),
    Part(
        "0001215", "Cruz del Sur Viajes", "no reasons given", "frustrated",
        mood=Mood(said=_all(END_USER, 2, 3, 2, days_ago=18), comments=False),
    ),
    Part(
        "0001219", "Ashgrove Nurseries", "one answer of six asked", "advocate",
        mood=_said(Said(CHAMPION, 5, 20), silent=5),
    ),
    Part(
        "0001223", "Petrov Lift & Elevator", "the same person answers twice", "frustrated",
        mood=_said(Said(CHAMPION, 5, 150), Said(CHAMPION, 2, 16, "The update broke our templates.", again=True)),
    ),
    Part(
        "0001227", "Glasgow Street Sweeping", "two answers of a person on one day", "grumbling",
        mood=_said(Said(END_USER, 4, 25), Said(END_USER, 2, 25, again=True)),
    ),
    Part(
        "0001231", "Huber Bergbahnen AG", "happiness exactly at the cut", "advocate",
        mood=_said(*_all(END_USER, 4, 4, 4, 4, 3, days_ago=31)),
    ),
    Part(
        "0001235", "Sunrise Dialysis Partners", "happiness just under the cut", "frustrated",
        mood=_said(*_all(END_USER, 4, 4, 4, 3, days_ago=52)),
    ),
    Part(
        "0001239", "Plage Bleue Campings", "out of season and quiet", "idle",
        habit=replace(IDLE, before=(0.4, 0.4), last_year=(0, 0)),
        mood=HAPPY, crm={"Season Months": "4;5;6;7;8;9", "Start Date": on(-1300)},
    ),
    Part(
        "0001243", "Whitecap Snow Clearing", "season start missed", "idle",
        habit=replace(BUSY, now=0, before=(0.1, 0.1), last_year=(1, 1)),
        mood=HAPPY, crm={"Season Months": "11;12;1;2;3", "Start Date": on(-1100)},
    ),
    Part(
        "0001247", "Winterwald Weihnachtsmärkte", "in season, as a year ago", "advocate",
        habit=replace(BUSY, before=(0.4, 0.4), last_year=(0.95, 0.95)),
        crm={"Season Months": "10;11;12", "Start Date": on(-1500)},
    ),
    Part(
        "0001251", "Bramble & Finch Hotels", "new and busy", "newcomer",
        habit=BUSY, mood=_said(Said(CHAMPION, 5, 6), Said(DECISION_MAKER, 5, 5)),
        crm={"Start Date": on(-34)},
    ),
    Part(
        "0001255", "Northgate Ambulance Service", "new and hardly started", "newcomer",
        habit=LIGHT, mood=_said(Said(CHAMPION, 3, 8, "Still waiting for our data import.")),
        crm={"Start Date": on(-62)},
    ),
    Part(
        "0001259", "Zephyr Courier Co-op", "idle in the last four weeks", "idle",
        habit=IDLE,
        mood=_said(Said(DECISION_MAKER, 2, 19, "We went back to the whiteboard."), Said(END_USER, 2, 21)),
    ),
    Part(
        "0001263", "Ostrava Steelworks Canteens", "renewal is past, at risk", "at_risk",
        crm={"Renewal Date": on(-17)},
    ),
    Part(
        "0001267", "Larkspur Veterinary Group", "frustrated, renews within days", "frustrated",
        crm={"Renewal Date": on(12), "Fit": "Good"},
    ),
    Part("0001271", "St. Brannoc's Hospice", "free of charge", "advocate", crm={"ARR": "0"}),
    Part("0001275", "Iron Kettle Breweries", "neither in the log nor asked", "not_in_usage", mood=SILENT),
    Part(
        "0001279", "Kestrel Logistics", "name that begins another name", "settled",
        habit=replace(STEADY, hero_since=30),
    ),
    Part("0001283", "Kestrel Logistics Benelux", "name that holds another name", "underuser"),
    Part("0001287", "Sørlandet Slipway", "contract value unknown", "settled", crm={"ARR": ""}),
    Part("0001291", "Mbeki Road Haulage", "contract value unknown", "frustrated", crm={"ARR": ""}),
)  # fmt: skip

SMALL = (
    Part("0001301", "=Equals Studio", "name that a spreadsheet would run", "underuser"),
    Part("0001304", "Slash [/] Burn Catering", "name with markup", "frustrated"),
    Part("0001307", "Kaffee & Kuchen ☕ Berlin", "name with an emoji", "advocate"),
    Part(
        "0001310", "Verkehrsbetriebe Nieder-Ammertal und Umkreis Beteiligungs AG", "name of sixty characters",
        "settled",
    ),
    Part("0001313", 'Theater "Die Brücke", Graz', "name with quotes and a comma", "advocate"),
    Part("0001316", "Pinewood Day Nursery", "new within weeks", "newcomer", crm={"Start Date": on(-21)}),
    Part("0001319", "Osei Cleaning Services", "seats blank in words", "at_risk", crm={"Seats": "n/a"}),
    Part("0001322", "Three Rivers Escape Rooms", "seats unreadable", "underuser", crm={"Seats": "about 40"}),
    Part("0001325", "Lemaire Traiteur", "renewal unreadable", "advocate", crm={"Renewal Date": "TBC"}),
    Part(
        "0001328", "Rosebank Pharmacy", "score written as a word", "advocate",
        mood=_said(Said(DECISION_MAKER, 5, 61), Said(END_USER, 4, 60)),
    ),
    Part(
        "0001331", "Al-Noor Driving School", "comment over two lines", "frustrated",
        mood=_said(Said(DECISION_MAKER, 2, 14, "Slow on Mondays.\nFine for the rest of the week.")),
    ),
    Part("0001334", "Ljubljana Bike Messengers", "survey row exported twice", "advocate"),
    Part("0001361", "Harrow & Vale Estates", "contract value unknown", "advocate", crm={"ARR": ""}),
    Part("0001364", "Ondine Aquatics", "contract value unknown", "frustrated", crm={"ARR": ""}),
    Part("0001367", "Bayou Seafood Market", "contract value unknown", "underuser", crm={"ARR": ""}),
    Part("0001370", "Klein-Venedig Gondeln", "contract value unknown", "at_risk", crm={"ARR": ""}),
)  # fmt: skip

_GONE = replace(IDLE, last_year=(1, 1))
NOT_CUSTOMERS = (
    Part("0001340", "Copperfield Print Works", "churned", "at_risk", habit=_GONE, crm={"Status": "churned"}),
    Part("0001343", "Delft Tile Museum", "churned", "at_risk", habit=_GONE, crm={"Status": "churned"}),
    Part("0001346", "Hartmann Hausverwaltung", "on trial", "newcomer", crm={"Status": "trial", "ARR": ""}),
    Part("0001349", "Gülbahçe Otel", "on trial", "newcomer", crm={"Status": "trial", "ARR": ""}),
    Part(
        "0001352", "Fairweather Zoo", "prospect", "lead",
        crm={"Status": "prospect", "ARR": "", "Seats": "", "Start Date": "", "Renewal Date": ""},
    ),
)  # fmt: skip
"""Rows of the CRM that are no customers, or no longer."""

CAST = {"large": LARGE, "mid": MID, "small": (*SMALL, *NOT_CUSTOMERS)}
"""The planted accounts of each band of contract value."""
