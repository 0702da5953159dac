/** Plugins that name links after a part of the container ID can be measured, with several pods per node. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Summary } from "../../results/summary.ts";
import { LINK_NAME_PLUGINS, linkNameConfig } from "../conformance/link-name-plugins.ts";
import { cnibench, temporaryDir } from "../helpers/cnibench.ts";

test("five small plugins are measured on both paths, without a skipped or failed cell", async () => {
  const dir = temporaryDir();
  mkdirSync(join(dir, "bin"));
  const configs = LINK_NAME_PLUGINS.flatMap(({ name, script }) => {
    writeFileSync(join(dir, "bin", name), script, { mode: 0o755 });
    const file = join(dir, `${name}.conflist`);
    writeFileSync(file, linkNameConfig(name, "{{nodeSubnet}}"));
    return ["--conf", file];
  });
  const out = join(dir, "out");
  const { exitCode, stderr } = await cnibench([
    ...["run", "--yes", ...configs, "--bin-dir", join(dir, "bin"), "--suite", join(import.meta.dirname, "suite.yaml")],
    ...["--only", "e2e/tcp-1/*", "--only", "e2e/pods/*", "--report", "json", "--out", out],
  ]);
  expect(exitCode, stderr).toBe(0);
  const { cells } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
  expect(cells.filter(({ state }) => state !== "measured")).toEqual([]);
  const measured = (metric: string): string[] =>
    cells.filter((cell) => cell.metric === metric).map(({ plugin, path }) => `${plugin} ${path}`);
  const names = LINK_NAME_PLUGINS.map(({ name }) => name);
  const paths = names.flatMap((name) => [`${name} cross-node`, `${name} same-node`]);
  expect(measured("throughput").sort()).toEqual([...paths, "host host"].sort());
  expect(measured("add-time").sort()).toEqual(names.map((name) => `${name} same-node`).sort());
});
