import type { Figures, ModelFigures } from './figures.js';
import { clockTime, dollars, duration, share, table } from './format.js';

/** Where the live figures go. */
export interface Screen {
  show(figures: Figures, elapsedMs: number): void;
  /** Shows lines that stay, as they come. */
  note(lines: readonly string[]): void;
}

const LINE_EVERY_MS = 5_000;
/** How long the picture makes room for a note. */
const NOTE_MS = 30_000;
/** Of the picture: its head stays, whatever there is to note. */
const LEAST_ROWS = 6;
const ROUTES_SHOWN = 10;
const QUERIES_SHOWN = 7;

/** A picture that is redrawn in place on a terminal; elsewhere a line every few seconds. */
export function openScreen(output: NodeJS.WriteStream, url: string): Screen {
  return output.isTTY ? new TerminalScreen(output, url) : new PlainScreen(output);
}

/** Shows nothing. */
export const noScreen: Screen = { show: () => {}, note: () => {} };

class PlainScreen implements Screen {
  readonly #output: NodeJS.WriteStream;
  #next = 1_000;

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
  }

  show(figures: Figures, elapsedMs: number): void {
    if (elapsedMs < this.#next) return;
    this.#next = elapsedMs + LINE_EVERY_MS - 500;
    this.#output.write(`${clockTime(elapsedMs)}  ${headline(figures).join('  ')}\n`);
  }

  note(lines: readonly string[]): void {
    this.#output.write(`${lines.join('\n')}\n`);
  }
}

class TerminalScreen implements Screen {
  readonly #output: NodeJS.WriteStream;
  readonly #url: string;
  #picture: readonly string[] = [];
  #drawn = 0;
  /** Rows above the picture, with notes that came a short while ago. */
  #notes: { readonly rows: number; readonly until: number }[] = [];

  constructor(output: NodeJS.WriteStream, url: string) {
    this.#output = output;
    this.#url = url;
  }

  show(figures: Figures, elapsedMs: number): void {
    this.#picture = picture(figures, elapsedMs, this.#url);
    this.#draw('');
  }

  note(lines: readonly string[]): void {
    const { columns = 80 } = this.#output;
    const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    this.#notes.push({ rows, until: performance.now() + NOTE_MS });
    this.#draw(`${lines.join('\n')}\n`);
  }

  /** The picture, below what is to stay. It makes room for notes: a screen may have no more rows than it has lines. */
  #draw(above: string): void {
    const { columns = 80, rows = 24 } = this.#output;
    this.#notes = this.#notes.filter(({ until }) => performance.now() < until);
    const taken = this.#notes.reduce((sum, note) => sum + note.rows, 0);
    const lines = this.#picture.slice(0, Math.max(rows - 1 - taken, Math.min(LEAST_ROWS, rows - 1))).map(line => line.slice(0, columns - 1));
    const back = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : '';
    this.#output.write(`${back}\r\x1b[J${above}${lines.map(line => `${line}\n`).join('')}`);
    this.#drawn = lines.length;
  }
}

/** Chinese characters and pictures take two columns. */
function widthOf(line: string): number {
  return [...line].reduce((width, character) => width + (character >= '\u2e80' ? 2 : 1), 0);
}

function headline(figures: Figures): string[] {
  return [
    `${figures.requestsPerSecond.toFixed(1)} requests/s`,
    `p50 ${duration(figures.p50)}`,
    `p95 ${duration(figures.p95)}`,
    `5xx ${share(figures.serverErrors)}`,
    `4xx ${share(figures.clientErrors)}`,
    `in flight ${figures.inFlight}`,
    `streams ${figures.streams}`,
    `aborted ${figures.aborted}`,
  ];
}

function modelLine({ callsPerSecond, tokensPerSecond, p95, failed, cost }: ModelFigures): string {
  return [
    `AI ${callsPerSecond.toFixed(1)} calls/s`,
    `${tokensPerSecond.toFixed(0)} tokens/s`,
    `p95 ${duration(p95)}`,
    `failed ${share(failed)}`,
    `${dollars(cost)} since the start`,
  ].join('   ');
}

function picture(figures: Figures, elapsedMs: number, url: string): string[] {
  const routes = figures.routes
    .slice(0, ROUTES_SHOWN)
    .map(row => [row.name, row.perSecond.toFixed(1), duration(row.p95), row.failed > 0 ? share(row.failed) : '']);
  const queries = figures.queries.slice(0, QUERIES_SHOWN).map(row => [row.name, row.perSecond.toFixed(1), duration(row.p95)]);
  return [
    `Sightline: the learning platform, running for ${clockTime(elapsedMs)}. Last 10 seconds, from ${url}/metrics`,
    '',
    headline(figures).slice(0, 5).join('   '),
    [...headline(figures).slice(5), `${figures.requests} requests since the start, ${figures.unmatched} to no route`].join('   '),
    modelLine(figures.models),
    '',
    ...table([['endpoint', 'requests/s', 'p95', '5xx'], ...routes], 38),
    '',
    ...table([['database', 'queries/s', 'p95'], ...queries], 38),
    '',
    `${url}/ shows the routes. Read on: README.md, docs/examples.md. Ctrl+C ends.`,
  ];
}
