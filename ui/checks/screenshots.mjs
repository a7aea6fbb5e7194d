// Draws every screen in both themes into docs/screenshots and lets axe judge each. Needs a build (`npm run build`) and a
// Chromium: CHROMIUM names it, Debian's place is where it is looked for otherwise.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const axe = readFileSync(here("../node_modules/axe-core/axe.min.js"), "utf8");
const pictures = here("../../docs/screenshots");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const NOW = new Date("2026-11-24T10:12:00Z");

const button = (page, name) => page.getByRole("button", { name, exact: true });
const place = (name) => (page) => page.getByRole("navigation").getByRole("button", { name }).click();

async function choose(page, field, option) {
  await page.getByRole("dialog").getByRole("button", { name: field }).click();
  await page.getByRole("option", { name: option }).click();
}

async function fillNew(page) {
  await button(page, "New personal token").click();
  await page.getByLabel("Name", { exact: true }).fill("release-bot");
  await page.getByText("Limited access", { exact: true }).click();
  await choose(page, /Service$/, "github");
  await choose(page, /Context$/, "Repository");
  await page.getByRole("combobox").fill("acme/site");
  await page.keyboard.press("Escape");
  await page.getByRole("group", { name: "Add context" }).getByRole("button", { name: "Add context" }).click();
  await page.getByText("Write issues", { exact: true }).click();
  await page.getByText("Read contents", { exact: true }).click();
}

/** Each picture: which scene of the stand-in, and the steps that lead to it. */
const SHOTS = {
  tokens: { steps: (page) => page.getByText("ci-writer").first().click() },
  "new-token": {
    steps: async (page) => {
      await fillNew(page);
      await page.getByText("Access scope", { exact: true }).evaluate((element) => element.scrollIntoView());
    },
  },
  try: {
    steps: async (page) => {
      await fillNew(page);
      const trying = page.getByRole("group", { name: "Try a request" });
      await trying.getByRole("textbox", { name: "Path or URL" }).fill("/github/repos/acme/site/pulls");
      await trying.getByRole("button", { name: "Try", exact: true }).click();
      await trying.getByText("Refused").waitFor();
      await page.getByRole("region", { name: "github, repository acme/site" }).evaluate((element) => element.scrollIntoView());
      await trying.evaluate((element) => element.scrollIntoView({ block: "end" }));
    },
  },
  "copy-once": {
    steps: async (page) => {
      await fillNew(page);
      await button(page, "Create").click();
      await page.getByRole("dialog", { name: "Copy your token" }).waitFor();
    },
  },
  update: {
    steps: async (page) => {
      await button(page, "Update ci-writer").click();
      await page.getByRole("region", { name: "github, repository acme/docs" }).getByText("Write contents", { exact: true }).click();
      await page.getByRole("region", { name: "github, repository acme/site" }).getByText("Read workflow runs", { exact: true }).click();
    },
  },
  used: {
    steps: async (page) => {
      await button(page, "Update Editor assistant").click();
      const sheet = page.getByRole("dialog", { name: "Update Editor assistant" });
      await sheet.getByRole("textbox", { name: "Path or URL" }).fill("/github/repos/acme/api/issues/7/lock");
      await sheet.getByRole("button", { name: "Try", exact: true }).click();
      await sheet.getByRole("group", { name: /^Used in the last/ }).evaluate((element) => element.scrollIntoView());
    },
  },
  services: { steps: place("Services") },
  connect: {
    steps: async (page) => {
      await place("Services")(page);
      await button(page, "Connect a service").click();
      await page.getByRole("option", { name: "Any REST API" }).click();
      await page.getByLabel("Name", { exact: true }).fill("billing-eu");
      await page.getByLabel("Base URL").fill("https://billing.example.com/v2");
      await page.getByLabel("Master credential").fill("not-a-real-credential");
    },
  },
  import: {
    steps: async (page) => {
      await place("Services")(page);
      await button(page, "Connect a service").click();
      await page.getByRole("option", { name: /^From an OpenAPI document/ }).click();
      await button(page, "Choose a file").click();
      await page.getByRole("checkbox", { name: "Select Notes: write" }).check({ force: true });
      await page.getByText("Contexts", { exact: true }).evaluate((element) => element.scrollIntoView());
    },
  },
  activity: {
    steps: async (page) => {
      await place("Activity")(page);
      await page.getByRole("row").filter({ hasText: "Refusal" }).filter({ hasText: "Editor assistant" }).first().click();
      await page.getByText("Decided with the token as it is now").waitFor();
    },
  },
  settings: { steps: place("Settings") },
  "first-run": { scene: "first", steps: (page) => button(page, "Try the sandbox").waitFor() },
  locked: { scene: "locked", steps: (page) => button(page, "Unlock").waitFor() },
};

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

async function startPreview() {
  const port = await freePort();
  const server = spawn(process.execPath, [here("../node_modules/vite/bin/vite.js"), "preview", "--port", String(port)], { cwd: here(".."), stdio: ["ignore", "pipe", "inherit"] });
  const listening = new Promise((resolve, reject) => {
    server.stdout.on("data", (text) => String(text).includes(String(port)) && resolve());
    server.once("exit", () => reject(new Error("vite preview ended before it listened")));
  });
  await listening;
  return { server, address: `http://127.0.0.1:${port}` };
}

/** Fewer colours, half the bytes; where ImageMagick is not installed the picture stays as it is. */
function makeSmall(path) {
  spawnSync("convert", [path, "+dither", "-colors", "128", "-strip", "-define", "png:compression-level=9", `png8:${path}`]);
}

const broken = [];

async function judge(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), TAGS);
  for (const each of violations) {
    broken.push(`${name}: ${each.id} (${each.impact}) ${each.help}\n${each.nodes.slice(0, 4).map((node) => `    ${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).join("\n")}`);
  }
}

async function shoot(browser, address, { scene = "still", steps }, colorScheme, width, file) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, deviceScaleFactor: 1, colorScheme, reducedMotion: "reduce", locale: "en-GB", timezoneId: "UTC" });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => broken.push(`${file}: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && broken.push(`${file}: ${message.text()}`));
  await page.clock.setFixedTime(NOW);
  // The same ids and secrets in each run, so that a picture changes only when the screen does.
  await page.addInitScript(() => {
    let state = 7;
    crypto.getRandomValues = (array) => array.map(() => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) >> 8);
  });
  try {
    await page.goto(`${address}/?scene=${scene}`);
    await page.getByRole("button", { name: /^Ada Lovelace/ }).waitFor();
    await steps(page);
    await page.mouse.move(width - 4, 4);
    // Whatever fades in has to be there before it is drawn and judged.
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map((each) => each.finished)));
    await page.screenshot({ path: `${pictures}/${file}.png`, animations: "disabled" });
    makeSmall(`${pictures}/${file}.png`);
    await judge(page, file);
  } catch (error) {
    broken.push(`${file}: ${error.message}`);
  }
  await context.close();
}

mkdirSync(pictures, { recursive: true });
const { server, address } = await startPreview();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
try {
  const only = process.argv.slice(2);
  for (const [name, shot] of Object.entries(SHOTS).filter(([each]) => only.length === 0 || only.includes(each))) {
    for (const scheme of ["light", "dark"]) {
      await shoot(browser, address, shot, scheme, 1280, `${name}-${scheme}`);
    }
  }
  if (only.length === 0 || only.includes("tokens")) {
    for (const width of [760, 480]) {
      await shoot(browser, address, { steps: (page) => button(page, "New personal token").waitFor() }, "light", width, `tokens-${width}-light`);
    }
  }
} finally {
  await browser.close();
  server.kill();
}
for (const line of broken) {
  console.error(line);
}
console.log(broken.length === 0 ? "Every screen is drawn; axe finds nothing." : `${broken.length} things are wrong.`);
process.exitCode = broken.length === 0 ? 0 : 1;
