import type { AlertSeverity } from '../severity.js';
import { plainLines } from '../templates/plain-text.js';
import type { Locale, Message, MessageBlock } from '../templates/template.js';

/** Colours of a card's header; there are only names. */
const COLORS: Readonly<Record<AlertSeverity | 'resolved', string>> = {
  critical: 'red',
  high: 'orange',
  medium: 'yellow',
  low: 'wathet',
  info: 'blue',
  resolved: 'green',
};

type Element =
  | { readonly tag: 'div'; readonly text: PlainText }
  | { readonly tag: 'hr' }
  | { readonly tag: 'action'; readonly actions: readonly Button[] };

interface PlainText {
  readonly tag: 'plain_text';
  readonly content: string;
}

interface Button {
  readonly tag: 'button';
  readonly text: PlainText;
  readonly type: 'primary' | 'default';
  readonly url: string;
}

/**
 * A message that is fitted already, as a card. All of its texts are `plain_text`, which the service doesn't parse: an
 * alert can write `<at id=all></at>`, and nobody is called.
 * Source: https://open.feishu.cn/document/common-capabilities/message-card/message-cards-content/card-structure
 */
export function feishuCard({ title, head, sections, foot }: Message, locale: Locale, color: AlertSeverity | 'resolved'): object {
  const parts = [[...head], ...sections, [...foot]].map(blocks => elementsOf(blocks, locale)).filter(elements => elements.length > 0);
  const elements = parts.flatMap((part, index) => (index === 0 || part[0]?.tag === 'hr' ? part : [{ tag: 'hr' } as const, ...part]));
  return {
    config: { wide_screen_mode: true },
    header: { template: COLORS[color], title: plain(title) },
    elements: elements.length > 0 ? elements : [{ tag: 'div', text: plain(title) }],
  };
}

function elementsOf(blocks: readonly MessageBlock[], locale: Locale): Element[] {
  const elements: Element[] = [];
  let texts: MessageBlock[] = [];
  let buttons: Button[] = [];
  const settle = (): void => {
    const content = plainLines(texts, locale);
    if (content !== '') elements.push({ tag: 'div', text: plain(content) });
    if (buttons.length > 0) elements.push({ tag: 'action', actions: buttons });
    [texts, buttons] = [[], []];
  };
  for (const block of blocks) {
    if (block.type === 'link') {
      buttons.push({ tag: 'button', text: plain(block.text), type: buttons.length === 0 ? 'primary' : 'default', url: block.url });
      continue;
    }
    // Buttons stand below the text before them.
    if (buttons.length > 0 || block.type === 'divider') settle();
    if (block.type === 'divider') elements.push({ tag: 'hr' });
    else texts.push(block);
  }
  settle();
  return elements;
}

function plain(content: string): PlainText {
  return { tag: 'plain_text', content };
}
