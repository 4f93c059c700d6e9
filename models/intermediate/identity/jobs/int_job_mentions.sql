-- One row per record and job whose code stands in its free text: an invoice's reference, the description of a line.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

words as (
    select * from {{ ref('job_code_words') }}
),

codes as (
    select * from {{ ref('int_job_codes') }}
),

refs as (
    select * from {{ ref('int_job_references') }}
),

-- Only what no field of its own places is read for a code.
lines as (
    select
        lines.source_system,
        lines.invoice_line_id,
        lines.invoice_id,
        -- A field for one job in which several stand is a text.
        coalesce(lines.job_ref || '; ', '') || coalesce(lines.description, '') as description
    from {{ ref('cnf_invoice_lines') }} as lines
    left join refs on lines.source_system = refs.source_system and lines.job_ref = refs.job_ref
    left join {{ ref('int_document_links') }} as links
        on lines.source_system = links.source_system and links.source_entity = 'invoice_lines' and lines.invoice_line_id = links.source_id
    where refs.job_key is null and links.job_key is null
),

journal_lines as (
    select lines.*
    from {{ ref('int_journal_lines_of_jobs') }} as lines
    left join refs on lines.source_system = refs.source_system and lines.job_ref = refs.job_ref
    where refs.job_key is null and coalesce(lines.document_type, '') not in ('invoice', 'credit_note')
),

texts as (
    select source_system, 'invoice_lines' as source_entity, invoice_line_id as source_id, description as text from lines
    union all
    select source_system, 'invoices', invoice_id, reference
    from {{ ref('cnf_invoices') }} as invoices
    where exists (select 1 from lines where lines.source_system = invoices.source_system and lines.invoice_id = invoices.invoice_id)
    union all
    select source_system, 'journal_lines', journal_line_id, description from journal_lines
),

-- A word, at most a `no.` or the like, and a number, or several parted by -, /, & or a comma: JOB-01234, Job no. 1234,
-- JOB 1234/1235.
mentions as (
    select
        source_system,
        source_entity,
        source_id,
        {{ each_match("upper(text)", "[A-Z]{1,12}(?:[^A-Z0-9]{0,3}(?:NO|NR|NUMBER|REF|CODE))?[^A-Z0-9]{0,3}[0-9]+(?: ?[-/&,] ?[0-9]+)*") }} as mention
    from texts
    where {{ extract_first("text", "([0-9])") }} is not null
),

parted as (
    select distinct
        source_system,
        source_entity,
        source_id,
        {{ replace_all(extract_first("mention", "^([^0-9]+)"), "[^A-Z]", "") }} as word,
        {{ extract_first("mention", "^[^0-9]+(.*)$") }} as numbers,
        {{ extract_first("mention", "^[^0-9]+([0-9]+)") }} as first_number
    from mentions
),

numbered as (
    select source_system, source_entity, source_id, word, first_number, {{ each_match("numbers", "[0-9]+") }} as number
    from parted
    union all
    -- One code may have several numbers in it (P-2024-001).
    select source_system, source_entity, source_id, word, {{ replace_all("numbers", "[^0-9]", "") }}, {{ replace_all("numbers", "[^0-9]", "") }}
    from parted
    where numbers <> first_number
),

-- Of several numbers after one word those as long as the first are of its kind. The 2025-03 after a code is a date.
code_matches as (
    select
        numbered.source_system,
        numbered.source_entity,
        numbered.source_id,
        codes.code,
        codes.job_key,
        codes.last_job_key
    from numbered
    inner join systems on numbered.source_system = systems.source_system
    left join words on numbered.word = words.word
    inner join codes
        on
            systems.legal_entity = codes.legal_entity
            and coalesce(words.stands_for, numbered.word) || trim(leading '0' from numbered.number) = codes.code
    where
        length(numbered.number) = length(numbered.first_number)
        or (length(trim(leading '0' from numbered.number)) = length(trim(leading '0' from numbered.first_number)) and numbered.number not like '20__')
),

-- A code of another make (J-2024-17-B) is known by its whole.
tokens as (
    select
        source_system,
        source_entity,
        source_id,
        {{ each_match("upper(text)", "[A-Z][A-Z0-9]*(?:[-/_.][A-Z0-9]+)+") }} as token
    from texts
    where {{ extract_first("text", "([0-9])") }} is not null
),

whole_code_matches as (
    select
        tokens.source_system,
        tokens.source_entity,
        tokens.source_id,
        codes.code,
        codes.job_key,
        codes.last_job_key
    from tokens
    inner join systems on tokens.source_system = systems.source_system
    inner join codes on systems.legal_entity = codes.legal_entity and {{ cleaned_job_code('tokens.token') }} = codes.code
    where length(codes.code) >= 5
),

-- The job of which such a code is the beginning is not meant.
matches as (
    select source_system, source_entity, source_id, job_key, last_job_key from whole_code_matches
    union all
    select code_matches.source_system, code_matches.source_entity, code_matches.source_id, code_matches.job_key, code_matches.last_job_key
    from code_matches
    where
        not exists (
            select 1 from whole_code_matches
            where
                whole_code_matches.source_system = code_matches.source_system
                and whole_code_matches.source_entity = code_matches.source_entity
                and whole_code_matches.source_id = code_matches.source_id
                and whole_code_matches.code like code_matches.code || '%' and whole_code_matches.code <> code_matches.code
        )
),

final as (
    select source_system, source_entity, source_id, job_key from matches
    union
    select source_system, source_entity, source_id, last_job_key from matches
)

select * from final
