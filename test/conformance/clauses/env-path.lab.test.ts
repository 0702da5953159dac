/** CNI_PATH: a plugin that always delegates needs it, also if its configuration names no other plugin. */
import { expect, test } from "vitest";
import { parseNetworkConfig } from "../../../cni/index.ts";
import { BIN, testNetwork, useLab } from "../lab.ts";

const lab = useLab();

const ERROR = `'{"code":4,"msg":"required env variables [CNI_PATH] missing"}'`;
const RUN = `jq '.type="bridge" | .ipam={type:"host-local",subnet:"10.99.0.0/24"}' | exec "$bridge"`;

test.each([
  ["delegates", `bridge=$(PATH=$CNI_PATH command -v bridge) || { echo ${ERROR}; exit 1; }`, "skip"],
  ["insists", `[ -n "$CNI_PATH" ] || { echo ${ERROR}; exit 1; }; bridge=${BIN}/bridge CNI_PATH=${BIN}`, "fail"],
])(
  "a plugin that %s",
  async (name, find, status) => {
    await lab().putMutant(name, `#!/bin/sh\n[ "$CNI_COMMAND" = VERSION ] && exec ${BIN}/bridge\n${find}\n${RUN}\n`);
    const json = JSON.stringify({ cniVersion: "1.0.0", name: "test", plugins: [{ type: name, bridge: "cbr0" }] });
    const list = parseNetworkConfig(json, name);
    const { conformance } = await testNetwork(lab(), list, {
      versions: ["1.0.0"],
      only: "env.path.optional,add.creates",
    });
    expect(conformance.map((row) => [row.clause, row.status])).toEqual([
      ["env.path.optional", status],
      ["add.creates", "pass"],
    ]);
  },
  60_000,
);
