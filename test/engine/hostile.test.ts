/** Plugins that misbehave on the node: one clear error in bounded time, the lab goes on, the host is as it was. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { localShell } from "../../core/local.ts";
import { messageOf } from "../../core/errors.ts";
import { run } from "../../core/shell.ts";
import { parseCustomPlugin } from "../../engine/custom-plugin.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import { plugins } from "../../plugins/index.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { withDeployment } from "./with-deployment.ts";

/** Answers VERSION, and makes the pod's interface before it does what it must not. */
const HEAD = `#!/bin/sh
case $CNI_COMMAND in
  VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}'; exit ;;
  DEL) exit ;;
esac
pod() { nsenter --net="$CNI_NETNS" "$@"; }
pod ip link add eth0 type bridge && pod ip addr add 10.244.1.9/24 dev eth0 && pod ip link set eth0 up
answer() { echo '{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"'"$CNI_NETNS"'"}],"ips":[{"address":"10.244.1.9/24","interface":0}]}'; }
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

/** The error of the first pod, in seconds that are bounded; the node must still answer after it. */
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

test("one that behaves is no failure", async () => {
  expect(await errorOf("answer\n")).toBe("none");
});

test("it deletes the namespace of its pod", async () => {
  expect(await errorOf('ip netns delete "${CNI_NETNS##*/}"; answer\n')).toMatch(
    /\/run\/netns\/cnibench-1.*No such file/,
  );
});

test("it kills its process group", async () => {
  expect(await errorOf("kill -KILL 0\n")).toMatch(/hostile failed ADD: .*was killed by SIGKILL/);
});

test("it kills everything that it sees", async () => {
  let ended = "";
  await withDeployment(hostile("kill -KILL -1\n"), "ipv4", async (deployment) => {
    ended = await deployment.addPod(0).then(() => "none", messageOf);
  });
  expect(ended).toMatch(/agent of node1 has ended|was killed by SIGKILL/);
});

test("it writes to the files of the host", async () => {
  const marker = join(temporaryDir(), "mark");
  const script = `for file in /etc/passwd /usr/bin/mark /.host${marker} ${marker}; do echo bad >"$file" && echo "wrote $file" >&2; done; exit 1\n`;
  expect(await errorOf(script)).toMatch(/hostile failed ADD: .*(Read-only file system|nonexistent|No such file)/);
  expect((await localShell().exec(["sh", "-c", `grep -x bad /etc/passwd; ls ${marker} /usr/bin/mark`])).stdout).toBe(
    "",
  );
});

test("its daemon holds the pipes, and ends with the lab", async () => {
  expect(await errorOf("setsid sleep 98765 &\nanswer\n")).toBe("none");
  const left = await localShell().exec(["sh", "-c", "grep -lzx '[9]8765' /proc/[0-9]*/cmdline"]);
  expect(left.stdout).toBe("");
});

test("a host with an IPv4-only plugin and a scenario of IPv6: the missing address is named", async () => {
  let message = "";
  await withDeployment({ ...plugins.simplecni, name: "renamed" }, "dual", async (deployment) => {
    message = await deployment.addPod(0).then(() => "none", messageOf);
  });
  expect(message).toContain("names no IPv6 address for pod cnibench-1; a scenario of family dual needs one");
});
