/** What may stand behind the @ of `--plugins NAME@...`: a folder with programs or a chart, a file of the user's, or a version. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { messageOf } from "../core/errors.ts";
import { parseYaml } from "../core/yaml.ts";
import type { KubernetesRecipe, Plugin } from "../plugins/plugin.ts";

const VERSION = /^v?\d+\.\d+[\w.+-]*$/;
/** Bytes of a manifest or of values: the largest known has 600 kB. */
const MAX_BYTES = 8 * 1024 * 1024;

/** A path in its whole length; a version as it is, unless something of that name lies here. */
export function resolveSource(given: string): string {
  return VERSION.test(given) && pathKind(given) === null ? given : resolve(given);
}

/** @returns the plugin as it is to be measured, under a name of its own; or a sentence that says what is wrong. */
export function overridePlugin(plugin: Plugin, given: string): Plugin | string {
  const { name, kubernetes } = plugin;
  const path = resolve(given);
  switch (pathKind(given)) {
    case "folder":
      return kubernetes?.tools?.includes("helm") === true && existsSync(join(path, "Chart.yaml"))
        ? withChart(plugin, kubernetes, path)
        : { ...plugin, name: nameWithSource(name, path), binDir: path };
    case "file":
      if (kubernetes === undefined)
        return `${path} is a file, and ${name} has no manifest to be replaced; name the folder that holds its program`;
      try {
        return { ...plugin, name: nameWithSource(name, path), kubernetes: withFile(kubernetes, path) };
      } catch (error) {
        return `${messageOf(error)}; name a manifest that can be read`;
      }
    case null: {
      const other = VERSION.test(given) ? kubernetes?.forVersion?.(given) : undefined;
      if (other !== undefined) return { ...plugin, name: `${name}-${given}`, kubernetes: other };
      if (VERSION.test(given) && kubernetes !== undefined)
        return `cnibench knows no version of ${name} but ${kubernetes.version}; give its manifest as ${name}@FILE`;
      return `${path} is no folder; name the folder that holds this version of ${name}`;
    }
  }
}

/** A file takes the place of the manifest as it is; for a chart it adds values, which win. @throws Error when it cannot be read. */
function withFile(recipe: KubernetesRecipe, file: string): KubernetesRecipe {
  if (statSync(file).size > MAX_BYTES) throw new Error(`${file} has more than ${MAX_BYTES} bytes`);
  const text = readFileSync(file, "utf8");
  const install: KubernetesRecipe["install"] = (context) => {
    const source = recipe.install?.(context);
    return source !== undefined && "chart" in source
      ? { chart: { ...source.chart, valuesFile: file } }
      : { manifests: text };
  };
  return { ...recipe, version: `of ${basename(file)}`, manifest: undefined, forVersion: undefined, install };
}

/** In the place of the one of the repository. */
function withChart(plugin: Plugin, recipe: KubernetesRecipe, chartDir: string): Plugin | string {
  const version = chartVersion(join(chartDir, "Chart.yaml"));
  const other = version === null ? undefined : recipe.forVersion?.(version);
  if (other === undefined)
    return `${join(chartDir, "Chart.yaml")} tells no version of ${plugin.name}; name the folder of its chart, as helm pull --untar leaves it`;
  const install: KubernetesRecipe["install"] = (context) => {
    const source = other.install?.(context);
    if (source === undefined || !("chart" in source))
      throw new Error(`the recipe of ${plugin.name} needs helm, and has no chart`);
    const { release, namespace, values } = source.chart;
    return { chart: { release, namespace, values, chart: chartDir } };
  };
  return { ...plugin, name: nameWithSource(plugin.name, chartDir), kubernetes: { ...other, install } };
}

/** null: there is none that could be one. */
function chartVersion(file: string): string | null {
  if (statSync(file).size > MAX_BYTES) return null;
  const parsed = parseYaml(readFileSync(file, "utf8"), file);
  const found =
    "root" in parsed && parsed.root.kind === "map"
      ? parsed.root.entries.find(({ key }) => key === "version")?.value
      : undefined;
  return found?.kind === "scalar" && typeof found.value === "string" && VERSION.test(found.value) ? found.value : null;
}

/** Part of cell ids and folder names: `bridge-in-cni-1.9.0`. */
function nameWithSource(name: string, path: string): string {
  return `${name}-in-${basename(path)
    .replace(/[^A-Za-z0-9._+-]/g, "-")
    .slice(0, 40)}`;
}

function pathKind(path: string): "folder" | "file" | null {
  const found = statSync(resolve(path), { throwIfNoEntry: false });
  if (found === undefined) return null;
  return found.isDirectory() ? "folder" : "file";
}
