/**
 * Parses the apt sources of the system in both formats (see sources.list(5)) and keeps only the archive of the
 * distribution, without third parties. Pure: reads no files.
 */

/** One entry of the apt sources. */
export interface AptSource {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Options by their deb822 names, only those that preserve or tighten the checks of the system. */
  readonly options: Readonly<Record<string, string>>;
}

export interface Distribution {
  readonly family: "debian" | "ubuntu";
  readonly codenames: readonly string[];
}

/** One-line option names and their deb822 names. `trusted` and the `allow-*` options are omitted on purpose. */
const OPTION_NAMES: Readonly<Record<string, string>> = {
  "signed-by": "Signed-By",
  arch: "Architectures",
  "check-valid-until": "Check-Valid-Until",
  "check-date": "Check-Date",
  "by-hash": "By-Hash",
};
const POCKETS = ["", "-updates", "-security", "/updates"];
const DEBIAN_ALIASES = ["oldstable", "stable", "testing", "unstable", "sid"];

/** Returns the Debian or Ubuntu release in /etc/os-release, also for derivatives that use its archive, or null. */
export function distributionOf(osRelease: string): Distribution | null {
  const value = (key: string): string => new RegExp(`^${key}=["']?([^"'\\n]*)`, "m").exec(osRelease)?.[1] ?? "";
  const ids = [value("ID"), ...value("ID_LIKE").split(/\s+/)];
  const family = ids.includes("ubuntu") ? "ubuntu" : ids.includes("debian") ? "debian" : null;
  const codenames = ["VERSION_CODENAME", "UBUNTU_CODENAME", "DEBIAN_CODENAME"].map(value).filter(Boolean);
  return family === null ? null : { family, codenames: [...new Set(codenames)] };
}

/** Parses the one-line format: `deb [arch=amd64 signed-by=/key.gpg] URI suite component...`. */
export function parseOneLine(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+([^#\s]+)([^#]*)/.exec(line);
    if (match === null) continue;
    const [, options = "", uri = "", suite = "", components = ""] = match;
    sources.push({ uris: [uri], suites: [suite], components: words(components), options: oneLineOptions(options) });
  }
  return sources;
}

function oneLineOptions(text: string): Record<string, string> {
  const options: Record<string, string> = {};
  for (const option of words(text)) {
    const [, key = "", value = ""] = /^([a-z-]+)=(.+)$/i.exec(option) ?? [];
    const name = OPTION_NAMES[key.toLowerCase()];
    if (name !== undefined) options[name] = name === "Architectures" ? value.replaceAll(",", " ") : value;
  }
  return options;
}

/** Parses the deb822 format of `.sources` files, including embedded keys. */
export function parseDeb822(text: string): AptSource[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  const stanzas = lines
    .join("\n")
    .split(/\n\s*\n/)
    .map(fieldsOf);
  const binaryStanzas = stanzas.filter(
    (fields) => words(fields.get("types")).includes("deb") && fields.get("enabled")?.trim() !== "no",
  );
  return binaryStanzas.map((fields) => {
    const options: Record<string, string> = {};
    for (const name of Object.values(OPTION_NAMES)) {
      const value = fields.get(name.toLowerCase());
      if (value !== undefined) options[name] = value;
    }
    return {
      uris: words(fields.get("uris")),
      suites: words(fields.get("suites")),
      components: words(fields.get("components")),
      options,
    };
  });
}

/** Returns fields by lowercase name. Continuation lines keep their indentation, which key blocks need. */
function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last = "";
  for (const line of stanza.split("\n")) {
    const match = /^([A-Za-z][A-Za-z0-9-]*):(.*)$/.exec(line);
    if (match !== null) {
      last = (match[1] ?? "").toLowerCase();
      fields.set(last, (match[2] ?? "").trim());
    } else if (last !== "" && /^\s+\S/.test(line)) {
      fields.set(last, `${fields.get(last) ?? ""}\n${line}`);
    }
  }
  return fields;
}

/** Keeps only the distribution's archive and its mirrors. Other sources are not needed and may be unreachable. */
export function archiveOnly(sources: readonly AptSource[], distribution: Distribution): AptSource[] {
  const names = [...distribution.codenames, ...(distribution.family === "debian" ? DEBIAN_ALIASES : [])];
  const known = new Set(names.flatMap((name) => POCKETS.map((pocket) => name + pocket)));
  return sources
    .filter((source) => source.components.includes("main"))
    .map((source) => ({
      ...source,
      uris: source.uris.filter((uri) => isArchive(uri, source.options["Signed-By"] ?? "")),
      suites: source.suites.filter((suite) => known.has(suite)),
    }))
    .filter((source) => source.uris.length > 0 && source.suites.length > 0);
}

/**
 * Reports whether a URI belongs to the distribution's archive: by the signing key, or by the path, which mirrors
 * preserve (`.../debian`, `.../ubuntu-ports`, a snapshot `.../debian/20250101T000000Z`, a mirror list). A personal
 * package archive has such a path too, but is recognized by its host.
 */
function isArchive(uri: string, signedBy: string): boolean {
  if (/^cdrom:/i.test(uri) || /^[a-z+]+:\/\/[^/]*\bppa\b/i.test(uri)) return false;
  if (/\/(debian|ubuntu)-archive[^/]*\.(gpg|asc|pgp)/.test(signedBy)) return true;
  return /^mirror/.test(uri) || /\/(debian|ubuntu)(-[a-z-]+)?(\/\d{8}T\d{6}Z)?\/*$/.test(uri);
}

/** Returns the sources with additional components. */
export function withComponents(sources: readonly AptSource[], extra: readonly string[]): AptSource[] {
  return sources.map((source) => ({ ...source, components: [...new Set([...source.components, ...extra])] }));
}

/** Renders a deb822 `.sources` file that requests only package lists (no translations, icons or contents). */
export function renderSources(sources: readonly AptSource[]): string {
  const stanzas = sources.map((source) => [
    "Types: deb",
    `URIs: ${source.uris.join(" ")}`,
    `Suites: ${source.suites.join(" ")}`,
    `Components: ${source.components.join(" ")}`,
    "Targets: Packages",
    ...Object.entries(source.options).map(([name, value]) =>
      value.startsWith("\n") ? `${name}:${value}` : `${name}: ${value}`,
    ),
  ]);
  return stanzas.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function words(text = ""): string[] {
  return text.split(/\s+/).filter(Boolean);
}
