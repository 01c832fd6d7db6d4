import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import '../src/alerting/index.js';
import { recordingChannel } from '../src/alerting/testing/index.js';
import { catalogue } from '../src/metrics/catalogue.js';
import { createMonitor } from '../src/monitor.js';
import { ROOT } from './support/command.mjs';

const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).filter(name => name.endsWith('.md')).map(name => `docs/${name}`)];
const ALERTING = PAGES.filter(page => page.startsWith('docs/alerting'));

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The words of a heading as GitHub makes an address of them. */
function anchorsOf(page: string): string[] {
  const headings = [...withoutCode(read(page)).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return headings.map(heading => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
}

function withoutCode(text: string): string {
  return text.replace(/^```[^]*?^```/gm, '');
}

test.each(PAGES)('the links of %s lead somewhere', page => {
  const links = [...withoutCode(read(page)).matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].map(([, link = '']) => link);
  const dead = links.filter(link => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
    const isThere = readdirSync(join(ROOT, dirname(target))).includes(basename(target));
    return !isThere || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
  expect(dead).toEqual([]);
});

test.each(ALERTING)('what the examples of %s import is exported', async page => {
  const examples = [...read(page).matchAll(/^```js\n([^]*?)^```/gm)].map(([, code = '']) => code);
  const imports = examples.flatMap(code => [...code.matchAll(/^import \{ (.*) \} from 'sightline(.*)';$/gm)]);
  for (const [, names = '', subpath = ''] of imports) {
    const entry: object = await import(join(ROOT, 'src', subpath, 'index.ts'));
    expect(Object.keys(entry), `sightline${subpath}`).toEqual(expect.arrayContaining(names.split(', ')));
  }
});

describe('the pages about alerts name', () => {
  test('every option', () => {
    // The error for one that there is not lists those that there are.
    const refused = (): unknown => createMonitor({ alerts: { channels: { chat: recordingChannel() }, nothing: true } as object });
    const known = messageOf(refused).replace(/.*known here: |\.$/g, '').split(', ');
    expect(known).toContain('snapshot');
    const page = read('docs/alerting.md');
    expect(known.filter(name => !page.includes(`\n| \`${name}\` |`))).toEqual([]);
  });

  test('every metric, with its labels', () => {
    const metrics = Object.entries(catalogue).filter(([name]) => /^alerts?_/.test(name));
    expect(metrics.length).toBeGreaterThan(10);
    const page = read('docs/alerting-health.md');
    const texts = metrics.map(([name, { labels }]) => `\`${name}${labels.length > 0 ? `{${labels.join(',')}}` : ''}\``);
    expect(texts.filter(text => !page.includes(text))).toEqual([]);
  });

  test('every rule', () => {
    const rules = [...read('docs/prometheus-rules.yml').matchAll(/- alert: (Alert\w+)/g)].map(([, name = '']) => name);
    expect(rules.length).toBeGreaterThan(5);
    const page = read('docs/alerting-health.md');
    expect(rules.filter(name => !page.includes(`\n| \`${name}\` |`))).toEqual([]);
  });

  test('every channel', () => {
    const made = [...read('src/alerting/index.ts').matchAll(/export \{ (\w+),.*'\.\/channels\//g)].map(([, name = '']) => name);
    expect(made.length).toBeGreaterThan(10);
    const page = read('docs/alerting-channels.md');
    expect(made.filter(name => !page.includes(`\n| \`${name}(`))).toEqual([]);
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}
