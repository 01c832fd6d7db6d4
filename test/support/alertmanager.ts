import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** An alert as its API lists it. */
export interface ListedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
  readonly status: { readonly state: string };
}

/** Its clock is its own: it can only be asked again. */
const ASK_EVERY_MS = 50;
const START_ATTEMPTS = 3;

/**
 * An Alertmanager on a free port of this machine, its data in a temporary folder.
 *
 * @example
 * const alertmanager = await Alertmanager.start(findServer('prometheus-alertmanager')!, { webhookUrl });
 * await alertmanager.until(alerts => alerts.length === 1);
 * await alertmanager.stop();
 */
export class Alertmanager implements AsyncDisposable {
  readonly url: string;
  /** For `amtool`, and for a Prometheus. */
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, child: ChildProcess, folder: string) {
    this.url = `http://127.0.0.1:${port}`;
    this.port = port;
    this.#process = child;
    this.#folder = folder;
  }

  /**
   * Resolves when it is ready.
   *
   * @param program its path, by `findServer('prometheus-alertmanager')`
   * @param setting its configuration as an object, or where all notifications go at once
   */
  static async start(program: string, setting: { readonly config: object } | { readonly webhookUrl: string }): Promise<Alertmanager> {
    const config = 'config' in setting ? setting.config : everythingTo(setting.webhookUrl);
    for (let attempt = 1; ; attempt++) {
      const folder = await mkdtemp(join(tmpdir(), 'sightline-alertmanager-'));
      // JSON is YAML, too.
      await writeFile(join(folder, 'alertmanager.yml'), JSON.stringify(config));
      // Another process may take the port before Alertmanager does: then it ends, and is started anew.
      const port = await freePort();
      const child = spawn(
        program,
        [
          `--config.file=${join(folder, 'alertmanager.yml')}`,
          `--storage.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--cluster.listen-address=',
          '--log.level=warn',
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      let log = '';
      child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
      const alertmanager = new Alertmanager(port, child, folder);
      if (await alertmanager.#becomesReady()) return alertmanager;
      await alertmanager.stop();
      if (attempt === START_ATTEMPTS) throw new Error(`Alertmanager did not start:\n${log}`);
    }
  }

  /** The alerts it holds that fire. */
  async alerts(): Promise<ListedAlert[]> {
    const response = await fetch(`${this.url}/api/v2/alerts`);
    return (await response.json()) as ListedAlert[];
  }

  /** Asks until its alerts are as wanted; the test's own timeout ends a wait in vain. */
  async until(isWanted: (alerts: ListedAlert[]) => boolean): Promise<ListedAlert[]> {
    for (;;) {
      const alerts = await this.alerts();
      if (isWanted(alerts)) return alerts;
      await pause(ASK_EVERY_MS);
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

function everythingTo(webhookUrl: string): object {
  return {
    route: { receiver: 'all', group_by: ['...'], group_wait: '10ms', group_interval: '50ms', repeat_interval: '1h' },
    receivers: [{ name: 'all', webhook_configs: [{ url: webhookUrl, send_resolved: true }] }],
  };
}
