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
    OLD|DO NOT USE|DONT USE|DUPLICATE|DUPE|INACTIVE|ARCHIVED|ON HOLD|ON STOP|CREDIT HOLD|CLOSED ACCOUNT|CLOSED|COPY|IN LIQUIDATION|IN ADMINISTRATION|GESPERRT|INAKTIV|(EUR|USD|GBP|CHF)( ACCOUNT| A C)?
{%- endmacro %}

{# A cleaned name without what people note beside it: account numbers, that it is not to be used, another name it trades under or had, its
   owner. Forms that Chinese, Japanese and Korean names carry without a blank stand apart. #}
{% macro name_without_notes(text) -%}
    {%- set parted = replace_all(text, "(株式会社|有限会社|合同会社|股份有限公司|有限责任公司|有限公司|주식회사|유한회사)", " \\1 ") -%}
    {%- set named = cleaned_name(replace_all(parted, "#[ ]*[0-9]+", " ")) -%}
    {%- set own = replace_all(named, "^(.+?) (T A|TA|TRADING AS|DBA|D B A|DOING BUSINESS AS|C O|INH|INHABER|INHABERIN|PROPRIETOR|FORMERLY|FKA|F K A|AKA|A K A|VORMALS) .*$", "\\1") -%}
    {{ replace_all(own, "^(.+?)( (" ~ note_words() ~ "))+$", "\\1") }}
{%- endmacro %}

{# A code or number as it is compared: upper case, letters and digits only. #}
{% macro cleaned_code(text) -%}
    nullif({{ replace_all("upper(" ~ text ~ ")", "[^\\p{L}\\p{N}]+", "") }}, '')
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

{# A telephone number as it is compared: the last eight digits of the first number, without its extension; shorter ones say too little. #}
{% macro cleaned_phone(text) -%}
    {%- set number = replace_all("lower(" ~ text ~ ")", "(ext|x|#).*$", "") -%}
    {%- set first = replace_all(number, "^((?:[^0-9]*[0-9]){8,}[^/;,]*)[/;,].*$", "\\1") -%}
    {{ extract_first(replace_all(first, "[^0-9]", ""), "([0-9]{8})$") }}
{%- endmacro %}

{# The end of a telephone number, by which a local number is known again inside one place: the last seven digits of the first number, or six if it has no
   more. A number that is one digit throughout, that counts up or that a spreadsheet has rounded is none. #}
{% macro phone_tail(text) -%}
    {%- set number = replace_all("lower(" ~ text ~ ")", "(ext|x|#).*$", "") -%}
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
