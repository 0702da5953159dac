/**
 * Checks the layers of docs/architecture.md: a directory imports only lower layers, and extensions do not import each
 * other.
 *
 * ESLint restricts the files that may import a package (eslint.config.js).
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/** The directories that the files of a directory may import, in addition to their own. */
const EXTENSION_POINTS = ["suites", "plugins", "clusters", "runners", "reports"];
const LIBRARIES = ["cni", "kubernetes", "results", "tools"];

const BELOW_EXTENSION_POINTS = ["core", ...LIBRARIES, "conformance"];
const BELOW_ENGINE = [...BELOW_EXTENSION_POINTS, ...EXTENSION_POINTS];

const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ...Object.fromEntries(LIBRARIES.map((dir) => [dir, ["core"]])),
  conformance: ["core", ...LIBRARIES],
  ...Object.fromEntries(EXTENSION_POINTS.map((dir) => [dir, BELOW_EXTENSION_POINTS])),
  engine: BELOW_ENGINE,
  cli: [...BELOW_ENGINE, "engine"],
};

const MAX_LINES = 250;

interface SourceFile {
  readonly path: string;
  readonly lines: number;
  /** Imported files of this repository, relative to the root. */
  readonly imports: readonly string[];
  /** Imported packages. */
  readonly packages: readonly string[];
}

const files = Object.keys(ALLOWED_IMPORTS).flatMap((dir) => walk(join(ROOT, dir)).map(readSource));

describe.each(Object.entries(ALLOWED_IMPORTS))("%s/", (dir, allowed) => {
  test(`imports only ${["itself", ...allowed].join(", ")}`, () => {
    const wrong = files
      .filter(({ path }) => path.startsWith(`${dir}/`))
      .flatMap(({ path, imports }) =>
        imports
          .filter((target) => ![dir, ...allowed].includes(target.split("/")[0] ?? ""))
          .map((target) => `${path} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });
});

test("cluster kinds do not import each other", () => {
  const kindOf = (path: string): string | undefined => /^clusters\/(netns|vm|kind|kubeconfig)\//.exec(path)?.[1];
  const wrong = files.flatMap(({ path, imports }) =>
    imports
      .filter((target) => kindOf(path) !== undefined && kindOf(target) !== undefined && kindOf(target) !== kindOf(path))
      .map((target) => `${path} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("imports are acyclic", () => {
  const graph = new Map(files.map(({ path, imports }) => [path, imports]));
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

test("the files and their imports are found", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.find(({ path }) => path === "core/local.ts")?.packages).toContain("execa");
});

function walk(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) return walk(path);
    return name.endsWith(".ts") ? [path] : [];
  });
}

function readSource(file: string): SourceFile {
  const text = readFileSync(file, "utf8");
  // Type imports do not exist at run time, so they cause no cycle. They count for the layers, but not within a
  // directory.
  const targets = [
    ...text.matchAll(/(?:^|\n)(?:import|export) (?!type )[^;]*?from "([^"]+)"|import\("([^"]+)"\)/g),
  ].map((match) => match[1] ?? match[2] ?? "");
  const typeTargets = [...text.matchAll(/(?:^|\n)import type [^;]*?from "(\.[^"]+)"/g)].map((match) => match[1] ?? "");
  const typesOfOtherDirs = typeTargets
    .map((target) => relative(ROOT, resolve(dirname(file), target)))
    .filter((target) => target.split("/")[0] !== relative(ROOT, file).split("/")[0]);
  return {
    path: relative(ROOT, file),
    lines: text.split("\n").length,
    imports: [
      ...targets
        .filter((target) => target.startsWith("."))
        .map((target) => relative(ROOT, resolve(dirname(file), target))),
      ...typesOfOtherDirs,
    ],
    packages: targets.filter((target) => !target.startsWith(".")),
  };
}
