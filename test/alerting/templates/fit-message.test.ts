import { describe, expect, test } from 'vitest';
import { fitMessage } from '../../../src/alerting/templates/fit-message.js';
import { plainText, renderPlainText } from '../../../src/alerting/templates/plain-text.js';
import type { Message, MessageBlock } from '../../../src/alerting/templates/template.js';

const EMPTY: Message = { title: 'Title', head: [], sections: [], foot: [] };

function message(sections: number, length = 10): Message {
  const section = (index: number): MessageBlock[] => [{ type: 'field', name: `n${index}`, value: 'x'.repeat(length) }];
  return { ...EMPTY, head: [{ type: 'heading', text: 'Head' }], sections: Array.from({ length: sections }, (_, index) => section(index)), foot: [{ type: 'text', text: 'Foot' }] };
}

describe('a message', () => {
  test('that fits to the byte is whole, and with one byte less it loses an alert', () => {
    const whole = plainText(message(3), 'en', 10_000);
    const bytes = Buffer.byteLength(whole);

    expect(plainText(message(3), 'en', bytes)).toBe(whole);
    expect(whole).not.toContain('more');
    const smaller = plainText(message(10), 'en', Buffer.byteLength(plainText(message(10), 'en')) - 1);
    expect(smaller).not.toContain('n9');
    expect(smaller).toMatch(/n7: x+\n\n… and \d more alerts?\n\nFoot$/);
  });

  test('keeps as many alerts as there is room for', () => {
    for (let room = 60; room < 600; room += 7) {
      const text = plainText(message(20), 'en', room);
      const shown = text.match(/n\d+:/g)?.length ?? 0;
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(room);
      expect(text).toContain(shown === 20 ? 'Foot' : `and ${20 - shown} more`);
      // One more would not fit: it takes 17 bytes, and 1 where its number has two digits.
      if (shown < 20) expect(Buffer.byteLength(text) + 19).toBeGreaterThan(room);
    }
  });

  test('shortens texts before it leaves out alerts', () => {
    const text = plainText(message(3, 1_900), 'en', 4_000);

    expect(text.match(/n\d: x{999}…/g)).toHaveLength(3);
    expect(text).not.toContain('more');
  });

  test('shortens the last alert rather than to lose it', () => {
    const text = plainText(message(5, 1_900), 'en', 250);

    expect(text).toMatch(/n0: x{149}…/);
    expect(text).toContain('and 4 more alerts');
  });

  test('is at last its title', () => {
    expect(plainText(message(3, 500), 'en', 20)).toBe('Title');
    expect(plainText(message(3, 500), 'en', 4)).toBe('');
    expect(plainText({ ...message(1, 500), title: 'T'.repeat(500) }, 'en', 30)).toBe(`${'T'.repeat(19)}…`);
  });

  test('counts those that were left out before', () => {
    expect(plainText({ ...message(2), omitted: 3 }, 'en')).toContain('… and 3 more alerts');
    expect(plainText({ ...message(2), omitted: 1 }, 'en')).toContain('… and 1 more alert\n');
    expect(plainText({ ...message(2), omitted: 3 }, 'zh-CN')).toContain('……另有 3 条告警未列出');
  });

  test('of ten thousand alerts shows two hundred, and says so', () => {
    const text = plainText(message(10_000), 'en', Infinity);

    expect(text).toContain('n199');
    expect(text).not.toContain('n200:');
    expect(text).toContain('… and 9800 more alerts');
  });

  test('shows thirty labels, and says how many there are', () => {
    const list = (count: number): Message => ({ ...EMPTY, head: [{ type: 'list', name: 'Labels', items: Array.from({ length: count }, (_, index) => `l${index}`) }] });

    expect(plainText(list(31), 'en')).toMatch(/- l30$/);
    expect(plainText(list(32), 'en')).toMatch(/- l29\n- … and 2 more$/);
  });
});

describe('what a channel is given', () => {
  function blocks(...head: MessageBlock[]): readonly MessageBlock[] {
    return fitMessage({ ...EMPTY, head }, 'en', clean => clean, () => true)?.head ?? [];
  }

  test('has one line where one line is meant', () => {
    expect(blocks({ type: 'heading', text: 'a\nb' }, { type: 'list', name: 'l\nm', items: ['x\r\ny'] }, { type: 'field', name: 'n\n', value: 'v\nw' })).toEqual([
      { type: 'heading', text: 'a b' },
      { type: 'list', name: 'l m', items: ['x y'] },
      { type: 'field', name: 'n', value: 'v\nw' },
    ]);
    expect(fitMessage({ ...EMPTY, title: ' a\nb ' }, 'en', ({ title }) => title, () => true)).toBe('a b');
    expect(fitMessage({ ...EMPTY, title: '\u0000' }, 'en', ({ title }) => title, () => true)).toBe('—');
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', '/relative', 'not a url', `https://example.com/${'x'.repeat(2_000)}`])('has no link to %.40s', url => {
    expect(blocks({ type: 'link', text: 'Go', url })).toEqual([expect.objectContaining({ type: 'field', name: 'Go' })]);
  });

  test('has links that are normalised', () => {
    expect(blocks({ type: 'link', text: 'Go', url: ' HTTPS://Example.com/a b"<c>\n' })).toEqual([{ type: 'link', text: 'Go', url: 'https://example.com/a%20b%22%3Cc%3E' }]);
  });
});

test('further lines of a text are indented, so that they are no fields of ours', () => {
  const head: MessageBlock[] = [
    { type: 'field', name: 'Description', value: 'a\nSource: forged' },
    { type: 'field', name: 'Source', value: 'billing' },
  ];

  expect(renderPlainText({ ...EMPTY, head }, 'en')).toBe('Description: a\n  Source: forged\nSource: billing');
});
