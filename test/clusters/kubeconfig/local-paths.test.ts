/** Paths in a copy of a kubeconfig stay those that kubectl would use. */
import { expect, test } from "vitest";
import { withAbsolutePaths } from "../../../clusters/kubeconfig/local-paths.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

interface User {
  readonly tokenFile?: string;
  readonly exec?: { readonly command: string };
}

/** Resolves the paths of user `me`. @param files the users in each file of KUBECONFIG */
async function resolved(user: User, files: Readonly<Record<string, readonly string[]>>, env: object = {}) {
  const view = JSON.stringify({ users: [{ name: "me", user }], contexts: [{ name: "c" }] });
  const viewFile = async (file: string): Promise<string> =>
    JSON.stringify({ users: files[file]?.map((name) => ({ name })) ?? null });
  const host = fakeHost({}, { env: { KUBECONFIG: Object.keys(files).join(":"), ...env } });
  const copy = JSON.parse(await withAbsolutePaths(host, view, viewFile)) as {
    users: { user: User }[];
    contexts: object;
  };
  expect(copy.contexts).toEqual([{ name: "c" }]);
  return copy.users[0]?.user;
}

test.each<[User, User]>([
  [{ tokenFile: "token" }, { tokenFile: "/etc/a/token" }],
  [{ tokenFile: "../token" }, { tokenFile: "/etc/token" }],
  [{ exec: { command: "./login" } }, { exec: { command: "/etc/a/login" } }],
  [{ exec: { command: "bin/login" } }, { exec: { command: "/etc/a/bin/login" } }],
  [{ exec: { command: "login" } }, { exec: { command: "login" } }],
  [{ exec: { command: "/opt/login" } }, { exec: { command: "/opt/login" } }],
  [{ tokenFile: "/run/token" }, { tokenFile: "/run/token" }],
  [{}, {}],
])("%j becomes %j", async (given, expected) => {
  expect(await resolved(given, { "/etc/a/config": ["me"] })).toEqual(expected);
});

test("paths are relative to the first file that defines the user", async () => {
  const files = { "/etc/a/config": ["you"], "/etc/b/config": ["me"], "/etc/c/config": ["me"] };
  expect(await resolved({ tokenFile: "token" }, files)).toEqual({ tokenFile: "/etc/b/token" });
  const last = { "/etc/a/config": [], "/etc/c/config": ["me"] };
  expect(await resolved({ tokenFile: "token" }, last)).toEqual({ tokenFile: "/etc/c/token" });
});

test("without KUBECONFIG they are relative to ~/.kube", async () => {
  expect(await resolved({ tokenFile: "token" }, {}, { KUBECONFIG: "" })).toEqual({
    tokenFile: "/home/user/.kube/token",
  });
});
