import { keyOf, parseSample } from '../support/exposition.js';

/** The lines of an exposition, labels of a sample in one order, lines in one order, without empty ones. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      if (line.startsWith('#')) return line;
      const { name, labels, value } = parseSample(line);
      return `${name}${keyOf(labels)} ${value}`;
    })
    .sort();
}
