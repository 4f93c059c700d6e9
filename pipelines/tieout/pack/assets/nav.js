// On a narrow screen the pages lie in one line: the one that is open comes into sight.
(function () {
  "use strict";
  const open = document.querySelector(".pages [aria-current]"), line = document.querySelector(".pages");
  if (open && line.scrollWidth > line.clientWidth) line.scrollLeft = open.offsetLeft - (line.clientWidth - open.offsetWidth) / 2;
})();
