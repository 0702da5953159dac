/** Why a lab cannot be created, from outputs of unshare. */
import { expect, test } from "vitest";
import { checkNamespaces, explainLabFailure } from "../../../clusters/netns/namespace-check.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

const FORBIDDEN = { exitCode: 1, stderr: "unshare: unshare failed: Operation not permitted\n" };

test("a system that allows all namespaces has no problem", async () => {
  const host = fakeHost({ unshare: {} });
  expect(await checkNamespaces(host)).toEqual([]);
  expect(host.shell.calls.map(({ argv }) => argv[3])).toEqual(["true", "--mount", "--net", "--pid", "--uts"]);
});

test("the first forbidden namespace is named", async () => {
  const host = fakeHost({ unshare: {}, "unshare --user --map-root-user --net": FORBIDDEN });
  expect((await checkNamespaces(host)).map(({ message }) => message)).toEqual([
    "this system forbids creating net namespaces",
  ]);
  expect((await explainLabFailure(host, "")).message).toMatch(/^this system forbids creating net namespaces; /);
});

test("masked files in /proc are reported with the options of the container", async () => {
  const error = await explainLabFailure(fakeHost({ unshare: {} }), "cnibench-lab: failed at: proc\n");
  expect(error.message).toMatch(/^this system forbids mounting \/proc .* systempaths=unconfined/);
});

test("another failure quotes the step and the first line of the output", async () => {
  const output = "\nmount: /: permission denied\ncnibench-lab: failed at: bind\n";
  expect((await explainLabFailure(fakeHost({ unshare: {} }), output)).message).toMatch(
    /^cannot create a lab on this system \(bind: mount: \/: permission denied\); /,
  );
});
