import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFileCopier } from "../../../clusters/vm/files.ts";
import type { Node } from "../../../core/model.ts";
import type { Output, Shell } from "../../../core/shell.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

/** @param copies whether the n-th content that is carried over arrives */
function playedNode(copies: (n: number) => boolean): { readonly node: Node; readonly carried: string[] } {
  const carried: string[] = [];
  const exec: Shell["exec"] = async (argv, { stdin } = {}) => {
    const content = argv.includes("/dev/stdin");
    if (content) carried.push(String(stdin));
    const fine = !content || copies(carried.length);
    return {
      argv,
      where: "n1",
      stdout: "",
      stderr: "",
      exitCode: fine ? 0 : 1,
      signal: null,
      duration: 0,
      ended: null,
      startError: null,
    } satisfies Output;
  };
  const shell = { name: "n1", exec } as Shell;
  return { node: { name: "n1", index: 1, ip: "", ip6: null, podCidr: "", podCidr6: "", shell }, carried };
}

function someFile(): string {
  const file = join(temporaryDir(), "program");
  writeFileSync(file, "x");
  return file;
}

test("a content is carried over once, wherever it goes", async () => {
  const { node, carried } = playedNode(() => true);
  const file = someFile();
  const put = createFileCopier();
  await put(
    node,
    ["/a", "/b"].map((path) => ({ path, mode: 0o755, source: { file } })),
  );
  await put(node, [{ path: "/c", mode: 0o755, source: { file } }]);
  expect(carried).toEqual(["x"]);
});

test("one that did not arrive is carried over again", async () => {
  const { node, carried } = playedNode((n) => n > 1);
  const files = [{ path: "/a", mode: 0o755, source: { file: someFile() } }];
  const put = createFileCopier();
  await expect(put(node, files)).rejects.toThrow("install");
  await put(node, files);
  expect(carried).toEqual(["x", "x"]);
});
