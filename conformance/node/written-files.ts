/** Files that were written on a test node outside the directories for variable data. */
import type { Shell } from "../../core/shell.ts";

/** Directory of the layers to which the overlays of a test node write (test-node-init.pl). */
const UPPER_DIR = "/tmp/.node/upper";

export interface WrittenFile {
  readonly path: string;
  /** Seconds since the epoch at which it was created, changed or removed, by the clock of the node. */
  readonly time: number;
}

const TIMEOUT_S = 5;

/** Prints the time and the path of each file in the layers, and of each entry of /tmp and /var/tmp. */
const FIND = [
  ...["find", UPPER_DIR, "/tmp", "/var/tmp", "-mindepth", "1", "-path", `${UPPER_DIR}/*`],
  ...["(", "-type", "d", "-o", "-printf", String.raw`%C@ %p\0`, ")"],
  // /tmp/.node and /tmp/.cnibench* belong to cnibench.
  ...["-o", "-prune", "!", "-path", "/tmp/.node", "!", "-path", "/tmp/.cnibench*", "-printf", String.raw`%C@ %p\0`],
];

/**
 * Returns the files that were written to /etc and /opt, unless the kernel lacks overlays, and all files in /tmp and
 * /var/tmp. The result is empty if the node can no longer be entered.
 */
export async function readWrittenFiles(shell: Shell): Promise<readonly WrittenFile[]> {
  const { stdout } = await shell.exec(FIND, { observes: true, timeout: TIMEOUT_S });
  return stdout
    .split("\0")
    .slice(0, -1)
    .map((line) => {
      const [time = "", ...words] = line.split(" ");
      const path = words.join(" ");
      return { time: Number(time), path: path.startsWith(UPPER_DIR) ? path.slice(UPPER_DIR.length) : path };
    });
}
