import { createHash } from 'node:crypto';
import type { CheckedBudget } from './check-budgets.js';

const LONGEST_PART = 64;

/**
 * Where the total of a window is kept: `sightline:ai-budget:{essays:school-7}:day:USD:1795132800000`. The start of the
 * window is part of it, so a process that restarts goes on where it was. A cluster places keys by what is in braces.
 */
export function budgetKey({ name, window }: CheckedBudget, tenant: string | undefined, currency: string, windowStart: number): string {
  return `sightline:ai-budget:{${part(name)}:${part(tenant ?? '')}}:${window.name}:${part(currency)}:${windowStart}`;
}

/** A text without separators; one that is long, or that is no Unicode, by its hash. Tenants may be named by anyone. */
function part(text: string): string {
  try {
    if (text.length <= LONGEST_PART) return encodeURIComponent(text);
  } catch {
    // Half of a surrogate pair.
  }
  // What is encoded never begins so.
  return `%~${createHash('sha256').update(text, 'utf16le').digest('base64url')}`;
}
