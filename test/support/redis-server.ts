import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { startProgram, type Program } from './program.js';

/** How a Redis for a test is set up. */
export interface RedisServerOptions {
  readonly password?: string;
  /** Further settings of `redis.conf`: `{ 'cluster-enabled': 'yes' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const START_ATTEMPTS = 3;

/**
 * A Redis server on a free port of this machine, its data in a temporary folder. It writes each command to disk
 * before it answers, so that nothing it has confirmed is lost when it is killed.
 *
 * @example
 * const redis = await RedisServer.start(findServer('redis-server')!);
 * const client = new Redis(redis.url);
 * await redis.stop();
 */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #launch: () => Promise<Program>;
  readonly #folder: string;
  readonly #password: string | undefined;
  #process: Program;

  private constructor(port: number, folder: string, password: string | undefined, launch: () => Promise<Program>, process: Program) {
    this.port = port;
    this.#folder = folder;
    this.#password = password;
    this.#launch = launch;
    this.#process = process;
  }

  /** Resolves when it answers. @param program its path, by `findServer('redis-server')` */
  static async start(program: string, { password, settings = {} }: RedisServerOptions = {}): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'sightline-redis-'));
    for (let attempt = 1; ; attempt++) {
      // Another process may take the port before Redis does: then it ends, and is started anew.
      const port = await freePort();
      const all = {
        port: String(port),
        bind: '127.0.0.1',
        dir: folder,
        save: '',
        appendonly: 'yes',
        appendfsync: 'always',
        ...(password === undefined ? {} : { requirepass: password }),
        ...settings,
      };
      const launch = async (): Promise<Program> => {
        const process = startProgram(program, ...Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]));
        await process.line(/Ready to accept connections/);
        return process;
      };
      try {
        return new RedisServer(port, folder, password, launch, await launch());
      } catch (error) {
        if (attempt < START_ATTEMPTS) continue;
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    }
  }

  get url(): string {
    const login = this.#password === undefined ? '' : `:${encodeURIComponent(this.#password)}@`;
    return `redis://${login}127.0.0.1:${this.port}`;
  }

  /** Ends it without warning, as a crash would. */
  async kill(): Promise<void> {
    this.#process.signal('SIGKILL');
    await this.#process.ended;
  }

  /** Starts it again, with its data, on its port. */
  async restart(): Promise<void> {
    this.#process = await this.#launch();
  }

  /** It takes connections and commands and answers none, as behind a network that has gone. */
  pause(): void {
    this.#process.signal('SIGSTOP');
  }

  resume(): void {
    this.#process.signal('SIGCONT');
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
