/** Who runs cnibench. */
import { userInfo } from "node:os";

/** Name of the user, or "" when the system knows none for the user id, as in many a container. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}
