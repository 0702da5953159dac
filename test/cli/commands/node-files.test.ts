/** Files that a plugin may use, although no configuration names them as plugins. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configuredFiles, executablesIn } from "../../../cli/commands/node-files.ts";
import { parseNetworkConfig } from "../../../cni/index.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

function touch(dir: string, name: string, mode: number): string {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, name), "", { mode });
  return join(dir, name);
}

test("executablesIn: every executable file, from the first directory that has it", () => {
  const [own, path] = [temporaryDir(), temporaryDir()];
  const [bridge, ipam] = [touch(own, "bridge", 0o755), touch(path, "host-local", 0o755)];
  touch(path, "bridge", 0o755);
  touch(own, "README", 0o644);
  mkdirSync(join(own, "directory"));
  expect(executablesIn([own, path, join(own, "missing")])).toEqual([
    { type: "bridge", file: bridge },
    { type: "host-local", file: ipam },
  ]);
});

test("executablesIn: a directory of programs is not one of plugins", () => {
  const dir = temporaryDir();
  for (let i = 0; i <= 100; i++) touch(dir, `program${i}`, 0o755);
  expect(executablesIn([dir])).toEqual([]);
});

test("configuredFiles: existing files below /tmp at any depth of a configuration", () => {
  const dir = temporaryDir();
  const kubeconfig = touch(dir, "kubeconfig", 0o600);
  const plugin = {
    ...{ type: "mine", kubernetes: { files: [kubeconfig, join(dir, "missing")] }, dataDir: dir },
    ...{ hosts: "/etc/hosts", kubeconfig },
  };
  const json = JSON.stringify({ cniVersion: "1.0.0", name: "x", plugins: [plugin] });
  expect(dir).toMatch(/^\/tmp\//);
  expect(configuredFiles([parseNetworkConfig(json, "x.conflist")])).toEqual([kubeconfig]);
});
