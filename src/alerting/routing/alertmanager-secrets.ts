import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidOptionError, NOT_SHOWN } from '../../core/errors.js';
import { text, type Reader } from './yaml-reader.js';

/**
 * A text that stands in a file of its own, without the blanks around it; what is in it is shown in no error.
 * @param folder that its path is relative to
 */
export function textOfFile(folder: string): Reader<string> {
  return (value, path) => {
    const file = text(value, path);
    let content: string;
    try {
      content = readFileSync(resolve(folder, file), 'utf8').trim();
    } catch (error) {
      throw new InvalidOptionError(path, file, `the path of a file that can be read (${(error as NodeJS.ErrnoException).code ?? 'no file'})`);
    }
    if (content === '') throw new InvalidOptionError(path, file, 'the path of a file that is not empty');
    return content;
  };
}

/**
 * What is given by itself or in a file, not both.
 * @param key its name: the file's is `${key}_file`
 */
export function oneOf<T>(key: string, value: T | undefined, ofFile: T | undefined, path: string): T | undefined {
  if (value !== undefined && ofFile !== undefined) throw new InvalidOptionError(`${path}.${key}_file`, NOT_SHOWN, `${key} stands there too: only one of them may`);
  return value ?? ofFile;
}
