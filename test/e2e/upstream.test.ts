/** A current upstream plugin beside the installed one, in one run: each is told by its own version. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Summary } from "../../results/summary.ts";
import { cnibench, temporaryDir } from "../helpers/cnibench.ts";
import { buildWithGo, goMissing } from "../helpers/go.ts";

const VERSION = "v1.9.1";
/** As the project's own build names it. */
const NAMED = `-X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=${VERSION}`;
const PLUGINS = ["main/bridge", "ipam/host-local"].map(
  (path) => `github.com/containernetworking/plugins/plugins/${path}@${VERSION}`,
);

test.skipIf(goMissing)(`bridge ${VERSION} of containernetworking/plugins beside the installed one`, async (context) => {
  const folder = temporaryDir();
  const bin = join(folder, "upstream");
  const why = await buildWithGo(bin, PLUGINS, NAMED);
  if (why !== null) return context.skip(why);
  const suite = join(folder, "pods.yaml");
  writeFileSync(suite, "name: pods\nblocks: 1\nscenarios:\n  - name: pods\n    runner: lifecycle\n");
  const out = join(folder, "out");
  const { exitCode, stderr } = await cnibench([
    "run",
    "--yes",
    "--plugins",
    `bridge,bridge@${bin}`,
    "--suite",
    suite,
    "--report",
    "json,html",
    "--out",
    out,
  ]);
  expect(exitCode, stderr).toBe(0);
  const { run: told, cells } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
  const versions = new Map(told.environment?.plugins.map(({ name, version }) => [name, version]));
  expect(versions.get("bridge-in-upstream")).toBe(VERSION);
  expect(versions.get("bridge")).toMatch(/^v?\d+\.\d+/);
  expect(versions.get("bridge")).not.toBe(VERSION);
  expect(readFileSync(join(out, "report.html"), "utf8")).toContain(
    `<th scope="row">bridge-in-upstream</th><td>${VERSION}</td>`,
  );
  const measured = cells
    .filter(({ metric, state }) => metric === "add-time" && state === "measured")
    .map(({ plugin }) => plugin);
  expect(measured.toSorted()).toEqual(["bridge", "bridge-in-upstream"]);
});
