import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ROOT } from './command.mjs';

/** A program that runs beside a test. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** All it printed so far. */
  readonly output: string;
  /** The first line that matches, printed or yet to come. Rejects when the program ends without it. */
  line(pattern: RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** Its exit status; `null` where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts a program in the repository. */
export function startProgram(command: string, ...args: readonly string[]): Program {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let isOver = false;
  const tell = (): void => {
    for (const look of waiting) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line => {
      lines.push(line);
      tell();
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    isOver = true;
    tell();
    return code as number | null;
  });
  return {
    pid: child.pid as number,
    get output() {
      return lines.join('\n');
    },
    line: pattern =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find(line => pattern.test(line));
          if (found === undefined && !isOver) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`${command} ended without a line like ${pattern}. It printed:\n${lines.join('\n')}`));
        };
        waiting.add(look);
        look();
      }),
    signal: name => void child.kill(name),
    ended,
    async [Symbol.asyncDispose]() {
      if (!isOver) child.kill('SIGKILL');
      await ended;
    },
  };
}
