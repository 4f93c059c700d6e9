// Identity: what waits for a decision, and the marts about it as they are.
(function () {
  "use strict";
  const { esc, words, name, title, table } = Pack;
  table(document.getElementById("suggestions"), [
    { title: "Of", kind: "word", at: 0, narrow: true },
    { title: "Record", kind: "name", at: 3, show: (value, row) => name(value) + " <small>" + esc(words(row[1] + " " + row[2])) + "</small>" },
    { title: "Is now", kind: "name", at: 4 },
    { title: "Could be", kind: "name", at: 5 },
    { title: "By", kind: "word", at: 6 },
    { title: "Probability", kind: "name", at: 7, narrow: true },
  ], TIEOUT.data.suggestions, { order: [[0, "asc"]], length: 25, file: "suggestions" });
  document.querySelectorAll("[data-mart]").forEach((holder) => {
    const mart = TIEOUT.data.scored[holder.dataset.mart];
    const kinds = { day: "day", money: "money", count: "count" };
    const columns = mart.columns.map(([column, kind], at) => ({ title: title(column), kind: kinds[kind] || "name", at }));
    table(holder, columns, mart.rows, { length: 25, file: holder.dataset.mart });
  });
})();
