/** The options of every cluster kind: their values, their stored form, and back. */
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clusters, type ClusterKind } from "../../clusters/index.ts";
import { packageRoot } from "../../core/paths.ts";
import { replaceHome } from "../../results/redact.ts";

const KINDS: readonly ClusterKind[] = Object.values(clusters);
const FILE = join(packageRoot(), "package.json");
const abbreviateHome = (path: string): string => replaceHome(path, homedir());
const expandHome = (path: string): string => path.replace(/^~(?=\/|$)/, homedir());

function optionsOf(name: keyof typeof clusters): NonNullable<ClusterKind["options"]> {
  const { options } = clusters[name] as ClusterKind;
  if (options === undefined) throw new Error(`${name} has no options`);
  return options;
}

const IMAGES = { nodeImage: "node:1", loadImage: "load:1", images: FILE, registryMirror: "mirror:5000" };
const MACHINE = { vmMemory: 2 ** 29, vmCpus: 2, vmNics: 3, vmUnderlay: "tap" };
const VM_FILES = { vmImage: FILE, vmKernel: FILE, vmInitrd: FILE };

test.each([
  ["kind", IMAGES],
  ["kubeconfig", { ...IMAGES, context: "mine", nodeSelector: "pool=bench", imagePullSecret: ["a"], install: true }],
  ["vm", { ...MACHINE, ...VM_FILES }],
] as const)("%s: the stored form becomes the same values again", (name, flags) => {
  const options = optionsOf(name);
  const problems: string[] = [];
  const stored = options.toStored(options.parse(flags, problems), abbreviateHome);
  expect(problems).toEqual([]);
  expect(options.toFlags(JSON.parse(JSON.stringify(stored)) as typeof stored, expandHome)).toEqual(flags);
});

test.each([
  ["kind", { kubernetes: { nodeImage: null, loadImage: "cnibench/load:1", images: null, registryMirror: null } }],
  [
    "kubeconfig",
    {
      kubernetes: { nodeImage: null, loadImage: "cnibench/load:1", images: null, registryMirror: null },
      existing: { context: null, nodeSelector: null },
    },
  ],
  [
    "vm",
    {
      machine: { memory: 2 ** 30, cpus: 1, nics: 1, underlay: "sockets", image: null, kernel: null, initrd: null },
    },
  ],
] as const)("%s: the stored form of the defaults, with its keys in order", (name, stored) => {
  const options = optionsOf(name);
  expect(JSON.stringify(options.toStored(options.parse({}, []), abbreviateHome))).toBe(JSON.stringify(stored));
});

test("stored files do not contain the home directory", () => {
  const options = optionsOf("vm");
  const machine = options.parse({ vmImage: join(homedir(), "disk"), vmKernel: "/boot/vmlinuz" }, []);
  expect(options.toStored(machine, abbreviateHome).machine).toMatchObject({ image: "~/disk", kernel: "/boot/vmlinuz" });
});

test("all problems of the values are reported at once", () => {
  const problems: string[] = [];
  optionsOf("kubeconfig").parse({ images: "/nowhere.tar", registryMirror: "http://mirror" }, problems);
  expect(problems).toEqual([
    expect.stringMatching(/^--images \/nowhere\.tar: not a file/),
    expect.stringMatching(/^--registry-mirror http:\/\/mirror: not a HOST:PORT/),
  ]);
});

test("boot files that do not exist are problems of the values", () => {
  const problems: string[] = [];
  optionsOf("vm").parse({ vmImage: "/nowhere", vmKernel: FILE }, problems);
  expect(problems).toEqual(["--vm-image /nowhere: not found; check the path"]);
});

test.each(KINDS.map((kind) => [kind.name, kind] as const))("%s is registered under its name", (name, kind) => {
  expect((clusters as Readonly<Record<string, ClusterKind>>)[name]).toBe(kind);
});

test.each(["Registry", "-a", "a_b", "a..b", "", "a".repeat(254)])("%j cannot name a pull secret", (name) => {
  const problems: string[] = [];
  optionsOf("kubeconfig").parse({ imagePullSecret: ["registry.corp-1", name] }, problems);
  expect(problems).toEqual([expect.stringContaining(`--image-pull-secret ${name}: not a DNS name`)]);
});
