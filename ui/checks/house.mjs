// The window's house rules that neither the compiler nor a test sees. Run by `npm run lint`.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../src", import.meta.url));
const MOST_LINES = 300;
/** The one file that knows Tauri. */
const CLIENT = "ipc/client.ts";

const isTest = (file) => /\.test\.tsx?$/.test(file) || file.startsWith("testing/");

/** Each rule: what is wrong, where it holds, and the text that breaks it. */
const RULES = [
  { wrong: `imports Tauri outside ${CLIENT}`, holds: (file) => file !== CLIENT && !isTest(file), pattern: /["']@tauri-apps\// },
  { wrong: "has a default export", holds: () => true, pattern: /^export default\b/ },
  { wrong: "uses `any`", holds: () => true, pattern: /(?:[:<|&,(]|\bas)\s*any\b(?!["'`\w])/ },
  { wrong: "keeps something in the browser", holds: () => true, pattern: /\b(?:localStorage|sessionStorage|indexedDB|document\.cookie)\b/ },
  { wrong: "speaks to the network or sets HTML", holds: () => true, pattern: /\bfetch\(|\bXMLHttpRequest\b|\bWebSocket\(|dangerouslySetInnerHTML|\.innerHTML\s*=/ },
  { wrong: "has English text that belongs in words.ts or messages.ts", holds: (file) => file.endsWith(".tsx") && !isTest(file), pattern: />\s*[A-Z][a-z]+(?: [\w’']+)*[.!?…]?\s*<\/|\b(?:label|title|hint|placeholder|aria-label)="[A-Z]/ },
];

const files = readdirSync(source, { recursive: true })
  .map((name) => name.split(sep).join("/"))
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("ipc/bindings/"));

const found = [];
for (const file of files) {
  const lines = readFileSync(join(source, file), "utf8").split("\n");
  if (lines.length > MOST_LINES) {
    found.push(`src/${file} has ${lines.length} lines; look for a seam past ${MOST_LINES}`);
  }
  for (const [index, line] of lines.entries()) {
    if (/^\s*(?:\/\/|\*|\/\*)/.test(line)) {
      continue;
    }
    for (const rule of RULES) {
      if (rule.holds(file) && rule.pattern.test(line)) {
        found.push(`src/${file}:${index + 1} ${rule.wrong}`);
      }
    }
  }
}

for (const line of found) {
  console.error(line);
}
console.log(`${files.length} files in ${relative(process.cwd(), source) || "."}, ${found.length} broken rules`);
process.exitCode = found.length === 0 ? 0 : 1;
