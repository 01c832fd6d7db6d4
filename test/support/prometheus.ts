import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** What to scrape: a job's name and the ports of its targets on this machine. */
type Jobs = Readonly<Record<string, readonly number[]>>;

/** One series of an instant query's answer. */
interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A running Prometheus that scrapes every second. */
export interface Prometheus extends AsyncDisposable {
  readonly url: string;
  /** An instant query, now. Rejects with Prometheus's own words where it does not like it. */
  query(expression: string): Promise<Series[]>;
  /** A query whose answer is one number; NaN where it is empty. */
  number(expression: string): Promise<number>;
}

/**
 * Starts a Prometheus on a free loopback port, with a folder of its own.
 * @param program its path: `findServer('prometheus')`
 */
export async function startPrometheus(program: string, jobs: Jobs): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-prometheus-'));
  // JSON is YAML.
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(configuration(jobs)));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(
    program,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  const query = async (expression: string): Promise<Series[]> => {
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`);
    const answer = (await response.json()) as Answer;
    if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`);
    return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  };
  try {
    while (!(await isReady(url))) {
      if (server.exitCode !== null) throw new Error(`Prometheus ended with exit code ${server.exitCode}`);
      await delay(50);
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url,
    query,
    number: async expression => (await query(expression))[0]?.value ?? NaN,
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Answer =
  | { status: 'success'; data: { result: { metric: Record<string, string>; value: [number, string] }[] } }
  | { status: 'error'; error: string };

function configuration(jobs: Jobs): object {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: Object.entries(jobs).map(([job, ports]) => ({
      job_name: job,
      static_configs: [{ targets: ports.map(port => `127.0.0.1:${port}`) }],
    })),
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false;
  }
}
