// The page by itself, on a stage: every page, every rare state, every failure.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { assertAccessible, goTo, openPage, picture, settled, startBrowser, until } from "./browser.mjs";
import { Stage } from "./stage.mjs";

const dist = process.env.DIST;
let browser;
let stage;
before(async () => (browser = await startBrowser()));
after(async () => browser?.close());
beforeEach(async (context) => {
  stage = await new Stage(dist).start();
  context.after(async () => {
    await Promise.all(browser.contexts().map((one) => one.close()));
    await stage.stop();
  });
});

const pages = ["", "stuck", "line/PLC01", "batch/WH%2FMO%2F00012", "history", "trends", "plc/PLC01", "tasks", "users", "password", "nowhere"];

const looks = {
  desk: { colorScheme: "light" },
  "desk-dark": { colorScheme: "dark" },
  "phone-id": { viewport: { width: 360, height: 740 }, locale: "id-ID", hasTouch: true },
};

for (const [look, options] of Object.entries(looks))
  test(`every page is accessible and fits (${look})`, async () => {
    stage.role = "admin";
    const page = await openPage(browser, stage.url, options);
    for (const hash of pages) {
      await goTo(page, `#/${hash}`);
      await assertAccessible(page, `${look} #/${hash}`);
      await picture(page, `${look}-${hash.split("/")[0] || "overview"}`);
    }
  });

test("one look tells whether the mill is fine", async () => {
  stage.stuck = false;
  const page = await openPage(browser, stage.url);
  await page.getByText("The mill is fine").waitFor();
  stage.stuck = true;
  stage.tell("millrace.alert.raised.v1");
  await page.getByText("4 things need you").first().waitFor();
  await page.getByRole("link", { name: "See what to do" }).click();
  await page.getByRole("heading", { name: "Needs a person" }).waitFor();
});

test("texts of the plant are texts, never markup", async () => {
  const page = await openPage(browser, `${stage.url}#/line/PLC01`);
  await page.getByText("JF SAPOT 1B <b>25 kg</b>").first().waitFor();
});

test("a decision says what will happen, wants a reason and is sent once", async () => {
  const page = await openPage(browser, `${stage.url}#/stuck`);
  await page.getByRole("button", { name: "Accept the value" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("counts as true").waitFor();
  await picture(page, "dialog");
  const send = dialog.getByRole("button", { name: "Accept the value" });
  assert.ok(await send.isDisabled(), "without a reason nothing is sent");
  await dialog.getByLabel("Reason").fill("weighed it by hand: 6,060 kg");
  await assertAccessible(page, "the dialog");
  await send.click();
  await page.getByText("Accept the value: booked in Odoo").waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.deepEqual(
    stage.posts.map(({ method, name, notes, csrf }) => ({ method, name, notes, csrf })),
    [{ method: "POST", name: "admin/manual/accept-value/WH/MO/00013", notes: "weighed it by hand: 6,060 kg", csrf: "c5rf" }],
  );
});

test("a standing alert is acknowledged, and everybody sees by whom", async () => {
  const page = await openPage(browser, `${stage.url}#/stuck`);
  await page.locator(".trouble", { hasText: "WH/MO/77777" }).getByText("budi looks after it").waitFor();
  const card = page.locator(".trouble", { hasText: "WH/MO/00013" });
  await card.getByRole("button", { name: "I look after it" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "I look after it" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.deepEqual(stage.posts.map(({ method, name }) => ({ method, name })), [{ method: "POST", name: "alerts/a1/acknowledge" }]);
});

test("a decision that fails says why and can be tried again", async () => {
  stage.answerToPost = { status: 409, message: "rejected: Component is archived" };
  const page = await openPage(browser, `${stage.url}#/stuck`);
  await page.getByRole("button", { name: "Retry booking" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Retry booking" }).click();
  await dialog.getByText("rejected: Component is archived").waitFor();
  stage.answerToPost = { status: 200, message: "booked" };
  await dialog.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Retry booking: booked").waitFor();
});

test("in Indonesian the server's reasons and answers are Indonesian too; what is not known stays as it is", async () => {
  stage.answerToPost = { status: 409, message: "WH/MO/00013 is held: the order is cancelled in Odoo. Ask Sari" };
  const page = await openPage(browser, `${stage.url}#/stuck`, { locale: "id-ID" });
  const card = page.locator(".trouble", { hasText: "WH/MO/00012" });
  await card.getByText("ditolak: Component [1002] Bungkil kedelai is archived").waitFor();
  await page.getByText("keluar dari antrean sebelum angkanya dibukukan di Odoo").waitFor();
  await card.getByRole("button", { name: "Coba bukukan lagi" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Coba bukukan lagi" }).click();
  await dialog.getByText("WH/MO/00013 ditahan: pesanan dibatalkan di Odoo. Ask Sari").waitFor();
});

test("all tokens of a user are revoked, and a person logs out everywhere", async () => {
  stage.role = "admin";
  const page = await openPage(browser, `${stage.url}#/users`);
  const own = page.locator("section", { hasText: "My own access" });
  await own.getByRole("button", { name: "Log out everywhere" }).click();
  await page.getByText("is logged out everywhere").waitFor();
  await page.locator("tr").getByRole("button", { name: "Revoke all tokens" }).first().click();
  await page.getByRole("button", { name: /Really revoke all of/ }).click();
  await page.getByText(/All tokens of .* are revoked/).waitFor();
  assert.deepEqual(stage.posts.map(({ method, name }) => ({ method, name })), [
    { method: "DELETE", name: "sessions" },
    { method: "DELETE", name: "tokens" },
  ]);
});

test("what somebody has started is shown until it has ended", async () => {
  const page = await openPage(browser, stage.url);
  await page.locator(".live-mark.good").waitFor();
  const what = { request_id: "r1", action: "clear_mo_batch", user: "budi", about: "" };
  stage.tell("millrace.action.started.v1", what);
  await page.getByText(/budi · Clear the queue: runs for \d+ s/).waitFor();
  await assertAccessible(page, "an action that runs");
  await picture(page, "running-action");
  stage.tell("millrace.action.ended.v1", { ...what, status: 200, message: "done" });
  await page.getByText("budi · Clear the queue").waitFor({ state: "detached" });
});

test("Escape leaves a decision alone, and the button has the focus again", async () => {
  const page = await openPage(browser, `${stage.url}#/batch/WH%2FMO%2F00012`);
  const button = page.getByRole("button", { name: "Cancel the batch" });
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByText("This cannot be taken back.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.ok(await button.evaluate((element) => element === document.activeElement));
  assert.deepEqual(stage.posts, []);
});

test("who may only look is told which role it takes, and nothing is sent", async () => {
  stage.authenticated = false;
  stage.guests = true;
  const page = await openPage(browser, `${stage.url}#/stuck`);
  await page.getByRole("button", { name: "Accept the value" }).click();
  await page.getByText("This needs the role operator. You look without being logged in.").waitFor();
  assert.deepEqual(stage.posts, []);
  await page.getByRole("dialog").getByRole("link", { name: "Log in" }).click();
  await page.getByLabel("Password").waitFor();
});

test("logging in: a wrong password is told, the right one leads in, an ended session leads out", async () => {
  stage.authenticated = false;
  const page = await openPage(browser, stage.url);
  await page.getByLabel("User").fill("sari");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText("user or password is wrong").waitFor();
  await assertAccessible(page, "login");
  await page.getByLabel("Password").fill("right password");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  stage.authenticated = false;
  stage.tell("millrace.batch.updated.v1");
  await page.getByLabel("Password").waitFor();
});

test("the one-time link makes the first administrator", async () => {
  stage.authenticated = false;
  const page = await openPage(browser, `${stage.url}#/setup?token=once`);
  await page.getByLabel("New password").fill("long enough 1");
  await page.getByLabel("Once more").fill("long enough 1");
  await assertAccessible(page, "setup");
  await page.getByRole("button", { name: "Create the administrator" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
});

test("a lost connection is told at once and ends by itself", async () => {
  const page = await openPage(browser, stage.url);
  await page.getByText("4 things need you").first().waitFor();
  const { port } = stage;
  await stage.stop();
  await page.getByText("No connection to Millrace since").waitFor();
  await page.getByText("State unknown").waitFor();
  await page.getByText("Old: as of").first().waitFor();
  await picture(page, "connection-lost");
  stage = await new Stage(dist).start(port);
  await page.getByText("4 things need you").first().waitFor();
  await page.getByText("No connection to Millrace since").waitFor({ state: "detached" });
  await page.locator(".live-mark.good").waitFor();
});

test("a request without an answer ends in an error with a button, not in a spinner", async () => {
  const page = await openPage(browser, "about:blank");
  await page.clock.install();
  stage.silent = true;
  await page.goto(stage.url);
  await page.getByText("Loading").waitFor();
  await page.clock.runFor(11_000);
  await page.getByText("No answer within 10 s.").waitFor();
  stage.silent = false;
  await page.getByRole("button", { name: "Try again" }).last().click();
  await page.clock.resume();
  await page.getByText("4 things need you").first().waitFor();
});

test("when batch-store is away the page says so and keeps what it had", async () => {
  const page = await openPage(browser, stage.url);
  await page.getByText("4 things need you").first().waitFor();
  await page.getByText("WH/MO/00014").first().waitFor(); // else there is nothing to keep
  stage.away = "batch-store";
  await page.getByText("missing: batch-store").first().waitFor();
  await page.getByText("State unknown").waitFor();
  assert.ok(await page.getByText("WH/MO/00014").first().isVisible());
  await assertAccessible(page, "batch-store away");
  await picture(page, "store-away");
  stage.away = "";
  await page.getByText("4 things need you").first().waitFor();
});

test("Bahasa Indonesia by the browser and by choice, and the choice is kept", async () => {
  const page = await openPage(browser, stage.url, { locale: "id-ID" });
  await page.getByText("4 hal memerlukan Anda").first().waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "id");
  await page.getByLabel("Bahasa").selectOption("en");
  await page.getByText("4 things need you").first().waitFor();
  await page.reload();
  await page.getByText("4 things need you").first().waitFor();
  await goTo(page, "#/batch/WH%2FMO%2F00012");
  await page.getByText("331.50").first().waitFor();
  await page.getByLabel("Language").selectOption("id");
  await page.getByText("331,50").first().waitFor();
});

test("an event of the stream makes the page fetch again", async () => {
  stage.stuck = false;
  const page = await openPage(browser, stage.url);
  await page.getByText("The mill is fine").waitFor();
  await until(() => stage.streams.size > 0, "the page listens");
  const asked = page.waitForRequest(/api\/overview/, { timeout: 4_000 }); // polling alone takes 30 s
  stage.tell("millrace.batch.completed.v1");
  await asked;
});

test("history is filtered, paged, linked and exported", async () => {
  const page = await openPage(browser, `${stage.url}#/history`);
  await page.getByText("1 to 25 of 61").waitFor();
  await page.getByRole("link", { name: "Next" }).click();
  await page.getByText("26 to 50 of 61").waitFor();
  await page.getByLabel("Status").selectOption("cancelled");
  const asked = page.waitForRequest(/history\?.*status=cancelled/);
  await page.getByRole("button", { name: "Find" }).click();
  await asked;
  assert.match(page.url(), /status=cancelled/);
  await page.getByText("1 to 25 of 61").waitFor();
  const link = await page.getByRole("link", { name: "Export as CSV" }).getAttribute("href");
  assert.match(link, /api\/history\.csv\?.*status=cancelled/);
});

test("the keyboard leads through the menu, and a phone has one", async () => {
  const page = await openPage(browser, stage.url, { viewport: { width: 360, height: 740 } });
  await settled(page);
  await page.getByRole("button", { name: "Menu" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Stuck" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Needs a person" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
});

test("a wall screen shows all and has nothing to press", async () => {
  const page = await openPage(browser, `${stage.url}?kiosk`, { viewport: { width: 1920, height: 1080 } });
  await page.getByText("4 things need you").first().waitFor();
  await settled(page);
  assert.equal(await page.getByRole("button").count(), 0);
  await assertAccessible(page, "kiosk");
  await picture(page, "kiosk");
});
