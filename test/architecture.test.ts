/**
 * Checks the rules of docs/architecture.md: a directory imports only lower layers, and only through their index.ts;
 * imports have no cycle; the machine is accessed through the injected host; test files mirror source files; and
 * git tracks no ignored file.
 *
 * ESLint restricts the files that may import a package (eslint.config.js).
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { METRIC_NAMES } from "../core/metrics.ts";

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
  bench: [...BELOW_ENGINE, "engine"],
};

const MAX_LINES = 250;

/** Tests of the entire program, the docs, the repository or all clauses at once, which mirror no source file. */
const WHOLE_PROGRAM_TESTS = [
  /^test\/(e2e|docs|conformance\/mutants)\//,
  /^test\/(architecture|dependencies)\.test\.ts$/,
  /^test\/conformance\/[^/]+\.(lab\.test|nightly)\.ts$/,
];

interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Imported files of this repository, relative to the root. */
  readonly imports: readonly string[];
  /** Imported packages. */
  readonly packages: readonly string[];
}

const files = Object.keys(ALLOWED_IMPORTS).flatMap((dir) => walk(join(ROOT, dir)).map(readSource));

const testFiles = walk(join(ROOT, "test"))
  .map((file) => relative(ROOT, file))
  .filter((path) => /\.(test|nightly)\.ts$/.test(path));

describe.each(Object.entries(ALLOWED_IMPORTS))("%s/", (dir, allowed) => {
  test(`imports only ${["itself", ...allowed].join(", ")}`, () => {
    const wrong = files
      .filter(({ path }) => path.startsWith(`${dir}/`))
      .flatMap(({ path, imports }) =>
        imports
          .filter((target) => ![dir, ...allowed].includes(directoryOf(target)))
          .map((target) => `${path} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });
});

test("a directory is imported only through its index.ts", () => {
  // core/ has no index, because it has no single entry point and most commands need only a few of its files.
  const wrong = files.flatMap(({ path, imports }) =>
    imports
      .filter((target) => !["core", directoryOf(path)].includes(directoryOf(target)))
      .filter((target) => target !== `${directoryOf(target)}/index.ts`)
      .map((target) => `${path} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("cluster kinds do not import each other", () => {
  const kindOf = (path: string): string | undefined => {
    const dir = /^clusters\/([^/]+)\//.exec(path)?.[1];
    return dir !== undefined && isClusterKind(dir) ? dir : undefined;
  };
  const wrong = files.flatMap(({ path, imports }) =>
    imports
      .filter((target) => kindOf(path) !== undefined && kindOf(target) !== undefined && kindOf(target) !== kindOf(path))
      .map((target) => `${path} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("imports are acyclic, imports of types included", () => {
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

test("only entry points create a host, and only core/ the shell of this machine", () => {
  const callers = (call: RegExp, allowed: RegExp): string[] =>
    files.filter(({ path, text }) => !allowed.test(path) && call.test(text)).map(({ path }) => path);
  expect(callers(/\blocalShell\(/, /^core\//)).toEqual([]);
  expect(callers(/\bcreateHost\(/, /^(core|bench)\/|^cli\/main\.ts$/)).toEqual([]);
});

test("facts about the process, the user and the machine come from the host", () => {
  const facts = /\bprocess\.(env|argv)\b|\b(tmpdir|homedir|hostname|userInfo)\(/;
  const exceptions = [
    "core/local.ts", // creates the host
    "cli/main.ts", // prints the version before it loads the rest
    "cni/environment.ts", // the published library has no host
  ];
  const users = files.filter(({ text }) => facts.test(text)).map(({ path }) => path);
  expect(users.toSorted()).toEqual(exceptions.toSorted());
});

test("only core/ sets timers: everything else waits with core/wait.ts", () => {
  const timers = /\b(setTimeout|setInterval)\b|"(node:)?timers/;
  const wrong = files.filter(({ path, text }) => !path.startsWith("core/") && timers.test(text));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("cli/ and engine/ name no kind of cluster", () => {
  const kinds = readdirSync(join(ROOT, "clusters")).filter(isClusterKind).join("|");
  const named = new RegExp(
    [
      `\\bclusters(\\.|\\["|\\['])(${kinds})\\b`,
      `\\{[^}]*\\b(${kinds})\\b[^}]*\\} from "[./]*clusters/`,
      `(===|!==|case) "(${kinds})"`,
      `--cluster (${kinds})\\b`,
      `"(netns|vm)"|kubeconfig`, // "kind" is also a key of Kubernetes objects
    ].join("|"),
    "i",
  );
  const wrong = files.filter(({ path, text }) => /^(cli|engine)\//.test(path) && named.test(text));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("cli/, engine/, reports/ and results/ treat no metric by its name", () => {
  const names = METRIC_NAMES.filter((name) => name.includes("-")).join("|"); // other names are also words and keys
  const named = new RegExp(`"(${names})"|\\bmetric\\w* [!=]== "`);
  const wrong = files.filter(({ path, text }) => /^(cli|engine|reports|results)\//.test(path) && named.test(text));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test(`no file has more than ${MAX_LINES} lines`, () => {
  expect(
    files.map(({ path, text }) => ({ path, lines: text.split("\n").length })).filter(({ lines }) => lines > MAX_LINES),
  ).toEqual([]);
});

test("test files mirror source files", () => {
  // test/a/b.test.ts tests a/b.ts, a/b.js or the directory a/b/. A word between the name and the kind names an aspect.
  const names = /^test\/(.+\/[^/.]+)(?:\.[a-z-]+)?(?:\.lab)?\.test\.ts$/;
  const wrong = testFiles
    .filter((path) => !WHOLE_PROGRAM_TESTS.some((pattern) => pattern.test(path)))
    .filter((path) => {
      const mirrored = names.exec(path)?.[1];
      return mirrored === undefined || !["", ".ts", ".js"].some((end) => existsSync(join(ROOT, `${mirrored}${end}`)));
    });
  expect(wrong).toEqual([]);
});

test("the files and their imports are found", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(testFiles.length).toBeGreaterThan(50);
  expect(files.find(({ path }) => path === "core/local.ts")?.packages).toContain("execa");
});

test("git tracks no file that .gitignore ignores, such as a link to node_modules", () => {
  const ignored = ["ls-files", "--cached", "--ignored", "--exclude-standard"];
  expect(execFileSync("git", ignored, { cwd: ROOT, encoding: "utf8" })).toBe("");
});

/** Reports whether a directory in clusters/ is that of a kind. */
function isClusterKind(dir: string): boolean {
  return files.some(({ path }) => path === `clusters/${dir}/${dir}.ts`);
}

function walk(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) return walk(path);
    return name.endsWith(".ts") ? [path] : [];
  });
}

function readSource(file: string): SourceFile {
  const text = readFileSync(file, "utf8");
  const targets = [...text.matchAll(/(?:^|\n)(?:import|export) [^;]*?from "([^"]+)"|import\("([^"]+)"\)/g)].map(
    (match) => match[1] ?? match[2] ?? "",
  );
  return {
    path: relative(ROOT, file),
    text,
    imports: targets
      .filter((target) => target.startsWith("."))
      .map((target) => relative(ROOT, resolve(dirname(file), target))),
    packages: targets.filter((target) => !target.startsWith(".")),
  };
}

function directoryOf(path: string): string {
  return path.split("/")[0] ?? "";
}
