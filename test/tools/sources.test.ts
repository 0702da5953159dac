import { describe, expect, it } from "vitest";
import {
  archiveOnly,
  distributionOf,
  parseDeb822,
  parseOneLine,
  renderSources,
  withComponents,
  type Distribution,
} from "../../tools/sources.ts";

const BOOKWORM: Distribution = { family: "debian", codenames: ["bookworm"] };
const NOBLE: Distribution = { family: "ubuntu", codenames: ["noble"] };

const SIGNED = "[arch=amd64,arm64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
const DEBIAN_LIST = `
# the archive
deb http://mirror.example.org/debian bookworm main contrib # the stable release
deb-src http://mirror.example.org/debian bookworm main
deb ${SIGNED} https://mirror.example.org/debian-security/ bookworm-security main
deb [trusted=yes allow-insecure=yes] http://mirror.example.org/debian bookworm-updates main
deb cdrom:[Debian GNU/Linux 12.0.0 _Bookworm_ - amd64]/ bookworm main
`;

const UBUNTU_SOURCES = `# See the manual.
Types: deb deb-src
URIs: http://archive.example.org/ubuntu/
Suites: noble noble-updates noble-backports
Components: main
 restricted
## a comment between the fields
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg

Types: deb
URIs: http://security.example.org/ubuntu/
Suites: noble-security
Components: main restricted
Trusted: yes
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
 -----END PGP PUBLIC KEY BLOCK-----

Enabled: no
Types: deb
URIs: http://archive.example.org/ubuntu/
Suites: noble-proposed
Components: main
`;

describe("distributionOf", () => {
  it.each([
    ["Debian", "ID=debian\nVERSION_CODENAME=bookworm\n", { family: "debian", codenames: ["bookworm"] }],
    ["Ubuntu", "ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n", NOBLE],
    [
      "a derivative that uses the Ubuntu archive",
      'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=virginia\nUBUNTU_CODENAME=jammy\n',
      { family: "ubuntu", codenames: ["virginia", "jammy"] },
    ],
    ["Fedora", "ID=fedora\nVERSION_ID=40\n", null],
    ["nothing", "", null],
  ])("reads %s", (_, text, expected) => {
    expect(distributionOf(text)).toEqual(expected);
  });
});

describe("parseOneLine", () => {
  it("parses suites, components and options that preserve checks, and ignores options that disable checks", () => {
    const sources = archiveOnly(parseOneLine(DEBIAN_LIST), BOOKWORM);
    expect(sources).toEqual([
      {
        uris: ["http://mirror.example.org/debian"],
        suites: ["bookworm"],
        components: ["main", "contrib"],
        options: {},
      },
      {
        uris: ["https://mirror.example.org/debian-security/"],
        suites: ["bookworm-security"],
        components: ["main"],
        options: { Architectures: "amd64 arm64", "Signed-By": "/usr/share/keyrings/debian-archive-keyring.gpg" },
      },
      { uris: ["http://mirror.example.org/debian"], suites: ["bookworm-updates"], components: ["main"], options: {} },
    ]);
  });

  it("ignores invalid lines", () => {
    expect(parseOneLine("deb\ndeb [\ndeb http://x\nwhatever main\n\0\n")).toEqual([]);
  });
});

describe("parseDeb822", () => {
  it("parses continued fields and embedded keys, and ignores disabled and source-only stanzas", () => {
    const sources = archiveOnly(parseDeb822(UBUNTU_SOURCES), NOBLE);
    expect(sources.map(({ suites, components }) => ({ suites, components }))).toEqual([
      { suites: ["noble", "noble-updates"], components: ["main", "restricted"] },
      { suites: ["noble-security"], components: ["main", "restricted"] },
    ]);
    expect(sources[1]?.options["Signed-By"]).toContain("\n mQINBF\n");
    expect(parseDeb822("Types: deb-src\nURIs: http://x.example.org/debian\nSuites: sid\nComponents: main\n")).toEqual(
      [],
    );
  });
});

describe("archiveOnly", () => {
  const kept = (line: string, distribution = BOOKWORM): boolean =>
    archiveOnly(parseOneLine(line), distribution).length === 1;

  it.each([
    "deb http://mirror.example.org/some/where/debian bookworm main",
    "deb http://snapshot.example.org/archive/debian/20250520T000000Z/ bookworm main",
    "deb http://mirror.example.org/api/debian-remote stable main",
    "deb mirror+file:/etc/apt/mirrors/debian.list bookworm main",
    "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example.org/mine bookworm main",
  ])("keeps %s", (line) => expect(kept(line)).toBe(true));

  it.each([
    ["a vendor's component", "deb https://download.example.org/linux/debian bookworm stable"],
    ["a vendor's suite", "deb https://apt.example.org/pub/debian bookworm-pgdg main"],
    ["a vendor's path", "deb https://apt.example.org/tools bookworm main"],
    ["a vendor's path below the name", "deb https://apt.example.org/debian/12/prod bookworm main"],
    ["another release", "deb http://mirror.example.org/debian trixie main"],
    ["a flat repository", "deb http://mirror.example.org/debian ./"],
  ])("drops %s", (_, line) => expect(kept(line)).toBe(false));

  it("drops a personal package archive, although its path and suite match Ubuntu", () => {
    expect(kept("deb https://ppa.example.org/somebody/thing/ubuntu noble main", NOBLE)).toBe(false);
    expect(kept("deb http://archive.example.org/ubuntu noble main", NOBLE)).toBe(true);
  });
});

describe("renderSources", () => {
  it("adds the components, requests only package lists, and can be parsed again", () => {
    const sources = withComponents(archiveOnly(parseDeb822(UBUNTU_SOURCES), NOBLE), ["universe", "main"]);
    const text = renderSources(sources);
    expect(parseDeb822(text)).toEqual(sources);
    expect(text).toContain("Components: main restricted universe\n");
    expect(text.match(/^Targets: Packages$/gm)).toHaveLength(2);
    expect(text).not.toMatch(/trusted|allow/i);
  });
});
