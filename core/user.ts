/** Reads the current user of the system. */
import { userInfo } from "node:os";

/** Returns the user name, or "" if the user ID has no passwd entry, as in many containers. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}
