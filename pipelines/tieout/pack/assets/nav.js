// What every page does with itself.
(function () {
  "use strict";
  // On a narrow screen the pages lie in one line: the one that is open comes into sight.
  const open = document.querySelector(".pages [aria-current]"), line = document.querySelector(".pages");
  if (open && line.scrollWidth > line.clientWidth) line.scrollLeft = open.offsetLeft - (line.clientWidth - open.offsetWidth) / 2;

  // A table of more than three columns has no room there for a row: each cell says which column it is of.
  window.labelTables = (part) => part.querySelectorAll("table:not(.data, .ties, .walk, .answers)").forEach((table) => {
    if (!table.tHead || table.tHead.rows[0].cells.length < 4) return;
    const titles = Array.from(table.tHead.rows[0].cells, (cell) => cell.textContent);
    table.classList.add("blocks");
    table.querySelectorAll("tbody tr, tfoot tr").forEach((row) => {
      let place = 0;
      Array.from(row.cells).forEach((cell) => {
        cell.dataset.label = titles[place] || "";
        place += cell.colSpan;
      });
    });
  });
  window.labelTables(document);
})();
