import { existsSync, linkSync, readFileSync, renameSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemClock, type Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { lastLine, readSnapshot, snapshotLines } from './snapshot-format.js';
import type { StoreState } from './store-state.js';

export interface SnapshotFileOptions {
  readonly path: string;
  readonly diagnostics: Diagnostics;
  readonly clock?: Clock;
  /** How long changes wait to be written together; a process that is killed loses no more. Default: 1 s. */
  readonly intervalMs?: number;
  /** Its greatest size. Beyond, alerts that are resolved are left out first. Default: 64 MiB. */
  readonly limitBytes?: number;
}

const INTERVAL_MS = 1_000;
const LIMIT_BYTES = 64 * 2 ** 20;
/** A disk that is full stays so for a while, and every attempt writes all. */
const PAUSE_AFTER_FAILURE_MS = 30_000;
/** Lines that are written without letting the app do something else: about a millisecond's work. */
const LINES_AT_ONCE = 200;

/**
 * Keeps what a memory store holds in a file, for one process: read when that starts, written whole some time after a
 * change and at the end, each time into a new file that then takes the old one's place. A file that can't be read
 * is set aside under another name and told of, never overwritten.
 */
export class SnapshotFile {
  readonly #path: string;
  readonly #diagnostics: Diagnostics;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #limitBytes: number;
  #save: (() => StoreState) | undefined;
  #isChanged = false;
  #cancelTimer: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor({ path, diagnostics, clock = systemClock, intervalMs = INTERVAL_MS, limitBytes = LIMIT_BYTES }: SnapshotFileOptions) {
    this.#path = resolve(path);
    this.#diagnostics = diagnostics;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#limitBytes = limitBytes;
  }

  /**
   * Reads the file, and writes it from now on. Never throws.
   *
   * @param restore takes what the file holds
   * @param save gives what is to be written; nothing in it may change afterwards
   */
  start(restore: (state: StoreState) => void, save: () => StoreState): void {
    const text = this.#read();
    // Without a way to read or to put aside what is there, it must not be overwritten.
    if (text === 'unusable') return;
    if (text === undefined) {
      this.#save = save;
      return;
    }
    const { state, fault } = text === 'too large' ? { state: undefined, fault: `it is larger than ${this.#limitBytes} bytes` } : readSnapshot(text.content);
    if (fault !== undefined && !this.#setAside(fault)) return;
    if (state) restore(state);
    // Taking it over was no change to it.
    this.#isChanged = false;
    this.#save = save;
    if (fault !== undefined) this.changed();
  }

  /** Something has changed: it is written within the interval. */
  changed(): void {
    this.#isChanged = true;
    if (this.#cancelTimer === undefined) this.#writeIn(this.#intervalMs);
  }

  /** Writes what is not written yet, and no more after that. Never rejects. */
  close(): Promise<void> {
    return (this.#closing ??= this.#end());
  }

  async #end(): Promise<void> {
    this.#cancelTimer?.();
    await this.#writing;
    if (this.#isChanged) await this.#write();
  }

  #writeIn(delayMs: number): void {
    if (this.#save === undefined || this.#writing || this.#closing) return;
    this.#cancelTimer = this.#clock.schedule(() => {
      this.#cancelTimer = undefined;
      this.#writing = this.#write().then(pauseMs => {
        this.#writing = undefined;
        if (this.#isChanged) this.#writeIn(pauseMs);
      });
    }, delayMs);
  }

  /** @returns how long to wait before the next time */
  async #write(): Promise<number> {
    if (this.#save === undefined) return this.#intervalMs;
    this.#isChanged = false;
    try {
      await this.#replace(this.#save());
      return this.#intervalMs;
    } catch (error) {
      this.#isChanged = true;
      this.#diagnostics.fault('alerts', `the snapshot of alerts ${this.#path} could not be written`, error);
      return PAUSE_AFTER_FAILURE_MS;
    }
  }

  async #replace(state: StoreState): Promise<void> {
    const next = `${this.#path}.tmp`;
    const folder = dirname(this.#path);
    await mkdir(folder, { recursive: true });
    // Left by a process that was killed, or put there as a link to something else.
    await rm(next, { force: true });
    const file = await open(next, 'wx', 0o600);
    try {
      for (const lines of this.#portions(state)) await file.appendFile(lines);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, this.#path);
    await syncFolder(folder);
  }

  *#portions(state: StoreState): Iterable<string> {
    let portion: string[] = [];
    let bytes = 0;
    let written = 0;
    let leftOut = 0;
    for (const line of snapshotLines(state)) {
      const size = Buffer.byteLength(line) + 1;
      if (bytes + size > this.#limitBytes - 64) {
        leftOut++;
        continue;
      }
      bytes += size;
      written++;
      portion.push(line);
      if (portion.length < LINES_AT_ONCE) continue;
      yield `${portion.join('\n')}\n`;
      portion = [];
    }
    if (leftOut > 0) {
      this.#diagnostics.fault('alerts', `the snapshot of alerts ${this.#path} is full (${this.#limitBytes} bytes), and ${leftOut} records are left out`);
    }
    yield `${[...portion, lastLine(written - 1)].join('\n')}\n`;
  }

  #read(): { readonly content: string } | 'too large' | 'unusable' | undefined {
    try {
      if (statSync(this.#path).size > this.#limitBytes) return 'too large';
      return { content: readFileSync(this.#path, 'utf8') };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      this.#diagnostics.fault('alerts', `the snapshot of alerts ${this.#path} can't be read, so none is kept`, error);
      return 'unusable';
    }
  }

  #setAside(fault: string): boolean {
    const time = new Date(this.#clock.now()).toISOString().replaceAll(/[:.]/g, '-');
    const base = `${this.#path}.corrupt-${time}`;
    let aside = base;
    for (let n = 2; existsSync(aside); n++) aside = `${base}-${n}`;
    try {
      keepAs(this.#path, aside);
    } catch (error) {
      this.#diagnostics.fault('alerts', `the snapshot of alerts ${this.#path} is damaged (${fault}) and can't be set aside, so none is kept`, error);
      return false;
    }
    this.#diagnostics.fault('alerts', `the snapshot of alerts ${this.#path} is damaged: ${fault}. What can be read was taken over; the file is kept as ${aside}`);
    return true;
  }
}

/** Gives a file a second name, which it keeps when the first one is given to another file; meanwhile nothing is lost in a crash. */
function keepAs(path: string, name: string): void {
  try {
    linkSync(path, name);
  } catch {
    // Not every file system has links.
    renameSync(path, name);
  }
}

/** Until then a new name may be lost with the power. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows can't, and needn't.
  }
}
