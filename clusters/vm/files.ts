/** Files on a node, each content carried over only once: a second copy is made from the first. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Node } from "../../core/model.ts";
import { run } from "../../core/shell.ts";
import type { NodeFile } from "../cluster.ts";

const STORE_DIR = "/var/cache/cnibench";
/** Seconds: an emulated node decrypts some megabytes each second. */
const COPY_TIMEOUT_S = 120;

export type PutFiles = (node: Node, files: readonly NodeFile[]) => Promise<void>;

export function createFileCopier(): PutFiles {
  const copies = new Map<string, Promise<unknown>>();
  return async (node, files) => {
    for (const { path, mode, source } of files) {
      const install = ["install", "-D", "-m", mode.toString(8)];
      if ("text" in source) {
        await run(node.shell, [...install, "/dev/stdin", path], { stdin: source.text });
        continue;
      }
      const content = readFileSync(source.file);
      const stored = `${STORE_DIR}/${createHash("sha256").update(content).digest("hex")}`;
      const key = `${node.name} ${stored}`;
      const copied =
        copies.get(key) ??
        run(node.shell, ["install", "-m", "600", "/dev/stdin", stored], { stdin: content, timeout: COPY_TIMEOUT_S });
      copies.set(key, copied);
      copied.catch(() => copies.delete(key)); // the next one tries again
      await copied;
      await run(node.shell, [...install, stored, path]);
    }
  };
}
