-- The same four marts as one person would write them who knows that there is one company, one system and no history: no
-- customer, product or job to be told apart or put together, no log, no exceptions, and no table in between that nobody needs.
-- Reads the files as they are (views of the entities' names); the day of the position is the variable `position`.
set variable position = date '2026-06-30';
create or replace macro key(entity_id) as md5('bench|' || entity_id);
create or replace macro shared(amount, part, whole) as
    cast(cast((2 * cast(amount * 100 as hugeint) * cast(part * 1000000 as hugeint) + cast(whole * 1000000 as hugeint))
    // (2 * cast(whole * 1000000 as hugeint)) as decimal(38, 0)) * 0.01 as decimal(18, 2));
create or replace macro priced(amount, rate) as
    cast(round(cast(amount as decimal(38, 2)) * cast(rate as decimal(38, 12)), 2) as decimal(18, 2));
create or replace macro hours_in(unit, quantity) as cast(quantity * case when unit = 'day' then 8 else 1 end as decimal(38, 6));

create table job_terms as
select
    jobs.job_id, jobs.job_ref, jobs.deal_id, jobs.contract_id, jobs.customer_id, jobs.status, jobs.job_type, deals.owner_id, jobs.currency
from jobs inner join deals on jobs.deal_id = deals.deal_id;

create table delivered as
with priced_lines as (
    select deal_id, product_id, unit, sum(quantity) as quantity, sum(net_amount) as net_amount from deal_lines group by all
)
select
    d.delivery_id, d.job_id, d.work_order_id, d.product_id, d.person_id, d.delivered_on, d.quantity, d.unit, t.currency,
    case
        when not d.billable then 0
        when t.job_type = 'time_and_materials'
            then cast(round(hours_in(d.unit, d.quantity) * cast(r.charge_rate as decimal(38, 6)), 2) as decimal(18, 2))
        else shared(p.net_amount, hours_in(d.unit, d.quantity), p.quantity)
    end as document_amount
from deliveries as d
inner join job_terms as t on d.job_id = t.job_id
left join contract_rates as r
    on t.contract_id = r.contract_id and d.product_id = r.product_id and d.delivered_on >= r.valid_from
    and d.delivered_on <= coalesce(r.valid_to, date '9999-12-31')
left join priced_lines as p on t.deal_id = p.deal_id and d.product_id = p.product_id
where d.status = 'approved';

create table invoiced as
with by_code as (
    select
        l.*,
        coalesce(c.job_id, d.job_id, w.job_id, x.job_id) as job_id,
        d.person_id, d.unit, coalesce(d.work_order_id, w.work_order_id) as work_order_id
    from invoice_lines as l
    left join job_terms as c on l.job_ref = c.job_ref
    left join deliveries as d on l.delivery_id = d.delivery_id
    left join work_orders as w on l.work_order_ref = w.work_order_id
    left join job_terms as x on regexp_extract(l.description, 'JOB-[0-9]+') = x.job_ref
)

select
    l.invoice_line_id, l.invoice_id, l.job_id, l.work_order_id, p.product_id, l.person_id, l.unit, i.customer_id, i.invoice_type,
    i.issued_on, i.voided_on, i.currency, i.exchange_rate, case when i.invoice_type = 'credit_note' then -1 else 1 end * l.quantity as quantity,
    case when i.invoice_type = 'credit_note' then -1 else 1 end * l.net_amount as document_amount,
    case when i.invoice_type = 'credit_note' then -1 else 1 end * l.tax_amount as tax_amount
from by_code as l
inner join invoices as i on l.invoice_id = i.invoice_id
left join products as p on l.product_code = p.product_code
where i.status <> 'draft';

create table applied as
with stretches as (
    select
        *, sum(document_amount + tax_amount) over (partition by invoice_id) as gross,
        sum(document_amount + tax_amount) over (partition by invoice_id order by invoice_line_id) as ends
    from invoiced
)

select
    a.application_id, y.payment_id, s.invoice_line_id, a.applied_on, y.received_on, case when y.reversed_on is not null then greatest(y.reversed_on, a.applied_on) end as reversed_on,
    y.currency, y.exchange_rate, s.customer_id, s.job_id, s.work_order_id, s.product_id, s.person_id,
    shared(a.amount, s.ends - s.tax_amount, s.gross) - shared(a.amount, s.ends - s.tax_amount - s.document_amount, s.gross) as document_amount,
    shared(a.amount, s.ends, s.gross) - shared(a.amount, s.ends - s.tax_amount, s.gross) as tax_amount
from payment_applications as a
inner join payments as y on a.payment_id = y.payment_id
inner join stretches as s on a.invoice_id = s.invoice_id;

create table fct_stage_events as
with moved as (
    select * from applied
    union all
    select
        a.application_id, y.payment_id, null, a.applied_on, y.received_on, case when y.reversed_on is not null then greatest(y.reversed_on, a.applied_on) end, y.currency, y.exchange_rate,
        y.customer_id, null, null, null, null, -a.amount, 0
    from payment_applications as a inner join payments as y on a.payment_id = y.payment_id
),

happened as (
    select
        'booked|' || l.deal_line_id as event_id, 'booked' as stage, t.job_id, null as work_order_id, l.product_id, d.customer_id,
        null as person_id, d.won_on as event_on, d.won_on as rate_on, l.quantity, l.unit, d.currency, l.net_amount as document_amount,
        0::decimal(18, 2) as tax_amount, null::decimal(18, 6) as document_rate, 'deal_lines' as source_entity, l.deal_line_id as source_id
    from deal_lines as l inner join deals as d on l.deal_id = d.deal_id left join job_terms as t on d.deal_id = t.deal_id
    where d.is_won
    union all
    select
        'delivered|' || v.delivery_id, 'delivered', v.job_id, v.work_order_id, v.product_id, t.customer_id, v.person_id, v.delivered_on,
        v.delivered_on, v.quantity, v.unit, v.currency, v.document_amount, 0, null, 'deliveries', v.delivery_id
    from delivered as v inner join job_terms as t on v.job_id = t.job_id
    union all
    select
        'invoiced|' || invoice_line_id || turn, case when invoice_type = 'credit_note' then 'credited' else 'invoiced' end, job_id,
        work_order_id, product_id, customer_id, person_id, turned_on, turned_on, sign * quantity, unit, currency, sign * document_amount,
        sign * tax_amount, exchange_rate, 'invoice_lines', invoice_line_id
    from (
        select *, 'issued' as turn, 1 as sign, issued_on as turned_on from invoiced
        union all
        select *, 'voided', -1, voided_on from invoiced where voided_on is not null
    )
    union all
    select
        'receipt|' || payment_id || turn, 'cash', null, null, null, customer_id, null, turned_on, received_on, null, null, currency,
        sign * amount, 0, exchange_rate, 'payments', payment_id
    from (
        select *, 'received' as turn, 1 as sign, received_on as turned_on from payments
        union all
        select *, 'reversed', -1, reversed_on from payments where status = 'reversed'
    )
    union all
    select
        'cash|' || application_id || coalesce(invoice_line_id, '') || turn, 'cash', job_id, work_order_id, product_id, customer_id, person_id,
        turned_on, received_on, null, null, currency, sign * document_amount, sign * tax_amount, exchange_rate, 'payment_applications', application_id
    from (
        select moved.*, 'applied' as turn, 1 as sign, applied_on as turned_on from moved
        union all
        select moved.*, 'reversed', -1, reversed_on from moved where reversed_on is not null
    )

)

select
    md5(h.event_id) as event_key, h.stage, coalesce(key(t.deal_id), 'unknown') as deal_key, coalesce(key(t.contract_id), 'unknown') as contract_key,
    coalesce(key(h.job_id), 'unknown') as job_key, coalesce(key(h.work_order_id), 'unknown') as work_order_key,
    coalesce(key(h.product_id), 'unknown') as product_key, key(h.customer_id) as customer_key, coalesce(key(t.owner_id), 'unknown') as owner_key,
    coalesce(key(h.person_id), 'unknown') as person_key, h.event_on, h.quantity, h.unit, h.currency, h.document_amount, h.tax_amount,
    case when h.currency = 'GBP' then 1 else coalesce(h.document_rate, f.rate) end::decimal(28, 12) as exchange_rate,
    priced(h.document_amount, case when h.currency = 'GBP' then 1 else coalesce(h.document_rate, f.rate) end) as reporting_amount,
    'bench' as source_system, h.source_entity, h.source_id
from happened as h
left join job_terms as t on h.job_id = t.job_id
left join fx_rates as f on h.currency = f.from_currency and h.rate_on = f.rate_on
where h.event_on <= getvariable('position');

create table fct_quote_to_cash as
with summed as (
    select
        job_key, product_key, any_value(deal_key) as deal_key, any_value(contract_key) as contract_key, any_value(owner_key) as owner_key,
        coalesce(sum(reporting_amount) filter (where stage = 'booked'), 0) as booked_amount,
        coalesce(sum(reporting_amount) filter (where stage = 'delivered'), 0) as delivered_amount,
        coalesce(sum(reporting_amount) filter (where stage = 'invoiced'), 0) as invoiced_amount,
        coalesce(sum(reporting_amount) filter (where stage = 'credited'), 0) as credited_amount,
        coalesce(sum(reporting_amount) filter (where stage = 'cash'), 0) as cash_amount,
        min(event_on) filter (where stage = 'booked') as first_booked_on, max(event_on) filter (where stage = 'booked') as last_booked_on,
        min(event_on) filter (where stage = 'delivered') as first_delivered_on, max(event_on) filter (where stage = 'delivered') as last_delivered_on,
        min(event_on) filter (where stage = 'invoiced') as first_invoiced_on, max(event_on) filter (where stage = 'invoiced') as last_invoiced_on,
        min(event_on) filter (where stage = 'credited') as first_credited_on, max(event_on) filter (where stage = 'credited') as last_credited_on,
        min(event_on) filter (where stage = 'cash') as first_cash_on, max(event_on) filter (where stage = 'cash') as last_cash_on
    from fct_stage_events
    group by job_key, product_key
)

select
    md5(s.job_key || '|' || s.product_key) as quote_to_cash_key, s.*, coalesce(key(t.customer_id), 'unknown') as customer_key,
    case when t.status = 'in_progress' then booked_amount - delivered_amount else 0 end as backlog_amount,
    greatest(delivered_amount - invoiced_amount - credited_amount, 0) as unbilled_amount,
    greatest(invoiced_amount + credited_amount - delivered_amount, 0) as billed_ahead_amount
from summed as s left join job_terms as t on s.job_key = key(t.job_id);

create table fct_quote_to_cash_monthly as
select
    date_trunc('month', e.event_on)::date as month, e.customer_key, e.owner_key, coalesce(p.product_category, 'unknown') as product_category,
    coalesce(sum(reporting_amount) filter (where stage = 'booked'), 0) as booked_amount,
    coalesce(sum(reporting_amount) filter (where stage = 'delivered'), 0) as delivered_amount,
    coalesce(sum(reporting_amount) filter (where stage = 'invoiced'), 0) as invoiced_amount,
    coalesce(sum(reporting_amount) filter (where stage = 'credited'), 0) as credited_amount,
    coalesce(sum(reporting_amount) filter (where stage = 'cash'), 0) as cash_amount
from fct_stage_events as e left join products as p on e.product_key = key(p.product_id)
group by all;

create table fct_receivables as
with settled as (
    select a.invoice_id, sum(a.amount) as applied_amount
    from payment_applications as a left join payments as y on a.payment_id = y.payment_id
    where
        a.applied_on <= getvariable('position')
        and (y.reversed_on is null or greatest(y.reversed_on, a.applied_on) > getvariable('position'))
    group by a.invoice_id
),

jobs_of as (
    select invoice_id, case when count(distinct job_id) = 1 then key(min(job_id)) else 'unknown' end as job_key from invoiced group by invoice_id
),

opened as (
    select i.*, coalesce(s.applied_amount, 0) as applied_amount, gross_amount - coalesce(s.applied_amount, 0) as open_amount, j.job_key,
        case when i.currency = 'GBP' then 1 else coalesce(i.exchange_rate, f.rate) end as rate
    from invoices as i
    left join settled as s on i.invoice_id = s.invoice_id
    left join jobs_of as j on i.invoice_id = j.invoice_id
    left join fx_rates as f on i.currency = f.from_currency and i.issued_on = f.rate_on
    where
        i.invoice_type = 'invoice' and i.status <> 'draft' and i.issued_on <= getvariable('position')
        and (i.voided_on is null or i.voided_on > getvariable('position'))
)

select
    key(invoice_id) as invoice_key, key(customer_id) as customer_key, job_key, issued_on, due_on, invoice_number, currency, gross_amount,
    applied_amount, open_amount, case when open_amount > 0 then greatest(date_diff('day', due_on, getvariable('position')), 0) else 0 end as days_overdue,
    priced(gross_amount, rate) as reporting_gross_amount, priced(open_amount, rate) as reporting_open_amount,
    priced(gross_amount, rate) - priced(open_amount, rate) as reporting_applied_amount
from opened;
