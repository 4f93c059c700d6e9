// The representatives: the jobs that a person is credited for, under the row of his name.
(function () {
  "use strict";
  const { esc, name, day, table, below, close } = Pack;
  const PERSON = 0, JOB = 1, NAME = 2, ABOUT = 3, CONTRACTED = 4, DELIVERED = 5, COST = 6, VALUE = 7, REALISED = 8;
  const given = TIEOUT.data["by-person"];
  const box = document.getElementById("jobs"), currency = document.body.dataset.currency;

  function open(button) {
    if (!below(button, box)) return;
    box.innerHTML = '<div class="heading"><h2 tabindex="-1">Jobs of <bdi></bdi></h2><button type="button" class="close noprint">Close</button></div><div class="scroll"></div>';
    box.querySelector("bdi").textContent = button.textContent;
    const person = Number(button.dataset.person);
    table(box.querySelector(".scroll"), [
      { title: "Job", kind: "name", at: NAME, show: (value, row) => '<a class="job" href="margin.html#job/' + row[JOB] + '">' + name(value) + "</a>" + (row[ABOUT] ? " <small>" + name(row[ABOUT]) + "</small>" : "") },
      { title: "Contracted, credited", kind: "money", at: CONTRACTED, total: true },
      { title: "Delivered, credited", kind: "money", at: DELIVERED, total: true },
      { title: "Cost, credited", kind: "money", at: COST, total: true },
      { title: "Value of the job", kind: "money", at: VALUE },
      { title: "Margin of the job", kind: "money", at: REALISED },
    ], given.jobs.filter((row) => row[PERSON] === person), { order: [[1, "desc"]], length: 25, file: "jobs-of-a-person", caption: "What the person is credited with, and the whole job, " + currency });
    const accuracy = given.accuracy.filter((row) => row[PERSON] === person);
    if (accuracy.length) {
      const holder = document.createElement("div");
      holder.className = "scroll";
      box.append(holder);
      table(holder, [
        { title: "Final in", kind: "day", at: 1, show: (value) => day(value).replace(/>1 /, ">") },
        { title: "Type", kind: "word", at: 2 },
        { title: "Category", kind: "name", at: 3 },
        { title: "Planned for the work", kind: "money", at: 4, total: true },
        { title: "Missed by", kind: "money", at: 5, total: true },
        { title: "Quote accuracy", kind: "number", at: 6, show: (value) => (value === null ? Pack.none : esc(value) + " %") },
      ], accuracy, { order: [[0, "desc"]], length: 10, file: "quote-accuracy", caption: "How near the cost of final jobs came to what was planned for the work that was done, " + currency });
    }
    box.querySelector("h2").focus({ preventScroll: true });
  }

  document.querySelectorAll("[data-person]").forEach((button) => button.addEventListener("click", () => open(button)));
  box.addEventListener("click", (event) => { if (event.target.closest(".close")) close(box); });
})();
