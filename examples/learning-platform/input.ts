import type { Request } from 'express';
import { Problem } from './problem.js';

/** A number in the path; one that can't be an id is of nothing that exists. */
export function idIn(request: Request, name = 'id'): number {
  const id = Number(request.params[name]);
  if (Number.isInteger(id) && id > 0 && id < 2 ** 31) return id;
  throw new Problem(404, 'There is no such thing here.');
}

/** A text in the path. */
export function textIn(request: Request, name: string): string {
  return String(request.params[name]);
}

/** A text in the body. */
export function textField(request: Request, name: string): string {
  const value = (request.body as Record<string, unknown> | undefined)?.[name];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new Problem(422, `'${name}' must be a text.`);
}

/** A whole number in the body. */
export function numberField(request: Request, name: string): number {
  const value = (request.body as Record<string, unknown> | undefined)?.[name];
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new Problem(422, `'${name}' must be a whole number.`);
}
