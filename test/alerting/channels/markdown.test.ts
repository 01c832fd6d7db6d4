import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dingTalkMarkdown } from '../../../src/alerting/channels/dingtalk-markdown.js';
import { renderMarkdown, type MarkdownDialect } from '../../../src/alerting/channels/markdown.js';
import { weComMarkdown } from '../../../src/alerting/channels/wecom-markdown.js';
import { fitMessage } from '../../../src/alerting/templates/fit-message.js';
import type { Message, MessageBlock } from '../../../src/alerting/templates/template.js';
import { hostileText } from './hostile-texts.js';

/** The zero-width space, made visible. */
function render(dialect: MarkdownDialect, ...head: MessageBlock[]): string {
  const message: Message = { title: 'T', head, sections: [], foot: [] };
  const text = fitMessage(message, 'en', clean => renderMarkdown(clean, 'en', dialect), () => true) ?? '';
  return text.replaceAll('\u200b', '·');
}

describe('the Markdown of DingTalk', () => {
  test.each([
    ['[click](http://evil)', '[click]·(http://evil)'],
    ['![x](http://evil)', '!·[x]·(http://evil)'],
    ['[a]: http://evil', '[a]·: http://evil'],
    ['foo[0] = 1 (x)', 'foo[0] = 1 (x)'],
    ['**b** _i_ `c` ~~s~~', '\\*\\*b\\*\\* \\_i\\_ \\`c\\` ~·~s~·~'],
    ['<font color="#f00">x</font>', '&lt;font color="#f00"&gt;x&lt;/font&gt;'],
    ['&lt;', '&amp;lt;'],
    ['C:\\temp\\', 'C:\\\\temp\\\\'],
    ['@all @13800138000 @所有人 @+852-1', '@·all @·13800138000 @·所有人 @·+852-1'],
    ['ada@example.com', 'ada@example.com'],
  ])('shows %j as it is', (text, written) => {
    expect(render(dingTalkMarkdown, { type: 'field', name: 'N', value: text })).toBe(`**N**: ${written}`);
  });

  test('colours the severity', () => {
    expect(render(dingTalkMarkdown, { type: 'field', name: 'Severity', value: 'CRITICAL', severity: 'critical' })).toBe('**Severity**: <font color="#FF0000">CRITICAL</font>');
  });

  test('keeps the lines of a text, within a quote', () => {
    expect(render(dingTalkMarkdown, { type: 'field', name: 'N', value: '# a\n\n- b\n1. c\n---\n2026 d\n> e' })).toBe(
      '**N**:\n\n> ·# a  \n> ·- b  \n> ·1. c  \n> ·---  \n> 2026 d  \n> &gt; e',
    );
  });

  test('sets lists, texts, rules and headings apart', () => {
    expect(
      render(
        dingTalkMarkdown,
        { type: 'heading', text: '# x' },
        { type: 'list', name: 'L', items: ['a: b', '- c', '# d'] },
        { type: 'list', name: 'E', items: [] },
        { type: 'divider' },
        { type: 'text', text: '# e\n===' },
      ),
    ).toBe('### # x\n\n**L**:\n- a: b\n- ·- c\n- ·# d\n\n**E**:\nnone\n\n---\n\n·# e  \n·===');
  });

  test('writes links that end where they should', () => {
    expect(render(dingTalkMarkdown, { type: 'link', text: 'a](http://evil)[', url: 'https://[::1]:8/x(1)?a=[b]&c=_*`!<>"\'|\\ #)' })).toBe(
      '[a］(http://evil)［](https://[::1]:8/x%281%29?a=%5Bb%5D&c=_%2A%60%21%3C%3E%22%27%7C%5C%20#%29)',
    );
  });

  test('keeps what is percent-encoded already', () => {
    expect(render(dingTalkMarkdown, { type: 'link', text: 'a', url: 'https://x.example/%E5%91%8A?t=a%2Bb%28' })).toBe('[a](https://x.example/%E5%91%8A?t=a%2Bb%28)');
  });
});

describe('the Markdown of WeCom', () => {
  test.each([
    ['<@all> <font color="info">x</font>', '＜@all＞ ＜font color="info"＞x＜/font＞'],
    ['[click](http://evil)', '[click]·(http://evil)'],
    ['**b** `c` ~~s~~', '∗∗b∗∗ ˋcˋ ∼~s∼~'],
    ['http_requests_total a__b _i_ __b__ x__', 'http_requests_total a__b ＿i＿ ＿＿b＿＿ x＿＿'],
    // What a decoder could make of it
    ['&lt;@all&gt; &#60; R&D', '&·lt;@all&·gt; &·#60; R&D'],
    // What would escape the markup after it
    ['C:\\temp\\', 'C:\\temp\\·'],
  ])('shows %j so that it looks as it is', (text, written) => {
    expect(render(weComMarkdown, { type: 'field', name: 'N', value: text })).toBe(`**N**: ${written}`);
  });

  test('has three colours, and one line break between blocks', () => {
    expect(render(weComMarkdown, { type: 'heading', text: 'H' }, { type: 'field', name: 'S', value: 'LOW', severity: 'low' }, { type: 'divider' }, { type: 'text', text: 'x' })).toBe(
      '### H\n**S**: <font color="comment">LOW</font>\nx',
    );
  });
});

describe.each([
  ['DingTalk', dingTalkMarkdown],
  ['WeCom', weComMarkdown],
])('whatever an alert holds, in the Markdown of %s', (_, dialect) => {
  /** What there is of markup once that which is escaped is taken out. */
  function markup(text: string): string {
    return text.replace(/\\[\\_*`]/g, '.');
  }

  test('it adds no markup: there is exactly ours', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (first, second) => {
        const text = render(
          dialect,
          { type: 'heading', text: `h${first}` },
          { type: 'field', name: `n${second}`, value: first },
          { type: 'field', name: 'S', value: 'HIGH', severity: 'high' },
          { type: 'list', name: `n${first}`, items: [first, second] },
          { type: 'text', text: second },
          { type: 'link', text: first || 'go', url: 'https://app.example/ack' },
        );
        const live = markup(text);
        // One link, and it is ours
        expect(live.match(/\]\(/g)).toEqual(['](']);
        expect(live).toMatch(/\]\(https:\/\/app\.example\/ack\)$/);
        expect(live).not.toMatch(/!\[|\]\[|\]:|~~|`/);
        // One colour
        expect(live.match(/<[^>]*>?/g)).toEqual([expect.stringMatching(/^<font color="[#\w]+">$/), '</font>']);
        // Our names stand in bold, and nothing else
        expect((live.match(/\*/g)?.length ?? 0) % 4).toBe(0);
        expect(live.match(/\*/g)?.length ?? 0).toBeLessThanOrEqual(12);
        for (const line of text.split('\n')) {
          if (!/^(?:### h|\*\*[nS])/.test(line)) expect(line.replace(/^(?:> |- )/, '')).not.toMatch(/^(?:[#+=|:>~-]|\d+[.)]|\s)/);
        }
        if (dialect === dingTalkMarkdown) expect(live).not.toMatch(/@(?:all|\d|所有人)/i);
        else expect(live).not.toMatch(/<@|&(?:#|\w{1,32};)/);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe.each([' ', '_', '*', '\\', '[', ']', '](', '![', '@', '&', '<', '\n', ' \n', '\u0301', 'e\u0301', '👩‍', '🇨'])('a text of many %j', part => {
  test('takes time in proportion to its length', () => {
    // Read again and again from each position, it would take minutes: the test's time runs out.
    const value = `x${part.repeat(200_000)}x`;
    const message: Message = { title: value, head: [{ type: 'field', name: value, value }], sections: Array.from({ length: 200 }, () => [{ type: 'field', name: 'n', value }]), foot: [] };
    const text = fitMessage(message, 'en', clean => renderMarkdown(clean, 'en', weComMarkdown), built => built.length < 4_096);

    expect(text).toBeDefined();
  });
});
