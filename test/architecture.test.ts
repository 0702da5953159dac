/** Holds the layers of docs/architecture.md: imports point down, siblings do not know each other, each library has one door. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/** What the files of a folder may import besides their own folder. */
const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  cni: ["core"],
  results: ["core"],
  suites: ["core"],
  plugins: ["core", "cni", "results"],
  clusters: ["core", "cni", "results"],
  runners: ["core", "cni", "results"],
  reports: ["core", "cni", "results"],
  engine: ["core", "cni", "results", "suites", "plugins", "clusters", "runners"],
  cli: ["core", "cni", "results", "suites", "plugins", "clusters", "runners", "reports", "engine"],
};

/** Packages that only one place may import. */
const DOORS: Readonly<Record<string, RegExp>> = {
  execa: /^core\/local\.ts$/,
  yaml: /^core\/yaml\.ts$/,
  commander: /^cli\//,
  vega: /^reports\//,
  "vega-lite": /^reports\//,
  "node:child_process": /^$/,
};

const MAX_LINES = 250;

interface SourceFile {
  readonly path: string;
  readonly lines: number;
  /** Own files, relative to the root. */
  readonly own: readonly string[];
  readonly packages: readonly string[];
}

const files = Object.keys(ALLOWED_IMPORTS).flatMap((folder) => walk(join(ROOT, folder)).map(readSource));

describe.each(Object.entries(ALLOWED_IMPORTS))("%s/", (folder, allowed) => {
  test(`imports only ${["itself", ...allowed].join(", ")}`, () => {
    const wrong = files
      .filter(({ path }) => path.startsWith(`${folder}/`))
      .flatMap(({ path, own }) =>
        own
          .filter((target) => ![folder, ...allowed].includes(target.split("/")[0] ?? ""))
          .map((target) => `${path} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });
});

test("kinds of cluster do not import each other", () => {
  const kindOf = (path: string): string | undefined => /^clusters\/(netns|vm|kind|kubeconfig)\//.exec(path)?.[1];
  const wrong = files.flatMap(({ path, own }) =>
    own
      .filter((target) => kindOf(path) !== undefined && kindOf(target) !== undefined && kindOf(target) !== kindOf(path))
      .map((target) => `${path} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("each library has one door", () => {
  const wrong = files.flatMap(({ path, packages }) =>
    packages.filter((name) => DOORS[name]?.test(path) === false).map((name) => `${path} -> ${name}`),
  );
  expect(wrong).toEqual([]);
});

test("no import goes in a circle", () => {
  const graph = new Map(files.map(({ path, own }) => [path, own]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [[...trail.slice(trail.indexOf(path)), path].join(" -> ")];
    if (done.has(path)) return [];
    const found = (graph.get(path) ?? []).flatMap((next) => visit(next, [...trail, path]));
    done.add(path);
    return found;
  };
  expect([...graph.keys()].flatMap((path) => visit(path, []))).toEqual([]);
});

test(`no file has more than ${MAX_LINES} lines`, () => {
  expect(files.filter(({ lines }) => lines > MAX_LINES).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
});

test("there is something to look at", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.find(({ path }) => path === "core/local.ts")?.packages).toContain("execa");
});

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return walk(path);
    return name.endsWith(".ts") ? [path] : [];
  });
}

function readSource(file: string): SourceFile {
  const text = readFileSync(file, "utf8");
  // A type that is only named is gone at run time, so it makes no circle and opens no door.
  const targets = [
    ...text.matchAll(/(?:^|\n)(?:import|export) (?!type )[^;]*?from "([^"]+)"|import\("([^"]+)"\)/g),
  ].map((match) => match[1] ?? match[2] ?? "");
  const typed = [...text.matchAll(/(?:^|\n)import type [^;]*?from "(\.[^"]+)"/g)].map((match) => match[1] ?? "");
  const folderOnly = typed
    .map((target) => relative(ROOT, resolve(dirname(file), target)))
    .filter((target) => target.split("/")[0] !== relative(ROOT, file).split("/")[0]);
  return {
    path: relative(ROOT, file),
    lines: text.split("\n").length,
    own: [
      ...targets
        .filter((target) => target.startsWith("."))
        .map((target) => relative(ROOT, resolve(dirname(file), target))),
      ...folderOnly,
    ],
    packages: targets.filter((target) => !target.startsWith(".")),
  };
}
