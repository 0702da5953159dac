/** Access to a cluster: the private copy of the kubeconfig, and why it fails. */
import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { describeAccessFailure, openAccess } from "../../../clusters/kubeconfig/access.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

test("the copy of the kubeconfig contains absolute paths", async () => {
  const config = { users: [{ name: "me", user: { tokenFile: "token" } }], clusters: [] };
  const reply = (argv: readonly string[]) => ({
    stdout: argv.includes("/version") ? '{"gitVersion": "v1.34.3"}' : JSON.stringify(config),
  });
  const env = { KUBECONFIG: "/etc/kube/config" };
  const host = fakeHost({ kubectl: reply }, { tempDir: temporaryDir(), env });
  const { kubectl, version, close } = await openAccess(host, "mine");
  onTestFinished(close);
  expect(version).toBe("v1.34.3");
  expect(JSON.parse(readFileSync(kubectl.access.kubeconfig, "utf8"))).toMatchObject({
    users: [{ user: { tokenFile: "/etc/kube/token" } }],
  });
});

test.each([
  [
    "token has expired\n" +
      "Unable to connect to the server: getting credentials: exec: executable sso failed with exit code 1",
    /^the login program of context mine failed: .*exit code 1; it printed: token has expired; log in again/,
  ],
  ["error: You must be logged in to the server (Unauthorized)", /rejected the login.*log in again/],
  ["error: open /etc/kube/token: no such file or directory", /names a file that cannot be read: .*\/etc\/kube\/token/],
  ["Unable to connect to the server: tls: failed to verify certificate: x509: unknown", /cannot verify the cluster/],
  ["Unable to connect to the server: dial tcp 10.0.0.1:6443: i/o timeout", /cannot reach .*check the network or VPN/],
])("%j is explained", (stderr, explanation) => {
  expect(describeAccessFailure("mine", { stderr, ended: null })).toMatch(explanation);
});
