import { describe, expect, test } from "vitest";
import { UsageErrors } from "../../core/errors.ts";
import { parseNetworkConfig } from "../../cni/conf.ts";
import { deriveRequest } from "../../cni/request.ts";
import { stringifyJson } from "../../cni/lossless-json.ts";

function parse(conf: object): ReturnType<typeof parseNetworkConfig> {
  return parseNetworkConfig(JSON.stringify(conf), "10-net.conflist");
}

function problems(conf: object | string): readonly string[] {
  try {
    parseNetworkConfig(typeof conf === "string" ? conf : JSON.stringify(conf), "10-net.conflist");
  } catch (error) {
    if (error instanceof UsageErrors) return error.problems;
    throw error;
  }
  return [];
}

const plugins = [{ type: "bridge" }];

describe("rt.conf.version", () => {
  test.each([
    [{}, "0.1.0"],
    [{ cniVersion: "" }, "0.1.0"],
    [{ cniVersion: "0.4.0" }, "0.4.0"],
    [{ cniVersion: "0.3.1", cniVersions: ["1.0.0", "0.4.0"] }, "1.0.0"],
    [{ cniVersions: ["0.4.0", "9.0.0", "1.10.0"] }, "0.4.0"],
    [{ cniVersion: "2.0.0", cniVersions: ["1.1.0"] }, "1.1.0"],
  ])("%j uses version %s", (versions, expected) => {
    expect(parse({ name: "n", ...versions, plugins }).cniVersion).toBe(expected);
  });

  test("rejects unsupported versions with their position", () => {
    expect(problems({ name: "n", cniVersion: "9.9.9", plugins })).toEqual([
      expect.stringMatching(/^10-net\.conflist:1:26: unsupported version; .*0\.1\.0, .*, 1\.1\.0$/),
    ]);
  });

  test.each(["1.0", "v1.0.0", "1.0.0-rc1", "1.0.0.0", 1, null, {}])("rejects a malformed entry %j", (version) => {
    expect(problems({ name: "n", cniVersions: ["1.0.0", version], plugins })[0]).toMatch(
      /a version must look like "1.1.0"/,
    );
  });
});

describe("rt.conf.name, rt.conf.type", () => {
  test.each(["a", "0", "A_b.c-d"])("accepts the name %j", (name) => {
    expect(parse({ name, plugins }).name).toBe(name);
  });

  test.each(["-x", "a/b", "../a", "a b", ".x", "a\n", "é"])("rejects the name %j", (name) => {
    expect(problems({ name, plugins })).toEqual([expect.stringContaining("network name")]);
  });

  test.each(["a/b", "..", "a\\b", "\u0000"])("rejects type %j, also as ipam.type", (type) => {
    expect(problems({ name: "n", plugins: [{ type }] })).toEqual([expect.stringContaining("plugin type")]);
    expect(problems({ name: "n", plugins: [{ type: "bridge", ipam: { type } }] })).toEqual([
      expect.stringContaining("plugin type"),
    ]);
  });
});

test("reports all problems together, each with line and column", () => {
  const text = [
    "{",
    '  "name": "a/b",',
    '  "disableCheck": 3,',
    '  "plugins": [',
    '    {"type": "x/y"},',
    '    {"capabilities": {"mac": 1}},',
    "    7",
    "  ]",
    "}",
  ].join("\n");
  expect(problems(text).map((problem) => problem.split(": ")[0])).toEqual([
    "10-net.conflist:2:11",
    "10-net.conflist:3:19",
    "10-net.conflist:5:14",
    "10-net.conflist:6:5",
    "10-net.conflist:6:30",
    "10-net.conflist:7:5",
  ]);
});

test.each([
  ['{\n "a": }', "10-net.conflist:2:7"],
  [`{"a":1,\n"a":2}`, "10-net.conflist:2:"],
  ["[]", "10-net.conflist:1:1"],
  ["null", "10-net.conflist:1:1"],
  ["", "10-net.conflist:1:1"],
])("reports the position of malformed JSON %j", (text, position) => {
  expect(problems(text)[0]).toContain(position);
});

test("removes terminal escape sequences from messages", () => {
  expect(problems({ name: "\u001b[31mred", plugins })[0]).not.toContain("\u001b");
});

describe("rt.conf.plugins, rt.conf.inline", () => {
  test("rejects an empty list", () => {
    expect(problems({ name: "n", plugins: [] })[0]).toMatch(/no plugins/);
    expect(problems({ name: "n" })[0]).toMatch(/no plugins/);
  });

  test("rejects loadOnlyInlinedPlugins without plugins", () => {
    expect(problems({ name: "n", loadOnlyInlinedPlugins: true })[0]).toMatch(/"plugins" is missing/);
  });

  test.each([
    [true, true],
    ["true", true],
    ["True", true],
    [false, false],
    ["false", false],
  ])("accepts the boolean %j", (written, parsed) => {
    expect(parse({ name: "n", disableCheck: written, disableGC: written, plugins })).toMatchObject({
      disableCheck: parsed,
      disableGC: parsed,
    });
  });

  test.each([1, "yes", null, []])("rejects %j as a boolean, except null", (written) => {
    expect(problems({ name: "n", disableCheck: written, plugins })).toHaveLength(written === null ? 0 : 1);
  });
});

test("rt.conf.legacy: converts a single plugin to a list", () => {
  const list = parse({ cniVersion: "0.4.0", name: "old", type: "bridge", bridge: "b0" });
  expect(list).toMatchObject({ name: "old", cniVersion: "0.4.0", plugins: [{ type: "bridge" }], warnings: [] });
  expect(deriveRequest(list, list.plugins[0]!)).toEqual({
    cniVersion: "0.4.0",
    name: "old",
    type: "bridge",
    bridge: "b0",
  });
  expect(parse({ cniVersion: "1.0.0", name: "old", type: "bridge" }).warnings).toMatchObject([{ code: "conf-single" }]);
});

test("rt.conf.preserve: passes unknown keys to the request with the same digits", () => {
  const list = parseNetworkConfig(
    `{"name":"n","plugins":[{"type":"x","big":9007199254740993,"deep":{"z":1.50,"a":[1e400]}}]}`,
    "f",
  );
  expect(stringifyJson(deriveRequest(list, list.plugins[0]!))).toBe(
    `{"cniVersion":"0.1.0","name":"n","type":"x","big":9007199254740993,"deep":{"z":1.50,"a":[1e400]}}`,
  );
});

test("rt.conf.reserved: warns about each reserved key", () => {
  const { warnings } = parse({ name: "n", plugins: [{ type: "x", runtimeConfig: {}, args: {}, "cni.dev/y": 1 }] });
  expect(warnings.map(({ code, message }) => [code, /"([^"]+)" is reserved/.exec(message)?.[1]])).toEqual([
    ["conf-reserved", "runtimeConfig"],
    ["conf-reserved", "args"],
    ["conf-reserved", "cni.dev/y"],
  ]);
});

test("parses the stored text of a list to the same list", () => {
  const list = parse({
    name: "n",
    cniVersions: ["0.4.0", "1.0.0"],
    disableCheck: "true",
    plugins: [{ type: "x", capabilities: { a: true, b: false } }],
  });
  const again = parseNetworkConfig(list.text, "stored");
  expect(again).toMatchObject({
    name: "n",
    cniVersion: "1.0.0",
    disableCheck: true,
    plugins: list.plugins,
    text: list.text,
  });
});

test.each([
  ["a byte order mark", '\ufeff{"name": "x", "type": "y"}', "x.conf:1:1: byte order mark"],
  [
    "a list as ipam",
    '{"name": "x", "type": "y", "ipam": [{"type": "z"}]}',
    'x.conf:1:36: "ipam" must be an object, not a list',
  ],
  [
    "a string as ipam",
    '{"name": "x", "type": "y", "ipam": "z"}',
    'x.conf:1:36: "ipam" must be an object, not a string',
  ],
  ["a number as type", '{"name": "x", "type": "y", "ipam": {"type": 1}}', "x.conf:1:45: "],
  ["a list as dns", '{"name": "x", "type": "y", "dns": []}', 'x.conf:1:35: "dns" must be an object, not a list'],
])("%s is named with its position", (_, text, problem) => {
  expect(() => parseNetworkConfig(text, "x.conf")).toThrow(problem);
});

test("ipam and dns may be null or empty", () => {
  const text = '{"name": "x", "type": "y", "ipam": {}, "dns": null}';
  expect(parseNetworkConfig(text, "x.conf").plugins).toHaveLength(1);
  expect(parseNetworkConfig(text.replace("{}", '{"type": ""}'), "x.conf").plugins).toHaveLength(1);
});
