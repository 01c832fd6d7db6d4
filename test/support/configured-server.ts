import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** What is particular to one program. */
export interface ServerSetup {
  /** Its name in an error. */
  readonly name: string;
  /** Its configuration, or the text of it. JSON is YAML, too. */
  readonly config: object | string;
  /** Further arguments; `data` is a folder of its own. */
  readonly args: (data: string) => readonly string[];
}

/** A server's process, its port and the folder that it may write to. */
interface Launched {
  readonly child: ChildProcess;
  readonly port: number;
  readonly folder: string;
}

/** Its clock is its own: it can only be asked again. */
const ASK_EVERY_MS = 50;
const START_ATTEMPTS = 3;

/** A Prometheus or an Alertmanager, which take the same flags, on a free port of this machine, its data in a temporary folder. */
export class ConfiguredServer implements AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #folder: string;

  /** Of what {@link launch} gives. */
  protected constructor({ child, port, folder }: Launched) {
    this.url = `http://127.0.0.1:${port}`;
    this.port = port;
    this.#process = child;
    this.#folder = folder;
  }

  /** Resolves when it is ready. @param program its path, by `findServer()` */
  protected static async launch(program: string, { name, config, args }: ServerSetup): Promise<Launched> {
    for (let attempt = 1; ; attempt++) {
      const folder = await mkdtemp(join(tmpdir(), `sightline-${name.toLowerCase()}-`));
      const configFile = join(folder, 'config.yml');
      await writeFile(configFile, typeof config === 'string' ? config : JSON.stringify(config));
      // Another process may take the port before the server does: then it ends, and is started anew.
      const port = await freePort();
      const child = spawn(
        program,
        [`--config.file=${configFile}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn', ...args(join(folder, 'data'))],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      let log = '';
      child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
      const launched = { child, port, folder };
      const server = new ConfiguredServer(launched);
      if (await server.#becomesReady()) return launched;
      await server.stop();
      if (attempt === START_ATTEMPTS) throw new Error(`${name} did not start:\n${log}`);
    }
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    if (!this.#hasEnded) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  async #becomesReady(): Promise<boolean> {
    while (!this.#hasEnded) {
      const response = await fetch(`${this.url}/-/ready`).catch(() => undefined);
      if (response?.ok) return true;
      await pause(ASK_EVERY_MS);
    }
    return false;
  }
}

/** Asks until the answer is as wanted; the test's own timeout ends a wait in vain. */
export async function askUntil<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    await pause(ASK_EVERY_MS);
  }
}
