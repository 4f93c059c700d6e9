// The representatives: the jobs that a person is credited for, under his row.
(function () {
  "use strict";
  const { name, table, below, close } = Pack;
  const PERSON = 0, JOB = 1, NAME = 2, ABOUT = 3, CONTRACTED = 4, DELIVERED = 5, COST = 6, VALUE = 7, REALISED = 8;
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
    ], TIEOUT.data["by-person"].filter((row) => row[PERSON] === person), { order: [[1, "desc"]], length: 25, file: "jobs-of-a-person", caption: "What the person is credited with, and the whole job, " + currency });
    box.querySelector("h2").focus({ preventScroll: true });
  }

  document.querySelectorAll("[data-person]").forEach((button) => button.addEventListener("click", () => open(button)));
  box.addEventListener("click", (event) => { if (event.target.closest(".close")) close(box); });
})();
