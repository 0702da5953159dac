/** The result that ADD printed, which a plugin may have malformed: each part is read when a clause needs it. */
import { type CniResult, isObject, type JsonObject, readResult } from "../../cni/index.ts";
import { messageOf } from "../../core/errors.ts";
import { Skip } from "./demand.ts";

type ResultPart = "interfaces" | "ips" | "routes" | "dns";

/** Versions before 0.3.0 have the address and the routes of a family in one object. */
const FAMILIES = ["ip4", "ip6"] as const;

/** A malformed part skips the clauses that read it; add.result.types and out.add.onejson judge it. */
export class PrintedResult implements Omit<CniResult, "cniVersion"> {
  readonly #raw: JsonObject | null;
  readonly #noResult: string;

  /** @param noResult reason for a missing object; used only if `raw` is null */
  constructor(raw: JsonObject | null, noResult: string) {
    this.#raw = raw;
    this.#noResult = noResult;
  }

  /** The object as printed. @throws Skip when ADD printed none */
  get raw(): JsonObject {
    if (this.#raw === null) throw new Skip(this.#noResult);
    return this.#raw;
  }

  get interfaces(): CniResult["interfaces"] {
    return this.#read("interfaces").interfaces;
  }

  get ips(): CniResult["ips"] {
    return this.#read("ips").ips;
  }

  get routes(): CniResult["routes"] {
    return this.#read("routes").routes;
  }

  get dns(): CniResult["dns"] {
    return this.#read("dns").dns;
  }

  #read(part: ResultPart): CniResult {
    const { raw } = this;
    const families = FAMILIES.flatMap((key): [string, JsonObject[string]][] => {
      const family = raw[key];
      if (family === undefined || (part !== "ips" && part !== "routes")) return [];
      return [[key, part === "ips" && isObject(family) ? { ...family, routes: null } : family]];
    });
    try {
      return readResult({ ...Object.fromEntries(families), ...(raw[part] !== undefined && { [part]: raw[part] }) });
    } catch (error) {
      throw new Skip(malformed(error));
    }
  }
}

/** Why a result is invalid, or null. */
export function resultFault(raw: JsonObject): string | null {
  try {
    readResult(raw);
    return null;
  } catch (error) {
    return malformed(error);
  }
}

function malformed(error: unknown): string {
  return `the result of ADD is malformed: ${messageOf(error)}`;
}
