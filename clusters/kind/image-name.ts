/** The fully qualified name of an image, under which containerd stores it. Pure. */

/**
 * Adds the parts that Docker omits: registry docker.io, path library, tag latest (distribution reference,
 * "familiar names").
 */
export function canonicalImageName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const qualified = hasRegistry ? image : `docker.io/${rest.length === 0 ? "library/" : ""}${image}`;
  return /@|:[^/]*$/.test(qualified) ? qualified : `${qualified}:latest`;
}
