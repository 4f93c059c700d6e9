// The receivables: each customer's ageing, and every invoice that is open.
(function () {
  "use strict";
  const { esc, words, name, table } = Pack;
  const given = TIEOUT.data.receivables, traces = TIEOUT.data.traces;
  const currency = document.body.dataset.currency;
  const last = 2 + given.buckets.length;
  table(document.getElementById("customers"), [
    { title: "Customer", kind: "name", at: 0, show: (value, row) => name(value) + (row[1] ? " <small>" + name(row[1]) + "</small>" : "") },
    ...given.buckets.map((bucket, place) => ({ title: words(bucket), kind: "money", at: 2 + place, total: true })),
    { title: "Together", kind: "money", at: last, total: true },
  ], given.customers, { order: [[given.buckets.length + 1, "desc"]], length: 25, file: "receivables-by-customer", caption: "Open, " + currency });
  table(document.getElementById("invoices"), [
    { title: "Invoice", kind: "name", at: 0, show: (value, row) => name(value) + " <small>" + esc(words(row[12])) + "</small>" },
    { title: "Customer", kind: "name", at: 1 },
    { title: "Job", kind: "name", at: 2, show: (value, row) => (traces[row[13]] ? '<a class="job" href="' + esc(traces[row[13]]) + '">' + name(value) + "</a>" : '<span class="job">' + name(value) + "</span>") },
    { title: "Issued", kind: "day", at: 3 },
    { title: "Due", kind: "day", at: 4 },
    { title: "Days overdue", kind: "count", at: 5 },
    { title: "Currency", kind: "name", at: 7, narrow: true },
    { title: "Gross", kind: "money", at: 8 },
    { title: "Applied", kind: "money", at: 9 },
    { title: "Open", kind: "money", at: 10 },
    { title: "Open, " + currency, kind: "money", at: 11, total: true },
  ], given.invoices, { order: [[10, "desc"]], file: "open-invoices", caption: "Open invoices, each in its own currency; the last column in " + currency });
})();
