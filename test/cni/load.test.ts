import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findNetworkConfig, loadNetworkConfig } from "../../cni/load.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import { temporaryDir } from "./fake-plugins.ts";

function writeFiles(files: Record<string, object | string>): string {
  const dir = temporaryDir();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(dir, name, ".."), { recursive: true });
    writeFileSync(join(dir, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return dir;
}

function types(list: NetworkConfigList): string[] {
  return list.plugins.map(({ type }) => type);
}

test.each([
  [undefined, ["a", "b", "c"]],
  [false, ["a", "b", "c"]],
  ["false", ["a", "b", "c"]],
  [true, ["a"]],
  ["true", ["a"]],
])("rt.conf.inline: with loadOnlyInlinedPlugins %j the plugins are %j", (loadOnlyInlinedPlugins, expected) => {
  const dir = writeFiles({
    "x.conflist": { name: "n", loadOnlyInlinedPlugins, plugins: [{ type: "a" }] },
    "n/20.conf": { type: "c" },
    "n/10.conf": { type: "b" },
    "n/ignored.json": { type: "d" },
    "other/10.conf": { type: "e" },
  });
  expect(types(loadNetworkConfig(join(dir, "x.conflist")))).toEqual(expected);
});

test("rt.conf.plugins: the directory may contain all plugins, but a network needs at least one", () => {
  const dir = writeFiles({ "x.conflist": { name: "n" }, "n/10.conf": { type: "b" }, "y.conflist": { name: "empty" } });
  expect(types(loadNetworkConfig(join(dir, "x.conflist")))).toEqual(["b"]);
  expect(() => loadNetworkConfig(join(dir, "y.conflist"))).toThrow(/no plugins/);
});

test("reports an invalid file in the directory by name", () => {
  const dir = writeFiles({ "x.conflist": { name: "n" }, "n/10.conf": { type: "a/b" } });
  expect(() => loadNetworkConfig(join(dir, "x.conflist"))).toThrow(
    `${join(dir, "n/10.conf")}:1:9: invalid plugin type "a/b"`,
  );
});

test("rt.conf.legacy: prefers a .conflist to a .conf of the same network", () => {
  const dir = writeFiles({
    "10.conf": { name: "n", type: "single" },
    "20.conflist": { name: "n", plugins: [{ type: "listed" }] },
    "30.json": { name: "old", type: "json" },
  });
  expect(types(findNetworkConfig(dir, "n"))).toEqual(["listed"]);
  expect(types(findNetworkConfig(dir, "old"))).toEqual(["json"]);
  expect(() => findNetworkConfig(dir, "none")).toThrow(/no configuration of network "none"/);
});

test("reports unreadable files and directories", () => {
  const dir = temporaryDir();
  expect(() => loadNetworkConfig(join(dir, "missing"))).toThrow(/cannot read \S+\/missing .*ENOENT/);
  expect(() => findNetworkConfig(join(dir, "missing"), "n")).toThrow(/cannot read \S+\/missing .*directory/);
  writeFileSync(join(dir, "huge.conflist"), " ".repeat(4 * 1024 * 1024 + 1));
  expect(() => loadNetworkConfig(join(dir, "huge.conflist"))).toThrow(/larger than 4 MiB/);
});
