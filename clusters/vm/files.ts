/** Copies files to nodes. Each content is transferred only once; further copies are made on the node. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Node, NodeFile } from "../../core/model.ts";
import { run } from "../../core/shell.ts";

/** Directory of the transferred files on the node. */
const STORE_DIR = "/var/cache/cnibench";
/** Seconds to transfer a file: an emulated node decrypts a few megabytes per second. */
const COPY_TIMEOUT_S = 120;

type PutFiles = (node: Node, files: readonly NodeFile[]) => Promise<void>;

/** Returns a function that remembers the files it has transferred. */
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
      copied.catch(() => copies.delete(key)); // let the next call try again
      await copied;
      await run(node.shell, [...install, stored, path]);
    }
  };
}
