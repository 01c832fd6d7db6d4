import { parseDuration } from '../../core/duration.js';
import { InvalidOptionError, NOT_SHOWN } from '../../core/errors.js';
import { loadOptionalPeer } from '../../core/optional-peer.js';

/**
 * Makes of a part of a YAML text what it stands for.
 * @param path where it stands, for the error
 */
export type Reader<T> = (value: unknown, path: string) => T;

/** What `yaml` is used for. */
interface YamlPackage {
  parse(text: string, options: object): unknown;
}

/**
 * The tree of a YAML text. Every scalar but null is a text, as it was written: what stands in a place says what to read
 * it as, so that `code: 0500` is no number and `country: NO` no boolean.
 *
 * @throws InvalidOptionError `source`, with the place
 */
export function parseYaml(text: string, source: string): unknown {
  const yaml = loadOptionalPeer<YamlPackage>('yaml', `reading ${source}`);
  try {
    return yaml.parse(text, { schema: 'failsafe', customTags: ['null'], merge: true, logLevel: 'error' });
  } catch (cause) {
    // Its message quotes the text, which holds passwords. What is wrong with an alias has no code.
    const { code = 'an alias without its anchor, or too many of them', linePos } = cause as { code?: string; linePos?: readonly { line: number; col: number }[] };
    const at = linePos?.[0] ? ` at line ${linePos[0].line}, column ${linePos[0].col}` : '';
    throw new InvalidOptionError(source, NOT_SHOWN, `not valid YAML: ${code.toLowerCase().replaceAll('_', ' ')}${at}`);
  }
}

export const text: Reader<string> = (value, path) => {
  if (typeof value !== 'string') throw new InvalidOptionError(path, value, 'a text');
  return value;
};

/**
 * A text that is sent as it is: Go's templates have no meaning here.
 * @param wayOut what else to do, for the error
 */
export function plainText(wayOut = ''): Reader<string> {
  return (value, path) => {
    if (text(value, path).includes('{{')) {
      throw new InvalidOptionError(path, value, `a text without {{ }}: Alertmanager's templates are not supported, messages are made by those of the channel${wayOut}`);
    }
    return text(value, path);
  };
}

/**
 * Nothing but one of Alertmanager's defaults, which is the same as to leave it out.
 * @param standard the default, but for its blanks
 */
export function onlyDefault(standard: string, wayOut = ''): Reader<''> {
  const tight = (written: string): string => written.replace(/\s+/g, '');
  return (value, path) => {
    if (typeof value === 'string' && tight(value) === tight(standard)) return '';
    throw new InvalidOptionError(path, value, `Alertmanager's default or nothing: messages are made by the templates of the channel${wayOut}`);
  };
}

/** A text that no error shows. */
export const secret: Reader<string> = (value, path) => {
  if (typeof value !== 'string' || value === '') throw new InvalidOptionError(path, NOT_SHOWN, 'expected a text that is not empty');
  return value;
};

/** A URL that no error shows: a webhook's is a secret. */
export const secretUrl: Reader<string> = (value, path) => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (String(value).includes('{{')) throw new InvalidOptionError(path, NOT_SHOWN, "expected a URL without {{ }}: Alertmanager's templates are not supported");
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new InvalidOptionError(path, NOT_SHOWN, 'expected a URL that begins with http:// or https://');
  return String(value);
};

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value === 'string' && /^(?:y|yes|true|on)$/i.test(value)) return true;
  if (typeof value === 'string' && /^(?:n|no|false|off)$/i.test(value)) return false;
  throw new InvalidOptionError(path, value, 'true or false');
};

export const whole: Reader<number> = (value, path) => {
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) throw new InvalidOptionError(path, value, 'a whole number that is not negative');
  return Number(value);
};

export const duration: Reader<number> = (value, path) => parseDuration(value as string, path);

export function list<T>(read: Reader<T>): Reader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new InvalidOptionError(path, value, 'a list');
    return value.map((entry, i) => read(entry, `${path}[${i}]`));
  };
}

/** A mapping from any names to what `read` makes of their values; of none, to ''. */
export function mapping(read: Reader<string>): Reader<[name: string, value: string][]> {
  return (value, path) => entriesOf(value, path).map(([name, entry]) => [name, read(entry ?? '', `${path}.${name}`)]);
}

type ReaderOf<T> = { readonly [K in keyof T]-?: Reader<Exclude<T[K], undefined>> };

/**
 * A mapping with known names. A name without a value is the same as none.
 * @param wayOut what to do in place of what is not supported, for the error
 * @throws InvalidOptionError for any other name, with its path
 */
export function record<T extends object>(readers: ReaderOf<T>, wayOut = ''): Reader<Partial<T>> {
  return (value, path) => {
    const found: [string, unknown][] = [];
    for (const [name, entry] of entriesOf(value, path)) {
      const here = join(path, name);
      if (!Object.hasOwn(readers, name)) {
        throw new InvalidOptionError(here, NOT_SHOWN, `not supported; supported here: ${Object.keys(readers).join(', ')}${wayOut}`);
      }
      if (entry !== null) found.push([name, (readers[name as keyof T] as Reader<unknown>)(entry, here)]);
    }
    return Object.fromEntries(found) as Partial<T>;
  };
}

/** What a mapping must have. */
export function required<T>(value: T | undefined, path: string, allowed: string): T {
  if (value === undefined || value === '') throw new InvalidOptionError(path, value, allowed);
  return value;
}

/** What an error says, without the path of the option. */
export function complaintOf({ option, message }: InvalidOptionError): string {
  return message.slice(`Invalid option \`${option}\`: `.length, -1);
}

/** @throws InvalidOptionError for what is no mapping */
export function entriesOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidOptionError(path, value, 'a mapping');
  return Object.entries(value);
}

function join(path: string, name: string): string {
  // The path of the whole text ends with a colon: `alertmanager.yml: route`.
  return path.endsWith(':') ? `${path} ${name}` : `${path}.${name}`;
}
