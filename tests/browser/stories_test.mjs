// A shift's stories: the page, admin-gateway and a whole plant of real processes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertAccessible, goTo, openPage, picture, settled, startBrowser, until } from "./browser.mjs";
import { Plant } from "./plant.mjs";

const one = "WH/MO/00001";
const open = { ADMIN_AUTH: "off" };
const slow = 60_000;
let browser;
before(async () => (browser = await startBrowser()));
after(async () => browser?.close());

/** A story with its own plant; the logs stay when it fails. */
function story(name, options, tell) {
  test(name, async () => {
    const plant = new Plant(options);
    let good = false;
    try {
      await plant.start();
      await tell(plant);
      good = true;
    } finally {
      await Promise.all(browser.contexts().map((context) => context.close()));
      await plant.stop(good);
    }
  });
}

async function decide(page, button, reason) {
  await page.getByRole("button", { name: button }).first().click();
  const dialog = page.getByRole("dialog");
  if (reason) await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: button }).click();
}

story("a batch goes through", { orders: 2, batch_seconds: 4, services: open }, async (plant) => {
  const page = await openPage(browser, plant.url);
  await page.locator(".strip").getByText("running").first().waitFor({ timeout: slow });
  await picture(page, "story-running");
  await goTo(page, "#/line/PLC01");
  await page.getByRole("link", { name: one }).waitFor();
  await assertAccessible(page, "the line of a real plant");
  await picture(page, "story-line", { fullPage: true });
  await goTo(page, "#/plc/PLC01");
  await page.getByRole("cell", { name: one }).first().waitFor();
  await picture(page, "story-plc");
  await goTo(page, "#/history");
  await page.getByRole("link", { name: one }).waitFor({ timeout: slow });
  await page.getByRole("link", { name: one }).click();
  await page.getByText("Odoo holds the newest figures").waitFor();
  await page.getByText("Archived").first().waitFor();
  await assertAccessible(page, "the batch of a real plant");
  await picture(page, "story-batch", { fullPage: true });
  await goTo(page, "#/");
  await page.getByText("The mill is fine").waitFor({ timeout: slow });
  await goTo(page, "#/trends");
  await page.locator(".chart canvas").first().waitFor();
  await goTo(page, "#/tasks");
  await page.getByText("Book what is finished").first().waitFor();
  assert.deepEqual(page.complaints, []);
});

story("Odoo refuses a batch: the operator sees why, and retries when it is mended", { orders: 1, batch_seconds: 2, services: { ...open, PROCESS_COMPLETED_INTERVAL: "24h" } }, async (plant) => {
  const recipe = (await plant.orderInOdoo(one)).to_consume;
  const silo = Object.keys(recipe).sort().find((code) => code.startsWith("silo"));
  await plant.odooFaults({ partial: [silo] });
  const page = await openPage(browser, plant.url);
  await page.getByText("1 thing needs you").first().waitFor({ timeout: slow });
  await page.getByRole("link", { name: "See what to do" }).click();
  const card = page.locator(".trouble", { hasText: one });
  await card.getByText("Odoo booked only a part").waitFor();
  assert.match(await card.innerText(), new RegExp(silo));
  await assertAccessible(page, "a stuck batch of a real plant");
  await picture(page, "story-stuck");
  const indonesian = await openPage(browser, `${plant.url}#/stuck`, { locale: "id-ID" });
  await indonesian.locator(".trouble", { hasText: one }).getByText("hanya sebagian: ").first().waitFor();
  await picture(indonesian, "story-stuck-id");
  await plant.odooFaults({ partial: [] });
  await decide(page, "Retry booking", "component corrected in Odoo");
  await page.getByText("Retry booking:").waitFor({ timeout: slow });
  await page.getByText("Nothing needs you").waitFor({ timeout: slow });
  // The retry may have come while the batch still ran: then its end books it.
  await until(async () => (await plant.orderInOdoo(one)).state === "done", "the order is done");
});

story("Odoo is down: the page tells it, and the batch goes on by itself", { orders: 1, batch_seconds: 2, services: { ...open, ODOO_TIMEOUT: "1s" } }, async (plant) => {
  const page = await openPage(browser, `${plant.url}#/stuck`);
  await until(async () => (await plant.orderInOdoo(one)).state === "confirmed", "the order is there");
  await goTo(page, "#/line/PLC01");
  await page.getByText("running").first().waitFor({ timeout: slow });
  await plant.odooFaults({ offline: true });
  await goTo(page, "#/stuck");
  await page.getByText(/Odoo (cannot be reached|takes too long)/).first().waitFor({ timeout: slow });
  await picture(page, "story-odoo-down");
  await plant.odooFaults({ offline: false });
  await page.getByText("Nothing needs you").waitFor({ timeout: slow });
  await until(async () => (await plant.orderInOdoo(one)).state === "done", "booked when Odoo is back", 60);
});

story("a running batch is cancelled, with a reason that is kept", { orders: 1, batch_seconds: 600, services: open }, async (plant) => {
  const page = await openPage(browser, `${plant.url}#/batch/${encodeURIComponent(one)}`);
  await page.getByRole("button", { name: "Cancel the batch" }).waitFor({ timeout: slow });
  await decide(page, "Cancel the batch", "silo A is empty");
  await page.getByText("Cancel the batch:").waitFor({ timeout: slow });
  await page.getByText("silo A is empty").first().waitFor({ timeout: slow });
  await picture(page, "story-cancelled", { fullPage: true });
  await until(async () => (await plant.orderInOdoo(one)).state === "cancel", "cancelled in Odoo");
});

story("admin-gateway dies and comes back: the page tells it and goes on", { orders: 1, batch_seconds: 600, services: open }, async (plant) => {
  const page = await openPage(browser, plant.url);
  await page.locator(".strip").getByText("running").first().waitFor({ timeout: slow });
  await page.locator(".live-mark.good").waitFor();
  await plant.tell("kill", "admin-gateway");
  await page.getByText("No connection to Millrace since").waitFor({ timeout: slow });
  await plant.tell("start", "admin-gateway");
  await page.getByText("No connection to Millrace since").waitFor({ state: "detached", timeout: slow });
  await page.locator(".live-mark.good").waitFor({ timeout: slow });
  await plant.tell("kill", "batch-store");
  await page.getByText(/batch-store/).first().waitFor({ timeout: slow });
  await picture(page, "story-store-away");
  await plant.tell("start", "batch-store");
  await page.getByText("The mill is fine").waitFor({ timeout: slow });
});

async function setupLink(plant) {
  const { log } = await plant.tell("log", "admin-gateway");
  return log.match(/#\/setup\?token=[^\s"]+/)?.[0];
}

story("the first user comes in by the link; a viewer may look, not act", { orders: 1, batch_seconds: 600, services: { ADMIN_AUTH: "on" } }, async (plant) => {
  const link = await until(() => setupLink(plant), "the one-time link in the log");
  const page = await openPage(browser, plant.url + link);
  await page.getByLabel("New password").fill("correct horse 1");
  await page.getByLabel("Once more").fill("correct horse 1");
  await page.getByRole("button", { name: "Create the administrator" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await goTo(page, "#/users");
  const form = page.locator("form", { hasText: "Add a user" });
  await form.getByLabel("User").fill("tamu");
  await form.getByLabel("New password").fill("correct horse 2");
  await form.getByLabel("Role").selectOption("viewer");
  await form.getByRole("button", { name: "Add a user" }).click();
  await page.getByText("tamu is added").waitFor();
  await assertAccessible(page, "users of a real plant");
  await picture(page, "story-users");
  const other = await openPage(browser, plant.url);
  await other.getByLabel("User").fill("tamu");
  await other.getByLabel("Password").fill("correct horse 2");
  await other.getByRole("button", { name: "Log in" }).click();
  await other.getByRole("heading", { name: "Overview" }).waitFor();
  await goTo(other, `#/batch/${encodeURIComponent(one)}`);
  await other.getByRole("button", { name: "Cancel the batch" }).click({ timeout: slow });
  await other.getByText("This needs the role operator. You are logged in as tamu (viewer).").waitFor();
  await picture(other, "story-viewer");
  assert.equal((await plant.orderInOdoo(one)).state, "confirmed");
});

story("Bahasa Indonesia on a phone", { orders: 1, batch_seconds: 600, services: open }, async (plant) => {
  const page = await openPage(browser, plant.url, { locale: "id-ID", viewport: { width: 360, height: 740 }, hasTouch: true });
  await page.locator(".strip").getByText("berjalan").first().waitFor({ timeout: slow });
  await settled(page);
  for (const hash of ["", "line/PLC01", "stuck", "history", "plc/PLC01", "tasks", `batch/${encodeURIComponent(one)}`]) {
    await goTo(page, `#/${hash}`);
    await assertAccessible(page, `phone #/${hash}`);
  }
  await picture(page, "story-phone", { fullPage: true });
});
