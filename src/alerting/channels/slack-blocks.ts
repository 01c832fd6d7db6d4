import type { Locale, Message, MessageBlock } from '../templates/template.js';
import { textsOf } from '../templates/texts.js';

interface Text {
  readonly type: 'text';
  readonly text: string;
  readonly style?: { readonly bold: true };
}
interface Link {
  readonly type: 'link';
  readonly url: string;
  readonly text: string;
}
type Inline = Text | Link;
interface Section {
  readonly type: 'rich_text_section' | 'rich_text_quote';
  readonly elements: readonly Inline[];
}
interface List {
  readonly type: 'rich_text_list';
  readonly style: 'bullet';
  readonly elements: readonly Section[];
}
export type SlackBlock = { readonly type: 'rich_text'; readonly elements: readonly (Section | List)[] } | { readonly type: 'divider' };

/**
 * A message that is fitted already, as blocks. All are `rich_text`, whose texts Slack takes as they are: there is
 * nothing to escape, and an alert that holds `<!channel>` calls nobody.
 * Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
export function slackBlocks({ head, sections, foot }: Message, locale: Locale): SlackBlock[] {
  const parts = [head, ...sections, foot].map(blocks => richTexts(blocks, locale)).filter(blocks => blocks.length > 0);
  return parts.flatMap((part, index) => (index === 0 || part[0]?.type === 'divider' ? part : [{ type: 'divider' } as const, ...part]));
}

/** For where Slack does parse: https://docs.slack.dev/messaging/formatting-message-text#escaping */
export function escapeSlack(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function richTexts(blocks: readonly MessageBlock[], locale: Locale): SlackBlock[] {
  const found: SlackBlock[] = [];
  let elements: (Section | List)[] = [];
  const settle = (): void => {
    if (elements.length > 0) found.push({ type: 'rich_text', elements });
    elements = [];
  };
  for (const block of blocks) {
    if (block.type === 'divider') {
      settle();
      found.push({ type: 'divider' });
    } else elements.push(...elementsOf(block, locale));
  }
  settle();
  return found;
}

function elementsOf(block: Exclude<MessageBlock, { type: 'divider' }>, locale: Locale): (Section | List)[] {
  const { colon, none } = textsOf(locale);
  switch (block.type) {
    case 'heading':
      return section(bold(block.text));
    case 'field': {
      // In a quote nobody can write a line that looks like a field of ours.
      if (block.value.includes('\n')) return [...section(bold(block.name + colon)), { type: 'rich_text_quote', elements: text(block.value) }];
      return section([...bold(block.name + colon), ...text(block.value)]);
    }
    case 'list': {
      if (block.items.length === 0) return section([...bold(block.name + colon), ...text(none)]);
      const items = block.items.flatMap(item => section(text(item)));
      return [...section(bold(block.name + colon)), ...(items.length > 0 ? [{ type: 'rich_text_list', style: 'bullet', elements: items } as const] : [])];
    }
    case 'link':
      return section([{ type: 'link', url: block.url, text: block.text }]);
    case 'text':
      return section(text(block.text));
  }
}

/** An element without a text is refused, and with it all of the message. */
function text(content: string): Text[] {
  return content === '' ? [] : [{ type: 'text', text: content }];
}

function bold(content: string): Text[] {
  return text(content).map(element => ({ ...element, style: { bold: true } }));
}

function section(elements: readonly Inline[]): Section[] {
  return elements.length === 0 ? [] : [{ type: 'rich_text_section', elements }];
}
