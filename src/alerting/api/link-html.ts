import { createHash } from 'node:crypto';
import { escapeHtml } from '../../core/escape-html.js';
import type { LinkAction } from '../ack-links.js';
import type { Alert } from '../alert.js';
import { cleanLine, cleanText, cutText } from '../templates/clean-text.js';
import type { LinkTexts } from './link-texts.js';

const STYLE = [
  'body{margin:0;padding:24px 16px;font:16px/1.5 system-ui,sans-serif;color:#1f2328;background:#f6f8fa}',
  'main{max-width:480px;margin:0 auto;padding:24px;background:#fff;border:1px solid #d1d9e0;border-radius:8px;overflow-wrap:anywhere}',
  'h1{margin:0 0 8px;font-size:20px}dl{margin:16px 0}dt{color:#59636e}dd{margin:0 0 8px}p{white-space:pre-line}',
  'input,button{display:block;box-sizing:border-box;width:100%;margin:4px 0 16px;padding:12px;font:inherit;border:1px solid #818b98;border-radius:6px}',
  'button{color:#fff;background:#0969da;border-color:#0969da;cursor:pointer}',
].join('');

/** No script, nothing from elsewhere, in no frame; and nobody learns of the address, which is a key. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'X-Robots-Tag': 'noindex, nofollow',
  Vary: 'Accept-Language',
};

/** A page with a text, or with an alert and the button that does something to it. */
export function pageOf(texts: LinkTexts, content: { readonly text: string } | { readonly alert: Alert; readonly action: LinkAction }): string {
  const [heading, body] = 'text' in content ? [texts.page, `<p>${escapeHtml(content.text)}</p>`] : [cleanLine(content.alert.title), formOf(texts, content.alert, content.action)];
  return [
    `<!DOCTYPE html><html lang="${texts.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">`,
    `<title>${escapeHtml(texts.page)}</title><style>${STYLE}</style></head>`,
    `<body><main><h1>${escapeHtml(heading)}</h1>${body}</main></body></html>`,
  ].join('');
}

/** The form has no address: it is sent to that of the page. */
function formOf(texts: LinkTexts, { description, severity, source, timestamp }: Alert, action: LinkAction): string {
  const since = timestamp.toISOString().replace('T', ' ').slice(0, 19);
  return [
    `<p><strong>${escapeHtml(severity.toUpperCase())}</strong></p>`,
    description === '' ? '' : `<p>${escapeHtml(cutText(cleanText(description), 1_000))}</p>`,
    `<dl><dt>${escapeHtml(texts.source)}</dt><dd>${escapeHtml(cleanLine(source))}</dd>`,
    `<dt>${escapeHtml(texts.since)}</dt><dd>${since} UTC</dd></dl>`,
    `<form method="post"><label>${escapeHtml(texts.yourName)}<input name="name" maxlength="80" autocomplete="name"></label>`,
    `<button type="submit">${escapeHtml(texts.buttons[action])}</button></form>`,
  ].join('');
}
