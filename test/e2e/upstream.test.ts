/** A current upstream plugin and the installed one in the same run, each reported with its version. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Summary } from "../../results/summary.ts";
import { cnibench, temporaryDir } from "../helpers/cnibench.ts";
import { buildWithGo, goMissing } from "../helpers/go.ts";

const VERSION = "v1.9.1";
/** Sets the version like the project's build scripts. */
const LDFLAGS = `-X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=${VERSION}`;
const PLUGINS = ["main/bridge", "ipam/host-local"].map(
  (path) => `github.com/containernetworking/plugins/plugins/${path}@${VERSION}`,
);

test.skipIf(goMissing)(
  `bridge ${VERSION} of containernetworking/plugins with the installed version`,
  async (context) => {
    const dir = temporaryDir();
    const bin = join(dir, "upstream");
    const reason = await buildWithGo(bin, PLUGINS, LDFLAGS);
    if (reason !== null) return context.skip(reason);
    const suite = join(dir, "pods.yaml");
    writeFileSync(suite, "name: pods\nblocks: 1\nscenarios:\n  - name: pods\n    runner: lifecycle\n");
    const out = join(dir, "out");
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
    const { run, cells } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
    const versions = new Map(run.environment?.plugins.map(({ name, version }) => [name, version]));
    expect(versions.get("bridge-in-upstream")).toBe(VERSION);
    expect(versions.get("bridge")).toMatch(/^v?\d+\.\d+/);
    expect(versions.get("bridge")).not.toBe(VERSION);
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).toMatch(/Version of the plugin<.*\s*<td><bdi>[\d.+a-z-]+<\/bdi><\/td><td><bdi>v1\.9\.1<\/bdi><\/td>/);
    const measured = cells
      .filter(({ metric, state }) => metric === "add-time" && state === "measured")
      .map(({ plugin }) => plugin);
    expect(measured.toSorted()).toEqual(["bridge", "bridge-in-upstream"]);
  },
);
