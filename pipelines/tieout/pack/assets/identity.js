// Identity: the questions that wait for a person, both records side by side, and what rests on links.
(function () {
  "use strict";
  const { esc, words, title, name, money, table, below, close, none } = Pack;
  const given = TIEOUT.data;
  const currency = document.body.dataset.currency;
  const LEFT = 0, RIGHT = 1, LEFT_RECORD = 2, RIGHT_RECORD = 3, PROBABILITY = 4, RULE = 5, FOR = 6, AGAINST = 7, HELD = 8, STAKE = 9,
    LEFT_REVENUE = 10, RIGHT_REVENUE = 11, WITHIN = 12, LEFT_SAYS = 13, RIGHT_SAYS = 14, PLACE = 15;
  const pairBox = document.getElementById("pair");
  const record = (of) => esc(words(of[0])) + " " + name(of[1]);
  given.review.rows.forEach((row, place) => row.push(place));

  if (given.review.rows.length) {
    table(document.getElementById("review"), [
      { title: "One record", kind: "name", at: LEFT, show: (value, row) => '<button type="button" class="cell who" data-place="' + row[PLACE] + '">' + name(value) + "</button> <small>" + record(row[LEFT_RECORD]) + "</small>" },
      { title: "The other", kind: "name", at: RIGHT, show: (value, row) => name(value) + " <small>" + record(row[RIGHT_RECORD]) + "</small>" },
      { title: "What agrees", kind: "name", at: FOR, show: (value) => name(value === null ? null : words(value)) },
      { title: "What does not", kind: "name", at: AGAINST, show: (value) => name(value === null ? null : words(value)) },
      { title: "Probability", kind: "number", at: PROBABILITY, narrow: true },
      { title: "Would move", kind: "money", at: STAKE },
    ], given.review.rows, { order: [[5, "desc"]], length: 10, file: "review", caption: "Questions, what hangs most on them first; " + currency });
  }

  document.getElementById("review").addEventListener("click", (event) => {
    const button = event.target.closest("[data-place]");
    if (!button) return;
    if (!below(button, pairBox)) return;
    const row = given.review.rows[Number(button.dataset.place)];
    const line = (label, left, right) => (left === none && right === none ? "" : '<tr><th scope="row">' + esc(label) + "</th><td>" + left + "</td><td>" + right + "</td></tr>");
    pairBox.innerHTML = '<div class="heading"><h3 tabindex="-1">' + name(row[LEFT]) + " and " + name(row[RIGHT]) + '</h3><button type="button" class="close noprint">Close</button></div><p class="lead">' +
      "Found by " + esc(words(row[RULE])) + ", probability " + esc(row[PROBABILITY]) + (row[HELD] ? "; held back: " + name(row[HELD]) : "") + (row[WITHIN] ? ". Both are records of one system" : "") + ".</p>" +
      '<div class="scroll" tabindex="0"><table><caption>Side by side</caption><thead><tr><th scope="col"></th><th scope="col">' + record(row[LEFT_RECORD]) + '</th><th scope="col">' + record(row[RIGHT_RECORD]) + "</th></tr></thead><tbody>" +
      given.review.sides.map((side, place) => line(title(side), name(row[LEFT_SAYS][place]), name(row[RIGHT_SAYS][place]))).join("") +
      line("Revenue, " + currency, money(row[LEFT_REVENUE]), money(row[RIGHT_REVENUE])) + "</tbody></table></div>";
    pairBox.querySelector("h3").focus({ preventScroll: true });
  });
  pairBox.addEventListener("click", (event) => { if (event.target.closest(".close")) close(pairBox); });

  table(document.getElementById("suggestions"), [
    { title: "Of", kind: "word", at: 0, narrow: true },
    { title: "Record", kind: "name", at: 3, show: (value, row) => name(value) + " <small>" + esc(words(row[1] + " " + row[2])) + "</small>" },
    { title: "Is now", kind: "name", at: 4 },
    { title: "Could be", kind: "name", at: 5 },
    { title: "By", kind: "word", at: 6 },
    { title: "Probability", kind: "number", at: 7, narrow: true },
  ], given.suggestions, { order: [[0, "asc"]], length: 10, file: "suggestions" });

  table(document.getElementById("sensitivity"), [
    { title: "Measure", kind: "word", at: 0 },
    { title: "Rule", kind: "word", at: 1 },
    { title: "How sure", kind: "name", at: 2 },
    { title: "Customers", kind: "count", at: 3 },
    { title: "Rests on it", kind: "money", at: 4 },
    { title: "Of", kind: "money", at: 5 },
    { title: "Would stay", kind: "money", at: 6 },
  ], given.sensitivity, { order: [[0, "asc"], [2, "desc"]], length: 25, file: "sensitivity", caption: currency });

  const changes = document.getElementById("changes");
  if (changes) {
    table(changes, [
      { title: "Day", kind: "day", at: 0 },
      { title: "Change", kind: "word", at: 1, narrow: true },
      { title: "Record", kind: "name", at: 3, show: (value, row) => esc(words(row[2])) + " " + name(value) },
      { title: "Was of", kind: "name", at: 4 },
      { title: "Is of", kind: "name", at: 5 },
      { title: "Why", kind: "name", at: 6 },
    ], given["customer-changes"], { order: [[0, "desc"]], length: 25, file: "customer-changes" });
  }
})();
