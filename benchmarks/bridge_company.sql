-- A company of placements by the hour in files of the input layer: `jobs` jobs, each with one deal line, five deliveries, one
-- invoice of three lines, and what is paid and posted. Every view becomes one file. Nothing is drawn: each value follows from
-- its row's number. The first line names its delivery, the second a period of two deliveries, the third only the job; the
-- fifth delivery waits to be billed. One line in ten is billed below its rate, one invoice in 25 credited, one in 50 voided.
create or replace macro started(n) as date '2026-01-05' + cast(n % 60 as integer);
create or replace macro money_of(n) as case when n % 5 = 0 then 'EUR' else 'GBP' end;
create or replace macro price(n) as cast(40 + n % 61 as decimal(18, 6));
create or replace macro hours(n, k) as cast(1 + (n + k) % 9 as decimal(18, 6));
create or replace macro id(letter, n) as letter || lpad(n::varchar, 6, '0');

create or replace view customers as
select id('C', c) as customer_id, 'Buyer ' || c || ' Ltd' as customer_name, 'GB' || (200000000 + c * 7919) as tax_number, 'GB' as country
from range(greatest(getvariable('jobs') // 20, 1)) as numbers (c);

create or replace view people as select 'E' || e as person_id, 'Person ' || e as full_name from range(10) as numbers (e);

create or replace view products as
select 'P' || p as product_id, 'SKU-' || p as product_code, 'Service ' || p as product_name, 'Work' as product_category, 'hour' as unit
from range(20) as numbers (p);

create or replace view deals as
select
    id('D', n) as deal_id, id('C', n // 20) as customer_id, 'E' || n % 10 as owner_id, 'won' as stage, true as is_closed, true as is_won,
    cast(25 * price(n) as decimal(18, 2)) as amount, money_of(n) as currency, started(n) - 30 as created_on, started(n) - 10 as won_on
from range(getvariable('jobs')) as numbers (n);

create or replace view deal_lines as
select
    id('DL', n) as deal_line_id, id('D', n) as deal_id, 'P' || n % 20 as product_id, 25 as quantity, 'hour' as unit, price(n) as unit_price,
    cast(25 * price(n) as decimal(18, 2)) as net_amount
from range(getvariable('jobs')) as numbers (n);

create or replace view contracts as
select
    id('K', n) as contract_id, id('C', n // 20) as customer_id, id('D', n) as deal_id, started(n) as starts_on, 'periodic_arrears' as billing_rule,
    'month' as billing_period, 14 as billing_window_days, 30 as payment_terms_days, money_of(n) as currency
from range(getvariable('jobs')) as numbers (n);

create or replace view contract_rates as
select
    id('R', n) as contract_rate_id, id('K', n) as contract_id, 'P' || n % 20 as product_id, 'hour' as unit, price(n) as charge_rate,
    started(n) as valid_from
from range(getvariable('jobs')) as numbers (n);

create or replace view jobs as
select
    id('J', n) as job_id, 'JOB-' || (n + 1) as job_ref, id('D', n) as deal_id, id('K', n) as contract_id, id('C', n // 20) as customer_id,
    'time_and_materials' as job_type, case when n % 8 < 5 then 'completed' else 'in_progress' end as status, started(n) as started_on,
    case when n % 8 < 5 then started(n) + 40 end as completed_on, money_of(n) as currency
from range(getvariable('jobs')) as numbers (n);

create or replace view deliveries as
select
    id('T', n * 5 + k) as delivery_id, id('J', n) as job_id, 'P' || n % 20 as product_id, 'E' || n % 10 as person_id, 'time' as delivery_type,
    'approved' as status, started(n) + cast(k * 7 as integer) as delivered_on, hours(n, k) as quantity, 'hour' as unit
from range(getvariable('jobs')) as numbers (n), range(5) as places (k);

create or replace view invoice_lines as
with billed as (
    select
        n, k,
        case when k = 1 then hours(n, 1) + hours(n, 2) when k = 2 then hours(n, 3) else hours(n, 0) end as quantity,
        cast(price(n) * case when (n * 3 + k) % 10 = 0 then 0.95 else 1 end as decimal(18, 6)) as unit_price
    from range(getvariable('jobs')) as numbers (n), range(3) as places (k)
),

lines as (
    select id('I', n) as invoice_id, n, k, quantity, unit_price from billed
    union all
    select id('CN', n), n, k, quantity / 2, unit_price from billed where n % 25 = 3 and k = 0
)

select
    invoice_id || '/' || k as invoice_line_id, invoice_id, k + 1 as line_number, 'SKU-' || n % 20 as product_code,
    cast(quantity as decimal(18, 6)) as quantity, unit_price, cast(round(quantity * unit_price, 2) as decimal(18, 2)) as net_amount,
    cast(round(round(quantity * unit_price, 2) * 0.2, 2) as decimal(18, 2)) as tax_amount, 'JOB-' || (n + 1) as job_ref,
    case when k = 0 and invoice_id like 'I%' then id('T', n * 5) end as delivery_id,
    case when k = 1 then started(n) + 7 end as period_starts_on, case when k = 1 then started(n) + 20 end as period_ends_on
from lines;

create or replace view invoices as
with amounts as (
    select
        invoice_id, cast(substr(invoice_id, case when invoice_id like 'CN%' then 3 else 2 end) as bigint) as n, invoice_id like 'CN%' as is_credit,
        cast(sum(net_amount) as decimal(18, 2)) as net_amount, cast(sum(tax_amount) as decimal(18, 2)) as tax_amount
    from invoice_lines
    group by invoice_id
)

select
    invoice_id, 'N-' || invoice_id as invoice_number, case when is_credit then 'credit_note' else 'invoice' end as invoice_type,
    id('C', n // 20) as customer_id, case when n % 50 = 7 then 'voided' else 'posted' end as status,
    started(n) + case when is_credit then 50 else 35 end as issued_on, started(n) + 65 as due_on,
    case when n % 50 = 7 then started(n) + 45 end as voided_on, money_of(n) as currency,
    case when n % 5 = 0 then cast(0.86 as decimal(18, 6)) end as exchange_rate, net_amount, tax_amount,
    cast(net_amount + tax_amount as decimal(18, 2)) as gross_amount, case when is_credit then id('I', n) end as corrects_invoice_id,
    case when is_credit then 'goodwill' end as credit_reason
from amounts;

create or replace view payments as
select
    'Y' || substr(invoice_id, 2) as payment_id, customer_id, issued_on + 25 as received_on, currency, exchange_rate, 'received' as status,
    cast(case when cast(substr(invoice_id, 2) as bigint) % 10 = 2 then round(gross_amount / 2, 2) else gross_amount end as decimal(18, 2)) as amount
from invoices
where invoice_type = 'invoice' and status = 'posted' and cast(substr(invoice_id, 2) as bigint) % 10 < 8;

create or replace view payment_applications as
select
    'A' || substr(payment_id, 2) as application_id, payment_id, 'I' || substr(payment_id, 2) as invoice_id, 'payment' as kind,
    received_on as applied_on, amount
from payments;

create or replace view accounts as select '4000' as account_code, 'Sales' as account_name, 'revenue' as account_type, 'revenue' as account_role;

create or replace view journal_lines as
select
    'G' || lines.invoice_line_id as journal_line_id, 'G' || lines.invoice_id as journal_id, invoices.issued_on as posted_on, '4000' as account_code,
    cast(round(case when invoices.invoice_type = 'invoice' then -1 else 1 end * lines.net_amount * coalesce(invoices.exchange_rate, 1), 2) as decimal(18, 2)) as amount,
    invoices.currency, cast(case when invoices.invoice_type = 'invoice' then -1 else 1 end * lines.net_amount as decimal(18, 2)) as currency_amount,
    invoices.invoice_type as document_type, lines.invoice_id as document_id, lines.invoice_line_id as document_line_id, lines.product_code,
    false as is_manual
from invoice_lines as lines
inner join invoices on lines.invoice_id = invoices.invoice_id;

create or replace view fx_rates as
select
    'EUR' as from_currency, 'GBP' as to_currency, cast(date '2025-12-01' + d::integer as date) as rate_on,
    cast(0.85 + (d % 30) * 0.001 as decimal(18, 6)) as rate
from range(240) as numbers (d);
