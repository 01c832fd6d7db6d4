// @ts-check
import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm start -- [options]

  --port <number>   where to listen, on 127.0.0.1; 0 picks a free port (default: 3000)
  --for <time>      end by itself after 20s, 2m, 1m30s, … (default: run until Ctrl+C)
  --linger <time>   keep serving that long after the summary, for a Prometheus to scrape the last of it
  --no-traffic      only serve
  --json            print the summary as one line of JSON, and nothing else
  --help            print this
`;

/**
 * @typedef {object} Options
 * @property {number} port
 * @property {number | undefined} forMs `undefined`: until interrupted
 * @property {number} lingerMs
 * @property {boolean} traffic
 * @property {boolean} json
 */

/**
 * Reads the command line.
 *
 * @param {string[]} args
 * @returns {Options | 'help'}
 * @throws {Error} for what can't be understood
 */
export function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '3000' },
      for: { type: 'string' },
      linger: { type: 'string', default: '0s' },
      'no-traffic': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    port: portOf(values.port),
    forMs: values.for === undefined ? undefined : milliseconds('--for', values.for),
    lingerMs: milliseconds('--linger', values.linger),
    traffic: !values['no-traffic'],
    json: values.json,
  };
}

/** @param {string} text */
function portOf(text) {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`--port takes a number from 0 to 65535, not '${text}'`);
}

/**
 * @param {string} option
 * @param {string} text
 */
function milliseconds(option, text) {
  const [, minutes, seconds] = /^(?=\d)(?:(\d{1,4})m)?(?:(\d{1,5})s)?$/.exec(text) ?? [];
  if (minutes === undefined && seconds === undefined) throw new Error(`${option} takes a time such as 20s or 2m, not '${text}'`);
  return Number(minutes ?? 0) * 60_000 + Number(seconds ?? 0) * 1_000;
}
