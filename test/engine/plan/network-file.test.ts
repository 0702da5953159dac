/** The files of --conf: configurations, and objects of Kubernetes that contain one. */
import { describe, expect, test } from "vitest";
import { parseCustomPlugin } from "../../../engine/plan/custom-plugin.ts";
import { openNetworkFile } from "../../../engine/plan/network-file.ts";

const KNOWN = ["nodeSubnet", "mtu"];

/** Returns an object whose configuration is this text, in YAML. */
function definition(config: string): string {
  const block = config.replaceAll(/^/gm, "    ");
  return `kind: NetworkAttachmentDefinition\nmetadata:\n  name: mine\nspec:\n  config: |\n${block}\n`;
}

describe("placeholders", () => {
  test.each([
    ["{{nodeSubnett}}", "x.conf:2:2: ", 'did you mean "nodeSubnet"?'],
    ["{{ nodeSubnet }}", "x.conf:2:2: ", 'did you mean "nodeSubnet"?'],
    ["{{node-subnet}}", "x.conf:2:2: ", "{{nodeSubnet}}, {{mtu}}"],
  ])("%s is unknown", (placeholder, position, hint) => {
    const open = () => openNetworkFile(`{"a":\n"${placeholder}"}`, "x.conf", KNOWN);
    expect(open).toThrow(`${position}unknown placeholder ${placeholder}`);
    expect(open).toThrow(hint);
  });

  test("known ones and templates of other programs are kept, and all problems are reported", () => {
    const text = '{"a": "{{nodeSubnet}} {{mtu}} {{.Name}} {{if x}}", "b": {"c": {}}}';
    expect(openNetworkFile(text, "x.conf", KNOWN)).toEqual({ text, name: "x.conf" });
    expect(() => openNetworkFile("{{a}}\n{{b}}", "x.conf", KNOWN)).toThrow(/^x\.conf:1:1: .*\nx\.conf:2:1: /);
  });

  test("where none is replaced, every one is a problem", () => {
    expect(() => openNetworkFile("{{mtu}}", "x.conf", [])).toThrow("only run, plan and lab replace placeholders");
  });
});

describe("a NetworkAttachmentDefinition", () => {
  test("is its configuration, with its name if that has none", () => {
    expect(openNetworkFile(definition('{"type": "ptp"}'), "nad.yaml", [])).toMatchObject({
      text: expect.stringMatching(/^\{"name": "mine", "type": "ptp"\}\s*$/) as string,
      name: "nad.yaml(spec.config)",
    });
    const named = '{"name": "own", "type": "ptp"}';
    expect(openNetworkFile(definition(named), "nad.yaml", []).text.trim()).toBe(named);
  });

  test("may be JSON", () => {
    const json = { kind: "NetworkAttachmentDefinition", spec: { config: '{"name": "own", "type": "ptp"}' } };
    expect(parseCustomPlugin(JSON.stringify(json), "nad.json").plugin.name).toBe("own");
  });

  test("has positions relative to its configuration", () => {
    const config = '{"name": "own",\n "type": "../x"}';
    expect(() => parseCustomPlugin(definition(config), "nad.yaml")).toThrow(/^nad\.yaml\(spec\.config\):2:10: /);
    expect(() => parseCustomPlugin(definition("{]"), "nad.yaml")).toThrow(/^nad\.yaml\(spec\.config\):1:2: /);
  });

  test.each([
    ["without a configuration", "kind: NetworkAttachmentDefinition\nspec: {}\n", "nad.yaml:2:7: spec.config must be"],
    ["with an object", "kind: NetworkAttachmentDefinition\nspec: {config: {}}\n", "nad.yaml:2:16: spec.config must be"],
    ["of invalid YAML", "kind: NetworkAttachmentDefinition\nspec: {\n", "nad.yaml:3:1: "],
  ])("%s is refused", (_, text, problem) => {
    expect(() => openNetworkFile(text, "nad.yaml", [])).toThrow(problem);
  });

  test("is not every file that mentions the kind", () => {
    const text = '{"name": "x", "type": "NetworkAttachmentDefinition"}';
    expect(openNetworkFile(text, "x.conf", [])).toEqual({ text, name: "x.conf" });
  });
});
