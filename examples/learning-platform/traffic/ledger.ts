/** A request as its sender knows it; `endpoint` is what it should be counted under. */
export interface Sent {
  readonly method: string;
  readonly endpoint: string;
}

export type AbortPhase = 'before_headers' | 'mid_stream';

/** Counts by their labels, joined by spaces, in the order of the metric's labels. */
export type Counts = Map<string, number>;

/** Of what would grow for as long as the traffic runs. */
const KEPT = 20_000;

/** The sender's own books, to hold the metrics against. */
export class Ledger {
  /** `GET /lessons/:id 200`; a client that left before an answer is a 499. */
  readonly requests: Counts = new Map();
  /** `GET /lessons/:id/audio mid_stream` */
  readonly aborted: Counts = new Map();
  /** `/announcements sse` */
  readonly streams: Counts = new Map();
  /** `correct`, `incorrect` */
  readonly answers: Counts = new Map();
  /** How long every request took but the streams', by `GET /lessons/:id`. */
  readonly times = new Map<string, Times>();
  /** Different paths that no route answers: the first of them, where there are very many. */
  readonly strayPaths = new Set<string>();
  /** Requests to routes that the metrics leave out. */
  skipped = 0;
  /** What should not have happened, such as a connection that was reset: the first of it. */
  readonly failures: string[] = [];

  answered({ method, endpoint }: Sent, status: number, seconds: number): void {
    count(this.requests, `${method} ${endpoint} ${status}`);
    this.#took(method, endpoint, seconds);
  }

  left({ method, endpoint }: Sent, phase: AbortPhase, seconds: number): void {
    count(this.requests, `${method} ${endpoint} ${phase === 'before_headers' ? 499 : 200}`);
    count(this.aborted, `${method} ${endpoint} ${phase}`);
    this.#took(method, endpoint, seconds);
  }

  listened({ method, endpoint }: Sent, status: number): void {
    count(this.requests, `${method} ${endpoint} ${status}`);
    count(this.streams, `${endpoint} sse`);
  }

  graded(result: string): void {
    count(this.answers, result);
  }

  strayed(path: string): void {
    if (this.strayPaths.size < KEPT) this.strayPaths.add(path);
  }

  failed(error: unknown): void {
    if (this.failures.length < 10) this.failures.push(String(error));
  }

  #took(method: string, endpoint: string, seconds: number): void {
    const key = `${method} ${endpoint}`;
    let times = this.times.get(key);
    if (!times) this.times.set(key, (times = new Times()));
    times.add(seconds);
  }
}

/** Seconds that requests took: all are counted, the latest are kept. */
export class Times {
  count = 0;
  readonly latest: number[] = [];

  add(seconds: number): void {
    this.latest[this.count % KEPT] = seconds;
    this.count += 1;
  }
}

function count(counts: Counts, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

export function totalOf(counts: Counts, where: (key: string) => boolean = () => true): number {
  let total = 0;
  for (const [key, value] of counts) if (where(key)) total += value;
  return total;
}
