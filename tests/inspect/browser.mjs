// Clicks through the page of a heap of 100,000 objects. Run by
// `.ci/inspect-browser`; screenshots go beside the page. The browser is the
// program that `CHROMIUM` names, or the first Chromium on `PATH`.

import assert from "node:assert/strict";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { chromium } from "playwright-core";

const folder = resolve(process.argv[2]);
const expected = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8"));
const number = (value) => new Intl.NumberFormat("en-US").format(value);

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
const onPath = ["chromium", "chromium-browser", "google-chrome"].flatMap((name) =>
  process.env.PATH.split(delimiter).filter(Boolean).map((place) => join(place, name)));
const executablePath = process.env.CHROMIUM || onPath.find(isProgram);
assert.ok(executablePath, "no Chromium on PATH; name one with CHROMIUM");

// Chromium does not start with its sandbox as root; everybody else keeps it.
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browser = await chromium.launch({ executablePath, args, chromiumSandbox: args.length === 0 });
const context = await browser.newContext({ viewport: { width: 1360, height: 860 } });
const page = await context.newPage();
const complaints = [];
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(String(error)));
page.on("request", (request) => {
  if (!request.url().startsWith("file:")) complaints.push(`network: ${request.url()}`);
});

const shot = (name) => page.screenshot({ path: `${folder}/${name}.png` });
const step = (text) => console.log("ok", text);
const details = page.locator("#details");
const lines = page.locator("#view table:not(.ways) tbody tr");

const start = Date.now();
await page.goto(`file://${folder}/heap.html`);
await lines.first().waitFor();
step(`the page opens, in ${Date.now() - start} ms`);

// Totals and growth.
const totals = await page.locator("#totals").innerText();
for (const value of [expected.objects, expected.edges, expected.roots, expected.cycles, expected.garbage]) {
  assert.ok(totals.includes(number(value)), `${number(value)} in ${totals}`);
}
assert.match(await page.locator("#view .hint").innerText(), new RegExp(`${number(expected.new)} new objects`));
await shot("growth");
step("totals and growth are those of the snapshot");

// A census that sorts.
await page.getByRole("tab", { name: "Census" }).click();
assert.equal(await lines.count(), Object.keys(expected.types).length);
const names = () => page.locator("#view tbody .type").evaluateAll((cells) => cells.map((cell) => cell.title));
const byBytes = Object.entries(expected.types).sort((one, other) => other[1][1] - one[1][1]);
assert.deepEqual(await names(), byBytes.map(([name]) => name));
for (const [direction, sorted] of [["ascending", [...byBytes.map(([name]) => name)].sort()]]) {
  await page.locator("#view th button", { hasText: "Type" }).click();
  assert.equal(await page.locator("#view th").first().getAttribute("aria-sort"), direction);
  assert.deepEqual(await names(), sorted);
}
await page.locator("#view th button", { hasText: "Objects" }).click();
const counts = await page.locator("#view tbody td:nth-child(2)").allInnerTexts();
const counted = counts.map((text) => Number(text.replaceAll(",", "")));
assert.deepEqual(counted, [...counted].sort((one, other) => other - one));
await shot("census");
step("the census sorts by every column");

// From a type to an object to what holds it.
await page.locator("#view tbody .type", { hasText: "Shelf" }).click();
await page.locator("#view h2", { hasText: "Shelf" }).waitFor();
assert.equal(await lines.count(), 200, "the first lines of a long table");
await page.getByRole("button", { name: /Show more/ }).click();
assert.ok(await lines.count() > 200);
await lines.first().locator("a").click();
await details.locator("h2", { hasText: "Shelf" }).waitFor();
assert.equal(await page.locator("#view tr[aria-current=true]").count(), 1);
const path = details.locator(".path li");
assert.match(await path.first().innerText(), /handles? from outside/);
assert.match(await path.nth(1).innerText(), /Shop/);
assert.match(await path.last().innerText(), /\.shelves\[\d+\]\s*Shelf/);
assert.ok(await details.locator(".edges li", { hasText: ".products[0]" }).count() > 0);
assert.ok(await details.locator(".edges li", { hasText: ".shop" }).count() > 0);
await shot("object");
await path.nth(1).locator("a").click();
await details.locator("h2", { hasText: "Shop" }).waitFor();
assert.ok(await details.locator(".badge.root").isVisible());
await page.goBack();
await details.locator("h2", { hasText: "Shelf" }).waitFor();
step("an object shows its fields, referrers, path and generation; back goes back");

// Search, by type and by address.
await page.keyboard.press("/");
await page.keyboard.type("order");
await page.locator("#results [role=option]").first().waitFor();
await shot("search");
await page.keyboard.press("Enter");
await page.locator("#view h2", { hasText: "Order" }).waitFor();
const address = await lines.nth(3).locator(".id").innerText();
await page.locator("#search").fill(address);
await page.keyboard.press("Enter");
assert.equal(await details.locator("header .id").innerText(), address);
step("search finds types and addresses");

// Garbage says so.
const garbage = await page.evaluate(() => {
  const data = JSON.parse(document.getElementById("heap").textContent);
  return data.traits.findIndex((traits) => (traits & 8) !== 0);
});
await page.evaluate((object) => (location.hash = `#object=${object}`), garbage);
await details.locator(".badge.garbage").waitFor();
assert.match(await details.innerText(), /It waits for (any collection|gc::unfreeze)/);
step("garbage is named as such");

// What stands behind the totals.
const total = (text) => page.locator("#totals a", { hasText: text });
for (const [text, count] of [["held from outside", expected.roots], ["cycle", expected.cycles],
  ["garbage", expected.garbage], ["frozen", expected.frozen]]) {
  assert.equal(await total(text).locator("strong").innerText(), number(count));
}
await total("held from outside").click();
await page.locator("#view h2", { hasText: "Held from outside" }).waitFor();
assert.equal(await page.locator("#tabs [tabindex='0']").count(), 1, "Tab leads to the tabs");
const named = page.locator("#view .name");
assert.deepEqual((await named.allInnerTexts()).sort(),
  ["</script><b>second</b> \\u{202e}shop", "first shop"].sort());
await shot("roots");
await total("cycle").click();
await page.locator("#view h2", { hasText: "Cycles" }).waitFor();
assert.equal(await lines.count(), Math.min(200, expected.cycles));
await shot("cycles");
await lines.first().locator("td").nth(1).click();
await page.locator("#view h2", { hasText: "Cycle of" }).waitFor();
await total("garbage").click();
await page.locator("#view h2", { hasText: "Garbage" }).waitFor();
assert.match(await page.locator("#view .hint").innerText(), /gc::disable/);
const reasons = await page.locator("#view .reasons li").allInnerTexts();
assert.equal(reasons.length, Object.keys(expected.waits).length);
for (const [waits, count] of Object.entries(expected.waits)) {
  assert.ok(reasons.some((text) => text.startsWith(number(count)) && text.endsWith(`for ${waits}`)), waits);
}
await shot("garbage");
await total("frozen").click();
await page.locator("#view h2", { hasText: "Frozen" }).waitFor();
assert.equal(await lines.count(), Math.min(200, expected.frozen));
step("the totals lead to roots, cycles, garbage and frozen objects");

// Merged paths are those of the snapshot.
for (const [at, name] of ["Shelf", "Product", "Order"].entries()) {
  await page.evaluate(() => (location.hash = "#view=census"));
  const begin = Date.now();
  await page.locator("#view tbody .type", { hasText: name }).click();
  await page.locator("#view .ways tbody tr").first().waitFor();
  const took = Date.now() - begin;
  const more = page.locator("#view .ways + .more");
  if (await more.isVisible()) await more.click();
  const rows = await page.locator("#view .ways tbody tr").evaluateAll((found) =>
    found.map((row) => [...row.cells].map((cell) => cell.innerText.replaceAll(",", "").replace(/\s+/g, " "))));
  const ways = rows.map(([objects, roots, way]) => `${way} ${objects} ${roots}`).sort();
  // The page escapes once more than a terminal, where a name stands in quotes.
  const those = expected.ways[at].map(([way, objects, roots]) => `${way.replaceAll(",", "")} ${objects} ${roots}`);
  assert.deepEqual(ways, those.sort());
  step(`${name}: ${ways.length} ways, in ${took} ms`);
}
await page.evaluate(() => (location.hash = "#view=census"));
await page.locator("#view tbody .type", { hasText: "Product" }).click();
await page.locator("#view .ways tbody tr").first().locator("td").first().click();
await details.locator("h2", { hasText: "Product" }).waitFor();
await shot("ways");
step("all of a line is pressed to follow it");

// Dominators by type, with the keyboard.
await page.getByRole("tab", { name: "Dominators" }).click();
const branches = page.locator("#view .tree tbody tr");
await branches.first().waitFor();
assert.equal(await branches.count(), Object.keys(expected.byType).length);
for (const [name, [count]] of Object.entries(expected.byType)) {
  const cells = await branches.filter({ has: page.locator(`[title="${name}"]`) }).locator("td").allInnerTexts();
  assert.equal(cells[1], number(count), name);
}
const openable = page.locator("#view .tree tr[aria-expanded=false]").first();
await openable.locator(".toggle").focus();
await page.keyboard.press("ArrowRight");
assert.ok(await branches.count() > Object.keys(expected.byType).length);
await page.keyboard.press("ArrowDown");
await page.keyboard.press("ArrowRight");
await shot("dominators");
await page.keyboard.press("ArrowLeft");
await page.keyboard.press("ArrowLeft");
await page.keyboard.press("ArrowLeft");
assert.equal(await branches.count(), Object.keys(expected.byType).length, "all is closed again");
step("the dominators by type open and close");

// The treemap, with the keyboard alone.
await page.getByRole("tab", { name: "Growth" }).or(page.getByRole("tab", { selected: true })).first().focus();
await page.getByRole("tab", { selected: true }).focus();
for (let presses = 0; presses < 5; presses++) {
  if (await page.locator("#tab-treemap[aria-selected=true]").count()) break;
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(100);
}
await page.locator(".tile").first().waitFor();
const area = await page.locator(".treemap").boundingBox();
const tiles = await page.locator(".tile:not(.inner)").evaluateAll((found) =>
  found.map((tile) => tile.offsetWidth * tile.offsetHeight).reduce((sum, part) => sum + part, 0));
assert.ok(tiles > 0.97 * area.width * area.height, "tiles fill the map");
await shot("treemap");
await page.keyboard.press("Tab");
await page.keyboard.press("Tab");
assert.ok(await page.evaluate(() => document.activeElement.matches(".tile")), "Tab leads to the map");
const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
const first = await focused();
await page.keyboard.press("ArrowRight");
assert.notEqual(await focused(), first, "arrows lead from tile to tile");
await page.keyboard.press("ArrowLeft");
await page.keyboard.press("Enter");
await page.waitForFunction(() => document.querySelector(".crumbs").childElementCount > 1);
await shot("treemap-inside");
await page.evaluate(() => document.activeElement.blur());
await page.keyboard.press("Backspace");
await page.waitForFunction(() => document.querySelector(".crumbs").childElementCount === 1);
step("the treemap is walked with the keyboard");

// Lines of a table with the arrow keys.
await page.evaluate(() => (location.hash = "#view=census"));
await lines.first().waitFor();
await lines.first().locator("a").focus();
await page.keyboard.press("ArrowDown");
assert.ok(await lines.nth(1).locator("a").evaluate((link) => link === document.activeElement));
step("arrow keys go from line to line");

// The focus goes where the line leads to, and back to the line.
const focusedLine = () => page.evaluate(() => {
  const link = document.activeElement;
  return link.closest("#view tbody") ? link.getAttribute("href") : "";
});
const type = await focusedLine();
await page.keyboard.press("Enter");
await page.locator("#view .holders").waitFor();
assert.ok((await focusedLine()).startsWith("#"), "a line of the type has the focus");
await page.keyboard.press("ArrowDown");
await page.keyboard.press("Backspace");
await page.locator("#view .holders").waitFor({ state: "detached" });
assert.equal(await focusedLine(), type);
step("the focus stays in the view, and comes back");

// New objects of a type.
await page.getByRole("tab", { name: "Growth" }).click();
await page.locator("#view tbody a.type", { hasText: "Product" }).click();
await page.locator("#view h2", { hasText: "New" }).waitFor();
await lines.first().locator("a").click();
await details.locator(".badge.new").waitFor();
step("growth leads to the new objects");

// Where objects were made.
await page.getByRole("tab", { name: "Places" }).click();
const places = page.locator("#view .made tbody tr");
await places.first().waitFor();
const shelves = places.filter({ has: page.locator(".type", { hasText: "Shelf" }) });
assert.equal(await shelves.count(), 1, "there is one place where shelves are made");
assert.match(await shelves.locator(".site").innerText(), /tests\/inspect\/files\.rs:\d+:\d+/);
const allShelves = Object.entries(expected.types).find(([name]) => name.endsWith("Shelf"))[1][0];
assert.equal(await shelves.locator("td").nth(1).innerText(), number(allShelves));
await shot("places");
await shelves.locator("td").nth(1).click();
await page.locator("#view h2", { hasText: "Shelf" }).waitFor();
await page.locator("#view .objects tbody tr").first().locator("a").click();
assert.match(await details.locator(".facts .site").innerText(), /files\.rs/);
await shot("place");
step("places lead to the objects that were made there");

// The heap over time: any two moments, by a press and by the keyboard.
await page.getByRole("tab", { name: "Timeline" }).click();
await page.locator(".moments").first().waitFor();
assert.equal(await page.locator(".chart").count(), 3);
assert.equal(await page.locator(".moments").first().locator(".moment").count(), expected.moments);
const [middle, moreShelves] = expected.sinceStart;
await page.locator("#moment-from").focus();
for (let press = 0; press < middle; press++) await page.keyboard.press("ArrowRight");
const shelfLine = lines.filter({ has: page.locator(".type", { hasText: "Shelf" }) });
const grown = await shelfLine.locator("td").nth(3).innerText();
assert.equal(grown.replaceAll(",", "").replace("−", "-"), (moreShelves > 0 ? "+" : "") + moreShelves);
await page.locator(".moments").nth(1).locator(".moment").nth(middle + 5).click();
assert.equal(await page.locator("#moment-from").inputValue(), String(middle + 5), "the nearer end moves");
assert.equal(await page.locator(".moments").first().locator(".moment.end").count(), 2);
await shot("timeline");
step("any two moments are compared");

// Light and dark.
const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const light = await ground();
await page.locator("#theme").click();
assert.equal(await ground(), light);
await page.locator("#theme").click();
assert.notEqual(await ground(), light);
await shot("dark");
await page.evaluate(() => (location.hash = "#view=treemap"));
await page.locator(".tile").first().waitFor();
await shot("treemap-dark");
for (const name of ["timeline", "garbage", "dominators", "sites"]) {
  await page.evaluate((view) => (location.hash = `#view=${view}`), name);
  await lines.first().waitFor();
  await shot(`${name}-dark`);
}
await page.locator("#theme").click();
await page.emulateMedia({ colorScheme: "dark" });
assert.notEqual(await ground(), light, "the page follows the system");
await page.emulateMedia({ colorScheme: "light" });
assert.equal(await ground(), light);
step("light and dark, by choice and by the system");

// A small screen.
await page.setViewportSize({ width: 420, height: 800 });
await page.evaluate(() => (location.hash = "#view=census"));
await lines.first().waitFor();
await shot("small");
assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), "nothing sticks out");
step("it fits a small screen");

assert.deepEqual(complaints, [], "no errors, no network");
step("no errors, and nothing was loaded from the network");
await browser.close();
