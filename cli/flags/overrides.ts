/**
 * The part after the @ of `--plugins NAME@...`: a directory with binaries or a chart, a manifest or values file,
 * or a version.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { messageOf } from "../../core/errors.ts";
import { parseYaml } from "../../core/validation/yaml.ts";
import type { KubernetesRecipe, Plugin } from "../../plugins/index.ts";

const VERSION = /^v?\d+\.\d+[\w.+-]*$/;
/** Largest manifest or values file, in bytes; the largest known one has 600 kB. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** Makes the path in `NAME@PATH` absolute. Names and versions are returned unchanged. */
export function absolutePluginSpec(pluginSpec: string): string {
  return pluginSpec.replace(/@(.*)/, (_, given: string) => `@${resolveSource(given)}`);
}

/** Makes a path absolute. A version is returned unchanged, unless a file or directory has that name. */
function resolveSource(given: string): string {
  return VERSION.test(given) && pathKind(given) === null ? given : resolve(given);
}

/** Returns the plugin with the given binaries, chart, file or version and a distinct name; or an error message. */
export function overridePlugin(plugin: Plugin, given: string): Plugin | string {
  const path = resolve(given);
  switch (pathKind(given)) {
    case "directory":
      return overrideByDirectory(plugin, path);
    case "file":
      return overrideByFile(plugin, path);
    case null:
      return overrideByVersion(plugin, given);
  }
}

function overrideByDirectory(plugin: Plugin, dir: string): Plugin | string {
  const { name, kubernetes } = plugin;
  return kubernetes?.tools?.includes("helm") === true && existsSync(join(dir, "Chart.yaml"))
    ? withChart(plugin, kubernetes, dir)
    : { ...plugin, name: nameWithSource(name, dir), binDir: dir };
}

function overrideByFile(plugin: Plugin, file: string): Plugin | string {
  const { name, kubernetes } = plugin;
  if (kubernetes === undefined)
    return `${file} is a file, but ${name} has no manifest to replace; name the directory of its binaries`;
  try {
    return { ...plugin, name: nameWithSource(name, file), kubernetes: withFile(kubernetes, file) };
  } catch (error) {
    return `${messageOf(error)}; name a readable manifest`;
  }
}

function overrideByVersion(plugin: Plugin, given: string): Plugin | string {
  const { name, kubernetes } = plugin;
  const path = resolve(given);
  if (!VERSION.test(given) || kubernetes === undefined)
    return `${path} not found; name the directory with this version of ${name}`;
  const other = kubernetes.forVersion?.(given);
  return other === undefined
    ? `unknown version of ${name} (cnibench supports ${kubernetes.version}); pass its manifest as ${name}@FILE`
    : { ...plugin, name: `${name}-${given}`, kubernetes: other };
}

/**
 * Replaces the manifest by a file, unchanged. For a chart the file adds values, which take precedence.
 * @throws Error when the file cannot be read
 */
function withFile(recipe: KubernetesRecipe, file: string): KubernetesRecipe {
  if (statSync(file).size > MAX_FILE_BYTES) throw new Error(`${file} is larger than ${MAX_FILE_BYTES} bytes`);
  const text = readFileSync(file, "utf8");
  const install: KubernetesRecipe["install"] = (context) => {
    const source = recipe.install?.(context);
    return source !== undefined && "chart" in source
      ? { chart: { ...source.chart, valuesFile: file } }
      : { manifests: text };
  };
  return { ...recipe, version: `of ${basename(file)}`, manifest: undefined, forVersion: undefined, install };
}

/** Replaces the chart of the repository by a local one. */
function withChart(plugin: Plugin, recipe: KubernetesRecipe, chartDir: string): Plugin | string {
  const version = chartVersion(join(chartDir, "Chart.yaml"));
  const other = version === null ? undefined : recipe.forVersion?.(version);
  if (other === undefined)
    return (
      `${join(chartDir, "Chart.yaml")}: no version of ${plugin.name} found; ` +
      "name the directory of its chart, as extracted by helm pull --untar"
    );
  const install: KubernetesRecipe["install"] = (context) => {
    const source = other.install?.(context);
    if (source === undefined || !("chart" in source))
      throw new Error(`the recipe of ${plugin.name} requires helm but has no chart`);
    const { release, namespace, values } = source.chart;
    return { chart: { release, namespace, values, chart: chartDir } };
  };
  return { ...plugin, name: nameWithSource(plugin.name, chartDir), kubernetes: { ...other, install } };
}

/** Returns the version in a Chart.yaml; null if it has no valid one. */
function chartVersion(file: string): string | null {
  if (statSync(file).size > MAX_FILE_BYTES) return null;
  const parsed = parseYaml(readFileSync(file, "utf8"), file);
  const found =
    "root" in parsed && parsed.root.kind === "map"
      ? parsed.root.entries.find(({ key }) => key === "version")?.value
      : undefined;
  return found?.kind === "scalar" && typeof found.value === "string" && VERSION.test(found.value) ? found.value : null;
}

/** Returns a name for cell ids and directories: `bridge-in-cni-1.9.0`. */
function nameWithSource(name: string, path: string): string {
  return `${name}-in-${basename(path)
    .replace(/[^A-Za-z0-9._+-]/g, "-")
    .slice(0, 40)}`;
}

/** Returns the names that a plugin of `--plugins` can have in a stored run: `bridge@old` is `bridge-in-old` there. */
export function namesOfPluginSpec(pluginSpec: string): string[] {
  const [name = "", ...rest] = pluginSpec.split("@");
  const source = rest.join("@");
  return source === "" ? [pluginSpec] : [nameWithSource(name, resolve(source)), `${name}-${source}`];
}

function pathKind(path: string): "directory" | "file" | null {
  const found = statSync(resolve(path), { throwIfNoEntry: false });
  if (found === undefined) return null;
  return found.isDirectory() ? "directory" : "file";
}
