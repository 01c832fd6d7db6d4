import { SEVERITY_COLORS } from '../templates/severity-colors.js';
import { ZERO_WIDTH_SPACE, type MarkdownDialect } from './markdown.js';

/**
 * The Markdown of DingTalk: CommonMark in part, with `<font color>`. Its clients read HTML entities, and backslashes
 * before `_`, `*` and `` ` ``; of others it isn't known, so these are kept apart by a space without width.
 */
export const dingTalkMarkdown: MarkdownDialect = {
  escape: line =>
    line
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/[\\_*`]/g, '\\$&')
      // [text](url), ![image](url), [text][name], [name]: url, ~~text~~; and mentions, which count if `at` names them too
      .replace(/\](?=[([:])|!(?=\[)|~(?=~)|@(?=[+\d]|all|所有人)/gi, `$&${ZERO_WIDTH_SPACE}`),
  colored: (escaped, severity) => `<font color="${SEVERITY_COLORS[severity]}">${escaped}</font>`,
  paragraph: '\n\n',
  lineBreak: '  \n',
  beforeQuote: '\n\n',
  divider: '---',
};
