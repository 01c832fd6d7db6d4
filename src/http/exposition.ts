import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** A rendered registry, in pages of about 64 KiB: joined, a large one would hold the loop for as long as it takes to copy. */
export class Exposition {
  readonly #pages: readonly Buffer[];
  /** Made when first asked for: those who scrape meanwhile share it. */
  #gzipped: Promise<readonly Buffer[]> | undefined;

  constructor(pages: readonly Buffer[]) {
    this.#pages = pages;
  }

  /** Its pages, as they are sent. */
  async pages(isCompressed: boolean): Promise<readonly Buffer[]> {
    return isCompressed ? (this.#gzipped ??= compress(this.#pages)) : this.#pages;
  }
}

async function compress(pages: readonly Buffer[]): Promise<readonly Buffer[]> {
  const gzip = Readable.from(pages, { objectMode: false }).pipe(createGzip({ level: 1 }));
  return (await gzip.toArray()) as Buffer[];
}

export function lengthOf(pages: readonly Buffer[]): number {
  return pages.reduce((sum, page) => sum + page.length, 0);
}

/** Sends pages one at a time, as fast as the client takes them. A client that leaves is no failure. */
export async function sendPages(response: ServerResponse, pages: readonly Buffer[]): Promise<void> {
  if (pages.length <= 1) {
    response.end(pages[0]);
    return;
  }
  try {
    await pipeline(Readable.from(pages, { objectMode: false }), response);
  } catch (error) {
    if (!response.destroyed && !response.closed) throw error;
  }
}
