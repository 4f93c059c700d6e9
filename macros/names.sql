{# A name as it is compared: upper case, no accents, letters and digits parted by single spaces, `&` read as AND, no leading THE.
   Dots and apostrophes join what they part (S.A.R.L. is SARL, O'Neil ONEIL). Scripts other than Latin keep their letters.
   Legal forms are taken off afterwards, by the seed `legal_forms` (int_customer_names). #}
{% macro cleaned_name(text) -%}
    {%- set upper = "upper(" ~ strip_accents(text) ~ ")" -%}
    {%- set spelled -%}
        replace(replace(replace(replace(replace(replace(replace({{ upper }}, 'ß', 'SS'), 'ẞ', 'SS'), 'Ø', 'O'), 'Æ', 'AE'), 'Œ', 'OE'), 'Ł', 'L'), 'Đ', 'D')
    {%- endset -%}
    {%- set joined = replace_all(spelled, "[.''’`´]", "") -%}
    {%- set anded = replace_all(joined, "[&+]", " AND ") -%}
    {%- set worded = replace_all(anded, "[^\\p{L}\\p{N}]+", " ") -%}
    nullif(trim({{ replace_all("trim(" ~ worded ~ ")", "^THE ", "") }}), '')
{%- endmacro %}

{# What people write behind a name and is not of it, as one alternative of a pattern over cleaned names. #}
{% macro note_words() -%}
    {%- set notes = [
        'OLD|DO NOT USE|DONT USE|DUPLICATE|DUPE|INACTIVE|ARCHIVED|ON HOLD|ON STOP|CREDIT HOLD|CLOSED ACCOUNT|CLOSED|COPY|DELETED|BLOCKED|PREPAYMENT ONLY',
        'IN LIQUIDATION|IN ADMINISTRATION|IN RECEIVERSHIP|IN LIQUIDATIE|EN LIQUIDATION|EN LIQUIDACION|IN LIQUIDAZIONE|W LIKWIDACJI|FAILLIET|IN INSOLVENZ',
        'GESPERRT|INAKTIV|GELOSCHT|STILLGELEGT|DUBLETTE|NICHT (MEHR )?(VERWENDEN|BENUTZEN|BEBUCHEN)|NUR VORKASSE',
        'OUD|GEBLOKKEERD|INACTIEF|DUBBEL|NIET (MEER )?GEBRUIKEN|BLOQUE|INACTIF|DOUBLON|NE (PAS|PLUS) UTILISER|BLOQUEADO|INACTIVO|DUPLICADO|NO (USAR|UTILIZAR)',
        'BLOCCATO|INATTIVO|DUPLICATO|NON (USARE|UTILIZZARE)|NAO (USAR|UTILIZAR)|INATIVO|ZABLOKOWANY|NIEAKTYWNY|DUPLIKAT|NIE UZYWAC|SPARRAD|INAKTIVT|SPAERRET',
        '(INVOICE|INVOICES|RECHNUNG|RECHNUNGEN|FACTUUR|FACTUREN|FACTURE|FACTURES|FACTURA|FACTURAS|FATTURA|FAKTURA|FATURA) (PER|VIA|BY|PAR|POR|MET) (E )?E?(MAIL|POST|CORREO)',
        '(NO )?PO REQ|PO REQUIRED|PO REQD|(EUR|USD|GBP|CHF)( ACCOUNT| A C)?',
    ] -%}
    {{ notes | join('|') }}
{%- endmacro %}

{# What stands between a name and another that the same company trades under or had, as one alternative of a pattern over cleaned names. #}
{% macro alias_words() -%}
    T A|TA|TRADING AS|DBA|D B A|DOING BUSINESS AS|AKA|A K A|ALSO KNOWN AS|FORMERLY|FKA|F K A|PREVIOUSLY|PREV|VORMALS|EHEMALS|EHEM|FRUHER|FRUEHER|VOORHEEN|HANDELEND ONDER|ANCIENNEMENT|ANTERIORMENTE|PRECEDENTEMENTE|DAWNIEJ
{%- endmacro %}

{# That other name: what stands behind such words, without the bracket that they stand in. #}
{% macro other_name(text) -%}
    {%- set spelled = "replace(replace(replace(lower(" ~ text ~ "), 'ü', 'u'), '.', ''), '/', ' ')" -%}
    {%- set words = alias_words() | trim | lower -%}
    {{ extract_first(spelled, "^.*?[^ (,-][ (,-]+(?:" ~ words ~ ")[: ]+([^()]*[^() ])[ )]*$") }}
{%- endmacro %}

{# The name without the group that it is said to belong to: `Hartwell Group - Mill Lane Bakery`, `Mill Lane Bakery (Hartwell Group)`; else null. #}
{% macro name_without_group(text) -%}
    {%- set groups = "(?:group|gruppe|unternehmensgruppe|konzern|groep|groupe|grupo|gruppo|koncern|holding|trust|diocese)" -%}
    {%- set named = "replace(lower(" ~ text ~ "), '–', '-')" -%}
    coalesce(
        {{ extract_first(named, "^[^:]*[^: ] *: +([^ ]+ .+)$") }},
        {{ extract_first(named, "^[^-:()]*[^-:() ] *" ~ groups ~ " +- +([^ ]+ .+)$") }},
        {{ extract_first(named, "^([^()]+ [^()]*[^() ]) *[(][^()]*[^() ] +" ~ groups ~ "[)] *$") }},
        {{ extract_first(named, "^([^,]+ [^,]*[^, ]) *, *(?:ein unternehmen der|eine firma der|part of|a division of|une soci.t. du groupe|onderdeel van|una empresa de|una societ. del) .+$") }}
    )
{%- endmacro %}

{# A cleaned name without what people note beside it: account numbers (from five digits on; `PS #12` is a school's name), that it is not to be
   used, another name it trades under or had, its owner, and that it is a firm. Forms that Chinese, Japanese and Korean names carry without a blank stand apart. #}
{% macro name_without_notes(text) -%}
    {%- set parted = replace_all(text, "(株式会社|有限会社|合同会社|股份有限公司|有限责任公司|有限公司|주식회사|유한회사)", " \\1 ") -%}
    {%- set named = cleaned_name(replace_all(parted, "#[ ]*[0-9]{5,}", " ")) -%}
    {%- set numbered = replace_all(named, " (NO|NR|NUM|NUMBER|NUMERO|NUMMER|Nº) ([0-9])", " \\2") -%}
    {%- set titled = replace_all(numbered, "^(FA|FIRMA|FIRMEN|MESSRS) ([^ ])", "\\2") -%}
    {%- set own = replace_all(titled, "^(.+?) (" ~ alias_words() | trim ~ "|C O|INH|INHABER|INHABERIN|PROPRIETOR) .*$", "\\1") -%}
    {{ replace_all(own, "^(.+?)( (" ~ note_words() | trim ~ "))+$", "\\1") }}
{%- endmacro %}

{# A code or number as it is compared: upper case, letters and digits only. #}
{% macro cleaned_code(text) -%}
    nullif({{ replace_all("upper(" ~ text ~ ")", "[^\\p{L}\\p{N}]+", "") }}, '')
{%- endmacro %}

{# A tax or register number, cleaned, without what people call it: `CIF B12345678`, `P. IVA 01234567890`, `SIRET 123 456 789 00012`. #}
{% macro without_number_label(code) -%}
    {%- set labels = 'CIF|NIF|NIPC|CNPJ|CPF|CUIT|CUIL|RFC|RUC|RUT|NIT|PIVA|PARTITAIVA|CODICEFISCALE|CODFISC|VAT|TVA|BTW|MWST|UST|STEUER|UID|MVA|MOMS'
        ~ '|ABN|ACN|GSTIN|GST|NIP|REGON|KRS|ICO|IČO|DIC|DIČ|ICDPH|CVR|ORG|ORGANISATIONS|YTUNNUS|SIRET|SIREN|RCS|KVK|EIN|TIN|UEN|INN|OIB|AFM|CRN|TAX|COMPANY' -%}
    {{ replace_all(code, "^(?:NO|NR|N)?(?:" ~ labels ~ ")(?:NO|NR|NUM|NUMBER|NUMERO|NUMMER|ID|IDENT|REG|INTRA|INTRACOM)*([A-Z]{0,4}[0-9].*)$", "\\1") }}
{%- endmacro %}

{# The number of a company itself, where its tax or register number may say a branch or a tax account, too: the establishment of a SIRET or a CNPJ, the
   check digits before a SIREN, the account of a Canadian business number, the office of a Hungarian one, the state of an Indian one. #}
{% macro number_of_company(code, country) -%}
    case
        when {{ country }} = 'BR' and length({{ code }}) = 14 then substr({{ code }}, 1, 8)
        when {{ country }} = 'FR' and length({{ code }}) = 14 then substr({{ code }}, 1, 9)
        when {{ country }} = 'FR' and length({{ code }}) = 11 then substr({{ code }}, 3, 9)
        when {{ country }} = 'CA' and length({{ code }}) = 15 then substr({{ code }}, 1, 9)
        when {{ country }} = 'BE' then trim(leading '0' from {{ code }})
        when {{ country }} = 'SE' and length({{ code }}) = 12 then substr({{ code }}, 1, 10)
        when {{ country }} = 'HU' and length({{ code }}) = 11 then substr({{ code }}, 1, 8)
        when {{ country }} = 'IN' and length({{ code }}) = 15 then substr({{ code }}, 3, 10)
        when {{ country }} = 'CO' and length({{ code }}) = 10 then substr({{ code }}, 1, 9)
        when {{ country }} = 'GB' and length({{ code }}) = 12 then substr({{ code }}, 1, 9)
        when {{ country }} = 'AU' and length({{ code }}) = 11 then substr({{ code }}, 3, 9)
        else {{ code }}
    end
{%- endmacro %}

{# The domain of a web address, in lower case, without protocol, `www`, port and path. #}
{% macro domain_of(website) -%}
    {{ extract_first("lower(trim(" ~ website ~ "))", "^(?:[a-z]+://)?(?:www[0-9]?[.])?([^/:?#@ ]+[.][^/:?#@ .]+)") }}
{%- endmacro %}

{# Whether a tax or register number can be one: five digits or more, not all of them zero (N/A, TBC, 00000000 are none). #}
{% macro is_plausible_number(code) -%}
    (
        length({{ replace_all(code, "[^0-9]", "") }}) >= 5
        and {{ replace_all(code, "[^1-9]", "") }} <> ''
    )
{%- endmacro %}

{# A job or work-order code as it is compared: its letters, then its digits without leading zeros. A bare number reads as JOB. #}
{% macro cleaned_job_code(text) -%}
    {{ replace_all(replace_all(cleaned_code(text), "^0*([0-9])", "JOB\\1"), "^([A-Z]+)0+([0-9])", "\\1\\2") }}
{%- endmacro %}

{# A postal code as it is compared: letters and digits, without a country's letters before its digits; in the United States its first five. #}
{% macro cleaned_postal_code(text, country) -%}
    {%- set digits = replace_all(cleaned_code(text), "^(AT|BE|CH|CZ|DE|DK|ES|FI|FR|IT|LU|NL|NO|PL|PT|SE|SK|A|B|D|F|I|L|N|S)([0-9]{4,6})$", "\\2") -%}
    case when {{ country }} = 'US' then substr({{ digits }}, 1, 5) else {{ digits }} end
{%- endmacro %}

{# A telephone number without its extension: behind `ext` or `x`, or one or two digits that stand apart behind four and more (`0521 59678-11`). #}
{% macro without_extension(text) -%}
    {{ replace_all(replace_all("lower(trim(" ~ text ~ "))", "(ext|x|#).*$", ""), "([0-9]{4,}) *[- ] *[0-9]{1,2}$", "\\1") }}
{%- endmacro %}

{# A telephone number as it is compared: the last eight digits of the first number, without its extension; shorter ones say too little. #}
{% macro cleaned_phone(text) -%}
    {%- set number = without_extension(text) -%}
    {%- set first = replace_all(number, "^((?:[^0-9]*[0-9]){8,}[^/;,]*)[/;,].*$", "\\1") -%}
    {{ extract_first(replace_all(first, "[^0-9]", ""), "([0-9]{8})$") }}
{%- endmacro %}

{# The end of a telephone number, by which a local number is known again inside one place: the last seven digits of the first number, or six if it has no
   more. A number that is one digit throughout, that counts up or that a spreadsheet has rounded is none. #}
{% macro phone_tail(text) -%}
    {%- set number = without_extension(text) -%}
    {%- set first = replace_all(number, "^((?:[^0-9]*[0-9]){6,}[^/;,]*)[/;,].*$", "\\1") -%}
    {%- set digits = replace_all(first, "[^0-9]", "") -%}
    {%- set tail = extract_first(digits, "([0-9]{6,7})$") -%}
    case
        when {{ number }} like '%e+%' or replace({{ tail }}, substr({{ tail }}, 1, 1), '') = '' or {{ tail }} in ('1234567', '123456', '2345678', '3456789') then null
        else {{ tail }}
    end
{%- endmacro %}

{# The number that a word is or holds, in digits or as a Roman numeral of two signs and more; else null. #}
{% macro number_in(word) -%}
    {{ extract_first(word, "([0-9]|^II$|^III$|^IV$|^VI{1,3}$|^IX$|^XI{1,3}$|^XI?[VX]$|^XVI{1,3}$)") }}
{%- endmacro %}

{# A word in which Ä, AE and A, Ö, OE and O, Ü, UE and U, Å, AA and A are one letter. #}
{% macro folded(word) -%}
    replace(replace(replace(replace({{ word }}, 'AE', 'A'), 'OE', 'O'), 'UE', 'U'), 'AA', 'A')
{%- endmacro %}

{# A word's consonants after its first letter, which survive most mishearings. #}
{% macro consonants(text) -%}
    substr({{ text }}, 1, 1) || {{ replace_all("substr(" ~ text ~ ", 2)", "[AEIOUYH ]", "") }}
{%- endmacro %}

{# The street of an address line in one word: without the number of the house, without the word for street, which is abbreviated in as many ways, and
   without what stands behind that (a floor, a suite, a town). A street that is a number keeps it: `87th St` is O87. A point of the compass is left out. #}
{% macro street_of(text) -%}
    {%- set kinds = "STREET|ST|ROAD|RD|AVENU|AVENUE|AVE|AV|LANE|LN|DRIVE|DR|CLOSE|PLACE|PL|SQUARE|SQ|COURT|CT|WAY|BOULEVARD|BLVD|PARKWAY|PKWY|TERRACE|TER|STRASSE|STR" -%}
    {%- set others = "RU|R|VIA|CALLE|C|AVENIDA|UL|ULICA|JALAN|JL|SAINT|UNIT|SUITE|STE|FLOOR|FL|BUILDING|N|S|E|W|NORTH|SOUTH|EAST|WEST|DE|DA|DO|DES|LA" -%}
    {%- set words = folded(transliterated(cleaned_name(replace_all(text, "[.]", " ")))) -%}
    {%- set spaced = "' ' || replace(" ~ words ~ ", ' ', '  ') || ' '" -%}
    {%- set joined = replace_all(spaced, " ([0-9]+)  (TH|ND|RD) ", " O\\1 ") -%}
    {%- set bare = replace_all(joined, "^( +[0-9]+[^0-9]*) ([0-9]+)  (" ~ kinds ~ ") ", "\\1 O\\2  \\3 ") -%}
    {%- set ordinals = replace_all(bare, " ([0-9]+)(ST|ND|RD|TH) ", " O\\1 ") -%}
    {%- set unnumbered = replace_all(ordinals, " [0-9]+[A-Z]? ", " ") -%}
    {%- set cut = replace_all(unnumbered, "^( *(?:(?:N|S|E|W|NORTH|SOUTH|EAST|WEST|O[0-9]+)  )*[^ ].*?) (" ~ kinds ~ ") .*$", "\\1 ") -%}
    {%- set passed_over = " (" ~ kinds ~ "|" ~ others ~ ") " -%}
    {%- set endings = "(STRASSE|STR|STRAAT|GATAN|GATE|VEJ) " -%}
    coalesce(
        nullif(replace({{ replace_all(replace_all(cut, passed_over, " "), endings, " ") }}, ' ', ''), ''),
        nullif(replace({{ replace_all(replace_all(unnumbered, passed_over, " "), endings, " ") }}, ' ', ''), ''),
        {{ extract_first(cut, "([^ ]+) *$") }}
    )
{%- endmacro %}

{# The point of the compass that stands before the street, as one letter: 300 North Main Street is not 300 South Main Street. #}
{% macro street_side(text) -%}
    {{ extract_first("' ' || upper(replace(" ~ text ~ ", '.', ' '))", " [0-9]+[A-Z]? +(N|S|E|W)(?:ORTH|OUTH|AST|EST)? ") }}
{%- endmacro %}

{# What a domain has of its own: without its country and `.com`, and without `.co` before a country. #}
{% macro domain_label(domain) -%}
    {{ extract_first(replace_all(domain, "[.](co|com|org|net|gov|ac|or|gv)[.][a-z]{2}$", ".x"), "([^.]+)[.][^.]+$") }}
{%- endmacro %}
