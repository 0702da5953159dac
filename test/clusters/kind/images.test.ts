/** The images of kind nodes: names, registry mirrors, archives, and copies of the host's Docker. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { canonicalImageName, prepareImages } from "../../../clusters/kind/images.ts";
import { MIRROR_CONFIG_DIR, NODE_IMAGE_ARCHIVE } from "../../../clusters/kind/cluster-config.ts";
import type { Node } from "../../../core/model.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, fakeShell, type FakeHost, type FakeShell, type Reply } from "../../helpers/fake-host.ts";

test.for([
  ["busybox", "docker.io/library/busybox:latest"],
  ["cnibench/load:0.1", "docker.io/cnibench/load:0.1"],
  ["localhost/load", "localhost/load:latest"],
  ["registry:5000/load", "registry:5000/load:latest"],
  ["ghcr.io/a/b:1", "ghcr.io/a/b:1"],
  ["ghcr.io/a/b@sha256:00", "ghcr.io/a/b@sha256:00"],
] as const)("%s is canonicalized to %s", ([image, canonical]) => expect(canonicalImageName(image)).toBe(canonical));

const LIST = "ctr --namespace=k8s.io images ls --quiet";
const IMPORT = "ctr --namespace=k8s.io images import";

type FakeNode = Node & { readonly shell: FakeShell };

/** Returns a node. @param images the output of the list of its images */
function nodeWith(images = "", more: Readonly<Record<string, Reply>> = {}): FakeNode {
  const shell = fakeShell({ [LIST]: { stdout: images }, [IMPORT]: {}, install: {}, rm: {}, ...more }, "node");
  return { name: "node", index: 1, ip: "", ip6: null, shell };
}

const commands = ({ shell }: { readonly shell: FakeShell }): string[] => shell.calls.map(({ argv }) => argv.join(" "));

/** Returns a host with Docker. */
function hostWith(replies: Readonly<Record<string, Reply>> = {}): FakeHost {
  return fakeHost(
    { "docker image inspect": {}, "docker save": {}, "docker cp": {}, ...replies },
    {
      tempDir: temporaryDir(),
    },
  );
}

/** Every test has its own image, because the clusters of a process share the saved ones. */
let count = 0;
const newImage = (): string => `load:${++count}`;

describe("the load image", () => {
  test("is not copied to nodes that have it", async () => {
    const host = hostWith();
    const node = nodeWith("docker.io/library/load:1\n");
    await prepareImages(host, [node], { loadImage: "load:1" });
    expect(commands(node)).toEqual([`${LIST} name==docker.io/library/load:1`]);
    expect(commands(host)).toEqual([]);
  });

  test("is saved once, and copied to the nodes of all clusters that lack it", async () => {
    const host = hostWith();
    const loadImage = newImage();
    const [with_, without, other] = [nodeWith("it\n"), nodeWith(), nodeWith()];
    await prepareImages(host, [with_, without], { loadImage });
    await prepareImages(host, [other], { loadImage });
    const [saved = ""] = readdirSync(host.tempDir);
    const archive = `${host.tempDir}/${saved}/image.tar`;
    const copy = `docker cp ${archive} node:/image.tar`;
    expect(commands(host)).toEqual([
      `docker image inspect ${loadImage}`,
      `docker save --output ${archive} ${loadImage}`,
      copy,
      copy,
    ]);
    expect(commands(without).slice(1)).toEqual([`${IMPORT} /image.tar`, "rm /image.tar"]);
    expect(commands(with_)).toHaveLength(1);
  });

  test("is pulled if Docker does not have it", async () => {
    const host = hostWith({ "docker image inspect": { exitCode: 1 }, "docker pull": {} });
    const loadImage = newImage();
    await prepareImages(host, [nodeWith()], { loadImage });
    expect(commands(host).slice(0, 2)).toEqual([`docker image inspect ${loadImage}`, `docker pull ${loadImage}`]);
  });

  test.each([
    ["toomanyrequests: You have reached your pull rate limit.", /pull rate limit\.; .*--registry-mirror/],
    ["Error: manifest unknown", /manifest unknown; .*--load-image/],
  ])(
    "that cannot be pulled (%s) is reported with a fix, and tried again by the next cluster",
    async (stderr, error) => {
      const loadImage = newImage();
      const failing = hostWith({ "docker image inspect": { exitCode: 1 }, "docker pull": { exitCode: 1, stderr } });
      await expect(prepareImages(failing, [nodeWith()], { loadImage })).rejects.toThrow(error);
      const node = nodeWith();
      await prepareImages(hostWith(), [node], { loadImage });
      expect(commands(node)).toContain(`${IMPORT} /image.tar`);
    },
  );
});

test("an archive of the user is imported on every node before the load image is searched", async () => {
  const nodes = [nodeWith("it\n"), nodeWith("it\n")];
  await prepareImages(hostWith(), nodes, { loadImage: "load:1", imageArchive: "/home/images.tar" });
  for (const node of nodes)
    expect(commands(node)).toEqual([`${IMPORT} ${NODE_IMAGE_ARCHIVE}`, `${LIST} name==docker.io/library/load:1`]);
});

test("with a registry mirror, nodes pull the load image themselves", async () => {
  const host = hostWith();
  const node = nodeWith();
  await prepareImages(host, [node], { loadImage: "load:1", registryMirror: "mirror:5000" });
  const [install] = node.shell.calls;
  expect(install?.argv.at(-1)).toBe(`${MIRROR_CONFIG_DIR}/_default/hosts.toml`);
  expect(install?.options.stdin).toContain("mirror:5000");
  expect(commands(host)).toEqual([]);
});
