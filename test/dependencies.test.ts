/** Every runtime dependency of package.json is imported by a source file, and docs/decisions lists it. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../core/paths.ts";

const SOURCES = [
  "cli",
  "clusters",
  "cni",
  "conformance",
  "core",
  "kubernetes",
  "tools",
  "engine",
  "plugins",
  "reports",
  "results",
  "runners",
  "suites",
];

const { dependencies } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
  dependencies: Readonly<Record<string, string>>;
};

function imports(): Set<string> {
  const names = SOURCES.flatMap((dir) =>
    readdirSync(join(packageRoot(), dir), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(packageRoot(), dir, name), "utf8"))
      .flatMap((source) => [...source.matchAll(/(?:from|import\() ?"((?:@[^/"]+\/)?[^./"][^/"]*)/g)])
      .map(([, name]) => name ?? ""),
  );
  return new Set(names);
}

test("every runtime dependency is imported", () => {
  const imported = imports();
  expect(Object.keys(dependencies).filter((name) => !imported.has(name))).toEqual([]);
});

test("docs/decisions/0001-libraries.md lists every runtime dependency", () => {
  const page = readFileSync(join(packageRoot(), "docs/decisions/0001-libraries.md"), "utf8");
  const [, table = ""] = page.split("## ");
  const listed = [...table.matchAll(/^\| ([@a-z./-]+ [^|]*|[@a-z./-]+) \|/gm)].flatMap(([, cell = ""]) =>
    cell.split(", ").map((entry) => entry.split(" ")[0] ?? ""),
  );
  expect(listed.filter((name) => name !== "library").sort()).toEqual(Object.keys(dependencies).sort());
});
