/** Plugins that name links after a part of the container ID can be tested: only look-alike IDs confuse them. */
import { expect, test } from "vitest";
import { parseNetworkConfig } from "../../cni/conf.ts";
import { BIN, testNetwork, useLab } from "./lab.ts";
import { LINK_NAME_PLUGINS, linkNameConfig } from "./link-name-plugins.ts";

const CLAUSES = [
  "env.containerid.*",
  "add.creates",
  "add.connect.peer",
  "conc.add",
  "conc.del",
  "del.env.ids",
  "del.link.gone",
  "del.ok",
  "del.others",
  "del.same-pod",
].join(",");

const lab = useLab();

test.each(LINK_NAME_PLUGINS)("$name: only look-alike IDs fail", { timeout: 300_000 }, async ({ name, script }) => {
  await lab().cluster.putFiles(lab().node, [{ path: `${BIN}/${name}`, mode: 0o755, source: { text: script } }]);
  const list = parseNetworkConfig(linkNameConfig(name, "10.99.0.0/24"), name);
  const report = await testNetwork(lab(), list, { pluginPath: [BIN], versions: ["1.0.0"], only: CLAUSES, jobs: 2 });
  const other = report.conformance.filter(({ status }) => status !== "pass");
  expect(other.map(({ clause, status, got = "" }) => `${clause} ${status} ${got}`)).toEqual([
    expect.stringMatching(/^env\.containerid\.distinct fail .*exists/),
  ]);
});
