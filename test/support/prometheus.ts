import { askUntil, ConfiguredServer } from './configured-server.js';

/** What a Prometheus for a test is to do. */
export interface PrometheusOptions {
  /** Job name → what it scrapes: `127.0.0.1:9464`, or a URL with a path and a query. */
  readonly jobs: Readonly<Record<string, string>>;
  /** Also its timeout, so too small a one fails on a busy machine. Default: 500 ms. */
  readonly scrapeIntervalMs?: number;
  /** Paths of files with recording and alerting rules. */
  readonly ruleFiles?: readonly string[];
  /** `host:port` of an Alertmanager. */
  readonly alertmanager?: string;
}

/** One series of an instant query's result. */
export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One series' exemplars. */
export interface ExemplarResult {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: string; readonly timestamp: number }[];
}

/**
 * A Prometheus server on a free port of this machine, its data in a temporary folder.
 *
 * @example
 * const prometheus = await Prometheus.start(findServer('prometheus')!, { jobs: { shop: '127.0.0.1:9464' } });
 * await prometheus.until('up', ([up]) => up?.value === 1);
 * await prometheus.stop();
 */
export class Prometheus extends ConfiguredServer {
  /** Resolves when it is ready. @param program its path, by `findServer('prometheus')` */
  static async start(program: string, options: PrometheusOptions): Promise<Prometheus> {
    const launched = await ConfiguredServer.launch(program, {
      name: 'Prometheus',
      config: configuration(options),
      args: data => [`--storage.tsdb.path=${data}`, '--enable-feature=exemplar-storage'],
    });
    return new Prometheus(launched);
  }

  /** The series of an instant query, as of now. @throws Error with what Prometheus says of a bad query */
  async query(expression: string): Promise<QueryResult[]> {
    const { result } = await this.api<{ result: { metric: Record<string, string>; value: [number, string] }[] }>('query', { query: expression });
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1].replace('Inf', 'Infinity')) }));
  }

  /** A query whose answer is one number; NaN where it is empty. */
  async number(expression: string): Promise<number> {
    return (await this.query(expression))[0]?.value ?? NaN;
  }

  /** Asks until the answer is as wanted; the test's own timeout ends a wait in vain. */
  until(expression: string, isWanted: (result: QueryResult[]) => boolean): Promise<QueryResult[]> {
    return askUntil(() => this.query(expression), isWanted);
  }

  /** The exemplars of the last hour. */
  exemplars(expression: string): Promise<ExemplarResult[]> {
    const now = Date.now() / 1_000;
    return this.api('query_exemplars', { query: expression, start: String(now - 3_600), end: String(now + 60) });
  }

  /** Any other endpoint of its API: the `data` of the answer. */
  async api<T>(endpoint: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${endpoint}?${new URLSearchParams(parameters).toString()}`);
    const answer = (await response.json()) as { status: string; data: T; error?: string };
    if (answer.status !== 'success') throw new Error(`Prometheus: ${answer.error}`);
    return answer.data;
  }
}

/** Its configuration file. */
function configuration({ jobs, scrapeIntervalMs = 500, ruleFiles = [], alertmanager }: PrometheusOptions): object {
  const interval = `${scrapeIntervalMs}ms`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    alerting: { alertmanagers: alertmanager === undefined ? [] : [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: Object.entries(jobs).map(([name, target]) => {
      const { host, pathname, searchParams } = new URL(target.includes('://') ? target : `http://${target}/metrics`);
      const parameters = [...new Set(searchParams.keys())].map(key => [key, searchParams.getAll(key)]);
      return { job_name: name, metrics_path: pathname, params: Object.fromEntries(parameters) as object, static_configs: [{ targets: [host] }] };
    }),
  };
}
