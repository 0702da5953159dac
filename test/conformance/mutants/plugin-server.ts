/**
 * Plugins as functions of this process. The suite executes a Perl stub, which sends its environment and input over a
 * socket, and then runs the commands that it receives. Perl starts in 3 ms and is part of every Debian system; Node
 * takes 70 ms, jq takes 20 ms, and a shell cannot connect to a socket.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { ExecOptions, Output, Shell } from "../../../core/shell.ts";
import { outputOf } from "../../helpers/fake-host.ts";
import { Frames } from "./frames.ts";

/** One execution of a plugin. */
export interface PluginCall {
  /** The environment of the execution; undefined: unset. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The entire input; null if it cannot be read. */
  readonly input: string | null;
  /** Runs commands in the namespaces of the execution, with the standard error of the plugin. */
  readonly shell: Shell;
}

/** Exit code and output of an execution. */
export interface PluginOutput {
  readonly exitCode: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

export type PluginHandler = (call: PluginCall) => Promise<PluginOutput>;

/** A directory that host and lab share; a lab has its own /tmp and /run. */
const SHARED_DIR = "/var/tmp";

const STUB_SCRIPT = `#!/usr/bin/perl
my $readable = -p STDIN || -f STDIN && (stat STDIN)[1] != (stat $0)[1];
undef $/;
my $input = $readable ? <STDIN> : "";
socket(S, 1, 1, 0) && connect(S, pack("Sa*", 1, "SOCKET")) or die "the test process does not respond\\n";
select((select(S), $| = 1)[0]);
sub send_frame { my $text = join "\\0", @_; print S pack("N", length $text) . $text }
sub get_frame { read(S, my $size, 4) == 4 or exit 99; read S, my $text, unpack("N", $size); split /\\0/, $text, -1 }
sub run {
  my ($stdin, $count, @argv) = @_;
  my @env = splice @argv, 0, $count;
  pipe my $in, my $to; pipe my $from, my $out;
  my $pid = fork;
  if (!$pid) {
    open STDIN, "<&", $in; open STDOUT, ">&", $out;
    for (@env) { my ($name, $value) = split /=/, $_, 2; defined $value ? ($ENV{$name} = $value) : delete $ENV{$name} }
    exec { $argv[0] } @argv or exit 127;
  }
  close $in; close $out;
  local $SIG{PIPE} = "IGNORE";
  print $to $stdin; close $to;
  my $output = <$from>;
  waitpid $pid, 0;
  send_frame($? & 127 ? 128 + ($? & 127) : $? >> 8, $output);
}
send_frame("NAME", $readable ? 1 : 0, map { "$_=$ENV{$_}" } keys %ENV);
send_frame($input);
while (my ($command, @rest) = get_frame()) {
  run(@rest) if $command eq "run";
  if ($command eq "exit") { print STDERR $rest[2]; print STDOUT $rest[1]; exit $rest[0] }
}
`;

/** Serves the stubs of any number of plugins. */
export class PluginServer implements AsyncDisposable {
  /** Executions so far. */
  calls = 0;
  /** Errors that handlers threw: defects of the test, not of a plugin. */
  readonly errors: unknown[] = [];
  readonly #dir: string;
  readonly #server: Server;
  readonly #handlers = new Map<string, PluginHandler>();

  private constructor(dir: string) {
    this.#dir = dir;
    this.#server = createServer(
      (socket) => void this.#serve(socket).catch((error: unknown) => this.errors.push(error)),
    );
  }

  static async open(): Promise<PluginServer> {
    const server = new PluginServer(mkdtempSync(join(SHARED_DIR, "cnibench-")));
    await new Promise<void>((resolve) => server.#server.listen(join(server.#dir, "socket"), resolve));
    return server;
  }

  /** Registers a handler. @returns the content of an executable that runs it */
  add(name: string, handler: PluginHandler): string {
    this.#handlers.set(name, handler);
    return STUB_SCRIPT.replace("NAME", name).replace("SOCKET", `/.host${this.#dir}/socket`);
  }

  async #serve(socket: Socket): Promise<void> {
    this.calls++;
    const frames = new Frames(socket);
    try {
      const [name = "", readable, ...env] = await frames.next();
      const input = (await frames.next()).join("\0");
      const handler = this.#handlers.get(name);
      if (handler === undefined) throw new Error(`unknown plugin ${name}`);
      const pairs = env.map((pair): [string, string] => [
        pair.slice(0, pair.indexOf("=")),
        pair.slice(pair.indexOf("=") + 1),
      ]);
      const output = await handler({
        env: Object.fromEntries(pairs),
        input: readable === "1" ? input : null,
        shell: shellOf(frames),
      });
      frames.send("exit", String(output.exitCode), output.stdout ?? "", output.stderr ?? "");
    } catch (error) {
      // The suite may terminate an execution at any moment.
      if (!frames.ended) this.errors.push(error);
    } finally {
      socket.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** A shell that runs commands in the stub, one at a time. */
function shellOf(frames: Frames): Shell {
  return {
    name: "a plugin under test",
    exec: async (argv: readonly string[], { stdin = "", env = {} }: ExecOptions = {}): Promise<Output> => {
      const changes = Object.entries(env).map(([name, value]) => (value === undefined ? name : `${name}=${value}`));
      frames.send("run", String(stdin), String(changes.length), ...changes, ...argv);
      const [code, stdout = ""] = await frames.next();
      return outputOf(argv, { where: "a plugin under test", stdout, exitCode: Number(code) });
    },
    start: () => {
      throw new Error("a plugin under test cannot start background processes");
    },
  };
}
