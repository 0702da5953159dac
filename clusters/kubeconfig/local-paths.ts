/**
 * Makes the paths in a copy of a kubeconfig absolute. `kubectl config view` embeds certificates, but it copies the
 * token file and the login program as written: relative to the file that defines the user, which the copy is not.
 */
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import type { Host } from "../../core/host.ts";
import { listAt, stringAt, tryParse, valueAt } from "../../core/untrusted-json.ts";

/** Reads one file as JSON: `kubectl config view --raw`. */
export type ViewFile = (file: string) => Promise<string>;

/**
 * Returns the kubeconfig with absolute paths, by the rules of kubectl: a command without a slash is searched in PATH.
 * @param view a kubeconfig with one user, as JSON
 */
export async function withAbsolutePaths(host: Host, view: string, viewFile: ViewFile): Promise<string> {
  const config = tryParse(view);
  const [entry] = listAt(config, "users");
  const command = relativePath(entry, "user", "exec", "command");
  const tokenFile = relativePath(entry, "user", "tokenFile");
  const program = command?.includes("/") === true ? command : null;
  if (tokenFile === null && program === null) return view;
  const dir = await directoryOfUser(host, stringAt(entry, "name") ?? "", viewFile);
  const user = valueAt(entry, "user") as object;
  if (tokenFile !== null) Object.assign(user, { tokenFile: resolve(dir, tokenFile) });
  if (program !== null) Object.assign(valueAt(user, "exec") as object, { command: resolve(dir, program) });
  return JSON.stringify(config);
}

function relativePath(entry: unknown, ...keys: readonly string[]): string | null {
  const path = stringAt(entry, ...keys);
  return path === null || path === "" || isAbsolute(path) ? null : path;
}

/** Returns the directory of the first file that defines the user, which is the one that kubectl uses. */
async function directoryOfUser({ env, homeDir }: Host, name: string, viewFile: ViewFile): Promise<string> {
  const listed = (env.KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "");
  const files = listed.length > 0 ? listed : [join(homeDir, ".kube/config")];
  for (const file of files.slice(0, -1)) {
    const users = listAt(tryParse(await viewFile(file)), "users");
    if (users.some((user) => stringAt(user, "name") === name)) return dirname(resolve(file));
  }
  return dirname(resolve(files.at(-1) ?? ""));
}
