/**
 * Adds an address to a network namespace with the plugins ptp and host-local, checks it and deletes it.
 *
 * To leave the host unchanged, run it in new namespaces:
 *   unshare --user --map-root-user --net --mount sh -ec '
 *     mount -t tmpfs run /run; ip netns add pod1; exec node cni-add.js /run/netns/pod1'
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CniRuntime, CniError, folderStore, localShell, parseNetworkConfig } from "cnibench/cni";

const dir = mkdtempSync(join(tmpdir(), "cni-add-"));
const network = parseNetworkConfig(
  JSON.stringify({
    cniVersion: "1.0.0",
    name: "example",
    plugins: [
      {
        type: "ptp",
        ipam: { type: "host-local", ranges: [[{ subnet: "10.77.0.0/24" }]], dataDir: join(dir, "leases") },
      },
    ],
  }),
  "example.conflist", // only for messages
);
const runtime = new CniRuntime({
  shell: localShell(),
  pluginPath: (process.env.CNI_PATH ?? "/opt/cni/bin:/usr/lib/cni").split(":"),
  store: folderStore(join(dir, "state")),
});
const attachment = { containerID: "pod1", netns: process.argv[2] ?? "/run/netns/pod1", ifName: "eth0" };

try {
  const { result } = await runtime.add(network, attachment);
  console.log(`added: ${result.ips.map(({ address }) => address).join(", ")}`);
  await runtime.check(network, attachment);
  console.log("checked");
  await runtime.del(network, attachment);
  console.log("deleted");
} catch (error) {
  if (!(error instanceof CniError)) throw error;
  console.error(`plugin error: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
