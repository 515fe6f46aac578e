"""The words of the sample data: invented companies, people, and what they write. Any likeness is chance."""

_COMPANIES = """
    Ålesund Fish Auction; Abbott Lane Dental; Acacia Retirement Villages; Alder & Oak Furniture; Almeida
    Construções; Amber Valley Buses; Anvil Street Brewing; Arden Private Schools; Aurelia Jewellers; Balti Street
    Kitchens; Banerjee Diagnostics; Barrow Wind Services; Baumgartner Backwaren; Belgrave Concierge; Birchwood
    Primary Care; Black Fern Forestry; Blythe Valley Golf; Bosphorus Cargo; Brackenridge Farms; Bridgewater Tyres;
    Brunnen Thermalbad; Café Meraki; Calder Print & Pack; Canal House Hostels; Cardoso & Filhos; Cedar Point
    Clinics; Chandra Textile Mills; Chen's Laundry Group; Cinnabar Casinos; Clearwater Pools; Cobalt Data Centres;
    Côte Sauvage Thalasso; Cranleigh Opticians; Crestline Windows; Dahl Taxi; Danube Barge Company; Davenport
    Movers; De Vries Bloemen; Desert Rose Spa; Diallo Import-Export; Dragonfly Daycare; Dunbar Fisheries; Duarte
    Pescados; Eastgate Parking; Ebony Hair Studios; Edelweiss Seilbahnen; Eklund Tandvård; El Faro Restaurantes;
    Elmhurst Library Services; Emberly Fitness; Engström Bygg; Evergreen Crematoria; Falkenberg Glas; Fenwick Estate
    Agents; Figueroa Hermanos; Fleetfoot Messengers; Fontana di Luce; Forde Marine Engineers; Foxglove Florists;
    Frisian Dairy Union; Galway Bay Oysters; Garnet Hill Surgery; Gebrüder Pohl Metallbau; Gilded Spoon Catering;
    Glenfarrow Distillery Tours; Goldcrest Insurance Services; Granville Ice Rink; Greenfinch Recycling; Gruber
    Holzbau; Hanseatic Tug & Tow; Harlequin Playhouses; Havenbrook Hospice; Hawthorn Legal; Heron Island Lodge;
    Hibiscus Homecare; Hillcrest Kennels; Hokkei Precision; Holloway Locksmiths; Honeycomb Co-working; Ibis Creek
    Winery; Ilves Timber; Imperial Carpet Cleaning; Inverness Coaches; Isarwinkel Klinik; Ivory Coast Cocoa Traders;
    Jacaranda Schools; Jansen & de Wit Transport; Jasmine Court Care; Johansson Åkeri; Juniper Nursing Agency;
    Kaleidoscope Cinemas; Kapoor Pharmacies; Karoo Safari Lodges; Kensal Bakery; Kilimo Cold Stores; Kingfisher
    Outdoor Centres; Kirkwall Aquaculture; Klimt & Sohn Reinigung; Koala Kids Clubs; Kovács Autószerviz; La Paloma
    Panadería; Lagoon Water Parks; Lakeshore Radiology; Laurel Bank Nursing; Lenormand Sécurité; Lighthouse
    Staffing; Linden Tree Schools; Lisboa Eléctricos; Lowland Greenhouses; Lumen Stage Hire; Magnolia Bridal;
    Mahoney's Pubs; Mandarin Garden Restaurants; Maple & Main Grocers; Marigold Funeral Care; Masala Express;
    Matterhorn Sport; Mayfield Poultry; Meadowlark Senior Living; Mensah Logistics; Mill Race Paper; Mistral Éolien;
    Moorland Rescue; Mosaic Tilers; Müller-Okonkwo Logistik; Nakamura Elevator Care; Nightingale Sleep Labs; Nimbus
    Skydiving; North Quay Fish Bar; Novák Pekárny; Oakhurst Stables; Olive Branch Mediation; Orchard Lane Cider;
    Ostsee Fährdienst; Otterburn Mills; Paddington Pianos; Palermo Gelaterie; Park & Partners Recruitment; Pemberton
    Quarries; Penrose Theatre Trust; Polder Pumps; Prairie Wind Grain; Primrose Bakehouse; Quarry Bank Climbing;
    Quetzal Coffee Roasters; Ramirez Roofing; Redwood Call Centres; Rhône Valley Packers; Ridgeway Scaffolding;
    Rossi Fratelli Marmi; Rowan House Clinics; Saffron Street Food; Sandpiper Holiday Parks; São Bento Hospital;
    Silver Birch Dental; Skógar Geothermal; Solent Yacht Crews; Stellenberg Wines; Stonebridge Bowling; Summit Ski
    Schools; Szabó Nyomda; Tallinn Night Buses; Thistle Removals; Umeå Parkering; Valley Forge Machining; Van den
    Berg Catering; Wattle Creek Childcare; Zhou Family Dental
"""
COMPANIES = tuple(" ".join(name.split()) for name in _COMPANIES.split(";"))

FIRST_NAMES = (
    "Amara", "Anneke", "Bartosz", "Beatriz", "Callum", "Chiara", "Dagny", "Devika", "Elif", "Emeka", "Farah", "Freya",
    "Gideon", "Hanna", "Hiroshi", "Ilse", "Imran", "Jana", "Jonas", "Kavya", "Kwame", "Leila", "Lucía", "Magnus",
    "Marta", "Mei", "Nadia", "Niamh", "Oskar", "Paulo", "Rafael", "Renée", "Rosa", "Saoirse", "Sven", "Tariq",
    "Thandi", "Viktor", "Yuki", "Zofia",
)  # fmt: skip

LAST_NAMES = (
    "Abara", "Achterberg", "Bianchi", "Boateng", "Carvalho", "Dubois", "Eriksen", "Farrell", "Ferrante", "Gómez",
    "Grünwald", "Haddad", "Hoang", "Ivanova", "Jablonski", "Kaplan", "Keller", "Kimura", "Lindholm", "Mahlangu",
    "McBride", "Mehta", "Moreau", "Nowak", "Nyberg", "O'Dowd", "Okafor", "Pacheco", "Quinn", "Rahman", "Sato",
    "Schuster", "Sharma", "Silva", "Tanaka", "Urquhart", "Varga", "Weiss", "Yilmaz", "Zeman",
)  # fmt: skip

NORTH_STARS = (
    "hours to fill an open shift", "overtime hours per month", "days a roster is published ahead",
    "payroll corrections per month", "shifts without cover", "agency spend", "minutes to approve leave",
    "no-shows per week",
)  # fmt: skip

COMMENTS = {
    1: (
        "Payroll export was wrong twice this month.", "Nobody answers our tickets.",
        "We plan in a spreadsheet again.", "It was sold to us as something else.",
        "Loses my changes when I swap shifts.",
    ),
    2: (
        "Too many clicks for a simple swap.", "The app is slow on our old tablets.",
        "I inherited this setup and do not understand it.", "Permissions are too coarse for our sites.",
        "Reports do not match our numbers.",
    ),
    3: (
        "It is fine.", "Does the job, looks dated.", "Would use more of it if I had the time.",
        "Good for rosters, not for the rest.", "Depends on the week.",
    ),
    4: (
        "Much better since the spring release.", "Saves me an afternoon a week.", "Helpful support, quick answer.",
        "Works well, training could be shorter.", "Leave requests are easy now.",
    ),
    5: (
        "Could not run a weekend without it.", "Our planners love it.", "Everything in one place at last.",
        "The team at Harbourline listens.", "Rosters are out two weeks ahead now.",
    ),
}  # fmt: skip
"""What people write, by the score they give."""
