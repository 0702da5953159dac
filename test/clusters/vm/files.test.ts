import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFileCopier } from "../../../clusters/vm/files.ts";
import type { Node } from "../../../core/model.ts";
import type { Shell } from "../../../core/shell.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { outputOf } from "../../helpers/fake-host.ts";

/** Returns a fake node and the contents transferred to it. @param succeeds whether the n-th transfer succeeds */
function fakeNode(succeeds: (n: number) => boolean): { readonly node: Node; readonly transferred: string[] } {
  const transferred: string[] = [];
  const exec: Shell["exec"] = async (argv, { stdin } = {}) => {
    const content = argv.includes("/dev/stdin");
    if (content) transferred.push(String(stdin));
    const ok = !content || succeeds(transferred.length);
    return outputOf(argv, { where: "n1", exitCode: ok ? 0 : 1 });
  };
  const shell = { name: "n1", exec } as Shell;
  return { node: { name: "n1", index: 1, ip: "", ip6: null, shell }, transferred };
}

function someFile(): string {
  const file = join(temporaryDir(), "file");
  writeFileSync(file, "x");
  return file;
}

test("a content is transferred once, regardless of the number of destinations", async () => {
  const { node, transferred } = fakeNode(() => true);
  const file = someFile();
  const put = createFileCopier();
  await put(
    node,
    ["/a", "/b"].map((path) => ({ path, mode: 0o755, source: { file } })),
  );
  await put(node, [{ path: "/c", mode: 0o755, source: { file } }]);
  expect(transferred).toEqual(["x"]);
});

test("a failed transfer is repeated", async () => {
  const { node, transferred } = fakeNode((n) => n > 1);
  const files = [{ path: "/a", mode: 0o755, source: { file: someFile() } }];
  const put = createFileCopier();
  await expect(put(node, files)).rejects.toThrow("install");
  await put(node, files);
  expect(transferred).toEqual(["x", "x"]);
});
