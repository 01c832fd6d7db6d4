import type { Clock } from '../../core/clock.js';
import type { HostMetricName, HostValue } from './families.js';
import type { Mount } from './proc-files.js';

/** How long all file systems of one scrape may take; scrapers give up after 10 seconds. */
const LIMIT_MS = 2_000;
/** More mounts are not shown: series must stay bounded. */
const MOUNTS_LIMIT = 200;
/** Calls that hang at once; each of them holds one of the four threads of Node's pool. */
const HUNG_LIMIT = 2;
/** File systems that wait for another machine or process, and so may hang. */
const REMOTE = /^(nfs4?|cifs|smb\w*|ceph|9p|afs|lustre|gpfs|beegfs|fuse(\..+)?)$/;

/** What `statfs` gives: sizes in blocks. */
export interface FileSystemStats {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

/** Ready values for {@link FileSystems}. */
export interface FileSystemsParts {
  readonly isIgnoredMountPoint: (mountPoint: string) => boolean;
  readonly isIgnoredFsType: (fsType: string) => boolean;
  readonly statfs: (path: Buffer) => Promise<FileSystemStats>;
  readonly clock: Clock;
}

/**
 * Asks the mounted file systems how full they are.
 *
 * A mount whose server is gone never answers and cannot be interrupted: it holds a thread of the pool
 * that the whole app shares (files, DNS, crypto), and `process.exit()` waits for it. So they are asked
 * one at a time, those that may hang last, and not at all while one does.
 */
export class FileSystems {
  readonly #parts: FileSystemsParts;
  /** Mount points whose call has not come back. */
  readonly #hung = new Set<string>();

  constructor(parts: FileSystemsParts) {
    this.#parts = parts;
  }

  /** @param onProblem told of each mount that gave no values */
  async read(mounts: readonly Mount[], onProblem: (mountPoint: string, error: unknown) => void): Promise<HostValue[]> {
    const values: HostValue[] = [];
    let expire = (): void => {};
    const expired = new Promise<undefined>(resolve => {
      expire = () => {
        resolve(undefined);
      };
    });
    const cancel = this.#parts.clock.schedule(expire, LIMIT_MS);
    try {
      for (const mount of this.#shown(mounts)) {
        const { mountPoint } = mount;
        if (this.#hung.has(mountPoint)) onProblem(mountPoint, hanging(mountPoint));
        if (!this.#mayAsk(mount)) continue;
        const call = this.#ask(mount);
        const answer = await Promise.race([call, expired]);
        if (answer === undefined) {
          this.#hung.add(mountPoint);
          void call.then(() => this.#hung.delete(mountPoint));
          onProblem(mountPoint, hanging(mountPoint));
          break;
        }
        if ('error' in answer) onProblem(mountPoint, answer.error);
        else values.push(...valuesOf(mount, answer.stats));
      }
    } finally {
      cancel();
    }
    return values;
  }

  #mayAsk({ mountPoint, fsType }: Mount): boolean {
    if (this.#hung.has(mountPoint)) return false;
    return REMOTE.test(fsType) ? this.#hung.size === 0 : this.#hung.size < HUNG_LIMIT;
  }

  /** Never rejects, so that a late answer harms nobody. */
  async #ask({ path }: Mount): Promise<{ stats: FileSystemStats } | { error: unknown }> {
    try {
      return { stats: await this.#parts.statfs(path) };
    } catch (error) {
      return { error };
    }
  }

  /** The mounts to show, local ones first. */
  #shown(mounts: readonly Mount[]): Mount[] {
    // What is mounted later on the same mount point hides what was there.
    const visible = [...new Map(mounts.map(mount => [mount.mountPoint, mount])).values()];
    const shown = visible
      .filter(({ mountPoint, fsType }) => !this.#parts.isIgnoredMountPoint(mountPoint) && !this.#parts.isIgnoredFsType(fsType))
      .slice(0, MOUNTS_LIMIT);
    const isRemote = ({ fsType }: Mount): boolean => REMOTE.test(fsType);
    return [...shown.filter(mount => !isRemote(mount)), ...shown.filter(isRemote)];
  }
}

function valuesOf({ device, mountPoint, fsType }: Mount, stats: FileSystemStats): HostValue[] {
  const labelValues = [device, mountPoint, fsType];
  const value = (name: HostMetricName, amount: number): HostValue => ({ name, labelValues, value: amount });
  return [
    value('node_filesystem_size_bytes', stats.blocks * stats.bsize),
    value('node_filesystem_free_bytes', stats.bfree * stats.bsize),
    value('node_filesystem_avail_bytes', stats.bavail * stats.bsize),
    value('node_filesystem_files', stats.files),
    value('node_filesystem_files_free', stats.ffree),
  ];
}

function hanging(mountPoint: string): Error {
  return new Error(
    `${mountPoint} did not answer statfs within ${LIMIT_MS / 1_000} seconds. ` +
      'Until it does, it and the network file systems are left out; leave it out for good with `ignoredMountPoints`.',
  );
}
