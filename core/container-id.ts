/** IDs of the containers that cnibench creates. */
import { createHash } from "node:crypto";

/**
 * Returns the ID of a container as a runtime creates it: 64 hexadecimal digits, different from those of other
 * containers from the first digits on, because plugins name links after a part of it. The same name has the same ID.
 */
export function containerIdOf(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}
