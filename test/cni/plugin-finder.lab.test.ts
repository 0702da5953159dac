import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { localShell } from "../../core/local.ts";
import type { Shell } from "../../core/shell.ts";
import { PluginFinder } from "../../cni/plugin-finder.ts";
import { FakePlugins, attachment, network, rejection, temporaryDir } from "./fake-plugins.ts";

function countingShell(): { shell: Shell; count: () => number } {
  const shell = localShell();
  let count = 0;
  return { shell: { ...shell, exec: (argv, options) => (count++, shell.exec(argv, options)) }, count: () => count };
}

test("rt.exec.find: finds the first regular file in the path, follows links, ignores directories", async () => {
  const [a, b] = [temporaryDir(), temporaryDir()];
  mkdirSync(join(a, "one"));
  for (const name of ["one", "two", "* $(touch x)"]) writeFileSync(join(b, name), "");
  writeFileSync(join(a, "three"), "");
  symlinkSync(join(b, "two"), join(a, "two"));
  const finder = new PluginFinder(localShell(), [a, b]);
  expect(await finder.find(["one", "two", "three", "* $(touch x)"])).toEqual([
    join(b, "one"),
    join(a, "two"),
    join(a, "three"),
    join(b, "* $(touch x)"),
  ]);
});

test("looks up an entire list with one command, and cached plugins with none", async () => {
  const fakes = new FakePlugins().plugin("x").plugin("y");
  const { shell, count } = countingShell();
  const runtime = fakes.runtime({ shell });
  const list = network([{ type: "x" }, { type: "y" }, { type: "x" }]);
  await runtime.add(list, attachment());
  expect(count()).toBe(1 + 3);
  await runtime.del(list, attachment());
  expect(count()).toBe(1 + 3 + 3);
});

test("reports all missing plugins before it runs any", async () => {
  const fakes = new FakePlugins().plugin("x");
  const error = await rejection(
    fakes.runtime().add(network([{ type: "x" }, { type: "lost" }, { type: "gone" }]), attachment()),
  );
  expect(error.message).toMatch(/^plugin "lost", "gone" not found on this host in /);
  expect(error.message).toContain(fakes.dir);
  expect(fakes.order()).toEqual([]);
});

test("finds a moved plugin again after a failed start", async () => {
  const [first, second] = [new FakePlugins().plugin("x"), new FakePlugins().plugin("x")];
  const runtime = first.runtime({ pluginPath: [first.dir, second.dir] });
  const list = network([{ type: "x" }]);
  await runtime.add(list, attachment());
  rmSync(join(first.dir, "x"));
  expect((await rejection(runtime.del(list, attachment()))).message).toMatch(/could not start/);
  await runtime.del(list, attachment());
  expect(second.order()).toEqual(["x DEL"]);
});

test("rejects a type that is a path, also without a configuration", async () => {
  const runtime = new FakePlugins().runtime();
  expect((await rejection(runtime.version("../sh"))).message).toMatch(/invalid plugin type "..\/sh"/);
  expect((await rejection(runtime.invoke("a\nb", {}, ""))).message).toMatch(/invalid plugin type "a b"/);
});

test("rejects a directory that CNI_PATH cannot contain", () => {
  expect(() => new PluginFinder(localShell(), ["/a:/b"])).toThrow(/use a path without ":"/);
});
