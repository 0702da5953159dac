/**
 * A system that forbids namespaces: exit code 3, with the kind of namespace and the command that allows it. The test
 * sets the limits in a user namespace.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { cnibench, PROGRAM, temporaryDir } from "../helpers/cnibench.ts";

const SUITE = join(import.meta.dirname, "suite.yaml");

test.each([
  ["mount", "max_mnt_namespaces"],
  ["net", "max_net_namespaces"],
  ["pid", "max_pid_namespaces"],
  ["uts", "max_uts_namespaces"],
])("no new %s namespaces", async (kind, limit) => {
  const out = join(temporaryDir(), "out");
  const forbid = [
    "unshare",
    "--user",
    "--map-root-user",
    "sh",
    "-c",
    `echo 0 >/proc/sys/user/${limit} && exec "$@"`,
    "sh",
  ];
  const { exitCode, stderr } = await cnibench(["run", "--yes", "--suite", SUITE, "--out", out], {}, [
    ...forbid,
    ...PROGRAM,
  ]);
  expect(stderr).toContain(
    `this system forbids creating ${kind} namespaces; fix: allow them with: sudo sysctl -w user.${limit}=10000`,
  );
  expect(exitCode).toBe(3);
});
