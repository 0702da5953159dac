import { expect, test } from "vitest";
import { canonicalImageName } from "../../../clusters/kind/images.ts";

test.for([
  ["busybox", "docker.io/library/busybox:latest"],
  ["cnibench/load:0.1", "docker.io/cnibench/load:0.1"],
  ["localhost/load", "localhost/load:latest"],
  ["registry:5000/load", "registry:5000/load:latest"],
  ["ghcr.io/a/b:1", "ghcr.io/a/b:1"],
  ["ghcr.io/a/b@sha256:00", "ghcr.io/a/b@sha256:00"],
] as const)("%s is canonicalized to %s", ([image, canonical]) => expect(canonicalImageName(image)).toBe(canonical));
