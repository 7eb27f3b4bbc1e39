// The treemap: areas as large as what objects retain. What an object dominates
// lies inside of it; the many small ones of a type are drawn as one.

const TILES = 120;
const SMALLEST = 14;
const LEVELS = 3;

// What a tile stands for: an object, objects of one type, or what there is no
// room for.
const objectTile = (object) => ({ object, type: heap.typeOf(object), bytes: heap.retained(object) });
const sum = (objects) => objects.reduce((bytes, object) => bytes + heap.retained(object), 0);
const groupTile = (type, members) => ({ members, type, bytes: sum(members) });

// The first tiles, and one for the rest.
function firstTiles(tiles) {
  if (tiles.length <= TILES) return tiles;
  const rest = tiles.slice(TILES - 1);
  const isOneType = rest.every(({ type }) => type === rest[0].type);
  return [...tiles.slice(0, TILES - 1), {
    rest: rest.reduce((count, { members }) => count + (members?.length ?? 1), 0),
    type: isOneType ? rest[0].type : NONE,
    bytes: rest.reduce((bytes, tile) => bytes + tile.bytes, 0),
  }];
}

// What lies inside of an object or a group, or at the top.
function tilesIn(place) {
  const objects = place.members ?? heap.dominated(place.object);
  if (objects.length <= TILES || place.members) return firstTiles(objects.map(objectTile));
  const groups = new Map();
  for (const object of objects) {
    const type = heap.typeOf(object);
    if (!groups.has(type)) groups.set(type, []);
    groups.get(type).push(object);
  }
  const tiles = [...groups].map(([type, members]) =>
    members.length === 1 ? objectTile(members[0]) : groupTile(type, members));
  return firstTiles(tiles.sort((one, other) => other.bytes - one.bytes));
}

// Cuts a rectangle into parts in proportion to `tiles`, as square as possible
// (Bruls, Huizing, van Wijk: Squarified Treemaps).
function squarify(tiles, { x, y, width, height }, place) {
  let left = tiles.reduce((sum, tile) => sum + tile.bytes, 0);
  const worst = (row, sum, side, scale) => {
    const depth = (sum * scale) / side;
    const extremes = [row[0].bytes, row[row.length - 1].bytes].map((bytes) => (bytes * scale) / depth);
    return Math.max(...extremes.map((length) => Math.max(length / depth, depth / length)));
  };
  for (let start = 0; start < tiles.length; ) {
    const side = Math.min(width, height);
    const scale = (width * height) / left;
    const row = [tiles[start]];
    let sum = tiles[start].bytes;
    for (const tile of tiles.slice(start + 1)) {
      if (worst([...row, tile], sum + tile.bytes, side, scale) > worst(row, sum, side, scale)) break;
      row.push(tile);
      sum += tile.bytes;
    }
    const depth = (sum * scale) / side;
    let along = 0;
    for (const tile of row) {
      const length = (tile.bytes * scale) / depth;
      if (width >= height) place(tile, { x, y: y + along, width: depth, height: length });
      else place(tile, { x: x + along, y, width: length, height: depth });
      along += length;
    }
    if (width >= height) (x += depth), (width -= depth);
    else (y += depth), (height -= depth);
    left -= sum;
    start += row.length;
  }
}

// The way from the top to an object: its dominators.
function waysIn(object) {
  const way = [];
  for (let at = object; at !== NONE; at = heap.dominator(at)) way.unshift(at);
  return way;
}

function treemapView(place, selected) {
  const map = element("div", {
    class: "treemap", role: "group", "aria-label": "Retained sizes", onkeydown: moveBetweenTiles,
  });
  const crumbs = [element("a", { href: "#view=treemap" }, "Whole heap")];
  for (const object of waysIn(place.object)) {
    crumbs.push(element("a", { href: `#treemap=${object}` }, shortName(typeName(heap.typeOf(object)))));
  }
  if (place.members) crumbs.push(element("span", {}, `${number(place.members.length)} × `, typeText(place.type)));
  const whole = place.object === NONE ? heap.data.bytes + heap.data.owned : heap.retained(place.object);
  const bytes = place.members ? sum(place.members) : whole;
  const draw = () => drawTiles(map, place, selected);
  new ResizeObserver(draw).observe(map);
  return [
    element("nav", { class: "crumbs", "aria-label": "Dominators" },
      crumbs.map((crumb, at) => (at === 0 ? crumb : [element("span", { "aria-hidden": "true" }, "›"), crumb]))),
    element("p", { class: "hint" },
      `${size(bytes)} retained. Each area is as large as what would be freed with it. `,
      element("kbd", {}, "Enter"), " goes in, ", element("kbd", {}, "Backspace"), " goes out."),
    map,
  ];
}

function drawTiles(map, place, selected) {
  const { width, height } = map.getBoundingClientRect();
  // The view has it if the tile that had it led here.
  const hadFocus = map.contains(document.activeElement) || document.activeElement === view;
  map.replaceChildren();
  const tiles = tilesIn(place);
  if (tiles.length === 0) {
    map.append(element("p", { class: "empty" }, "Keeps nothing alive but itself."));
    return;
  }
  squarify(tiles, { x: 0, y: 0, width, height }, (tile, area) => {
    if (area.width >= 3 && area.height >= 3) map.append(...drawTile(tile, area, place, selected));
  });
  const first = map.querySelector("[aria-current]") ?? map.firstElementChild;
  first?.setAttribute("tabindex", "0");
  if (hadFocus) first?.focus();
}

// A tile, on it what lies inside of it, and so on, as long as it can be seen.
function drawTile(tile, area, place, selected, level = 0) {
  const hasText = area.width > 46 && area.height > 24;
  const head = !hasText ? 5 : level === 0 && area.height > 90 ? 40 : 21;
  const kind = level === 0 ? "tile" : "tile inner";
  const drawn = [tileLink(tile, area, place, selected, kind, head === 40)];
  const room = { x: area.x + 5, y: area.y + head, width: area.width - 10, height: area.height - head - 5 };
  if (!tile.rest && level < LEVELS && room.width > SMALLEST * 2 && room.height > SMALLEST * 2) {
    const under = tile.members ? { ...tile, object: place.object } : { object: tile.object };
    squarify(tilesIn(under), room, (inner, at) => {
      if (at.width >= SMALLEST && at.height >= SMALLEST) {
        drawn.push(...drawTile(inner, at, under, selected, level + 1));
      }
    });
  }
  return drawn;
}

function tileLink(tile, area, place, selected, kind, hasSize) {
  const { what, href } = describe(tile, place);
  const full = tile.object === undefined ? what : `${typeName(tile.type)} ${heap.id(tile.object)}`;
  const drawn = element("a", {
    class: tile.rest ? kind + " rest" : kind, href, tabindex: "-1",
    "aria-current": tile.object !== undefined && tile.object === selected ? "true" : null,
    title: `${full}\n${size(tile.bytes)} retained`, "aria-label": `${what}, ${size(tile.bytes)} retained`,
  });
  drawn.style.cssText =
    `left:${area.x}px;top:${area.y}px;width:${area.width}px;height:${area.height}px;--hue:${hue(tile.type)}`;
  if (area.width > 46 && area.height > 22) drawn.append(element("span", { class: "tile-name" }, what));
  if (hasSize) drawn.append(element("span", { class: "tile-size" }, size(tile.bytes)));
  return drawn;
}

// What stands on a tile, and where it leads.
function describe(tile, place) {
  const name = tile.type === NONE ? "others" : shortName(typeName(tile.type));
  if (tile.rest) {
    return { what: `${number(tile.rest)} more × ${name}`, href: tile.type === NONE ? "#view=census" : `#type=${tile.type}` };
  }
  if (tile.members) {
    return { what: `${number(tile.members.length)} × ${name}`, href: `#treemap=${place.object}&type=${tile.type}` };
  }
  const text = heap.text(tile.object);
  const given = heap.nameOf(tile.object);
  const type = given === undefined ? name : `${given}: ${name}`;
  const what = text === undefined ? type : `${type} "${text}"`;
  return { what, href: `#treemap=${tile.object}&object=${tile.object}` };
}

// Arrow keys go to the nearest tile in their direction.
function moveBetweenTiles(event) {
  const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!direction || !event.target.matches(".tile")) return;
  event.preventDefault();
  const middle = (tile) => {
    const { left, top, width, height } = tile.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [fromX, fromY] = middle(event.target);
  let best = null;
  for (const tile of event.currentTarget.querySelectorAll(".tile:not(.inner)")) {
    const [x, y] = middle(tile);
    const ahead = (x - fromX) * direction[0] + (y - fromY) * direction[1];
    const aside = Math.abs((x - fromX) * direction[1]) + Math.abs((y - fromY) * direction[0]);
    const distance = ahead + 2 * aside;
    if (ahead > 1 && (best === null || distance < best.distance)) best = { tile, distance };
  }
  if (best === null) return;
  event.target.setAttribute("tabindex", "-1");
  best.tile.setAttribute("tabindex", "0");
  best.tile.focus();
}
