/**
 * A system that forbids a namespace: exit 3, which one, and the line that allows it. The limits are set in a user
 * namespace of the test's own.
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
