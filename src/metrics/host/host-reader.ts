import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.js';
import type { HostMetricName, HostValue } from './families.js';
import { FileSystems, type FileSystemStats } from './file-systems.js';
import { readOperatingSystem, type OperatingSystem } from './os-values.js';
import { readLoadavg, readMeminfo, readMounts, readNetDev, readStat } from './proc-files.js';
import { SteadyCounters } from './steady-counters.js';

/** How long a reading serves: time enough for a scrape to ask for one family after the other. */
const FRESH_MS = 250;
/** Bytes read of one file; those of the largest machines have a few hundred thousand. */
const FILE_LIMIT = 4_194_304;

/** Ready values for {@link HostReader}. */
export interface HostReaderParts {
  readonly procPath: string;
  readonly ignoredMountPoints: RegExp;
  readonly ignoredFsTypes: RegExp;
  readonly ignoredDevices: RegExp | undefined;
  readonly os: OperatingSystem;
  readonly statfs: (path: Buffer) => Promise<FileSystemStats>;
  readonly clock: Clock;
  /** Told once of what cannot be read; again only after it could be read in between. Must not throw. */
  readonly onFault: (error: unknown) => void;
}

/** The values of one reading, by family. */
export type HostValues = ReadonlyMap<HostMetricName, readonly HostValue[]>;

/** Reads the host when asked to. All who ask at about the same time share one reading. */
export class HostReader {
  readonly #parts: HostReaderParts;
  readonly #fileSystems: FileSystems;
  readonly #cpuTimes = new SteadyCounters();
  #reading: Promise<HostValues> | undefined;
  /** When the last reading ended. */
  #readAt = -Infinity;
  /** What the last reading could not read. */
  #problems: ReadonlyMap<string, unknown> = new Map();

  constructor(parts: HostReaderParts) {
    const { ignoredMountPoints, ignoredFsTypes, statfs, clock } = parts;
    this.#parts = parts;
    this.#fileSystems = new FileSystems({
      isIgnoredMountPoint: mountPoint => matches(ignoredMountPoints, mountPoint),
      isIgnoredFsType: fsType => matches(ignoredFsTypes, fsType),
      statfs,
      clock,
    });
  }

  /** The host's values, at most a quarter of a second old. What cannot be read is missing. Never rejects. */
  read(): Promise<HostValues> {
    const { clock } = this.#parts;
    if (this.#reading === undefined || clock.monotonic() - this.#readAt >= FRESH_MS) {
      // Until it has ended, everyone shares it.
      this.#readAt = Infinity;
      this.#reading = this.#readNow().finally(() => {
        this.#readAt = clock.monotonic();
      });
    }
    return this.#reading;
  }

  async #readNow(): Promise<HostValues> {
    const problems = new Map<string, unknown>();
    const isLinux = this.#parts.os.platform() === 'linux';
    const values = isLinux ? await this.#readProc(problems) : this.#readOperatingSystem(problems);
    const byName = new Map<HostMetricName, HostValue[]>();
    for (const value of values) {
      const family = byName.get(value.name);
      if (family) family.push(value);
      else byName.set(value.name, [value]);
    }
    const cpuTimes = byName.get('node_cpu_seconds_total');
    if (cpuTimes) byName.set('node_cpu_seconds_total', this.#cpuTimes.steady(cpuTimes));
    this.#report(problems);
    return byName;
  }

  async #readProc(problems: Map<string, unknown>): Promise<HostValue[]> {
    const { ignoredDevices } = this.#parts;
    const isIgnored = (device: string): boolean => ignoredDevices !== undefined && matches(ignoredDevices, device);
    const read = async <T>(file: string, parse: (text: string) => T[], encoding: BufferEncoding = 'utf8'): Promise<T[]> => {
      const path = join(this.#parts.procPath, file);
      try {
        const bytes = await readBeginning(path);
        try {
          return parse(bytes.toString(encoding));
        } catch (cause) {
          throw new Error(`${path} cannot be understood: ${(cause as Error).message}`, { cause });
        }
      } catch (error) {
        problems.set(file, error);
        return [];
      }
    };
    const values = await Promise.all([
      read('stat', readStat),
      read('meminfo', readMeminfo),
      read('net/dev', text => readNetDev(text, isIgnored)),
      read('loadavg', readLoadavg),
      read('mounts', readMounts, 'latin1').then(mounts =>
        this.#fileSystems.read(mounts, (mountPoint, error) => problems.set(`mount ${mountPoint}`, error)),
      ),
    ]);
    return values.flat();
  }

  #readOperatingSystem(problems: Map<string, unknown>): HostValue[] {
    try {
      return readOperatingSystem(this.#parts.os);
    } catch (error) {
      problems.set('operating system', error);
      return [];
    }
  }

  #report(problems: ReadonlyMap<string, unknown>): void {
    const known = this.#problems;
    this.#problems = problems;
    for (const [what, error] of problems) if (!known.has(what)) this.#parts.onFault(error);
  }
}

/** A file of any size, of /proc or not, up to the limit; a longer one is cut after a line. */
async function readBeginning(path: string): Promise<Buffer> {
  const file = await fs.open(path);
  const chunks: Buffer[] = [];
  // Closes the file at its end and on errors.
  const stream = file.createReadStream({ end: FILE_LIMIT - 1, highWaterMark: 65_536 });
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return bytes.length < FILE_LIMIT ? bytes : bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
}

/** Unlike `test`, `search` does not remember where a global or sticky expression stopped. */
function matches(expression: RegExp, text: string): boolean {
  return text.search(expression) !== -1;
}
