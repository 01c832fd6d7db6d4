import { fitMessage } from './fit-message.js';
import type { Locale, Message, MessageBlock } from './template.js';
import { textsOf } from './texts.js';

/**
 * The body of a message without markup: an email's text. The further lines of a text are indented, so that no alert
 * can write a line that looks like a field of ours.
 *
 * @param maxBytes of UTF-8; whole alerts are left out beyond. Default: 64 KiB
 */
export function plainText(message: Message, locale: Locale, maxBytes = 65_536): string {
  const fitted = fitMessage(message, locale, clean => renderPlainText(clean, locale), text => Buffer.byteLength(text) <= maxBytes);
  return fitted ?? '';
}

/** The same of a message that is fitted already. */
export function renderPlainText({ title, head, sections, foot }: Message, locale: Locale): string {
  const parts = [head, ...sections, foot].map(blocks => plainLines(blocks, locale)).filter(Boolean);
  return parts.length > 0 ? parts.join('\n\n') : title;
}

/** Blocks as lines: headings, lists and paragraphs stand apart, fields don't. */
export function plainLines(blocks: readonly MessageBlock[], locale: Locale): string {
  const { colon, none } = textsOf(locale);
  let text = '';
  let wasField = false;
  for (const block of blocks) {
    const isField = block.type === 'field' || block.type === 'link';
    const line = plainBlock(block, colon, none);
    if (line === '') continue;
    text += text === '' ? line : `${isField && wasField ? '\n' : '\n\n'}${line}`;
    wasField = isField;
  }
  return text;
}

function plainBlock(block: MessageBlock, colon: string, none: string): string {
  switch (block.type) {
    case 'heading':
      return block.text;
    case 'field':
      return `${block.name}${colon}${indented(block.value)}`;
    case 'list':
      return [`${block.name}${colon.trimEnd()}`, ...(block.items.length > 0 ? block.items.map(item => `- ${item}`) : [none])].join('\n');
    case 'link':
      return `${block.text}${colon}${block.url}`;
    case 'text':
      return indented(block.text);
    case 'divider':
      return '';
  }
}

function indented(text: string): string {
  return text.replace(/\n+/g, '\n  ');
}
