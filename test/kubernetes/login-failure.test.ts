/** What a failing login program printed, as kubectl 1.32 passes it on. */
import { expect, test } from "vitest";
import { loginFailure } from "../../kubernetes/login-failure.ts";

test("the words of the program follow kubectl's error, each line once", () => {
  const stderr =
    "Error loading SSO Token: Token for default does not exist\n" +
    'E1130 08:20:52.123456    1234 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API"\n' +
    "Error loading SSO Token: Token for default does not exist\n" +
    "Unable to connect to the server: getting credentials: exec: executable /bin/sso failed with exit code 255\n";
  expect(loginFailure(stderr)).toBe(
    "exec: executable /bin/sso failed with exit code 255; " +
      "it printed: Error loading SSO Token: Token for default does not exist",
  );
});

test("a program that is not installed prints nothing", () => {
  const stderr =
    "Unable to connect to the server: getting credentials: exec: executable kubelogin not found\n\n" +
    "It looks like you are trying to use a client-go credential plugin that is not installed.\n";
  expect(loginFailure(stderr)).toBe("exec: executable kubelogin not found");
});

test("long output and terminal escapes are limited", () => {
  const lines = Array.from({ length: 9 }, (_, i) => `\u001b[31m${i}${"x".repeat(999)}`).join("\n");
  const found = loginFailure(`${lines}\nUnable to connect to the server: getting credentials: exec: exit status 1`);
  expect(found).not.toContain("\u001b");
  expect(found).toContain("[31m8");
  expect(found?.length).toBeLessThan(900);
});

test("other failures are not those of a login program", () => {
  expect(loginFailure("Unable to connect to the server: dial tcp 10.0.0.1:6443: i/o timeout\n")).toBeNull();
});
