/** Connections to containers, with a real process instead of kubectl exec. */
import { expect, test } from "vitest";
import { Kubectl } from "../../kubernetes/client.ts";
import { fakeHost } from "../helpers/fake-host.ts";

test("a failing kubectl exec is reported by the agent", async () => {
  const missing = new Kubectl(fakeHost(), {
    kubeconfig: "/nonexistent/config",
    context: "c",
    cache: "/nonexistent",
  });
  await expect(missing.startAgent("n", "x", {})).rejects.toThrow(/^the agent of pod x has ended: ./);
});
