import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnyFunction } from '../core/instrument.js';

/** `at name (file:///app/x.js:1:2)`, `at /app/x.js:1:2`, `at async file:///app/x.js:1:2` */
const FRAME = /(?:\(|at (?:async )?)((?:file:\/\/|[A-Za-z]:[\\/]|\/)[^()\n]*?):\d+:\d+\)?$/m;

/**
 * The file that called `callee`, relative to the working directory, with `/` between its parts:
 * what a Python function calls its module. Looked up in a stack, so only for when a function is wrapped.
 *
 * @returns `''` where it can't be told
 */
export function callSiteModule(callee: AnyFunction): string {
  try {
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, callee);
    // Not a string where the app prepares stacks in its own way.
    const file = typeof holder.stack === 'string' ? FRAME.exec(holder.stack)?.[1] : undefined;
    if (file === undefined) return '';
    return relative(process.cwd(), file.startsWith('file:') ? fileURLToPath(file) : file).replaceAll(sep, '/');
  } catch {
    return '';
  }
}
