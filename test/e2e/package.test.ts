/** The package built by `npm pack`: a program that runs in an empty directory, and a library with types. */
import { copyFileSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { createHost, localShell } from "../../core/local.ts";
import { packageRoot } from "../../core/paths.ts";
import { run, succeeded, type ExecOptions } from "../../core/shell.ts";
import { findCniPlugin } from "../../tools/find.ts";
import { cnibenchVersion } from "../../core/paths.ts";
import { temporaryDirOfFile } from "../helpers/cnibench.ts";

const host = createHost();

const root = packageRoot();
const shell = localShell();
const dir = temporaryDirOfFile();
/** A project with the package as a dependency. */
const project = join(dir, "project");
/** npm does not check for updates and does not change the user's settings. */
const ENV = { npm_config_update_notifier: "false", npm_config_cache: process.env.npm_config_cache, NO_COLOR: "1" };

function runIn(dir: string, argv: readonly string[], options: ExecOptions = {}): Promise<string> {
  return run(shell, ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", dir, ...argv], {
    timeout: 120,
    ...options,
    env: { ...ENV, ...options.env },
  });
}

beforeAll(async () => {
  // Without scripts, because all tests of the program use the same build.
  await runIn(root, ["npm", "pack", "--ignore-scripts", "--pack-destination", dir]);
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  const install = ["npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", tarball()];
  const installed = await shell.exec(["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", project, ...install], {
    timeout: 120,
    env: ENV,
  });
  if (!succeeded(installed)) await installOffline(installed.stderr);
}, 250_000);

test("the program runs in an empty directory and writes nothing there", async () => {
  const empty = join(dir, "empty");
  mkdirSync(empty);
  const program = ["npx", "--no", "--prefix", project, "cnibench"];
  expect(await runIn(empty, [...program, "--version"])).toBe(`${cnibenchVersion()}\n`);
  expect(await runIn(empty, [...program, "plan", "--plugins", "simplecni"])).toContain(
    "quick/tcp-1/simplecni/netns/cross-node",
  );
  expect(await runIn(empty, [...program, "list", "suites"])).toContain("conformance");
  expect(readdirSync(empty)).toEqual([]);
});

test("the library example runs ADD, CHECK and DEL", async () => {
  const example = join(project, "cni-add.js");
  copyFileSync(join(root, "examples/cni-add.js"), example);
  const own = 'mount -t tmpfs run /run; ip netns add pod1; exec "$@" /run/netns/pod1';
  const namespaces = ["unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-ec", own, "sh"];
  const plugins = dirname(findCniPlugin(host, "ptp") ?? "");
  const output = await runIn(project, [...namespaces, process.execPath, example], { env: { CNI_PATH: plugins } });
  expect(output).toBe("added: 10.77.0.2/24\nchecked\ndeleted\n");
});

test("the library has types, and no other module of the package can be imported", async () => {
  writeFileSync(
    join(project, "use.ts"),
    `import { CniRuntime, folderStore, localShell, parseNetworkConfig, type Attachment } from "cnibench/cni";
const attachment: Attachment = { containerID: "a", netns: "/run/netns/a", ifName: "eth0" };
const runtime = new CniRuntime({ shell: localShell(), pluginPath: ["/opt/cni/bin"], store: folderStore("state") });
const outcome = runtime.add(parseNetworkConfig("{}", "a.conf"), attachment);
export const ips: Promise<readonly string[]> = outcome.then(({ result }) => result.ips.map(({ address }) => address));
// @ts-expect-error a configuration cannot be a number
parseNetworkConfig(5, "a.conf");
`,
  );
  const tsc = [
    join(root, "node_modules/.bin/tsc"),
    "--noEmit",
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2022",
  ];
  expect(
    await runIn(project, [...tsc, "--types", "node", "--typeRoots", join(root, "node_modules/@types"), "use.ts"]),
  ).toBe("");
  writeFileSync(join(project, "inside.js"), 'import "cnibench/dist/engine/run.js";');
  await expect(runIn(project, [process.execPath, "inside.js"])).rejects.toMatchObject({
    output: { stderr: expect.stringContaining("ERR_PACKAGE_PATH_NOT_EXPORTED") as string },
  });
});

function tarball(): string {
  const name = readdirSync(dir).find((file) => file.endsWith(".tgz"));
  if (name === undefined) throw new Error("npm pack created no package");
  return join(dir, name);
}

/** Installs the package without a registry, with the dependencies of this checkout. */
async function installOffline(error: string): Promise<void> {
  console.error(`npm install failed, using the dependencies of this checkout: ${error.trim().split("\n")[0]}`);
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  await run(shell, ["tar", "-xzf", tarball(), "-C", modules]);
  cpSync(join(modules, "package"), join(modules, "cnibench"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules")).filter((one) => !one.startsWith(".")))
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  symlinkSync("../cnibench/dist/cli/main.js", join(modules, ".bin/cnibench"));
}
