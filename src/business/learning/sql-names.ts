import { InvalidOptionError } from '../../core/errors.js';

export type SqlDialect = 'postgresql' | 'mysql' | 'mariadb' | 'sqlite';

/** What tables and columns are called in practice. Quotes, blanks, dots and comments are not among it. */
const NAME = /^[\p{L}_][\p{L}\p{N}_$]*$/u;
const LONGEST = 64;

/** A column's name, as it stands in a statement. @throws InvalidOptionError for what is no name */
export function quoteColumn(name: unknown, dialect: SqlDialect, path: string): string {
  return quote(name, dialect, path, 'the name of a column: letters, digits, _ and $, at most 64');
}

/** A table's name, with or without that of its schema: `reporting.users`. @throws InvalidOptionError for what is no name */
export function quoteTable(name: unknown, dialect: SqlDialect, path: string): string {
  const allowed = 'the name of a table, with or without its schema: letters, digits, _ and $, at most 64 each';
  const parts = typeof name === 'string' ? name.split('.') : [name];
  if (parts.length > 2) throw new InvalidOptionError(path, name, allowed);
  return parts.map(part => quote(part, dialect, path, allowed)).join('.');
}

function quote(name: unknown, dialect: SqlDialect, path: string, allowed: string): string {
  if (typeof name !== 'string' || name.length > LONGEST || !NAME.test(name)) throw new InvalidOptionError(path, name, allowed);
  // Quoted, so that a table may be called `user` or `order`.
  return dialect === 'mysql' || dialect === 'mariadb' ? `\`${name}\`` : `"${name}"`;
}
