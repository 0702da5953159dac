/**
 * Reads the network configuration that container runtimes use on a node: the first file of the directory, as in
 * libcni.
 */
import { EnvironmentError } from "../../../core/errors.ts";
import type { Node } from "../../../core/model.ts";
import { run } from "../../../core/shell.ts";

const CONFIG_DIR = "/etc/cni/net.d";

/** Returns the configuration as JSON, however it was installed. @throws EnvironmentError if there is none */
export async function readNodeConfig({ name, shell }: Node): Promise<string> {
  const files = (await run(shell, ["ls", CONFIG_DIR]))
    .split("\n")
    .filter((file) => /\.(conflist|conf|json)$/.test(file))
    .sort();
  const [first] = files;
  if (first === undefined)
    throw new EnvironmentError(`${name} has no network configuration in ${CONFIG_DIR}; is the plugin installed?`);
  return run(shell, ["cat", `${CONFIG_DIR}/${first}`], { maxBytes: 1024 * 1024 });
}
