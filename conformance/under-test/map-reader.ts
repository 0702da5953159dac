/** Reads a YAML map key by key and collects every problem with its position. */
import { parseNetworkConfig } from "../../cni/conf.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import { UsageError, UsageErrors, messageOf, printable } from "../../core/errors.ts";
import { didYouMean } from "../../core/text.ts";
import { formatPosition, type DataNode, type MapNode } from "../../core/validation/document.ts";

/** Typed access to the keys of one map. Nested maps add to the same list of problems. */
export class MapReader {
  readonly node: DataNode;
  readonly #map: MapNode | null;
  readonly #problems: string[];

  constructor(node: DataNode, keys: readonly string[], problems: string[] = []) {
    this.node = node;
    this.#map = node.kind === "map" ? node : null;
    this.#problems = problems;
    if (this.#map === null) this.addProblem(node, `expected a map with the keys ${keys.join(", ")}`);
    for (const { key, value } of this.#map?.entries ?? []) {
      if (!keys.includes(key))
        this.addProblem(value, `unknown key "${printable(key)}"${didYouMean(key, keys)}; remove it`);
    }
  }

  addProblem(node: DataNode, problem: string): void {
    this.#problems.push(`${formatPosition(node)}: ${problem}`);
  }

  throwProblems(): void {
    if (this.#problems.length > 0) throw new UsageErrors(this.#problems);
  }

  string(key: string): string {
    const node = this.#at(key);
    if (node === null) return "";
    if (node.kind === "scalar" && typeof node.value === "string") return node.value;
    this.addProblem(node, `"${key}" must be a string`);
    return "";
  }

  boolean(key: string): boolean {
    const node = this.#at(key);
    if (node !== null && !(node.kind === "scalar" && typeof node.value === "boolean"))
      this.addProblem(node, `"${key}" must be true or false`);
    return node?.kind === "scalar" && node.value === true;
  }

  integer(key: string, fallback: number, min: number, max: number): number {
    const node = this.#at(key);
    if (node === null) return fallback;
    if (
      node.kind === "scalar" &&
      typeof node.value === "number" &&
      Number.isInteger(node.value) &&
      node.value >= min &&
      node.value <= max
    )
      return node.value;
    this.addProblem(node, `"${key}" must be an integer from ${min} to ${max}`);
    return fallback;
  }

  strings(key: string, allowed?: readonly string[]): readonly string[] {
    const node = this.#at(key);
    if (node === null) return [];
    if (node.kind !== "list") {
      this.addProblem(node, `"${key}" must be a list`);
      return [];
    }
    return node.items.flatMap((item) => {
      if (item.kind === "scalar" && typeof item.value === "string" && (allowed?.includes(item.value) ?? true))
        return [item.value];
      this.addProblem(item, `"${key}" must be a list of ${allowed?.join(", ") ?? "strings"}`);
      return [];
    });
  }

  maps(key: string, keys: readonly string[]): readonly MapReader[] {
    const node = this.#at(key);
    if (node === null) return [];
    if (node.kind === "list") return node.items.map((item) => new MapReader(item, keys, this.#problems));
    this.addProblem(node, `"${key}" must be a list`);
    return [];
  }

  /** A network configuration in a string of JSON; null if it is missing or invalid. */
  config(key: string): NetworkConfigList | null {
    const node = this.#at(key) ?? this.node;
    const json = this.string(key);
    try {
      if (json === "") throw new UsageError(`"${key}" is missing; set it to the network configuration as JSON`);
      return parseNetworkConfig(json, key);
    } catch (error) {
      this.addProblem(node, messageOf(error));
      return null;
    }
  }

  #at(key: string): DataNode | null {
    return this.#map?.entries.find((entry) => entry.key === key)?.value ?? null;
  }
}
