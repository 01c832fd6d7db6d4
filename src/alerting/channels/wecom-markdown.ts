import type { AlertSeverity } from '../severity.js';
import { ZERO_WIDTH_SPACE, type MarkdownDialect } from './markdown.js';

/** It knows three colours only: green, grey, and orange. */
const COLORS: Readonly<Record<AlertSeverity, string>> = { critical: 'warning', high: 'warning', medium: 'warning', low: 'comment', info: 'comment' };

/**
 * The Markdown of WeCom: headings, bold, links, code, quotes, three colours and `<@user>`. No way to escape is
 * documented, so what would be markup is replaced by a character that looks the same.
 * Source: https://developer.work.weixin.qq.com/document/path/91770
 */
export const weComMarkdown: MarkdownDialect = {
  escape: line =>
    line
      .replace(/</g, '＜')
      .replace(/>/g, '＞')
      .replace(/\*/g, '∗')
      .replace(/`/g, 'ˋ')
      .replace(/~(?=~)/g, '∼')
      // Within a word it is no markup, and names of metrics are full of it.
      .replace(/(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu, underscores => '＿'.repeat(underscores.length))
      // What would be an entity, or would escape the markup that follows
      .replace(/&(?=#|\w{1,32};)|\\(?=[^\p{L}\p{N}\s]|$)/gu, `$&${ZERO_WIDTH_SPACE}`)
      .replace(/\](?=[([:])|!(?=\[)/g, `$&${ZERO_WIDTH_SPACE}`),
  colored: (escaped, severity) => `<font color="${COLORS[severity]}">${escaped}</font>`,
  paragraph: '\n',
  lineBreak: '\n',
  beforeQuote: '\n',
  divider: '',
};
