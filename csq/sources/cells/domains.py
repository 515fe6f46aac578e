"""Which domains tell an account by their last two names, and which only by three, or not at all. Data only.

Taken from the Public Suffix List of October 2026: the suffixes of two names under the domains of countries, without the
municipalities of Norway, and of the hosts those where a company is likely to have a name. A library that reads the
whole list takes longer than all the rest of a start.
"""

from collections.abc import Mapping

FREE_MAIL = (
    "gmail.com", "googlemail.com", "icloud.com", "protonmail.com", "protonmail.ch", "ymail.com", "rocketmail.com",
    "outlook.com", "live.com", "msn.com", "me.com", "mac.com", "web.de", "t-online.de", "proton.me", "mail.com",
    "mail.ru", "zoho.com", "qq.com", "163.com", "126.com", "orange.fr", "wanadoo.fr", "free.fr", "libero.it",
    "comcast.net", "fastmail.com", "hey.com", "btinternet.com", "verizon.net", "att.net", "sbcglobal.net",
    "bluewin.ch", "pm.me", "laposte.net", "sfr.fr", "naver.com", "daum.net", "rediffmail.com", "uol.com.br",
    "bol.com.br", "outlook.fr", "outlook.de", "outlook.es", "outlook.it", "outlook.pt", "outlook.be", "outlook.dk",
    "outlook.ie", "outlook.in", "outlook.jp", "outlook.com.br", "outlook.com.au", "live.co.uk", "live.fr", "live.de",
    "live.nl", "live.be", "live.it", "live.ca", "live.se", "live.dk", "live.no", "live.com.au", "live.com.mx",
    "live.com.pt", "inbox.ru", "list.ru", "bk.ru", "rambler.ru", "ya.ru", "ukr.net", "i.ua", "seznam.cz", "email.cz",
    "centrum.cz", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "abv.bg", "freenet.de", "arcor.de", "online.de",
    "virgilio.it", "tiscali.it", "alice.it", "tin.it", "telenet.be", "skynet.be", "ziggo.nl", "kpnmail.nl",
    "hetnet.nl", "planet.nl", "xs4all.nl", "online.no", "neuf.fr", "bbox.fr", "bigpond.com", "optusnet.com.au",
    "xtra.co.nz", "shaw.ca", "rogers.com", "sympatico.ca", "cox.net", "charter.net", "bellsouth.net", "earthlink.net",
    "juno.com", "terra.com.br", "ig.com.br", "hanmail.net", "139.com", "sina.com", "sohu.com", "foxmail.com",
    "yeah.net", "docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "tutanota.com", "tuta.io", "tutamail.com",
    "duck.com", "appleid.com", "mailbox.org", "posteo.de", "ntlworld.com", "talktalk.net", "virginmedia.com",
    "blueyonder.co.uk", "tiscali.co.uk",
)  # fmt: skip
"""Domains that anybody can have an address at, so that they tell nothing about an account."""

FREE_MAIL_NAMES = ("yahoo", "hotmail", "gmx", "aol", "yandex")
"""What stands before the suffix of a domain for free mail, whatever the country."""

EVERYWHERE = ("ac", "co", "com", "edu", "gob", "gov", "mil", "net", "org")
"""What under the domain of any country is no company's: `acme.co.uk`, `acme.com.br`."""

OF_COUNTRIES: Mapping[str, str] = {
    "ae": "sch",
    "ag": "nom",
    "ai": "off",
    "am": "commune",
    "ao": "ed gv it og pb",
    "ar": "bet coop int musica mutual seg senasa tur",
    "at": "gv or",
    "au": "act asn conf id nsw nt oz qld sa tas vic wa",
    "az": "biz info int name pp pro",
    "bb": "biz info store tv",
    "bd": "ai id info it sch tv",
    "bg": "0 1 2 3 4 5 6 7 8 9 a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "bi": "or",
    "bj": "africa agro architectes assur avocats eco econo info loisirs money ote restaurant resto tourism "
        "univ",
    "bo": "academia agro arte blog bolivia ciencia cooperativa democracia deporte ecologia economia empresa "
        "ia indigena industria info int medicina movimiento musica natural nombre noticias patria "
        "plurinacional politica profesional pueblo revista salud tecnologia tksat transporte tv web wiki",
    "br": "9guacu abc adm adv agr aju am anani aparecida api app arq art ato b barueri belem bet bhz bib "
        "bio blog bmd boavista bsb campinagrande campinas caxias cim cng cnt contagem coop coz cri cuiaba "
        "curitiba def des det dev ecn eco emp enf eng esp etc eti far feira flog floripa fm fnd fortal "
        "fot foz fst g12 geo ggf goiania gru ia imb ind inf jab jampa jdf joinville jor jus leg leilao "
        "lel log londrina macapa maceio manaus maringa mat med morena mp mus natal niteroi not ntr odo "
        "ong osasco palmas poa ppg pro psc psi pvh qsl radio rec recife rep ribeirao rio riobranco "
        "riopreto salvador sampa santamaria santoandre saobernardo saogonca seg sjc slg slz social "
        "sorocaba srv taxi tc tec teo the tmp trd tur tv udi vet vix vlog wiki xyz zlg",
    "by": "of",
    "ca": "ab bc gc mb nb nf nl ns nt nu on pe qc sk yk",
    "ci": "asso ed go gouv int or",
    "cn": "ah bj cq fj gd gs gx gz ha hb he hi hk hl hn jl js jx ln mo nm nx qh sc sd sh sn sx tj tw xj xz "
        "yn zj",
    "co": "nom",
    "cr": "ed fi go or sa",
    "cu": "inf nat",
    "cv": "id int nome publ",
    "cy": "biz ekloges ltd press pro tm",
    "do": "art sld web",
    "dz": "art asso pol soc tm",
    "ec": "abg adm agron arqt art bar chef cont cpa cue dent dgn disco doc eng esm fin fot gal gye ibr info "
        "k12 lat loj med mktg mon ntr odont pro prof psic psiq pub rio rrpp sal tech tul tur uio vet xxx",
    "ee": "aip fie lib med pri riik",
    "eg": "eun info me name sci sport tv",
    "es": "nom",
    "et": "biz info name",
    "fi": "aland",
    "fj": "biz id info name pro",
    "fr": "asso avoues cci gouv greta huissier-justice nom prd tm",
    "ge": "cyb llc online pvt school tnx",
    "gh": "biz",
    "gi": "ltd mod",
    "gp": "asso mobi",
    "gt": "ind",
    "gu": "guam info web",
    "hk": "idv",
    "hr": "from iz name",
    "ht": "adult art asso coop firm gouv info med perso pol pro rel shop",
    "hu": "2000 agrar bolt casino city erotica erotika film forum games hotel info ingatlan jogasz konyvelo "
        "lakas media news priv reklam sex shop sport suli szex tm tozsde utazas video",
    "id": "ai biz desa go kop my or ponpes sch web",
    "il": "idf k12 muni",
    "im": "tt tv",
    "in": "5g 6g aero ai alumni am bank bihar biz business ca cn coop cs delhi dr er fin firm gen gujarat "
        "ind info int internet io me nic pg post pro res school travel tv ub uk up us",
    "io": "nom",
    "ir": "id sch",
    "it": "abr abruzzo ag agrigento al alessandria alto-adige altoadige an ancona andria-barletta-trani "
        "andria-trani-barletta andriabarlettatrani andriatranibarletta ao aosta aosta-valley aostavalley "
        "aoste ap aq ar arezzo ascoli-piceno ascolipiceno asti at av avellino ba balsan balsan-sudtirol "
        "balsan-suedtirol bari barletta-trani-andria barlettatraniandria bas basilicata belluno benevento "
        "bergamo bg bi biella bl bn bo bologna bolzano bolzano-altoadige bozen bozen-sudtirol "
        "bozen-suedtirol br brescia brindisi bs bt bulsan bulsan-sudtirol bulsan-suedtirol bz ca cagliari "
        "cal calabria caltanissetta cam campania campidano-medio campidanomedio campobasso "
        "carbonia-iglesias carboniaiglesias carrara-massa carraramassa caserta catania catanzaro cb ce "
        "cesena-forli cesenaforli ch chieti ci cl cn como cosenza cr cremona crotone cs ct cuneo cz "
        "dell-ogliastra dellogliastra emilia-romagna emiliaromagna emr en enna fc fe fermo ferrara fg fi "
        "firenze florence fm foggia forli-cesena forlicesena fr friuli-v-giulia friuli-ve-giulia "
        "friuli-vegiulia friuli-venezia-giulia friuli-veneziagiulia friuli-vgiulia friuliv-giulia "
        "friulive-giulia friulivegiulia friulivenezia-giulia friuliveneziagiulia friulivgiulia frosinone "
        "fvg ge genoa genova go gorizia gr grosseto iglesias-carbonia iglesiascarbonia im imperia is "
        "isernia kr la-spezia laquila laspezia latina laz lazio lc le lecce lecco li lig liguria livorno "
        "lo lodi lom lombardia lombardy lt lu lucania lucca macerata mantova mar marche massa-carrara "
        "massacarrara matera mb mc me medio-campidano mediocampidano messina mi milan milano mn mo modena "
        "mol molise monza monza-brianza monza-e-della-brianza monzabrianza monzaebrianza "
        "monzaedellabrianza ms mt na naples napoli no novara nu nuoro og ogliastra olbia-tempio "
        "olbiatempio or oristano ot pa padova padua palermo parma pavia pc pd pe perugia pesaro-urbino "
        "pesarourbino pescara pg pi piacenza piedmont piemonte pisa pistoia pmn pn po pordenone potenza "
        "pr prato pt pu pug puglia pv pz ra ragusa ravenna rc re reggio-calabria reggio-emilia "
        "reggiocalabria reggioemilia rg ri rieti rimini rm rn ro roma rome rovigo sa salerno sar sardegna "
        "sardinia sassari savona si sic sicilia sicily siena siracusa so sondrio sp sr ss su sud-sardegna "
        "sudsardegna suedtirol sv ta taa taranto te tempio-olbia tempioolbia teramo terni tn to torino "
        "tos toscana tp tr trani-andria-barletta trani-barletta-andria traniandriabarletta "
        "tranibarlettaandria trapani trentin-sud-tirol trentin-sudtirol trentin-sued-tirol "
        "trentin-suedtirol trentino trentino-a-adige trentino-aadige trentino-alto-adige "
        "trentino-altoadige trentino-s-tirol trentino-stirol trentino-sud-tirol trentino-sudtirol "
        "trentino-sued-tirol trentino-suedtirol trentinoa-adige trentinoaadige trentinoalto-adige "
        "trentinoaltoadige trentinos-tirol trentinostirol trentinosud-tirol trentinosued-tirol "
        "trentinosuedtirol trentinsud-tirol trentinsudtirol trentinsued-tirol trentinsuedtirol trento "
        "treviso trieste ts turin tuscany tv ud udine umb umbria urbino-pesaro urbinopesaro va "
        "val-d-aosta val-daosta vald-aosta valle-aosta valle-d-aosta valle-daosta valleaosta valled-aosta "
        "valledaosta vallee-aoste vallee-d-aoste valleeaoste valleedaoste vao varese vb vc vda ve ven "
        "veneto venezia venice verbania verbano-cusio-ossola vercelli verona vi vibo-valentia "
        "vibovalentia vicenza viterbo vr vs vt vv",
    "jo": "agri ai eng fm per phd sch tv",
    "jp": "ad aichi akita aomori chiba ed ehime fukui fukuoka fukushima gifu go gr gunma hiroshima hokkaido "
        "hyogo ibaraki ishikawa iwate kagawa kagoshima kanagawa kochi kumamoto kyoto lg mie miyagi "
        "miyazaki nagano nagasaki nara ne niigata oita okayama okinawa or osaka saga saitama shiga "
        "shimane shizuoka tochigi tokushima tokyo tottori toyama wakayama yamagata yamaguchi yamanashi",
    "ke": "go info me mobi ne or sc",
    "ki": "biz info",
    "km": "ass asso coop gouv medecin nom notaires pharmaciens prd presse tm veterinaire",
    "kp": "rep tra",
    "kr": "ai busan chungbuk chungnam daegu daejeon es gangwon go gwangju gyeongbuk gyeonggi gyeongnam hs "
        "incheon io it jeju jeonbuk jeonnam kg me ms ne or pe re sc seoul ulsan",
    "kw": "emb ind",
    "la": "info int per",
    "lk": "assn grp hotel int ltd ngo sch soc web",
    "ls": "biz info sc",
    "lv": "asn conf id",
    "ly": "id med plc sch",
    "ma": "press",
    "mc": "asso tm",
    "me": "its priv",
    "mg": "nom prd",
    "mk": "inf name",
    "ml": "art asso gouv info inst pr presse",
    "mu": "or",
    "mv": "aero biz coop info int museum name pro",
    "mw": "biz coop int",
    "my": "biz name",
    "mz": "adv",
    "na": "alt",
    "nc": "asso nom",
    "nf": "arts firm info other per rec store web",
    "ng": "i mobi name sch",
    "ni": "biz in info int nom web",
    "no": "dep fhs folkebibl fylkesbibl herad idrett kommune museum priv stat vgs",
    "nr": "biz info",
    "nz": "cri geek gen govt health iwi kiwi maori parliament school",
    "om": "med museum pro",
    "pa": "abo ing med nom sld",
    "pe": "nom",
    "ph": "i ngo",
    "pk": "biz fam gkp gog gok gop gos web",
    "pl": "agro aid atm augustow auto babia-gora bedzin beskidy bialowieza bialystok bielawa bieszczady biz "
        "boleslawiec bydgoszcz bytom cieszyn czeladz czest dlugoleka elblag elk glogow gmina gniezno "
        "gorlice grajewo gsm ilawa info jaworzno jelenia-gora jgora kalisz karpacz kartuzy kaszuby "
        "katowice kazimierz-dolny kepno ketrzyn klodzko kobierzyce kolobrzeg konin konskowola kutno lapy "
        "lebork legnica lezajsk limanowa lomza lowicz lubin lukow mail malbork malopolska mazowsze mazury "
        "media miasta mielec mielno mragowo naklo nieruchomosci nom nowaruda nysa olawa olecko olkusz "
        "olsztyn opoczno opole ostroda ostroleka ostrowiec ostrowwlkp pc pila pisz podhale podlasie "
        "polkowice pomorskie pomorze powiat priv prochowice pruszkow przeworsk pulawy radom rawa-maz "
        "realestate rel rybnik rzeszow sanok sejny sex shop sklep skoczow slask slupsk sos sosnowiec "
        "stalowa-wola starachowice stargard suwalki swidnica swiebodzin swinoujscie szczecin szczytno "
        "szkola targi tarnobrzeg tgory tm tourism travel turek turystyka tychy ustka walbrzych warmia "
        "warszawa waw wegrow wielun wlocl wloclawek wodzislaw wolomin wroclaw zachpomor zagan zarow zgora "
        "zgorzelec",
    "pr": "biz est info isla name pro prof",
    "ps": "plo sec",
    "pt": "int nome publ",
    "py": "coop",
    "qa": "name sch",
    "re": "asso",
    "ro": "arts firm info nom nt rec store tm www",
    "rs": "in",
    "rw": "coop",
    "sa": "med pub sch",
    "sd": "info med tv",
    "se": "a b bd brand c d e f fh fhsk fhv g h i k komforb kommunalforbund komvux l lanbib m n "
        "naturbruksgymn o p parti pp press r s t tm u w x y z",
    "sn": "art gouv univ",
    "so": "me",
    "ss": "biz me sch",
    "st": "consulado embaixada principe saotome store",
    "sv": "red",
    "th": "go in mi or",
    "tj": "biz go int name nic test web",
    "tm": "nom",
    "tn": "ens fin ind info intl mincom nat perso tourism",
    "tr": "av bbs bel biz dr gen info k12 kep name nc pol tel tsk tv web",
    "tt": "biz info name pro",
    "tw": "club ebiz game idv",
    "tz": "go hotel info me mobi ne or sc tv",
    "ua": "cherkassy cherkasy chernigov chernihiv chernivtsi chernovtsy ck cn cr crimea cv dn "
        "dnepropetrovsk dnipropetrovsk donetsk dp if in ivano-frankivsk kh kharkiv kharkov kherson "
        "khmelnitskiy khmelnytskyi kiev kirovograd km kr kropyvnytskyi krym ks kv kyiv lg lt lugansk "
        "luhansk lutsk lv lviv mk mykolaiv nikolaev od odesa odessa pl poltava rivne rovno rv sb "
        "sebastopol sevastopol sm sumy te ternopil uz uzhgorod uzhhorod vinnica vinnytsia vn volyn yalta "
        "zakarpattia zaporizhzhe zaporizhzhia zhitomir zhytomyr zp zt",
    "ug": "go ne or sc us",
    "uk": "ltd me nhs plc police",
    "us": "ak al ar as az ca ct dc de dni fl ga gu hi ia id il in isa ks ky la ma md me mi mn mo ms mt nc "
        "nd ne nh nj nm nsn nv ny oh ok or pa pr ri sc sd tn tx ut va vi vt wa wi wv wy",
    "uy": "gub",
    "ve": "arts bib e12 emprende firm ia info int nom rar rec store tec web",
    "vi": "k12",
    "vn": "ai angiang bacgiang backan baclieu bacninh baria-vungtau bentre binhdinh binhduong binhphuoc "
        "binhthuan biz camau cantho caobang daklak daknong danang dienbien dongnai dongthap gialai "
        "hagiang haiduong haiphong hanam hanoi hatinh haugiang health hoabinh hue hungyen id info int io "
        "khanhhoa kiengiang kontum laichau lamdong langson laocai longan namdinh name nghean ninhbinh "
        "ninhthuan phutho phuyen pro quangbinh quangnam quangngai quangninh quangtri soctrang sonla "
        "tayninh thaibinh thainguyen thanhhoa thanhphohochiminh thuathienhue tiengiang travinh tuyenquang "
        "vinhlong vinhphuc yenbai",
    "za": "agric alt grondar law ngo nic nis nom school tm web",
    "zm": "biz info sch",
}  # fmt: skip
"""What else is nobody's under the domain of a country."""

HOSTS = (
    "onmicrosoft.com", "sharepoint.com", "myshopify.com", "wordpress.com", "wixsite.com", "weebly.com",
    "squarespace.com", "webflow.io", "github.io", "gitlab.io", "herokuapp.com", "netlify.app", "vercel.app",
    "pages.dev", "web.app", "firebaseapp.com", "azurewebsites.net", "cloudfront.net", "amazonaws.com", "blogspot.com",
    "zendesk.com", "freshdesk.com", "atlassian.net", "slack.com", "okta.com", "salesforce.com", "force.com",
    "my.site.com", "hubspot.com", "notion.site", "uk.com", "us.com", "eu.com", "de.com", "gb.net", "uk.net", "se.net",
    "jp.net", "co.com", "co.nl", "co.no", "com.de", "com.se", "org.es",
)  # fmt: skip
"""Domains of hosts and registries, at which each customer has a name of its own."""
