// What is wrong with the page as it stands in this window: a list of sentences, empty when nothing is.
// Rules: nothing is wider than the window; no text is cut, leaves its box or lies over another; a text that wraps has room for
// twelve characters a line and no word of it is broken; what is pressed is 24 px and up (WCAG 2.5.8);
// a table that became cards names each figure as its column is named, and has its figures first.
() => {
  const FEWEST = 12, LONGEST_WORD = 20, TARGET = 24, SLACK = 1.5;
  const found = new Set();
  const named = (element) => {
    const name = element.localName + (element.id ? `#${element.id}` : "") + [...element.classList].map((one) => `.${one}`).join("");
    return element.parentElement && !element.id && !element.classList.length ? `${named(element.parentElement)} > ${name}` : name;
  };
  const say = (element, fault) => found.add(`${fault}: ${named(element)} “${element.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}”`);
  const style = (element) => getComputedStyle(element);
  const outOfSight = (element) => element.closest(".sr, .skip, [hidden], option, script, style, noscript, svg, .suggestions")
    || !element.checkVisibility({ visibilityProperty: true }) || style(element).clipPath !== "none";

  const screen = document.documentElement;
  if (screen.scrollWidth > screen.clientWidth) found.add(`${screen.scrollWidth} px wide in a window of ${screen.clientWidth}`);

  // --- Text: boxes that hold text of their own, each with its lines ---------------------------------------
  const boxOf = (node) => {
    let box = node.parentElement;
    while (/^(inline|contents)$/.test(style(box).display)) box = box.parentElement;
    return box;
  };
  const boxes = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    // a browser draws a textarea's text elsewhere: the node itself never has a place
    if (!node.data.trim() || node.parentElement.matches("textarea") || outOfSight(node.parentElement)) continue;
    const box = boxOf(node);
    boxes.set(box, [...(boxes.get(box) ?? []), node]);
  }
  const texts = [];
  const range = document.createRange();
  const rectsOf = (node, from = 0, to = node.length) => {
    range.setStart(node, from);
    range.setEnd(node, to);
    return [...range.getClientRects()].filter((rect) => rect.width > 0);
  };
  const linesOf = (rects) => rects.map((rect) => rect.bottom).sort((a, b) => a - b)
    .filter((bottom, at, all) => at === 0 || bottom - all[at - 1] > 5).length;
  const floats = (element) => element && (/sticky|fixed/.test(style(element).position) || element.scrollHeight > element.clientHeight + 1 && /auto|scroll/.test(style(element).overflowY)
    || floats(element.parentElement));
  const brokenWord = (nodes) => nodes.flatMap((node) => [...node.data.matchAll(/[\p{L}\p{N}]+/gu)].map((word) => [node, word]))
    .find(([node, word]) => word[0].length <= LONGEST_WORD && linesOf(rectsOf(node, word.index, word.index + word[0].length)) > 1);

  for (const [box, nodes] of boxes) {
    const rects = nodes.flatMap((node) => rectsOf(node));
    const letters = nodes.map((node) => node.data.trim().replace(/\s+/g, " ")).join(" ");
    const edge = box.getBoundingClientRect();
    if (!rects.length || edge.width < 1) { say(box, "no room at all"); continue; }
    const lines = linesOf(rects);
    const a_letter = rects.reduce((sum, rect) => sum + rect.width, 0) / letters.length;
    const room = edge.width - parseFloat(style(box).paddingLeft) - parseFloat(style(box).paddingRight);
    if (lines > 2 && room / a_letter < FEWEST) say(box, `a column of ${Math.floor(room / a_letter)} characters`);
    if (lines > 1 && edge.width < 320) {
      const broken = brokenWord(nodes);
      if (broken) say(box, `the word ${broken[1][0]} is broken`);
    }
    const left = Math.min(...rects.map((rect) => rect.left)), right = Math.max(...rects.map((rect) => rect.right));
    if (right > screen.clientWidth + SLACK || left < -SLACK) say(box, "out of the window");
    if (!floats(box)) texts.push([box, rects]);
    if (right > edge.right + SLACK || left < edge.left - SLACK) say(box, "leaves its box");
    const pressed = box.closest("a, button, label"); // its box is drawn around what stands in it
    if (pressed && pressed !== box && !/^(inline|contents)$/.test(style(pressed).display)) {
      const drawn = pressed.getBoundingClientRect();
      if (right > drawn.right + SLACK || left < drawn.left - SLACK) say(box, "leaves its button");
    }
    for (let around = box; around && around !== document.body; around = around.parentElement) {
      const { overflowX, overflowY } = style(around);
      if (overflowX === "visible" && overflowY === "visible") continue;
      const inside = around.getBoundingClientRect();
      const cut = right > inside.right + SLACK || left < inside.left - SLACK
        || (/hidden|clip/.test(overflowY) && Math.max(...rects.map((rect) => rect.bottom)) > inside.bottom + 3);
      if (cut && !around.matches(".document")) { say(box, `cut by ${named(around)}`); break; }
    }
  }

  // from the top down, and only while the next begins above this one's end: a page has hundreds of texts
  const downward = texts.map(([box, rects], place) => ({ box, rects, place, top: Math.min(...rects.map((rect) => rect.top)),
    bottom: Math.max(...rects.map((rect) => rect.bottom)) })).sort((one, other) => one.top - other.top);
  downward.forEach((one, at) => {
    for (let next = at + 1; next < downward.length && downward[next].top < one.bottom - 5; next += 1) {
      const other = downward[next];
      if (one.box.contains(other.box) || other.box.contains(one.box)) continue;
      const [first, second] = one.place < other.place ? [one, other] : [other, one];
      const over = first.rects.some((a) => second.rects.some((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5));
      if (over) say(first.box, `lies over ${named(second.box)}`);
    }
  });

  // --- What is pressed ------------------------------------------------------------------------------------
  const union = (rects) => [Math.max(...rects.map((r) => r.right)) - Math.min(...rects.map((r) => r.left)),
    Math.max(...rects.map((r) => r.bottom)) - Math.min(...rects.map((r) => r.top))];
  const inSentence = (target) => /^inline$/.test(style(target).display)
    && [...boxOf(target.firstChild ?? target).childNodes].some((node) => node !== target && !node.contains(target) && node.textContent.trim().length > 1
      && /^(inline|contents)$/.test(node.nodeType === 1 ? style(node).display : "inline"));
  for (const target of matchMedia("print").matches ? [] : document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (outOfSight(target) || target.tabIndex < 0 || inSentence(target)) continue;
    const [width, height] = union([target, ...(target.labels ?? [])].filter((one) => !outOfSight(one)).flatMap((one) => [one, ...one.querySelectorAll("*")])
      .map((one) => one.getBoundingClientRect()).filter((rect) => rect.width > 1));
    if (width < TARGET - 0.5 || height < TARGET - 0.5) say(target, `a target of ${Math.round(width)} × ${Math.round(height)} px`);
  }

  // --- Tables that became cards ---------------------------------------------------------------------------
  for (const row of document.querySelectorAll("tbody tr")) {
    if (style(row).display === "table-row" || outOfSight(row)) continue;
    const columns = [...row.closest("table").querySelectorAll("thead th")].map((th) => th.textContent.replace(/[↑↓]/g, "").trim().replace(/\s+/g, " "));
    for (const cell of row.querySelectorAll("td")) {
      if (cell.colSpan > 1 || cell.matches(".tick")) continue;
      const label = getComputedStyle(cell, "::before").content.replace(/\s+/g, " ");
      if (!columns.some((column) => label === JSON.stringify(column))) say(cell, `a cell without its column’s name (${label})`);
    }
    const cells = [...row.querySelectorAll("td:not(.tick, .some, [colspan])")].filter((cell) => !outOfSight(cell))
      .map((cell) => [cell, cell.getBoundingClientRect()]).filter(([, box]) => box.width > 0)
      .sort(([, one], [, other]) => Math.abs(one.top - other.top) > SLACK ? one.top - other.top : one.left - other.left);
    if (cells.some(([cell]) => cell.matches(".num")) && !cells[0][0].matches(".num")) say(cells[0][0], "a card that begins with words");
  }
  return [...found];
}
