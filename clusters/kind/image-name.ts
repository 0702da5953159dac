/** The whole name of an image, as containerd keeps it. Pure. */

/**
 * What Docker leaves out of a name: the registry docker.io, its folder library, the tag latest (distribution reference grammar,
 * "familiar names").
 */
export function canonicalImageName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const qualified = hasRegistry ? image : `docker.io/${rest.length === 0 ? "library/" : ""}${image}`;
  return /@|:[^/]*$/.test(qualified) ? qualified : `${qualified}:latest`;
}
