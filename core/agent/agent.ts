/**
 * Client of the node agent (agent.pl): a {@link Shell} whose commands are forked by a small process on the node.
 *
 * Frame format in both directions: operation (1 byte), command ID and payload length (32 bit, big endian), payload.
 * To the agent: X start, I input, E end of input, K signal.
 * From the agent: H hello, O stdout, R stderr, D done, F cannot start.
 */
import { constants } from "node:os";
import { Capture } from "../capture.ts";
import { EnvironmentError } from "../errors.ts";
import {
  DEFAULT_MAX_OUTPUT_BYTES,
  DEFAULT_TIMEOUT_S,
  type ExecOptions,
  type Output,
  type Process,
  type Shell,
} from "../shell.ts";

const HEADER_BYTES = 9;
/** A frame of the agent contains the data of one read, which is far smaller. */
const MAX_FRAME_BYTES = 1024 * 1024;
/** Seconds for the agent to report that a killed command has ended. A lost connection would stay silent for minutes. */
const KILL_REPORT_TIMEOUT_S = 10;
const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** Transports the frames: the standard streams of a started agent. */
export interface AgentTransport {
  write(frame: Buffer): void;
  onData(listener: (chunk: Buffer) => void): void;
  /** Registers a listener that is called once, with the last output of the agent, when the agent has ended. */
  onEnd(listener: (reason: string) => void): void;
  /** Returns further diagnostics about a running agent that does not respond. */
  explainSilence?(): string;
}

/** The exit status of a command as the agent reports it. */
interface CommandEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly overflow: boolean;
  readonly startError: string | null;
  readonly leftover?: Output["leftover"];
  readonly cpu?: number;
}

interface RunningCommand {
  readonly out: Capture;
  readonly err: Capture;
  finish(end: CommandEnd): void;
}

/** Runs commands on a node through its agent. */
export class Agent implements Shell {
  readonly name: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #transport: AgentTransport;
  readonly #running = new Map<number, RunningCommand>();
  /** Resolves with the PID of the agent on the node and the PID as seen from the host. */
  readonly hello: Promise<readonly string[]>;
  #resolveHello: (pids: readonly string[]) => void = () => undefined;
  #rejectHello: (error: Error) => void = () => undefined;
  #chunks: Buffer[] = [];
  #buffered = 0;
  #lastId = 0;
  #endMessage: string | null = null;

  /** @param env the complete environment of every command */
  constructor(name: string, env: Readonly<Record<string, string>>, transport: AgentTransport) {
    this.name = name;
    this.#env = env;
    this.#transport = transport;
    this.hello = new Promise((resolve, reject) => {
      this.#resolveHello = resolve;
      this.#rejectHello = reject;
    });
    this.hello.catch(() => undefined); // the rejection stays visible to callers that await it
    transport.onData((chunk) => this.#receive(chunk));
    transport.onEnd((reason) => this.#fail(reason));
  }

  exec(argv: readonly string[], options: ExecOptions = {}): Promise<Output> {
    const timeout = options.timeout ?? DEFAULT_TIMEOUT_S;
    return this.start(argv, { ...options, stdin: options.stdin ?? "", timeout }).done;
  }

  start(argv: readonly string[], options: ExecOptions = {}): Process {
    const id = ++this.#lastId;
    const started = performance.now();
    let ended: Output["ended"] = null;
    let killTimer: NodeJS.Timeout | undefined;
    const kill = (signal: string): void => {
      if (!this.#running.has(id)) return; // it has ended, so nothing would clear the timer
      this.#send("K", id, signal);
      if (signal !== "KILL") return;
      killTimer ??= setTimeout(
        () => this.#running.get(id)?.finish(endWithError(this.#silenceMessage())),
        KILL_REPORT_TIMEOUT_S * 1000,
      );
    };
    const terminate = (cause: "timeout" | "abort"): void => {
      ended ??= cause;
      kill("KILL");
    };
    const timer = options.timeout === undefined ? undefined : setTimeout(terminate, options.timeout * 1000, "timeout");
    const onAbort = (): void => terminate("abort");
    const out = new Capture(Infinity, () => undefined, options.onStdout); // the agent enforces the limit
    const err = new Capture(Infinity, () => undefined);
    const done = new Promise<Output>((resolve) => {
      const finish = ({ overflow, ...facts }: CommandEnd): void => {
        this.#running.delete(id);
        clearTimeout(timer);
        clearTimeout(killTimer);
        options.signal?.removeEventListener("abort", onAbort);
        resolve({
          argv,
          where: this.name,
          stdout: out.text(),
          stderr: err.text(),
          ...facts,
          duration: (performance.now() - started) / 1000,
          ended: overflow ? "output-limit" : ended,
        });
      };
      this.#running.set(id, { out, err, finish });
    });
    this.#sendStart(id, argv, options);
    if (options.signal?.aborted) onAbort();
    options.signal?.addEventListener("abort", onAbort, { once: true });
    return {
      done,
      closeStdin: () => this.#send("E", id, ""),
      kill: (signal = "SIGTERM") => kill(signal.slice("SIG".length)),
    };
  }

  /** Sends the start frame and the standard input, or fails the command if the agent has ended. */
  #sendStart(id: number, argv: readonly string[], options: ExecOptions): void {
    if (this.#endMessage !== null) this.#running.get(id)?.finish(endWithError(this.#endMessage));
    else this.#send("X", id, this.#encodeStart(argv, options));
    if (options.stdin === undefined) return;
    if (options.stdin.length > 0) this.#send("I", id, options.stdin);
    this.#send("E", id, "");
  }

  #silenceMessage(): string {
    return [`the agent of ${this.name} does not respond`, this.#transport.explainSilence?.() ?? []].flat().join("; ");
  }

  #encodeStart(argv: readonly string[], options: ExecOptions): string {
    const env = Object.entries({ ...this.#env, ...options.env }).flatMap(([k, v]) =>
      v === undefined ? [] : [`${k}=${v}`],
    );
    const { namespaces = [], maxMemoryBytes = 0, watchesGroup = false, interpret = false } = options.enter ?? {};
    const limits = [options.maxBytes ?? DEFAULT_MAX_OUTPUT_BYTES, maxMemoryBytes].map(String);
    const flags = [watchesGroup, options.awaitsOutput ?? false, interpret].map((flag) => String(Number(flag)));
    const words = [...limits, ...flags, String(namespaces.length), ...namespaces, String(argv.length), ...argv, ...env];
    const bad = words.find((word) => word.includes("\0"));
    if (bad !== undefined) throw new TypeError(`NUL character in a command: ${JSON.stringify(bad)}`);
    return `${words.join("\0")}\0`;
  }

  #send(op: string, id: number, payload: string | Uint8Array): void {
    if (this.#endMessage !== null) return;
    const body = typeof payload === "string" ? Buffer.from(payload, "utf8") : Buffer.from(payload);
    const frame = Buffer.allocUnsafe(HEADER_BYTES + body.length);
    frame.write(op, 0, "latin1");
    frame.writeUInt32BE(id, 1);
    frame.writeUInt32BE(body.length, 5);
    body.copy(frame, HEADER_BYTES);
    this.#transport.write(frame);
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    if (this.#buffered < HEADER_BYTES) return;
    let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    while (rest.length >= HEADER_BYTES && this.#endMessage === null) {
      const size = HEADER_BYTES + rest.readUInt32BE(5);
      if (size > MAX_FRAME_BYTES) return this.#fail("invalid frame; is something else writing to the agent's stdout?");
      if (rest.length < size) break;
      this.#handle(rest.toString("latin1", 0, 1), rest.readUInt32BE(1), rest.subarray(HEADER_BYTES, size));
      rest = rest.subarray(size);
    }
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#buffered = rest.length;
  }

  #handle(op: string, id: number, payload: Buffer): void {
    const command = this.#running.get(id);
    switch (op) {
      case "H":
        return this.#resolveHello(payload.toString("utf8").split("\0"));
      case "O":
        return command?.out.push(payload);
      case "R":
        return command?.err.push(payload);
      case "F":
        return command?.finish(endWithError(payload.toString("utf8")));
      case "D":
        return command?.finish(parseEnd(payload.toString("latin1")));
      default:
        return this.#fail(`unknown operation ${JSON.stringify(op)}`);
    }
  }

  /** Marks the agent as ended and fails all running commands. */
  #fail(reason: string): void {
    this.#endMessage ??= `the agent of ${this.name} has ended${reason ? `: ${reason}` : ""}`;
    this.#rejectHello(new EnvironmentError(this.#endMessage));
    for (const command of [...this.#running.values()]) command.finish(endWithError(this.#endMessage));
  }
}

function parseEnd(payload: string): CommandEnd {
  const [code = 0, signal = 0, overflow = 0, left = 0, cpu = 0] = payload.split("\0").map(Number);
  const name = signal === 0 ? null : (SIGNAL_NAMES.get(signal) ?? `signal ${signal}`);
  return {
    exitCode: signal === 0 ? code : null,
    signal: name,
    overflow: overflow === 1,
    startError: null,
    cpu,
    ...(left > 0 && { leftover: left === 1 ? ("pipe" as const) : ("process" as const) }),
  };
}

/** Returns the status of a command that has no exit status: it did not start, or the agent was lost. */
function endWithError(reason: string): CommandEnd {
  return { exitCode: null, signal: null, overflow: false, startError: reason };
}
