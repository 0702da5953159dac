import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { localShell } from "../../core/local.ts";
import type { Shell } from "../../core/shell.ts";
import { PluginFinder } from "../../cni/find.ts";
import { FakePlugins, attachment, network, rejection, temporaryDir } from "./fake-plugins.ts";

function counting(): { shell: Shell; count: () => number } {
  const shell = localShell();
  let count = 0;
  return { shell: { ...shell, exec: (argv, options) => (count++, shell.exec(argv, options)) }, count: () => count };
}

test("rt.exec.find: the first regular file along the path, through links, never a folder", async () => {
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

test("one command for a whole list, and none when it is known", async () => {
  const doubles = new FakePlugins().plugin("x").plugin("y");
  const { shell, count } = counting();
  const runtime = doubles.runtime({ shell });
  const list = network([{ type: "x" }, { type: "y" }, { type: "x" }]);
  await runtime.add(list, attachment());
  expect(count()).toBe(1 + 3);
  await runtime.del(list, attachment());
  expect(count()).toBe(1 + 3 + 3);
});

test("everything that is missing is named, and nothing has been run", async () => {
  const doubles = new FakePlugins().plugin("x");
  const error = await rejection(
    doubles.runtime().add(network([{ type: "x" }, { type: "lost" }, { type: "gone" }]), attachment()),
  );
  expect(error.message).toBe(`no plugin "lost", "gone" in ${doubles.dir} on this host; install it there`);
  expect(doubles.order()).toEqual([]);
});

test("a plugin that has moved is found again after its failed start", async () => {
  const [first, second] = [new FakePlugins().plugin("x"), new FakePlugins().plugin("x")];
  const runtime = first.runtime({ pluginPath: [first.dir, second.dir] });
  const list = network([{ type: "x" }]);
  await runtime.add(list, attachment());
  rmSync(join(first.dir, "x"));
  expect((await rejection(runtime.del(list, attachment()))).message).toMatch(/could not start/);
  await runtime.del(list, attachment());
  expect(second.order()).toEqual(["x DEL"]);
});

test("a type that is a path is refused, also where no configuration was read", async () => {
  const runtime = new FakePlugins().runtime();
  expect((await rejection(runtime.version("../sh"))).message).toMatch(/plugin type "..\/sh" is not allowed/);
  expect((await rejection(runtime.invoke("a\nb", {}, ""))).message).toMatch(/plugin type "a b" is not allowed/);
});

test("a folder that CNI_PATH cannot carry is refused", () => {
  expect(() => new PluginFinder(localShell(), ["/a:/b"])).toThrow(/use a path without ":"/);
});
