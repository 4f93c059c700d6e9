"""What companies of a country are called, and where they are: the raw material, one entry a
country."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """Words of one country. `forms` are legal forms, each as (common spelling, other spellings)."""

    code: str
    weight: int
    surnames: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]
    cities: tuple[tuple[str, str], ...]
    """City, and the pattern of its postal codes: `#` is a digit, `@` a letter."""
    streets: tuple[str, ...]
    dial: str
    top_level: str
    tax: str
    order: str = "name trade"
    """Whether the trade comes after the name or before it, and where the legal form stands."""


def _country(
    code: str,
    weight: int,
    surnames: str,
    trades: str,
    forms: str,
    cities: str,
    streets: str,
    dial: str,
    top_level: str,
    tax: str,
    order: str = "name trade",
) -> Country:
    return Country(
        code=code,
        weight=weight,
        surnames=tuple(surnames.split(";")),
        trades=tuple(trades.split(";")),
        forms=tuple(tuple(form.split("|")) for form in forms.split(";")),
        cities=tuple((city.split(":")[0], city.split(":")[1]) for city in cities.split(";")),
        streets=tuple(streets.split(";")),
        dial=dial,
        top_level=top_level,
        tax=tax,
        order=order,
    )


COUNTRIES = (
    _country(
        "GB",
        26,
        "Smith;Jones;Taylor;Brown;Williams;Wilson;Johnson;Davies;Patel;Robinson;Wright;Thompson;Evans;Walker;White;Roberts;Green;Hall;Wood;Jackson;Clarke;Harrison;Ward;Turner;Hill;Cooper;Morris;Moore;Clark;Lee;King;Baker;Morgan;Allen;James;Scott;Phillips;Watson;Davis;Parker;Bennett;Price;Griffiths;Young;Whitfield;Ackroyd;Pemberton;Oakeshott;Fairbairn;Hetherington;Blackwood;Entwistle;Satterthwaite;Ramsbottom;Colquhoun;Trelawney;Penhaligon;Fothergill;Micklethwaite;Arkwright",
        "Builders;Plumbing;Electrical;Engineering;Consulting;Solicitors;Accountants;Recruitment;Logistics;Haulage;Catering;Foods;Bakery;Joinery;Roofing;Scaffolding;Cleaning Services;Security;Motors;Garage;Interiors;Architects;Surveyors;Software;Systems;Media;Design;Print;Packaging;Plastics;Steel Fabrications;Tool Hire;Landscapes;Nurseries;Dental Practice;Veterinary Centre;Care Homes;Facilities Management;Energy;Water Treatment;Fire Protection;Refrigeration;Air Conditioning;Flooring;Glass;Timber;Textiles;Furniture;Kitchens;Travel",
        "Limited|Ltd|Ltd.|LTD;Limited|Ltd|Ltd.|LTD;Limited|Ltd|Ltd.|LTD;PLC|plc|P.L.C.|Public Limited Company;LLP|L.L.P.|Limited Liability Partnership",
        "London:SE# #@@;London:EC#@ #@@;Manchester:M## #@@;Leeds:LS## #@@;Bristol:BS# #@@;Birmingham:B## #@@;Glasgow:G## #@@;Cardiff:CF## #@@;Norwich:NR# #@@;Sheffield:S## #@@;York:YO## #@@;Exeter:EX# #@@;Preston:PR# #@@;Reading:RG# #@@;Hull:HU# #@@",
        "High Street;Station Road;Church Lane;Victoria Road;Park Avenue;Mill Lane;King Street;Enterprise Way;Canal Street;The Crescent;Bridge Street;Queens Road;Albert Road;Quay Side;Foundry Row",
        "+44",
        "co.uk",
        "GB#########",
    ),
    _country(
        "US",
        14,
        "Miller;Garcia;Rodriguez;Martinez;Anderson;Thomas;Hernandez;Martin;Thompson;Perez;Harris;Sanchez;Ramirez;Lewis;Nguyen;Flores;Torres;Rivera;Campbell;Mitchell;Carter;Gomez;Reyes;Stewart;Kowalczyk;Steinberg;Delacroix;Abernathy;Kirkpatrick;Vanderbilt;Okafor;Yamamoto;Castellanos;Montgomery;Whitaker;Lindqvist",
        "Manufacturing;Industries;Construction;Electric;Plumbing & Heating;Trucking;Insurance Agency;Consulting Group;Technologies;Software;Pharmaceuticals;Medical Supply;Auto Parts;Foods;Farms;Brewing Company;Marketing;Realty;Engineering;Landscaping;Roofing;Equipment Rental;Oil & Gas;Semiconductor;Aerospace;Packaging;Furniture;Dental;Home Health;Security Services",
        "Inc.|Inc|Incorporated|, Inc.;Inc.|Inc|Incorporated|, Inc.;LLC|L.L.C.|, LLC|Limited Liability Company;Corp.|Corporation|Corp",
        "Boston:021##;Austin:787##;Denver:802##;Chicago:606##;Portland:972##;Atlanta:303##;Phoenix:850##;Columbus:432##;Tampa:336##;Omaha:681##",
        "Main Street;Oak Avenue;Maple Drive;Washington Boulevard;Industrial Parkway;2nd Avenue;Elm Street;Commerce Drive;Lincoln Road;Sunset Boulevard",
        "+1",
        "com",
        "#########",
    ),
    _country(
        "DE",
        10,
        "Müller;Schmidt;Schneider;Fischer;Weber;Meyer;Wagner;Becker;Schulz;Hoffmann;Schäfer;Koch;Bauer;Richter;Klein;Wolf;Schröder;Neumann;Schwarz;Zimmermann;Krüger;Hofmann;Hartmann;Lange;Köhler;Böhm;Grünwald;Lüdenscheid;Weißenberger;Größler;Oberhäuser;Pfützner",
        "Bau;Maschinenbau;Elektrotechnik;Logistik;Spedition;Sanitär;Metallbau;Holzbau;Software;Beratung;Immobilien;Werkzeugbau;Kunststofftechnik;Druckerei;Gebäudereinigung;Medizintechnik;Anlagenbau;Autohaus;Bäckerei;Gartenbau;Umwelttechnik;Verpackung;Lackiererei;Haustechnik",
        "GmbH|G.m.b.H.|Gesellschaft mit beschränkter Haftung|GMBH;GmbH|Gmbh|G.m.b.H.;GmbH & Co. KG|GmbH & Co KG|GmbH und Co. KG;AG|Aktiengesellschaft|A.G.",
        "München:80###;Köln:50###;Hamburg:20###;Berlin:10###;Frankfurt:60###;Stuttgart:70###;Düsseldorf:40###;Nürnberg:90###;Leipzig:04###",
        "Hauptstraße;Bahnhofstraße;Schillerstraße;Industriestraße;Goethestraße;Lindenallee;Am Markt;Kirchweg;Gartenstraße;Ringstraße",
        "+49",
        "de",
        "DE#########",
    ),
    _country(
        "FR",
        7,
        "Martin;Bernard;Dubois;Thomas;Robert;Richard;Petit;Durand;Leroy;Moreau;Lefèvre;Mercier;Béranger;Gérard;François;Clément;Chevallier;Guérin;Fontaine;Boulanger;Rousseau;Lacroix;Delorme;Noël",
        "Bâtiment;Plomberie;Électricité;Transports;Boulangerie;Conseil;Informatique;Menuiserie;Maçonnerie;Peinture;Nettoyage;Imprimerie;Traiteur;Énergie;Sécurité;Architecture;Emballages;Mécanique",
        "SARL|S.A.R.L.|Sarl;SAS|S.A.S.|Sas;SA|S.A.;EURL|E.U.R.L.",
        "Lyon:690##;Lille:590##;Paris:750##;Nantes:440##;Toulouse:310##;Bordeaux:330##;Strasbourg:670##",
        "Rue de la République;Avenue Victor Hugo;Rue du Moulin;Boulevard Gambetta;Rue des Écoles;Place du Marché;Rue Pasteur;Chemin Vert",
        "+33",
        "fr",
        "FR###########",
    ),
    _country(
        "NL",
        5,
        "De Jong;Jansen;De Vries;Bakker;Visser;Smit;Meijer;Mulder;Bos;Peters;Hendriks;Dekker;Kuiper;Van Dijk;Van den Berg;Vermeulen;Hoekstra;Schouten;Kok;Wiersma",
        "Bouw;Installatietechniek;Transport;Advies;Elektro;Schoonmaak;Metaal;Techniek;Groothandel;Bloemen;Automatisering;Vastgoed;Verhuur;Interieur;Logistiek;Drukkerij",
        "B.V.|BV|b.v.|Besloten Vennootschap;B.V.|BV|B.V;N.V.|NV|n.v.;V.O.F.|VOF",
        "Utrecht:35## @@;Rotterdam:30## @@;Amsterdam:10## @@;Eindhoven:56## @@;Zwolle:80## @@;Groningen:97## @@",
        "Kerkstraat;Dorpsstraat;Molenweg;Stationsweg;Industrieweg;Nieuwstraat;Havenkade;Parklaan",
        "+31",
        "nl",
        "NL#########B01",
    ),
    _country(
        "IE",
        4,
        "Murphy;Kelly;O'Sullivan;Walsh;O'Brien;Byrne;Ryan;O'Connor;O'Neill;Doyle;McCarthy;Gallagher;Doherty;Kennedy;Lynch;Murray;Quinn;Fitzgerald;Ní Bhriain;O'Shaughnessy",
        "Builders;Dairies;Engineering;Civil Engineering;Foods;Transport;Pharma;Software;Hotels;Print;Fuels;Agri;Bakery;Security;Facilities",
        "Limited|Ltd|Ltd.;DAC|D.A.C.|Designated Activity Company;Teoranta|Teo",
        "Dublin:D## @#@#;Cork:T## @#@#;Galway:H91 @#@#;Limerick:V94 @#@#",
        "Main Street;O'Connell Street;Patrick Street;Dock Road;Merrion Row;Shop Street",
        "+353",
        "ie",
        "IE#######@",
    ),
    _country(
        "ES",
        4,
        "García;Fernández;González;Rodríguez;López;Martínez;Sánchez;Pérez;Gómez;Martín;Jiménez;Ruiz;Muñoz;Álvarez;Peña;Ibáñez;Núñez;Ordóñez",
        "Construcciones;Transportes;Instalaciones;Alimentación;Servicios;Electricidad;Maquinaria;Consultores;Muebles;Viajes;Energía;Frutas;Limpiezas;Ingeniería",
        "S.L.|SL|Sociedad Limitada;S.A.|SA|Sociedad Anónima;S.L.U.|SLU",
        "Madrid:280##;Sevilla:410##;Valencia:460##;Bilbao:480##;Zaragoza:500##;Málaga:290##",
        "Calle Mayor;Avenida de la Constitución;Calle Real;Plaza de España;Calle del Carmen;Paseo del Prado",
        "+34",
        "es",
        "ESB########",
        "trade name",
    ),
    _country(
        "IT",
        4,
        "Rossi;Russo;Ferrari;Esposito;Bianchi;Romano;Colombo;Ricci;Marino;Greco;Bruno;Gallo;Conti;De Luca;Costa;Giordano;Niccolò;Mancini",
        "Costruzioni;Trasporti;Impianti;Alimentari;Meccanica;Arredamenti;Consulenza;Tessuti;Ceramiche;Logistica;Vini;Elettronica;Serramenti;Imballaggi",
        "S.r.l.|Srl|SRL|S.R.L.;S.p.A.|SpA|SPA|Società per Azioni;S.n.c.|Snc|SNC",
        "Milano:201##;Torino:101##;Bologna:401##;Napoli:801##;Verona:371##;Firenze:501##",
        "Via Roma;Via Garibaldi;Corso Italia;Via Dante;Via Mazzini;Piazza Cavour;Via Verdi",
        "+39",
        "it",
        "IT###########",
    ),
    _country(
        "SE",
        3,
        "Andersson;Johansson;Karlsson;Nilsson;Eriksson;Larsson;Olsson;Persson;Svensson;Gustafsson;Lindström;Bergström;Sjöberg;Åkesson;Öberg;Hägglund",
        "Bygg;El;Måleri;Transport;Fastigheter;Konsult;Teknik;Åkeri;Plåt;Städ;Industri;Verkstad;Trädgård",
        "AB|A.B.|Aktiebolag;AB|AB (publ);HB|Handelsbolag",
        "Stockholm:11# ##;Göteborg:41# ##;Malmö:21# ##;Uppsala:75# ##;Örebro:70# ##",
        "Storgatan;Kungsgatan;Drottninggatan;Industrigatan;Hamngatan",
        "+46",
        "se",
        "SE##########01",
    ),
    _country(
        "DK",
        2,
        "Nielsen;Jensen;Hansen;Pedersen;Andersen;Christensen;Larsen;Sørensen;Rasmussen;Jørgensen;Møller;Kjærgaard;Østergaard;Nørgaard",
        "Byg;El;VVS;Transport;Rådgivning;Ejendomme;Entreprise;Maskinfabrik;Tømrer;Rengøring",
        "ApS|Aps|Anpartsselskab;A/S|AS|Aktieselskab;I/S|IS",
        "København:21##;Aarhus:80##;Odense:50##;Aalborg:90##",
        "Hovedgaden;Nørregade;Vestergade;Industrivej;Strandvejen",
        "+45",
        "dk",
        "DK########",
    ),
    _country(
        "NO",
        2,
        "Hansen;Johansen;Olsen;Larsen;Andersen;Pedersen;Nilsen;Kristiansen;Jensen;Karlsen;Bjørnstad;Ødegård;Håkonsen;Sæther",
        "Bygg;Elektro;Rør;Transport;Eiendom;Rådgivning;Maskin;Anlegg;Fisk;Sjømat",
        "AS|A/S|Aksjeselskap;ASA|A.S.A.;ANS|A.N.S.",
        "Oslo:01##;Bergen:50##;Trondheim:70##;Stavanger:40##",
        "Storgata;Kirkegata;Skolegata;Industriveien;Havnegata",
        "+47",
        "no",
        "NO#########MVA",
    ),
    _country(
        "FI",
        2,
        "Korhonen;Virtanen;Mäkinen;Nieminen;Mäkelä;Hämäläinen;Laine;Heikkinen;Koskinen;Järvinen;Hyvönen;Pöyhönen",
        "Rakennus;Sähkö;Kuljetus;Konepaja;Kiinteistöt;Huolto;Metalli;Puu;Tekniikka;Siivous",
        "Oy|OY|Osakeyhtiö;Oyj|OYJ;Ky|KY",
        "Helsinki:00##0;Tampere:33##0;Turku:20##0;Oulu:90##0",
        "Kauppakatu;Rantatie;Koulukatu;Teollisuuskatu;Asemakatu",
        "+358",
        "fi",
        "FI########",
    ),
    _country(
        "PL",
        3,
        "Nowak;Kowalski;Wiśniewski;Wójcik;Kowalczyk;Kamiński;Lewandowski;Zieliński;Szymański;Woźniak;Dąbrowski;Kozłowski;Jabłoński;Górski;Łukasik",
        "Budownictwo;Transport;Usługi;Instalacje;Meble;Hurtownia;Elektronika;Spedycja;Opakowania;Maszyny;Drewno",
        "Sp. z o.o.|Sp z oo|Spółka z ograniczoną odpowiedzialnością|sp. z o. o.;S.A.|SA|Spółka Akcyjna;Sp. k.|Sp.k.",
        "Warszawa:00-###;Kraków:30-###;Łódź:90-###;Poznań:60-###;Gdańsk:80-###",
        "ul. Długa;ul. Polna;ul. Leśna;ul. Słoneczna;al. Jerozolimskie;ul. Szkolna",
        "+48",
        "pl",
        "PL##########",
    ),
    _country(
        "CZ",
        2,
        "Novák;Svoboda;Novotný;Dvořák;Černý;Procházka;Kučera;Veselý;Horák;Němec;Říha;Šimek",
        "Stavby;Doprava;Elektro;Strojírny;Nábytek;Potraviny;Služby;Obaly;Sklo",
        "s.r.o.|s. r. o.|spol. s r.o.;a.s.|a. s.;v.o.s.|vos",
        "Praha:1## 00;Brno:60# 00;Ostrava:70# 00;Plzeň:30# 00",
        "Hlavní;Nádražní;Školní;Zahradní;Průmyslová",
        "+420",
        "cz",
        "CZ########",
    ),
    _country(
        "AT",
        2,
        "Gruber;Huber;Bauer;Wagner;Pichler;Steiner;Moser;Mayer;Hofer;Leitner;Berger;Fuchs;Eder;Schwaiger;Grünberger",
        "Bau;Installationen;Holz;Tischlerei;Transporte;Elektro;Gastronomie;Metall;Consulting;Reinigung",
        "GmbH|Ges.m.b.H.|GesmbH;AG|Aktiengesellschaft;KG|K.G.",
        "Wien:10##;Graz:80##;Linz:40##;Salzburg:50##",
        "Hauptplatz;Wiener Straße;Bahnhofstraße;Kirchengasse;Landstraße",
        "+43",
        "at",
        "ATU########",
    ),
    _country(
        "CH",
        2,
        "Meier;Keller;Frei;Brunner;Baumann;Gerber;Zürcher;Widmer;Bühler;Favre;Rochat;Bernasconi;Lüthi;Zbinden",
        "Bau;Treuhand;Sanitär;Elektro;Garage;Consulting;Immobilien;Uhren;Präzision;Holzbau",
        "AG|A.G.|SA;GmbH|Sàrl|Sagl;Genossenschaft|Genossenschaft",
        "Zürich:80##;Basel:40##;Bern:30##;Genève:12##;Lausanne:10##",
        "Bahnhofstrasse;Hauptstrasse;Dorfstrasse;Seestrasse;Rue du Lac",
        "+41",
        "ch",
        "CHE-###.###.###",
    ),
    _country(
        "BE",
        2,
        "Peeters;Janssens;Maes;Jacobs;Mertens;Willems;Claes;Goossens;Wouters;Lambert;Dupont;Desmet;Vandenbroucke",
        "Bouw;Transport;Elektro;Consulting;Brouwerij;Chocolatier;Schrijnwerk;Reiniging;Drukkerij",
        "BV|BVBA|B.V.;NV|N.V.|SA;VZW|vzw",
        "Brussel:10##;Antwerpen:20##;Gent:90##;Luik:40##",
        "Kerkstraat;Stationsstraat;Nieuwstraat;Rue de la Loi;Grote Markt",
        "+32",
        "be",
        "BE##########",
    ),
    _country(
        "PT",
        1,
        "Silva;Santos;Ferreira;Pereira;Oliveira;Costa;Rodrigues;Martins;Gonçalves;Simões;Conceição;Magalhães",
        "Construções;Transportes;Vinhos;Cortiças;Têxteis;Conservas;Serviços;Moldes",
        "Lda.|Lda|Limitada;S.A.|SA;Unipessoal Lda|Unip. Lda",
        "Lisboa:1###-###;Porto:4###-###;Braga:47##-###;Faro:80##-###",
        "Rua Augusta;Avenida da Liberdade;Rua Direita;Rua do Comércio",
        "+351",
        "pt",
        "PT#########",
    ),
    _country(
        "HU",
        1,
        "Nagy;Kovács;Tóth;Szabó;Horváth;Varga;Kiss;Molnár;Németh;Farkas;Szűcs;Győri",
        "Építő;Szállítmányozás;Gépgyár;Villamos;Bútor;Kereskedelmi;Élelmiszer",
        "Kft.|Kft|KFT;Zrt.|Zrt|ZRT;Bt.|Bt",
        "Budapest:1###;Debrecen:40##;Szeged:67##;Pécs:76##",
        "Kossuth utca;Petőfi utca;Fő utca;Rákóczi út",
        "+36",
        "hu",
        "HU########",
    ),
    _country(
        "RO",
        1,
        "Popescu;Ionescu;Popa;Dumitru;Stan;Stoica;Gheorghe;Rusu;Munteanu;Țurcanu;Șerban",
        "Construct;Transport;Instal;Agro;Metal;Lemn;Textil;Consult",
        "S.R.L.|SRL|Srl;S.A.|SA",
        "București:01####;Cluj-Napoca:40####;Iași:70####;Timișoara:30####",
        "Strada Lungă;Calea Victoriei;Bulevardul Unirii;Strada Mare",
        "+40",
        "ro",
        "RO########",
    ),
    _country(
        "UA",
        1,
        "Шевченко;Коваленко;Бондаренко;Ткаченко;Кравченко;Олійник;Мельник;Поліщук;Гончаренко;Жуковський",
        "Буд;Транс;Агро;Метал;Сервіс;Електро;Торг",
        "ТОВ;ТОВ",
        "Київ:01###;Львів:79###;Одеса:65###;Харків:61###",
        "вул. Шевченка;вул. Лесі Українки;вул. Миру;вул. Садова",
        "+380",
        "ua",
        "UA########",
        "form name trade",
    ),
    _country(
        "GR",
        1,
        "Παπαδόπουλος;Παππάς;Γεωργίου;Ιωάννου;Δημητρίου;Νικολάου;Χριστοδούλου;Βασιλείου;Οικονόμου",
        "Κατασκευές;Μεταφορές;Τρόφιμα;Ενέργεια;Τεχνική;Εμπορική",
        "ΑΕ|Α.Ε.;ΕΠΕ|Ε.Π.Ε.;ΙΚΕ|Ι.Κ.Ε.",
        "Αθήνα:10# ##;Θεσσαλονίκη:54# ##;Πάτρα:26# ##",
        "Ερμού;Σταδίου;Εγνατία;Αγίου Νικολάου",
        "+30",
        "gr",
        "EL#########",
    ),
    _country(
        "AU",
        2,
        "Nguyen;Singh;Wong;O'Reilly;Kaur;Tran;Harrington;McAllister;Whitlam;Cavanagh;Fairweather;Macquarie",
        "Mining;Constructions;Electrical;Plumbing;Logistics;Earthmoving;Solar;Wines;Surf;Engineering",
        "Pty Ltd|Pty. Ltd.|Proprietary Limited|Pty Limited;Ltd|Limited",
        "Sydney:20##;Melbourne:30##;Brisbane:40##;Perth:60##",
        "George Street;Collins Street;Queen Street;Pitt Street;Beach Road",
        "+61",
        "com.au",
        "###########",
    ),
    _country(
        "IN",
        2,
        "Sharma;Gupta;Agarwal;Reddy;Iyer;Nair;Mehta;Chaudhary;Banerjee;Krishnamurthy;Deshpande;Bhattacharya",
        "Textiles;Infotech;Engineering;Exports;Pharma;Steels;Enterprises;Traders;Chemicals;Spices",
        "Pvt Ltd|Private Limited|Pvt. Ltd.|(P) Ltd;Ltd|Limited;LLP|L.L.P.",
        "Mumbai:4000##;Pune:4110##;Chennai:6000##;Bengaluru:5600##",
        "MG Road;Nehru Street;Station Road;Gandhi Marg;Link Road",
        "+91",
        "in",
        "##@@@@@####@#Z#",
    ),
)

COINED = "Northgate;Silverline;Bluepeak;Redwood;Ironbridge;Clearwater;Stonefield;Brightwell;Greenacre;Oakhaven;Falconridge;Westmark;Eastfield;Summerhill;Riverbank;Kestrel;Meridian;Pinnacle;Horizon;Quantum;Apex;Vertex;Nexus;Zenith;Orion;Phoenix;Atlas;Titan;Vega;Lumina;Aurora;Solaris;Terranova;Novatek;Medicorp;Agrosol;Technova;Infratec;Ecoline;Proxima;Omnitech;Unitrade;Eurostar Trading;Interlink;Transglobe;Polyform;Hydrotech;Aerofin;Synapse;Cobalt;Granite;Sapphire;Ember;Juniper;Harbour;Lighthouse;Castle;Crown;Abbey;Priory;Heritage;Pioneer;Frontier;Compass;Anchor;Beacon;Delta;Sigma;Omega;Alpha;Trident;Orbit;Comet;Eclipse;Mistral;Cascade;Canyon;Sierra;Tundra;Savanna;Lotus;Orchid;Magnolia;Willow;Cedar;Maple;Birch;Aspen;Elm;Rowan;Hawthorn;Thistle;Heather;Bramble;Fernleigh;Brookside;Hillcrest;Lakeview;Seaview;Sunnyside;Woodlands;Parkgate;Kingsway;Queensgate;Princes;Regent;Windsor;Stirling;Balmoral;Highland;Lowland;Midland;Wessex;Mercia;Cambrian;Caledonian;Hibernian;Pennine;Cotswold;Mendip;Chiltern;Solent;Severn;Thames;Tyne;Mersey;Humber;Clyde;Tamar;Zephyr;Altair;Betula;Calyx;Dyneo;Evolio;Fintrex;Gelato Nord;Helvion;Ixora;Jadeon;Kryolab;Lexora;Mavico;Nordika;Optera;Pelagia;Quorvia;Ravello;Sentria;Tavolo;Umbrava;Vantor;Wexil;Xantia;Yarrow;Zorvane".split(
    ";"
)
COINED_TRADES = "Solutions;Systems;Technologies;Services;Trading;Engineering;Logistics;Consulting;Partners;Capital;Energy;Foods;Pharma;Software;Digital;Media;Industries;Products;Supplies;Contracts;Homes;Hotels;Travel;Motors;Electronics;Networks;Security;Health;Labs;Analytics".split(
    ";"
)
ROLES = "Holdings;Services;Properties;Group;Investments;Trading;Management;Finance;Logistics;International;Developments;Ventures;Retail;Manufacturing".split(
    ";"
)
FIRST_NAMES = "John;Mary;David;Sarah;Peter;Anna;Michael;Laura;Thomas;Julia;Andrew;Helen;Robert;Claire;Martin;Eva;Paul;Nina;Stephen;Karen".split(
    ";"
)
ALIKE = tuple(
    frozenset(pair.split("|"))
    for pair in "Inc.|Corp.;S.L.|S.L.U.;SARL|EURL;Limited|DAC;Limited|Teoranta;DAC|Teoranta;AS|ASA;Lda.|Unipessoal Lda;Pty Ltd|Ltd;Pvt Ltd|Ltd;Oy|Oyj".split(
        ";"
    )
)
"""Legal forms that people write for one another, so that they tell no two companies apart."""
