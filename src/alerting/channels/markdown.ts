import type { AlertSeverity } from '../severity.js';
import type { Locale, Message, MessageBlock } from '../templates/template.js';
import { textsOf } from '../templates/texts.js';

/** What a service makes of Markdown: no two agree. */
export interface MarkdownDialect {
  /** Makes one line of any text show as it is, wherever it stands but at the beginning of a line. */
  escape(this: void, line: string): string;
  /** Colours what is escaped. */
  colored(this: void, escaped: string, severity: AlertSeverity): string;
  /** Between blocks. */
  readonly paragraph: string;
  /** Between lines of one block. */
  readonly lineBreak: string;
  /** Between a name and what stands under it. */
  readonly beforeQuote: string;
  /** '' where the service knows none. */
  readonly divider: string;
}

/** Keeps two characters apart, and is not seen. */
export const ZERO_WIDTH_SPACE = '\u200b';

/** A message that is fitted already, as Markdown. */
export function renderMarkdown({ head, sections, foot }: Message, locale: Locale, dialect: MarkdownDialect): string {
  const blocks = [...head, ...sections.flatMap((section, index) => (index > 0 && dialect.divider ? [DIVIDER, ...section] : section)), ...foot];
  return blocks.map(block => renderBlock(block, locale, dialect)).filter(Boolean).join(dialect.paragraph);
}

const DIVIDER: MessageBlock = { type: 'divider' };

function renderBlock(block: MessageBlock, locale: Locale, dialect: MarkdownDialect): string {
  const { escape, colored, lineBreak, beforeQuote } = dialect;
  const { colon, none } = textsOf(locale);
  const name = 'name' in block && block.name !== '' ? `**${escape(block.name)}**` : '';
  switch (block.type) {
    case 'heading':
      return block.text === '' ? '' : `### ${escape(block.text)}`;
    case 'field': {
      const lines = linesOf(block.value);
      // In a quote nobody can write a line that looks like a field of ours.
      if (lines.length > 1) return `${name}${colon.trimEnd()}${beforeQuote}${lines.map(line => `> ${lineStart(escape(line))}`).join(lineBreak)}`;
      const value = escape(lines[0] ?? '');
      return `${name}${colon}${block.severity === undefined ? value : colored(value, block.severity)}`;
    }
    case 'list':
      return [`${name}${colon.trimEnd()}`, ...(block.items.length > 0 ? block.items.map(item => `- ${lineStart(escape(item))}`) : [none])].join('\n');
    case 'link':
      // Brackets in its text would end the link early, and backslashes are not known everywhere.
      return `[${escape(block.text.replace(/\[/g, '［').replace(/\]/g, '］'))}](${linkTarget(block.url)})`;
    case 'text':
      return linesOf(block.text)
        .map(line => lineStart(escape(line)))
        .join(lineBreak);
    case 'divider':
      return dialect.divider;
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line !== '');
}

/** At the beginning of a line a few more characters make headings, lists, tables and rules. */
function lineStart(escaped: string): string {
  return /^(?:[#+\-=|:>~\s]|\d{1,9}[.)])/.test(escaped) ? ZERO_WIDTH_SPACE + escaped : escaped;
}

/** The URL is an absolute one, normalised; what could end the link, or begin other markup, is written with `%`. */
function linkTarget(url: string): string {
  const { origin } = new URL(url);
  return origin + url.slice(origin.length).replace(/[^\w\-.~:/?#@$&+,;=%]/g, character => encodeURIComponent(character).replace(/[!'()*]/g, percent));
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
