/**
 * Gives a network namespace an address with the plugins ptp and host-local, looks whether it is still there, takes it away.
 *
 * Nothing of the host is touched when it runs in namespaces of its own:
 *   unshare --user --map-root-user --net --mount sh -ec '
 *     mount -t tmpfs run /run; ip netns add pod1; exec node cni-add.js /run/netns/pod1'
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CniRuntime, CniError, folderStore, localShell, parseNetworkConfig } from "cnibench/cni";

const folder = mkdtempSync(join(tmpdir(), "cni-add-"));
const network = parseNetworkConfig(
  JSON.stringify({
    cniVersion: "1.0.0",
    name: "example",
    plugins: [
      {
        type: "ptp",
        ipam: { type: "host-local", ranges: [[{ subnet: "10.77.0.0/24" }]], dataDir: join(folder, "leases") },
      },
    ],
  }),
  "example.conflist", // only for messages
);
const runtime = new CniRuntime({
  shell: localShell(),
  pluginPath: (process.env.CNI_PATH ?? "/opt/cni/bin:/usr/lib/cni").split(":"),
  store: folderStore(join(folder, "state")),
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
  console.error(`the plugin says no: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
