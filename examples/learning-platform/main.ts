import { createServer, type RequestListener } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { configureMonitor } from 'sightline';
import type { Options } from '../options.mjs';
import { openAlertChannels, type AlertChannels } from './alerting/channels.js';
import { respondToFaults } from './alerting/responses.js';
import { startWatch } from './alerting/start-watch.js';
import { Announcements } from './announcements.js';
import { createApp } from './app.js';
import { countedByPostgres, openDatabase, type Database } from './database.js';
import { EssayGrader } from './grading/essay-grader.js';
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

  // From the start on: the database takes seconds to open, a taken port is told before, and alerts have links here.
  let handle: RequestListener = (_request, response) => response.writeHead(503, { 'retry-after': '2' }).end('The platform is starting.\n');
  const server = createServer((request, response) => {
    handle(request, response);
  });
  const opened: (() => Promise<void>)[] = [() => close(server)];
  try {
    const port = await listen(server, options.port);
    const url = `http://127.0.0.1:${port}`;
    const screen = options.json ? noScreen : openScreen(process.stdout, url);
    const print = (lines: readonly string[]): void => {
      screen.note(lines);
    };
    const channels = await openAlertChannels(print);
    opened.push(() => channels.close());
    const monitor = configureMonitor(monitorOptions({ url, channels: channels.channels }));
    opened.push(() => monitor.close());
    const database = await openDatabase();
    opened.push(() => database.close());
    const models = await openModelProvider();
    opened.push(() => models.close());
    const grader = new EssayGrader(models.openai);
    respondToFaults(monitor.alerts, grader);
    const announcements = new Announcements();
    handle = createApp({ database, announcements, grader });
    // First, so that nobody is answered who needs what is closed next.
    opened.push(() => {
      announcements.close();
      return close(server);
    });
    const watch = startWatch(monitor.alerts, () => scrape(`${url}/metrics`), print);
    opened.push(() => watch.close());

    if (!options.json) process.stdout.write(welcome(url, models, channels));
    const summary = await serve({ options, port, url, database, models, channels, screen, interrupted: interrupted.signal });
    process.stdout.write(`${options.json ? toJson(summary) : options.traffic ? toText(summary) : served(summary)}\n`);
    await delay(options.lingerMs, undefined, { signal: interrupted.signal }).catch(() => {});
    return summary.differences.length === 0 && summary.failures.length === 0 ? 0 : 1;
  } finally {
    for (const closeIt of opened.reverse()) await closeIt();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

interface Running {
  readonly options: Options;
  readonly port: number;
  readonly url: string;
  readonly database: Database;
  readonly models: ModelProvider;
  readonly channels: AlertChannels;
  readonly screen: Screen;
  readonly interrupted: AbortSignal;
}

async function serve({ options, port, url, database, models, channels, screen, interrupted }: Running): Promise<Summary> {
  const start = performance.now();
  const over = new AbortController();
  const end = (): void => {
    over.abort();
  };
  interrupted.addEventListener('abort', end);
  if (interrupted.aborted) end();
  if (options.forMs !== undefined) setTimeout(end, options.forMs).unref();

  const tell = (story: string): void => {
    screen.note([`Traffic: ${story}`]);
  };
  const traffic = options.traffic ? startTraffic(port, tell, over.signal) : { ledger: new Ledger(), ended: Promise.resolve() };
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
    const sources = { ledger: traffic.ledger, queries, models: models.books, messages: channels.taken?.() };
    const summary = summarize(sources, await scrape(`${url}/metrics`), seconds);
    if (summary.differences.length === 0 || performance.now() > giveUpAt) return summary;
    await delay(20);
  }
}

function welcome(url: string, { books, openai }: ModelProvider, { description }: AlertChannels): string {
  return [
    `The learning platform is at ${url}`,
    books ? '  A stand-in for OpenAI grades its essays: no key is needed, and nothing is spent.' : `  Its essays are graded by ${openai.baseURL}, at its price.`,
    `  ${description}`,
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
