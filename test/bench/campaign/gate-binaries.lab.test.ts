import { join } from "node:path";
import { expect, test } from "vitest";
import { ORIGINAL } from "../../../bench/campaign/copies.ts";
import { writeBinary } from "../../../bench/campaign/gate-binaries.ts";
import { seriesOf } from "../../../bench/campaign/gate-series.ts";
import { createHost } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";
import { findCniPlugin } from "../../../tools/index.ts";
import { withDeployment } from "../../engine/deploy/with-deployment.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

test("a binary with a rate limit works like the original, and limits its pods", async () => {
  const binDir = temporaryDir();
  const slowdown = seriesOf(false).find(({ name }) => name === "rate")?.head ?? {};
  writeBinary(join(binDir, ORIGINAL.name), findCniPlugin(createHost(), ORIGINAL.name) ?? "", slowdown);
  let qdisc = "";
  await withDeployment({ ...ORIGINAL, binDir }, "ipv4", async (deployment) => {
    const { client } = await deployment.connectPair("cross-node");
    qdisc = await run(client.shell, ["tc", "qdisc", "show", "dev", client.ifName]);
  });
  expect(qdisc).toMatch(/tbf .*rate 900Mbit/);
});
