import tseslint from "typescript-eslint";

/** Packages that only one file or folder may import, so that they can be replaced in one place. */
const RESTRICTED_PACKAGES = {
  execa: ["core/local.ts"],
  yaml: ["core/validation/yaml.ts"],
  "ipaddr.js": ["core/ip.ts"],
  commander: ["cli/**"],
  "@resvg/resvg-js": ["reports/**"],
  "string-width": ["reports/display-width.ts"],
  vega: ["reports/**"],
  "vega-lite": ["reports/**"],
  "node:child_process": [],
};

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "cnibench-out*/"] },
  {
    // The JavaScript of pages is checked like the rest of the code; its types are in JSDoc comments.
    files: ["**/*.ts", "reports/html/script/*.js"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // A test may build a deliberately wrong value; the compiler checks everything else.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      complexity: ["error", 12],
      "max-params": ["error", 4],
      "max-lines-per-function": ["error", 50],
    },
  },
  // The callback of a describe() holds all tests of a file.
  { files: ["test/**"], rules: { "max-lines-per-function": "off" } },
  ...restrictedPackages([
    "core",
    "cni",
    "kubernetes",
    "tools",
    "conformance",
    "results",
    "suites",
    "plugins",
    "clusters",
    "runners",
    "reports",
    "engine",
    "cli",
  ]),
);

/** One rule set per importer, because a later `no-restricted-imports` replaces an earlier one. */
function restrictedPackages(folders) {
  const importers = [...new Set(Object.values(RESTRICTED_PACKAGES).flat())];
  const restrict = (files, importer) => ({
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: Object.entries(RESTRICTED_PACKAGES)
            .filter(([, allowed]) => !allowed.includes(importer))
            .map(([name, allowed]) => ({
              name,
              message: `Only ${allowed.join(", ") || "core/local.ts through execa"} may import it.`,
            })),
        },
      ],
    },
  });
  return [
    restrict(folders.map((folder) => `${folder}/**/*.ts`)),
    ...importers.map((importer) => restrict([importer], importer)),
  ];
}
