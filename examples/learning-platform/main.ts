import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { configureMonitor, getMonitor, type BudgetAlert } from 'sightline';
import type { Options } from '../options.mjs';
import { Announcements } from './announcements.js';
import { createApp } from './app.js';
import { countedByPostgres, openDatabase, type Database } from './database.js';
import { openModelProvider, type ModelProvider } from './grading/model-provider.js';
import { scrape } from './live/exposition.js';
import { LiveFigures } from './live/figures.js';
import { noScreen, openScreen, type Screen } from './live/screen.js';
import { summarize, toJson, toText, type Summary } from './live/summary.js';
import { monitorOptions } from './monitor-options.js';
import { close, listen } from './server.js';
import { Ledger } from './traffic/ledger.js';
import { startTraffic } from './traffic/traffic.js';

const SHOW_EVERY_MS = 1_000;
/** The server may notice that a client left a moment after the client did. */
const SETTLING_MS = 3_000;

/** Runs the platform until it is interrupted or its time is over. @returns the exit status */
export async function run(options: Options): Promise<number> {
  const interrupted = new AbortController();
  const interrupt = (): void => {
    interrupted.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);

  // The database takes seconds to open; a taken port is told before.
  const probe = createServer();
  await listen(probe, options.port);
  await close(probe);

  const budgetAlerts: BudgetAlert[] = [];
  configureMonitor(monitorOptions(alert => budgetAlerts.push(alert)));
  const database = await openDatabase();
  const announcements = new Announcements();
  const models = await openModelProvider();
  const server = createServer(createApp({ database, announcements, openai: models.openai }));
  try {
    const port = await listen(server, options.port);
    const url = `http://127.0.0.1:${port}`;
    if (!options.json) process.stdout.write(welcome(url, models));
    const screen = options.json ? noScreen : openScreen(process.stdout, url);
    const summary = await serve({ options, port, url, database, models, budgetAlerts, screen, interrupted: interrupted.signal });
    process.stdout.write(`${options.json ? toJson(summary) : options.traffic ? toText(summary) : served(summary)}\n`);
    await delay(options.lingerMs, undefined, { signal: interrupted.signal }).catch(() => {});
    return summary.differences.length === 0 && summary.failures.length === 0 ? 0 : 1;
  } finally {
    announcements.close();
    await close(server);
    await models.close();
    await database.close();
    await getMonitor().close();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

interface Running {
  readonly options: Options;
  readonly port: number;
  readonly url: string;
  readonly database: Database;
  readonly models: ModelProvider;
  readonly budgetAlerts: readonly BudgetAlert[];
  readonly screen: Screen;
  readonly interrupted: AbortSignal;
}

async function serve({ options, port, url, database, models, budgetAlerts, screen, interrupted }: Running): Promise<Summary> {
  const start = performance.now();
  const over = new AbortController();
  const end = (): void => {
    over.abort();
  };
  interrupted.addEventListener('abort', end);
  if (interrupted.aborted) end();
  if (options.forMs !== undefined) setTimeout(end, options.forMs).unref();

  const traffic = options.traffic ? startTraffic(port, over.signal) : { ledger: new Ledger(), ended: Promise.resolve() };
  const figures = new LiveFigures();
  try {
    while (!over.signal.aborted) {
      screen.show(figures.read(await scrape(`${url}/metrics`)), performance.now() - start);
      await delay(SHOW_EVERY_MS, undefined, { signal: over.signal }).catch(() => {});
    }
  } finally {
    end();
    await traffic.ended;
  }

  const seconds = (performance.now() - start) / 1_000;
  const giveUpAt = performance.now() + SETTLING_MS;
  for (;;) {
    const queries = await countedByPostgres(database);
    const sources = { ledger: traffic.ledger, queries, models: models.books, budgetAlerts };
    const summary = summarize(sources, await scrape(`${url}/metrics`), seconds);
    if (summary.differences.length === 0 || performance.now() > giveUpAt) return summary;
    await delay(20);
  }
}

function welcome(url: string, { books, openai }: ModelProvider): string {
  return [
    `The learning platform is at ${url}`,
    books ? '  A stand-in for OpenAI grades its essays: no key is needed, and nothing is spent.' : `  Its essays are graded by ${openai.baseURL}, at its price.`,
    `  ${url}/metrics   what Sightline measures`,
    `  ${url}/          its routes`,
    '  README.md, docs/examples.md    what to look at',
    '',
    '',
  ].join('\n');
}

function served(summary: Summary): string {
  return `\nServed ${summary.others} requests in ${summary.seconds.toFixed(1)} s.`;
}
