/** Lies about environment, input and output, each with the clauses that must notice. */
import { failIf, print, type Lie } from "./lie.ts";

/** Changes the words of a failure. */
const failing = (edit: string): string => `*) out=$(real) && { printf '%s' "$out"; exit 0; }; printf '%s' "$out" | ${edit}; exit 1 ;;`;

export const INPUT_LIES: readonly Lie[] = [
  { name: "add-fails-in-the-end", base: "bridge", script: `ADD) real; exit 1 ;;`, kills: ["env.exit.success", "env.exit.failure"] },
  { name: "errors-with-exit-0", base: "bridge", script: `ADD) real; exit 0 ;;`, kills: ["env.exit.failure", "env.ifname.chars", "dlg.badresult", "add.existing-ifname", "add.duplicate", "add.netns.missing", "add.netns.notnetns"] },
  { name: "crash-on-null", base: "bridge", script: `ADD) [ "$input" != null ] || kill -SEGV $$; real ;;`, kills: ["env.nocrash"] },
  { name: "leaves-a-process", base: "bridge", script: `ADD) real; setsid sleep 60 >/dev/null 2>&1 & ;;`, kills: ["env.detached"] },
  { name: "no-command-is-fine", base: "simplecni", script: `"") exit 0 ;;`, kills: ["env.command.missing", "env.exit.failure"] },
  { name: "any-command-is-fine", base: "simplecni", script: `FOO) exit 0 ;;`, kills: ["env.command.unknown"] },
  { name: "default-container-id", base: "bridge", script: `ADD|DEL|CHECK) [ -n "$CNI_CONTAINERID" ] || export CNI_CONTAINERID=default; real ;;`, kills: ["env.containerid.missing"] },
  { name: "netns-not-needed", base: "bridge", script: `CHECK) [ -n "$CNI_NETNS" ] || exit 0; real ;;`, kills: ["env.netns.missing"] },
  { name: "default-interface-name", base: "bridge", script: `ADD|DEL|CHECK) [ -n "$CNI_IFNAME" ] || export CNI_IFNAME=eth5; real ;;`, kills: ["env.ifname.missing"] },
  { name: "nameless-errors", base: "simplecni", script: failing(`sed 's/CNI_[A-Z]*/it/g'`), kills: ["env.error.names"] },
  { name: "any-container-id", base: "simplecni", script: `ADD) CNI_CONTAINERID=$(printf %s "$CNI_CONTAINERID" | tr -c A-Za-z0-9 x); export CNI_CONTAINERID; real ;;`, kills: ["env.containerid.chars"] },
  { name: "no-digit-first-in-ids", base: "simplecni", script: failIf("ADD", `case $CNI_CONTAINERID in [0-9]*) true ;; *) false ;; esac`), kills: ["env.containerid.accept"] },
  { name: "slash-in-interface-name", base: "bridge", script: `DEL) case $CNI_IFNAME in */*) exit 0 ;; esac; real ;;`, kills: ["env.ifname.chars"] },
  { name: "interface-name-cut", base: "bridge", script: `ADD) CNI_IFNAME=$(printf %.4s "$CNI_IFNAME"); export CNI_IFNAME; real ;;`, kills: ["env.ifname.accept", "env.ifname.honoured"] },
  { name: "path-needed", base: "simplecni", version: "1.1.0", script: failIf("ADD|DEL|STATUS|GC", `[ -z "$CNI_PATH" ]`), kills: ["env.path.optional", "env.path.status", "env.path.gc"] },
  { name: "empty-args-refused", base: "bridge", script: failIf("ADD", `[ "\${CNI_ARGS-x}" = "" ]`), kills: ["env.args.optional"] },
  { name: "proc-path-refused", base: "bridge", script: failIf("ADD", `case $CNI_NETNS in /proc/*) true ;; *) false ;; esac`), kills: ["env.netns.proc"] },
  { name: "no-json-code-7", base: "simplecni", script: failing(`sed 's/"code":6/"code":7/'`), kills: ["cfg.json.malformed", "cfg.json.empty"] },
  { name: "null-is-code-1", base: "simplecni", script: failing(`sed 's/"code":[67]/"code":1/'`), kills: ["cfg.json.notobject", "cfg.name.missing"] },
  { name: "any-network-name", base: "simplecni", script: `ADD) input=$(printf %s "$input" | sed 's,"name":"a/b","name":"ab",'); real ;;`, kills: ["cfg.name.chars"] },
  { name: "network-name-needs-letter", base: "simplecni", script: failIf("ADD", `case $input in *'"name":"0"'*) true ;; *) false ;; esac`), kills: ["cfg.name.accept"] },
  { name: "any-version", base: "bridge", script: `*) input=$(printf %s "$input" | sed 's/"9.9.9"/"1.0.0"/'); real ;;`, kills: ["cfg.version.unsupported"] },
  { name: "unknown-key-refused", base: "bridge", script: failIf("ADD", `case $input in *cnibenchUnknown*) true ;; *) false ;; esac`), kills: ["cfg.unknown.tolerated"] },
  { name: "invalid-config-leaves-file", base: "host-local", script: `ADD) real || { : >/var/lib/cni/left; exit 1; } ;;`, kills: ["cfg.invalid.clean", "ipam.exhausted", "ipam.partial-release"] },
  { name: "log-line-first", base: "bridge", script: `ADD) echo level=info; real ;;`, kills: ["out.add.onejson"] },
  { name: "result-twice", base: "bridge", script: print(`sed p`), kills: ["out.add.onejson"] },
  { name: "check-prints", base: "bridge", script: `CHECK) real && echo ok ;;`, kills: ["out.check.empty"] },
  { name: "gc-prints", base: "simplecni", version: "1.1.0", script: `GC) real && echo ok ;;`, kills: ["out.gc.empty"] },
  { name: "version-prints-more", base: "bridge", script: `VERSION) real; echo ok ;;`, kills: ["out.version.onejson"] },
  { name: "errors-as-text", base: "simplecni", version: "0.4.0", script: failing(`sed 's/.*/error: boom/'`), kills: ["out.error.onejson", "err.code", "err.msg"] },
  { name: "errors-on-stderr", base: "simplecni", version: "0.4.0", script: failing(`cat >&2`), kills: ["out.error.stdout", "out.error.onejson"] },
  { name: "error-without-msg", base: "simplecni", version: "0.4.0", script: failing(`jq -c 'del(.msg)'`), kills: ["err.msg"] },
  { name: "error-code-text", base: "simplecni", version: "0.4.0", script: failing(`jq -c '.code|=tostring'`), kills: ["err.code"] },
  { name: "error-without-version", base: "simplecni", version: "0.4.0", script: failing(`jq -c 'del(.cniVersion)'`), kills: ["err.cniversion"] },
  { name: "error-code-42", base: "bridge", script: failing(`jq -c '.code=42'`), kills: ["err.code.reserved"] },
  { name: "error-code-50", base: "simplecni", version: "1.1.0", script: failing(`jq -c '.code=50'`), kills: ["err.code.status-only"] },
];
