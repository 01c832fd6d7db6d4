import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nodeBinary } from './node-versions.mjs';

/** A SQLite in memory, that of Node 24: the Node that runs the tests may have none. */
export interface SqliteDatabase extends AsyncDisposable {
  /** Without values, several statements may be run at once. */
  run(sql: string, values?: readonly (string | number | null)[]): Promise<Record<string, unknown>[]>;
}

export function openSqlite(): SqliteDatabase {
  const shell = spawn(nodeBinary(24), ['--no-warnings', fileURLToPath(new URL('sqlite-shell.mjs', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: shell.stdout }).on('line', line => waiting.shift()?.(line));
  return {
    async run(sql, values) {
      shell.stdin.write(`${JSON.stringify({ sql, values })}\n`);
      const { rows, error } = JSON.parse(await new Promise<string>(resolve => waiting.push(resolve))) as { rows: Record<string, unknown>[]; error?: string };
      if (error !== undefined) throw new Error(error);
      return rows;
    },
    async [Symbol.asyncDispose]() {
      shell.stdin.end();
      await once(shell, 'close');
    },
  };
}
