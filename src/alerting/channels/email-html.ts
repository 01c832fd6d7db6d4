import { escapeHtml } from '../../core/escape-html.js';
import { SEVERITY_COLORS } from '../templates/severity-colors.js';
import type { Locale, Message, MessageBlock } from '../templates/template.js';
import { textsOf } from '../templates/texts.js';

/**
 * A message as an HTML document for mail programs: they know inline styles only, and few of them.
 *
 * @param message whose texts are clean, and links http or https, as `fitMessage` makes them
 */
export function emailHtml({ title, head, sections, foot }: Message, locale: Locale): string {
  const parts = [
    ...head.map(block => blockHtml(block, locale)),
    ...sections.map(blocks => `<div style="margin:16px 0;padding:0 12px;border-left:4px solid ${colorOf(blocks)}">${blocks.map(block => blockHtml(block, locale)).join('')}</div>`),
    ...foot.map(block => blockHtml(block, locale)),
  ];
  return [
    `<!DOCTYPE html><html lang="${locale}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>`,
    `<body style="margin:0;padding:16px;font:15px/1.5 sans-serif">${parts.join('')}</body></html>`,
  ].join('');
}

function blockHtml(block: MessageBlock, locale: Locale): string {
  const { colon, none } = textsOf(locale);
  switch (block.type) {
    case 'heading':
      return `<h2 style="margin:8px 0;font-size:18px">${escapeHtml(block.text)}</h2>`;
    case 'field':
      return `<p style="margin:4px 0"><strong>${escapeHtml(block.name + colon)}</strong>${valueHtml(block)}</p>`;
    case 'list': {
      const items = block.items.length > 0 ? block.items : [none];
      return `<p style="margin:4px 0"><strong>${escapeHtml(block.name + colon.trimEnd())}</strong></p><ul style="margin:4px 0">${items.map(item => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
    }
    case 'link':
      return `<p style="margin:8px 0"><a href="${escapeHtml(block.url)}">${escapeHtml(block.text)}</a></p>`;
    case 'text':
      return `<p style="margin:8px 0">${linesHtml(block.text)}</p>`;
    case 'divider':
      return '<hr style="border:0;border-top:1px solid #cccccc">';
  }
}

/** A severity stands on its colour: some of the plan's colours can't be read on white. */
function valueHtml({ value, severity }: Extract<MessageBlock, { type: 'field' }>): string {
  const text = linesHtml(value);
  if (severity === undefined) return text;
  return `<span style="padding:1px 6px;border-radius:3px;color:#000000;background:${colorOfSeverity(severity)}">${text}</span>`;
}

function linesHtml(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>');
}

function colorOf(blocks: readonly MessageBlock[]): string {
  const severity = blocks.flatMap(block => ('severity' in block ? (block.severity ?? []) : []))[0];
  return severity === undefined ? '#cccccc' : colorOfSeverity(severity);
}

/** A template of the app's may name a severity that there is not. */
function colorOfSeverity(severity: string): string {
  return Object.hasOwn(SEVERITY_COLORS, severity) ? SEVERITY_COLORS[severity as keyof typeof SEVERITY_COLORS] : '#cccccc';
}
