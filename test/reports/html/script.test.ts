import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { expect, test } from "vitest";
import { packageRoot } from "../../../core/paths.ts";
import { SCRIPT, SCRIPT_HASH, SCRIPT_MODULES } from "../../../reports/html/script.ts";

const DIRECTORY = join(packageRoot(), "reports/html/script");
const MAX_LINES = 250;

test("the script contains every module once, each after those that it imports", () => {
  const files = readdirSync(DIRECTORY).filter((name) => name.endsWith(".js"));
  expect(SCRIPT_MODULES.map((name) => `${name}.js`).sort()).toEqual(files.sort());
  for (const [position, name] of SCRIPT_MODULES.entries()) {
    const text = readFileSync(join(DIRECTORY, `${name}.js`), "utf8");
    const imports = [...text.matchAll(/^import .* from "\.\/(.*)\.js";$/gm)].map(([, target = ""]) => target);
    for (const target of imports) expect(SCRIPT_MODULES.slice(0, position), `${name} imports`).toContain(target);
    expect(text.split("\n").length).toBeLessThanOrEqual(MAX_LINES);
  }
});

test("the script is valid without modules, ends no element, and its hash is that of its text", () => {
  // The script is compiled, not run: two declarations of one name would be a SyntaxError.
  expect(() => new Script(SCRIPT)).not.toThrow();
  expect(SCRIPT).not.toMatch(/^(import|export) /m);
  expect(SCRIPT).not.toMatch(/<\/script|<!--/i);
  expect(SCRIPT_HASH).toBe(`sha256-${createHash("sha256").update(SCRIPT).digest("base64")}`);
});

test("the script makes no request, stores nothing and creates no code from text", () => {
  const requests = ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "importScripts"];
  const storage = ["localStorage", "sessionStorage", "indexedDB", "cookie"];
  const code = ["eval", "Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document\\.write"];
  expect(SCRIPT).not.toMatch(new RegExp(`\\b(${[...requests, ...storage, ...code].join("|")})\\b`));
});
