// One Chromium for a test file, and what all stories do with a page.
import { chromium } from "playwright-core";
import axe from "axe-core";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";

export const pictures = process.env.PICTURES ?? "/tmp/millrace-pictures";
mkdirSync(pictures, { recursive: true });

export async function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

/** A page that notes what its console complains of (the content security policy too). */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 900 }, locale: "en-GB", ...options });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("console", (message) => {
    const network = /Failed to load resource/.test(message.text());
    if (message.type() === "error" && !network) page.complaints.push(message.text());
  });
  await page.goto(url);
  return page;
}

/** The page's data are there. */
export async function settled(page) {
  await page.locator("main h1").waitFor({ state: "attached" });
  await page.waitForFunction(() => !document.querySelector("main .loading"));
}

export async function goTo(page, hash) {
  await page.evaluate((to) => (location.hash = to), hash);
  await settled(page);
}

/** No serious finding of axe, nothing wider than the screen, no complaint. */
export async function assertAccessible(page, what) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => window.axe.run());
  const serious = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  assert.deepEqual(
    serious.map((one) => `${what}: ${one.id}: ${one.nodes[0].html}`),
    [],
  );
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(tooWide <= 0, `${what} is ${tooWide} px wider than the screen`);
  assert.deepEqual(page.complaints, [], what);
}

export async function picture(page, name, options = {}) {
  await page.screenshot({ path: path.join(pictures, `${name}.png`), ...options });
}

/** The first true value of a condition, asked again and again. */
export async function until(condition, what, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
