/** Runs inside the drawing: a click zooms to a frame, the box searches. Plain JavaScript; must not hold `]]>`. */
export const FLAME_SCRIPT = `
(function () {
  var group = document.getElementById("bars"), bars = [].slice.call(group.children);
  var full = +group.dataset.width, character = +group.dataset.character, reset = document.getElementById("reset");
  function fit(name, width) {
    var count = Math.floor((width - 6) / character);
    return count < 3 ? "" : name.length <= count ? name : name.slice(0, count - 2) + "..";
  }
  function zoom(left, width) {
    bars.forEach(function (bar) {
      var x = +bar.dataset.x, w = +bar.dataset.w, begin = Math.max(x, left), end = Math.min(x + w, left + width);
      var shown = end - begin > 1e-6, rect = bar.querySelector("rect"), text = bar.querySelector("text");
      bar.style.display = shown ? "" : "none";
      if (!shown) return;
      var at = (begin - left) / width * full, wide = (end - begin) / width * full;
      rect.setAttribute("x", at); rect.setAttribute("width", wide);
      text.setAttribute("x", at + 3); text.textContent = fit(bar.dataset.name, wide);
    });
    reset.setAttribute("visibility", width < full ? "visible" : "hidden");
  }
  function search(pattern) {
    var regex = null, spans = [];
    try { regex = pattern === "" ? null : new RegExp(pattern, "i"); } catch (error) { return; }
    bars.forEach(function (bar) {
      var hit = regex !== null && regex.test(bar.dataset.name);
      bar.classList.toggle("found", hit);
      bar.classList.toggle("faded", regex !== null && !hit);
      if (hit) spans.push([+bar.dataset.x, +bar.dataset.x + +bar.dataset.w]);
    });
    spans.sort(function (a, b) { return a[0] - b[0]; });
    var sum = 0, end = 0;
    spans.forEach(function (span) { sum += Math.max(0, span[1] - Math.max(end, span[0])); end = Math.max(end, span[1]); });
    document.getElementById("found").textContent = regex === null ? "" : "found: " + (100 * sum / full).toFixed(2) + " %";
  }
  bars.forEach(function (bar) {
    bar.addEventListener("click", function () { zoom(+bar.dataset.x, +bar.dataset.w); });
  });
  reset.addEventListener("click", function () { zoom(0, full); });
  document.getElementById("search").addEventListener("input", function (event) { search(event.target.value); });
})();
`;
