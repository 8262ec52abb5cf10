// Makes the pictures of the operators' guides: node guide_pictures.mjs DIST FOLDER
import { statSync } from "node:fs";
import path from "node:path";
import { goTo, openPage, settled, startBrowser } from "./browser.mjs";
import { Stage } from "./stage.mjs";

const [dist, folder] = process.argv.slice(2);
const mostBytes = 150_000;
const stage = await new Stage(dist).start();
const browser = await startBrowser();

async function shoot(name, page) {
  const file = path.join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  const { size } = statSync(file);
  if (size > mostBytes) throw new Error(`${file} has ${size} bytes, more than ${mostBytes}`);
}

for (const [locale, suffix] of [["en-GB", ""], ["id-ID", "-id"]]) {
  const page = await openPage(browser, stage.url, { locale, viewport: { width: 1180, height: 800 } });
  await settled(page);
  await shoot(`overview${suffix}`, page);
  await goTo(page, "#/stuck");
  await shoot(`stuck${suffix}`, page);
  await page.locator(".trouble button.main").last().click();
  await page.locator("dialog textarea").fill(suffix ? "sudah ditimbang sendiri: 6.060 kg" : "weighed by hand: 6,060 kg");
  await shoot(`decision${suffix}`, page);
  await page.keyboard.press("Escape");
  await goTo(page, "#/line/PLC01");
  await shoot(`line${suffix}`, page);
}

await browser.close();
await stage.stop();
