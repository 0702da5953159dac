/** What a daemon of a plugin keeps in /run of a node for the plugin: a test node with a /run of its own must be given it. */
import type { Node } from "../core/model.ts";
import { quoteWord } from "../core/quote.ts";
import { run } from "../core/shell.ts";

/** Bytes of one file: settings, not data. */
const MAX_FILE_BYTES = 64 * 1024;

/** @param nodeFiles of the recipe: those elsewhere are left out. @returns sh script that makes the same files; empty: the plugin has none. @throws CommandError when one cannot be read. */
export async function readDaemonState(nodeFiles: readonly string[], { shell }: Pick<Node, "shell">): Promise<string> {
  const files = nodeFiles.filter((file) => file.startsWith("/run/"));
  const lines: string[] = [];
  for (const file of files) {
    const text = await run(shell, ["cat", file], { maxBytes: MAX_FILE_BYTES });
    lines.push(`mkdir -p "$(dirname ${quoteWord(file)})"; printf %s ${quoteWord(text)} >${quoteWord(file)}`);
  }
  return lines.join("\n");
}
