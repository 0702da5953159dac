/** The optional script of a page (`script/`). The page is complete without it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { printable } from "../../core/errors.ts";

/** The modules of the script, each after those that it imports. */
export const SCRIPT_MODULES = [
  "query",
  "hash-state",
  "order",
  "csv-text",
  "dom",
  "language",
  "heat-cells",
  "filter",
  "sorting",
  "references",
  "folding",
  "copying",
  "download",
  "toolbar",
  "help",
  "keyboard",
  "main",
] as const;

/** The modules as one script without imports, because a page may load nothing. Their names are unique. */
function bundle(): string {
  const modules = SCRIPT_MODULES.map((name) => readFileSync(new URL(`script/${name}.js`, import.meta.url), "utf8"));
  const text = modules
    .join("\n")
    .replace(/^import .*;\n/gm, "")
    .replace(/^export (?=(async )?function|class|const)/gm, "")
    .replace(/^ *\/\*\*(?:[^*]|\*(?!\/))*\*\/\n/gm, "");
  return `"use strict";\n(() => {\n${text}\nstart(${printable.toString()});\n})();\n`;
}

export const SCRIPT = bundle();

/** Hash for the content security policy of the page, which allows only this script. */
export const SCRIPT_HASH = `sha256-${createHash("sha256").update(SCRIPT).digest("base64")}`;
