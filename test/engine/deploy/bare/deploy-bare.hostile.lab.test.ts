/** Plugins that misbehave on a node: one clear error in bounded time, a working lab and an unchanged host. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { localShell } from "../../../../core/local.ts";
import { messageOf } from "../../../../core/errors.ts";
import { run } from "../../../../core/shell.ts";
import { parseCustomPlugin } from "../../../../engine/plan/custom-plugin.ts";
import type { Plugin } from "../../../../plugins/plugin.ts";
import { plugins } from "../../../../plugins/index.ts";
import { temporaryDir } from "../../../helpers/cnibench.ts";
import { withDeployment } from "../with-deployment.ts";

/** Start of every plugin: answers VERSION and creates the pod's interface before it misbehaves. */
const HEAD = `#!/bin/sh
case $CNI_COMMAND in
  VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}'; exit ;;
  DEL) exit ;;
esac
pod() { nsenter --net="$CNI_NETNS" "$@"; }
pod ip link add eth0 type bridge && pod ip addr add 10.244.1.9/24 dev eth0 && pod ip link set eth0 up
answer() {
  interfaces='[{"name":"eth0","sandbox":"'"$CNI_NETNS"'"}]'
  echo '{"cniVersion":"1.0.0","interfaces":'"$interfaces"',"ips":[{"address":"10.244.1.9/24","interface":0}]}'
}
`;

function hostile(script: string): Plugin {
  const dir = temporaryDir();
  writeFileSync(join(dir, "hostile"), HEAD + script, { mode: 0o755 });
  const { plugin } = parseCustomPlugin(
    JSON.stringify({ cniVersion: "1.0.0", name: "bad", plugins: [{ type: "hostile" }] }),
    "bad.conflist",
  );
  return { ...plugin, binDir: dir };
}

/** Returns the error of the first pod. It must come in bounded time, and the node must still answer afterwards. */
async function errorOf(script: string): Promise<string> {
  let message = "none";
  await withDeployment(hostile(script), "ipv4", async (deployment, { nodes }) => {
    const started = performance.now();
    message = await deployment.addPod(0).then(() => "none", messageOf);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(await run(nodes[0]!.shell, ["hostname"])).toBe("node1\n");
  });
  return message;
}

test("a plugin that behaves correctly does not fail", async () => {
  expect(await errorOf("answer\n")).toBe("none");
});

test("the plugin deletes the namespace of its pod", async () => {
  expect(await errorOf('ip netns delete "${CNI_NETNS##*/}"; answer\n')).toMatch(
    /\/run\/netns\/cnibench-1.*No such file/,
  );
});

test("the plugin kills its process group", async () => {
  expect(await errorOf("kill -KILL 0\n")).toMatch(/hostile failed ADD: .*SIGKILL/);
});

test("the plugin kills all processes that it can see", async () => {
  let message = "";
  await withDeployment(hostile("kill -KILL -1\n"), "ipv4", async (deployment) => {
    message = await deployment.addPod(0).then(() => "none", messageOf);
  });
  expect(message).toMatch(/agent of node1 has ended|SIGKILL/);
});

test("the plugin writes to files of the host", async () => {
  const marker = join(temporaryDir(), "mark");
  const script = `
for file in /etc/passwd /usr/bin/mark /.host${marker} ${marker}; do
  echo bad >"$file" && echo "wrote $file" >&2
done
exit 1
`;
  expect(await errorOf(script)).toMatch(/hostile failed ADD: .*(Read-only file system|nonexistent|No such file)/);
  expect((await localShell().exec(["sh", "-c", `grep -x bad /etc/passwd; ls ${marker} /usr/bin/mark`])).stdout).toBe(
    "",
  );
});

test("a process of the plugin holds the pipes and ends with the lab", async () => {
  expect(await errorOf("setsid sleep 98765 &\nanswer\n")).toBe("none");
  const remaining = await localShell().exec(["sh", "-c", "grep -lzx '[9]8765' /proc/[0-9]*/cmdline"]);
  expect(remaining.stdout).toBe("");
});

test("an IPv4-only plugin with a dual-stack scenario: the error names the missing address", async () => {
  let message = "";
  await withDeployment({ ...plugins.simplecni, name: "renamed" }, "dual", async (deployment) => {
    message = await deployment.addPod(0).then(() => "none", messageOf);
  });
  expect(message).toMatch(/no IPv6 address for pod cnibench-1; .*family dual/);
});
